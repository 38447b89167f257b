package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

func slackService(t *testing.T, database, url string, now *testClock) *service {
	c := config.Default()
	c.Database, c.Listen, c.KeepText = database, "off", 30*24*time.Hour
	c.Slack = []config.Slack{{Team: "T1", BotToken: "xoxb-1", AppToken: "xapp-1", URL: url + "/api/"}}
	svc, err := newService(t.Context(), &c, slog.New(slog.DiscardHandler), now.now, wiring{limits: slack.Limits{Off: true}})
	require.NoError(t, err)
	t.Cleanup(svc.close)
	svc.tick = 20 * time.Millisecond
	return svc
}

// TestServeStartsWhileSlackIsAway: who is who, and what was said while the
// service was down, is asked again soon and not only on the next day.
func TestServeStartsWhileSlackIsAway(t *testing.T) {
	defer func(d time.Duration) { learnRest = d }(learnRest)
	learnRest = time.Millisecond
	now := &testClock{t: tuesday}
	fake := fakeslack.New(fakeslack.Options{
		Team: "T1", Now: now.now, Manual: true, Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}}, People: []fakeslack.Person{{ID: "U1", Name: "ada"}},
	})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	svc := slackService(t, storetest.SQLite(t), srv.URL, now)
	require.NoError(t, svc.db.SetCursor(t.Context(), slack.CursorOf("slack/T1/C1"), tuesday.Add(-time.Hour).Format(time.RFC3339Nano)))
	ts := fake.Say("C1", "U1", "", "this was said while the service was down")
	now.set(tuesday.Add(10 * time.Minute))
	require.NoError(t, fake.Inject(fakeslack.Fault{Method: "conversations.list", Kind: fakeslack.Refused, Error: "internal_error", Count: 1}))
	require.NoError(t, svc.start(t.Context()))
	svc.ears.first(t.Context(), svc)
	require.Empty(t, svc.ears.directory.Watched(), "Slack did not tell")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- svc.run(ctx) }()
	defer func() { stop(); require.NoError(t, <-done) }()
	require.Eventually(t, func() bool {
		_, ok, err := svc.db.CaseOf(t.Context(), signals.SlackThread("T1", "C1", ts).String())
		require.NoError(t, err)
		return ok
	}, 20*time.Second, 5*time.Millisecond)
	require.Len(t, svc.ears.directory.Watched(), 1)
}

// TestWhatWasTakenAwayIsKnownAfterAStart: an emoji that is put on again is heard,
// though another process heard that it was taken away.
func TestWhatWasTakenAwayIsKnownAfterAStart(t *testing.T) {
	now := &testClock{t: tuesday}
	fake := fakeslack.New(fakeslack.Options{Team: "T1", Now: now.now})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	svc := slackService(t, storetest.SQLite(t), srv.URL, now)
	k := signals.SlackThread("T1", "C1", "1.000001")
	id := k.String() + "/reaction/rotating_light/U1"
	reacted := func(id, field string) signals.Delivery {
		return signals.Delivery{Events: []*signals.Event{{ID: id, Case: k, Kind: signals.Reacted, Field: field, Actor: "slack/T1/U1", To: "rotating_light", Ref: k.String(), At: tuesday}}}
	}
	again := svc.ears.directory.Options().Again
	require.NoError(t, svc.bot.Accept(t.Context(), reacted(id, "")))
	require.False(t, again(id))
	require.NoError(t, svc.bot.Accept(t.Context(), reacted(id+"2/removed/1.000002", "removed")))
	require.False(t, again(id), "that was another's")
	require.NoError(t, svc.bot.Accept(t.Context(), reacted(id+"/removed/1.000003", "removed")))
	require.True(t, again(id))
}

// TestStartsAddNothingToTheJournal: of a workspace in which nothing changed
// nothing is written, however often the service is started.
func TestStartsAddNothingToTheJournal(t *testing.T) {
	now := &testClock{t: tuesday}
	fake := fakeslack.New(fakeslack.Options{
		Team: "T1", Now: now.now, Manual: true, Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}},
		People: []fakeslack.Person{{ID: "U1", Name: "ada", RealName: "Ada Bell", Zone: "Europe/Oslo"}, {ID: "U2", Name: "bea"}},
	})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	storetest.Each(t, func(t *testing.T, url string) {
		now.set(tuesday)
		var heads []int64
		for range 3 {
			svc := slackService(t, url, srv.URL, now)
			require.NoError(t, svc.start(t.Context()))
			svc.ears.first(t.Context(), svc)
			head, err := svc.db.Head(t.Context())
			require.NoError(t, err)
			heads = append(heads, head)
			now.set(now.now().Add(25 * time.Hour))
		}
		require.Positive(t, heads[0])
		require.Equal(t, []int64{heads[0], heads[0], heads[0]}, heads)
	})
}

// TestAStartDoesNotWaitForAllPeople: where Slack takes long to tell who there is,
// the service begins all the same, and is told later.
func TestAStartDoesNotWaitForAllPeople(t *testing.T) {
	defer func(a, b time.Duration) { learnFirst, learnRest = a, b }(learnFirst, learnRest)
	learnFirst, learnRest = 200*time.Millisecond, time.Millisecond
	now := &testClock{t: tuesday}
	fake := fakeslack.New(fakeslack.Options{
		Team: "T1", Now: now.now, Manual: true, Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}}, People: []fakeslack.Person{{ID: "U1", Name: "ada"}},
	})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	svc := slackService(t, storetest.SQLite(t), srv.URL, now)
	require.NoError(t, fake.Inject(fakeslack.Fault{Method: "users.list", Kind: fakeslack.Hang, Count: 1}))
	require.NoError(t, svc.start(t.Context()))
	svc.ears.first(t.Context(), svc)
	require.Len(t, svc.ears.directory.Watched(), 1, "the channels are known")
	require.Empty(t, svc.ears.directory.Options().Known)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- svc.run(ctx) }()
	defer func() { stop(); require.NoError(t, <-done) }()
	require.Eventually(t, func() bool { return svc.ears.directory.Options().Known["U1"] }, 20*time.Second, 5*time.Millisecond)
}
