package replay

import "math"

// Drift is a measure that has become worse since it was scored before.
type Drift struct {
	Then, Now ScoreRow
}

// byChance is how often a comparison of two cards may warn of anything at all
// although nothing changed.
const byChance = 0.01

// Drifted compares figures with those of the same tasks that were scored
// earlier, and returns those that are worse by more than chance explains. The
// standard error of a difference is taken from both 95 % intervals, as the two
// rest on different cases. The more figures are compared the further they must
// lie apart, so that all together warn by chance one time in a hundred
// (Bonferroni). Compared is how many could be compared: a figure that rests on
// too few cases says nothing.
func Drifted(then, now []ScoreRow) (worse []Drift, compared int) {
	var both []Drift
	for _, n := range now {
		for _, t := range then {
			if n.Part == t.Part && n.Task == t.Task && n.Measure == t.Measure && n.Entries == t.Entries && n.weighs() && t.weighs() {
				both = append(both, Drift{t, n})
			}
		}
	}
	surely := math.Sqrt2 * math.Erfinv(1-2*byChance/float64(max(1, len(both)))) // standard errors, one-sided normal
	for _, d := range both {
		if d.lost() > surely*math.Hypot(d.Then.deviation(), d.Now.deviation()) {
			worse = append(worse, d)
		}
	}
	return worse, len(both)
}

// Comparable counts the figures that rest on enough to be compared.
func Comparable(rows []ScoreRow) int {
	n := 0
	for i := range rows {
		if rows[i].weighs() {
			n++
		}
	}
	return n
}

// lost is by how much a measure became worse, less what a smaller number of
// cases does to it by itself.
func (d *Drift) lost() float64 {
	if !d.Now.Lower {
		return d.Then.Ours.Value - d.Now.Ours.Value
	}
	return d.Now.Ours.Value - d.Then.Ours.Value - max(0, d.Now.scatter()-d.Then.scatter())
}

// weighs reports whether a row rests on enough to be compared.
func (r *ScoreRow) weighs() bool {
	return r.Ours.Known && r.Verdict != TooFew && r.Verdict != NotThere
}

// deviation is the standard error of a figure, from its 95 % interval. A figure
// of 0 or 1 has an interval without width, however few it rests on; one
// question that went the other way is the least that it may be off by.
func (r *ScoreRow) deviation() float64 {
	n := r.Cases
	if r.Part == partRisk && !r.Lower {
		n = min(r.Came, r.Cases-r.Came) // of AUC and recall the rarer kind bears the weight
	}
	return max((r.Ours.High-r.Ours.Low)/(2*1.96), 1/float64(max(1, n)))
}

// scatter is at most how large the calibration error of right probabilities is
// by chance: the mean distance of each bin from what it stated, sqrt(2/pi) of
// its standard error, is largest when all bins are alike.
func (r *ScoreRow) scatter() float64 {
	n := float64(max(1, r.Cases))
	p := float64(r.Came) / n
	return math.Sqrt(2 / math.Pi * bins * p * (1 - p) / n)
}
