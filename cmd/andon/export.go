package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"andon/cmd/andon/internal/config"
	"andon/store"

	"andon/signals"
)

type exportCmd struct {
	Config string `help:"Configuration file." placeholder:"FILE" type:"existingfile" short:"c"`
	Out    string `help:"File to write; - is the standard output." default:"-" placeholder:"FILE" type:"path"`
	Routes bool   `help:"Write the standing routes between teams alone, as YAML for the roster."`
}

// Help is shown by andon export --help.
func (exportCmd) Help() string {
	return `Writes everything that the database holds as one packed file (JSON Lines, gzip) that andon import --copy loads
into an empty database of either kind: for a backup, or to move from SQLite to PostgreSQL. It can be done
while andon serve runs: the copy is of one moment. It holds what people wrote; keep it as you keep the database.

Examples:
  andon export --config andon.yaml --out andon-2026-03-01.jsonl.gz
  andon export -c old.yaml | andon import -c new.yaml --copy -
  andon export --routes --config andon.yaml --out routes.yaml`
}

// Run writes the copy.
func (x *exportCmd) Run(e *env) error {
	c, err := config.Load(x.Config, configOptions())
	if err != nil {
		return usageError{err}
	}
	if x.Routes {
		return x.routes(e, &c)
	}
	if f, ok := e.out.(*os.File); ok && x.Out == "-" && term.IsTerminal(int(f.Fd())) {
		return usageError{errors.New("the copy is packed and not for a terminal: name a file with --out, or send it on with |")}
	}
	db, err := openDatabase(e, &c, false)
	if err != nil {
		return err
	}
	defer closing(e, db)
	bar := newProgress(e.err)
	defer bar.done()
	bar.stage("exporting " + databaseName(c.Database))
	began := time.Now()
	copied, err := x.write(e, db)
	bar.done()
	if err != nil {
		return fmt.Errorf("export %s: %w", databaseName(c.Database), err)
	}
	tell, to := e.out, x.Out
	if x.Out == "-" {
		tell, to = e.err, "the standard output"
	}
	_, err = fmt.Fprintf(tell, "%s written to %s in %v\n", rowsOf(copied), to, took(began))
	return err
}

// routes writes the standing routes as the roster takes them.
func (x *exportCmd) routes(e *env, c *config.Config) error {
	db, err := openDatabase(e, c, false)
	if err != nil {
		return err
	}
	defer closing(e, db)
	text, err := routesOf(e.ctx, db, c.Policy, time.Now())
	if err != nil {
		return fmt.Errorf("export the routes of %s: %w", databaseName(c.Database), err)
	}
	if x.Out == "-" {
		_, err = io.WriteString(e.out, text)
		return err
	}
	if err := os.WriteFile(x.Out, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the routes: %w", err)
	}
	return nil
}

// routesOf reads the standing routes that count at a time from the journal.
func routesOf(ctx context.Context, db *store.DB, policy signals.Policy, now time.Time) (string, error) {
	var events []*signals.Event
	for after := int64(0); ; {
		entries, err := db.Follow(ctx, after, 2000)
		if err != nil {
			return "", err
		}
		for i := range entries {
			if after = entries[i].Pos; entries[i].Event.Kind == signals.RosterSet {
				events = append(events, entries[i].Event)
			}
		}
		if len(entries) == 0 {
			break
		}
	}
	org, err := signals.FoldOrg(policy, events, now)
	if err != nil {
		return "", err
	}
	return signals.RulesYAML(org.Rules(now)), nil
}

// write writes the copy to where it goes. A file has its name only once it is
// whole.
func (x *exportCmd) write(e *env, db *store.DB) (store.Copied, error) {
	if x.Out == "-" {
		return pack(e.ctx, db, e.out)
	}
	f, err := createWhole(x.Out, 0o600) // holds what people wrote
	if err != nil {
		return store.Copied{}, fmt.Errorf("make the file: %w", err)
	}
	copied, err := pack(e.ctx, db, f)
	if err == nil {
		err = synced(f.File)
	}
	if err != nil {
		f.drop()
		return copied, errors.Join(err, f.Close())
	}
	return copied, f.keep()
}

// synced brings a file to the disk; a pipe or a device needs none of that.
func synced(f *os.File) error {
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil
	}
	return f.Sync()
}

func pack(ctx context.Context, db *store.DB, w io.Writer) (store.Copied, error) {
	z := gzip.NewWriter(w)
	copied, err := db.Export(ctx, z)
	if err == nil {
		err = z.Close()
	}
	return copied, err
}

// rowsOf says how much a copy holds.
func rowsOf(c store.Copied) string {
	all := int64(0)
	for _, n := range c.Rows {
		all += n
	}
	out := fmt.Sprintf("%s (%s, %s)", signals.Counted(int(all), "row"), signals.Counted(int(c.Rows["events"]), "event"), signals.Counted(int(c.Rows["cases"]), "case"))
	if c.Jobs > 0 {
		out += ", " + signals.Counted(c.Jobs, "job") + " queued again,"
	}
	return out
}
