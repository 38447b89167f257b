package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
)

// guestBook is where people meet, with who is in the channels.
type guestBook struct {
	*meetings
	in   map[string][]string
	fail error
}

func (g *guestBook) Members(_ context.Context, channel string) ([]string, error) {
	return g.in[channel], g.fail
}

// TestWhoMaySeeACord: a cord in a channel of which Slack says that it is public
// is for everybody, though nobody has spoken there. Nothing else widens.
func TestWhoMaySeeACord(t *testing.T) {
	kinds := map[string]bool{"slack/T1/C1": false, "slack/T1/C2": true, "slack/T1/C5": true, "slack/T1/C7": false}
	for channel, want := range map[string]signals.Audience{
		"slack/T1/C5": signals.Public,                   // quiet and public
		"slack/T1/C6": signals.MembersOf("slack/T1/C6"), // quiet and unknown
		"slack/T1/C7": signals.MembersOf("slack/T1/C7"), // quiet and private
		"slack/T1/C1": signals.MembersOf("slack/T1/C1"), // it was public when somebody spoke there
		"slack/T1/C2": signals.MembersOf("slack/T1/C2"), // it was private when somebody spoke there
	} {
		t.Run(channel, func(t *testing.T) {
			o := newOffice(t, func(c *bot.Config) {
				c.Public = func(channel string) (public, known bool) { public, known = kinds[channel]; return public, known }
			})
			a := o.asks("U1", "pull the till is on fire")
			a.Channel = channel
			o.reply(a)
			require.Equal(t, want, o.last(signals.Pulled).Audience)
		})
	}
}

// TestACordInAQuietChannelArrives: the lead of the team that owns it is told, and
// who pulled it sees it in their list.
func TestACordInAQuietChannelArrives(t *testing.T) {
	o := newOffice(t, func(c *bot.Config) {
		c.Public = func(channel string) (public, known bool) { return channel == "slack/T1/C5", true }
	})
	require.NoError(t, o.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{
		ID: "andon/test/owner", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Payments", Text: `{"id":"Payments","lead":"bea","owns":[{"channel":"C5"}]}`, At: tuesday,
	}}}))
	a := o.asks("U3", "pull the till is on fire")
	a.Channel = "slack/T1/C5"
	o.reply(a)
	o.drain()
	require.Contains(t, o.said.to, "bea")
	require.Contains(t, o.ask("U3", "list mine"), "the till is on fire")
}

// TestWhoAsksInAChannelIsAskedFor: who was not heard to come into a private
// channel sees what is said there when they ask in it, if Slack knows them inside.
func TestWhoAsksInAChannelIsAskedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		user, channel string
		fail          error
		seen          bool
	}{
		"inside":        {"U3", "C2", nil, true},
		"elsewhere":     {"U3", "C1", nil, false},
		"outside":       {"U4", "C2", nil, false},
		"Slack is away": {"U3", "C2", errors.New("away"), false},
	} {
		t.Run(name, func(t *testing.T) {
			g := &guestBook{meetings: &meetings{}, in: map[string][]string{"slack/T1/C2": {"slack/T1/U3"}}, fail: tt.fail}
			o := newOffice(t, func(c *bot.Config) {
				c.Rooms, c.Public = g, func(channel string) (public, known bool) { return channel == "slack/T1/C1", true }
			})
			a := o.asks(tt.user, "status https://x.slack.com/archives/C2/p100000000")
			a.Channel = "slack/T1/" + tt.channel
			require.Equal(t, tt.seen, strings.Contains(o.reply(a).Card.Text(), "Whose turn"))
		})
	}
}

// TestSilentMembersAreKnown: who never wrote in a private channel sees what is
// said there all the same, and who left while nobody listened does not.
func TestSilentMembersAreKnown(t *testing.T) {
	g := &guestBook{meetings: &meetings{}, in: map[string][]string{"slack/T1/C2": {"slack/T1/U1", "slack/T1/U3"}}}
	o := newOffice(t, func(c *bot.Config) { c.Rooms = g })
	sees := func(user string) bool {
		text := o.ask(user, "status https://x.slack.com/archives/C2/p100000000")
		return strings.Contains(text, "Whose turn")
	}
	require.Equal(t, []bool{true, true, false}, []bool{sees("U1"), sees("U2"), sees("U3")})
	require.NoError(t, o.bot.Enrol(t.Context(), "slack/T1/C2"))
	require.NoError(t, o.bot.Follow(t.Context()))
	require.Equal(t, []bool{true, false, true}, []bool{sees("U1"), sees("U2"), sees("U3")})
	head, err := o.db.Head(t.Context())
	require.NoError(t, err)
	o.clock.set(o.clock.now().Add(time.Hour))
	require.NoError(t, o.bot.Enrol(t.Context(), "slack/T1/C2"))
	again, err := o.db.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, head, again, "nothing is written of whom it knows")
	g.fail = errors.New("away")
	require.ErrorContains(t, o.bot.Enrol(t.Context(), "slack/T1/C2"), "away")
	require.True(t, sees("U3"))
}
