package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const issues = `{"id":"17","key":"PAY-17","fields":{"created":"2026-03-02T09:00:00.000+0000","updated":"2026-03-02T11:00:00.000+0000","summary":"wrong tax","project":{"key":"PAY"},"status":{"id":"1","name":"Open"}},"changelog":{"histories":[{"id":"5","created":"2026-03-02T11:00:00.000+0000","author":{"accountId":"ines"},"items":[{"field":"summary","fieldId":"summary","fromString":"wrong sum","toString":"wrong tax"}]}]}}
{"id":"18","key":"PAY-18","fields":{"created":"2026-03-03T09:00:00.000+0000","summary":"later","project":{"key":"PAY"}},"changelog":{"histories":[]}}
`

// begin starts the program and returns its address and how to stop it.
func begin(t *testing.T, args ...string) (url string, client *http.Client) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, args, w, io.Discard)
		_ = w.CloseWithError(err)
		done <- err
	}()
	url, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	client = &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		stop()
		require.NoError(t, <-done)
	})
	return strings.TrimSpace(url), client
}

func ask(t *testing.T, c *http.Client, method, url, body string, want int) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer secret")
	res, err := c.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, want, res.StatusCode, "%s", out)
	return out
}

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "issues.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(issues), 0o600))
	url, client := begin(t, "-issues", file, "-from", "2026-03-02T10:00:00Z", "-speed", "0", "-token", "secret", "-dialect", "datacenter")

	var now struct{ Now time.Time }
	require.NoError(t, json.Unmarshal(ask(t, client, "GET", url+"/_fake/now", "", 200), &now))
	require.Equal(t, time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), now.Now)

	require.Contains(t, string(ask(t, client, "GET", url+"/rest/api/2/issue/PAY-17", "", 200)), `"wrong sum"`)
	ask(t, client, "GET", url+"/rest/api/2/issue/PAY-18", "", 404)

	ask(t, client, "POST", url+"/_fake/faults", `[{"kind":"nonsense"}]`, 400)
	ask(t, client, "POST", url+"/_fake/faults", `[{"kind":"unavailable","route":"issue/{id}"}]`, 204)
	ask(t, client, "GET", url+"/rest/api/2/issue/PAY-17", "", 503)
	ask(t, client, "GET", url+"/rest/api/2/myself", "", 200)
	ask(t, client, "POST", url+"/_fake/faults", `[]`, 204)
	ask(t, client, "GET", url+"/rest/api/2/issue/PAY-17", "", 200)

	var n map[string]int
	require.NoError(t, json.Unmarshal(ask(t, client, "GET", url+"/_fake/requests", "", 200), &n))
	require.Equal(t, map[string]int{"total": 5, "issue/{id}": 4, "myself": 1}, n)
}

func TestClock(t *testing.T) {
	real := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	c := &clock{from: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC), began: real, speed: 600, real: func() time.Time { return real }}
	require.Equal(t, c.from, c.now())
	real = real.Add(time.Second)
	require.Equal(t, c.from.Add(10*time.Minute), c.now())
}

func TestBadFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-dialect trac", "must be cloud or datacenter"},
		{"-from yesterday", "invalid value"},
		{"-speed -1", "does not run backwards"},
		{"issues.jsonl", "-issues"},
		{"-issues /does/not/exist", "load issues"},
		{"-listen nowhere:http:x", "listen on"},
	} {
		err := run(t.Context(), strings.Fields(c.args), io.Discard, io.Discard)
		require.ErrorContains(t, err, c.want, c.args)
	}
}
