package main

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
	"andon/store"
	"andon/store/storetest"
)

// replica is another process on the same database: it has connections and a loop
// of its own, on the same clock. What it says is remembered with the rest.
func (f *floor) replica() *floor {
	f.t.Helper()
	db, err := store.Open(f.t.Context(), f.url, store.Options{Now: f.clock.now, Log: slog.New(slog.DiscardHandler)})
	require.NoError(f.t, err)
	f.t.Cleanup(func() { require.NoError(f.t, db.Close()) })
	s, g := *f.stepper, *f
	s.db, s.conf.Store, s.conf.Sources = db, port{db}, map[string]bot.Source{}
	g.stepper = &s
	g.start()
	return &g
}

// both lets two replicas do something at once. What they leave is done by the
// first.
func both(f, other *floor, do func(x *floor) error) {
	f.t.Helper()
	failed, begin := make([]error, 2), make(chan struct{})
	var wg sync.WaitGroup
	for i, x := range []*floor{f, other} {
		wg.Go(func() {
			<-begin
			failed[i] = do(x)
		})
	}
	close(begin)
	wg.Wait()
	require.Equal(f.t, []error{nil, nil}, failed)
	f.drain()
}

// issueKey is the issue of a numeric id.
func issueKey(id string) signals.Key {
	return signals.Key{Source: signals.Jira, Site: "jira", ID: id}
}

// heard counts the messages in a channel.
func (f *floor) heard(channel string) (n int) {
	for _, m := range f.fake.Messages() {
		if m.Channel == channel && !m.Deleted {
			n++
		}
	}
	return n
}

// looksAt lets a replica look at a case, whoever else does.
func looksAt(k signals.Key) func(*floor) error {
	return func(x *floor) error { return x.bot.Look(x.t.Context(), k) }
}

// does lets a replica do a piece of periodic work, whoever else does.
func does(task func(*bot.Bot, context.Context) error) func(*floor) error {
	return func(x *floor) error { return task(x.bot, x.t.Context()) }
}

// works lets a replica do what is due now.
func works(x *floor) error {
	if _, err := x.db.Wake(x.t.Context(), x.clock.now(), 1000); err != nil {
		return err
	}
	_, err := x.db.Drain(x.t.Context(), x.h)
	return err
}

// bothUntil lets time pass up to t, while two replicas do something at once whenever
// anything comes due.
func bothUntil(f, other *floor, t time.Time, do func(*floor) error) {
	f.t.Helper()
	both(f, other, do)
	for {
		next, err := f.db.NextLook(f.t.Context())
		require.NoError(f.t, err)
		if next.IsZero() || next.After(t) {
			break
		}
		if next.After(f.clock.now()) {
			f.clock.set(next)
		}
		both(f, other, do)
		both(f, other, works)
	}
	f.clock.set(t)
}

// TestTwoReplicasSayEachThingOnce: two processes on one database ask Jira at once,
// judge at once what comes due, and are clicked at once. Bea is told once, asked
// once whether she is still on it, and told once that it is not solved; Ann is asked
// once whether it is.
func TestTwoReplicasSayEachThingOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newTracked(t, url, nil)
		other := f.replica()
		other.watch(f.site, seenAs)
		happens := func(at time.Time, lines string) {
			f.tells(lines)
			bothUntil(f.floor, other, at, works)
			both(f.floor, other, func(x *floor) error { return x.bot.PollOnce(x.t.Context(), "jira/jira") })
		}
		happens(tuesday.Add(time.Hour), wanders("PAY-7", "Invoices arrive twice", tuesday.Add(30*time.Minute)))
		k := issueKey(f.of("PAY-7"))
		told := f.record(k.ID).Nudges
		require.Len(t, told, 1)
		require.Equal(t, signals.Sent, told[0].State, told[0].Why)
		f.press("slack/T1/U1", "claim", told[0].Message)

		f.clock.set(tuesday.AddDate(0, 0, 7))
		both(f.floor, other, looksAt(k))
		told = f.record(k.ID).Nudges
		require.Len(t, told, 2)
		require.True(t, decide.StillOnIt(told[1]))
		f.press("slack/T1/U1", "claim", told[1].Message)

		happens(tuesday.AddDate(0, 0, 7).Add(time.Hour), "2026-03-10 10:30 PAY-7 closed bea Done\n")
		both(f.floor, other, looksAt(k))
		ask := f.onlyAsk("slack/T1/U3")
		require.Len(t, f.record(k.ID).Asks, 1)
		both(f.floor, other, func(x *floor) error {
			_, err := x.bot.Ask(x.t.Context(), view.Asked{ID: "denied", Kind: view.Pressed, User: "slack/T1/U3", Action: "denied", Value: ask})
			return err
		})
		both(f.floor, other, looksAt(k))
		told = f.record(k.ID).Nudges
		require.Len(t, told, 3)
		require.True(t, decide.BringsBack(told[2]))
		require.Equal(t, signals.Sent, told[2].State, told[2].Why)
		require.Equal(t, []int{3, 1, 1}, []int{f.heard("D1"), f.heard("D3"), f.heard("C0ADMIN")}, "the admins are told once that nobody listened for a week")
	})
}
