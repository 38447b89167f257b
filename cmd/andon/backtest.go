package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"andon/bot/console"
	"andon/cmd/andon/internal/company"
	"andon/signals/replay"
)

type backtestCmd struct {
	inputs
	HTML       string `help:"Write the report as one HTML file; empty for none." default:"andon-report.html" placeholder:"FILE" type:"path"`
	JSON       bool   `help:"Print the report as JSON instead of text."`
	Sample     string `help:"Write the sample to judge by hand as CSV." placeholder:"FILE" type:"path"`
	Blind      bool   `help:"Mix the sample with as many cases without a signal, and leave the verdicts out."`
	Judged     string `help:"Read a filled-in sample and print the precision of each detector." placeholder:"FILE" type:"existingfile"`
	Configured bool   `help:"Judge by the configured modes; without it every detector that is not off is judged as if it were live."`
	Seed       int64  `help:"Seed of the bundled example." default:"1"`
}

// Help is shown by andon backtest --help.
func (backtestCmd) Help() string {
	return `Goes through history as replay does and reports, in the terminal and as one HTML file, what andon
would have said: how many nudges and to which teams, which signals came before a bad outcome and how much
earlier, the longest paths and their direct route, and where signals died. Without any input it uses the
bundled example, an invented company whose truth is known.

Examples:
  andon backtest
  andon backtest --jira issues.jsonl.gz --slack export.zip --config andon.yaml --html report.html
  andon backtest --slack export.zip --sample sample.csv --blind
  andon backtest --slack export.zip --judged sample.csv`
}

// Run makes the report.
func (b *backtestCmd) Run(e *env) error {
	bar := newProgress(e.err)
	h, truth, err := b.history(e, bar)
	if err != nil {
		return err
	}
	o := replay.Options{Policy: h.config.Policy, Lexicon: h.lexicon, Nudges: true, AsLive: !b.Configured, Progress: bar.step}
	res, err := replay.Run(&h.Input, o, nothing{})
	bar.done()
	if err != nil {
		return err
	}
	page := console.Page{Report: replay.Summarize(res), Title: "What andon would have said", Inputs: b.names(), Rejected: h.total}
	if truth != nil {
		page.Title += ": the bundled example"
		page.Known = known(truth, res)
	}
	if err := b.sample(res, page.Report); err != nil {
		return err
	}
	if err := b.write(e.out, page); err != nil {
		return err
	}
	return h.complain(e.err, b.Strict)
}

// history reads the inputs, or makes the bundled example when there are none.
func (b *backtestCmd) history(e *env, bar *progress) (*history, *company.Truth, error) {
	if !b.empty() {
		h, err := b.read(e.ctx, bar.stage)
		return h, nil, err
	}
	bar.stage("making the example company")
	c, err := company.Generate(company.Options{Seed: b.Seed})
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "andon-example-")
	if err != nil {
		return nil, nil, fmt.Errorf("make folder for the example: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := c.WriteTo(dir); err != nil {
		return nil, nil, err
	}
	in := inputs{Jira: []string{filepath.Join(dir, "jira.jsonl")}, Slack: []string{filepath.Join(dir, "slack")}}
	h, err := in.readWith(e.ctx, companyConfig(c), bar.stage)
	return h, &c.Truth, err
}

func (b *backtestCmd) names() []string {
	if b.empty() {
		return []string{fmt.Sprintf("the bundled example company, seed %d", b.Seed)}
	}
	var out []string
	for _, list := range [][]string{b.Learn, b.Jira, b.Slack, b.Events} {
		for _, p := range list {
			out = append(out, filepath.Base(p))
		}
	}
	return out
}

// sample writes the sample file, or reads one back.
func (b *backtestCmd) sample(res *replay.Result, r *replay.Report) error {
	if b.Sample == "" {
		return nil
	}
	rows := r.Sample
	if b.Blind {
		rows = replay.BlindSample(res)
	}
	f, err := os.Create(b.Sample)
	if err != nil {
		return fmt.Errorf("make sample file: %w", err)
	}
	err = writeSample(f, rows)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func (b *backtestCmd) write(out io.Writer, page console.Page) error {
	if b.HTML != "" {
		f, err := os.Create(b.HTML)
		if err != nil {
			return fmt.Errorf("make report file: %w", err)
		}
		err = console.WriteReport(f, page)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	if b.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			*replay.Report
			Known []console.Known `json:",omitempty"`
		}{page.Report, page.Known})
	}
	if err := console.WriteText(out, page); err != nil {
		return err
	}
	if b.Judged != "" {
		if err := b.judge(out, page.Report); err != nil {
			return err
		}
	}
	if b.HTML != "" {
		_, err := fmt.Fprintf(out, "\nThe whole report, with drawings: %s\n", b.HTML)
		return err
	}
	return nil
}

// judge reads a filled-in sample back.
func (b *backtestCmd) judge(out io.Writer, r *replay.Report) error {
	f, err := os.Open(b.Judged)
	if err != nil {
		return fmt.Errorf("read judged sample: %w", err)
	}
	defer f.Close()
	verdicts, err := readSample(f)
	if err != nil {
		return usageError{fmt.Errorf("read judged sample %s: %w", b.Judged, err)}
	}
	rows := r.Judge(verdicts)
	if len(rows) == 0 {
		return usageError{errors.New("no signal of this history is judged in " + b.Judged + ": was it made from the same inputs?")}
	}
	fmt.Fprintf(out, "\nJudged by hand (%s)\n", filepath.Base(b.Judged))
	for _, row := range rows {
		fmt.Fprintf(out, "  %-20s %3d of %3d useful, %3.0f %% [%2.0f, %3.0f]\n", row.Detector, row.Useful, row.Judged, 100*row.Precision, 100*row.Low, 100*row.High)
	}
	return nil
}
