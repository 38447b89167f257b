package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/replay"
)

// writeCard prints the figures and the model card.
func writeCard(out io.Writer, p *evalPage) error {
	var b strings.Builder
	fmt.Fprintf(&b, "How well andon judges: %s\n", oneLine(strings.Join(p.Inputs, ", ")))
	writeRows(&b, p)
	writeKnown(&b, p)
	b.WriteString("\nModel card\n")
	writeData(&b, p)
	writeAlarms(&b, p)
	writeWarnings(&b, &p.Warnings)
	writeWeak(&b, p)
	writeMeaning(&b, p)
	_, err := io.WriteString(out, b.String())
	return err
}

// headings are the parts of the table, in order.
var headings = []struct{ part, title string }{
	{"risk", "Early warning"}, {"routes", "Who can solve it"}, {"matches", "The same again"},
}

// marks say in words how a figure stands to its naive twin.
var marks = map[replay.Verdict]string{
	replay.Better: "better", replay.NotShown: "not shown to be better", replay.Worse: "worse", replay.TooFew: "too few to say", replay.NotThere: "not there",
	replay.Doubtful: "doubtful: see below",
}

func writeRows(b *strings.Builder, p *evalPage) {
	for _, h := range headings {
		fmt.Fprintf(b, "\n%s\n", h.title)
		w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		task := ""
		for i := range p.Rows {
			r := &p.Rows[i]
			if r.Part != h.part {
				continue
			}
			if t := title(r); t != task {
				w.Flush()
				fmt.Fprintf(b, "  %s\n", t)
				task = t
				if r.Cases > 0 {
					fmt.Fprintf(w, "    \tandon\t95 %%\tnaive\t\n")
				}
			}
			if r.Cases > 0 {
				fmt.Fprintf(w, "    %s\t%s\t%s\t%s\t%s\n", measure(r), value(r.Ours), interval(r.Ours), value(r.Naive), marks[r.Verdict])
			}
		}
		w.Flush()
	}
}

// title names a task with what it rests on.
func title(r *replay.ScoreRow) string {
	if r.Cases == 0 {
		return at(r.Task, r.Entries) + ": not there"
	}
	if r.Part == "risk" {
		return fmt.Sprintf("%s: %d of %s came to it", at(r.Task, r.Entries), r.Came, signals.Counted(r.Cases, "case"))
	}
	return fmt.Sprintf("%s: %s, no answer to %d", r.Task, signals.Counted(r.Cases, "question"), r.Cases-r.Came)
}

// at says after how many entries of a case's history something was asked.
func at(task string, entries int) string {
	switch entries {
	case 0:
		return task
	case 1:
		return task + ", asked at the creation"
	}
	return fmt.Sprintf("%s, asked after %d events", task, entries)
}

func measure(r *replay.ScoreRow) string {
	if r.Lower {
		return r.Measure + " (less is better)"
	}
	return r.Measure
}

func value(f replay.Figure) string {
	if !f.Known {
		return "-"
	}
	return fmt.Sprintf("%.3f", f.Value)
}

func interval(f replay.Figure) string {
	if !f.Known {
		return "-"
	}
	return fmt.Sprintf("%.3f to %.3f", f.Low, f.High)
}

func writeKnown(b *strings.Builder, p *evalPage) {
	b.WriteString("\nWeak signals in talk and tickets\n")
	if !p.Truth {
		b.WriteString("  Not there: nobody wrote down what should have been found. Judge a sample by hand:\n" +
			"  andon backtest with --sample FILE --blind, then with --judged FILE.\n")
		return
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  \tplanted\tsignals\tprecision\t95 %%\trecall\t95 %%\tnaive\t\n")
	for _, k := range p.Known {
		naive := "-"
		if k.NaivePrecision.Known {
			naive = value(k.NaivePrecision) + " / " + value(k.NaiveRecall)
		}
		fmt.Fprintf(w, "  %s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", k.Detector, k.Planted, k.Signals, value(k.Precision), interval(k.Precision), value(k.Recall), interval(k.Recall), naive, marks[k.Verdict])
	}
	w.Flush()
}

func writeData(b *strings.Builder, p *evalPage) {
	if p.Cases == 0 {
		b.WriteString("  Data: no tickets, so the early warning and the routes have nothing to say.\n")
		return
	}
	const day = "2006-01-02"
	fmt.Fprintf(b, "  Data: %s from %s to %s, %s, %s, %s.\n", signals.Counted(p.Cases, "case"), p.From.Format(day), p.To.Format(day),
		signals.Counted(p.Projects, "project"), signals.Counted(p.Teams, "team"), headcount(p.People, p.Group))
	if p.Cut.IsZero() {
		fmt.Fprintf(b, "  Split: what was given to --learn is known from the start; all else is scored, %s.\n", signals.Counted(p.Scored, "case"))
	} else {
		fmt.Fprintf(b, "  Split: the first %.0f %% of the time is only learnt from; what was opened from %s on is scored, %s.\n", 100*p.Split, p.Cut.Format(day), signals.Counted(p.Scored, "case"))
	}
	fmt.Fprintf(b, "  Learnt: %s closed before that. Learning goes on as cases close, as it does in service.\n", signals.Counted(p.Learnt, "case"))
	if p.StillOpen > 0 {
		fmt.Fprintf(b, "  %s had no end when the history ended: what came later to them is not counted.\n", signals.Counted(p.StillOpen, "scored case"))
	}
	fmt.Fprintf(b, "  Intervals: %d draws of cases, seed %d. A calibration error drawn anew is too high rather than too low.\n", p.Resamples, p.Seed)
	b.WriteString("  Naive: a plain regression over the fields (early warning), counts by first team and component (teams),\n" +
		"  the last fixers of the component (persons), words of title and text (the same again), four silent hours (asks).\n")
}

// headcount does not count people who are too few to be counted.
func headcount(n, group int) string {
	if n > 0 && n < group {
		return fmt.Sprintf("fewer than %d people", group)
	}
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// oneLine is a name from the data on one line, with nothing a terminal obeys.
func oneLine(s string) string { return strings.Join(strings.Fields(view.Plain(s)), " ") }
