package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
)

// alerted lets a thread of an incident speak of an issue until its channel is
// told; it returns the message.
func (f *floor) alerted() string {
	org := &signals.Event{ID: "andon/test/inc", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Payments", Text: `{"id":"Payments","lead":"bea","owns":[{"project":"PAY"},{"channel":"slack/T1/C9"}]}`, At: time.Unix(2, 0).UTC()}
	dora := &signals.Event{ID: "andon/test/dora", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "dora", Text: `{"id":"dora","name":"Dora","accounts":["slack/T1/U4"]}`, At: time.Unix(2, 0).UTC()}
	issue := pingpong("7", tuesday.Add(-10*time.Minute))
	for _, e := range issue {
		e.At = e.At.Add(-30 * 24 * time.Hour) // too old to be said of itself
	}
	said := wondered("C9", 100, tuesday, "U3", "Payments are down for all customers, see PAY-7. We look into it.")
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{org, dora}}, signals.Delivery{Events: issue, Learn: true}, signals.Delivery{Events: []*signals.Event{said}, Rooms: map[string]string{"slack/T1/C9": "inc-payments"}}))
	f.drain()
	f.until(tuesday.Add(3*time.Hour), true)
	f.drain()
	for k, to := range f.said.posts {
		if to == said.Case.String() {
			return k
		}
	}
	require.Fail(f.t, "the channel was not told")
	return ""
}

// TestAChannelOfSeveralCompaniesReadsLikeAGuest: what is public in ours is not
// for the other one; what was said there everybody there has read.
func TestAChannelOfSeveralCompaniesReadsLikeAGuest(t *testing.T) {
	ours := newFloor(t, nil)
	got := ours.shows(ours.alerted())
	require.Contains(t, got, "PAY-7")
	require.Contains(t, got, "Web (back again)")

	f := newFloor(t, func(c *bot.Config) { c.Shared = func(channel string) bool { return channel == "slack/T1/C9" } })
	key := f.alerted()
	for range 2 {
		got = f.shows(key)
		require.Contains(t, got, "This incident may need an update")
		require.Contains(t, got, "The thread (https://slack.example/archives/C9/p")
		for _, ours := range []string{"PAY-7", "Invoices", "Web", "in a place that you are not in"} {
			require.NotContains(t, got, ours)
		}
		require.Nil(t, f.press("slack/T1/U2", "claim", key).Card, "those who read it there may answer")
	}
	require.Contains(t, f.shows(key), "Carl is on it.")
}

// TestTogetherByABystander brings those together whom it concerns, and who asked
// with them.
func TestTogetherByABystander(t *testing.T) {
	for name, c := range map[string]struct {
		user, says, introduced string
		people                 []string
	}{
		"somebody else": {"slack/T1/U4", "with you, Ann and Bea.", "Ann raised it, and Bea may be able to help. You are here together so that you can solve it between you. Dora asked for that.", []string{"slack/T1/U4", "slack/T1/U3", "slack/T1/U1"}},
		"the owner":     {"slack/T1/U1", "with you and Ann.", "Ann raised it, and Bea may be able to help. You are here together so that you can solve it between you.", []string{"slack/T1/U1", "slack/T1/U3"}},
		"who raised it": {"slack/T1/U3", "with you and Bea.", "Ann raised it, and Bea may be able to help. You are here together so that you can solve it between you.", []string{"slack/T1/U3", "slack/T1/U1"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, nil)
			key := f.alerted()
			require.Contains(t, f.shows(key), "[Bring us together]")
			require.Contains(t, f.press(c.user, "together", key).Card.Text(), c.says)
			require.Equal(t, [][]string{c.people}, f.lobby.groups)
			require.NotContains(t, f.shows(key), "Bring us together", "it was done")
			for k, to := range f.said.posts {
				if to == "slack/T1/G77" {
					require.Equal(t, c.introduced, strings.Split(f.shows(k), "\n")[1])
				}
			}
		})
	}
}

// TestTogetherIsTakenAwayOnceItWasDone, also where somebody was on it before.
func TestTogetherIsTakenAwayOnceItWasDone(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	f.press("slack/T1/U1", "claim", key)
	require.Contains(t, f.shows(key), "[Bring us together]")
	f.press("slack/T1/U1", "together", key)
	require.NotContains(t, f.shows(key), "Bring us together")
	require.Contains(t, f.shows(key), "were brought together")
	require.Equal(t, []string{"claimed slack/T1/U1"}, f.happened("C1", 100), "once")
}

// chosen are those who may see an issue of few.
var chosen = signals.MembersOf("jira/jira/security:1")

// secretly lets an issue be read that only few people may see.
func (f *floor) secretly() {
	hidden := pingpong("8", f.clock.now().Add(-40*24*time.Hour))
	for _, e := range hidden {
		e.Audience = chosen
	}
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: hidden, Learn: true}))
	f.drain()
}

// TestLinkTellsNothingOfWhatOneMayNotSee: the answer is the same as for an issue
// that there is not.
func TestLinkTellsNothingOfWhatOneMayNotSee(t *testing.T) {
	f := newFloor(t, nil)
	f.secretly()
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "more", "link:"+key).Modal
	none := f.send("slack/T1/U1", m, "issue", "PAY-404")
	require.NotEmpty(t, none.Errors["issue"])
	for _, label := range []string{"PAY-8", "PAY-91"} {
		require.Equal(t, none, f.send("slack/T1/U1", m, "issue", label), label)
	}
	require.Empty(t, f.happened("C1", 100))
}

// TestLinksAreThoseOfTheReader: an issue that somebody linked is named to those
// who may see it.
func TestLinksAreThoseOfTheReader(t *testing.T) {
	for id, want := range map[string]string{"7": "linked it to PAY-7.", "8": "linked it to an issue."} {
		f := newFloor(t, nil)
		f.secretly()
		old := pingpong("7", f.clock.now().Add(-40*24*time.Hour))
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: old, Learn: true}))
		key := f.ask("C1", 100, signals.Public)
		k, at := threadAt("C1", 100), f.clock.now()
		e := &signals.Event{ID: "andon/pressed/x/" + k.String(), Case: k, Kind: signals.Linked, Actor: "slack/T1/U2", At: at, Field: "Relates", To: "PAY-" + id, Ref: "jira/jira/" + id, Audience: signals.Public, Seq: signals.Seq{Entry: at.UnixMicro()}}
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
		f.drain()
		got := f.shows(key)
		require.Contains(t, got, want)
		require.Equal(t, id == "7", strings.Contains(got, "PAY-"+id), got)
	}
}
