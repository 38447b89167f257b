package risk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestFactsAreTrueOfTheCase: a fact says how the case stands, never what became
// of others with the same value: of one field taken alone that need not hold.
func TestFactsAreTrueOfTheCase(t *testing.T) {
	c := &signals.Case{Team: "Network", Status: "Waiting", Level: "L2", Priority: "High", Type: "Incident", Components: []string{"printer", "mail"}}
	c.Path = signals.Path{{Team: "Desk"}, {Team: "Network"}}
	for f, want := range map[fact]string{
		aboutTeam:     "it is held by Network",
		aboutPair:     "it went from Desk to Network",
		aboutStatus:   "its status is Waiting",
		aboutLevel:    "its level is L2",
		aboutPriority: "its priority is High",
		aboutType:     "its type is Incident",
		aboutPart:     "it is about printer",
		aboutWords:    "its words are like those of cases that did",
	} {
		require.Equal(t, want, f.words(c, &trail{}))
	}
	none := &signals.Case{}
	for _, f := range []fact{aboutPath, aboutReturn, aboutTeam, aboutPair, aboutStatus, aboutLevel, aboutPriority, aboutType, aboutPart, aboutReopening} {
		require.Empty(t, f.words(none, &trail{}), "there is nothing to tell")
	}
	for n, want := range []string{
		"", "it has come back to a team that had it before", "it has come back twice to teams that had it before", "it has come back 3 times to teams that had it before",
	} {
		require.Equal(t, want, aboutReturn.words(c, &trail{revisits: n}))
	}
	require.Equal(t, "it has changed teams twice", aboutPath.words(c, &trail{handoffs: 2}))
	require.Equal(t, "it was reopened 3 times", aboutReopening.words(c, &trail{reopens: 3}))
}

// TestFlowIsToldWhereItIsHigh: that little is handed on may speak for an outcome,
// too, and then nothing is said of the flow.
func TestFlowIsToldWhereItIsHigh(t *testing.T) {
	const told = "of late, more than usual of what its team got, or of what is about its component, was handed on to another team"
	j := judge{linear: &linear{weight: make([]float32, columns), mean: make([]float32, columns), reach: make([]float32, columns)}, forest: &forest{}}
	col := fFlow + teamQuick
	j.linear.weight[col], j.linear.mean[col], j.linear.reach[col] = 4, -2, 9
	for v, want := range map[float32][]string{-0.5: nil, 0: nil, 0.5: {told}} {
		x := make([]float32, columns)
		x[col] = v
		require.Equal(t, want, j.facts(&signals.Case{}, &trail{}, x), "%v", v)
	}
}
