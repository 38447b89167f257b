package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestPlacesOfAnAskAreForWhoMaySeeThem: Ann asks the same in three channels, one of
// them private. Bea is told once, of the two that she may see; an answer in private
// ends it, and nothing tells her where it was given, or by whom.
func TestPlacesOfAnAskAreForWhoMaySeeThem(t *testing.T) {
	f := newFloor(t, nil)
	secret := signals.MembersOf("slack/T1/C3")
	rooms := map[string]string{"slack/T1/C2": "refunds", "slack/T1/C3": "merger"}
	second, hidden := wondered("C2", 101, tuesday.Add(time.Second), "U3", askWords), wondered("C3", 102, tuesday.Add(2*time.Second), "U3", askWords)
	hidden.Audience = secret
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{second, hidden}, Rooms: rooms}))
	key := f.ask("C1", 100, signals.Public)
	require.NotEmpty(t, key)
	said := f.shows(key)
	require.Contains(t, said, "Also asked in: #refunds\n")
	require.NotContains(t, said, "merger")
	require.NotContains(t, said, "C3")
	require.Len(t, f.records("C1", 100), 1)
	require.Empty(t, f.records("C2", 101))
	require.Empty(t, f.records("C3", 102))

	answer := wondered("C3", 102, f.clock.now(), "U2", "You ask the desk of the second floor, they enter you into the list within the hour.")
	answer.ID, answer.Audience = "slack/T1/C3/answer", secret
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{answer}}))
	f.drain()
	require.True(t, f.records("C1", 100)[0].Ledger.Reached(signals.ReactedTo))
	for _, said := range []string{f.shows(key), f.asks("U1", "why")} {
		require.NotContains(t, said, "merger")
		require.NotContains(t, said, "Carl")
	}
}
