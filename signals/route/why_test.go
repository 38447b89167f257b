package route

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhyClaimsNoMoreThanItKnows: "mostly" is said of more than half
// alone, and a person is no place.
func TestWhyClaimsNoMoreThanItKnows(t *testing.T) {
	m := New(Options{})
	for want, e := range map[string]evidence{
		"is where cases mostly end after the present holder":    {source: goal, f: fAll, track: teams, from: -1, n: 6, of: 10},
		"is where cases often end after the present holder":     {source: goal, f: fAll, track: teams, from: -1, n: 2, of: 10},
		"often resolves cases after the present holder":         {source: goal, f: fAll, track: persons, from: -1, n: 2, of: 10},
		"is whom the present holder mostly hands cases to":      {source: pass, f: fAll, track: persons, from: -1, n: 8, of: 10},
		"has lately had cases here":                             {},
		"has lately resolved cases that the same person raised": {source: final, f: fOpener, track: persons, from: -1, n: 1, of: 1},
	} {
		require.Equal(t, want, Candidate{why: e}.Why(m))
	}
}
