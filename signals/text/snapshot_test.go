package text

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals/snap"
)

func saved(t require.TestingT, x *Index) []byte {
	var out bytes.Buffer
	w := snap.NewWriter(&out)
	require.NoError(t, x.Save(w))
	require.NoError(t, w.Close())
	return out.Bytes()
}

func load(data []byte) (*Index, error) {
	r := snap.NewReader(bytes.NewReader(data), int64(len(data)))
	x, err := LoadIndex(r)
	return x, errors.Join(err, r.Close())
}

// step adds, replaces, removes or asks, on all of the indexes alike.
func step(t *rapid.T, now int64, list ...*Index) {
	f, id := genFields(t), rapid.Int32Range(-3, 40).Draw(t, "id")
	at := now - rapid.Int64Range(0, 50).Draw(t, "ago")
	k := rapid.IntRange(0, 12).Draw(t, "k")
	switch rapid.IntRange(0, 11).Draw(t, "step") {
	case 0, 1:
		for _, x := range list {
			x.Remove(id)
		}
	case 2:
		var first []Match
		for i, x := range list {
			got := x.Query(f, at, k, func(n int32) bool { return n%7 == 0 })
			if i == 0 {
				first = got
			}
			require.Equal(t, first, got)
		}
	case 3:
		for _, x := range list {
			x.compact()
		}
	case 4, 5:
		of := rapid.Int32Range(-3, 40).Draw(t, "original")
		for _, x := range list {
			x.MarkDuplicate(id, of)
		}
	case 6:
		for _, x := range list {
			x.UnmarkDuplicate(id)
		}
	default:
		for _, x := range list {
			x.Add(id, f, at)
		}
	}
}

// TestLoadedIndexBehavesTheSame takes two indexes through the same steps, one of
// which is saved and loaded on the way: at no time can they be told apart.
func TestLoadedIndexBehavesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var opt IndexOptions
		if rapid.Bool().Draw(t, "small") {
			opt = IndexOptions{Postings: rapid.IntRange(1, 6).Draw(t, "postings"), Terms: 3, Work: 9, Candidates: 4}
		}
		a := NewIndex(opt)
		for i := range rapid.IntRange(0, 80).Draw(t, "before") {
			step(t, int64(i), a)
		}
		b, err := load(saved(t, a))
		require.NoError(t, err)
		for i := range rapid.IntRange(0, 80).Draw(t, "after") {
			step(t, int64(100+i), a, b)
		}
		for range 3 {
			f := genFields(t)
			require.Equal(t, a.Query(f, 1000, 12, nil), b.Query(f, 1000, 12, nil))
		}
		require.Equal(t, saved(t, a), saved(t, b), "what they hold is the same, too")
		as, bs := a.Stats(), b.Stats()
		as.Bytes, bs.Bytes = 0, 0
		require.Equal(t, as, bs)
	})
}

func TestLoadedIndexOfManyDocuments(t *testing.T) {
	z := newZipfText(3)
	a := NewIndex(IndexOptions{Postings: 100})
	for i := range 3000 {
		a.Add(int32(i), z.fields(i), int64(i))
		if i%5 == 0 {
			a.Remove(int32(i / 2))
		}
	}
	b, err := load(saved(t, a))
	require.NoError(t, err)
	for i := range 300 {
		f := z.fields(i)
		want := a.Query(f, 5000, 10, nil)
		require.NotEmpty(t, want)
		require.Equal(t, want, b.Query(f, 5000, 10, nil))
		a.Add(int32(9000+i), f, 5000)
		b.Add(int32(9000+i), f, 5000)
	}
	require.Equal(t, saved(t, a), saved(t, b))
	require.LessOrEqual(t, b.Stats().Bytes, a.Stats().Bytes)
}

func TestSnapshotHoldsNoText(t *testing.T) {
	x := NewIndex(IndexOptions{})
	x.Add(1, Fields{Title: "zeppelin hangar", Body: "zeppelin", Author: "annabelle", Component: []string{"harbour"}}, 1)
	for _, s := range []string{"zepp", "hangar", "annabelle", "harbour"} {
		require.NotContains(t, string(saved(t, x)), s)
	}
}

func TestDamagedSnapshotIsRefused(t *testing.T) {
	z := newZipfText(4)
	x := NewIndex(IndexOptions{})
	for i := range 60 {
		x.Add(int32(i), z.fields(i), int64(i))
	}
	data := saved(t, x)
	for i := 0; i < len(data); i += 1 + len(data)/2000 {
		_, err := load(data[:i])
		require.ErrorIs(t, err, snap.ErrCorrupt, "cut at %d", i)
		bad := bytes.Clone(data)
		bad[i] ^= 0x55
		_, err = load(bad)
		require.Error(t, err, "changed at %d", i)
	}
	var out bytes.Buffer
	w := snap.NewWriter(&out)
	w.Section(section, sectionVersion+1)
	require.NoError(t, w.Close())
	_, err := load(out.Bytes())
	require.ErrorIs(t, err, snap.ErrVersion)
}

// FuzzLoadIndex reads made-up bytes, whose checksum is not looked at: what is
// accepted must work.
func FuzzLoadIndex(f *testing.F) {
	x := NewIndex(IndexOptions{Postings: 3})
	f.Add(saved(f, x))
	for i := range int32(9) {
		x.Add(i, Fields{Title: fmt.Sprint("gearbox noise ", i), Author: "ann", Component: []string{"ui"}}, int64(i))
	}
	x.Remove(4)
	x.MarkDuplicate(7, 1)
	f.Add(saved(f, x))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := LoadIndex(snap.NewReader(bytes.NewReader(data), int64(len(data))))
		if err != nil {
			return
		}
		x.Query(Fields{Title: "gearbox noise"}, 100, 5, nil)
		for i := range int32(5) {
			x.Add(i, Fields{Title: "gearbox again"}, 50)
			x.Remove(i + 2)
			x.MarkDuplicate(i, i+1)
		}
		x.compact()
		x.Query(Fields{Title: "gearbox noise again"}, 100, 5, nil)
	})
}

// issue is one of 40 to 120 words over a vocabulary that grows with what is
// written: every twentieth word is an identifier of its own or of a few others.
func (z *zipfText) issue(i int) Fields {
	f := Fields{Title: z.words(8), Body: z.words(30 + z.rng.Intn(80)), Component: []string{fmt.Sprint("c", i%40)}, Author: fmt.Sprint("a", i%900)}
	for range 1 + z.rng.Intn(5) {
		f.Body += fmt.Sprintf(" handler%x", z.rng.Intn(4*i+100))
	}
	return f
}

// BenchmarkSnapshot measures an index of 200,000 issues: what it holds in memory,
// the size of its snapshot, and how long it takes to load.
func BenchmarkSnapshot(b *testing.B) {
	if testing.Short() {
		b.Skip("learns for half a minute: run without -short")
	}
	const n = 200_000
	z := newZipfText(5)
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	before := heap()
	x := NewIndex(IndexOptions{})
	for i := range n {
		x.Add(int32(i), z.issue(i), int64(i))
	}
	held := heap() - before
	stats := x.Stats()
	data := saved(b, x)
	runtime.KeepAlive(x)
	b.ResetTimer()
	for range b.N {
		_, err := load(data)
		require.NoError(b, err)
	}
	b.StopTimer()
	b.ReportMetric(held, "MB-held")
	b.ReportMetric(float64(len(data))/1e6, "MB-snapshot")
	b.ReportMetric(float64(stats.Terms), "terms")
	b.ReportMetric(float64(stats.Postings)/n, "postings/issue")
}
