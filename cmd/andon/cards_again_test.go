package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
)

// TestEverybodysClickIsSeen: the second one who says that they are on it is named
// too, though nothing else comes of it.
func TestEverybodysClickIsSeen(t *testing.T) {
	f := newFloor(t, nil)
	issue := pingpong("7", tuesday.Add(-10*time.Minute))
	for _, e := range issue {
		e.At = e.At.Add(-30 * 24 * time.Hour) // too old to be said of itself
	}
	owns := &signals.Event{ID: "andon/test/inc", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Payments", Text: `{"id":"Payments","lead":"bea","owns":[{"project":"PAY"},{"channel":"slack/T1/C9"}]}`, At: time.Unix(2, 0).UTC()}
	said := wondered("C9", 100, tuesday, "U3", "Payments are down for all customers, see PAY-7. We look into it.")
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{owns}}, signals.Delivery{Events: issue, Learn: true}, signals.Delivery{Events: []*signals.Event{said}, Rooms: map[string]string{"slack/T1/C9": "inc-payments"}}))
	f.drain()
	f.until(tuesday.Add(3*time.Hour), true)
	f.drain()
	var key string
	for k, to := range f.said.posts {
		if to == said.Case.String() {
			key = k
		}
	}
	require.NotEmpty(t, key, "%v", f.said.posts)
	f.press("slack/T1/U2", "claim", key)
	require.Contains(t, f.shows(key), "Carl is on it.")
	f.press("slack/T1/U3", "claim", key)
	require.Contains(t, f.shows(key), "Carl is on it.")
	require.Contains(t, f.shows(key), "Ann is on it.")
}

// TestWhatNobodyApprovedSaysSo: what waited for approval too long has no buttons
// any more.
func TestWhatNobodyApprovedSaysSo(t *testing.T) {
	f := newFloor(t, func(c *bot.Config) {
		c.AsLive, c.Policy.Mode, c.Admins = false, signals.Ask, []string{"slack/T1/U2"}
	})
	require.Empty(t, f.ask("C1", 100, signals.Public))
	var key string
	for k, card := range f.said.cards {
		if card.Title == "May I say this?" {
			key = k
		}
	}
	require.NotEmpty(t, key)
	require.Contains(t, f.shows(key), "[*Approve*]")
	f.until(f.clock.now().Add(f.conf.Policy.HeldFor+48*time.Hour), true)
	f.drain()
	require.NotContains(t, f.shows(key), "Approve")
	require.Contains(t, f.shows(key), "nobody approved it")
}
