package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// long makes events as an issue tracker has them: 20 to a case, one in four a
// comment.
func long(n int) []signals.Delivery {
	var out []signals.Delivery
	for i := 0; i < n; i += 20 {
		d := delivery(fmt.Sprintf("issue %d", i))
		k := issue(i)
		for j := range min(20, n-i) {
			e := event(k, j, []signals.Kind{signals.Said, signals.Status, signals.Assigned, signals.TeamMoved}[j%4])
			e.At = e.At.Add(time.Duration(i) * time.Second)
			switch j % 4 {
			case 0:
				e.Text = "It happens again since the deployment of last night, and the retry does not help: please look at the connection pool of the gateway."
			default:
				e.Field, e.From, e.To = "field", "before", "after"
			}
			d.Events = append(d.Events, e)
		}
		out = append(out, d)
	}
	return out
}

// BenchmarkFollow reads 200,000 events by place, as a start does.
func BenchmarkFollow(b *testing.B) {
	const events = 200_000
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := open(b, url(b))
			ds := long(events)
			for i := range ds {
				ds[i].Learn = true
			}
			for len(ds) > 0 {
				n := min(len(ds), 500)
				appendAll(b, db, ds[:n]...)
				ds = ds[n:]
			}
			for b.Loop() {
				after, seen := int64(0), 0
				for {
					page, err := db.Follow(context.Background(), after, 10_000)
					require.NoError(b, err)
					if len(page) == 0 {
						break
					}
					after, seen = page[len(page)-1].Pos, seen+len(page)
				}
				require.Equal(b, events, seen)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/events, "us/event")
		})
	}
}

// BenchmarkAppend measures events per second through Append, with one event to
// a delivery and 20 events to a case, against bare inserts of the same
// envelopes and events, in the same run, with as many in one transaction. The
// ratio is Append's rate over the bare one.
func BenchmarkAppend(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, n := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				db := open(b, url(b))
				ctx := context.Background()
				var ours, bare time.Duration
				for i := 0; b.Loop(); i++ {
					ds, rows := twins(i*n, n)
					start := time.Now()
					appendAll(b, db, ds...)
					ours += time.Since(start)
					start = time.Now()
					require.NoError(b, store.RawInsert(ctx, db, rows...))
					bare += time.Since(start)
				}
				events := float64(b.N * n)
				b.ReportMetric(events/ours.Seconds(), "events/s")
				b.ReportMetric(events/bare.Seconds(), "bare/s")
				b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// twins are deliveries with one event each, and rows alike under other ids.
func twins(from, n int) (ds []signals.Delivery, rows []store.RawSet) {
	envelopes := store.RawSet{Into: "envelopes (source, ext_id, received, body)"}
	events := store.RawSet{Into: "events (id, case_id, envelope, room, learn, kind, actor, at, entry, item, field, before, after, text, ref, fields, audience)"}
	for i := from; i < from+n; i++ {
		e := said(issue(i/20), i, "It happens again since the deployment of last night, and the retry does not help: please look at the connection pool.")
		ds = append(ds, delivery(e.ID, e))
		id, at := "bare "+e.ID, e.At.UnixMicro()
		envelopes.Rows = append(envelopes.Rows, []any{"bare", id, at, ds[len(ds)-1].Envelope.Body})
		events.Rows = append(events.Rows, []any{id, i / 20, i, 0, 0, "said", e.Actor, at, i, 0, nil, nil, nil, e.Text, nil, nil, "public"})
	}
	return ds, []store.RawSet{envelopes, events}
}
