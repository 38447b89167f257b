package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// weekSpan is a part of time, from its beginning until before its end.
type weekSpan struct{ from, until time.Time }

func (s weekSpan) holds(t time.Time) bool { return !t.Before(s.from) && t.Before(s.until) }

// overlap is how much of a stay fell into the span; a zero end is none yet.
func (s weekSpan) overlap(since, until time.Time) time.Duration {
	if since.Before(s.from) {
		since = s.from
	}
	if until.IsZero() || until.After(s.until) {
		until = s.until
	}
	return max(0, until.Sub(since))
}

// weekSums are the signals of one week, as their ledgers stood at its end.
type weekSums struct {
	Found     int
	Reached   map[signals.Stage]int // signals that reached a stage
	Furthest  map[signals.Stage]int // each signal once, at the latest stage that it reached
	Stands    fates                 // how the signals of the week stand at its end
	Confirmed int                   // signals that who raised them confirmed in the week, whenever they were found
	Quiet     int                   // likewise, those whose watch ended without a word: silence is not consent
	Partly    int                   // likewise, those of which who raised them said that a part is left
	Deaths    []deathSum            // the most first
	Detectors []detectorSum         // the most found first
	Returned  []*signals.Record     // what was closed or put aside before and came back, in the order of time
	Pulled    []*signals.Record     // pulled cords, likewise
}

// fates count each signal of a week once, by how it stands at the week's end. Who
// stopped is among Stopped alone, whatever stages it reached.
type fates struct{ Confirmed, Quiet, Stopped, UnderWay int }

func (f *fates) count(l *signals.Ledger, until time.Time) {
	by := func(t time.Time) bool { return !t.IsZero() && t.Before(until) }
	switch {
	case l.Died != "" && l.DiedAt.Before(until):
		f.Stopped++
	case by(l.Times[signals.ConfirmedBy]):
		f.Confirmed++
	case by(l.Quiet):
		f.Quiet++
	default:
		f.UnderWay++
	}
}

// deathSum is how many signals stopped before a stage for one class of reasons.
type deathSum struct {
	Before signals.Stage
	Why    string
	N      int
}

// detectorSum is what came of one detector's signals.
type detectorSum struct {
	Name        string
	Found, Told int
	usefulness
}

// usefulness is how many answers said that a detector's nudges were useful, and
// how many people they are from.
type usefulness struct{ Useful, Answered, People int }

// tally counts answers.
type tally struct {
	usefulness
	from map[string]bool
}

func (t *tally) add(useful bool, by string) {
	if t.from == nil {
		t.from = make(map[string]bool)
	}
	t.from[by] = true
	t.People = len(t.from)
	t.Answered++
	if useful {
		t.Useful++
	}
}

// tallies are tallies by name.
type tallies map[string]*tally

func (t tallies) add(name string, useful bool, by string) {
	if t[name] == nil {
		t[name] = &tally{}
	}
	t[name].add(useful, by)
}

func (t tallies) counted() map[string]usefulness {
	out := make(map[string]usefulness, len(t))
	for name, x := range t {
		out[name] = x.usefulness
	}
	return out
}

// verdicts are what people said of nudges, by nudge key. Opinions come oldest
// first, and the latest word counts.
func verdicts(opinions []signals.Opinion) map[string]vote {
	said := make(map[string]vote, len(opinions))
	for _, o := range opinions {
		said[o.Nudge] = vote{o.Verdict != useless, o.By, o.At}
	}
	return said
}

// sumWeek sums the signals that were found in a week. What happened to them
// after its end plays no part: so a week and the one before it are alike.
func sumWeek(records []*signals.Record, useful map[string]usefulness, week weekSpan) weekSums {
	out := weekSums{Reached: make(map[signals.Stage]int), Furthest: make(map[signals.Stage]int)}
	deaths, detectors := make(map[deathSum]int), make(map[string]*detectorSum)
	for _, r := range records {
		out.ended(r.Ledger, week)
		if !week.holds(r.Signal.At) {
			continue
		}
		out.Found++
		furthest := signals.Generated
		for _, st := range signals.Stages {
			if st == signals.Generated || r.Ledger.Reached(st) && r.Ledger.Times[st].Before(week.until) {
				out.Reached[st]++
				furthest = st
			}
		}
		out.Furthest[furthest]++
		out.Stands.count(r.Ledger, week.until)
		if r.Ledger.Died != "" && r.Ledger.DiedAt.Before(week.until) {
			deaths[deathSum{Before: r.Ledger.Died, Why: reasonClass(r)}]++
		}
		name := r.Signal.Detector
		if detectors[name] == nil {
			detectors[name] = &detectorSum{Name: name, usefulness: useful[name]}
		}
		detectors[name].Found++
		if r.Ledger.Reached(signals.Transmitted) && r.Ledger.Times[signals.Transmitted].Before(week.until) {
			detectors[name].Told++
		}
		again := slices.ContainsFunc(out.Returned, func(had *signals.Record) bool { return had.Signal.Case == r.Signal.Case })
		if name == "came_back" || r.Signal.Before != "" && !again {
			out.Returned = append(out.Returned, r)
		}
		if name == "cord" {
			out.Pulled = append(out.Pulled, r)
		}
	}
	out.Deaths, out.Detectors = inOrder(deaths, detectors)
	byTime := func(a, b *signals.Record) int {
		return cmp.Or(a.Signal.At.Compare(b.Signal.At), strings.Compare(a.Signal.Key(), b.Signal.Key()))
	}
	slices.SortFunc(out.Returned, byTime)
	slices.SortFunc(out.Pulled, byTime)
	return out
}

// ended counts how a signal ended in a week.
func (s *weekSums) ended(l *signals.Ledger, week weekSpan) {
	confirmed := l.Times[signals.ConfirmedBy]
	switch {
	case !confirmed.IsZero() && week.holds(confirmed):
		s.Confirmed++
	case week.holds(l.Quiet) && (confirmed.IsZero() || !confirmed.Before(week.until)):
		s.Quiet++
	}
	if week.holds(l.Partly) {
		s.Partly++
	}
}

func inOrder(deaths map[deathSum]int, detectors map[string]*detectorSum) (ds []deathSum, es []detectorSum) {
	for d, n := range deaths {
		d.N = n
		ds = append(ds, d)
	}
	slices.SortFunc(ds, func(a, b deathSum) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(slices.Index(signals.Stages, a.Before), slices.Index(signals.Stages, b.Before)), strings.Compare(a.Why, b.Why))
	})
	for _, d := range detectors {
		es = append(es, *d)
	}
	slices.SortFunc(es, func(a, b detectorSum) int {
		return cmp.Or(cmp.Compare(b.Found, a.Found), strings.Compare(a.Name, b.Name))
	})
	return ds, es
}

// sumUseful counts by detector what people said of the nudges of a span: their
// own word where they gave one, else that they acted. Each nudge counts once.
func sumUseful(records []*signals.Record, opinions []signals.Opinion, s weekSpan) map[string]usefulness {
	said := verdicts(opinions)
	out := make(tallies)
	for _, r := range records {
		for _, n := range r.Nudges {
			if !s.holds(n.At) || n.Message == "" {
				continue
			}
			v, ok := said[n.Key()]
			switch {
			case ok:
				out.add(r.Signal.Detector, v.useful, v.by)
			case n.State == signals.Acted:
				out.add(r.Signal.Detector, true, n.To)
			}
		}
	}
	return out.counted()
}

// reasonClass puts the reason why a signal stopped into few words: what became
// of its last nudge, and where that does not tell, the words of the reason.
func reasonClass(r *signals.Record) string {
	why := r.Ledger.Why
	for _, c := range reasonClasses {
		if strings.Contains(why, c.part) {
			return c.class
		}
	}
	if n := len(r.Nudges); n > 0 && r.Ledger.Died == signals.Transmitted {
		switch n := r.Nudges[n-1]; {
		case n.State == signals.Failed && n.To == "":
			return "nobody known to ask"
		case n.State == signals.Failed:
			return "could not be delivered"
		}
	}
	switch r.Ledger.Died {
	case signals.Corrected:
		return "not solved in time"
	case signals.ConfirmedBy:
		return "nobody confirmed it"
	}
	return "another reason"
}

// reasonClasses are parts of the sentences that say why a signal stopped. The
// first that a sentence holds counts.
var reasonClasses = []struct{ part, class string }{
	{"shadow mode", "not switched on to speak"}, {"in preview", "not switched on to speak"}, {" is off", "not switched on to speak"},
	{"not sure enough", "not sure enough"},
	{"approve", "not approved"},
	{"no answer", "no answer"}, // however many were asked
	{"may see it", "nobody known to ask"}, {"nobody is known", "nobody known to ask"}, {"nobody is left", "nobody else to ask"}, {"were asked", "nobody else to ask"},
	{"muted", "muted"}, {"silenced", "muted"},
	{"not useful", "not useful"},
	{"not for them", "it was for somebody else"}, {"not me", "it was for somebody else"},
	{"confirmed", "nobody confirmed it"},
	{"was not solved", "not solved in time"},
	{"before it was time", "overtaken by events"}, {"before it could be said", "overtaken by events"}, {"let go", "overtaken by events"},
	{"learnt", "too old"}, {"old when", "too old"},
	{"held too long", "no room in the day"}, {"could not be said for", "could not be delivered"},
	{"the person ", "the person could not be asked"},
}
