package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/lint"
	"andon/store"
)

type lintCmd struct {
	Config  string `help:"Configuration file." placeholder:"FILE" type:"existingfile" short:"c"`
	Journal bool   `help:"Hold the file against what the service has heard, in the configured database, too."`
	JSON    bool   `help:"Print the findings as JSON."`
}

// Help is shown by andon lint --help.
func (lintCmd) Help() string {
	return `Looks for what is broken in the chain from a signal to whoever can act on it, before a signal finds out: teams of
nobody, leads and backups who have left or cannot be told, projects and channels that nobody owns, rules that never
fire. Worst first, each with what to do. With --journal it also holds the file against the history in the database:
what was never seen, who is linked to which account, what was set in Slack. The running service does so every hour and
tells the admin channel of what is new and what is mended; in Slack it is /andon lint. The exit code is 1 when signals reach nobody (broken).

Examples:
  andon lint --config andon.yaml
  andon lint --config andon.yaml --journal --json | jq '.findings[] | select(.level == "broken")'`
}

// Run prints the findings.
func (l *lintCmd) Run(e *env) error {
	c, err := config.Load(l.Config, configOptions())
	if err != nil {
		return usageError{err}
	}
	in := &lint.Input{Now: time.Now(), Detectors: configOptions().Detectors, Admins: c.Admins, Restricted: true}
	events, err := c.OrgEvents()
	if err != nil {
		return usageError{err}
	}
	if l.Journal {
		told, err := lintJournal(e, &c, in)
		if err != nil {
			return err
		}
		events = append(events, told...)
	}
	if in.Org, err = signals.FoldOrg(c.Policy, events, in.Now); err != nil {
		return fmt.Errorf("put the organisation together: %w", err)
	}
	in.Extra = append(in.Extra, disputed(&c)...)
	lintSources(&c, in)
	list := lint.Check(in)
	if err := l.print(e.out, list); err != nil {
		return err
	}
	n := 0
	for i := range list {
		if list[i].Level == lint.Broken {
			n++
		}
	}
	if n > 0 {
		return errors.New(signals.Counted(n, "finding") + " broken: signals reach nobody there")
	}
	return nil
}

// disputed are what catalogs and CODEOWNERS say and what does not hold.
func disputed(c *config.Config) (out []lint.Finding) {
	for _, d := range c.Disputes() {
		out = append(out, lint.Finding{Level: lint.Weak, Place: d.Place, Rule: "disputed-owner", What: d.What, Do: "mend the file or the roster; ownership.teams names teams that are called otherwise", About: d.What})
	}
	return out
}

// lintSources says what is watched, and who can be told there.
func lintSources(c *config.Config, in *lint.Input) {
	for _, j := range c.Jira {
		in.Jira = in.Jira || j.URL != ""
	}
	for _, w := range c.Slack {
		if w.BotToken != "" {
			in.Slack = true
			team := teamName(w)
			in.Reach = func(person string) string {
				_, why := slackAddress(in.Org, team, person)
				return why
			}
			return
		}
	}
}

// lintJournal reads what the journal has seen, and returns what it holds of the
// organisation besides what a configuration said.
func lintJournal(e *env, c *config.Config, in *lint.Input) ([]*signals.Event, error) {
	db, err := openDatabase(e, c, false)
	if err != nil {
		return nil, err
	}
	defer closing(e, db)
	names, err := db.Rooms(e.ctx)
	if err != nil {
		return nil, err
	}
	in.Room = func(id string) string {
		if names[id] == "" {
			return ""
		}
		return "#" + strings.TrimPrefix(names[id], "#")
	}
	if in.Extra, err = rotaFindings(e.ctx, db); err != nil {
		return nil, err
	}
	in.Seen = &lint.Seen{}
	return lintFollow(e.ctx, db, in.Seen)
}

func lintFollow(ctx context.Context, db *store.DB, seen *lint.Seen) (org []*signals.Event, err error) {
	const page = 10_000
	for after := int64(0); ; {
		entries, err := db.Follow(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for _, x := range entries {
			seen.Observe(x.Event)
			after = x.Pos
			if x.Kind.Organises() && x.Case != orgKey {
				org = append(org, x.Event)
			}
		}
		if len(entries) < page {
			return org, nil
		}
	}
}

func (l *lintCmd) print(out io.Writer, list []lint.Finding) error {
	var err error
	if l.JSON {
		if list == nil {
			list = []lint.Finding{}
		}
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		err = enc.Encode(struct {
			Findings []lint.Finding `json:"findings"`
		}{list})
	} else {
		var b strings.Builder
		for _, f := range list {
			fmt.Fprintf(&b, "%-6s  %s: %s — %s  (%s)\n", f.Level, view.Plain(f.Place), view.Plain(f.What), view.Plain(f.Do), f.Rule)
		}
		if len(list) == 0 {
			b.WriteString("The chain is in order.\n")
		}
		_, err = io.WriteString(out, b.String())
	}
	if err != nil {
		return fmt.Errorf("print the findings: %w", err)
	}
	return nil
}
