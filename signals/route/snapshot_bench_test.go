package route_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
)

// learnTracker lets a model learn a tracker of n issues: 60 teams, 900 people, 120
// components, five fields of its own, titles of six words over a vocabulary of
// 20,000, two comments each. One issue in eight stays open.
func learnTracker(m *route.Model, n int) {
	w := &world{m: m, now: start}
	random := rand.New(rand.NewPCG(5, 6))
	zipf := rand.NewZipf(random, 1.1, 10, 20_000)
	pick := func(prefix string, of, area int) string {
		return fmt.Sprint(prefix, (area*7+int(random.ExpFloat64()*3))%of)
	}
	for range n {
		area, title := random.IntN(120), ""
		for range 6 {
			title += fmt.Sprintf("word%d ", zipf.Uint64())
		}
		c := w.open(pick("jira/acme/user", 900, random.IntN(900)), title,
			set(signals.FieldComponent, fmt.Sprint("part", area)), set(signals.FieldTeam, pick("team", 60, area)), set(signals.FieldPriority, pick("p", 5, 0)), set(signals.FieldType, pick("t", 4, 0)),
			set("Region", pick("r", 12, area)), set("Symptom", pick("s", 500, area)), set("Customer", pick("c", 5000, area)), set("Version", pick("v", 90, area)), set("Device", pick("d", 300, area)))
		for range random.IntN(3) {
			w.team(c, pick("team", 60, area))
			w.assign(c, pick("jira/acme/user", 900, area))
		}
		for range 2 {
			w.apply(c, &signals.Event{Case: c.Key, Kind: signals.Said, Actor: pick("jira/acme/user", 900, area), Text: "looking"})
		}
		if random.IntN(8) > 0 {
			w.close(c)
		}
		w.cases[len(w.cases)-1] = nil // only the model is measured
	}
}

// BenchmarkSnapshot measures a model of 200,000 issues: what it holds in memory,
// the size of its snapshot, and how long it takes to load.
func BenchmarkSnapshot(b *testing.B) {
	if testing.Short() {
		b.Skip("learns for half a minute: run without -short")
	}
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	before, m := heap(), route.New(route.Options{})
	learnTracker(m, 200_000)
	held := heap() - before
	data := saved(b, m)
	b.ResetTimer()
	for range b.N {
		_, err := load(data)
		require.NoError(b, err)
	}
	b.StopTimer()
	b.ReportMetric(held, "MB-held")
	b.ReportMetric(float64(len(data))/1e6, "MB-snapshot")
	runtime.KeepAlive(m)
}
