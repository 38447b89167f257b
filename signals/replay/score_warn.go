package replay

import (
	"slices"
	"time"

	"andon/signals"
)

// WarnRow is what the detector at_risk came to as it spoke: once of each opening
// of a case, at the policy's threshold, before any outcome had come.
type WarnRow struct {
	Cases  int           // the scored cases
	Came   int           // of those, how many came to any of the three outcomes after their creation
	Warned int           // how many were warned of
	Right  Figure        // which part of the warnings came true: any outcome came after it
	Caught Figure        // which part of what came had been warned of before
	Ahead  time.Duration // the median time between a warning that came true and the outcome
}

// atRisk is the name of the detector that warns early.
const atRisk = "at_risk"

// warning is when the first early warning of a case was said, after how many of its entries.
type warning struct {
	entries int
	at      time.Time
}

// warnings scores what at_risk said.
func (j *judge) warnings() {
	row := &j.card.Warnings
	var right, caught []bool // by warning, and by case that came to something
	var ahead []time.Duration
	for _, s := range j.all {
		if !s.scored {
			continue
		}
		row.Cases++
		w := warning{}
		if a := j.asked[s.c.Key]; a != nil {
			w = a.warned
		}
		n := s.nextOutcome(max(1, w.entries))
		came := w.entries > 0 && n > 0
		if w.entries > 0 {
			right = append(right, came)
		}
		if s.nextOutcome(1) > 0 {
			caught = append(caught, came)
		}
		if came {
			ahead = append(ahead, entryAt(s.c, n).Sub(w.at))
		}
	}
	row.Came, row.Warned = len(caught), len(right)
	row.Right, row.Caught = j.part(right), j.part(caught)
	if len(ahead) > 0 {
		slices.Sort(ahead)
		row.Ahead = ahead[len(ahead)/2]
	}
}

// part is which part of the values is true, with its interval.
func (j *judge) part(of []bool) Figure {
	return j.boot.figure(len(of), func(weight []int) (float64, bool) {
		sum, all := 0, 0
		for i, yes := range of {
			all += weight[i]
			if yes {
				sum += weight[i]
			}
		}
		if all == 0 {
			return 0, false
		}
		return float64(sum) / float64(all), true
	})
}

// nextOutcome is after how many entries the first outcome came that was not
// there after n of them, 0 for none.
func (s *story) nextOutcome(n int) int {
	first := 0
	for _, at := range s.came {
		if at > n && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// entryAt is when the n-th entry of a case's history was written.
func entryAt(c *signals.Case, n int) time.Time {
	then := &signals.Case{}
	for _, e := range c.Events() {
		if then.Apply(e) && then.Entries >= n {
			return e.At
		}
	}
	return c.Last
}
