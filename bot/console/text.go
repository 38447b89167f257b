package console

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"andon/bot/view"
	"andon/signals"
)

// WriteText writes the report for a terminal: the same figures as the page,
// without the drawings.
func WriteText(w io.Writer, p Page) error {
	var b strings.Builder
	found, nudges := 0, 0
	for _, d := range p.Detectors {
		found += d.Signals
		nudges += d.Sent
	}
	fmt.Fprintf(&b, "%s\n%s to %s: %s, %s in %s, %s\n\n", p.Title, p.From.Format("2 Jan 2006"), p.To.Format("2 Jan 2006"),
		signals.Counted(p.Cases, "issue"), signals.Counted(p.Threads, "thread"), signals.Counted(p.Channels, "channel"), signals.Counted(p.Events, "event"))
	fmt.Fprintf(&b, "%s, %s%s. On one person's busiest day %s (95 %% of days: %d or fewer).",
		signals.Counted(found, "signal"), signals.Counted(nudges, "nudge"), map[bool]string{true: " there would have been", false: " as configured"}[p.AsLive], signals.Counted(p.PerPerson.Peak, "message"), p.PerPerson.P95)
	if p.Channels > 0 {
		fmt.Fprintf(&b, " Per channel and day with talk %.2f nudges (peak %d).", p.PerRoom.Mean, p.PerRoom.Peak)
	}
	b.WriteByte('\n')
	textEarly(&b, p)
	textKnown(&b, p)
	textDetectors(&b, p)
	textTeams(&b, p)
	textDeaths(&b, p)
	textPaths(&b, p)
	_, err := io.WriteString(w, view.Plain(b.String()))
	return err
}

// cellWidth is how many letters of a name stand in a cell of a table.
const cellWidth = 80

// nameWidth is how many letters of a team's name a path shows.
const nameWidth = 32

// mostTeams is how many teams the terminal lists; the page has them all.
const mostTeams = 30

// table writes rows of cells, the first row being the head.
func table(b *strings.Builder, title string, rows [][]string) {
	if len(rows) < 2 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	t := tabwriter.NewWriter(b, 2, 0, 2, ' ', 0)
	for _, r := range rows {
		for i := range r {
			r[i] = view.Line(r[i], cellWidth)
		}
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
	if p.Blind() {
		fmt.Fprintln(b, "  No case came to such an end. If that is a surprise: hand-offs and levels are seen only when\n  the configuration names the fields that hold them, team_field and level_field.")
	}
}

func textKnown(b *strings.Builder, p Page) {
	rows := [][]string{{"detector", "planted", "found", "recall", "signals", "right", "precision"}}
	for _, k := range p.Known {
		rows = append(rows, []string{k.Detector, itoa(k.Planted), itoa(k.Found), k.RecallText, itoa(k.Signals), itoa(k.Right), k.PrecisionText})
	}
	table(b, "Against what is known to be there", rows)
}

func textDetectors(b *strings.Builder, p Page) {
	rows := [][]string{{"detector", "signals", "a week", "said", "held", "overtaken", "shadow", "nobody to tell", "reacted", "corrected", "confirmed", "quiet"}}
	for _, d := range p.Detectors {
		rows = append(rows, []string{d.Name, itoa(d.Signals), num(d.PerWeek), itoa(d.Sent), itoa(d.Held), itoa(d.Superseded), itoa(d.Shadowed), itoa(d.NoRoute), itoa(d.Reacted), itoa(d.Corrected), itoa(d.Confirmed), itoa(d.Quiet)})
	}
	table(b, "What it would have said", rows)
}

func textTeams(b *strings.Builder, p Page) {
	rows := [][]string{{"team", "nudges", "people"}}
	for i, t := range p.Teams {
		if i == mostTeams {
			rows = append(rows, []string{fmt.Sprintf("and %d more", len(p.Teams)-i)})
			break
		}
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
			why = fmt.Sprintf("%s (%d)", general(d.Why[0].Why), d.Why[0].Count)
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
			teams = append(teams, view.Line(s.Team, nameWidth)+" "+stayed(s))
		}
		direct := "it ended where it began, " + view.Line(l.Direct[0], nameWidth)
		if len(l.Direct) > 1 {
			direct = "direct: " + view.Line(l.Direct[0], nameWidth) + " > " + view.Line(l.Direct[1], nameWidth)
		}
		fmt.Fprintf(b, "  %s: %s\n    %s; %s passed at the teams in between\n", view.Line(l.Case, nameWidth), strings.Join(teams, " > "), direct, hours(l.Hours))
	}
	rows := [][]string{{"from", "to", "hand-offs", "back again", "median wait before"}}
	for _, r := range p.Pairs {
		rows = append(rows, []string{r.From, r.To, itoa(r.Handoffs), itoa(r.Back), hours(r.MedianHours)})
	}
	table(b, "Team pairs that hand over most", rows)
}

func itoa(n int) string { return fmt.Sprint(n) }
