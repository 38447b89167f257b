package detect

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals/text"
)

// invented are conversations of two rooms: who writes "crashes" tells of a
// fault, who asks "how" does not, but for one in ten of each.
func invented() (out []*ProblemExample) {
	lex := text.DefaultLexicon()
	for i := range 80 {
		fault := i%2 == 0
		prose := "how do I change the colour of the page?"
		if fault != (i%20 < 2) {
			prose = "the page crashes with an error since the update to 2.4"
		}
		var n problemTalk
		n.add("ann", true, NewReading(lex, prose))
		out = append(out, &ProblemExample{Room: []string{"shop", "desk"}[i/40], Fault: fault, facts: n.features()})
	}
	return out
}

func TestFitProblem(t *testing.T) {
	examples := invented()
	w := FitProblem(examples, nil)
	require.Len(t, w, len(ProblemFacts())+1)
	require.Equal(t, w, FitProblem(examples, nil), "the same each time")
	said := make([]bool, len(examples))
	for i, x := range examples {
		said[i] = x.Fires(w)
		require.Equal(t, x.Speaks(), said[i], "the words tell")
	}
	require.InDelta(t, 0.9, RoomsF1(examples, said), 0.001)

	silent := *examples[2]
	require.True(t, silent.Fires(w))
	silent.Silent = true
	require.False(t, silent.Fires(w), "what is tracked is not told, whatever the weights")
	plain := *examples[3]
	require.False(t, plain.Fires(w))
	plain.Plain = true
	require.True(t, plain.Fires(w))
}

func TestFitProblemWithout(t *testing.T) {
	w := FitProblem(invented(), func(fact string) bool { return strings.HasPrefix(fact, "first:") })
	for i, name := range ProblemFacts() {
		if strings.HasPrefix(name, "first:") {
			require.Zero(t, w[i], name)
		}
	}
	require.NotZero(t, w[slices.Index(ProblemFacts(), "no word of a fault")])
}

func TestProblemFacts(t *testing.T) {
	names := ProblemFacts()
	require.Len(t, names, len((&problemTalk{}).features()))
	facts := func(prose string) map[string]float64 {
		var n problemTalk
		n.add("ann", true, NewReading(text.DefaultLexicon(), prose))
		n.add("bob", false, NewReading(text.DefaultLexicon(), "thanks"))
		out := make(map[string]float64)
		for i, v := range n.features() {
			out[names[i]] = v
		}
		return out
	}
	f := facts("an exception in 2.4.1, and 2.4.0 has it too")
	require.Equal(t, 1.0, f["first:error"])
	require.Greater(t, f["first:versions"], 1.0)
	require.Equal(t, 1.0, f["others:thanks"])
	require.Zero(t, f["no word of a fault"])
	require.Zero(t, f["alone"])
	require.Equal(t, 1.0, facts("hello all")["no word of a fault"])
}

func TestRoomsF1(t *testing.T) {
	list := []*ProblemExample{{Room: "a", Fault: true}, {Room: "a", Fault: true}, {Room: "a"}, {Room: "b", Fault: true}, {Room: "b"}}
	require.InDelta(t, (2.0/3+0)/2, RoomsF1(list, []bool{true, false, false, false, true}), 1e-9)
	require.InDelta(t, 1, RoomsF1(list, []bool{true, true, false, true, false}), 1e-9)
}

func TestSolve(t *testing.T) {
	x := solve([][]float64{{0, 2, 6}, {1, 1, 5}}) // 2b = 6, a + b = 5
	require.InDeltaSlice(t, []float64{2, 3}, x, 1e-12)
}
