package bot

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/decide"
)

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{"stauts": "status", "pth": "path", "hwo": "who", "hepl": "help", "STATUS": "help", "": "who", "status": "status"} {
		require.Equal(t, want, nearest(word), "%q", word)
	}
}

// asked is an error that says how long to wait.
type asked time.Duration

func (a asked) Error() string             { return "wait" }
func (a asked) RetryAfter() time.Duration { return time.Duration(a) }

func TestPauses(t *testing.T) {
	b := &Bot{c: Config{Lease: 45 * time.Second}}
	at := func(attempt int, doubt bool) signals.Outgoing {
		return signals.Outgoing{Attempt: attempt, Doubt: doubt}
	}
	plain := errors.New("no")
	require.Equal(t, 2*time.Second, b.pause(at(1, false), plain))
	require.Equal(t, 4*time.Second, b.pause(at(2, false), plain))
	require.Equal(t, 5*time.Minute, b.pause(at(40, false), plain), "it does not grow for ever")
	require.Equal(t, 45*time.Second, b.pause(at(1, true), plain), "what may still arrive is waited for")
	require.Equal(t, 2*time.Minute, b.pause(at(1, true), fmt.Errorf("post: %w", asked(2*time.Minute))), "Slack's own wish counts")
}

func TestStagesInWords(t *testing.T) {
	own := clock{zone: time.UTC, own: true}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	r := &decide.Record{Ledger: signals.NewLedger(&signals.Signal{Detector: "stall"}, at)}
	require.Equal(t, "generated 2 Mar 09:00", stagesIn(r, own))
	r.Ledger.Reach(signals.Transmitted, at.Add(time.Hour), false)
	r.Ledger.Reach(signals.ReceivedBy, at.Add(2*time.Hour), true)
	require.Equal(t, "generated 2 Mar 09:00 → transmitted 2 Mar 10:00 → received 2 Mar 11:00 (proxy)", stagesIn(r, own))
	r.Ledger.Die(signals.ReactedTo, "nobody did anything", at.Add(3*time.Hour))
	require.Contains(t, stagesIn(r, own), "stopped before reacted: nobody did anything")
	require.Equal(t, "generated 2 Mar 09:00 → transmitted 2 Mar 10:00 → received (proxy) → stopped before reacted: nobody took it on", stagesIn(r, clock{zone: time.UTC}), "of others")
}
