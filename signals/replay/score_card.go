package replay

import (
	"time"

	"andon/signals"
)

// Card is how well the models judge a history: its figures beside those of
// naive ones, and where they are weak. It speaks of teams and projects, never
// of persons, and names none with fewer people than the policy's group.
type Card struct {
	From, To  time.Time // first and last event of the tickets
	Newest    time.Time // when the newest scored case was opened: what opens later is not on this card
	Cut       time.Time // cases opened from then on are scored; zero when the history to learn from was given apart
	Split     float64
	Resamples int
	Seed      uint64
	Cases     int // tickets and cases of event logs
	Learnt    int // closed before the first scored case was opened: what the naive early warning is fitted on
	Scored    int
	StillOpen int // scored cases without an end: they count by what happened until the history ended
	Handed    int // scored cases that changed teams
	Settled   int // of those, the ones whose holder is the same from the creation to the end
	Projects  int
	Teams     int
	People    int
	Rows      []ScoreRow
	Silent    []string // what the early warning never foretold, for having learnt too little of it
	Alarms    []AlarmRow
	Warnings  WarnRow
	Weak      []WeakRow
	Compared  int // figures of teams and projects that were compared with the whole
	Small     int // groups that were left out of Weak for having too few people
	Group     int
	MinCases  int     // cases of a group and questions of a list, the least to judge by
	MinCame   int     // likewise cases that came to something, and cases that did not
	Result    *Result `json:"-"`
}

// ScoreRow is one measure of one task. Entries is after how many entries of a
// case's history the models were asked, 0 where that differs from case to case.
type ScoreRow struct {
	Part    string // risk, routes or matches
	Task    string // what is foretold
	Measure string
	Entries int
	Cases   int // the cases, hand-overs or duplicates that were asked about
	Came    int // of those, how many came to it; of lists, how many were not empty
	Ours    Figure
	Naive   Figure
	Lower   bool // less is better
	Verdict Verdict
}

// AlarmRow is what an alarm at a threshold would have come to.
type AlarmRow struct {
	Task      string
	Entries   int
	Threshold float64
	Alarms    int
	Right     Figure // which part of them was right
}

// WeakRow is a team or a project for which the models do worse than for all.
type WeakRow struct {
	Kind, Name string
	Task       string
	Cases      int
	Here, All  Figure
}

// Scoring is how a history is scored.
type Scoring struct {
	Split     float64   // the first part of the time, which is only learnt from; without a meaning where Input.Learn has events
	From      time.Time // the cases opened from then on are scored, whatever Split says; zero leaves it to Split
	Now       time.Time // what is dated later is not scored, nor does it move the split; zero for no bound
	Resamples int       // of the bootstrap
	Seed      uint64    // of its draws
}

// The least that a figure can rest on.
const (
	minCases = 20 // cases of a group, and questions of a list
	minCame  = 10 // cases that came to an outcome, and cases that did not
)

// Evaluate replays a history and compares what the models said with what came
// of it. Without history to learn from, the first part of the time is that. The
// input's logs are used up. o says how to replay; what is asked of the models
// is set here.
func Evaluate(in *Input, o Options, s Scoring) (*Card, error) {
	card := &Card{Split: s.Split, Resamples: s.Resamples, Seed: s.Seed, Group: o.Policy.Group, MinCases: minCases, MinCame: minCame}
	scored := split(in, card, s)
	rec := &recorder{scored: scored, asked: make(map[signals.Key]*asked)}
	o.Risk, o.Routes, o.Matches = true, true, o.Matches || linked(in)
	if !o.Nudges && !o.Signals {
		o.Signals, o.Detectors = true, []string{atRisk}
	}
	res, err := Run(in, o, rec)
	if err != nil {
		return nil, err
	}
	card.Result = res
	j := &judge{card: card, all: stories(res.World, scored), asked: rec.asked, boot: boot{s.Resamples, s.Seed}}
	j.count()
	j.risks()
	j.warnings()
	j.routes()
	j.doubt()
	j.matches(duplicates(res.World, j.all))
	j.weak()
	return card, nil
}

// linked reports whether the history knows of any duplicate.
func linked(in *Input) bool {
	for _, l := range []*Log{&in.Learn, &in.Play} {
		for _, e := range l.events {
			if e.Kind == signals.Linked && alike(e.Field) {
				return true
			}
		}
	}
	return false
}

// split says which cases are scored.
func split(in *Input, card *Card, s Scoring) func(*signals.Case) bool {
	ahead := func(at time.Time) bool { return !s.Now.IsZero() && at.After(s.Now) }
	if !s.From.IsZero() {
		card.Split, card.Cut = 0, s.From
		return func(c *signals.Case) bool {
			return tracked(c.Key) && !c.Opened.Before(s.From) && !ahead(c.Opened)
		}
	}
	if in.Learn.Len() > 0 {
		known := make(map[signals.Key]bool)
		for _, e := range in.Learn.events {
			known[e.Case] = true
		}
		card.Split = 0
		return func(c *signals.Case) bool { return tracked(c.Key) && !known[c.Key] && !ahead(c.Opened) }
	}
	var first, last time.Time
	for _, e := range in.Play.events {
		if e.Kind != signals.Opened || !tracked(e.Case) || ahead(e.At) {
			continue
		}
		if first.IsZero() || e.At.Before(first) {
			first = e.At
		}
		if e.At.After(last) {
			last = e.At
		}
	}
	cut := first.Add(time.Duration(card.Split * float64(last.Sub(first))))
	card.Cut = cut
	return func(c *signals.Case) bool { return tracked(c.Key) && !c.Opened.Before(cut) && !ahead(c.Opened) }
}

// judge compares.
type judge struct {
	card  *Card
	all   []*story
	asked map[signals.Key]*asked
	boot  boot
	rated []rating  // of the early warning, for the groups
	lists []listing // of the next teams, likewise
}

// known reports whether the naive early warning may learn from a case.
func (j *judge) known(s *story) bool {
	return !s.scored && !s.closed.IsZero() && (j.card.Cut.IsZero() || !s.closed.After(j.card.Cut)) && public(s.c)
}

// count fills the card with what the history is.
func (j *judge) count() {
	projects, teams, people := map[string]bool{}, map[string]bool{}, map[string]bool{}
	k := j.card
	for _, s := range j.all {
		k.Cases++
		if k.From.IsZero() || s.c.Opened.Before(k.From) {
			k.From = s.c.Opened
		}
		if s.c.Last.After(k.To) {
			k.To = s.c.Last
		}
		if j.known(s) {
			k.Learnt++
		}
		if s.scored {
			k.Scored++
			if s.c.Opened.After(k.Newest) {
				k.Newest = s.c.Opened
			}
			if s.closed.IsZero() {
				k.StillOpen++
			}
		}
		projects[s.c.Project] = true
		for _, t := range s.teams {
			teams[t.who] = true
		}
		for _, p := range s.persons {
			people[p.who] = true
		}
		people[s.opener] = true
	}
	delete(projects, "")
	delete(people, "")
	k.Projects, k.Teams, k.People = len(projects), len(teams), len(people)
}

// Afterwards reports whether the holders look as if they had been written into
// the history afterwards: most of the cases that changed teams were held by one
// person from the creation to the end. Routes that are asked of such a history
// are told the answer.
func (k *Card) Afterwards() bool { return k.Handed >= minCases && 2*k.Settled > k.Handed }

// doubt takes back what speaks for the routes when they were told the answer.
func (j *judge) doubt() {
	if !j.card.Afterwards() {
		return
	}
	for i := range j.card.Rows {
		if r := &j.card.Rows[i]; r.Part == partRoutes && r.Verdict == Better {
			r.Verdict = Doubtful
		}
	}
}

// row judges a figure and writes it on the card.
func (j *judge) row(r ScoreRow, enough bool) {
	r.Verdict = r.Ours.Against(r.Naive, r.Lower)
	if r.Cases == 0 {
		r.Verdict = NotThere
	} else if !enough {
		r.Verdict = TooFew
	}
	j.card.Rows = append(j.card.Rows, r)
}
