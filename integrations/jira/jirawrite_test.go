package jira

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// scripted is a Jira of which a test says what each route answers. Paths are
// without /rest/api/2/. What is not told is 404, as Jira words it.
type scripted struct {
	t     *testing.T
	cloud bool
	url   string

	// busy is held while a request is handled, so that what handlers share with
	// their test needs no lock: see RoundTrip.
	busy  sync.Mutex
	lower http.Transport

	mu     sync.Mutex
	routes map[string]answer
	asked  []string            // METHOD path, in order
	sent   map[string][]string // bodies by METHOD path
}

// answer handles one request; body is what was sent.
type answer func(w http.ResponseWriter, r *http.Request, body []byte)

// The account of the client in each dialect.
const (
	cloudSelf  = "712020:0a1b-self"
	centerSelf = "JIRAUSER10100"
)

func newScripted(t *testing.T, cloud bool) *scripted {
	s := &scripted{t: t, cloud: cloud, routes: map[string]answer{}, sent: map[string][]string{}}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	t.Cleanup(s.lower.CloseIdleConnections)
	s.url = srv.URL
	s.says("GET field", 200, `[{"id":"summary","name":"Summary","custom":false}]`)
	s.says("GET status", 200, `[{"name":"Done","statusCategory":{"key":"done"}}]`)
	if cloud {
		s.says("GET serverInfo", 200, `{"baseUrl":"https://example.atlassian.net","version":"1001.0.0","deploymentType":"Cloud"}`)
		s.says("GET myself", 200, `{"accountId":"`+cloudSelf+`","displayName":"andon"}`)
	} else {
		s.says("GET serverInfo", 200, `{"baseUrl":"https://jira.example","version":"9.12.0","deploymentType":"Server"}`)
		s.says("GET myself", 200, `{"key":"`+centerSelf+`","name":"andon","displayName":"andon"}`)
	}
	return s
}

func (s *scripted) on(route string, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.routes[route] = a
}

func (s *scripted) says(route string, status int, body string) {
	s.on(route, func(w http.ResponseWriter, _ *http.Request, _ []byte) { reply(w, status, body) })
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// lose breaks the connection off in place of an answer.
func lose(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// RoundTrip sends a request when no other is handled, and returns when this one
// is, although its connection may have been broken off before.
func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	s.waits()
	defer s.waits()
	return s.lower.RoundTrip(r)
}

func (s *scripted) waits() {
	s.busy.Lock()
	defer s.busy.Unlock()
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.busy.Lock()
	defer s.busy.Unlock()
	body, _ := io.ReadAll(r.Body)
	route := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/rest/api/2/")
	s.mu.Lock()
	s.asked = append(s.asked, route)
	s.sent[route] = append(s.sent[route], string(bytes.TrimSpace(body)))
	a := s.routes[route]
	s.mu.Unlock()
	if a == nil {
		reply(w, 404, `{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}`)
		return
	}
	a(w, r, body)
}

// count is how often a route was asked.
func (s *scripted) count(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent[route])
}

// last is what was sent to a route last.
func (s *scripted) last(route string) gjson.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.sent[route]
	require.NotEmpty(s.t, all, "%s was not asked", route)
	return gjson.Parse(all[len(all)-1])
}

// forget clears what was asked.
func (s *scripted) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.sent = nil, map[string][]string{}
}

// client dials the server. Its waiting takes no time.
func (s *scripted) client() *Client {
	site := Site{URL: s.url, Token: "secret", Timeout: 10 * time.Second, Transport: s}
	if s.cloud {
		site.User = "andon@example.com"
	}
	c, err := Dial(context.Background(), site)
	require.NoError(s.t, err)
	s.t.Cleanup(c.Close)
	var mu sync.Mutex
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	c.clock = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	c.sleep = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
		return ctx.Err()
	}
	s.forget()
	return c
}

// dialects runs a test against both kinds of Jira.
func dialects(t *testing.T, test func(t *testing.T, s *scripted, c *Client)) {
	for name, cloud := range map[string]bool{"Cloud": true, "Data Center": false} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t, cloud)
			test(t, s, s.client())
		})
	}
}

// self is the author of what the client writes.
func (s *scripted) self() string {
	if s.cloud {
		return `{"accountId":"` + cloudSelf + `","displayName":"andon"}`
	}
	return `{"key":"` + centerSelf + `","name":"andon","displayName":"andon"}`
}

func toJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}
