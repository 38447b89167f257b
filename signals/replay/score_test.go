package replay

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func ones(n int) []int {
	w := make([]int, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

func TestRanked(t *testing.T) {
	for _, c := range []struct {
		name                        string
		score                       []float64
		came                        []bool
		auc, recall, ece, precision float64 // recall at 40 %, precision from 0.5 on
	}{
		{"perfect", []float64{0.9, 0.8, 0.2, 0.1, 0}, []bool{true, true, false, false, false}, 1, 1, 0.12, 1},
		{"upside down", []float64{0.9, 0.8, 0.2, 0.1, 0}, []bool{false, false, false, true, true}, 0, 0, 0.76, 0},
		// Pairs: 0.8 beats 0.5 and 0.1; 0.5 ties with 0.5 and beats 0.1: 3.5 of 4.
		{"with a tie", []float64{0.8, 0.5, 0.5, 0.1}, []bool{true, true, false, false}, 0.875, 0.5, 0.075, 2.0 / 3},
		{"all alike", []float64{0.5, 0.5, 0.5, 0.5, 0.5}, []bool{true, false, false, false, true}, 0.5, 0.4, 0.1, 0.4},
	} {
		r, w := rank(c.score, c.came), ones(len(c.score))
		got, ok := r.auc(w)
		require.True(t, ok, c.name)
		require.InDelta(t, c.auc, got, 1e-12, c.name)
		got, ok = r.recall(0.4, w)
		require.True(t, ok, c.name)
		require.InDelta(t, c.recall, got, 1e-12, c.name)
		got, ok = r.ece(w)
		require.True(t, ok, c.name)
		require.InDelta(t, c.ece, got, 1e-12, c.name)
		got, ok = r.precision(0.5, w)
		require.True(t, ok, c.name)
		require.InDelta(t, c.precision, got, 1e-12, c.name)
	}
}

func TestNothingToMeasure(t *testing.T) {
	for _, r := range []*ranked{rank(nil, nil), rank([]float64{1}, []bool{true}), rank([]float64{1, 0}, []bool{false, false})} {
		w := ones(len(r.score))
		_, ok := r.auc(w)
		require.False(t, ok)
		_, ok = r.recall(0.2, w)
		require.False(t, ok)
		f := boot{50, 1}.figure(len(w), r.auc)
		require.Equal(t, Figure{}, f)
	}
	_, ok := rank([]float64{0.2}, []bool{true}).precision(0.5, ones(1))
	require.False(t, ok)
	_, ok = topK(nil, 3, nil)
	require.False(t, ok)
	require.Equal(t, Figure{}, Share(0, 0, Scoring{Resamples: 20}))
}

func TestTopK(t *testing.T) {
	hits := []hit{{1, 0}, {0, 0}, {3, 1}, {2, 2}}
	for _, c := range []struct {
		k      int
		weight []int
		want   float64
	}{{1, []int{1, 1, 1}, 0.25}, {2, []int{1, 1, 1}, 0.5}, {3, []int{1, 1, 1}, 0.75}, {3, []int{2, 0, 1}, 0.6}, {1, []int{0, 1, 3}, 0}} {
		got, ok := topK(hits, c.k, c.weight)
		require.True(t, ok)
		require.InDelta(t, c.want, got, 1e-12)
	}
	require.Equal(t, 2, place([]string{"a", "b"}, "b"))
	require.Equal(t, 0, place([]string{"a", "b"}, "c"))
}

func TestAgainst(t *testing.T) {
	f := Figure{0.8, 0.7, 0.9, true}
	naive := func(v float64) Figure { return Figure{v, v, v, true} }
	for _, c := range []struct {
		ours, naive Figure
		lower       bool
		want        Verdict
	}{
		{f, naive(0.6), false, Better},
		{f, naive(0.7), false, NotShown}, // at the very end of the interval
		{f, naive(0.85), false, NotShown},
		{f, naive(0.95), false, Worse},
		{f, naive(0.95), true, Better},
		{f, naive(0.6), true, Worse},
		{Figure{}, naive(0.6), false, NotThere},
		{f, Figure{}, false, TooFew},
	} {
		require.Equal(t, c.want, c.ours.Against(c.naive, c.lower))
	}
}

func TestPercentile(t *testing.T) {
	v := make([]float64, 201)
	for i := range v {
		v[i] = float64(i)
	}
	require.Equal(t, 5.0, percentile(v, 0.025))
	require.Equal(t, 195.0, percentile(v, 0.975))
	require.Equal(t, 7.0, percentile([]float64{7}, 0.975))
}

// TestShareInterval compares the interval of a share with what theory says:
// half of 400, give or take 1.96 * sqrt(0.25/400) = 0.049.
func TestShareInterval(t *testing.T) {
	f := Share(200, 400, Scoring{Resamples: 2000, Seed: 3})
	require.InDelta(t, 0.5, f.Value, 1e-12)
	require.InDelta(t, 0.451, f.Low, 0.01)
	require.InDelta(t, 0.549, f.High, 0.01)
	require.Equal(t, f, Share(200, 400, Scoring{Resamples: 2000, Seed: 3}))
	require.NotEqual(t, f, Share(200, 400, Scoring{Resamples: 2000, Seed: 4}))
}

func TestMeasuresHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		score := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 10), func(i int) float64 { return float64(i) / 10 }), n, n).Draw(t, "score")
		came := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "came")
		weight := rapid.SliceOfN(rapid.IntRange(0, 3), n, n).Draw(t, "weight")
		r := rank(score, came)
		got, ok := r.auc(weight)
		want, pairs := 0.0, 0.0
		for i := range n { // by its definition, pair by pair
			for j := range n {
				if w := float64(weight[i] * weight[j]); came[i] && !came[j] {
					pairs += w
					if score[i] > score[j] {
						want += w
					} else if score[i] == score[j] {
						want += w / 2
					}
				}
			}
		}
		if require.Equal(t, pairs > 0, ok); ok {
			require.InDelta(t, want/pairs, got, 1e-9)
			turned := make([]float64, n)
			for i, s := range score {
				turned[i] = 1 - s
			}
			other, _ := rank(turned, came).auc(weight)
			require.InDelta(t, 1, got+other, 1e-9, "turned round it is the other way about")
			all, _ := r.recall(1, weight)
			require.InDelta(t, 1, all, 1e-9)
		}
		if e, ok := r.ece(weight); ok {
			require.True(t, e >= 0 && e <= 1, e)
		}
		f := boot{30, 7}.figure(n, r.ece)
		require.LessOrEqual(t, f.Low, f.High)
	})
}
