package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
	"andon/store/storetest"
)

// asks is what somebody is answered to a command.
func (f *floor) asks(user, text string) string {
	f.t.Helper()
	f.asked++
	r, err := f.bot.Ask(f.t.Context(), view.Asked{ID: fmt.Sprint("asks", f.asked), Kind: view.Command, User: "slack/T1/" + user, Channel: "slack/T1/C1", Text: text})
	require.NoError(f.t, err, text)
	require.NotNil(f.t, r.Card, text)
	f.drain()
	return r.Card.Text()
}

// goes lets an issue go from team to team.
func (f *floor) goes(id string, n int, at time.Time, from, to string, audience signals.Audience) {
	f.until(at, true)
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{movesTo(id, n, at, from, to, audience)}}))
	f.drain()
}

// movesTo is that an issue goes from team to team.
func movesTo(id string, n int, at time.Time, from, to string, audience signals.Audience) *signals.Event {
	k := issueKey(id)
	return &signals.Event{ID: fmt.Sprintf("%s/%d.0", k, n), Case: k, Kind: signals.TeamMoved, Actor: "jira/jira/ann", From: from, To: to, At: at, Seq: signals.Seq{Entry: int64(n)}, Audience: audience}
}

// posts is everything that stands in Slack.
func (f *floor) posts() string {
	var b strings.Builder
	for _, m := range f.fake.Messages() {
		fmt.Fprintf(&b, "%s: %s %s\n", m.Channel, m.Text, m.Blocks)
	}
	return b.String()
}

// TestWhatWasPutAsideGoesToSomebodyElse: Bea snoozes it; two days later it is
// there again, and Carl hears of it, and when it was put aside, not by whom.
// Everybody is told the same after a restart, by every replica.
func TestWhatWasPutAsideGoesToSomebodyElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFloorOn(t, url, nil)
		hidden := signals.MembersOf("jira/jira/security:1")
		secret := pingpong("8", tuesday.Add(-20*time.Minute))
		for _, e := range secret {
			e.Audience = hidden
		}
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}, signals.Delivery{Events: secret}))
		f.drain()
		require.Contains(t, f.asks("U2", "suppressed"), "Nothing was put aside that you may see.")
		require.Contains(t, f.asks("U1", "snooze PAY-7 2026-03-20"), "again")
		snooze := &signals.Event{ID: "andon/test/hidden", Case: secret[0].Case, Kind: signals.Snoozed, Actor: "slack/T1/U1", At: tuesday.Add(time.Minute), To: "2026-03-20T09:00:00Z", Audience: hidden}
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{snooze}}))
		f.drain()
		require.Contains(t, f.asks("U2", "suppressed"), "It did not come back so far.")

		f.start() // from the journal alone
		other := f.replica()
		f.until(tuesday.AddDate(0, 0, 2), true)
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{movesTo("7", 90, tuesday.AddDate(0, 0, 2), "Payments", "Web", signals.Public)}}))
		both(f, other, looksAt(issueKey("7")))
		f.until(tuesday.AddDate(0, 0, 2).Add(time.Hour), true)
		require.Equal(t, 1, f.heard("D2"), "Carl is told once")
		last := f.nudges("7")
		n := last[len(last)-1]
		require.Equal(t, "carl", n.To, n.Why)
		require.Equal(t, signals.Sent, n.State, n.Why)
		require.Equal(t, "It was put aside before: snoozed on 3 March.", n.Signal.Before)
		require.Contains(t, f.posts(), "It was put aside before: snoozed on 3 March.")

		said := f.asks("U2", "suppressed")
		for _, want := range []string{"PAY-7 Invoices arrive twice", "Snoozed on 3 March, until 20 March.", "It was found as ping_pong.", "It came back on 5 March.", "Who did it is never shown"} {
			require.Contains(t, said, want)
		}
		for _, never := range []string{"PAY-8", "Bea", "bea", "U1"} {
			require.NotContains(t, said, never)
		}
		require.Contains(t, f.asks("U1", "suppressed mine"), "Snoozed on 3 March")
		require.Contains(t, f.asks("U2", "suppressed mine"), "Nothing was put aside")
		require.Contains(t, f.asks("U2", "suppressed channel"), "Nothing was put aside")
		require.Contains(t, f.asks("U2", "suppressed team"), "fewer than 5 people")
		require.Contains(t, f.asks("U2", "suppressed everything"), "Say suppressed mine")
		require.Contains(t, f.asks("U2", "supressed"), `Did you mean "suppressed"?`)
		require.Contains(t, f.asks("U2", "help suppressed"), "suppressed [mine|channel|team|all]")
		require.Contains(t, f.asks("U2", "why PAY-7"), "It was put aside before: snoozed on 3 March.")

		r, err := other.bot.Ask(t.Context(), view.Asked{ID: "other", Kind: view.Command, User: "slack/T1/U2", Channel: "slack/T1/C1", Text: "suppressed"})
		require.NoError(t, err)
		require.Equal(t, said, r.Card.Text(), "another replica")
		f.start()
		require.Equal(t, said, f.asks("U2", "suppressed"), "after a restart")
	})
}

// TestMutesAreToldWithoutWho: what people do not want to hear of is told with
// its end, where the asker knows the place.
func TestMutesAreToldWithoutWho(t *testing.T) {
	f := newFloor(t, nil)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{wondered("C1", 100, tuesday.Add(-time.Hour), "U3", "good morning")}}))
	f.drain()
	f.asks("U1", "mute stall for 2d")
	f.asks("U1", "mute echo here for 2d")
	said := f.asks("U2", "suppressed")
	require.Contains(t, said, "Muted: stall on 3 March, until 5 March.")
	require.Contains(t, said, "Muted: echo in this channel on 3 March, until 5 March.")
	require.NotContains(t, said, "Bea")
	said = f.asks("U2", "suppressed channel")
	require.Contains(t, said, "echo")
	require.NotContains(t, said, "stall")
	require.Contains(t, f.asks("U2", "suppressed mine"), "Nothing was put aside")
	require.Contains(t, f.asks("U1", "suppressed mine"), "Muted: stall")
}

// TestNobodyIsLeftToAsk: only Bea could help, and she put it aside: the signal
// stops where everybody can see it, with its reason.
func TestNobodyIsLeftToAsk(t *testing.T) {
	f := newFloor(t, nil)
	gone := &signals.Event{ID: "andon/test/gone", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "carl", Text: `{"id":"carl","name":"Carl","team":"Web","left":true,"accounts":["jira/jira/carl","slack/T1/U2"]}`, At: time.Unix(2, 0).UTC()}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{gone}}, signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	f.asks("U1", "snooze PAY-7 2026-03-20")
	f.goes("7", 90, tuesday.AddDate(0, 0, 2), "Payments", "Web", signals.Public)
	last := f.nudges("7")
	n := last[len(last)-1]
	require.Equal(t, signals.Failed, n.State)
	require.Equal(t, "who put it aside before is not asked again", n.Why)
}
