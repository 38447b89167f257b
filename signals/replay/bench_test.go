package replay

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/risk"
	"andon/signals/route"
)

// tracker invents the history of a busy tracker: one issue for every five
// events, each with a title, a description of some 100 words drawn as natural
// language is (few words often, many seldom), and a path over teams.
func tracker(events int) []*signals.Event {
	rnd := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rnd, 1.15, 8, 40_000)
	words := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			w := zipf.Uint64()
			b.WriteByte("bcdfglmnprst"[w%12])
			b.WriteByte("aeiou"[w/12%5])
			fmt.Fprintf(&b, "%c%c%x", "bcdfglmnprst"[w/60%12], "aeiou"[w/720%5], w)
		}
		return strings.Clone(b.String()) // without the builder's slack, as a reader makes it
	}
	names := func(prefix string, n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprint(prefix, i)
		}
		return out
	}
	squads, people, parts := names("Team ", 60), names("jira/s/p", 900), names("part-", 120)
	out := make([]*signals.Event, 0, events)
	for i := range events / 5 {
		k := signals.Key{Source: signals.Jira, Site: "s", ID: fmt.Sprint(i)}
		at := begin.Add(time.Duration(i) * 90 * time.Second)
		area := rnd.IntN(len(parts))
		pick := func(list []string) string { return list[(area*7+int(rnd.ExpFloat64()*3))%len(list)] }
		out = append(out, &signals.Event{ID: k.String() + "/created", Case: k, Kind: signals.Opened, Actor: people[rnd.IntN(len(people))], At: at, Text: words(8), Audience: signals.Public, Set: []signals.Value{
			{Field: signals.FieldLabel, To: "BIG-" + k.ID}, {Field: signals.FieldBody, To: words(100)}, {Field: signals.FieldComponent, To: parts[area]},
			{Field: signals.FieldTeam, To: pick(squads)}, {Field: signals.FieldHolder, To: pick(people)}, {Field: signals.FieldPriority, To: "Medium"}, {Field: signals.FieldStatus, To: "Open"},
		}})
		for j := 1; j < 5; j++ {
			at = at.Add(time.Duration(rnd.IntN(2000)) * time.Minute)
			e := &signals.Event{ID: fmt.Sprintf("%s/%d.0", k, j), Case: k, Seq: signals.Seq{Entry: int64(j)}, Actor: pick(people), At: at, Audience: signals.Public}
			switch {
			case j == 4:
				e.Kind, e.To = signals.Closed, "Fixed"
			case rnd.IntN(3) == 0:
				e.Kind, e.To = signals.TeamMoved, pick(squads)
			case rnd.IntN(2) == 0:
				e.Kind, e.To = signals.Assigned, pick(people)
			default:
				e.Kind, e.From, e.To = signals.Status, "Open", "In Progress"
			}
			out = append(out, e)
		}
	}
	return out
}

// BenchmarkEvents measures a replay of an invented tracker per event, and what
// it holds in memory at the end, the events themselves included.
func BenchmarkEvents(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		for _, mode := range []struct {
			name string
			o    Options
		}{
			{"paths", Options{Signals: true, Detectors: []string{"long_path", "ping_pong", "climb", "stall", "orphan", "downgraded"}}},
			{"everything", Options{Nudges: true, Risk: true, Routes: true, Matches: true}},
		} {
			b.Run(fmt.Sprintf("%s/%d", mode.name, n), func(b *testing.B) {
				if n == 1_000_000 && testing.Short() {
					b.Skip("a million events take a while: run without -short")
				}
				var held uint64
				for b.Loop() {
					b.StopTimer()
					in := &Input{}
					require.NoError(b, in.Play.Add(tracker(n)))
					o := mode.o
					o.Policy, o.Lexicon = live(), lexicon
					b.StartTimer()
					res, err := Run(in, o, silence{})
					require.NoError(b, err)
					b.StopTimer()
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					held = m.HeapAlloc
					runtime.KeepAlive(res)
					b.StartTimer()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n)/1000, "us/event")
				b.ReportMetric(float64(held)/1e6, "MB-held")
			})
		}
	}
}

// silence is a sink that keeps nothing.
type silence struct{}

func (silence) Signal(*signals.Case, *signals.Signal) error                         { return nil }
func (silence) Risk(*signals.Case, time.Time, risk.Prediction) error                { return nil }
func (silence) Route(*signals.Case, time.Time, route.Kind, []route.Candidate) error { return nil }
func (silence) Match(*signals.Case, time.Time, []Match) error                       { return nil }

// BenchmarkScoring asks everything about one case after an event: the early
// warning, who can solve it, who is next, and what was like it. ns/op is the
// mean of one event; p50-us and p99-us are of single events, the others medians
// of the parts. What is alike is looked up when a case is new, which first-us is,
// and remembered for its further events. The B/case are what each model holds in
// memory for each issue that was learnt.
func BenchmarkScoring(b *testing.B) {
	for _, issues := range []int{10_000, 200_000} {
		b.Run(fmt.Sprint(issues), func(b *testing.B) {
			if issues > 10_000 && testing.Short() {
				b.Skip("a million events take a while: run without -short")
			}
			events := tracker(5 * issues)
			w, early := learnt(b, events)
			open := begun(w, events[len(events)-5000:])
			now := events[len(events)-1].At
			early.Predict(open[0]) // trains, when that is due
			first := make(times, len(open))
			for i, c := range open {
				t := time.Now()
				w.Memory.Alike(c, 10)
				first[i] = time.Since(t)
			}
			var all, warned, routed, found times
			cands := make([]route.Candidate, 0, 10)
			for i := 0; b.Loop(); i++ {
				c := open[i%len(open)]
				t0 := time.Now()
				early.Predict(c)
				t1 := time.Now()
				for _, k := range route.Kinds {
					cands = w.Memory.Routes.Suggest(c, now, k, 10, cands[:0])
				}
				t2 := time.Now()
				w.Memory.Alike(c, 10)
				t3 := time.Now()
				all, warned, routed, found = append(all, t3.Sub(t0)), append(warned, t1.Sub(t0)), append(routed, t2.Sub(t1)), append(found, t3.Sub(t2))
			}
			b.StopTimer()
			b.ReportMetric(all.micros(.5), "p50-us")
			b.ReportMetric(all.micros(.99), "p99-us")
			b.ReportMetric(warned.micros(.5), "risk-us")
			b.ReportMetric(routed.micros(.5), "route-us")
			b.ReportMetric(found.micros(.5), "similar-us")
			b.ReportMetric(first.micros(.5), "first-us")
			early = nil
			b.ReportMetric(freed(func() { w.Memory.Risk = nil })/float64(issues), "risk-B/case")
			b.ReportMetric(freed(func() { w.Memory.Routes = nil })/float64(issues), "route-B/case")
			b.ReportMetric(freed(func() { w.Memory.Index = nil })/float64(issues), "similar-B/case")
			runtime.KeepAlive(w)
		})
	}
}

// begun are the cases that began among some events.
func begun(w *decide.World, events []*signals.Event) (out []*signals.Case) {
	for _, e := range events {
		if c := w.Cases[e.Case]; e.Kind == signals.Opened && c != nil {
			out = append(out, c)
		}
	}
	return out
}

// freed is how many bytes of memory are given back when something is dropped.
func freed(drop func()) float64 {
	held := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what pools hold is dropped by the second
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	before := held()
	drop()
	return before - held()
}

// times are how long single questions took.
type times []time.Duration

// micros is a quantile in microseconds.
func (t times) micros(q float64) float64 {
	slices.Sort(t)
	return float64(t[int(q*float64(len(t)-1))].Nanoseconds()) / 1000
}

// learnt is a world whose models have seen all events.
func learnt(b *testing.B, events []*signals.Event) (*decide.World, *risk.Model) {
	o := Options{Policy: live(), Lexicon: lexicon, Detectors: []string{}, Risk: true, Routes: true, Matches: true}
	r := newRun(&Input{}, o, silence{})
	in := &Input{}
	require.NoError(b, in.Learn.Add(events))
	require.NoError(b, r.learn(in))
	return r.w, r.w.Memory.Risk
}
