package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
)

// BenchmarkLocked measures how long a question waits while something reads much
// from a database of 50,000 events: what an epic took (cost), and whether leads
// are to be told that their teams have too much on their hands (load), where
// everybody has forty messages. ANDON_BENCH_BIG=1 takes 200,000 events.
func BenchmarkLocked(b *testing.B) {
	events := 50_000
	if big() {
		events = 200_000
	}
	ended := events/2750 - 5 // of the blocks of 275 issues the last ones have open issues
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			site := newBenchSite(11)
			site.epics = true
			s := stockedBy(b, d.url(b), events, site)
			c, now := benchConfig(s.url), benchClock()
			c.KeepText = 10 * 365 * 24 * time.Hour
			withSlack(b, c, nil)
			svc := serving(b, c, now, newWaits().heard)
			defer svc.stop()
			s.told(b, svc)
			time.Sleep(3 * time.Second) // what is done once a day is done at a start
			var cost, load locked
			for n := 0; b.Loop(); n++ {
				for i := range 10 {
					label := fmt.Sprintf("P%02d-%d", i, 275*((n*10+i)%ended)+i)
					cost.beside(b, svc, func() error {
						reply, err := svc.bot.Ask(b.Context(), view.Asked{Kind: view.Command, User: "slack/T1/Up001", Channel: "slack/T1/C1", Text: "cost " + label, ID: "c"})
						if err == nil && !strings.Contains(fmt.Sprint(reply.Card.Facts), "the median is") {
							err = fmt.Errorf("%s is compared with nothing: %v", label, reply.Card)
						}
						return err
					})
				}
				load.beside(b, svc, func() error { return svc.bot.LoadDue(b.Context()) })
			}
			cost.report(b, "cost")
			load.report(b, "load")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// told gives everybody messages whose nudges nothing came of yet.
func (s *stock) told(b testing.TB, svc *benchService) {
	var keys []signals.Key
	for _, life := range s.open {
		keys = append(keys, life[0].Case)
	}
	o := signals.Outcome{Case: keys[0], Told: make(map[string][]signals.Told)}
	for p := range benchPeople {
		who := fmt.Sprintf("p%03d", p)
		for m := range 40 {
			at := benchDay.Add(-time.Duration(m) * 2 * time.Hour)
			o.Told[who] = append(o.Told[who], signals.Told{ID: fmt.Sprint("m", p, "-", m), At: at, Nudges: 1, Cases: []signals.Key{keys[(p+m)%len(keys)]}})
		}
	}
	require.NoError(b, port{svc.db}.Commit(b.Context(), o))
}

// locked are how long something took, and how long questions waited beside it.
type locked struct{ took, waited []float64 }

func (l *locked) beside(b testing.TB, svc *benchService, do func() error) {
	done := make(chan float64)
	go func() {
		began := time.Now()
		if err := do(); err != nil {
			b.Error(err)
		}
		done <- time.Since(began).Seconds() * 1000
	}()
	for {
		began := time.Now()
		_, err := svc.bot.Ask(b.Context(), view.Asked{Kind: view.Command, User: "slack/T1/Up002", Channel: "slack/T1/C1", Text: "settings", ID: "q"})
		require.NoError(b, err)
		l.waited = append(l.waited, time.Since(began).Seconds()*1000)
		select {
		case took := <-done:
			l.took = append(l.took, took)
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func (l *locked) report(b *testing.B, name string) {
	b.Logf("%s: p50 %.1f max %.1f ms; %d questions beside it, p50 %.1f p99 %.1f max %.1f ms", name, quantile(l.took, .5), slices.Max(l.took),
		len(l.waited), quantile(l.waited, .5), quantile(l.waited, .99), slices.Max(l.waited))
	b.ReportMetric(quantile(l.took, .5), name+"-ms")
	b.ReportMetric(slices.Max(l.waited), name+"-waited-ms")
}
