package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
)

// doors are Home tabs as they were published.
type doors struct{ shown map[string][]*view.Card }

func (d *doors) PublishHome(_ context.Context, person string, cards []*view.Card) error {
	d.shown[person] = cards
	return nil
}

// TestHomeFollows: a Home tab that was opened shows what comes later by itself.
func TestHomeFollows(t *testing.T) {
	d := &doors{shown: make(map[string][]*view.Card)}
	s, _ := digester(t, homeDay, func(c *bot.Config) { c.Homes = d })
	bea, carl := "slack/T1/UBEA", "slack/T1/UCARL"
	s.homeOf(bea)
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: handedAround("1", "Invoices arrive twice", homeDay.Add(-8*time.Hour), signals.Public, "Payments", "Web", "Payments", "Web", "Payments")}))
	s.drain()
	require.NoError(t, s.bot.Homes(t.Context()))
	require.Empty(t, d.shown, "once a minute")
	s.clock.set(homeDay.Add(2 * time.Minute))
	require.NoError(t, s.bot.Homes(t.Context()))
	require.Contains(t, textOf(d.shown[bea]), "PAY-1")
	require.NotContains(t, d.shown, carl, "who never opened theirs has none")
	claim, ok := actionOf(d.shown[bea], "claim")
	require.True(t, ok)
	s.clock.set(homeDay.Add(4 * time.Minute))
	s.pressHome(view.Asked{ID: "p1", Kind: view.Pressed, Action: "claim", Value: claim.Value, User: bea})
	require.NoError(t, s.bot.Homes(t.Context()))
	require.Contains(t, textOf(d.shown[bea]), "is on it")
}
