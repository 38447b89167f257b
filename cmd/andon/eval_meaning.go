package main

import (
	"fmt"
	"math"
	"strings"

	"andon/signals"
	"andon/signals/replay"
)

func writeAlarms(b *strings.Builder, p *evalPage) {
	if len(p.Alarms) == 0 {
		return
	}
	b.WriteString("\n  If an alarm were raised at a stated risk, after 3 events of a case:\n")
	silent := true
	for _, a := range p.Alarms {
		silent = silent && a.Alarms == 0
		switch {
		case a.Alarms == 0:
		case !replay.Enough(a.Alarms):
			fmt.Fprintf(b, "    %s, from %.0f %% on: %s, too few to say how often it is wrong.\n", a.Task, 100*a.Threshold, signals.Counted(a.Alarms, "alarm"))
		default:
			fmt.Fprintf(b, "    %s, from %.0f %% on: %s, wrong about %.0f of 10 times (%.0f to %.0f).\n", a.Task, 100*a.Threshold,
				signals.Counted(a.Alarms, "alarm"), tenths(a.Right.Value), tenths(a.Right.High), tenths(a.Right.Low))
		}
	}
	if silent {
		fmt.Fprintf(b, "    no alarm at all: no risk was stated as %.0f %% or more.\n", 100*p.Alarms[0].Threshold)
	}
}

// writeWarnings says what at_risk came to as it speaks.
func writeWarnings(b *strings.Builder, w *replay.WarnRow) {
	if w.Warned == 0 {
		return
	}
	fmt.Fprintf(b, "    As at_risk speaks, once of a case before it comes to that: %s among %s, %d of which came to a bad end.\n",
		signals.Counted(w.Warned, "warning"), signals.Counted(w.Cases, "case"), w.Came)
	if !replay.Enough(w.Warned) {
		b.WriteString("    Too few warnings to say how often they are right.\n")
		return
	}
	fmt.Fprintf(b, "    Of 10 warnings %.0f came true (%.0f to %.0f), half of those %s ahead or more; of 10 bad ends %.0f were warned of.\n",
		math.Round(10*w.Right.Value), math.Round(10*w.Right.Low), math.Round(10*w.Right.High), signals.Lasted(w.Ahead), math.Round(10*w.Caught.Value))
}

// tenths is how many of ten are wrong when a part is right.
func tenths(right float64) float64 { return math.Round(10 * (1 - right)) }

func writeWeak(b *strings.Builder, p *evalPage) {
	if p.Cases == 0 {
		return
	}
	fmt.Fprintf(b, "\n  Where it is weak (teams and projects with at least %d cases):\n", p.MinCases)
	switch {
	case p.Compared == 0:
		b.WriteString("    Not known: no figure of a team or project rests on enough to be compared.\n")
	case len(p.Weak) == 0:
		fmt.Fprintf(b, "    Nowhere: none of %s of teams and projects lies below that of all together.\n", signals.Counted(p.Compared, "figure"))
	}
	for _, r := range p.Weak {
		sure := ""
		if r.Here.High >= r.All.Value {
			sure = "; may be chance"
		}
		fmt.Fprintf(b, "    %s %s, %s: %.2f (%.2f to %.2f) over %s, all together %.2f%s\n", r.Kind, oneLine(r.Name), r.Task, r.Here.Value, r.Here.Low, r.Here.High,
			signals.Counted(r.Cases, "case"), r.All.Value, sure)
	}
	if p.Small > 0 {
		fmt.Fprintf(b, "    %s with fewer than %d known people: not named.\n", signals.Counted(p.Small, "further one"), p.Group)
	}
}

// writeMeaning says what follows for opening detectors.
func writeMeaning(b *strings.Builder, p *evalPage) {
	b.WriteString("\n  What it means:\n")
	for _, h := range headings {
		fmt.Fprintf(b, "    %s: %s\n", h.title, meaning(p.Rows, h.part))
	}
	writeLacks(b, p)
	if p.Afterwards() {
		fmt.Fprintf(b, "    Take care: %d of %d cases that changed teams have one holder from the creation to the end. That looks written afterwards;\n"+
			"    then the routes were told the answer, and their figures are too good.\n", p.Settled, p.Handed)
	}
	b.WriteString("    A figure that is not shown to be better than the naive one is no ground to open a detector: leave it in shadow,\n" +
		"    or let people approve each nudge (ask). See docs/eval.md.\n")
}

// writeLacks says what the history does not have, and what would mend it.
func writeLacks(b *strings.Builder, p *evalPage) {
	if p.Cases > 0 && p.Teams == 0 {
		b.WriteString("    No case has a team, so nothing can be said of long ways, returns and teams: name the field in the configuration (team_field).\n")
	}
	if len(p.Silent) > 0 {
		fmt.Fprintf(b, "    The early warning foretold nothing of this, and at_risk is silent about it until 100 cases are closed and 20 came to it:\n    %s.\n", strings.Join(p.Silent, "; "))
	}
}

func meaning(rows []replay.ScoreRow, part string) string {
	count := map[replay.Verdict]int{}
	total := 0
	for _, r := range rows {
		if r.Part == part {
			count[r.Verdict]++
			total++
		}
	}
	if total == 0 || count[replay.NotThere] == total {
		return "not there in this history."
	}
	var parts []string
	for _, v := range []replay.Verdict{replay.Better, replay.NotShown, replay.Worse, replay.Doubtful, replay.TooFew, replay.NotThere} {
		if count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%s for %d", marks[v], count[v]))
		}
	}
	return fmt.Sprintf("of %s, %s.", signals.Counted(total, "figure"), strings.Join(parts, ", "))
}
