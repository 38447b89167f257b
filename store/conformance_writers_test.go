package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

const (
	writers   = 8
	manyTotal = 10_000
	manyCases = 200
)

// manyEvents are the events of 200 threads in 10 channels, as they really
// happened: in order within each thread.
func manyEvents(r *rand.Rand) []*signals.Event {
	kinds := []signals.Kind{signals.Said, signals.Said, signals.Assigned, signals.Status, signals.Closed, signals.Reopened, signals.Reacted, signals.TeamMoved}
	var out []*signals.Event
	next := make(map[signals.Key]int)
	for range manyTotal {
		c := r.IntN(manyCases)
		k := thread(fmt.Sprint("C", c%10), c)
		n := next[k]
		next[k]++
		e := event(k, n, kinds[r.IntN(len(kinds))])
		if n == 0 {
			e.Kind = signals.Opened
		}
		e.Text, e.To, e.From = fmt.Sprint("text ", n), fmt.Sprint("v", r.IntN(5)), "before"
		out = append(out, e)
	}
	return out
}

// share deals deliveries to writers, out of order, and some of them twice.
func share(r *rand.Rand, events []*signals.Event) [writers][]signals.Delivery {
	events = slices.Clone(events)
	r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	var out [writers][]signals.Delivery
	for n := 0; len(events) > 0; n++ {
		take := min(len(events), 1+r.IntN(20))
		d := delivery(fmt.Sprint("d", n), events[:take:take]...)
		events = events[take:]
		w := r.IntN(writers)
		out[w] = append(out[w], d)
		if n%10 == 0 {
			w = r.IntN(writers)
			out[w] = append(out[w], d)
		}
	}
	return out
}

// read follows the journal until it has seen so many events.
func read(ctx context.Context, db *store.DB, n int) (out []signals.Entry, err error) {
	after := int64(0)
	for len(out) < n && ctx.Err() == nil {
		page, err := db.Follow(ctx, after, 97)
		if err != nil {
			return out, err
		}
		for _, e := range page {
			if e.Pos <= after {
				return out, fmt.Errorf("place %d comes after %d", e.Pos, after)
			}
			after = e.Pos
		}
		out = append(out, page...)
	}
	return out, ctx.Err()
}

// Eight writers bring 10,000 events, some of them twice, while a reader
// follows: it sees each of them once, in order, and every case is what a serial
// run makes of it.
func TestWritersAndReader(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(1, 2))
		events := manyEvents(r)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		errs := make([]error, writers)
		counts := make([]store.Appended, writers)
		for w, ds := range share(r, events) {
			wg.Go(func() {
				for _, d := range ds {
					out, err := db.Append(ctx, d)
					errs[w] = errors.Join(errs[w], err)
					counts[w].New += out.New
					counts[w].Repeated += out.Repeated
				}
			})
		}
		seen, err := read(ctx, db, len(events))
		require.NoError(t, err)
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
		fresh, repeated := 0, 0
		for _, c := range counts {
			fresh, repeated = fresh+c.New, repeated+c.Repeated
		}
		require.Equal(t, len(events), fresh)
		require.Positive(t, repeated)
		require.Equal(t, seen, follow(t, db, 0), "what was followed is what stands there, in the same order")
		sameAsSerial(t, db, events, seen)
	})
}

func sameAsSerial(t *testing.T, db *store.DB, events []*signals.Event, seen []signals.Entry) {
	serial := make(map[signals.Key][]*signals.Event)
	for _, e := range events {
		serial[e.Case] = append(serial[e.Case], e)
	}
	require.Len(t, serial, manyCases)
	last := make(map[signals.Key]int64)
	posts := make(map[string]int)
	for _, e := range seen {
		last[e.Case] = e.Pos
		if e.Kind == signals.Said {
			posts[e.Case.Channel()]++
		}
	}
	var keys []signals.Key
	for k := range serial {
		keys = append(keys, k)
	}
	by, err := db.CaseEvents(t.Context(), 0, keys...)
	require.NoError(t, err)
	for k, want := range serial {
		var got []*signals.Event
		for _, e := range by[k] {
			got = append(got, e.Event)
		}
		require.Equal(t, signals.Fold(want), signals.Fold(got), "%s", k)
		require.Equal(t, last[k], standing(t, db, k).Last)
	}
	for channel, n := range posts {
		_, _, count, err := db.RoomCases(t.Context(), channel, 0, 1)
		require.NoError(t, err)
		require.Equal(t, n, count)
	}
	require.Equal(t, manyCases, queued(t, db))
	require.Len(t, looks(t, db), manyCases, "one look for each")
}

// Appends to rooms in which cases wait, looks that touch each other's cases and
// counters, and wakes: nobody waits in a circle, and no counter loses an update.
func TestLockOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		var notes strings.Builder
		o := options()
		o.Log = slog.New(slog.NewTextHandler(&notes, &slog.HandlerOptions{Level: slog.LevelDebug}))
		db, err := store.Open(t.Context(), url, o)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		for i := range 6 {
			appendAll(t, db, delivery(fmt.Sprint(i), said(thread("C1", i), 0, "ask"), said(thread("C2", i), 0, "ask")))
		}
		const rounds = 40
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for w := range errs {
			r := rand.New(rand.NewPCG(uint64(w), 7))
			wg.Go(func() {
				for i := range rounds {
					var err error
					switch w {
					case 0, 1:
						a, b := thread("C1", r.IntN(6)), thread("C2", r.IntN(6))
						_, err = db.Append(ctx, delivery(fmt.Sprint("w", w, i), said(a, 1+w*rounds+i, "x"), said(b, 1+w*rounds+i, "x")))
					case 2:
						_, err = db.Wake(ctx, monday.Add(time.Hour), 3)
					default:
						err = cross(ctx, db, r)
					}
					errs[w] = errors.Join(errs[w], err)
				}
			})
		}
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
		n, version, err := db.Spent(ctx, "C1|day")
		require.NoError(t, err)
		require.Equal(t, 3*rounds, n, "one for each look")
		require.EqualValues(t, 3*rounds, version)
		require.NoError(t, db.Close())
		require.NotContains(t, notes.String(), "lost a race", "the order of locks leaves no race to the database")
	})
}

// cross commits a look that touches two cases and three counters, and decides
// anew for as long as it is stale.
func cross(ctx context.Context, db *store.DB, r *rand.Rand) error {
	a, b := thread(fmt.Sprint("C", 1+r.IntN(2)), r.IntN(6)), thread(fmt.Sprint("C", 1+r.IntN(2)), r.IntN(6))
	who := fmt.Sprint("person", r.IntN(3))
	for ctx.Err() == nil {
		records, err := db.Records(ctx, a, b)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			records = append(records, record(b, "o"))
		}
		n, version, err := db.Spent(ctx, "C1|day")
		if err != nil {
			return err
		}
		err = db.Commit(ctx, signals.Outcome{
			Case: a, Look: monday.Add(time.Minute), Posts: 1 + r.IntN(100), Wakes: []signals.Wake{{Case: b, At: monday}}, Records: records,
			Told: map[string][]signals.Told{who: {{ID: "m", At: monday}}}, Spent: map[string]int{"C1|day": n + 1}, Rests: map[string]int64{"C1|day": version},
		})
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
	return ctx.Err()
}
