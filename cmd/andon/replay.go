package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/replay"
)

// outputs are the kinds of lines that replay can write.
var outputs = []string{"signals", "risk", "routes", "matches", "nudges", "ledger"}

type replayCmd struct {
	inputs
	Out     string   `help:"Folder for the output." placeholder:"DIR" required:"" type:"path"`
	Outputs []string `help:"What to compute and write: ${enum}." enum:"signals,risk,routes,matches,nudges,ledger" default:"signals,risk,routes,matches,nudges,ledger" placeholder:"LIST"`
	AsLive  bool     `help:"Hold nudges as if every detector were live, not as the configured modes say."`
}

// Help is shown by andon replay --help.
func (replayCmd) Help() string {
	return `Goes through history in the order of its time, with no look into the future, and writes
signals.jsonl, risk.jsonl, routes.jsonl, matches.jsonl, nudges.jsonl and ledger.jsonl into a folder.
What --outputs does not name is not computed.

Examples:
  andon replay --learn closed.jsonl.gz --jira open.jsonl.gz --out out
  andon replay --slack export.zip --outputs signals --out out`
}

// Run replays the inputs.
func (r *replayCmd) Run(e *env) error {
	if !r.plays() {
		return usageError{errors.New("replay needs at least one of --jira, --slack and --events")}
	}
	if len(r.Outputs) == 0 {
		return usageError{errors.New("--outputs names nothing to write")}
	}
	bar := newProgress(e.err)
	defer bar.done()
	h, err := r.read(e.ctx, bar.stage)
	if err == nil {
		err = h.some(e.err)
	}
	if err != nil {
		return err
	}
	w, err := newWriter(r.Out, r.Outputs)
	if err != nil {
		return err
	}
	wants := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(r.Outputs, n) })
	}
	o := replay.Options{
		Policy: h.config.Policy, Lexicon: h.lexicon, Signals: wants("signals"), Nudges: wants("nudges", "ledger"), Risk: wants("risk"), Routes: wants("routes"),
		Matches: wants("matches"), AsLive: r.AsLive, Progress: bar.step, Begin: w.begin, AtOnce: beside(),
	}
	res, err := interruptible(e.ctx, func() (*replay.Result, error) { return replay.Run(&h.Input, o, w) })
	bar.done()
	if err == nil {
		err = w.book(res.World)
	}
	if err != nil {
		w.drop()
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := writeRejects(filepath.Join(r.Out, "rejects.jsonl"), h.rejects); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s, %s from %s to %s; wrote %s to %s\n", signals.Counted(res.Events, "event"), signals.Counted(cases(res), "case"),
		res.First.Format("2006-01-02"), res.Last.Format("2006-01-02"), strings.Join(r.Outputs, ", "), r.Out)
	return h.complain(e.err, r.Strict)
}

func cases(res *replay.Result) int {
	n := 0
	for k := range res.World.Cases {
		if k.Source != signals.Own && !k.IsDrill() {
			n++
		}
	}
	return n
}
