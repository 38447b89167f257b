package bot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/lint"
)

// digest is everything that one digest says, for one reader or channel.
type digest struct {
	Week      weekSpan
	Zone      *time.Location
	SoFar     bool // the week is still running
	Late      bool // it could not be said when it was due
	Due       time.Time
	Now, Last weekSums
	Paths     pathSums
	Hours     []float64      // waiting beside direct routes, by week, the latest last; nil where that was not asked for
	Returned  []string       // names of the cases of Now.Returned
	Drills    drillSums      // counted apart
	Thanks    []string       // names of people who pulled the cord and wish to be thanked
	Rules     view.Table     // the standing routes, with what came of them
	Liaisons  []lint.Traffic // pairs of teams for which a liaison is proposed, the most traffic first
	Group     int            // least number of people behind a figure
	large     func(team string) bool
}

// The bounds of a digest: it has to fit into one message.
const (
	digestRows = 5
	digestCell = 60
	digestMost = 9000 // characters of the text, of 10,000 that a message takes
)

// card writes the digest. What matters most stands first: where it is too long
// its last tables are left out.
func (d *digest) card() *view.Card {
	c := &view.Card{Kind: "digest", Title: d.title()}
	if d.Late {
		c.Lines = append(c.Lines, view.Paragraph{Text: "This is " + d.Due.In(d.Zone).Weekday().String() + "'s digest, late."})
	}
	if d.Now.Found == 0 && d.Paths.Handoffs == 0 && len(d.Rules.Rows) == 0 && len(d.Liaisons) == 0 {
		c.Lines = append(c.Lines, view.Paragraph{Text: "A quiet week: no signals were found, and no issue changed teams."})
		c.Lines = append(c.Lines, d.endings()...)
		c.Lines = append(c.Lines, d.drills()...)
		return c
	}
	c.Lines = append(append(c.Lines, view.Paragraph{Text: d.summary()}), d.endings()...)
	c.Lines = append(c.Lines, d.drills()...)
	for _, t := range []view.Table{d.stages(), d.deaths(), d.longest(), d.hours(), d.Rules, d.pairs(), d.returned(), d.detectors()} {
		if len(t.Rows) > 0 {
			c.Tables = append(c.Tables, t)
		}
	}
	for _, t := range d.Liaisons {
		c.Lines = append(c.Lines, view.Paragraph{Text: liaisonWords(t, d.large(t.A) && d.large(t.B))})
	}
	c.Charts = d.charts()
	if len(d.Thanks) > 0 {
		c.Lines = append(c.Lines, view.Paragraph{Text: "Thank you for pulling the cord: " + digestNames(d.Thanks, 2*digestRows) + "."})
	}
	c.Footer = d.footer()
	for len(c.Tables) > 1 && len([]rune(c.Text())) > digestMost {
		c.Tables = c.Tables[:len(c.Tables)-1]
	}
	return c
}

func (d *digest) title() string {
	from, last := d.Week.from.In(d.Zone), d.Week.until.In(d.Zone).Add(-time.Nanosecond)
	first := from.Format("2 January")
	if from.Month() == last.Month() {
		first = from.Format("2")
	}
	if d.SoFar {
		return "The week so far, since " + from.Format("Monday 2 January")
	}
	return "The week of " + first + " to " + last.Format("2 January")
}

func (d *digest) before() string {
	if d.SoFar {
		return "Last week by then"
	}
	return "Week before"
}

// then is before within a sentence.
func (d *digest) then() string {
	if d.SoFar {
		return "last week by then"
	}
	return "the week before"
}

func (d *digest) summary() string {
	var parts []string
	parts = append(parts, signals.Counted(d.Now.Found, "signal")+" found ("+strconv.Itoa(d.Last.Found)+" "+d.then()+")")
	if n := d.Now.Reached[signals.Corrected]; n > 0 {
		parts = append(parts, strconv.Itoa(n)+" solved")
	}
	parts = append(parts, signals.Counted(d.Paths.Handoffs, "hand-off")+" between teams")
	return strings.Join(parts, ", ") + "." + d.standing()
}

// standing tells how the signals of the week stand at its end, each counted once.
func (d *digest) standing() string {
	if d.Now.Found == 0 {
		return ""
	}
	f := d.Now.Stands
	return fmt.Sprintf(" Where they stand: %d confirmed by who raised it, %d quiet, %d stopped, %d under way.", f.Confirmed, f.Quiet, f.Stopped, f.UnderWay)
}

// endings tells how signals ended in the week, whenever they were found. Quiet is
// counted apart: silence is not consent.
func (d *digest) endings() []view.Paragraph {
	var parts []string
	for _, x := range []struct {
		n    int
		what string
	}{{d.Now.Confirmed, "confirmed by who raised it"}, {d.Now.Quiet, "quiet (it did not come back, and nobody confirmed it)"}, {d.Now.Partly, "solved in part"}} {
		if x.n > 0 {
			parts = append(parts, strconv.Itoa(x.n)+" "+x.what)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []view.Paragraph{{Text: "Of all signals, earlier ones too: " + strings.Join(parts, ", ") + "."}}
}

func (d *digest) stages() view.Table {
	t := view.Table{Title: "Signals by stage", Columns: []string{"Stage", "This week", d.before()}}
	if d.Now.Found == 0 && d.Last.Found == 0 {
		return t
	}
	for _, st := range signals.Stages {
		t.Rows = append(t.Rows, []string{string(st), strconv.Itoa(d.Now.Reached[st]), strconv.Itoa(d.Last.Reached[st])})
	}
	return t
}

func (d *digest) deaths() view.Table {
	t := view.Table{Title: "Where signals stopped", Columns: []string{"Stage not reached", "Why", "Signals"}}
	for _, x := range digestTop(d.Now.Deaths) {
		t.Rows = append(t.Rows, []string{string(x.Before), view.Line(x.Why, digestCell), strconv.Itoa(x.N)})
	}
	rest := 0
	for _, x := range d.Now.Deaths[len(t.Rows):] {
		rest += x.N
	}
	if rest > 0 {
		t.Rows = append(t.Rows, []string{"", "all other reasons", strconv.Itoa(rest)})
	}
	return t
}

func (d *digest) longest() view.Table {
	t := view.Table{Title: "Longest paths", Columns: []string{"Issue", "Way", "Direct", "Saved"}}
	for _, w := range digestTop(d.Paths.Longest) {
		teams := make([]string, len(w.Stays))
		for i := range w.Stays {
			teams[i] = w.Stays[i].Team
		}
		t.Rows = append(t.Rows, []string{view.Line(w.Name, digestCell), d.way(teams), d.way(w.Route), signals.Counted(w.Detour, "hand-off")})
	}
	return t
}

// way is a path in words; teams that are too small to be named are not.
func (d *digest) way(teams []string) string {
	named := make([]string, len(teams))
	for i, t := range teams {
		if named[i] = view.Line(t, digestCell/2); !d.large(t) {
			named[i] = smallTeam
		}
	}
	const ends = 3 // what is shown of both ends of a long way
	if n := len(named); n > 2*ends+1 {
		named = append(append(named[:ends:ends], "…"), named[n-ends:]...)
	}
	return strings.Join(named, " → ")
}

// smallTeam stands for a team of too few people.
const smallTeam = "a small team"

func (d *digest) hours() view.Table {
	t := view.Table{Title: "Hours spent off the direct route", Columns: []string{"Team", "Hours", "Issues"}}
	for _, h := range digestTop(d.Paths.Hours) {
		t.Rows = append(t.Rows, []string{view.Line(h.Team, digestCell), strconv.Itoa(hoursOf(h.Spent)), strconv.Itoa(h.Cases)})
	}
	return t
}

func hoursOf(d time.Duration) int { return int(math.Round(d.Hours())) }

func (d *digest) pairs() view.Table {
	t := view.Table{Title: "Teams that hand much to each other", Columns: []string{"Teams", "There", "Back"}}
	for _, p := range digestTop(d.Paths.Pairs) {
		t.Rows = append(t.Rows, []string{view.Line(p.A+" ↔ "+p.B, digestCell), strconv.Itoa(p.To), strconv.Itoa(p.Fro)})
	}
	return t
}

func (d *digest) returned() view.Table {
	t := view.Table{Title: "Came back", Columns: []string{"What", "How"}}
	for i, r := range digestTop(d.Now.Returned) {
		how := sentence(r.Signal.Reason)
		if r.Signal.Before != "" { // what was put aside, and by which weakness it showed again
			how = r.Signal.Before + " It is there again: " + r.Signal.Detector + "."
		}
		t.Rows = append(t.Rows, []string{view.Line(d.Returned[i], digestCell), view.Line(how, 3*digestCell)})
	}
	return t
}

func (d *digest) detectors() view.Table {
	t := view.Table{Title: "Detectors", Columns: []string{"Detector", "Found", "Told", "Useful, 30 days"}}
	for _, x := range digestTop(d.Now.Detectors) {
		t.Rows = append(t.Rows, []string{x.Name, strconv.Itoa(x.Found), strconv.Itoa(x.Told), x.words(d.Group)})
	}
	found, told := 0, 0
	for _, x := range d.Now.Detectors[len(t.Rows):] {
		found, told = found+x.Found, told+x.Told
	}
	if found > 0 {
		t.Rows = append(t.Rows, []string{"all others", strconv.Itoa(found), strconv.Itoa(told), ""})
	}
	return t
}

// words says how useful a detector was, where enough people said so.
func (u usefulness) words(least int) string {
	if u.Answered == 0 || u.People < least {
		return "too few answers"
	}
	return strconv.Itoa(u.Useful) + " of " + strconv.Itoa(u.Answered)
}

func (d *digest) footer() string {
	notes := []string{"Each stage as it stood at the end of its week; received is a proxy."}
	if d.SoFar {
		notes = []string{"Each stage as it stands now; received is a proxy."}
	}
	if d.small() {
		notes = append(notes, "Teams of fewer than "+strconv.Itoa(d.Group)+" people are left out.")
	}
	return strings.Join(notes, " ")
}

// digestTop are the first of a list, as many as a table shows.
func digestTop[T any](list []T) []T { return list[:min(len(list), digestRows)] }

// digestNames joins names as people do, at most so many of them.
func digestNames(names []string, most int) string {
	names = slices.Clone(names)
	for i := range names {
		names[i] = view.Line(names[i], digestCell)
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most:most], strconv.Itoa(more)+" more")
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return cmp.Or(strings.Join(names, ""), "nobody")
}
