package slack

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
)

// TestWordsToAndonAreNotKept: a direct message is answered. It is no talk to be
// watched, and who pulls the cord there without their name is written down nowhere.
func TestWordsToAndonAreNotKept(t *testing.T) {
	var mu sync.Mutex
	var stored []signals.Delivery
	heard := make(chan string, 1)
	_, p := answering(t, func(_ context.Context, a view.Asked) (view.Reply, error) {
		heard <- a.Text
		return view.Reply{}, nil
	}, func(in *Inbox) {
		in.Accept = func(_ context.Context, d signals.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			stored = append(stored, d)
			return nil
		}
	})
	p.event("e", delivered(fields{"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": "pull refunds are paid twice, anonymously", "ts": "1600000100.000200"}, fields{"event_id": "EvDirect"}))
	p.acked(t)
	require.Contains(t, <-heard, "refunds")
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, stored, 1)
	require.Equal(t, "EvDirect", stored[0].Envelope.ID, "that it was heard is kept")
	require.Empty(t, stored[0].Envelope.Body)
	require.Empty(t, stored[0].Events)
}

// TestOneBrokenAnswerIsOneFailure: the others go on.
func TestOneBrokenAnswerIsOneFailure(t *testing.T) {
	_, p := answering(t, func(_ context.Context, a view.Asked) (view.Reply, error) {
		var none []string
		return view.Reply{Card: &view.Card{Title: none[len(a.Text)]}}, nil
	})
	p.send(envelope("slash_commands", "e", []byte(`{"command":"/andon","user_id":"U1"}`), ""))
	require.Contains(t, string(p.acked(t).Payload), "try again")
	p.event("again", delivered(fields{"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UANDON> who", "ts": "1600000100.000300"}))
	p.acked(t)
}
