package jira_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/jira"
	"andon/integrations/jira/fakejira"
	"andon/signals"
)

// TestWriteToFake writes to a Jira that somebody else wrote, and reads it back.
func TestWriteToFake(t *testing.T) {
	for _, dialect := range []fakejira.Dialect{fakejira.Cloud, fakejira.DataCenter} {
		now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		fake := fakejira.New(fakejira.Options{Dialect: dialect, Now: func() time.Time { return now }})
		require.NoError(t, fake.Put([]byte(`{"id":"10001","key":"PAY-1","fields":{"created":"2026-11-20T10:00:00.000+0000","summary":"wrong sum","project":{"id":"1","key":"PAY"},"issuetype":{"id":"10004","name":"Bug"},"status":{"name":"Open"}},"changelog":{"histories":[]}}`)))
		srv := httptest.NewServer(fake)
		defer srv.Close()
		ctx := context.Background()
		c, err := jira.Dial(ctx, jira.Site{URL: srv.URL, User: "andon@example.com", Token: "x"})
		require.NoError(t, err)
		defer c.Close()

		a, why, err := c.ProjectAudience(ctx, "PAY")
		require.NoError(t, err)
		require.Equal(t, signals.Public, a, why)

		w := jira.Writer{C: c, Projects: map[string]jira.WriteBack{"PAY": {Comment: true, RemoteLink: true}}}
		note := jira.Note{ID: "n1", Text: "solved, says Ines", URL: "https://chat.example/p1", Title: "talk"}
		for range 2 {
			require.NoError(t, w.Confirmed(ctx, "10001", "PAY-1", note))
		}
		d, err := c.Fetch(ctx, "10001")
		require.NoError(t, err)
		said := 0
		for _, e := range d.Events {
			if e.Kind == signals.Said {
				said++
				require.True(t, c.Own(signals.Bare(e.Actor)), e.Actor)
				require.True(t, jira.Marked(e.Text))
			}
		}
		require.Equal(t, 1, said)

		types, err := c.IssueTypes(ctx, "PAY")
		require.NoError(t, err)
		require.Contains(t, types, "Bug")
		_, err = c.IssueTypes(ctx, "NOPE")
		require.ErrorIs(t, err, jira.ErrGone)
		_, err = c.IssueTypes(ctx, "PAY/x")
		require.Error(t, err)
		form, err := c.CreateForm(ctx, "PAY", "bug")
		require.NoError(t, err)
		require.NotNil(t, form.Field("Summary"))
		made, err := c.Create(ctx, jira.Ticket{Key: "k1", First: true, Allowed: []string{"PAY"}, Project: "PAY", Type: "Bug", Title: "from the chat", Text: "seen twice", By: jira.Asker{Name: "Ines"}})
		require.NoError(t, err)
		require.Equal(t, "description", made.Named)
		d, err = c.Fetch(ctx, made.ID)
		require.NoError(t, err)
		require.Equal(t, signals.Opened, d.Events[0].Kind)
		require.Equal(t, "from the chat", d.Events[0].Text)
	}
}
