package replay

import "math"

// Drift is a measure that has become worse since it was scored before.
type Drift struct {
	Then, Now ScoreRow
}

// surely is how many standard errors two figures must lie apart: one in a
// hundred does by chance, of figures that did not change (two-sided normal).
const surely = 2.58

// Drifted compares figures with those of the same tasks that were scored
// earlier, and returns those that are worse by more than chance explains. The
// standard error of a difference is taken from both 95 % intervals, as the two
// rest on different cases. Compared is how many could be compared: a figure that
// rests on too few cases says nothing.
func Drifted(then, now []ScoreRow) (worse []Drift, compared int) {
	for _, n := range now {
		for _, t := range then {
			if n.Part != t.Part || n.Task != t.Task || n.Measure != t.Measure || n.Entries != t.Entries {
				continue
			}
			if !n.weighs() || !t.weighs() {
				continue
			}
			compared++
			lost := t.Ours.Value - n.Ours.Value
			if n.Lower {
				lost = -lost
			}
			if lost > surely*math.Hypot(t.Ours.deviation(), n.Ours.deviation()) {
				worse = append(worse, Drift{t, n})
			}
		}
	}
	return worse, compared
}

// weighs reports whether a row rests on enough to be compared.
func (r *ScoreRow) weighs() bool {
	return r.Ours.Known && r.Verdict != TooFew && r.Verdict != NotThere
}

// deviation is the standard error of a figure, from its 95 % interval.
func (f Figure) deviation() float64 { return (f.High - f.Low) / (2 * 1.96) }
