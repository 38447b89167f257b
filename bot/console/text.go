package console

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText writes the report for a terminal: the same figures as the page,
// without the drawings.
func WriteText(w io.Writer, p Page) error {
	var b strings.Builder
	signals, nudges := 0, 0
	for _, d := range p.Detectors {
		signals += d.Signals
		nudges += d.Sent
	}
	fmt.Fprintf(&b, "%s\n%s to %s: %d issues, %d threads in %d channels, %d events\n\n", p.Title, p.From.Format("2 Jan 2006"), p.To.Format("2 Jan 2006"), p.Cases, p.Threads, p.Channels, p.Events)
	fmt.Fprintf(&b, "%d signals, %d nudges%s. On one person's busiest day %d messages (95 %% of days: %d or fewer). Per channel and day with talk %.2f nudges (peak %d).\n",
		signals, nudges, map[bool]string{true: " there would have been", false: " as configured"}[p.AsLive], p.PerPerson.Peak, p.PerPerson.P95, p.PerRoom.Mean, p.PerRoom.Peak)
	textEarly(&b, p)
	textKnown(&b, p)
	textDetectors(&b, p)
	textTeams(&b, p)
	textDeaths(&b, p)
	textPaths(&b, p)
	_, err := io.WriteString(w, b.String())
	return err
}

// table writes rows of cells, the first row being the head.
func table(b *strings.Builder, title string, rows [][]string) {
	if len(rows) < 2 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	t := tabwriter.NewWriter(b, 2, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(t, "  "+strings.Join(r, "\t"))
	}
	_ = t.Flush()
}

func textEarly(b *strings.Builder, p Page) {
	rows := [][]string{{"bad end", "cases", "signal before", "missed", "median lead"}}
	for _, e := range p.Early {
		lead := "–"
		if e.Before > 0 {
			lead = hours(e.MedianHours)
		}
		rows = append(rows, []string{e.Outcome, itoa(e.Cases), itoa(e.Before) + " (" + share(e.Before, e.Cases) + ")", itoa(e.Missed), lead})
	}
	table(b, "Would it have been early?", rows)
}

func textKnown(b *strings.Builder, p Page) {
	rows := [][]string{{"detector", "planted", "found", "recall", "signals", "right", "precision"}}
	for _, k := range p.Known {
		rows = append(rows, []string{k.Detector, itoa(k.Planted), itoa(k.Found), k.RecallText, itoa(k.Signals), itoa(k.Right), k.PrecisionText})
	}
	table(b, "Against what is known to be there", rows)
}

func textDetectors(b *strings.Builder, p Page) {
	rows := [][]string{{"detector", "signals", "a week", "said", "held", "overtaken", "shadow", "nobody to tell", "reacted", "corrected", "confirmed"}}
	for _, d := range p.Detectors {
		rows = append(rows, []string{d.Name, itoa(d.Signals), num(d.PerWeek), itoa(d.Sent), itoa(d.Held), itoa(d.Superseded), itoa(d.Shadowed), itoa(d.NoRoute), itoa(d.Reacted), itoa(d.Corrected), itoa(d.Confirmed)})
	}
	table(b, "What it would have said", rows)
}

func textTeams(b *strings.Builder, p Page) {
	rows := [][]string{{"team", "nudges", "people"}}
	for _, t := range p.Teams {
		people := "–"
		if t.People > 0 {
			people = itoa(t.People)
		}
		rows = append(rows, []string{t.Team, itoa(t.Nudges), people})
	}
	table(b, "Who would have been asked", rows)
}

func textDeaths(b *strings.Builder, p Page) {
	rows := [][]string{{"before stage", "died", "still alive", "most frequent reason"}}
	for _, d := range p.Deaths {
		why := ""
		if len(d.Why) > 0 {
			why = fmt.Sprintf("%s (%d)", d.Why[0].Why, d.Why[0].Count)
		}
		rows = append(rows, []string{stageName(d.Stage), itoa(d.Count), itoa(d.Alive), why})
	}
	table(b, "Where signals died", rows)
}

func textPaths(b *strings.Builder, p Page) {
	if len(p.Longest) > 0 {
		fmt.Fprintln(b, "\nThe longest paths, and their direct route")
	}
	for _, l := range p.Longest {
		var teams []string
		for _, s := range l.Stays {
			teams = append(teams, s.Team+" "+hours(s.Hours))
		}
		fmt.Fprintf(b, "  %s: %s\n    direct: %s; %s passed at the teams in between\n", l.Case, strings.Join(teams, " > "), strings.Join(l.Direct, " > "), hours(l.Hours))
	}
	rows := [][]string{{"from", "to", "hand-offs", "back again", "median wait before"}}
	for _, r := range p.Pairs {
		rows = append(rows, []string{r.From, r.To, itoa(r.Handoffs), itoa(r.Back), hours(r.MedianHours)})
	}
	table(b, "Team pairs that hand over most", rows)
}

func itoa(n int) string { return fmt.Sprint(n) }
