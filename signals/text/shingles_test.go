package text

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestResemblance(t *testing.T) {
	of := func(s string) Shingles { return ShinglesOf(Plain(s)) }
	ask := "Can someone restart the staging database for billing?"
	require.Equal(t, 1.0, of(ask).Resemblance(of("can someone RESTART the staging database, for billing")))
	require.InDelta(t, 6./7, of(ask).Resemblance(of(ask+" please")), 0.001)
	require.Less(t, of(ask).Resemblance(of("Can someone look at the staging cluster for search?")), 0.2)
	require.Zero(t, of("it broke").Resemblance(of("it broke")), "too short to tell")
	require.Zero(t, of(ask).Resemblance(nil))
}

func TestContainment(t *testing.T) {
	of := func(s string) Shingles { return ShinglesOf(Plain(s)) }
	ask := "Can someone restart the staging database for billing?"
	require.Equal(t, 1.0, of(ask).Containment(of("Nobody answers over there, and it is urgent by now: can someone restart the staging database for billing")))
	require.Equal(t, 1.0, of("so many more words, can someone restart the staging database for billing").Containment(of(ask)))
	require.Zero(t, of(ask).Containment(of("Where is the printer paper of the third floor kept?")))
	require.Zero(t, of(ask).Containment(nil))
}

func TestResemblanceIsLikeness(t *testing.T) {
	words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields("a b c d e")), 0, 20)
	rapid.Check(t, func(t *rapid.T) {
		a, b := ShinglesOf(words.Draw(t, "a")), ShinglesOf(words.Draw(t, "b"))
		r := a.Resemblance(b)
		require.True(t, r >= 0 && r <= 1)
		require.Equal(t, r, b.Resemblance(a))
		if len(a) > 0 {
			require.Equal(t, 1.0, a.Resemblance(a))
		}
	})
}
