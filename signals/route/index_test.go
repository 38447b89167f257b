package route

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestTableFindsWhatItWasGiven: a table is a map with bounded memory, also where
// keys share their lowest or highest bits.
func TestTableFindsWhatItWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keep := rapid.IntRange(2, 300).Draw(t, "keep")
		opt := Options{Keys: keep}
		opt.defaults()
		tab := newTable(&opt, keep)
		last := make(map[uint64]int) // by key, when it was counted
		for i := range rapid.IntRange(1, 600).Draw(t, "counts") {
			key := rapid.Uint64Range(0, 40).Draw(t, "low") | rapid.Uint64Range(0, 20).Draw(t, "high")<<rapid.SampledFrom([]int{20, 40, 58}).Draw(t, "shift")
			if tab.get(key) == nil && int(tab.dists.n) == keep { // the half that was not counted for longest goes
				ticks := slices.Sorted(func(yield func(int) bool) {
					for _, at := range last {
						yield(at)
					}
				})
				for k, at := range last {
					if at <= ticks[len(ticks)/2] {
						delete(last, k)
					}
				}
			}
			tab.add(key, int32(i), 1, 1)
			last[key] = i
		}
		require.Equal(t, len(last), int(tab.dists.n))
		for key, at := range last {
			d := tab.get(key)
			require.NotNil(t, d)
			require.Equal(t, uint32(at+1), d.used)
		}
		for key := range uint64(100) {
			if _, ok := last[key]; !ok {
				require.Nil(t, tab.get(key))
			}
		}
	})
}

// TestBestSlots: the best slots are those that a stable sort puts first.
func TestBestSlots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.SampledFrom([]float32{float32(math.Inf(-1)), -3, -1.5, -1, 0, 0.25, 2, float32(math.Inf(1))}), 0, 60).Draw(t, "scores")
		q := &query{score: scores, from: rapid.IntRange(0, min(1, len(scores))).Draw(t, "from")}
		n := rapid.IntRange(1, keepSlots).Draw(t, "n")
		var want []int32
		for s := q.from; s < len(scores); s++ {
			want = append(want, int32(s))
		}
		slices.SortStableFunc(want, func(a, b int32) int { return cmp.Compare(scores[b], scores[a]) })
		require.Equal(t, append([]int32{}, want[:min(n, len(want))]...), append([]int32{}, q.bestSlots(n)...))
	})
}
