package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// databases are the addresses of empty ones, by kind.
var databases = []struct {
	name string
	url  func(testing.TB) string
}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}}

// deskClock is a store that tells of each outcome that was stored.
type deskClock struct {
	port
	stored func(o *signals.Outcome)
}

// Commit implements bot.Desk.
func (d deskClock) Commit(ctx context.Context, o signals.Outcome) error {
	err := d.port.Commit(ctx, o)
	if err == nil {
		d.stored(&o)
	}
	return err
}

// troubles logs what goes wrong; that a message waits for a rate does not.
func troubles() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// acceptance is a service that takes in new issues, and the bare database that
// is given the same rows.
type acceptance struct {
	b    *testing.B
	db   *store.DB
	bot  *bot.Bot
	site *benchSite
	bare *bareWriter
	at   time.Time

	mu    sync.Mutex
	looks []signals.Key // in the order in which they were stored
	want  int
	done  chan struct{}
}

// BenchmarkAccept measures the events per second that go through ingest,
// journal and looks, from the first delivery to the last stored look, against
// bare inserts of the same rows into a database of the same schema with as many
// transactions of the same rows, in the same run. The ratio is the service's
// rate over the bare one. A round is 10 polls of 50 issues with 10 events each.
func BenchmarkAccept(b *testing.B) {
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) { benchAccept(b, d.url(b), d.url(b)) })
	}
}

func benchAccept(b *testing.B, url, bareURL string) {
	a := &acceptance{b: b, site: newBenchSite(1), at: benchDay.Add(-2 * time.Hour)}
	var err error
	a.db, err = store.Open(b.Context(), url, store.Options{Now: func() time.Time { return benchDay }, Log: troubles(), Migrate: true})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, a.db.Close()) })
	c := benchConfig(url)
	a.bot, err = bot.New(bot.Config{Store: deskClock{port{a.db}, a.stored}, Policy: c.Policy, Now: func() time.Time { return benchDay }, Log: troubles()})
	require.NoError(b, err)
	require.NoError(b, a.bot.Start(b.Context()))
	a.bare = openBare(b, url, bareURL)

	ctx, cancel := context.WithCancel(b.Context())
	worked := make(chan error, 1)
	go func() { worked <- a.db.Work(ctx, store.Handlers{Look: a.bot.Look}) }()
	defer func() {
		cancel()
		require.NoError(b, <-worked)
	}()
	a.round(1) // the first one warms up
	a.bare.take(nil, a.looks)
	var ours, bare time.Duration
	events := 0
	for b.Loop() {
		took, groups := a.round(10)
		ours += took
		bare += a.bare.take(groups, a.looks)
		for _, g := range groups {
			for _, d := range g {
				events += len(d.Events)
			}
		}
	}
	b.ReportMetric(float64(events)/ours.Seconds(), "events/s")
	b.ReportMetric(float64(events)/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(float64(a.bare.rows)/float64(events), "rows/event")
	b.ReportMetric(0, "ns/op")
}

// stored notes a look, and that it was the last one.
func (a *acceptance) stored(o *signals.Outcome) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.looks = append(a.looks, o.Case)
	if len(a.looks) == a.want {
		close(a.done)
	}
}

// round delivers so many polls and waits until every issue was looked at.
func (a *acceptance) round(polls int) (took time.Duration, groups [][]signals.Delivery) {
	const issues = 50
	for range polls {
		var ds []signals.Delivery
		for range issues {
			life := a.site.issue(a.at, 9, 3*time.Minute, true)
			if a.site.r.IntN(2) == 0 {
				life = append(life, comesBack(life, a.at.Add(30*time.Minute)))
			}
			ds = append(ds, delivered(a.b, life))
		}
		groups = append(groups, ds)
	}
	a.mu.Lock()
	a.looks, a.want, a.done = nil, polls*issues, make(chan struct{})
	a.mu.Unlock()
	began := time.Now()
	for _, ds := range groups {
		require.NoError(a.b, a.bot.Accept(a.b.Context(), ds...))
	}
	<-a.done
	return time.Since(began), groups
}
