package replay

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/decide"
)

// TestRoomsDoNotDependOnArrival: whatever order events arrive in, and however
// often, the rooms hold the same posts in the order of time.
func TestRoomsDoNotDependOnArrival(t *testing.T) {
	read := func(t *rapid.T, events []*signals.Event) (counts map[string]int, posts map[string][]string) {
		w := decide.NewWorld(signals.NewOrg(live()), decide.Options{Lexicon: lexicon, Detectors: []string{}})
		for _, e := range events {
			_, err := w.Take(e)
			require.NoError(t, err)
		}
		counts, posts = map[string]int{}, map[string][]string{}
		for id, r := range w.Rooms {
			counts[id] = r.Count
			for i, p := range r.Posts {
				require.False(t, i > 0 && p.Event.At.Before(r.Posts[i-1].Event.At))
				posts[id] = append(posts[id], p.Event.ID+" "+p.Text)
			}
		}
		return counts, posts
	}
	rapid.Check(t, func(t *rapid.T) {
		var log Log
		require.NoError(t, log.Add(week(t)))
		all := log.ordered()
		counts, posts := read(t, all)
		mixedCounts, mixed := read(t, append(rapid.Permutation(all).Draw(t, "order"), all...))
		require.Equal(t, counts, mixedCounts)
		for id := range posts {
			require.ElementsMatch(t, posts[id], mixed[id]) // ties in time may stand in either order
		}
	})
}
