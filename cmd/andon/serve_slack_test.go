package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// TestServeHearsSlack runs the whole service beside a whole Slack, over Socket
// Mode: somebody asks and nobody answers, so somebody is told; and people ask
// andon itself.
func TestServeHearsSlack(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs on the real clock for some seconds: run without -short")
	}
	now := &testClock{t: tuesday}
	fake := fakeslack.New(fakeslack.Options{
		Team: "T1", Now: now.now, Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}},
		People: []fakeslack.Person{{ID: "U1", Name: "ada"}, {ID: "U2", Name: "bea"}},
	})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	c := config.Default()
	c.Database, c.Listen, c.KeepText = storetest.SQLite(t), "127.0.0.1:0", 30*24*time.Hour
	c.Slack = []config.Slack{{Team: "T1", BotToken: "xoxb-1", AppToken: "xapp-1", URL: srv.URL + "/api/"}}
	c.Roster = config.Roster{
		People: []config.Person{{ID: "bea", Slack: []string{"U2"}, Team: "Payments"}},
		Teams:  []config.Team{{ID: "Payments", Lead: "bea", Owns: []config.Owned{{Channel: "C1"}}}},
	}
	svc, err := newService(t.Context(), &c, slog.New(slog.DiscardHandler), now.now, wiring{more: func(b *bot.Config) { b.AsLive = true }})
	require.NoError(t, err)
	svc.tick = 20 * time.Millisecond
	require.NoError(t, svc.db.SetCursor(t.Context(), slack.CursorOf("slack/T1/C1"), tuesday.Format(time.RFC3339Nano))) // it was known before
	require.NoError(t, svc.start(t.Context()))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- svc.run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		svc.close()
	})
	require.Eventually(t, func() bool { return fake.Deliveries().Sockets == 2 }, 10*time.Second, 5*time.Millisecond)

	ts := fake.Say("C1", "U1", "", "Can anybody help? Payments fail with error 500 since this morning, how do I get them through?")
	k := signals.SlackThread("T1", "C1", ts)
	heard := func() bool {
		news, err := svc.db.News(t.Context(), k, 0)
		require.NoError(t, err)
		return len(news) == 1
	}
	require.Eventually(t, heard, 10*time.Second, 5*time.Millisecond)
	found := func() bool {
		now.set(now.now().Add(10 * time.Minute))
		records, err := svc.db.Records(t.Context(), k)
		require.NoError(t, err)
		return len(records) > 0
	}
	require.Eventually(t, found, 20*time.Second, 20*time.Millisecond, "nobody answered for hours")
	told := func() bool {
		now.set(now.now().Add(10 * time.Minute)) // it may be evening by now
		for _, m := range fake.Messages() {
			if m.User == "UANDON" && strings.HasPrefix(m.Channel, "D") {
				return true
			}
		}
		return false
	}
	require.Eventually(t, told, 20*time.Second, 20*time.Millisecond, "bea leads the team that owns the channel")

	message := func() (m fakeslack.Message) {
		for _, m = range fake.Messages() {
			if m.User == "UANDON" && strings.HasPrefix(m.Channel, "D") {
				return m
			}
		}
		return m
	}
	press := func(user, text string) error {
		m := message()
		return fake.Click(t.Context(), fakeslack.Click{User: user, Channel: m.Channel, TS: m.TS, Action: text})
	}
	require.NoError(t, press("U2", "claim"))
	require.Eventually(t, func() bool { return strings.Contains(string(message().Blocks), "bea is on it.") }, 20*time.Second, 20*time.Millisecond, "the message says who is on it")
	require.Equal(t, 1, len(fake.Messages())-1, "one living message, edited in place")

	require.NoError(t, fake.Command(t.Context(), "U2", "C1", "/andon help"))
	require.NoError(t, fake.Command(t.Context(), "U2", "C1", "/andon status https://t1.slack.com/archives/C1/p"+strings.ReplaceAll(ts, ".", "")))
}
