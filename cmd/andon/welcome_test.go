package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
)

const welcomeText = `I am andon, and I listen here now
Thank you for the invitation. I read the messages and threads here, and look for problems that could use a hand: a question without an answer, a problem without a ticket.
The text is kept for 30 days; what I learn from it stays as figures without words. What is written in a private channel is shown to nobody outside of it.
To stop it: /line unwatch for this channel, /line optout for what you write yourself, or remove me from the channel.
I tell who can help: hedged, cord
An admin decides first: echo
I only take note, nobody is told: stall, downgraded, came back, unanswered ask, bounced ask, deflected, untracked problem, workaround, quiet incident
Ask me with /line help. Pull the cord with /line pull.`

// TestJoiningIsSaidOnce for each time that andon comes into a channel.
func TestJoiningIsSaidOnce(t *testing.T) {
	s, p := digester(t, homeDay, func(c *bot.Config) {
		c.AsLive, c.Told = false, bot.Telling{Command: "/line", KeepText: 30 * 24 * time.Hour}
		c.Policy.Modes = map[string]signals.Mode{"cord": signals.Live, "echo": signals.Ask}
	})
	mode := &signals.Event{ID: "andon/test/mode", Case: orgKey, Kind: signals.ModeSet, Field: "hedged", To: "live", Ref: "slack/T1/C5", At: homeDay}
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{mode}}))
	greet := func(channel, by string) {
		require.NoError(t, s.bot.Welcome(t.Context(), channel, by))
		s.drain()
	}
	for range 3 {
		greet("slack/T1/C5", "slack/T1/UBEA")
	}
	require.Len(t, p.said, 1)
	require.Equal(t, "slack/T1/C5", p.said[0].to)
	require.Equal(t, welcomeText, p.said[0].card.Text())
	greet("slack/T1/C6", "")
	require.Len(t, p.said, 2)
	require.Contains(t, p.said[1].card.Text(), "I joined because the name of this channel is one that I was asked to watch.")
	require.Contains(t, p.said[1].card.Text(), "I tell who can help: cord\n", "each channel has its own modes")

	for range 2 {
		require.NoError(t, s.bot.Goodbye(t.Context(), "slack/T1/C5"))
		s.drain()
	}
	require.Len(t, p.said, 2, "leaving is silent")
	s.start()
	greet("slack/T1/C5", "slack/T1/UBEA")
	greet("slack/T1/C5", "slack/T1/UBEA")
	require.Len(t, p.said, 3, "it came again")
}
