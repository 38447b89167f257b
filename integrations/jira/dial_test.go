package jira

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDial(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		c, err := Dial(context.Background(), Site{Name: "main", URL: w.URL, User: "a@example.com", Token: "secret"})
		require.NoError(t, err)
		defer c.Close()
		require.Equal(t, cloud, c.Cloud())
		require.Equal(t, "andon", c.Myself().Local())
		require.Len(t, c.Fields(), 3, "an odd field does not spoil the others")
		require.Contains(t, c.Options().Done, "Verified", "of the site")
		require.Contains(t, c.Options().Done, "closed", "usual")
		require.NotContains(t, c.Options().Done, "completed", "this site means something else by it")
		require.Equal(t, "jira/main", c.Source())
		require.Equal(t, []string{"GET serverInfo", "GET myself", "GET field", "GET status"}, w.took())
	})
}

func TestClosedNames(t *testing.T) {
	status := func(name, category string) (s siteStatus) { s.Name, s.Category.Key = name, category; return s }
	site := []siteStatus{status("Closed", "done"), status("Shipped", "done"), status("Resolved", "indeterminate"), status("closed", "new")}
	require.Equal(t, []string{"Ready", "Resolved", "Closed", "Shipped"}, closedNames([]string{"Ready", "Resolved"}, site), "what the operator names counts")
	got := closedNames(nil, site)
	require.Contains(t, got, "closed")
	require.Contains(t, got, "Shipped")
	require.NotContains(t, got, "resolved")
}

// The credentials go where they belong, and nowhere else.
func TestDialCredentials(t *testing.T) {
	for _, c := range []struct{ user, token, path, want string }{
		{"a@example.com", "secret", "", "Basic YUBleGFtcGxlLmNvbTpzZWNyZXQ="},
		{"", "secret", "/", "Bearer secret"},
		{"", "secret", "/ex/jira/cloud-1", "Bearer secret"},
		{"", "", "/ex/jira/cloud-1/rest/api/2/", ""},
	} {
		w := newWire(t, true)
		n := 0
		w.fault = func(_ http.ResponseWriter, r *http.Request, _ string) bool {
			n++
			require.Equal(t, c.want, r.Header.Get("Authorization"))
			require.Equal(t, "application/json", r.Header.Get("Accept"))
			return false
		}
		cl, err := Dial(context.Background(), Site{URL: w.URL + c.path, User: c.user, Token: c.token})
		require.NoError(t, err)
		cl.Close()
		require.GreaterOrEqual(t, n, 3)
	}
}

func TestDialErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		site  func(*Site)
		with  func(http.ResponseWriter)
		route string
		want  error
		says  string
	}{
		{"login page", nil, func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, "<html>") }, "", ErrLogin, "check url, and user and token"},
		{"wrong token", nil, faulty(401), "myself", ErrAuth, "personal access token"},
		{"wrong user", func(s *Site) { s.User = "a" }, faulty(401), "myself", ErrAuth, "check user and token"},
		{"forbidden", nil, faulty(403), "", ErrAuth, "CAPTCHA"},
		{"no Jira", nil, func(rw http.ResponseWriter) { http.Error(rw, "<html>nginx", 404) }, "", nil, "no Jira at this URL"},
		{"other JSON", nil, func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, `{"hello":"world"}`) }, "", nil, "not as a Jira does"},
		{"other form", nil, func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, `{"hello":"world"}`) }, "field", nil, "another form"},
		{"no URL", func(s *Site) { s.URL = "" }, nil, "", nil, "https://HOST/PATH"},
		{"no scheme", func(s *Site) { s.URL = "jira.example.com" }, nil, "", nil, "https://HOST/PATH"},
		{"password", func(s *Site) { s.URL = "https://u:hunter2@jira.example.com" }, nil, "", nil, "set user and token instead"},
		{"query", func(s *Site) { s.URL = "https://jira.example.com/?a=b" }, nil, "", nil, "must end with the path"},
		{"name", func(s *Site) { s.Name = "a/b" }, nil, "", nil, "slash"},
		{"order", func(s *Site) { s.Watch = []string{"a order by b"} }, nil, "", nil, "ORDER BY"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, true)
			if c.with != nil {
				w.fault = failing(c.route, -1, c.with)
			}
			cl, err := w.dial(c.site)
			require.ErrorContains(t, err, c.says)
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
			}
			require.NotContains(t, err.Error(), "secret")
			require.NotContains(t, err.Error(), "hunter2")
			_ = cl
		})
	}
}

// Jira is down while the bot starts: the error says that it may come back.
func TestDialDown(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	url := srv.URL
	srv.Close()
	w := newWire(t, true)
	_, err := w.dial(func(s *Site) { s.URL = url })
	require.Error(t, err)
	require.True(t, isTemporary(err))
	require.GreaterOrEqual(t, w.slowed(), 10*time.Second)
}

func TestDialTransportGiven(t *testing.T) {
	w := newWire(t, true)
	rt := &counting{next: http.DefaultTransport}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	c, err := Dial(context.Background(), Site{URL: w.URL, Transport: rt})
	require.NoError(t, err)
	c.Close()
	require.Equal(t, 3, rt.n, "anonymous: nobody to ask for")
}

type counting struct {
	next http.RoundTripper
	n    int
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	return c.next.RoundTrip(r)
}
