package jira

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// One busy route does not stop the others.
func TestCallLimitsPerRoute(t *testing.T) {
	w := newWire(t, true)
	c := w.client(nil)
	w.fault = failing("field", -1, faulty(429, "Retry-After", "600", "RateLimit-Reason", "jira-burst-based"))
	err := read(c, "field")
	require.ErrorIs(t, err, ErrBusy)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, []any{"jira-burst-based", 10 * time.Minute}, []any{e.Reason, e.RetryAfter})
	w.took()
	require.NoError(t, read(c, "status"))
	require.ErrorIs(t, read(c, "field"), ErrBusy)
	require.Equal(t, []string{"GET status"}, w.took(), "what would have to wait is not sent")
	require.Equal(t, int64(2), c.Stats().Refused)
	w.fault = nil
	w.advance(11 * time.Minute)
	require.NoError(t, read(c, "field"))
	require.Zero(t, w.slowed())
}

// A quota, or Data Center's limit per user, is about everything; a limit of one
// issue about that issue only.
func TestCallLimitsWider(t *testing.T) {
	for _, c := range []struct {
		with         func(http.ResponseWriter)
		other, issue bool // another route, another issue is refused, too
	}{
		{faulty(429, "Retry-After", "600", "RateLimit-Reason", "jira-quota-tenant-based"), true, true},
		{faulty(429, "Retry-After", "600", "X-RateLimit-FillRate", "5"), true, true},
		{faulty(429, "Retry-After", "600"), false, true},
		{faulty(429, "Retry-After", "600", "RateLimit-Reason", "jira-per-issue-on-write"), false, false},
	} {
		w := newWire(t, true)
		w.add("1")
		w.add("2")
		cl := w.client(nil)
		w.fault = failing("issue/{id}", 1, c.with)
		_, err := cl.one(context.Background(), "1")
		require.ErrorIs(t, err, ErrBusy)
		require.Equal(t, c.other, read(cl, "status") != nil)
		_, err = cl.one(context.Background(), "2")
		require.Equal(t, c.issue, err != nil)
		_, err = cl.one(context.Background(), "1")
		require.ErrorIs(t, err, ErrBusy)
	}
}

func TestCallSlowsNearTheLimit(t *testing.T) {
	w := newWire(t, true)
	c := w.client(nil)
	near := true
	w.fault = func(rw http.ResponseWriter, _ *http.Request, route string) bool {
		if near && route == "status" {
			rw.Header().Set("X-RateLimit-NearLimit", "true")
		}
		return false
	}
	waits := func(n int, route string) time.Duration {
		before := w.slowed()
		for range n {
			require.NoError(t, read(c, route))
		}
		return w.slowed() - before
	}
	require.Zero(t, waits(1, "status"))
	require.GreaterOrEqual(t, waits(5, "status"), 5*200*time.Millisecond)
	require.Zero(t, waits(5, "field"))
	near = false
	waits(12, "status")
	require.Zero(t, waits(5, "status"), "full speed again")
}

// Data Center tells its token bucket.
func TestCallFollowsTheBucket(t *testing.T) {
	w := newWire(t, false)
	c := w.client(nil)
	left := "40"
	w.fault = func(rw http.ResponseWriter, _ *http.Request, _ string) bool {
		for k, v := range map[string]string{"Limit": "50", "Remaining": left, "FillRate": "10", "Interval-Seconds": "5"} {
			rw.Header().Set("X-RateLimit-"+k, v)
		}
		return false
	}
	for range 10 {
		require.NoError(t, read(c, "status"))
	}
	require.Zero(t, w.slowed())
	left = "3"
	for range 11 {
		require.NoError(t, read(c, "field"))
	}
	require.InDelta(t, 5.0, w.slowed().Seconds(), 0.1, "two a second")
}

// During an outage of ten hours, with a poll every 30 seconds, the number of
// requests depends on the time and not on the polls.
func TestOutageBudget(t *testing.T) {
	for name, with := range map[string]func(http.ResponseWriter){
		"503":                  faulty(503),
		"503 with Retry-After": faulty(503, "Retry-After", "120"),
		"429":                  faulty(429),
		"500":                  faulty(500),
		"login page":           func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, "<html>") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, true)
			w.add("1")
			w.advance(time.Hour)
			p := &poller{t: t, c: w.client(nil)}
			p.poll()
			w.took()
			w.fault = failing("", -1, with)
			end := w.clock().Add(10 * time.Hour)
			polls := 0
			for ; w.clock().Before(end); polls++ {
				before := w.slowed()
				_, err := p.try()
				require.Error(t, err)
				w.mu.Lock()
				w.now = w.now.Add(w.slept - before)
				w.mu.Unlock()
				w.advance(30 * time.Second)
			}
			sent := len(w.took())
			t.Logf("%d requests in 10 h, %d polls", sent, polls)
			require.LessOrEqual(t, sent, 1250, "about one each 30 seconds at most")
			require.GreaterOrEqual(t, sent, 200, "and it goes on trying")
			w.fault = nil
			w.change("1", 1)
			w.advance(2 * time.Minute)
			require.Equal(t, []string{"1"}, p.poll())
		})
	}
}

// Several callers at once do not multiply the tries of one route either.
func TestOutageManyCallers(t *testing.T) {
	w := newWire(t, true)
	c := w.client(nil)
	w.fault = failing("status", -1, faulty(503, "Retry-After", "30"))
	_ = read(c, "status")
	w.advance(10 * time.Minute)
	w.took()
	keys := c.gates.keys("GET", "status", "status")
	first, _ := c.gates.enter(keys, c.clock())
	second, _ := c.gates.enter(keys, c.clock())
	require.Zero(t, first)
	require.Equal(t, probing, second, "one tries, the others wait for it")
	c.gates.abandon(keys, c.clock())
	third, _ := c.gates.enter(keys, c.clock())
	require.Zero(t, third)
}

// A good answer to an older call does not open what another call found shut.
func TestGatesStayShut(t *testing.T) {
	g := newGates("h")
	keys := g.keys("GET", "r", "r")
	at := wireStart
	g.shut(keys, &Error{Status: 429, RetryAfter: time.Minute}, nil, at.Add(time.Second), at.Add(2*time.Second))
	g.open(keys, nil, at, at.Add(3*time.Second))
	wait, why := g.enter(keys, at.Add(4*time.Second))
	require.Equal(t, 58*time.Second, wait)
	require.Equal(t, 429, why.Status)
	wait, _ = g.enter(keys, at.Add(63*time.Second))
	require.Zero(t, wait)
	g.open(keys, nil, at.Add(63*time.Second), at.Add(64*time.Second))
	require.Empty(t, g.by, "nothing is kept of what is over")
}

func TestGatesAreBounded(t *testing.T) {
	g := newGates("h")
	at := wireStart
	for i := range 5000 {
		at = at.Add(time.Minute)
		g.shut(g.keys("GET", "r", fmt.Sprint(i)), &Error{Status: 500}, nil, at, at)
	}
	require.LessOrEqual(t, len(g.by), maxGates)
}

func TestRetryAfter(t *testing.T) {
	now := wireStart
	for _, c := range []struct {
		name, value string
		want        time.Duration
	}{
		{"Retry-After", "5", 5 * time.Second},
		{"Retry-After", "1.5", 1500 * time.Millisecond},
		{"Retry-After", "-3", 0},
		{"Retry-After", "1e30", time.Hour},
		{"Retry-After", "NaN", 0},
		{"Retry-After", now.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		{"Retry-After", now.Add(-90 * time.Second).Format(http.TimeFormat), 0},
		{"X-RateLimit-Reset", "2026-11-02T10:00:30Z", 30 * time.Second},
		{"X-RateLimit-Reset", "x", 0},
	} {
		require.Equal(t, c.want, retryAfter(http.Header{http.CanonicalHeaderKey(c.name): {c.value}}, now), c.value)
	}
}
