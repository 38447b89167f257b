package fakejira

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// live serves over a real socket.
func live(t *testing.T, s *Server) func(ctx context.Context, path string) (*http.Response, []byte, error) {
	srv := httptest.NewServer(s)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		srv.Close()
	})
	return func(ctx context.Context, path string) (*http.Response, []byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+path, nil)
		require.NoError(t, err)
		res, err := client.Do(req)
		if err != nil {
			return nil, nil, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		return res, body, err
	}
}

func TestFaults(t *testing.T) {
	hour := 2.0
	s := atHour(Options{}, &hour, small(11, "PAY-1", 0))
	get := live(t, s)
	const path, route = "/rest/api/2/issue/11", "issue/{id}"
	good := func() {
		t.Helper()
		res, _, err := get(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, 200, res.StatusCode)
		require.Equal(t, "Mon, 02 Mar 2026 11:00:00 GMT", res.Header.Get("Date"), "the clock of Jira")
	}
	good()

	off := s.Faults().Add(Fault{Kind: Busy, Route: route, RetryAfter: "7", Reason: "jira-burst-based"})
	res, _, err := get(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, []any{429, "7", "jira-burst-based"}, []any{res.StatusCode, res.Header.Get("Retry-After"), res.Header.Get("RateLimit-Reason")})
	res, _, err = get(t.Context(), "/rest/api/2/myself")
	require.NoError(t, err)
	require.Equal(t, 200, res.StatusCode, "other routes go on")
	off()
	off()
	good()

	s.Faults().Add(Fault{Kind: Unavailable, Count: 2})
	for range 2 {
		res, _, err = get(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, []any{503, ""}, []any{res.StatusCode, res.Header.Get("Retry-After")})
	}
	good()

	s.Faults().Add(Fault{Kind: Login, Route: "GET " + route, Count: 1})
	res, body, err := get(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, 200, res.StatusCode)
	require.Contains(t, res.Header.Get("Content-Type"), "text/html")
	require.Contains(t, string(body), "<html>")

	s.Faults().Add(Fault{Kind: Truncated, Count: 1})
	_, body, err = get(t.Context(), path)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NotEmpty(t, body)

	s.Faults().Add(Fault{Kind: Reset, Count: 1})
	_, _, err = get(t.Context(), path)
	require.ErrorIs(t, err, syscall.ECONNRESET)

	s.Faults().Add(Fault{Kind: Slow, Delay: Duration(time.Hour), Count: 1})
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	_, _, err = get(ctx, path)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	s.Faults().Add(Fault{Kind: Slow, Delay: Duration(time.Microsecond), Count: 1})
	good()

	s.Faults().Add(Fault{Kind: NearLimit, Count: 1})
	res, _, err = get(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, []any{200, "true"}, []any{res.StatusCode, res.Header.Get("X-RateLimit-NearLimit")})
	require.Equal(t, map[Kind]int{Busy: 1, Unavailable: 2, Login: 1, Truncated: 1, Reset: 1, Slow: 2, NearLimit: 1}, s.Faults().Served())
}

func TestFaultProbability(t *testing.T) {
	run := func() (n int) {
		s := New(Options{})
		s.Faults().Add(Fault{Kind: Unavailable, Probability: 0.3})
		for range 1000 {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, request("GET", "/rest/api/2/myself"))
			if w.Code == 503 {
				n++
			}
		}
		return n
	}
	require.InDelta(t, 300, run(), 60)
	require.Equal(t, run(), run(), "the same in every run")
}

func TestReadFaults(t *testing.T) {
	got, err := ReadFaults([]byte(`[{"kind":"slow","delay":"1.5s","route":"search/jql","probability":0.5},{"kind":"busy","retryAfter":"3","count":4}]`))
	require.NoError(t, err)
	require.Equal(t, []Fault{{Kind: Slow, Delay: Duration(1500 * time.Millisecond), Route: "search/jql", Probability: 0.5}, {Kind: Busy, RetryAfter: "3", Count: 4}}, got)
	for in, want := range map[string]string{`{`: "read faults", `[{"kind":"flood"}]`: "no such kind", `[{"kind":"busy","probability":2}]`: "from 0 to 1", `[{"kind":"slow","delay":"soon"}]`: "soon"} {
		_, err := ReadFaults([]byte(in))
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, (&Faults{}).Set(Fault{Kind: "flood"}), "no such kind")
}
