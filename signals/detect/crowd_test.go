package detect

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func TestCrowded(t *testing.T) {
	for pace, want := range map[float64]float64{0.1: 0, crowdFrom: 0, crowdFull: 1, 600: 1} {
		require.InDelta(t, want, crowded(pace), 1e-9, "%v posts an hour", pace)
	}
	rapid.Check(t, func(rt *rapid.T) {
		a, b := rapid.Float64Range(0.1, 600).Draw(rt, "pace"), rapid.Float64Range(0.1, 600).Draw(rt, "other pace")
		require.LessOrEqual(rt, crowded(min(a, b)), crowded(max(a, b)))
	})
}

// conversing writes what five people say to each other, one post every so many
// minutes, then an ask and a word of one of them.
func conversing(every float64) (*chat, *signals.Post) {
	c := newChat()
	for i := range 44 {
		who, whom := i%5, (i+2)%5
		c.say(float64(i)*every, fmt.Sprint("p", who), fmt.Sprintf("<@p%d> the label of shelf %d was printed", whom, i), nil)
	}
	root := c.say(44*every, "bob", "Does anyone know which certificate the refund job needs?", nil)
	c.say(45*every, "p1", "that is the wide roll", nil)
	c.say(46*every, "p3", "<@p1> the wide one is empty", nil)
	return c, root
}

// In a busy channel the network has its say; in a slow one the sum stands alone.
func TestCorrection(t *testing.T) {
	for name, tt := range map[string]struct {
		every float64 // minutes
		busy  bool
	}{"slow": {12, false}, "busy": {0.25, true}} {
		t.Run(name, func(t *testing.T) {
			c, root := conversing(tt.every)
			talk := c.talk(root)
			at := len(talk.flat) - 2
			r := talk.replyAt(at)
			var x [nPair]float64
			talk.pairFacts(&x, r, 0, &between{})
			require.Equal(t, tt.busy, r.correction(&x) != 0)
			with, _ := talk.parents(at, nil)
			r.crowded = 0
			alone := make([]float64, len(with))
			sum := talk.weigh(r, alone, func(int) bool { return true })
			var nx [nNone]float64
			talk.noneFacts(&nx, r)
			plain := alone[0] / (sum + math.Exp(dot(noneWeights[:], nx[:])))
			if tt.busy {
				require.Greater(t, math.Abs(plain-with[0]), 0.005)
			} else {
				require.InDelta(t, plain, with[0], 1e-9)
			}
		})
	}
}
