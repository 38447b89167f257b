package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"andon/cmd/andon/internal/company"
	"andon/signals/replay"
)

type evalCmd struct {
	inputs
	Journal bool    `help:"Score what andon itself has heard: the database of the configuration, in place of files."`
	Save    bool    `help:"Keep the card in the database, so that andon doctor can tell later whether the models have become worse. Needs --journal."`
	Split   float64 `help:"Which part of the time is only learnt from; the cases opened after it are scored. Without a meaning beside --learn." default:"0.7"`
	Boot    int     `help:"How often cases are drawn anew for the 95 % intervals." default:"200"`
	JSON    bool    `help:"Print the figures as JSON instead of text."`
	Seed    int64   `help:"Seed of the draws, and of the bundled example." default:"1"`
}

// Help is shown by andon eval --help.
func (evalCmd) Help() string {
	return `Goes through history as replay does, learns from the first part of it and scores what the models said
about the rest: the early warning, who solves a case, and which earlier case is the same. Each figure stands
beside a naive one and with its 95 % interval. A model card says what the data were, where the models are
weak, and how often an alarm would have been wrong. Without any input it uses the bundled example.
With --journal it takes what the service has heard, and --save keeps the card for andon doctor.

Examples:
  andon eval
  andon eval --journal --save --config andon.yaml
  andon eval --jira issues.jsonl.gz --config andon.yaml
  andon eval --learn 2025.jsonl.gz --jira 2026.jsonl.gz --config andon.yaml --json`
}

// evalPage is what the command prints: the card, and for the bundled example
// what is known of the detectors.
type evalPage struct {
	Inputs []string
	*replay.Card
	Known []knownRow `json:",omitempty"`
	Truth bool       // whether it is known what the detectors should have found
}

// Run scores the models.
func (v *evalCmd) Run(e *env) error {
	if err := v.check(); err != nil {
		return err
	}
	bar := newProgress(e.err)
	defer bar.done()
	h, truth, err := v.history(e, bar)
	if err == nil {
		err = h.some(e.err)
	}
	if err != nil {
		return err
	}
	o := replay.Options{Policy: h.config.Policy, Lexicon: h.lexicon, Nudges: truth != nil, AsLive: true, Progress: bar.step, AtOnce: beside()}
	s := replay.Scoring{Split: v.Split, Resamples: v.Boot, Seed: uint64(v.Seed)}
	if v.Journal {
		s.Now = time.Now()
	}
	page := evalPage{Inputs: v.names()}
	page.Card, err = interruptible(e.ctx, func() (*replay.Card, error) { return replay.Evaluate(&h.Input, o, s) })
	bar.done()
	if err != nil {
		return err
	}
	if truth != nil {
		page.Truth, page.Known = true, knownRows(truth, page.Result, s)
	}
	if truth != nil && v.Config != "" {
		h.notes = append(h.notes, "the bundled example has a configuration of its own; "+v.Config+" was not used")
	}
	if err := v.print(e, &page); err != nil {
		return err
	}
	if v.Save {
		if err := keepCard(e, &h.config, page.Card); err != nil {
			return err
		}
	}
	return h.complain(e.err, v.Strict)
}

func (v *evalCmd) check() error {
	switch {
	case !(v.Split > 0 && v.Split < 1):
		return usageError{fmt.Errorf("--split is a part of the time, between 0 and 1, and not %v", v.Split)}
	case v.Boot < 20 || v.Boot > 10_000:
		return usageError{fmt.Errorf("--boot is how often cases are drawn anew, 20 to 10000, and not %d", v.Boot)}
	case v.Journal && (v.plays() || len(v.Learn) > 0):
		return usageError{errors.New("--journal takes the database in place of files: leave out --learn, --jira, --slack and --events, or --journal")}
	case v.Save && !v.Journal:
		return usageError{errors.New("--save keeps the card of what andon heard: it needs --journal")}
	case !v.plays() && len(v.Learn) > 0:
		return usageError{errors.New("--learn alone gives nothing to score: eval needs at least one of --jira, --slack and --events")}
	}
	return nil
}

// history reads the inputs, or makes the bundled example when there are none.
func (v *evalCmd) history(e *env, bar *progress) (*history, *company.Truth, error) {
	if v.Journal {
		bar.stage("reading the database")
		h, err := readJournal(e, v.Config, nil)
		return h, nil, err
	}
	b := backtestCmd{inputs: v.inputs, Seed: v.Seed}
	return b.history(e, bar)
}

func (v *evalCmd) names() []string {
	if v.Journal {
		return []string{"the database"}
	}
	b := backtestCmd{inputs: v.inputs, Seed: v.Seed}
	return b.names()
}

func (v *evalCmd) print(e *env, page *evalPage) error {
	if v.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(page)
	}
	return writeCard(e.out, page)
}
