package main

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
)

// BenchmarkFreeze measures how long a question waits while a snapshot of the
// models is made, beside how long that takes: as long as it would wait if the
// world were locked until it is done. ANDON_BENCH_BIG=1 takes 100,000 issues
// for 10,000.
func BenchmarkFreeze(b *testing.B) {
	events := 100_000
	if big() {
		events = 1_000_000
	}
	s := stocked(b, databases[0].url(b), events)
	c, now := benchConfig(s.url), benchClock()
	c.KeepText = 10 * 365 * 24 * time.Hour
	withSlack(b, c, nil)
	svc := serving(b, c, now, newWaits().heard)
	defer svc.stop()
	time.Sleep(3 * time.Second) // what is done once a day is done at a start
	var waited []float64
	var took time.Duration
	for n := 0; b.Loop(); n++ {
		d, _ := s.arrival(b, n, now())
		require.NoError(b, svc.bot.Accept(b.Context(), d))
		require.NoError(b, svc.bot.Follow(b.Context()))
		done := make(chan time.Duration)
		go func() {
			began := time.Now()
			if err := svc.bot.Save(b.Context()); err != nil {
				b.Error(err)
			}
			done <- time.Since(began)
		}()
		for over := false; !over; {
			began := time.Now()
			_, err := svc.bot.Ask(b.Context(), view.Asked{Kind: view.Command, User: "slack/T1/Up001", Channel: "slack/T1/C1", Text: "settings", ID: "q"})
			require.NoError(b, err)
			waited = append(waited, time.Since(began).Seconds()*1000)
			select {
			case took = <-done:
				over = true
			case <-time.After(time.Millisecond):
			}
		}
	}
	b.Logf("made and stored in %v; %d questions meanwhile, p50 %.1f p99 %.1f max %.1f ms", took.Round(time.Millisecond), len(waited), quantile(waited, .5), quantile(waited, .99), slices.Max(waited))
	b.ReportMetric(slices.Max(waited), "max-ms")
	b.ReportMetric(took.Seconds()*1000, "snapshot-ms")
	b.ReportMetric(0, "ns/op")
}
