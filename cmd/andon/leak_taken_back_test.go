package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
)

// deleted takes a message back.
func (f *floor) deleted(k signals.Key) {
	at := f.clock.now()
	e := &signals.Event{ID: k.String() + "/deleted", Case: k, Kind: signals.Deleted, Ref: k.String(), At: at, Actor: "slack/T1/U3", Audience: signals.Public, Seq: signals.Seq{Entry: at.UnixMicro()}}
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
	f.clock.set(at.Add(time.Minute))
	f.drain()
}

// TestWhatWasTakenBackLeavesTheMessage: the words of a message that was deleted
// are not shown any longer where they were repeated.
func TestWhatWasTakenBackLeavesTheMessage(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	words := askWords[:20]
	require.Contains(t, f.shows(key), words)
	f.deleted(threadAt("C1", 100))
	require.NotContains(t, f.shows(key), words)
}

// TestWhatWasTakenBackLeavesThePreview likewise.
func TestWhatWasTakenBackLeavesThePreview(t *testing.T) {
	f := newFloor(t, func(c *bot.Config) {
		c.AsLive, c.Policy.Mode, c.Admins = false, signals.Preview, []string{"slack/T1/U2"}
	})
	f.ask("C1", 100, signals.Public)
	require.Len(t, f.said.cards, 1)
	f.deleted(threadAt("C1", 100))
	for k := range f.said.cards {
		require.NotContains(t, f.shows(k), askWords[:20])
	}
}

// TestWhatSomebodyRefusedAloneIsNotToldToOthers: who was asked by a direct
// message and said no there is not named to those who are brought together.
func TestWhatSomebodyRefusedAloneIsNotToldToOthers(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "refuse", key).Modal
	f.send("slack/T1/U1", m, "whom", "slack/T1/U2", "reason", "I do not care for it")
	f.until(f.clock.now().Add(23*time.Hour), true)
	f.drain()
	next := ""
	for k, to := range f.said.posts {
		if to == "slack/T1/U2" {
			next = k
		}
	}
	require.NotEmpty(t, next, "%v", f.said.posts)
	require.NotContains(t, f.shows(next), "Bea said")
	f.press("slack/T1/U2", "together", next)
	for k, to := range f.said.posts {
		if to == "slack/T1/G77" {
			require.NotContains(t, f.shows(k), "Bea")
			require.NotContains(t, f.shows(k), "do not care")
		}
	}
}

// proposedKey is the message by which the admins are asked.
func (f *floor) proposedKey() string {
	for k, card := range f.said.cards {
		if strings.HasPrefix(card.Title, "May I say this?") || card.Title == "This waited for approval" {
			return k
		}
	}
	return ""
}

// TestAdminsDoNotLearnWhatIsSomebodysOwn: what kept an approved nudge from being
// said is told as far as it is not about the person.
func TestAdminsDoNotLearnWhatIsSomebodysOwn(t *testing.T) {
	for name, c := range map[string]struct {
		e    signals.Event
		hide []string
	}{
		"who opted out": {signals.Event{Kind: signals.RosterSet, Field: "own", To: "bea", Text: `{"opted_out":true}`}, []string{"opted"}},
		"who mutes it":  {signals.Event{Kind: signals.Muted, Actor: "slack/T1/U1", Field: "unanswered_ask", To: "2026-03-20T00:00:00Z"}, []string{"muted"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, func(c *bot.Config) {
				c.AsLive, c.Policy.Mode, c.Admins = false, signals.Ask, []string{"slack/T1/U2"}
			})
			f.ask("C1", 100, signals.Public)
			key := f.proposedKey()
			require.NotEmpty(t, key)
			e := c.e
			e.ID, e.Case, e.At, e.Audience = "andon/own/1", signals.Key{Source: signals.Own, Site: "slack", ID: "org"}, f.clock.now(), signals.Restricted
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{&e}}))
			f.press("slack/T1/U2", "approve", key)
			f.drain()
			again := f.press("slack/T1/U2", "approve", key).Card.Text()
			for _, no := range c.hide {
				require.NotContains(t, f.shows(key), no)
				require.NotContains(t, again, no)
			}
		})
	}
}

// TestAdminsDoNotLearnWhoFoundItNotUseful: the form says that nobody does.
func TestAdminsDoNotLearnWhoFoundItNotUseful(t *testing.T) {
	f := newFloor(t, func(c *bot.Config) {
		c.AsLive, c.Policy.Mode, c.Admins = false, signals.Ask, []string{"slack/T1/U2"}
	})
	f.ask("C1", 100, signals.Public)
	proposal := f.proposedKey()
	f.press("slack/T1/U2", "approve", proposal)
	f.drain()
	key := ""
	for k, to := range f.said.posts {
		if to == "slack/T1/U1" {
			key = k
		}
	}
	require.NotEmpty(t, key)
	m := f.press("slack/T1/U1", "more", "useless:"+key).Modal
	f.send("slack/T1/U1", m, "why", "private")
	for _, got := range []string{f.shows(proposal), f.press("slack/T1/U2", "approve", proposal).Card.Text()} {
		require.NotContains(t, got, "useful")
		require.NotContains(t, got, "private")
	}
}

// TestWordsOfAReasonAreTakenBackToo: some reasons quote what was written.
func TestWordsOfAReasonAreTakenBackToo(t *testing.T) {
	for name, kind := range map[string]signals.Kind{"taken back": signals.Deleted, "written anew": signals.Edited} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, nil)
			said := wondered("C1", 100, tuesday, "U3", "the key of the vault is hunter2, please rotate it")
			pulled := &signals.Event{ID: "andon/pulled/1", Case: said.Case, Kind: signals.Pulled, Actor: "slack/T1/U2", Ref: said.ID, At: tuesday.Add(time.Minute), Text: "hunter2 is known to everybody", Audience: signals.Public}
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{said, pulled}}))
			f.clock.set(tuesday.Add(2 * time.Minute))
			f.drain()
			var key string
			for k := range f.said.cards {
				key = k
			}
			require.Contains(t, f.shows(key), "hunter2")
			at := f.clock.now()
			e := &signals.Event{ID: said.ID + "/then", Case: said.Case, Kind: kind, Ref: said.ID, At: at, Text: "it is rotated", Actor: "slack/T1/U3", Audience: signals.Public, Seq: signals.Seq{Entry: at.UnixMicro()}}
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
			f.clock.set(at.Add(time.Minute))
			f.drain()
			require.NotContains(t, f.shows(key), "hunter2")
		})
	}
}
