package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func kinds(d signals.Delivery) map[signals.Kind]int {
	n := map[signals.Kind]int{}
	for _, e := range d.Events {
		n[e.Kind]++
	}
	return n
}

// Long histories are fetched whole, for several issues by one request where Jira
// can do that.
func TestCompleteChangelogs(t *testing.T) {
	for _, c := range []struct {
		name                         string
		cloud, bulk, paging, noTotal bool
		requests                     []string // after the list and the search
	}{
		{"bulk", true, true, true, false, []string{"POST changelog/bulkfetch", "POST changelog/bulkfetch"}},
		{"bulk, total untold", true, true, true, true, []string{"POST changelog/bulkfetch", "POST changelog/bulkfetch", "POST changelog/bulkfetch"}},
		{"paging", true, false, true, false, []string{"POST changelog/bulkfetch", "GET issue/{id}/changelog", "GET issue/{id}/changelog", "GET issue/{id}/changelog", "GET issue/{id}/changelog"}},
		{"data center", false, false, false, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, c.cloud)
			w.bulk, w.paging = c.bulk, c.paging
			for id, n := range map[string]int{"1": 39, "2": 40, "3": 250} {
				w.add(id).noTotal = c.noTotal
				w.advance(time.Minute)
				w.change(id, n)
			}
			w.advance(time.Hour)
			p := &poller{t: t, c: w.client(nil)}
			w.took()
			require.Len(t, p.poll(), 3)
			sort := func(d signals.Delivery) string { return d.Envelope.ID[:1] }
			slices.SortFunc(p.got, func(a, b signals.Delivery) int { return strings.Compare(sort(a), sort(b)) })
			for i, n := range []int{39, 40, 250} {
				require.Equal(t, n, kinds(p.got[i])[signals.Status], "issue %d", i+1)
				require.Equal(t, fmt.Sprint("s", n), lastTo(p.got[i]))
				log := memberOf(t, p.got[i].Envelope.Body, "changelog")
				require.Equal(t, float64(n), log["total"])
				require.Len(t, log["histories"], n)
			}
			took := w.took()
			require.Equal(t, append([]string{took[0], took[1]}, c.requests...), took)
			if c.bulk || !c.cloud {
				return
			}
			w.change("3", 1)
			w.advance(time.Minute)
			require.Len(t, p.poll(), 1)
			require.NotContains(t, w.took(), "POST changelog/bulkfetch", "what is not there is asked for once")
		})
	}
}

// memberOf decodes one member of a body.
func memberOf(t *testing.T, body []byte, member string) map[string]any {
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(body, &all))
	var x map[string]any
	require.NoError(t, json.Unmarshal(all[member], &x))
	return x
}

// A Data Center that cuts a changelog short and has no way to the rest: the
// issue comes, and what is missing is told once.
func TestCompleteImpossible(t *testing.T) {
	w := newWire(t, false)
	w.add("1").raw = strings.Replace(numbered(1), `"histories":[]`, `"total":3,"histories":[{"id":"5","created":"2026-11-02T10:00:00.000+0000","items":[]}]`, 1)
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(nil)}
	require.Equal(t, []string{"1"}, p.poll())
	require.NotEmpty(t, p.got[0].Events)
	require.Equal(t, 3.0, memberOf(t, p.got[0].Envelope.Body, "changelog")["total"], "so that Normalize knows that it is cut short")
	_, told := p.c.short.Load("1")
	require.True(t, told)
}

func TestCompleteComments(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		for id, n := range map[string]int{"1": 20, "2": 21, "3": 230} {
			w.add(id)
			w.say(id, n)
		}
		w.advance(time.Hour)
		p := &poller{t: t, c: w.client(nil)}
		w.took()
		require.Len(t, p.poll(), 3)
		for i, n := range []int{20, 21, 230} {
			require.Equal(t, n, kinds(p.got[i])[signals.Said])
		}
		require.Len(t, w.took(), 2+1+3)
	})
}

// A page of comments that repeats for ever, as from a server that knows no
// startAt, ends by itself.
func TestListEnds(t *testing.T) {
	for name, page := range map[string]string{
		"repeats":         `{"comments":[{"id":"1","created":1793613600000},{"id":"2","created":1793613600000}],"total":900}`,
		"isLast is false": `{"comments":[{"id":"2","created":1793613600000},{"id":"1","created":"1793613600000"}],"isLast":false}`,
		"isLast is true":  `{"comments":[{"id":"1","created":1793613600000},{"id":"2","created":1793613600000}],"isLast":true}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, true)
			c := w.client(nil)
			w.took()
			w.fault = func(rw http.ResponseWriter, _ *http.Request, _ string) bool {
				_, _ = rw.Write([]byte(page))
				return true
			}
			list, err := c.list(context.Background(), "issue/{id}/comment", "issue/1/comment", "comments", nil)
			require.NoError(t, err)
			require.Len(t, list, 2)
			require.Equal(t, "1", textAt(list[0], "id"), "in the order of time and id, whatever the form of the time")
			require.LessOrEqual(t, len(w.took()), 2)
		})
	}
}

// What happens between the search and the fetching of the whole changelog is not
// in the fields yet. It is left for the next look, else the last value told
// would be the old one, for ever.
func TestCompleteWhileItChanges(t *testing.T) {
	for _, bulk := range []bool{true, false} {
		w := newWire(t, true)
		w.bulk = bulk
		w.add("1")
		w.advance(time.Minute)
		w.change("1", 50)
		w.advance(time.Hour)
		c := w.client(nil)
		done := false
		w.fault = func(_ http.ResponseWriter, _ *http.Request, route string) bool {
			if strings.Contains(route, "changelog") && !done {
				done = true
				w.change("1", 1)
			}
			return false
		}
		p := &poller{t: t, c: c}
		require.Len(t, p.poll(), 1)
		require.Equal(t, "s50", lastTo(p.got[0]))
		require.Equal(t, 50, kinds(p.got[0])[signals.Status])
		w.advance(time.Minute)
		require.Len(t, p.poll(), 1)
		require.Equal(t, "s51", lastTo(p.got[1]))
		require.Equal(t, p.got[0].Events[50], p.got[1].Events[50], "what was told stays")
	}
}

// One answer that is too large is asked for in halves.
func TestFetchTooLarge(t *testing.T) {
	w := newWire(t, true)
	var ids []string
	for n := 1; n <= 8; n++ {
		w.add(fmt.Sprint(n))
		ids = append(ids, fmt.Sprint(n))
	}
	c := w.client(nil)
	w.fault = func(rw http.ResponseWriter, r *http.Request, route string) bool {
		if strings.Count(r.FormValue("jql"), ",") < 3 {
			return false
		}
		rw.WriteHeader(413)
		return true
	}
	got, err := c.fetch(context.Background(), ids)
	require.NoError(t, err)
	require.Len(t, got, 8)
}

// The body holds what Normalize needs and no more names than fields.
func TestBodyNames(t *testing.T) {
	w := newWire(t, true)
	w.add("1").fields["customfield_1"] = map[string]any{"value": "Ledger"}
	w.add("2").fields["lastViewed"] = "2026-11-02T10:00:00.000+0000"
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(func(s *Site) { s.Read.Team = "team" })}
	p.poll()
	require.Contains(t, p.got[0].Events[0].Set, signals.Value{Field: signals.FieldTeam, To: "Ledger"})
	require.Equal(t, map[string]any{"customfield_1": "Team"}, memberOf(t, p.got[0].Envelope.Body, "names"))
	require.Empty(t, memberOf(t, p.got[1].Envelope.Body, "names"))
	require.NotContains(t, string(p.got[1].Envelope.Body), "lastViewed", "it changes whenever the client itself looks")
	o := p.c.Options()
	for _, d := range p.got {
		again, err := Normalize(d.Envelope.Body, &o)
		require.NoError(t, err)
		require.Equal(t, d.Events, again)
		id, updated, ok := Updated(d.Envelope.Body)
		require.True(t, ok)
		require.Equal(t, strings.Split(d.Envelope.ID, "@")[0], id)
		require.True(t, updated.Equal(wireStart))
	}
	_, _, ok := Updated([]byte(`{"id":"1","fields":{}}`))
	require.False(t, ok)
}
