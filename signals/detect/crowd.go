package detect

import "math"

// Where many talk at once, the weighted sum of facts is too simple: that a post
// comes next says little there, and whom its author talks with says the more.
// A small network then corrects the sum. In a slow channel the next post mostly
// is the answer, and the sum stands alone; between the two its part grows with
// the pace, so that no channel changes at once.

// crowdFrom is up to how many posts an hour the sum stands alone, crowdFull is
// from how many on the correction counts in full. Support channels of projects
// have up to some ten posts an hour, busy public channels a hundred and more.
const crowdFrom, crowdFull = 20, 60

// crowdUnits is the number of units of the network, crowdFacts what each weighs:
// the facts of the pair, the pace, the share of posts that address somebody, and
// whether the post asks.
const (
	crowdUnits = 8
	crowdFacts = nPair + 3
)

// crowded is how much the correction counts, 0 to 1, for a pace in posts an hour.
func crowded(pace float64) float64 {
	from, full := math.Log1p(crowdFrom), math.Log1p(crowdFull)
	return math.Max(0, math.Min(1, (math.Log1p(pace)-from)/(full-from)))
}

// crowdUnit is one unit: the weight of each fact, its constant, and how much it adds.
type crowdUnit struct {
	in        [crowdFacts]float64
	bias, out float64
}

// correction is what the network adds to the sum of the facts of a reply and one
// post before it, for the odds in powers of e.
func (r *reply) correction(x *[nPair]float64) (z float64) {
	if r.crowded == 0 {
		return 0
	}
	var in [crowdFacts]float64
	copy(in[:], x[:])
	in[nPair], in[nPair+1], in[nPair+2] = math.Log1p(r.pace)/paceUnit, r.naming, flag(r.asks)
	for i := range crowdNet {
		u := &crowdNet[i]
		z += u.out * math.Tanh(u.bias+dot(u.in[:], in[:]))
	}
	return r.crowded * z
}
