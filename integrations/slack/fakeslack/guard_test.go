package fakeslack

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reach sends a request as a browser or another program would, and returns the
// status of the answer.
func reach(s *Server, method, host, path string, header map[string]string) int {
	r := httptest.NewRequest(method, "http://"+host+path, strings.NewReader(`{"do":"home","as":"U1"}`))
	r.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code
}

func TestOtherSitesCannotWrite(t *testing.T) {
	s := New(small)
	t.Cleanup(s.Close)
	const host = "127.0.0.1:8080"
	for _, c := range []struct {
		why    string
		header map[string]string
		want   int
	}{
		{"no browser", nil, 200},
		{"the page itself", map[string]string{"Origin": "http://" + host, "Sec-Fetch-Site": "same-origin"}, 200},
		{"the page, in an old browser", map[string]string{"Origin": "http://" + host}, 200},
		{"another site", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403},
		{"another site, in an old browser", map[string]string{"Origin": "https://evil.example"}, 403},
		{"another server on this machine", map[string]string{"Origin": "http://127.0.0.1:9090", "Sec-Fetch-Site": "same-site"}, 403},
		{"a page in a frame without an origin", map[string]string{"Origin": "null"}, 403},
		{"a client of Slack", map[string]string{"Origin": sdkOrigin}, 200},
		{"Slack's own page in a browser", map[string]string{"Origin": sdkOrigin, "Sec-Fetch-Site": "cross-site"}, 403},
	} {
		for _, path := range []string{"/_ui/do", "/_fake/do", "/_ui/bar", "/api/chat.postMessage"} {
			refused := reach(s, "POST", host, path, c.header) == http.StatusForbidden
			require.Equal(t, c.want == http.StatusForbidden, refused, "%s: %s", c.why, path)
		}
	}
	require.Equal(t, 200, reach(s, "GET", host, "/", map[string]string{"Sec-Fetch-Site": "cross-site"}), "a link may lead here")
}

func TestForeignHostsAreNotServed(t *testing.T) {
	s := New(Options{Hosts: []string{"demo.example"}, URL: "http://fake.example:80"})
	t.Cleanup(s.Close)
	for host, want := range map[string]int{
		"localhost": 200, "LOCALHOST:1": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "[::1]": 200, "example.com": 200, "demo.example:99": 200, "fake.example": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example:8080": 421, "10.0.0.1": 421,
	} {
		require.Equal(t, want, reach(s, "GET", host, "/", nil), host)
		require.Equal(t, want, reach(s, "GET", host, "/_ui/state?as=U1", nil), host)
	}
	any := New(Options{Hosts: []string{"*"}})
	t.Cleanup(any.Close)
	require.Equal(t, 200, reach(any, "GET", "evil.example", "/", nil))
}

func TestBar(t *testing.T) {
	var did []string
	speed := "1x"
	o := small
	o.Bar = Bar{
		Status: func() string { return "Monday 9:00 <b>" },
		Controls: []Control{
			{ID: "pause", Label: "Pause", Current: func() string { return "on" }, Do: func(_ context.Context, v string) error { did = append(did, "pause"+v); return nil }},
			{ID: "speed", Label: "Speed", Choices: []string{"1x", "60x"}, Current: func() string { return speed }, Do: func(_ context.Context, v string) error { speed = v; return nil }},
			{ID: "step", Label: "Step", Do: func(context.Context, string) error { return errors.New("it is running") }},
		},
	}
	_, _, server := stand(t, o)
	code, page := ask(t, server, http.MethodGet, "/", "")
	require.Equal(t, 200, code)
	require.Contains(t, page.Str, `"status":"Monday 9:00 \u003cb\u003e"`)
	_, done := ask(t, server, "POST", "/_ui/bar", `{"id":"speed","value":"60x"}`)
	require.True(t, done.Get("ok").Bool())
	require.Equal(t, "60x", done.Get(`bar.controls.1.current`).Str)
	_, done = ask(t, server, "POST", "/_ui/bar", `{"id":"pause","value":""}`)
	require.True(t, done.Get("ok").Bool())
	require.Equal(t, []string{"pause"}, did)
	for body, want := range map[string]string{
		`{"id":"step"}`: "Step: it is running", `{"id":"speed","value":"2x"}`: `no choice "2x"`, `{"id":"speed"}`: `no choice ""`, `{"id":"pause","value":"x"}`: "no choice", `{"id":"fly"}`: `no control "fly"`,
	} {
		_, done = ask(t, server, "POST", "/_ui/bar", body)
		require.Contains(t, done.Get("error").Str, want)
	}
	code, _ = ask(t, server, "POST", "/_ui/bar", `nonsense`)
	require.Equal(t, 400, code)
}
