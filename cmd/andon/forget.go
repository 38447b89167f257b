package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/store"
)

type forgetCmd struct {
	Config  string   `help:"Configuration file." placeholder:"FILE" type:"existingfile" short:"c"`
	Person  []string `help:"Forget a person: an id of the roster, with all accounts, or an account as SOURCE/SITE/ID. May be repeated." placeholder:"ID" sep:"none" xor:"what" required:""`
	Before  string   `help:"Forget everything that is older: 2026-03-01 or a time." placeholder:"DATE" xor:"what" required:""`
	Channel string   `help:"Forget a Slack channel: its id; TEAM/ID names one of several workspaces." placeholder:"ID" xor:"what" required:""`
	DryRun  bool     `help:"Only count what would go."`
	Yes     bool     `help:"Do not ask." short:"y"`
}

// Help is shown by andon forget --help.
func (forgetCmd) Help() string {
	return `Removes a person, a channel or old times from the database for good: from what was received, events, messages,
nudges, signals, queued work, snapshots and feedback; then the file itself is cleaned of what stood there, and
the models are built anew from what is left. Other people's cases stay; where a forgotten person held one, an
id stands that leads to nobody. Stop andon serve before. What andon cannot reach, such as backups, is named.

Examples:
  andon forget --person ann --config andon.yaml --dry-run
  andon forget --person jira/north/5e00000000000000000000a1 --yes
  andon forget --before 2025-01-01
  andon forget --channel C0EXAMPLE02`
}

// Run forgets.
func (f *forgetCmd) Run(e *env) error {
	c, err := config.Load(f.Config, configOptions())
	if err != nil {
		return usageError{err}
	}
	what, told, err := f.known(&c)
	if err != nil {
		return err
	}
	if !f.DryRun && !f.Yes && !term.IsTerminal(int(os.Stdin.Fd())) {
		return usageError{errors.New("forget asks before it removes anything, and there is no terminal: say --yes, or --dry-run to see what would go")}
	}
	db, err := openDatabase(e, &c, false)
	if err != nil {
		return err
	}
	defer closing(e, db)
	if len(f.Person) > 0 {
		if what.Persons, told, err = who(e.ctx, db, &c, f.Person); err != nil {
			return err
		}
	}
	name := databaseName(c.Database)
	fmt.Fprint(e.out, explanation(name, told, f.DryRun))
	if !f.DryRun && !f.Yes {
		if err := confirmed(os.Stdin, e.out); err != nil {
			return err
		}
	}
	return f.forget(e, db, &c, what)
}

// known is what to forget, as far as no database is needed to know it.
func (f *forgetCmd) known(c *config.Config) (what store.Forgetting, told []string, err error) {
	what.DryRun = f.DryRun
	switch {
	case f.Before != "":
		if what.Before, err = config.Date(f.Before); err != nil {
			return what, nil, usageError{fmt.Errorf("--before: %w", err)}
		}
		if what.Before.After(time.Now()) {
			return what, nil, usageError{fmt.Errorf("--before %s lies in the future: everything would go", f.Before)}
		}
		told = []string{"everything older than " + what.Before.UTC().Format(time.RFC3339)}
	case f.Channel != "":
		if what.Channel, err = channelID(c, f.Channel); err != nil {
			return what, nil, err
		}
		told = []string{"the channel " + what.Channel + " with everything that was said there"}
	}
	return what, told, nil
}

// explanation says what will go.
func explanation(name string, told []string, dry bool) string {
	var b strings.Builder
	if dry {
		fmt.Fprintf(&b, "This would be removed from %s for good; nothing is now:\n", name)
	} else {
		fmt.Fprintf(&b, "This is removed from %s for good:\n", name)
	}
	for _, t := range told {
		b.WriteString("  " + view.Plain(t) + "\n")
	}
	return b.String()
}

// errKept ends a command that was not confirmed.
var errKept = errors.New("nothing was removed")

// confirmed asks whether to go on.
func confirmed(in io.Reader, out io.Writer) error {
	fmt.Fprint(out, "There is no way back but a backup. Type yes to go on: ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(line) != "yes" {
		return errKept
	}
	return nil
}

// forget removes, rebuilds the models, and says what was done and what is left.
func (f *forgetCmd) forget(e *env, db *store.DB, c *config.Config, what store.Forgetting) error {
	bar := newProgress(e.err)
	defer bar.done()
	bar.stage("forgetting")
	gone, err := db.Forget(e.ctx, what)
	bar.clear()
	if err != nil {
		return fmt.Errorf("forget (repeat the command: what is gone already stays gone): %w", err)
	}
	if err := tellGone(e.out, gone, f.DryRun); err != nil || f.DryRun || !gone.Rebuild {
		return err
	}
	bar.stage("building the models")
	began := time.Now()
	if _, err := learnt(e.ctx, db, c, logTo(e.err, slog.LevelWarn)); err != nil {
		return fmt.Errorf("it is forgotten, the models are not built anew (the next andon serve builds them): %w", err)
	}
	bar.done()
	_, err = fmt.Fprintf(e.out, "The models were built anew from what is left, in %v.\n", took(began))
	return err
}

// tellGone prints the rows by table, and what is out of reach.
func tellGone(out io.Writer, gone store.Forgotten, dry bool) error {
	var b strings.Builder
	total := int64(0)
	for _, table := range slices.Sorted(maps.Keys(gone.Rows)) {
		if n := gone.Rows[table]; n > 0 {
			fmt.Fprintf(&b, "%10d  %s\n", n, table)
			total += n
		}
	}
	verb := "removed or emptied"
	if dry {
		verb = "to be removed or emptied"
	}
	fmt.Fprintf(&b, "%10d  rows %s in all\n", total, verb)
	if len(gone.Beyond) > 0 {
		b.WriteString("Out of reach:\n")
	}
	for _, s := range gone.Beyond {
		b.WriteString("  - " + s + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}
