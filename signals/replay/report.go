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

// Summarize makes the report of a replay.
func Summarize(res *Result) *Report {
	w := res.World
	r := &Report{From: res.First, To: res.Last, Events: res.Events, AsLive: w.Book.AsLive, Group: w.Org.Policy.Group}
	for k := range w.Cases {
		if k.IsDrill() {
			continue
		}
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
	for _, rec := range w.Book.Real() {
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
		if !bad[k] && k.Source != signals.Slack && !k.IsDrill() {
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
	for _, rec := range w.Book.Real() {
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
