package main

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/integrations/jira/fakejira"
	"andon/signals"
)

// TestTicketsFromChat creates an issue once, says what is missing, and finds one
// to link.
func TestTicketsFromChat(t *testing.T) {
	fake := fakejira.New(fakejira.Options{})
	require.NoError(t, fake.Put([]byte(`{"id":"10001","key":"PAY-1","fields":{"created":"2026-11-20T10:00:00.000+0000","summary":"wrong sum","project":{"id":"1","key":"PAY"},"issuetype":{"id":"10004","name":"Bug"},"status":{"name":"Open"}},"changelog":{"histories":[]}}`)))
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	src := &jiraSource{conf: config.Jira{Site: "north", URL: srv.URL, User: "u", Token: "t", Tickets: []string{"PAY"}}}
	src.site = jiraSite(src.conf, time.Now, slog.New(slog.DiscardHandler))
	t.Cleanup(src.close)
	s := tickets{src}
	ctx := t.Context()

	types, err := s.Types(ctx, "PAY")
	require.NoError(t, err)
	require.Contains(t, types, "Bug")
	_, err = s.Types(ctx, "WEB")
	require.ErrorContains(t, err, "jira[].tickets does not name it")
	inputs, err := s.Form(ctx, "PAY", "Bug")
	require.NoError(t, err)
	for _, in := range inputs {
		require.NotEmpty(t, in.Label)
		require.True(t, in.Kind != view.ChoiceInput || len(in.Options) > 0)
	}

	want := bot.Ticket{Key: "k1", Project: "PAY", Type: "Bug", Title: "Exports hang", Text: "seen twice", ByName: "Ines"}
	made, err := s.Create(ctx, want)
	require.NoError(t, err)
	require.Equal(t, signals.Jira, made.Case.Source)
	require.Contains(t, made.URL, made.Label)
	again, err := s.Create(ctx, want)
	require.NoError(t, err)
	require.Equal(t, made.Label, again.Label, "once for each key")

	found, err := s.Link(ctx, " "+made.Label+" ")
	require.NoError(t, err)
	require.Equal(t, made.Case, found.Case)
	_, err = s.Link(ctx, "PAY-999")
	require.Error(t, err)

	want.Key, want.Title = "k2", ""
	_, err = s.Create(ctx, want)
	var bad interface{ Problems() map[string]string }
	require.ErrorAs(t, err, &bad)
	require.Contains(t, bad.Problems(), "title")
}
