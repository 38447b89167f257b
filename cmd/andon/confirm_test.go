package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store/storetest"
)

// corrected is a floor on which Bea was told of PAY-7, which Ann raised, took it
// on and closed it.
func corrected(t *testing.T, url string, change func(*bot.Config)) *floor {
	f := newFloorOn(t, url, change)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	f.press("slack/T1/U1", "claim", f.record("7").Nudges[0].Message)
	f.closes("7", 100, "jira/jira/bea")
	return f
}

// closes lets somebody close an issue at an hour at which people work.
func (f *floor) closes(id string, n int64, who string) {
	f.t.Helper()
	f.step(id, n, signals.Event{Kind: signals.Closed, Actor: who, To: "Done"})
}

func (f *floor) step(id string, n int64, e signals.Event) {
	f.t.Helper()
	k := signals.Key{Source: signals.Jira, Site: "jira", ID: id}
	e.ID, e.Case, e.At, e.Seq, e.Audience = signals.ID(signals.Jira, "jira", id+"/x"+string(rune('0'+n%100))), k, f.clock.now(), signals.Seq{Entry: n}, signals.Public
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{&e}}))
	f.clock.set(f.clock.now().Add(time.Minute))
	f.drain()
}

// questions are the messages by which people were asked whether something is solved,
// by whom they went to, each that was said.
func (f *floor) questions(to string) (keys []string) {
	for key, target := range f.said.posts {
		if f.said.cards[key].Kind == "asked" && (to == "" || target == to) {
			keys = append(keys, key)
		}
	}
	return keys
}

// onlyAsk is the only message that asks somebody.
func (f *floor) onlyAsk(to string) string {
	f.t.Helper()
	keys := f.questions(to)
	require.Len(f.t, keys, 1)
	return keys[0]
}

// TestWhoRaisedItIsAskedOnce whether it is solved, by a message of their own, and
// their word confirms it. A second replica and a restart ask nothing more.
func TestWhoRaisedItIsAskedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := corrected(t, url, nil)
		key := f.onlyAsk("slack/T1/U3")
		got := f.shows(key)
		for _, want := range []string{"Is it solved? PAY-7 Invoices arrive twice", "You raised it: It came back to Payments", "[*Solved*]", "[Still happening]", "[Partly ...]"} {
			require.Contains(t, got, want)
		}
		require.Contains(t, f.press("slack/T1/U1", "solved", key).Card.Text(), "for somebody else")
		f.start()
		f.until(f.clock.now().Add(2*time.Hour), true)
		require.Len(t, f.questions(""), 1)
		require.Nil(t, f.press("slack/T1/U3", "solved", key).Card)
		r := f.record("7")
		require.True(t, r.Ledger.Reached(signals.ConfirmedBy))
		require.True(t, r.Over)
		require.Contains(t, f.shows(key), "Thank you. PAY-7")
		require.Contains(t, f.shows(key), "Ann confirmed that it is solved.")
		require.NotContains(t, f.shows(key), "[")
	})
}

// TestStillHappeningIsToldToWhoSolvedIt, in a message of its own, and who raised
// it is asked again when it is solved again: twice, and no third time.
func TestStillHappeningIsToldToWhoSolvedIt(t *testing.T) {
	f := corrected(t, storetest.SQLite(t), nil)
	first := f.onlyAsk("slack/T1/U3")
	f.press("slack/T1/U3", "denied", first)
	r := f.record("7")
	require.False(t, r.Ledger.Reached(signals.Corrected))
	require.Len(t, r.Nudges, 2)
	back := r.Nudges[1]
	require.Equal(t, "bea", back.To)
	require.Equal(t, signals.Sent, back.State, back.Why)
	require.NotEqual(t, r.Nudges[0].Message, back.Message, "an edit is not heard")
	got := f.shows(back.Message)
	require.Contains(t, got, "Not solved: You took it on, and who raised it says that it still happens. It is closed in Jira")
	require.Contains(t, got, "Ann says that it still happens.")
	require.NotContains(t, f.shows(first), "[", "it is answered")
	require.Contains(t, f.press("slack/T1/U3", "denied", first).Card.Text(), "does not count as solved", "twice is harmless")
	require.Len(t, f.record("7").Nudges, 2)

	f.step("7", 101, signals.Event{Kind: signals.Reopened, Actor: "jira/jira/bea"})
	f.closes("7", 102, "jira/jira/bea")
	require.Len(t, f.questions("slack/T1/U3"), 2)
	for _, key := range f.questions("slack/T1/U3") {
		if key != first {
			f.press("slack/T1/U3", "denied", key)
		}
	}
	require.Len(t, f.record("7").Nudges, 3)
	f.step("7", 103, signals.Event{Kind: signals.Reopened, Actor: "jira/jira/bea"})
	f.closes("7", 104, "jira/jira/bea")
	require.Len(t, f.questions("slack/T1/U3"), 2)
	asks := f.record("7").Asks
	require.Equal(t, "who raised it was asked 2 times before", asks[len(asks)-1].Why)
}

// TestPartlyTellsWhatIsLeft, and it stays open as corrected in part.
func TestPartlyTellsWhatIsLeft(t *testing.T) {
	f := corrected(t, storetest.SQLite(t), nil)
	first := f.onlyAsk("slack/T1/U3")
	m := f.press("slack/T1/U3", "partly", first).Modal
	require.Contains(t, form(m), "What is left?")
	f.send("slack/T1/U3", m, "text", "the totals of March are still wrong")
	r := f.record("7")
	require.False(t, r.Ledger.Reached(signals.Corrected))
	require.False(t, r.Ledger.Partly.IsZero())
	require.Empty(t, r.Ledger.Died)
	require.Len(t, r.Nudges, 2)
	require.Contains(t, f.shows(r.Nudges[1].Message), "who raised it says that a part of it is left")
	require.Contains(t, f.shows(r.Nudges[1].Message), "Ann says that a part of it is left: “the totals of March are still wrong”")
	f.step("7", 101, signals.Event{Kind: signals.Reopened, Actor: "jira/jira/bea"})
	f.closes("7", 102, "jira/jira/bea")
	require.Len(t, f.questions("slack/T1/U3"), 2)
	require.True(t, f.record("7").Ledger.Partly.IsZero())
}

// TestSilenceIsQuiet: nobody answers the question; it ends as quiet. An answer
// after that still counts, either way.
func TestSilenceIsQuiet(t *testing.T) {
	for _, answer := range []string{"solved", "denied"} {
		t.Run(answer, func(t *testing.T) {
			f := corrected(t, storetest.SQLite(t), nil)
			key := f.onlyAsk("slack/T1/U3")
			f.until(f.clock.now().AddDate(0, 0, 15), true)
			r := f.record("7")
			require.True(t, r.Over)
			require.True(t, r.Ledger.WentQuiet())
			require.Equal(t, signals.ConfirmedBy, r.Ledger.Died)
			require.Len(t, f.questions(""), 1, "no reminder")
			require.Contains(t, f.asks("U3", "why PAY-7"), "quiet")
			f.clock.set(time.Date(2026, 3, 23, 10, 0, 0, 0, time.UTC))
			f.press("slack/T1/U3", answer, key)
			r = f.record("7")
			require.Empty(t, r.Ledger.Died)
			require.False(t, r.Ledger.WentQuiet())
			require.Equal(t, answer == "solved", r.Ledger.Reached(signals.ConfirmedBy))
			require.Equal(t, answer == "solved", r.Over)
			if answer == "denied" {
				require.Equal(t, "bea", r.Nudges[len(r.Nudges)-1].To)
				require.Equal(t, signals.Sent, r.Nudges[len(r.Nudges)-1].State)
			}
		})
	}
}

// TestWhoIsNotAsked, and why.
func TestWhoIsNotAsked(t *testing.T) {
	person := func(text string) func(f *floor) {
		return func(f *floor) {
			e := &signals.Event{ID: "andon/test/ann2", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "ann", Text: text, At: tuesday}
			require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
		}
	}
	mode := func(to signals.Mode) func(f *floor) {
		return func(f *floor) {
			for _, detector := range []string{"ping_pong", "long_path"} { // both are found in it
				e := &signals.Event{ID: "andon/test/mode/" + detector, Kind: signals.ModeSet, Case: orgKey, Field: detector, To: string(to), At: tuesday}
				require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
			}
		}
	}
	mutes := func(f *floor) {
		e := &signals.Event{ID: "andon/test/mute", Kind: signals.Muted, Case: orgKey, Actor: "slack/T1/U3", To: tuesday.AddDate(0, 0, 2).Format(time.RFC3339), At: tuesday}
		require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
	}
	live := func(c *bot.Config) { c.AsLive, c.Policy.Mode = false, signals.Live }
	for name, x := range map[string]struct {
		change func(*bot.Config)
		before func(f *floor)
		closer string
		state  signals.State
		why    string
		later  int // days after which they are asked all the same, 0 for never
	}{
		"who left":           {nil, person(`{"id":"ann","left":true,"accounts":["jira/jira/ann","slack/T1/U3"]}`), "bea", signals.Superseded, "has left the company", 0},
		"who opted out":      {nil, person(`{"id":"ann","opted_out":true,"accounts":["jira/jira/ann","slack/T1/U3"]}`), "bea", signals.Superseded, "has opted out", 0},
		"an app":             {nil, person(`{"id":"ann","bot":true,"accounts":["jira/jira/ann","slack/T1/U3"]}`), "bea", signals.Superseded, "is not a person", 0},
		"without an account": {nil, person(`{"id":"ann","accounts":["jira/jira/ann"]}`), "bea", signals.Failed, "no Slack account", 0},
		"who closed it":      {nil, nil, "ann", signals.Superseded, "solved it", 0},
		"while it is night":  {nil, person(`{"id":"ann","zone":"America/New_York","accounts":["jira/jira/ann","slack/T1/U3"]}`), "bea", signals.Held, "outside the person's working hours", 1},
		"in shadow":          {live, mode(signals.Shadow), "bea", signals.Shadowed, "shadow mode", 0},
		"in preview":         {live, mode(signals.Preview), "bea", signals.Shadowed, "shown to the installer alone", 0},
		"who muted it":       {nil, mutes, "bea", signals.Held, "muted until", 3},
		"where it is off":    {func(c *bot.Config) { c.Policy.Asks = 0 }, nil, "bea", "", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, x.change)
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
			f.drain()
			if x.before != nil {
				x.before(f)
			}
			f.closes("7", 100, "jira/jira/"+x.closer)
			r := f.record("7")
			if x.state == "" {
				require.Empty(t, r.Asks)
				return
			}
			require.Len(t, r.Asks, 1)
			require.Equal(t, x.state, r.Asks[0].State, r.Asks[0].Why)
			require.Contains(t, r.Asks[0].Why, x.why)
			require.Empty(t, f.questions(""))
			if name == "in preview" {
				require.Contains(t, f.posts(), "Preview: Is it solved?")
			}
			f.until(f.clock.now().AddDate(0, 0, max(1, x.later)), true)
			require.Len(t, f.questions(""), min(1, x.later))
		})
	}
}

// TestWhoWishedNotToBeNamedIsAsked, and answers without their name.
func TestWhoWishedNotToBeNamedIsAsked(t *testing.T) {
	f := newFloor(t, nil)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	require.NoError(t, f.db.PutToken(t.Context(), "tok", "cord|jira/jira/7|jira/jira/7/xZ", "carl", tuesday))
	f.step("7", 90, signals.Event{Kind: signals.Pulled, Actor: signals.ID(signals.Own, "anonymous", "tok"), Text: "invoices are wrong again"})
	f.closes("7", 100, "jira/jira/bea")
	f.press("slack/T1/U2", "denied", f.onlyAsk("slack/T1/U2"))
	news, err := f.db.News(t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: "7"}, 0)
	require.NoError(t, err)
	said := 0
	for _, e := range news {
		if e.Kind == signals.Denied {
			said++
			require.Equal(t, "andon/anonymous/tok", e.Actor)
		}
	}
	require.Equal(t, 1, said)
	for _, m := range f.fake.Messages() {
		if !strings.HasPrefix(m.Channel, "D2") {
			require.NotContains(t, m.Text, "Carl says")
		}
	}
	require.Contains(t, f.posts(), "Somebody says that it still happens.")
}

// TestOneQuestionForAllThatSomebodyRaised in a problem: Ann opened it, and pulled
// the cord on it later. She is asked once, and what she says counts for both; after
// a restart and another look, too.
func TestOneQuestionForAllThatSomebodyRaised(t *testing.T) {
	for _, answer := range []string{"solved", "denied", ""} {
		t.Run("says "+answer, func(t *testing.T) {
			f := newFloor(t, nil)
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
			f.drain()
			f.step("7", 90, signals.Event{Kind: signals.Pulled, Actor: "slack/T1/U3", Text: "invoices are wrong again"})
			f.closes("7", 100, "jira/jira/bea")
			key := f.onlyAsk("slack/T1/U3")
			f.start()
			if answer == "" { // all the while that it is open, and when it ended unanswered
				f.until(f.clock.now().AddDate(0, 0, 16), true)
				f.onlyAsk("")
			} else {
				f.until(f.clock.now().Add(3*time.Hour), true)
				f.onlyAsk("")
				f.press("slack/T1/U3", answer, key)
			}
			records, err := f.db.Records(t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: "7"})
			require.NoError(t, err)
			asked, detectors := 0, []string(nil)
			for _, r := range records {
				detectors = append(detectors, r.Signal.Detector)
				asked += len(r.Asks)
				require.Equal(t, answer == "solved", r.Ledger.Reached(signals.ConfirmedBy), r.Signal.Detector)
				require.Equal(t, answer != "denied", r.Ledger.Reached(signals.Corrected), r.Signal.Detector)
				require.Equal(t, answer == "", r.Ledger.WentQuiet(), r.Signal.Detector)
			}
			require.Subset(t, detectors, []string{"cord", "ping_pong", "long_path"})
			require.Equal(t, 1, asked)
			f.onlyAsk("")
		})
	}
}

// TestTwoRaisersAreAskedEach, and the word of one confirms nothing for the other.
func TestTwoRaisersAreAskedEach(t *testing.T) {
	f := newFloor(t, nil)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	f.step("7", 90, signals.Event{Kind: signals.Pulled, Actor: "slack/T1/U2", Text: "invoices are wrong again"})
	f.closes("7", 100, "jira/jira/bea")
	ann, carl := f.onlyAsk("slack/T1/U3"), f.onlyAsk("slack/T1/U2")
	f.press("slack/T1/U3", "solved", ann)
	byDetector := map[string]*signals.Record{}
	all := func() map[string]*signals.Record {
		records, err := f.db.Records(t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: "7"})
		require.NoError(t, err)
		for _, r := range records {
			byDetector[r.Signal.Detector] = r
		}
		return byDetector
	}
	require.True(t, all()["ping_pong"].Ledger.Reached(signals.ConfirmedBy))
	require.False(t, all()["cord"].Ledger.Reached(signals.ConfirmedBy))
	f.press("slack/T1/U2", "denied", carl)
	require.True(t, all()["ping_pong"].Ledger.Reached(signals.ConfirmedBy), "for ann it is solved")
	require.False(t, all()["cord"].Ledger.Reached(signals.Corrected))
	require.True(t, strings.HasSuffix(all()["cord"].Nudges[len(byDetector["cord"].Nudges)-1].Route, "still happens"))
}
