package text

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestIndexFindsTheLikeOne(t *testing.T) {
	x := NewIndex(IndexOptions{})
	x.Add(1, Fields{Title: "Login page shows a blank screen after the session expired", Body: "Open the portal, wait an hour, reload. The page stays white."}, 100)
	x.Add(2, Fields{Title: "Invoice export drops the last line", Body: "The CSV lacks the last invoice of the month."}, 200)
	x.Add(3, Fields{Title: "Upgrade the build image", Body: "We need a newer compiler."}, 300)
	got := x.Query(Fields{Title: "Blank screen on login when the session is expired"}, 400, 3, nil)
	require.NotEmpty(t, got)
	require.Equal(t, int32(1), got[0].ID)
	require.Contains(t, got[0].Shared, "Blank")
	for _, m := range got[1:] {
		require.Less(t, m.Score, got[0].Score)
	}
}

func TestIndexFindsTheSameStack(t *testing.T) {
	x := NewIndex(IndexOptions{})
	frames := "{code}\njava.lang.IllegalStateException: pool closed at 12:00:01\n\tat org.acme.pool.Lender.lend(Lender.java:%d)\n\tat org.acme.pool.Desk.ask(Desk.java:7)\n{code}"
	x.Add(1, Fields{Title: "Orders are slow", Body: "Since noon."}, 1)
	x.Add(2, Fields{Title: "Crash at night", Body: fmt.Sprintf(frames, 41)}, 2)
	got := x.Query(Fields{Title: "Job died", Body: fmt.Sprintf(frames, 99)}, 3, 2, nil)
	require.NotEmpty(t, got)
	require.Equal(t, int32(2), got[0].ID)
}

// Of several that are equally alike none is surely the one.
func TestIndexIsSurerOfOneThatLeads(t *testing.T) {
	asked := Fields{Title: "Gateway times out while a refund is booked"}
	sure := func(others ...string) float64 {
		x := NewIndex(IndexOptions{})
		x.Add(1, Fields{Title: "Gateway times out when a refund is booked"}, 100)
		for i := range int32(200) {
			x.Add(10+i, Fields{Title: fmt.Sprintf("Widget%d needs paint%d", i, i)}, 100)
		}
		for i, title := range others {
			x.Add(int32(300+i), Fields{Title: title}, 50)
		}
		got := x.Query(asked, 86400, 3, nil)
		require.NotEmpty(t, got)
		require.Equal(t, int32(1), got[0].ID)
		return got[0].Score
	}
	alone, beside := sure("Printer jams", "Stairs creak"), sure("Gateway times out while a refund is booked", "Gateway times out while a refund is booked")
	require.Greater(t, alone, beside+0.2)
}

func TestLead(t *testing.T) {
	for name, tt := range map[string]struct {
		weights []float64
		want    float64
	}{
		"none":            {nil, 0},
		"one":             {[]float64{2}, 2},
		"one hardly like": {[]float64{-1}, 0},
		"equal":           {[]float64{2, 2, -4}, 0},
		"ahead":           {[]float64{2, 1.5, -4}, 0.5},
		"far ahead":       {[]float64{9, 1}, mostLead},
	} {
		t.Run(name, func(t *testing.T) {
			var q query
			for i, w := range tt.weights {
				q.cand = append(q.cand, candidate{score: w, root: uint32(i)})
			}
			require.InDelta(t, tt.want, q.lead(), 1e-9)
		})
	}
}

func TestIndexForgetsOldPostings(t *testing.T) {
	x := NewIndex(IndexOptions{Postings: 3})
	for i := int32(0); i < 10; i++ {
		x.Add(i, Fields{Title: "gearbox"}, int64(i))
	}
	got := x.Query(Fields{Title: "gearbox"}, 100, 10, nil)
	ids := []int32{}
	for _, m := range got {
		ids = append(ids, m.ID)
	}
	require.Equal(t, []int32{9, 8, 7}, ids)
	require.Equal(t, 1, x.Stats().Capped)
}

func TestIndexCompacts(t *testing.T) {
	x := NewIndex(IndexOptions{})
	for i := int32(0); i < 3000; i++ {
		x.Add(i, Fields{Title: fmt.Sprintf("widget%d broken", i)}, int64(i))
	}
	for i := int32(0); i < 2500; i++ {
		x.Remove(i)
	}
	require.Less(t, len(x.docs), 2000)
	require.Equal(t, 500, x.Stats().Docs)
	require.Empty(t, x.Query(Fields{Title: "widget17"}, 9999, 5, nil))
	got := x.Query(Fields{Title: "widget2999"}, 9999, 5, nil)
	require.Len(t, got, 1)
	require.Equal(t, int32(2999), got[0].ID)
}

// genFields draws a small issue from a small vocabulary, so that many are alike.
func genFields(t *rapid.T) Fields {
	word := rapid.SampledFrom([]string{"login", "blank", "screen", "export", "invoice", "slow", "queue", "worker", "restart", "timeout", "parseURL", "db.pool"})
	text := func(lo, hi int) string {
		s := ""
		for _, w := range rapid.SliceOfN(word, lo, hi).Draw(t, "words") {
			s += w + " "
		}
		return s
	}
	f := Fields{Title: text(0, 5), Body: text(0, 12), Author: rapid.SampledFrom([]string{"", "ann", "ben"}).Draw(t, "author")}
	f.Component = rapid.SliceOfN(rapid.SampledFrom([]string{"ui", "core"}), 0, 2).Draw(t, "component")
	return f
}

func TestIndexInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := rapid.SliceOfN(rapid.Custom(genFields), 1, 30).Draw(t, "docs")
		at := make([]int64, len(docs))
		a, b := NewIndex(IndexOptions{}), NewIndex(IndexOptions{})
		for i, d := range docs {
			at[i] = rapid.Int64Range(0, 100000).Draw(t, "at")
			a.Add(int32(i), d, at[i])
		}
		seed := rapid.Int64().Draw(t, "seed")
		for _, i := range rand.New(rand.NewSource(seed)).Perm(len(docs)) {
			b.Add(int32(i), docs[i], at[i])
		}
		for range rapid.IntRange(0, 6).Draw(t, "marks") {
			id, of := rapid.Int32Range(0, 30).Draw(t, "duplicate"), rapid.Int32Range(0, 30).Draw(t, "original")
			a.MarkDuplicate(id, of)
			b.MarkDuplicate(id, of)
		}
		if rapid.Bool().Draw(t, "remove") {
			a.Remove(0)
			b.Remove(0)
			at[0] = 1 << 40 // must not come back
		}
		q, now, k := genFields(t), rapid.Int64Range(0, 100000).Draw(t, "now"), rapid.IntRange(0, 12).Draw(t, "k")
		skip := func(id int32) bool { return id%5 == 2 }
		got := a.Query(q, now, k, skip)
		require.LessOrEqual(t, len(got), k)
		seen := map[int32]bool{}
		for i, m := range got {
			require.False(t, skip(m.ID), "skipped")
			require.LessOrEqual(t, at[m.ID], now, "later or removed")
			require.False(t, seen[m.ID], "twice")
			seen[m.ID] = true
			require.GreaterOrEqual(t, m.Score, 0.0)
			require.LessOrEqual(t, m.Score, 1.0)
			require.True(t, len(m.Shared) > 0 || len(a.originals) > 0)
			if i > 0 {
				require.LessOrEqual(t, m.Score, got[i-1].Score)
			}
		}
		require.Equal(t, got, b.Query(q, now, k, skip), "order of adding")
		require.Equal(t, got, a.Query(q, now, k, skip), "asking changes nothing")
	})
}

func TestIndexReplacesAndRemoves(t *testing.T) {
	x := NewIndex(IndexOptions{})
	x.Add(7, Fields{Title: "old words here"}, 1)
	x.Add(7, Fields{Title: "quite other text"}, 2)
	require.Empty(t, x.Query(Fields{Title: "old words"}, 9, 5, nil))
	require.Len(t, x.Query(Fields{Title: "other text"}, 9, 5, nil), 1)
	x.Remove(7)
	x.Remove(7)
	require.Empty(t, x.Query(Fields{Title: "other text"}, 9, 5, nil))
	require.Zero(t, x.Stats().Docs)
}
