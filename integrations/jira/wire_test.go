package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// wire is a small Jira that speaks the wire format. A test scripts what it
// holds and how it fails.
type wire struct {
	*httptest.Server
	t testing.TB

	mu       sync.Mutex
	cloud    bool
	now      time.Time // what time it is in this Jira, and for the client
	real     time.Time // the client's real time; its waiting moves it
	slept    time.Duration
	issues   map[string]*wireIssue
	pageMax  int  // greatest page of a search
	bulk     bool // changelog/bulkfetch is there
	paging   bool // issue/{id}/changelog is there
	strict   bool // id in (...) with an unknown id is refused
	requests []string
	queries  []string // JQL

	// fault may answer in place of Jira; it returns true when it has.
	fault func(w http.ResponseWriter, r *http.Request, route string) bool
	// listed is called after a page of ids was answered, without the lock.
	listed func()
}

type wireIssue struct {
	id, key          string
	created, updated time.Time
	indexed          time.Time // when the search finds this state; zero is at once
	placed           time.Time // where the index has it, zero for updated
	fields           map[string]any
	histories        []map[string]any // oldest first
	comments         []map[string]any
	noTotal          bool   // the changelog tells no total
	raw              string // in place of everything
}

func (i *wireIssue) place() time.Time {
	if i.placed.IsZero() {
		return i.updated
	}
	return i.placed
}

var wireStart = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)

func newWire(t testing.TB, cloud bool) *wire {
	w := &wire{t: t, cloud: cloud, now: wireStart, real: wireStart, issues: map[string]*wireIssue{}, pageMax: 100, bulk: true, paging: cloud, strict: true}
	w.Server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.Server.Close)
	return w
}

// client makes a client whose waiting costs no time.
func (w *wire) client(change func(*Site)) *Client {
	c, err := w.dial(change)
	require.NoError(w.t, err)
	return c
}

func (w *wire) dial(change func(*Site)) (*Client, error) {
	s := Site{Name: "main", URL: w.URL, Token: "secret", Now: w.clock, Timeout: 5 * time.Second}
	if change != nil {
		change(&s)
	}
	c, err := newClient(s)
	if err != nil {
		return nil, err
	}
	w.t.Cleanup(c.Close)
	c.clock = func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.real }
	c.sleep = func(ctx context.Context, d time.Duration) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.real, w.slept = w.real.Add(d), w.slept+d
		return ctx.Err()
	}
	return c, c.greet(context.Background())
}

func (w *wire) clock() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }

func (w *wire) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now, w.real = w.now.Add(d), w.real.Add(d)
}

// add makes an issue that was created and updated now.
func (w *wire) add(id string) *wireIssue {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := &wireIssue{id: id, key: "PAY-" + id, created: w.now, updated: w.now, fields: map[string]any{"summary": "bill " + id, "status": map[string]any{"name": "Open"}}}
	w.issues[id] = i
	return i
}

// change adds n history entries, the last of them now.
func (w *wire) change(id string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.issues[id]
	for range n {
		k := len(i.histories) + 1
		from, to := fmt.Sprint("s", k-1), fmt.Sprint("s", k)
		if k == 1 {
			from = "Open"
		}
		i.histories = append(i.histories, map[string]any{
			"id": fmt.Sprint(atoi(id)*10_000 + k), "created": wireTime(w.now), "author": map[string]any{"accountId": "ines"},
			"items": []any{map[string]any{"field": "status", "fieldId": "status", "fromString": from, "toString": to}},
		})
		i.fields["status"] = map[string]any{"name": to}
	}
	i.updated = w.now
}

func (w *wire) say(id string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.issues[id]
	for range n {
		k := len(i.comments) + 1
		i.comments = append(i.comments, map[string]any{"id": fmt.Sprint(atoi(id)*10_000 + k), "created": wireTime(w.now), "updated": wireTime(w.now), "body": fmt.Sprint("text ", k), "author": map[string]any{"accountId": "otto"}})
	}
	i.updated = w.now
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

func wireTime(t time.Time) string { return t.Format("2006-01-02T15:04:05.000-0700") }

// took returns the requests since the last call, as METHOD route.
func (w *wire) took() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.requests
	w.requests, w.queries = nil, nil
	return out
}

func (w *wire) slowed() time.Duration { w.mu.Lock(); defer w.mu.Unlock(); return w.slept }

// poller follows a Jira with a client and keeps what came.
type poller struct {
	t      testing.TB
	c      *Client
	cursor string
	got    []signals.Delivery
}

// poll polls once and returns the ids of the issues that came, in order.
func (p *poller) poll() []string {
	p.t.Helper()
	ids, err := p.try()
	require.NoError(p.t, err)
	return ids
}

func (p *poller) try() (ids []string, err error) {
	p.cursor, err = p.c.Poll(context.Background(), p.cursor, func(_ context.Context, d signals.Delivery, cursor string) error {
		p.got = append(p.got, d)
		id, _, _ := strings.Cut(d.Envelope.ID, "@")
		ids = append(ids, id)
		p.cursor = cursor
		return nil
	})
	return ids, err
}

func both(t *testing.T, run func(t *testing.T, cloud bool)) {
	t.Run("cloud", func(t *testing.T) { run(t, true) })
	t.Run("datacenter", func(t *testing.T) { run(t, false) })
}
