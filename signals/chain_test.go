package signals

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// line is a row of issues, each of which waits for the next.
type line map[Key]*Case

func (l line) Find(ref Key) (Key, *Case) { return ref, l[ref] }
func (l line) Linking(Key) []*Case       { return nil }

// TestWhoWaitsIsLookedForAsFarAsChainsGo: an event of an issue in a long row must
// not look at all of it.
func TestWhoWaitsIsLookedForAsFarAsChainsGo(t *testing.T) {
	all := make(line)
	k := func(n int) Key { return Key{Source: Jira, Site: "s", ID: strconv.Itoa(n)} }
	for n := range 3 * LongestChain {
		all[k(n)] = &Case{Key: k(n), Links: []Link{{To: k(n + 1), Phrase: "blocks"}, {To: k(n - 1), Phrase: "is blocked by"}}}
	}
	p := DefaultPolicy()
	waiting := WaitingFor(all[k(0)], all, p.LinkWords())
	require.Len(t, waiting, LongestChain)
	require.Equal(t, k(1), waiting[0])

	far := waiting[len(waiting)-1]
	chains := Chains(all[far], all, p.LinkWords())
	require.Len(t, chains, 1)
	require.Equal(t, k(0), chains[0].Waits[len(chains[0].Waits)-1].Key, "the furthest of them has it in its chain")
}
