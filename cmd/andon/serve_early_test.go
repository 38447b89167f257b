package main

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// TestServeAnswersBeforeItKnowsEverybody: commands and clicks, which Slack does
// not repeat, are answered from the start on, while Slack takes its time to tell
// who is who. What is due waits until what was missed is read.
func TestServeAnswersBeforeItKnowsEverybody(t *testing.T) {
	now := &testClock{t: tuesday}
	fake := fakeslack.New(fakeslack.Options{
		Team: "T1", Now: now.now, Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}}, People: []fakeslack.Person{{ID: "U1", Name: "ada"}},
	})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	svc := slackService(t, storetest.SQLite(t), srv.URL, now)
	require.NoError(t, fake.Inject(fakeslack.Fault{Method: "conversations.list", Kind: fakeslack.Hang}))
	require.NoError(t, svc.start(t.Context()))
	require.Zero(t, fake.Requests()["conversations.list"], "nothing is waited for")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- svc.run(ctx) }()
	defer func() { stop(); require.NoError(t, <-done) }()
	require.Eventually(t, func() bool { return fake.Deliveries().Sockets == 2 }, 10*time.Second, 5*time.Millisecond)
	require.NoError(t, fake.Command(t.Context(), "U1", "C1", "/andon help"))
	require.False(t, svc.ears.directory.Listed())
	require.True(t, svc.unread(signals.SlackThread("T1", "C1", "1.000001")))
}

// TestServeKnowsSilentMembers: who is in a private channel is asked for at a start.
func TestServeKnowsSilentMembers(t *testing.T) {
	now := &testClock{t: tuesday}
	fake := fakeslack.New(fakeslack.Options{
		Team: "T1", Now: now.now, Manual: true, People: []fakeslack.Person{{ID: "U1", Name: "ada"}, {ID: "U2", Name: "bea"}},
		Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}, {ID: "C2", Name: "oncall", Private: true, Members: []string{"U2"}}},
	})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	svc := slackService(t, storetest.SQLite(t), srv.URL, now)
	require.NoError(t, svc.start(t.Context()))
	svc.ears.first(t.Context(), svc)
	require.Equal(t, 1, fake.Requests()["conversations.list"])
	require.Equal(t, 1, fake.Requests()["conversations.members"], "of the public one nobody is asked for")
	entries, err := svc.db.Follow(t.Context(), 0, 1000)
	require.NoError(t, err)
	in := map[string]string{}
	for _, e := range entries {
		if e.Kind == signals.Joined {
			in[e.To] = e.Case.String()
		}
	}
	require.Equal(t, map[string]string{"slack/T1/U2": "slack/T1/C2"}, in)
}
