package replay

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Figure is one measure with the ends of its 95 % interval. Known is false
// where there was nothing to measure; the numbers are then 0.
type Figure struct {
	Value, Low, High float64
	Known            bool
}

// Verdict says how a figure stands to its naive twin.
type Verdict string

// The verdicts.
const (
	Better   Verdict = "better"    // the whole interval lies on the better side of the naive figure
	NotShown Verdict = "not shown" // the naive figure lies within the interval
	Worse    Verdict = "worse"     // the whole interval lies on the worse side
	TooFew   Verdict = "too few"   // the history has too little of it to say
	NotThere Verdict = "not there" // the history has none of it
	Doubtful Verdict = "doubtful"  // it would be better, but the models may have been told the answer: see Card.Afterwards
)

// Against compares a figure with a naive one. lower says that less is better.
func (f Figure) Against(naive Figure, lower bool) Verdict {
	switch {
	case !f.Known:
		return NotThere
	case !naive.Known:
		return TooFew
	case lower && f.High < naive.Value, !lower && f.Low > naive.Value:
		return Better
	case lower && f.Low > naive.Value, !lower && f.High < naive.Value:
		return Worse
	}
	return NotShown
}

// ranked is predictions in the order of falling score, those with equal scores
// beside each other. unit tells which weight a prediction has.
type ranked struct {
	score []float64
	came  []bool
	unit  []int
}

// rank orders predictions; score and came are parallel.
func rank(score []float64, came []bool) *ranked {
	r := &ranked{unit: make([]int, len(score))}
	for i := range r.unit {
		r.unit[i] = i
	}
	slices.SortStableFunc(r.unit, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	for _, i := range r.unit {
		r.score, r.came = append(r.score, score[i]), append(r.came, came[i])
	}
	return r
}

// tie counts the predictions with the score of the i-th, from there on; j is
// the first with another score.
func (r *ranked) tie(i int, weight []int) (pos, neg float64, j int) {
	for j = i; j < len(r.score) && r.score[j] == r.score[i]; j++ {
		if w := float64(weight[r.unit[j]]); r.came[j] {
			pos += w
		} else {
			neg += w
		}
	}
	return pos, neg, j
}

func (r *ranked) totals(weight []int) (pos, neg float64) {
	for j, came := range r.came {
		if w := float64(weight[r.unit[j]]); came {
			pos += w
		} else {
			neg += w
		}
	}
	return pos, neg
}

// auc is the probability that a case that came to it was rated above one that
// did not; equal ratings count half (Mann and Whitney 1947).
func (r *ranked) auc(weight []int) (float64, bool) {
	pos, neg := r.totals(weight)
	if pos == 0 || neg == 0 {
		return 0, false
	}
	sum, above := 0.0, 0.0
	for i := 0; i < len(r.score); {
		p, n, j := r.tie(i, weight)
		sum += n * (above + p/2)
		above += p
		i = j
	}
	return sum / (pos * neg), true
}

// recall is which part of what came is among the share of cases with the
// highest scores. Of a tie across the border its mean part counts.
func (r *ranked) recall(share float64, weight []int) (float64, bool) {
	pos, neg := r.totals(weight)
	if pos == 0 || neg == 0 {
		return 0, false
	}
	left, got := math.Floor(share*(pos+neg)), 0.0
	for i := 0; i < len(r.score) && left > 0; {
		p, n, j := r.tie(i, weight)
		if p+n > 0 {
			take := min(p+n, left)
			got += p * take / (p + n)
			left -= take
		}
		i = j
	}
	return got / pos, true
}

// bins is how many equal steps of probability the calibration error looks at.
const bins = 10

// ece is the expected calibration error: how far the stated probability lies
// from what happened, on the average over ten equal steps (Naeini and others
// 2015).
func (r *ranked) ece(weight []int) (float64, bool) {
	var said, came [bins]float64
	total := 0.0
	for i, s := range r.score {
		w := float64(weight[r.unit[i]])
		b := min(bins-1, max(0, int(s*bins)))
		said[b] += w * s
		if r.came[i] {
			came[b] += w
		}
		total += w
	}
	if total == 0 {
		return 0, false
	}
	sum := 0.0
	for b := range bins {
		sum += math.Abs(said[b] - came[b])
	}
	return sum / total, true
}

// precision is which part of the cases rated at or above a threshold came to it.
func (r *ranked) precision(threshold float64, weight []int) (float64, bool) {
	n, of := 0.0, 0.0
	for i := 0; i < len(r.score) && r.score[i] >= threshold; i++ {
		w := float64(weight[r.unit[i]])
		of += w
		if r.came[i] {
			n += w
		}
	}
	if of == 0 {
		return 0, false
	}
	return n / of, true
}

// hit is one question with a known answer: the place of the answer in the list
// that was given, 1 for the first, 0 when it was not in it; unit tells which
// weight the question has.
type hit struct{ place, unit int }

// topK is which part of the questions had the answer among the first k.
func topK(hits []hit, k int, weight []int) (float64, bool) {
	n, of := 0, 0
	for _, h := range hits {
		of += weight[h.unit]
		if h.place > 0 && h.place <= k {
			n += weight[h.unit]
		}
	}
	if of == 0 {
		return 0, false
	}
	return float64(n) / float64(of), true
}

// place is where an answer stands in a list, from 1, or 0.
func place(list []string, answer string) int { return 1 + slices.Index(list, answer) }

// boot draws units with replacement and gives percentile intervals (Efron
// 1979). Its draws depend on nothing but its fields.
type boot struct {
	resamples int
	seed      uint64
}

// figure measures all units once, and its interval over resampled ones.
// measure is given how often each unit counts; a resample in which there is
// nothing to measure is left out.
func (b boot) figure(units int, measure func(weight []int) (float64, bool)) Figure {
	weight := make([]int, units)
	for i := range weight {
		weight[i] = 1
	}
	v, ok := measure(weight)
	if !ok {
		return Figure{}
	}
	state, values := b.seed, make([]float64, 0, b.resamples)
	for range b.resamples {
		clear(weight)
		for range units {
			hi, _ := bits.Mul64(random(&state), uint64(units))
			weight[hi]++
		}
		if v, ok := measure(weight); ok {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	f := Figure{Value: v, Low: v, High: v, Known: true}
	if len(values) > 0 {
		f.Low, f.High = percentile(values, 0.025), percentile(values, 0.975)
	}
	return f
}

// percentile is the value nearest to the part q of sorted values.
func percentile(sorted []float64, q float64) float64 {
	return sorted[int(math.RoundToEven(q*float64(len(sorted)-1)))]
}

// random is the next number of the sequence splitmix64 (Steele and others 2014).
func random(state *uint64) uint64 {
	*state += 0x9e3779b97f4a7c15
	z := *state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Share is k of n with its interval by drawing the n anew.
func Share(k, n int, s Scoring) Figure {
	hits := make([]hit, n)
	for i := range hits {
		hits[i].unit = i
		if i < k {
			hits[i].place = 1
		}
	}
	return boot{s.Resamples, s.Seed}.figure(n, func(w []int) (float64, bool) { return topK(hits, 1, w) })
}

// Enough reports whether so many questions can bear a judgement.
func Enough(n int) bool { return n >= minCases }
