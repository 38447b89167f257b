package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/integrations/eventlog"
	"andon/integrations/jira"
	"andon/integrations/slack"
	"andon/signals"
	"andon/signals/replay"
	"andon/signals/text"
)

// inputs are the flags that name history; replay and backtest share them.
type inputs struct {
	Learn  []string `help:"Closed history that is known before the start: Jira JSON Lines (.gz) or a page of Jira's search. May be repeated; SITE=FILE names one of several configured sites." placeholder:"FILE" sep:"none"`
	Jira   []string `help:"Jira issues to go through, likewise." placeholder:"FILE" sep:"none"`
	Slack  []string `help:"Slack workspace export, a folder or a .zip. May be repeated; TEAM=PATH names one of several configured workspaces." placeholder:"DIR|ZIP" sep:"none"`
	Events []string `help:"Event log as CSV, with its columns named in the configuration. May be repeated; SITE=CSV names one of several configured forms." placeholder:"CSV" sep:"none"`
	Config string   `help:"Configuration file." placeholder:"FILE" type:"existingfile" short:"c"`
	Strict bool     `help:"End with exit code 3 when part of the input was rejected."`
}

// plays reports whether there is history to go through, and not only to learn from.
func (in *inputs) plays() bool { return len(in.Jira)+len(in.Slack)+len(in.Events) > 0 }

// history is what the inputs came to.
type history struct {
	replay.Input
	config  config.Config
	lexicon *text.Lexicon
	rejects []signals.Reject
	total   int // rejects, also those that were not kept
	notes   []string
}

// read reads everything that the flags name.
func (in *inputs) read(ctx context.Context, show func(string)) (*history, error) {
	c, err := config.Load(in.Config, configOptions())
	if err != nil {
		return nil, usageError{err}
	}
	return in.readWith(ctx, c, show)
}

// readWith reads everything that the flags name under a configuration.
func (in *inputs) readWith(ctx context.Context, c config.Config, show func(string)) (*history, error) {
	h := &history{config: c}
	h.Rooms = make(map[string]string)
	for _, p := range in.Learn {
		if slices.Contains(in.Jira, p) {
			h.notes = append(h.notes, p+" is given to --learn and to --jira: what is learnt is never judged, so no signal comes of it")
		}
	}
	if err := h.prepare(); err != nil {
		return nil, usageError{err}
	}
	for _, group := range []struct {
		paths []string
		read  func(context.Context, string) error
	}{
		{in.Learn, func(ctx context.Context, p string) error { return h.jira(ctx, p, &h.Learn) }},
		{in.Jira, func(ctx context.Context, p string) error { return h.jira(ctx, p, &h.Play) }},
		{in.Slack, h.slack},
		{in.Events, h.events},
	} {
		for _, p := range group.paths {
			show("reading " + p)
			if err := group.read(ctx, p); errors.Is(err, fs.ErrNotExist) {
				return nil, usageError{err}
			} else if err != nil {
				return nil, err // the readers say what they read
			}
		}
	}
	return h, nil
}

// prepare makes the organisation's events and the word lists.
func (h *history) prepare() error {
	org, err := h.config.OrgEvents()
	if err != nil {
		return err
	}
	h.lexicon = text.DefaultLexicon()
	for list, lines := range h.config.Words {
		if h.lexicon, err = h.lexicon.Extend(list, lines); err != nil {
			return fmt.Errorf("words.%s: %w", list, err)
		}
	}
	return h.Org.Add(org)
}

// which splits NAME=PATH where NAME is configured, and returns the position of
// the configuration that applies: the named one, else the first.
func which(arg string, n int, name func(int) string) (path string, at int) {
	before, after, ok := strings.Cut(arg, "=")
	for i := range n {
		if ok && before != "" && name(i) == before {
			return after, i
		}
	}
	return arg, 0
}

func (h *history) jira(ctx context.Context, arg string, to *replay.Log) error {
	sites := h.config.Jira
	if len(sites) == 0 {
		sites = []config.Jira{{}}
	}
	path, at := which(arg, len(sites), func(i int) string { return sites[i].Site })
	j := sites[at]
	o := jira.Options{Site: cmp.Or(j.Site, "jira"), Team: j.TeamField, Level: j.LevelField, Fields: j.Fields, Done: j.Done, Audience: signals.Public}
	if j.Audience == "restricted" {
		o.Audience = signals.MembersOf(signals.ID(signals.Jira, o.Site, "browse")) // nobody is known to be in it
	}
	rep, err := jira.ReadFile(ctx, path, o, to.Add)
	h.note(path, rep.Rejects, rep.Rejected, rep.Warnings)
	return err
}

func (h *history) slack(ctx context.Context, arg string) error {
	teams := h.config.Slack
	if len(teams) == 0 {
		teams = []config.Slack{{}}
	}
	path, at := which(arg, len(teams), func(i int) string { return teams[i].Team })
	team := cmp.Or(teams[at].Team, "slack")
	rep, err := slack.ReadExport(ctx, path, slack.ExportOptions{Team: team}, h.Play.Add)
	h.note(path, rep.Rejects, rep.Rejected, rep.Warnings)
	for id, name := range rep.Names {
		h.Rooms[id] = name
	}
	return err
}

func (h *history) events(ctx context.Context, arg string) error {
	if len(h.config.Events) == 0 {
		return usageError{errors.New("an event log needs its columns in the configuration, under events")}
	}
	path, at := which(arg, len(h.config.Events), func(i int) string { return h.config.Events[i].Site })
	e := h.config.Events[at]
	m := eventlog.Mapping{
		Site: e.Site, Case: e.Case, Time: e.Time, Activity: e.Activity, Person: e.Person, Team: e.Team, Level: e.Level, Priority: e.Priority,
		Status: e.Status, Title: e.Title, Component: e.Component, Fields: e.Fields, TimeLayouts: e.Layouts, Zone: e.Zone, Closed: e.Closed, Audience: signals.Public,
		Opener: e.Opener, Actor: e.Actor, Missing: e.Missing, Sparse: e.Sparse,
	}
	for _, r := range e.Comma {
		m.Comma = r
	}
	rep, err := eventlog.ReadFile(ctx, path, m, h.Play.Add)
	h.note(path, rep.Rejects, rep.Rejected, rep.Warnings)
	return err
}

func (h *history) note(path string, rejects []signals.Reject, total int, warnings []string) {
	h.rejects = append(h.rejects, rejects...)
	h.total += total
	for _, w := range warnings {
		h.notes = append(h.notes, path+": "+w)
	}
}

// some makes sure that there is anything to go through. Where nothing at all
// could be read, what was rejected is the answer.
func (h *history) some(w io.Writer) error {
	if h.Play.Len() > 0 {
		return nil
	}
	_ = h.complain(w, false)
	return errors.New("there is nothing to go through: no event was read")
}

// shown is how many rejects and warnings are printed; the rest are counted.
const shown = 10

// complain prints what could not be read, and returns errRejected when strict.
func (h *history) complain(w io.Writer, strict bool) error {
	for i, n := range h.notes {
		if i == shown {
			fmt.Fprintf(w, "andon: and %d more notes\n", len(h.notes)-shown)
			break
		}
		fmt.Fprintln(w, "andon: note:", view.Plain(n))
	}
	for i, r := range h.rejects {
		if i == shown {
			break
		}
		fmt.Fprintln(w, "andon: rejected:", view.Plain(r.Error()))
	}
	if h.total > 0 {
		fmt.Fprintf(w, "andon: %s rejected, the rest was read\n", signals.Counted(h.total, "record"))
		if strict {
			return errRejected
		}
	}
	return nil
}

// writeRejects keeps what could not be read, with its raw form.
func writeRejects(path string, rejects []signals.Reject) error {
	if len(rejects) == 0 {
		err := os.Remove(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	}
	w, err := newLines(path)
	if err != nil {
		return err
	}
	for _, r := range rejects {
		w.add(map[string]string{"where": r.Where, "error": r.Err.Error(), "raw": string(r.Raw)})
	}
	return w.close()
}
