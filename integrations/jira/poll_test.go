package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestPollFirstContactAndIdle(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		for n := 1; n <= 130; n++ {
			w.add(fmt.Sprint(n))
			w.advance(20 * time.Second)
		}
		w.advance(time.Minute)
		p := &poller{t: t, c: w.client(nil)}
		w.took()
		ids := p.poll()
		require.Len(t, ids, 130)
		for i, id := range ids {
			require.Equal(t, fmt.Sprint(i+1), id, "in the order of the updates")
		}
		require.Len(t, w.took(), 2+3, "two pages of ids, three of fifty whole issues")
		for _, d := range p.got {
			require.Equal(t, "jira/main", d.Envelope.Source)
			require.Equal(t, signals.Opened, d.Events[0].Kind)
			require.True(t, d.Learn, "what the first reading finds is history")
		}

		w.advance(time.Minute)
		require.Empty(t, p.poll())
		require.Len(t, w.took(), 1, "an idle look is one request")

		w.change("7", 1)
		w.advance(time.Minute)
		require.Equal(t, []string{"7"}, p.poll())
		require.Len(t, w.took(), 2)
		require.Empty(t, p.poll(), "unchanged within the overlap: not fetched again")
		require.Len(t, w.took(), 1)
	})
}

func TestPollQuery(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(func(s *Site) { s.Watch = []string{"project = PAY"} })}
	p.poll()
	w.took()
	p.poll()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Equal(t, []string{fmt.Sprintf("(project = PAY) AND updated >= %d ORDER BY updated ASC, key ASC", wireStart.Add(-15*time.Minute).UnixMilli())}, w.queries,
		"milliseconds without quotes, no upper bound")
}

// An issue that the index shows late is behind the newest update that was seen.
func TestPollLateIndexing(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		late := w.add("1")
		late.indexed = wireStart.Add(5 * time.Minute)
		w.advance(time.Minute)
		w.add("2")
		w.advance(time.Minute)
		p := &poller{t: t, c: w.client(nil)}
		require.Equal(t, []string{"2"}, p.poll())
		w.advance(10 * time.Minute)
		require.Equal(t, []string{"1"}, p.poll())
		require.Empty(t, p.poll())
	})
}

// A change within the second, or the minute, that was already shown has the same
// time of update. It is found all the same.
func TestPollCoarseTimes(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Duration // of the second change
		step time.Duration // how the server rounds
	}{
		{"seconds", 600 * time.Millisecond, time.Second},
		{"minutes", 40 * time.Second, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, true)
			w.advance((90*time.Minute + 13*time.Second).Truncate(c.step))
			w.add("1")
			w.change("1", 1)
			p := &poller{t: t, c: w.client(nil)}
			require.Equal(t, []string{"1"}, p.poll())
			w.advance(c.at)
			w.change("1", 1)
			w.issues["1"].updated = w.now.Truncate(c.step)
			require.Equal(t, []string{"1"}, p.poll())
			require.Equal(t, "s2", lastTo(p.got[len(p.got)-1]))
			w.advance(2 * c.step)
			p.poll()
			w.advance(2 * c.step)
			require.Empty(t, p.poll(), "now it cannot change any more within that time")
		})
	}
}

func lastTo(d signals.Delivery) string {
	to := ""
	for _, e := range d.Events {
		if e.Kind == signals.Status {
			to = e.To
		}
	}
	return to
}

// Issues that change while pages are read move to the end and shift the others.
func TestPollWhileIssuesMove(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		w.pageMax = 10
		for n := 1; n <= 60; n++ {
			w.add(fmt.Sprint(n))
			w.advance(time.Minute)
		}
		w.advance(24 * time.Hour)
		next := 1
		w.listed = func() {
			if next <= 25 {
				w.change(fmt.Sprint(next), 1)
				w.advance(time.Second)
				next++
			}
		}
		p := &poller{t: t, c: w.client(nil)}
		seen := map[string]bool{}
		for _, id := range p.poll() {
			seen[id] = true
		}
		require.Len(t, seen, 60, "none was pushed over the edge of a page")
	})
}

// The index is behind: it orders an issue by its old update, and shows its new
// one. Neither the next page nor a stored cursor jumps to that time.
func TestPollIndexBehind(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		w.pageMax = 10
		for n := 1; n <= 60; n++ {
			w.add(fmt.Sprint(n))
			w.advance(time.Hour)
		}
		for _, id := range []string{"3", "10", "19", "20", "60"} {
			w.issues[id].placed = w.issues[id].updated
			w.change(id, 1)
		}
		p := &poller{t: t, c: w.client(nil)}
		seen := map[string]bool{}
		for stop := 7; len(seen) < 60 && stop < 100; stop += 7 {
			n := 0
			var stored string
			_, err := p.c.Poll(context.Background(), p.cursor, func(_ context.Context, d signals.Delivery, cursor string) error {
				if n++; n > 7 {
					return context.Canceled
				}
				seen[strings.Split(d.Envelope.ID, "@")[0]] = true
				stored = cursor
				return nil
			})
			require.True(t, err == nil || errors.Is(err, context.Canceled))
			p.cursor = stored
			if err == nil {
				break
			}
		}
		require.GreaterOrEqual(t, len(seen), 59, "what follows the changed ones in the list")
		for _, i := range w.issues {
			i.placed = time.Time{}
		}
		for _, id := range p.poll() {
			seen[id] = true
		}
		require.Len(t, seen, 60, "and what the list did not repeat comes when the index has it")
	})
}

// All issues of several pages bear one time: pages are turned.
func TestPollBulkChange(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		w.pageMax = 10
		for n := 1; n <= 35; n++ {
			w.add(fmt.Sprint(n))
		}
		w.advance(2 * time.Minute)
		p := &poller{t: t, c: w.client(nil)}
		require.Len(t, p.poll(), 35)
		require.Empty(t, p.poll())
	})
}

func TestPollResumesAfterEmitFails(t *testing.T) {
	w := newWire(t, true)
	for n := 1; n <= 5; n++ {
		w.add(fmt.Sprint(n))
		w.advance(time.Hour)
	}
	c := w.client(nil)
	full := errors.New("disk full")
	var stored string
	n := 0
	out, err := c.Poll(context.Background(), "", func(_ context.Context, _ signals.Delivery, cursor string) error {
		if n++; n == 4 {
			return full
		}
		stored = cursor
		return nil
	})
	require.Equal(t, full, err)
	for _, cursor := range []string{stored, out} {
		p := &poller{t: t, c: c, cursor: cursor}
		require.Equal(t, []string{"4", "5"}, p.poll())
	}
}

// What emit refuses comes again, also when an older state of it was known.
func TestPollEmitRefusesAnUpdate(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	w.advance(2 * time.Minute)
	p := &poller{t: t, c: w.client(nil)}
	p.poll()
	w.change("1", 1)
	w.advance(2 * time.Minute)
	out, err := p.c.Poll(context.Background(), p.cursor, func(context.Context, signals.Delivery, string) error { return context.Canceled })
	require.Equal(t, context.Canceled, err)
	p.cursor = out
	require.Equal(t, []string{"1"}, p.poll())
	require.Empty(t, p.poll())
}

// A fault in the middle of the work leaves the cursor at what was stored.
func TestPollResumesAfterFault(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		for n := 1; n <= 120; n++ {
			w.add(fmt.Sprint(n))
			w.advance(time.Minute)
		}
		p := &poller{t: t, c: w.client(nil)}
		searches := 0
		w.fault = func(rw http.ResponseWriter, r *http.Request, route string) bool {
			if strings.HasPrefix(route, "search") {
				searches++
			}
			if searches == 3 {
				rw.WriteHeader(403)
				return true
			}
			return false
		}
		ids, err := p.try()
		require.ErrorIs(t, err, ErrAuth)
		require.Len(t, ids, 50)
		w.fault = nil
		require.Len(t, p.poll(), 70)
	})
}

func TestPollMoved(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(nil)}
	p.poll()
	i := w.issues["1"]
	i.key, i.updated = "OPS-9", w.now
	i.histories = append(i.histories, map[string]any{"id": "5", "created": wireTime(w.now), "items": []any{map[string]any{"field": "Key", "fieldId": "issuekey", "fromString": "PAY-1", "toString": "OPS-9"}}})
	w.advance(time.Minute)
	require.Equal(t, []string{"1"}, p.poll())
	require.Equal(t, p.got[0].Events[0].Case, p.got[1].Events[1].Case, "the same case")
	require.Equal(t, "OPS-9", p.got[1].Events[1].To)
}

// An issue in two scopes is fetched once.
func TestPollOverlappingScopes(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	p := &poller{t: t, c: w.client(func(s *Site) { s.Watch = []string{"a", "b"} })}
	w.advance(time.Hour)
	require.Equal(t, []string{"1"}, p.poll())
	w.took()
	require.Empty(t, p.poll())
	require.Len(t, w.took(), 2, "one request per scope")
	w.change("1", 1)
	require.Len(t, p.poll(), 1)
}

// A clock that was wrong once must not blind the poller.
func TestPollUpdateInTheFuture(t *testing.T) {
	w := newWire(t, true)
	w.add("1").updated = wireStart.AddDate(30, 0, 0)
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(nil)}
	require.Equal(t, []string{"1"}, p.poll())
	w.add("2")
	w.advance(time.Minute)
	require.Equal(t, []string{"2"}, p.poll())
	require.Empty(t, p.poll())
}

// What the first reading of a scope finds is history, also when other scopes
// were read before, and when it is broken off and goes on.
func TestPollLearnsANewScope(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		for n := 1; n <= 4; n++ {
			w.add(fmt.Sprint(n))
			w.advance(time.Hour)
		}
		watching := func(scopes ...string) *Client { return w.client(func(s *Site) { s.Watch = scopes }) }
		p := &poller{t: t, c: watching("a")}
		p.poll()
		w.add("5")
		w.advance(time.Hour)
		require.Equal(t, []string{"5"}, p.poll())
		require.False(t, p.got[4].Learn, "it came while its scope was watched")

		p.c, p.got = watching("a", "b"), nil
		n := 0
		_, err := p.c.Poll(t.Context(), p.cursor, func(_ context.Context, d signals.Delivery, cursor string) error {
			if n++; n > 2 {
				return context.Canceled
			}
			p.got, p.cursor = append(p.got, d), cursor
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, []string{"3", "4"}, p.poll()) // 5 is as the other scope gave it
		for _, d := range p.got {
			require.True(t, d.Learn, d.Envelope.ID)
		}
		w.add("6")
		w.advance(time.Minute)
		require.Equal(t, []string{"6"}, p.poll())
		require.False(t, p.got[len(p.got)-1].Learn)
	})
}

// The error for a scope that Jira refuses says whether the rest was read.
func TestPollOfARefusedScopeIsPartial(t *testing.T) {
	for _, c := range []struct {
		scopes  []string
		partial bool
	}{{[]string{"a", "broken"}, true}, {[]string{"broken", "a"}, true}, {[]string{"broken"}, false}} {
		w := newWire(t, true)
		w.add("1")
		w.advance(time.Hour)
		p := &poller{t: t, c: w.client(func(s *Site) { s.Watch = c.scopes })}
		ids, err := p.try()
		require.ErrorContains(t, err, "broken")
		var part interface{ IsPartial() bool }
		require.Equal(t, c.partial, errors.As(err, &part) && part.IsPartial())
		require.Equal(t, c.partial, len(ids) == 1)
	}
}
