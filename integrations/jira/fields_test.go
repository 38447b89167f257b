package jira

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Site)
		fault  func(http.ResponseWriter, *http.Request, string) bool
		bad    bool
		what   string
		do     string
	}{
		{"unknown team", func(s *Site) { s.Read.Team = "Taem" }, nil, true, `team: Jira site main has no field "Taem"`, `the nearest are "Team" (customfield_1), `},
		{"unknown id", func(s *Site) { s.Read.Level = "customfield_3" }, nil, true, `level: Jira site main has no field "customfield_3"`, `customfield_1`},
		{"unknown field", func(s *Site) { s.Read.Fields = []string{"summary", "suport level"} }, nil, true, `fields: `, `the nearest are "Support Level" (customfield_2)`},
		{"refused scope", func(s *Site) { s.Watch = []string{"broken"} }, nil, true, `watch "broken" on Jira site main: Jira refuses this JQL: Error in the JQL Query: broken`, "correct it"},
		{"expired", func(s *Site) { s.TokenExpires = wireStart.Add(-time.Hour) }, nil, true, "has expired on 2026-11-02", "new token"},
		{"expires soon", func(s *Site) { s.TokenExpires = wireStart.AddDate(0, 0, 20) }, nil, false, "expires in 20 days, on 2026-11-22", "new token"},
		{"permission", nil, failing("mypermissions", 1, func(rw http.ResponseWriter) {
			_, _ = rw.Write([]byte(`{"permissions":{"BROWSE_PROJECTS":{"havePermission":false}}}`))
		}), true, "may not browse any project", "Browse Projects"},
		{"permissions refused", nil, failing("mypermissions", 1, faulty(403)), true, "cannot be asked for", "check user"},
		{"search refused", nil, failing("search/jql", 1, faulty(403)), true, "403", "may search"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire(t, true)
			w.add("1")
			cl := w.client(c.change)
			w.fault = c.fault
			found := cl.Check(context.Background())
			require.Len(t, found, 1)
			require.Equal(t, c.bad, found[0].Bad)
			require.Contains(t, found[0].What, c.what)
			require.Contains(t, found[0].Do, c.do)
		})
	}
}

func TestCheckFindsNothing(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		c := w.client(func(s *Site) {
			s.Read.Team, s.Read.Level, s.Read.Fields = "TEAM", "customfield_2", []string{"summary"}
			s.TokenExpires = wireStart.AddDate(0, 2, 0)
		})
		found := c.Check(context.Background())
		require.Len(t, found, 1, "there is no issue yet")
		require.False(t, found[0].Bad)
		require.Contains(t, found[0].What, "finds no issue")
		w.add("1")
		require.Empty(t, c.Check(context.Background()))

		w.mu.Lock()
		w.real = w.real.Add(-45 * time.Second)
		w.mu.Unlock()
		found = c.Check(context.Background())
		require.Len(t, found, 1)
		require.Contains(t, found[0].What, "this machine's clock is 45s behind that of Jira site main")
	})
}

func TestCheckAmbiguousField(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	c := w.client(func(s *Site) { s.Read.Team = "Team" })
	c.fields = append(c.fields, Field{ID: "customfield_9", Name: "team"})
	found := c.Check(context.Background())
	require.Len(t, found, 1)
	require.False(t, found[0].Bad)
	require.Contains(t, found[0].What, "customfield_1, customfield_9")
}
