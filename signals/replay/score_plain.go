package replay

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// plain is the naive early warning: logistic regression over the values that
// stand in a case's fields, fitted once.
type plain struct {
	index  map[string]int
	weight []float64
	bias   float64
	none   bool // nothing to fit
}

// The numbers of the naive model. They were not tuned.
const (
	rounds  = 15   // passes over the cases
	pace    = 0.2  // AdaGrad's step (Duchi and others 2011)
	shrink  = 1e-4 // how strongly weights are held near 0
	seldom  = 5    // values seen less often are passed over
	hopping = 7919 // a prime: the cases are gone through in an order that is not that of time
)

// fit learns from cases; facts and came are parallel.
func fit(facts [][]string, came []bool) *plain {
	m := &plain{index: make(map[string]int)}
	pos := 0
	for _, c := range came {
		if c {
			pos++
		}
	}
	if pos == 0 || pos == len(came) {
		m.none = true
		return m
	}
	rows := m.number(facts)
	base := float64(pos) / float64(len(came))
	m.bias = math.Log(base / (1 - base))
	m.weight = make([]float64, len(m.index))
	past := make([]float64, len(m.index)+1) // of the bias last
	n := len(rows)
	for range rounds {
		for i := range n {
			j := i * hopping % n
			if n%hopping == 0 {
				j = i
			}
			m.learn(rows[j], came[j], past)
		}
	}
	return m
}

// number gives a number to every value that is seen often enough.
func (m *plain) number(facts [][]string) [][]int {
	seen := make(map[string]int)
	for _, list := range facts {
		for _, f := range list {
			seen[f]++
		}
	}
	rows := make([][]int, len(facts))
	for i, list := range facts {
		for _, f := range list {
			if seen[f] < seldom {
				continue
			}
			k, ok := m.index[f]
			if !ok {
				k = len(m.index)
				m.index[f] = k
			}
			rows[i] = append(rows[i], k)
		}
	}
	return rows
}

func (m *plain) learn(row []int, came bool, past []float64) {
	sum := m.bias
	for _, k := range row {
		sum += m.weight[k]
	}
	slope := 1 / (1 + math.Exp(-sum))
	if came {
		slope--
	}
	last := len(past) - 1
	past[last] += slope * slope
	m.bias -= pace * slope / math.Sqrt(1+past[last])
	for _, k := range row {
		g := slope + shrink*m.weight[k]
		past[k] += g * g
		m.weight[k] -= pace * g / math.Sqrt(1+past[k])
	}
}

// rate is the probability for a case with such facts.
func (m *plain) rate(facts []string) float64 {
	sum := m.bias
	for _, f := range facts {
		if k, ok := m.index[f]; ok {
			sum += m.weight[k]
		}
	}
	return 1 / (1 + math.Exp(-sum))
}

// tally counts answers by what they depend on.
type tally map[string]map[string]int

func (t tally) add(key, who string) {
	if t[key] == nil {
		t[key] = make(map[string]int)
	}
	t[key][who]++
}

func (t tally) remove(key, who string) {
	if t[key][who]--; t[key][who] <= 0 {
		delete(t[key], who)
	}
}

// doubtful is how many answers under a key count as much as what the more
// general keys say: the m of m-estimate smoothing (Cestnik 1990).
const doubtful = 5

// best are up to n answers, the likeliest first, by their parts under the keys,
// the most special first, each shrunk towards the next. Equals stand in the
// order of their names. But is left out.
func (t tally) best(n int, but string, keys ...string) []string {
	part := make(map[string]float64)
	for _, key := range slices.Backward(keys) {
		total := 0
		for _, k := range t[key] {
			total += k
		}
		for who := range t[key] {
			part[who] += 0
		}
		for who, p := range part {
			part[who] = (float64(t[key][who]) + doubtful*p) / float64(total+doubtful)
		}
	}
	delete(part, but)
	out := slices.Sorted(maps.Keys(part))
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(part[b], part[a]) })
	return out[:min(n, len(out))]
}

// recent counts the last so many answers under each key.
type recent struct {
	tally
	last map[string][]string
	size int
}

func newRecent(size int) *recent {
	return &recent{make(tally), make(map[string][]string), size}
}

func (r *recent) add(key, who string) {
	r.tally.add(key, who)
	r.last[key] = append(r.last[key], who)
	if list := r.last[key]; len(list) > r.size {
		r.remove(key, list[0])
		r.last[key] = list[1:]
	}
}
