package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store/storetest"
)

// TestWhoTookItUpIsAskedOnce: Bea takes it up and nothing moves. She is asked
// whether she is still on it; when she does not answer Carl is asked, and then it
// ends. Two replicas ask no more than one, and a restart changes nothing.
func TestWhoTookItUpIsAskedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFloorOn(t, url, nil)
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
		f.drain()
		first := f.record("7").Nudges
		require.Len(t, first, 1)
		f.press("slack/T1/U1", "claim", first[0].Message)
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{ID: "andon/test/web", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Web", Text: `{"id":"Web","lead":"carl","owns":[{"project":"PAY"}]}`, At: tuesday}}}))

		f.start() // another replica judges what comes next, from the journal alone
		f.until(tuesday.AddDate(0, 0, 6), true)
		require.Len(t, f.record("7").Nudges, 1, "it is not time yet")
		f.until(tuesday.AddDate(0, 0, 7), true)
		told := f.record("7").Nudges
		require.Len(t, told, 2)
		require.Equal(t, "bea", told[1].To)
		require.Equal(t, signals.Sent, told[1].State, told[1].Why)
		require.Contains(t, f.shows(told[1].Message), "Still on it?: You took it up, and nothing has moved since.")
		require.Contains(t, f.shows(told[1].Message), "[*I'm on it*]\n[Not me ...]")

		other, err := bot.New(f.conf)
		require.NoError(t, err)
		require.NoError(t, other.Start(t.Context()))
		f.start()
		f.until(tuesday.AddDate(0, 0, 21), true)
		told = f.record("7").Nudges
		require.Equal(t, signals.Ignored, told[1].State)
		require.Len(t, told, 3, "the steps of the policy")
		require.Equal(t, "carl", told[2].To)
		require.Equal(t, "leads Web, which owns project PAY; it was taken up, but nothing has moved since", told[2].Route)
		r := f.record("7")
		require.Equal(t, signals.Corrected, r.Ledger.Died)
		require.Equal(t, "it was taken up, and not corrected within 40 hours of working time", r.Ledger.Why)

		f.press("slack/T1/U1", "claim", told[1].Message)
		require.Empty(t, f.record("7").Ledger.Died, "a late word brings it back")
	})
}

// TestWhoIsStillOnItIsLeftAlone: a click on the question begins the time anew, and
// "Not me" hands it on at once.
func TestWhoIsStillOnItIsLeftAlone(t *testing.T) {
	f := newFloor(t, nil)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	f.press("slack/T1/U1", "claim", f.record("7").Nudges[0].Message)
	f.until(tuesday.AddDate(0, 0, 7), true)
	ask := f.record("7").Nudges[1]
	f.press("slack/T1/U1", "claim", ask.Message)
	f.until(tuesday.AddDate(0, 0, 12), true)
	told := f.record("7").Nudges
	require.Len(t, told, 2)
	require.Equal(t, signals.Acted, told[1].State)
	m := f.press("slack/T1/U1", "refuse", ask.Message).Modal
	f.send("slack/T1/U1", m, "whom", "slack/T1/U2")
	told = f.record("7").Nudges
	require.Len(t, told, 3)
	require.Equal(t, "carl", told[2].To)
	require.Contains(t, told[2].Route, "was named by Bea")
}

// record is the signal of an issue that somebody was told of.
func (f *floor) record(id string) *signals.Record {
	f.t.Helper()
	records, err := f.db.Records(f.t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: id})
	require.NoError(f.t, err)
	for _, r := range records {
		if r.Ledger.Reached(signals.Transmitted) {
			return r
		}
	}
	require.Fail(f.t, "it was not found")
	return nil
}

// TestAStandstillGoesToTheTeamsChannel before it goes up, and blames nobody there.
func TestAStandstillGoesToTheTeamsChannel(t *testing.T) {
	f := newFloor(t, nil)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{
		{ID: "andon/test/pay", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Payments", Text: `{"id":"Payments","lead":"bea","channel":"slack/T1/C9","owns":[{"project":"PAY"}]}`, At: tuesday},
		{ID: "andon/test/web", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Web", Text: `{"id":"Web","lead":"carl","owns":[{"project":"PAY"}]}`, At: tuesday},
	}}, signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	f.press("slack/T1/U1", "claim", f.record("7").Nudges[0].Message)
	f.until(tuesday.AddDate(0, 0, 10), true)
	told := f.record("7").Nudges
	require.Len(t, told, 3)
	require.Equal(t, "slack/T1/C9", told[2].To)
	got := f.shows(told[2].Message)
	require.Contains(t, got, "Why here: This channel is the channel of Payments, which owns project PAY; it could use one more hand.")
	for _, blame := range []string{"Bea", "nothing has moved", "took it up", "taken up"} {
		require.NotContains(t, got, blame)
	}
}
