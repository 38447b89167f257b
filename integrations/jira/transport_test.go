package jira

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// failing answers n requests of a route with a fault, then lets Jira answer.
// n below 0 is without end.
func failing(route string, n int, with func(rw http.ResponseWriter)) func(http.ResponseWriter, *http.Request, string) bool {
	var left atomic.Int64
	left.Store(int64(n))
	return func(rw http.ResponseWriter, _ *http.Request, at string) bool {
		if at != route && route != "" || n >= 0 && left.Add(-1) < 0 {
			return false
		}
		with(rw)
		return true
	}
}

func faulty(status int, header ...string) func(http.ResponseWriter) {
	return func(rw http.ResponseWriter) {
		for i := 0; i+1 < len(header); i += 2 {
			rw.Header().Set(header[i], header[i+1])
		}
		rw.WriteHeader(status)
		_, _ = io.WriteString(rw, `{"errorMessages":["said by Jira"],"errors":{"project":"is odd"}}`)
	}
}

func read(c *Client, route string) error {
	_, err := c.call(context.Background(), http.MethodGet, route, route, nil, nil)
	return err
}

// Each fault passes by itself after one, two or three answers.
func TestCallRetries(t *testing.T) {
	reset := func(rw http.ResponseWriter) {
		conn, _, err := http.NewResponseController(rw).Hijack()
		if err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}
	for _, c := range []struct {
		name     string
		with     func(http.ResponseWriter)
		min, max time.Duration // of waiting for three faults in a row
	}{
		{"429 with Retry-After", faulty(429, "Retry-After", "9", "RateLimit-Reason", "jira-burst-based"), 27 * time.Second, 27 * time.Second},
		{"429 with a time", faulty(429, "X-RateLimit-Reset", "2026-11-02T10:00Z"), 0, 12 * time.Second},
		{"429 without", faulty(429), 3500 * time.Millisecond, 10500 * time.Millisecond},
		{"429 with nonsense", faulty(429, "Retry-After", "soon"), 3500 * time.Millisecond, 10500 * time.Millisecond},
		{"429 with zero", faulty(429, "Retry-After", "0"), 3500 * time.Millisecond, 10500 * time.Millisecond},
		{"503 with Retry-After", faulty(503, "Retry-After", "11"), 33 * time.Second, 33 * time.Second},
		{"503 without", faulty(503), 3500 * time.Millisecond, 10500 * time.Millisecond},
		{"502", faulty(502), 3500 * time.Millisecond, 10500 * time.Millisecond},
		{"reset", reset, 1500 * time.Millisecond, 10500 * time.Millisecond},
		{"cut by length", func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(rw, `{"version":`)
		}, 3500 * time.Millisecond, 10500 * time.Millisecond},
		{"reset in the body", func(rw http.ResponseWriter) {
			_, _ = io.WriteString(rw, `{"version":`)
			_ = http.NewResponseController(rw).Flush()
			reset(rw)
		}, 3500 * time.Millisecond, 10500 * time.Millisecond},
		{"cut by a proxy", func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, `{"version":`) }, 3500 * time.Millisecond, 10500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, true)
			cl := w.client(nil)
			w.took()
			w.fault = failing("serverInfo", 3, c.with)
			require.NoError(t, read(cl, "serverInfo"))
			require.Len(t, w.took(), 4)
			require.Contains(t, []int64{2, 3}, cl.Stats().Retries, "net/http repeats one itself where an idle connection breaks")
			require.GreaterOrEqual(t, w.slowed(), c.min)
			require.LessOrEqual(t, w.slowed(), c.max)
		})
	}
}

// Faults that do not pass are told at once.
func TestCallGivesUp(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(http.ResponseWriter)
		want error
		says string
	}{
		{"401", faulty(401), ErrAuth, "said by Jira"},
		{"403", faulty(403), ErrAuth, "project: is odd"},
		{"404", faulty(404), ErrGone, "404"},
		{"400", faulty(400), nil, "said by Jira"},
		{"login page", func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(rw, "<!DOCTYPE html><html>Log in</html>")
		}, ErrLogin, "login page"},
		{"no JSON", func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, "hello") }, ErrLogin, "login page"},
		{"redirect to login", faulty(302, "Location", "https://id.example.com/login?continue=x"), ErrLogin, "id.example.com"},
		{"redirect", faulty(301, "Location", "https://jira.example.com/new/rest/api/2/serverInfo"), nil, "https://jira.example.com/new/rest"},
		{"taken for anonymous", faulty(200, "X-Seraph-LoginReason", "AUTHENTICATED_FAILED"), ErrAuth, "AUTHENTICATED_FAILED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, true)
			cl := w.client(nil)
			w.took()
			w.fault = failing("serverInfo", -1, c.with)
			err := read(cl, "serverInfo")
			require.Error(t, err)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "secret")
			require.False(t, isTemporary(err))
			require.Len(t, w.took(), 1)
			require.Zero(t, w.slowed())
		})
	}
}

// A write that may have been done is not repeated; one that was refused is.
func TestCallWrites(t *testing.T) {
	for _, c := range []struct {
		with func(http.ResponseWriter)
		want int
	}{{faulty(503), 1}, {faulty(500), 1}, {faulty(429, "Retry-After", "1"), 2}} {
		w := newWire(t, true)
		w.add("1")
		cl := w.client(nil)
		w.took()
		w.fault = failing("issue/{id}/comment", 1, c.with)
		_, err := cl.call(context.Background(), http.MethodPost, "issue/{id}/comment", "issue/1/comment", nil, map[string]any{"body": "x"})
		require.Equal(t, c.want == 1, err != nil)
		require.Len(t, w.took(), c.want)
	}
}

// A slow Jira is given up after the time-out of one call, a few times.
func TestCallTimesOut(t *testing.T) {
	w := newWire(t, true)
	c := w.client(nil)
	c.site.Timeout = 20 * time.Millisecond
	w.took()
	release := make(chan struct{})
	w.fault = func(rw http.ResponseWriter, r *http.Request, _ string) bool {
		_ = http.NewResponseController(rw).Flush() // the head comes, the body does not
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	}
	err := read(c, "serverInfo")
	close(release)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.True(t, isTemporary(err))
	require.Len(t, w.took(), 3)
}

// The end of the caller's context ends a call that is under way, and one that
// waits, with the context's error.
func TestCallCancelled(t *testing.T) {
	w := newWire(t, true)
	c := w.client(nil)
	ctx, cancel := context.WithCancel(context.Background())
	w.fault = func(_ http.ResponseWriter, r *http.Request, _ string) bool {
		cancel()
		<-r.Context().Done()
		return true
	}
	_, err := c.call(ctx, http.MethodGet, "status", "status", nil, nil)
	require.Equal(t, context.Canceled, err)

	w.fault = failing("field", 1, faulty(429, "Retry-After", "30"))
	ctx, cancel = context.WithCancel(context.Background())
	c.sleep = func(ctx context.Context, d time.Duration) error {
		cancel()
		return sleep(ctx, d) // really: it returns at once
	}
	_, err = c.call(ctx, http.MethodGet, "field", "field", nil, nil)
	require.Equal(t, context.Canceled, err)
	require.Equal(t, context.Canceled, read2(ctx, c), "not even sent")
}

func read2(ctx context.Context, c *Client) error {
	_, err := c.call(ctx, http.MethodGet, "status", "status", nil, nil)
	return err
}

// Neither answers that nobody reads nor faults leave connections or goroutines.
func TestCallLeavesNothing(t *testing.T) {
	var open atomic.Int64
	n := 0
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch n++; {
		case r.Method == http.MethodPost:
			_, _ = io.WriteString(rw, `{"ok":true}`)
		case n%4 == 0:
			faulty(404)(rw)
		case n%4 == 1:
			rw.WriteHeader(204)
		case n%4 == 2:
			_, _ = io.WriteString(rw, "<html>"+strings.Repeat("x", 100_000))
		default:
			_, _ = io.WriteString(rw, `[]`)
		}
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Add(-1)
		}
	}
	srv.Start()
	defer srv.Close()
	c, err := newClient(Site{URL: srv.URL})
	require.NoError(t, err)
	defer c.Close()
	before := runtime.NumGoroutine()
	for i := range 200 {
		method := http.MethodGet
		if i%2 == 0 {
			method = http.MethodPost
		}
		_, _ = c.call(context.Background(), method, "x", "x", nil, nil)
	}
	require.LessOrEqual(t, open.Load(), int64(2))
	require.LessOrEqual(t, runtime.NumGoroutine(), before+8)
}

func TestAnswerTooLong(t *testing.T) {
	_, err := readBody(io.NopCloser(io.LimitReader(nulls{}, maxBody+10)))
	require.ErrorIs(t, err, errTooBig)
	raw, err := readBody(io.NopCloser(io.LimitReader(nulls{}, 10)))
	require.NoError(t, err)
	require.Len(t, raw, 10)
}

type nulls struct{}

func (nulls) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestErrorText(t *testing.T) {
	e := &Error{Method: "GET", Route: "field", Status: 429, Reason: "jira-burst-based", Messages: []string{"slow down"}, RetryAfter: 5 * time.Second}
	require.Equal(t, "Jira GET field: 429 Too Many Requests (jira-burst-based): slow down; next try in 5s", e.Error())
	require.True(t, errors.Is(fmt.Errorf("x: %w", e), ErrBusy))
	require.True(t, slices.Contains(messages([]byte("<html>")), "the answer is a web page"))
}
