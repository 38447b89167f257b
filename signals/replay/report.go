package replay

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// Report is what a replay amounts to, for people. It speaks of teams; persons
// appear as counts only, and figures that rest on fewer people than the
// policy's group size are left out or put together.
type Report struct {
	From, To  time.Time
	Events    int
	Cases     int // issues and log cases
	Threads   int
	Channels  int
	AsLive    bool
	Detectors []DetectorRow
	Teams     []TeamRow // nudges by the team of who would have got them
	PerPerson Load      // messages per person and working day, among people who got any
	PerRoom   Load      // nudges per channel and day with talk in it
	Early     []EarlyRow
	Deaths    []DeathRow
	Pairs     []PairRow
	Longest   []LongRow
	Sample    []SampleRow
	Group     int // least number of people behind a figure of a team

	all  []rated
	size map[string]int // people by team
}

// DetectorRow is what became of the signals of one detector: of each its first
// nudge is counted once, as it stands at the end.
type DetectorRow struct {
	Name                                               string
	Doc                                                string
	Mode                                               signals.Mode
	Signals, Sent, Held, Superseded, Shadowed, NoRoute int
	Further                                            int // nudges that were said to others after the first, for want of an answer: a history knows no answers to andon
	Reacted, Corrected, Confirmed                      int
	PerWeek                                            float64
}

// TeamRow is how many nudges went to people of a team.
type TeamRow struct {
	Team   string
	Nudges int
	People int // of the team, as far as the history shows; 0 where several small teams were put together
}

// Load is a distribution of counts.
type Load struct {
	Units int // person-days or channel-days with at least one, and for rooms all days with talk
	Mean  float64
	P95   int
	Peak  int
	Total int
}

// EarlyRow is one kind of bad end, and how often a signal had come before.
type EarlyRow struct {
	Outcome     string
	Cases       int
	Before      int     // a signal on the same case came earlier
	Missed      int     // none did
	MedianHours float64 // how much earlier, over Before
	FalseAlarms int     // cases with a signal that came to no bad end
}

// DeathRow is how many signals ended at a stage. Stage is the stage that was
// not reached; "confirmed" with Alive false and Why empty are those that went
// all the way.
type DeathRow struct {
	Stage signals.Stage
	Count int
	Alive int // stand before this stage at the end of the history
	Why   []WhyRow
}

// WhyRow is a reason and how often it was given.
type WhyRow struct {
	Why   string
	Count int
}

// PairRow is a pair of teams that hand over.
type PairRow struct {
	From, To    string
	Handoffs    int
	Back        int // hand-offs in the opposite direction
	MedianHours float64
}

// LongRow is one long path as teams, and its direct route.
type LongRow struct {
	Case     string
	Title    string
	Stays    []Stay
	Handoffs int
	Direct   []string // teams of the direct route
	Hours    float64  // waiting at the teams between
	Why      string
}

// Stay is one team's hold on a case.
type Stay struct {
	Team  string
	Hours float64 // 0 where Small
	Small bool    // the team has too few people for its times to be shown
}

// SampleRow is one signal to be judged by hand. Detector and Reason are left
// empty in a blind sample, which also has rows without a signal.
type SampleRow struct {
	ID       string
	Case     string
	At       time.Time
	Detector string
	Reason   string
	Excerpt  string
	Useful   string // yes, no or empty
}

// Summarize makes the report of a replay.
func Summarize(res *Result) *Report {
	w := res.World
	r := &Report{From: res.First, To: res.Last, Events: res.Events, AsLive: w.Book.AsLive, Group: w.Org.Policy.Group}
	for k := range w.Cases {
		if k.Source == signals.Slack {
			r.Threads++
		} else {
			r.Cases++
		}
	}
	r.Channels = len(res.notes.posts)
	r.sizes(w, res)
	r.detectors(w, res)
	r.loads(w, res)
	r.early(w, res)
	r.deaths(w)
	r.pairs(res)
	r.longest(w)
	r.sample(w)
	return r
}

func (r *Report) weeks() float64 {
	return max(1, r.To.Sub(r.From).Hours()/24/7)
}

func (r *Report) detectors(w *decide.World, res *Result) {
	rows := map[string]*DetectorRow{}
	for _, rec := range w.Book.Records {
		row := rows[rec.Signal.Detector]
		if row == nil {
			row = &DetectorRow{Name: rec.Signal.Detector, Mode: w.Org.Mode(rec.Signal.Detector, "")}
			rows[rec.Signal.Detector] = row
		}
		row.count(rec)
	}
	for _, name := range detectorNames() {
		if row := rows[name]; row != nil {
			row.PerWeek = float64(row.Signals) / r.weeks()
			r.Detectors = append(r.Detectors, *row)
		}
	}
}

func (row *DetectorRow) count(rec *decide.Record) {
	row.Signals++
	for _, n := range rec.Nudges {
		if n.Step > 0 {
			if said(n) {
				row.Further++
			}
			continue
		}
		switch n.State {
		case signals.Sent, signals.Received, signals.Acted, signals.Ignored, signals.Declined:
			row.Sent++
		case signals.Held, signals.Proposed:
			row.Held++
		case signals.Superseded:
			row.Superseded++
		case signals.Shadowed:
			row.Shadowed++
		case signals.Failed:
			row.NoRoute++
		}
	}
	for stage, n := range map[signals.Stage]*int{signals.ReactedTo: &row.Reacted, signals.Corrected: &row.Corrected, signals.ConfirmedBy: &row.Confirmed} {
		if rec.Ledger.Reached(stage) {
			*n++
		}
	}
}

// early asks, for each kind of bad end, whether a signal came before it.
func (r *Report) early(w *decide.World, res *Result) {
	n := &res.notes
	bad := map[signals.Key]bool{}
	for o, name := range outcomeNames {
		row := EarlyRow{Outcome: name}
		var lead []float64
		for k, at := range n.outcomes {
			if at[o].IsZero() {
				continue
			}
			bad[k] = true
			row.Cases++
			if first := n.first[k]; !first.IsZero() && first.Before(at[o]) {
				row.Before++
				lead = append(lead, at[o].Sub(first).Hours())
			} else {
				row.Missed++
			}
		}
		row.MedianHours = median(lead)
		r.Early = append(r.Early, row)
	}
	alarms := 0
	for k := range n.first {
		if !bad[k] && k.Source != signals.Slack {
			alarms++
		}
	}
	for i := range r.Early {
		r.Early[i].FalseAlarms = alarms
	}
}

// deaths counts where the signals stand at the end of the history.
func (r *Report) deaths(w *decide.World) {
	rows := map[signals.Stage]*DeathRow{}
	why := map[signals.Stage]map[string]int{}
	for _, rec := range w.Book.Records {
		stage := rec.Ledger.Died
		dead := stage != ""
		if !dead {
			stage = rec.Ledger.Next()
		}
		row := rows[stage]
		if row == nil {
			row = &DeathRow{Stage: stage}
			rows[stage], why[stage] = row, map[string]int{}
		}
		if dead {
			row.Count++
			why[stage][general(rec.Ledger.Why)]++
		} else {
			row.Alive++
		}
	}
	for _, stage := range append(slices.Clone(signals.Stages), "") {
		row := rows[stage]
		if row == nil {
			continue
		}
		for _, reason := range slices.Sorted(maps.Keys(why[stage])) {
			row.Why = append(row.Why, WhyRow{reason, why[stage][reason]})
		}
		slices.SortStableFunc(row.Why, func(a, b WhyRow) int { return cmp.Compare(b.Count, a.Count) })
		row.Why = row.Why[:min(len(row.Why), 6)]
		r.Deaths = append(r.Deaths, *row)
	}
}

// general takes the figures and dates out of a reason, so that like reasons
// are counted together.
func general(why string) string {
	out := make([]byte, 0, len(why))
	for i := range len(why) {
		switch c := why[i]; {
		case c == '(':
			return string(trimRight(out))
		case c >= '0' && c <= '9':
			if n := len(out); n == 0 || out[n-1] != '#' {
				out = append(out, '#')
			}
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func trimRight(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
