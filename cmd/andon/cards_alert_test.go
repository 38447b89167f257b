package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
)

// alert lets an incident channel that Payments own speak of an issue that
// wanders. It returns the message in that thread.
func (f *floor) alert() string {
	owns := &signals.Event{ID: "andon/test/inc", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Payments", Text: `{"id":"Payments","lead":"bea","owns":[{"project":"PAY"},{"channel":"slack/T1/C9"}]}`, At: time.Unix(2, 0).UTC()}
	issue := pingpong("7", tuesday.Add(-10*time.Minute))
	for _, e := range issue {
		e.At = e.At.Add(-30 * 24 * time.Hour) // too old to be said of itself
	}
	said := wondered("C9", 100, tuesday, "U3", "Payments are down for all customers, see PAY-7. We look into it.")
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{owns}}, signals.Delivery{Events: issue, Learn: true}, signals.Delivery{Events: []*signals.Event{said}, Rooms: map[string]string{"slack/T1/C9": "inc-payments"}}))
	f.drain()
	f.until(tuesday.Add(3*time.Hour), true)
	f.drain()
	for key, to := range f.said.posts {
		if to == said.Case.String() {
			return key
		}
	}
	require.Fail(f.t, "there is no alert", "%v", f.said.posts)
	return ""
}

// proposal lets Ann ask something where whatever is said has to be approved. It
// returns the message that asks the admins.
func (f *floor) proposal() string {
	require.Empty(f.t, f.ask("C1", 100, signals.Public))
	for key, card := range f.said.cards {
		if card.Title == "May I say this?" {
			return key
		}
	}
	require.Fail(f.t, "nobody is asked for approval")
	return ""
}

// asking sets a loop up so that whatever is said has to be approved by Carl.
func asking(c *bot.Config) {
	c.AsLive, c.Policy.Mode, c.Admins = false, signals.Ask, []string{"slack/T1/U2"}
}

func TestAlertStandsInTheThreadWithItsOwner(t *testing.T) {
	f := newFloor(t, nil)
	key := f.alert()
	got := f.shows(key)
	require.Contains(t, got, "This incident may need an update")
	require.Contains(t, got, "Payments\nWeb\nPayments (back again)\nWeb (back again)\nPayments (back again, now)", "teams, and no times of small ones")
	require.Contains(t, got, "@U1 ", "one named owner")
	require.Contains(t, got, "Why here: This channel is where it is spoken of")
	require.NotContains(t, got, "Ann")
	require.NotContains(t, got, "Snooze")
	f.press("slack/T1/U2", "claim", key)
	require.Contains(t, f.shows(key), "(UTC): Carl is on it.", "anybody there may")
	f.press("slack/T1/U2", "solved", key)
	require.Contains(t, f.shows(key), "[Still happening]")
	require.Contains(t, f.press("slack/T1/U2", "denied", key).Card.Text(), "Only who raised it")
	require.Nil(t, f.press("slack/T1/U3", "denied", key).Card)
	require.Contains(t, f.shows(key), "Ann says that it still happens.")
	require.Contains(t, f.press("slack/T1/U2", "snooze", "1h:"+key).Card.Text(), "Others read this message")
}

func TestPreviewIsForWhoSetItUp(t *testing.T) {
	f := newFloor(t, func(c *bot.Config) {
		c.AsLive, c.Policy.Mode, c.Admins = false, signals.Preview, []string{"slack/T1/U2"}
	})
	f.ask("C1", 100, signals.Public)
	var key string
	for k, card := range f.said.cards {
		if strings.HasPrefix(card.Title, "Preview: ") {
			key = k
		}
	}
	require.NotEmpty(t, key)
	require.Equal(t, "slack/T1/U2", f.said.posts[key])
	require.Contains(t, f.shows(key), "Only you see this.")
	require.Contains(t, f.shows(key), "Would go to: Bea")
	require.NotContains(t, f.shows(key), "[", "there is nothing to press")
	require.Len(t, f.fake.Messages(), 1)
}

func TestAskModeAsksTheAdmins(t *testing.T) {
	for name, c := range map[string]struct {
		press, want string
		said        int
	}{"approved": {"approve", "It was approved", 2}, "not": {"decline", "It is not said", 1}} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, asking)
			key := f.proposal()
			require.Contains(t, f.shows(key), "To: Bea")
			require.Contains(t, f.shows(key), "[*Approve*]\n[Don't]")
			require.Contains(t, f.press("slack/T1/U1", "approve", key).Card.Text(), "Only the admins")
			require.Contains(t, f.press("slack/T1/U2", c.press, key).Card.Text(), "Thank you")
			require.Contains(t, f.shows(key), c.want)
			require.GreaterOrEqual(t, len(f.fake.Messages()), c.said)
		})
	}
}

// TestWhoIsNotNamedIsPassedAMessage lets somebody pull the cord without their
// name: nobody learns it, and they can be written to all the same.
func TestWhoIsNotNamedIsPassedAMessage(t *testing.T) {
	f := newFloor(t, nil)
	said := wondered("C1", 100, tuesday, "U2", "the deploy of billing runs")
	pulled := &signals.Event{ID: "andon/pulled/1", Case: said.Case, Kind: signals.Pulled, Actor: "andon/anonymous/tok1", At: tuesday.Add(time.Minute), Text: "refunds are paid twice", Audience: signals.Public}
	require.NoError(t, f.db.PutToken(t.Context(), "tok1", "", "slack/T1/U3", tuesday))
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{said, pulled}}))
	f.clock.set(tuesday.Add(2 * time.Minute))
	f.drain()
	var key string
	for k := range f.said.cards {
		key = k
	}
	require.NotEmpty(t, key)
	got := f.shows(key)
	require.NotContains(t, got, "Ann")
	require.NotContains(t, got, "tok1")
	require.Contains(t, got, "Pass a message on")
	m := f.press("slack/T1/U1", "pass", key).Modal
	require.Contains(t, form(m), "wished not to be named")
	require.Contains(t, f.send("slack/T1/U1", m, "text", " ").Errors["text"], "Please write")
	require.Contains(t, form(f.send("slack/T1/U1", m, "text", "<!here> which customer?").Modal), "if they can still be reached")
	passed := ""
	for k, to := range f.said.posts {
		if to == "slack/T1/U3" {
			passed = f.shows(k)
		}
	}
	require.Contains(t, passed, "Bea writes: <!here> which customer?")
	require.Contains(t, f.press("slack/T1/U1", "together", key).Card.Text(), "wished not to be named")
	require.Empty(t, f.lobby.groups)
	require.Nil(t, f.press("slack/T1/U1", "solved", key).Card)
	require.NotContains(t, f.shows(key), "Ann")
}
