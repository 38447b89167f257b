package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"andon/bot/console"
	"andon/bot/view"
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
	verdicts, err := b.check()
	if err != nil {
		return err
	}
	bar := newProgress(e.err)
	defer bar.done()
	h, truth, err := b.history(e, bar)
	if err == nil {
		err = h.some(e.err)
	}
	if err != nil {
		return err
	}
	o := replay.Options{Policy: h.config.Policy, Lexicon: h.lexicon, Nudges: true, AsLive: !b.Configured, Progress: bar.step, AtOnce: beside()}
	page := console.Page{Title: "What andon would have said", Inputs: b.names(), Rejected: h.total}
	res, err := interruptible(e.ctx, func() (*replay.Result, error) {
		res, err := replay.Run(&h.Input, o, nothing{})
		if err == nil {
			page.Report = replay.Summarize(res)
		}
		return res, err
	})
	bar.done()
	if err != nil {
		return err
	}
	if truth != nil {
		page.Title += ": the bundled example"
		page.Known = known(truth, res)
	}
	if err := b.sample(res, page.Report); err != nil {
		return err
	}
	if err := b.write(e.out, page, verdicts); err != nil {
		return err
	}
	if truth != nil && b.Config != "" {
		h.notes = append(h.notes, "the bundled example has a configuration of its own; "+b.Config+" was not used")
	}
	return h.complain(e.err, b.Strict)
}

// check refuses flags that do not go together, and reads the judged sample
// before any work is done.
func (b *backtestCmd) check() (map[string]bool, error) {
	if b.Blind && b.Sample == "" {
		return nil, usageError{errors.New("--blind is about the sample: name its file with --sample")}
	}
	if !b.plays() && len(b.Learn) > 0 {
		return nil, usageError{errors.New("--learn alone gives nothing to go through: backtest needs at least one of --jira, --slack and --events")}
	}
	if b.Judged == "" {
		return nil, nil
	}
	f, err := os.Open(b.Judged)
	if err != nil {
		return nil, fmt.Errorf("read judged sample: %w", err)
	}
	defer f.Close()
	verdicts, err := readSample(f)
	if err != nil {
		return nil, usageError{fmt.Errorf("read judged sample %s: %w", b.Judged, err)}
	}
	if len(verdicts) == 0 {
		return nil, usageError{errors.New("read judged sample " + b.Judged + ": no line has a verdict under useful")}
	}
	return verdicts, nil
}

// history reads the inputs, or makes the bundled example when there are none.
func (b *backtestCmd) history(e *env, bar *progress) (*history, *company.Truth, error) {
	if b.plays() {
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
	if !b.plays() {
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
	return writeWhole(b.Sample, "sample file", func(f *os.File) error { return writeSample(f, rows) })
}

func (b *backtestCmd) write(out io.Writer, page console.Page, verdicts map[string]bool) error {
	var judged []replay.JudgedRow
	if verdicts != nil {
		if judged = page.Report.Judge(verdicts); len(judged) == 0 {
			return usageError{errors.New("no signal of this history is judged in " + b.Judged + ": was it made from the same inputs?")}
		}
	}
	if b.HTML != "" {
		if err := writeWhole(b.HTML, "report file", func(f *os.File) error { return console.WriteReport(f, page) }); err != nil {
			return err
		}
	}
	if b.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			*replay.Report
			Known  []console.Known    `json:",omitempty"`
			Judged []replay.JudgedRow `json:",omitempty"`
		}{page.Report, page.Known, judged})
	}
	if err := console.WriteText(out, page); err != nil {
		return err
	}
	return b.tail(out, judged)
}

// tail prints what stands below the report.
func (b *backtestCmd) tail(out io.Writer, judged []replay.JudgedRow) error {
	var text strings.Builder
	if len(judged) > 0 {
		fmt.Fprintf(&text, "\nJudged by hand (%s), with 95 %% intervals\n", view.Plain(filepath.Base(b.Judged)))
	}
	for _, row := range judged {
		fmt.Fprintf(&text, "  %-20s %3d of %3d useful, %3.0f %% [%2.0f, %3.0f]\n", row.Detector, row.Useful, row.Judged, 100*row.Precision, 100*row.Low, 100*row.High)
	}
	if b.HTML != "" {
		fmt.Fprintf(&text, "\nThe whole report, with drawings: %s\n", b.HTML)
	}
	_, err := io.WriteString(out, text.String())
	return err
}
