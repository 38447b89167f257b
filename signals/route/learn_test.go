package route

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Scores that are too steep or too flat come to probabilities that hold.
func TestTrustStretchesScores(t *testing.T) {
	tests := map[string]struct{ heat, shift float64 }{
		"right":             {1, 0},
		"too sure":          {0.5, 0},
		"not sure enough":   {1.6, 0},
		"nobody more often": {1, 1.5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var x trust
			x.init()
			random := rand.New(rand.NewPCG(3, 4))
			for range 20_000 {
				z := make([]float32, 5)
				p, sum := make([]float64, 5), 0.0
				for i := range z {
					z[i] = float32(random.NormFloat64() * 1.5)
					p[i] = math.Exp(tt.heat*float64(z[i]) + tt.shift*float64(b2i(i == 4)))
					sum += p[i]
				}
				right, u := 0, random.Float64()*sum
				for u > p[right] {
					u -= p[right]
					right++
				}
				x.learn(1, z, right)
				x.learnStay(2, z[0], random.Float64() < 1/(1+math.Exp(-tt.heat*float64(z[0])-tt.shift)))
			}
			require.InDelta(t, tt.heat, x.heat[1], 0.15)
			require.InDelta(t, tt.shift, x.shift[1], 0.15)
			require.InDelta(t, tt.heat, x.stay[2], 0.15)
			require.InDelta(t, tt.shift, x.keeps[2], 0.15)
			require.Equal(t, float32(1), x.heat[0], "others are left alone")
		})
	}
}

// One stretch for all cannot fit the first and the tail at once. The first comes to
// a probability that holds all the same.
func TestTrustCorrectsTheFirst(t *testing.T) {
	var x trust
	x.init()
	random := rand.New(rand.NewPCG(3, 4))
	situation := func() (z []float32, right int) {
		z = make([]float32, 21) // twenty candidates, and somebody else
		p, sum := make([]float64, len(z)), 0.0
		for i := range z {
			z[i] = float32(random.NormFloat64() * 1.5)
		}
		z[0] = 2 + 4*random.Float32()
		for i := range z {
			p[i] = math.Exp(float64(z[i]))
			sum += p[i]
		}
		if random.Float64() < 0.2 { // one in five is nothing like the others
			return z, random.IntN(len(z))
		}
		u := random.Float64() * sum
		for u > p[right] {
			u -= p[right]
			right++
		}
		return z, right
	}
	for range 20_000 {
		z, right := situation()
		x.learn(1, z, right)
	}
	said, uncorrected, came, n := 0.0, 0.0, 0.0, 0.0
	for range 20_000 {
		z, right := situation()
		p := x.chances(1, z)
		if p[0] > 0.6 {
			n++
			said += x.first(1, p[0], 0)
			uncorrected += p[0]
			came += float64(b2i(right == 0))
		}
	}
	require.Greater(t, n, 1000.0)
	require.InDelta(t, came/n, said/n, 0.012)
	require.Greater(t, math.Abs(uncorrected/n-came/n), 0.02, "else nothing is shown here")
}

// The first stays the first, however little is left to it.
func TestTrustKeepsTheOrder(t *testing.T) {
	var x trust
	x.init()
	x.leads[1] = -9
	p, second := 0.5, 0.4
	got := x.first(1, p, second)
	require.InDelta(t, (1-got)*second/(1-p), got, 1e-9, "as likely as the second")
	x.leads[1] = 0
	require.InDelta(t, p, x.first(1, p, second), 1e-6, "nothing learnt, nothing changed")
}

func TestPacesFade(t *testing.T) {
	var p paces
	at := int64(1_000_000_000)
	p.add(2, 1, at)
	near := func(id int32, after int64, long, short float64) {
		t.Helper()
		scale := p.scale(at + after)
		l, s := p.of(id, &scale)
		require.InDelta(t, long, l, 1e-4)
		require.InDelta(t, short, s, 1e-4)
	}
	near(2, 0, 1, 1)
	near(2, 28*86400, 0.5, math.Exp2(-28.0/5))
	near(1, 0, 0, 0)
	near(9, 0, 0, 0)
	years := int64(40 * 365 * 86400)
	p.add(1, 2, at+years)
	p.add(2, 1, at+years)
	near(1, years, 2, 2)
	near(2, years, 1, 1)
	near(1, years+5*86400, 2*math.Exp2(-5.0/28), 1)
}

// A weight belongs to something known and a candidate, not to either alone.
func TestCrossedWeights(t *testing.T) {
	x := newCrossed()
	printer, card := []feat{{1, 1}}, []feat{{2, 1}}
	for range 50 {
		x.learn(printer, 7, 0.5)
		x.learn(printer, 8, -0.5)
		x.learn(card, 7, 0.0001) // not worth a step
	}
	require.Greater(t, x.score(printer, 7), float32(0.5))
	require.Less(t, x.score(printer, 8), float32(-0.5))
	require.Zero(t, x.score(card, 7))
	require.Zero(t, x.score(printer, 9))
}
