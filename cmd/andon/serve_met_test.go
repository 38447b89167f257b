package main

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// TestServeGreetsWhereItWasInvitedMeanwhile: a channel that andon came into
// while it was down is greeted with the next start, once; one that it knew is not.
func TestServeGreetsWhereItWasInvitedMeanwhile(t *testing.T) {
	now, db := &testClock{t: tuesday}, storetest.SQLite(t)
	fake := fakeslack.New(fakeslack.Options{
		Team: "T1", Now: now.now, Manual: true, People: []fakeslack.Person{{ID: "U1", Name: "ada"}},
		Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}, {ID: "C2", Name: "search"}, {ID: "C3", Name: "left"}, {ID: "C4", Name: "imported"}},
	})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	cursors := func(channel, welcome, swept string) {
		svc := slackService(t, db, srv.URL, now)
		defer svc.close()
		require.NoError(t, svc.db.SetCursor(t.Context(), "welcome/slack/T1/"+channel, welcome))
		require.NoError(t, svc.db.SetCursor(t.Context(), "slack/T1/"+channel+"/swept", swept))
	}
	cursors("C1", "", "2026-03-01T00:00:00Z")
	cursors("C3", "out 1", "2026-03-01T00:00:00Z")
	svc := slackService(t, db, srv.URL, now)
	e := &signals.Event{ID: "slack/T1/C4/1.0", Case: signals.SlackThread("T1", "C4", "1.0"), Kind: signals.Said, Actor: "slack/T1/U1", Text: "hello", At: tuesday.Add(-time.Hour), Audience: signals.Public}
	require.NoError(t, svc.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}, Learn: true}))
	svc.close()
	for range 3 {
		svc := slackService(t, db, srv.URL, now)
		require.NoError(t, svc.start(t.Context()))
		svc.ears.first(t.Context(), svc)
		_, err := svc.db.Drain(t.Context(), svc.handlers())
		require.NoError(t, err)
		svc.close()
	}
	said := map[string]int{}
	for _, m := range fake.Messages() {
		said[m.Channel]++
		require.Contains(t, m.Text, "I am andon, and I listen here now")
		require.Contains(t, string(m.Blocks), "Thank you for the invitation.")
	}
	require.Equal(t, map[string]int{"C2": 1, "C3": 1}, said)
}
