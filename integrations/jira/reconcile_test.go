package jira

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// knowing is what a caller of Reconcile knows: the state of each issue as of the
// last poll.
func knowing(p *poller) func(string) (time.Time, bool) {
	at := map[string]time.Time{}
	for _, d := range p.got {
		if id, updated, ok := Updated(d.Envelope.Body); ok {
			at[id] = updated
		}
	}
	return func(id string) (time.Time, bool) { t, ok := at[id]; return t, ok }
}

func reconcile(t *testing.T, c *Client, since time.Time, known func(string) (time.Time, bool), open []string) (got []signals.Delivery, err error) {
	err = c.Reconcile(context.Background(), since, known, slices.Values(open), func(_ context.Context, d signals.Delivery) error {
		got = append(got, d)
		return nil
	})
	return got, err
}

func TestReconcile(t *testing.T) {
	for _, strict := range []bool{true, false} {
		both(t, func(t *testing.T, cloud bool) {
			w := newWire(t, cloud)
			w.strict = strict
			var open []string
			for n := 1; n <= 150; n++ {
				w.add(fmt.Sprint(n))
				open = append(open, fmt.Sprint(n))
			}
			w.advance(time.Hour)
			p := &poller{t: t, c: w.client(nil)}
			p.poll()
			w.took()
			got, err := reconcile(t, p.c, wireStart.Add(time.Minute), knowing(p), open)
			require.NoError(t, err)
			require.Empty(t, got)
			require.Len(t, w.took(), 1+2, "the list, and two questions for open issues that are older")

			w.change("20", 1)                                // not seen by any poll
			w.add("200").indexed = w.now.Add(2 * time.Hour)  // indexed very late
			w.issues["77"].key = "OPS-77"                    // moved,
			w.issues["77"].updated = w.now.Add(-time.Second) // out of the scope
			w.issues["77"].indexed = w.now.Add(1000 * time.Hour)
			delete(w.issues, "5")
			delete(w.issues, "120")
			w.advance(3 * time.Hour)
			got, err = reconcile(t, p.c, wireStart.Add(time.Minute), knowing(p), open)
			require.NoError(t, err)
			ids := map[string]signals.Kind{}
			for _, d := range got {
				ids[d.Events[0].Case.ID] = d.Events[0].Kind
			}
			require.Equal(t, map[string]signals.Kind{"20": signals.Opened, "200": signals.Opened, "77": signals.Opened, "5": signals.Deleted, "120": signals.Deleted}, ids)
		})
	}
}

// When most of what was open has vanished, a permission is gone and not the issues.
func TestReconcileVanished(t *testing.T) {
	w := newWire(t, true)
	var open []string
	for n := 1; n <= 60; n++ {
		w.add(fmt.Sprint(n))
		open = append(open, fmt.Sprint(n))
	}
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(nil)}
	p.poll()
	for n := 1; n <= 40; n++ {
		delete(w.issues, fmt.Sprint(n))
	}
	w.change("50", 1)
	got, err := reconcile(t, p.c, wireStart, knowing(p), open)
	require.ErrorIs(t, err, ErrAuth)
	require.ErrorContains(t, err, "40 of 60")
	require.Len(t, got, 1, "the changed one")
}

func TestReconcileErrors(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	c := w.client(func(s *Site) { s.Watch = []string{"broken", "fine"} })
	none := func(string) (time.Time, bool) { return time.Time{}, false }
	got, err := reconcile(t, c, time.Time{}, none, nil)
	require.ErrorContains(t, err, `scope "broken"`)
	require.Len(t, got, 1, "the other scope is done")

	full := errors.New("disk full")
	err = w.client(nil).Reconcile(context.Background(), time.Time{}, none, nil, func(context.Context, signals.Delivery) error { return full })
	require.Equal(t, full, err)

	w.fault = failing("search/jql", -1, faulty(401))
	_, err = reconcile(t, c, time.Time{}, none, []string{"1", "x", "PAY-3"})
	require.ErrorIs(t, err, ErrAuth)
}
