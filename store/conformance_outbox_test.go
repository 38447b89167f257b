package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

const bob = "slack/T1/U2"

func message(t testing.TB, db *store.DB, id string) signals.Outgoing {
	t.Helper()
	m, ok, err := db.Message(t.Context(), id)
	require.NoError(t, err)
	require.True(t, ok, "message %s", id)
	return m
}

func claimed(t testing.TB, db *store.DB, id string, now time.Time) (signals.Outgoing, []*signals.Record) {
	t.Helper()
	m, rs, ok, err := db.Claim(t.Context(), id, now)
	require.NoError(t, err)
	require.True(t, ok, "message %s is to be sent", id)
	return m, rs
}

func notClaimed(t testing.TB, db *store.DB, id string, now time.Time) {
	t.Helper()
	m, rs, ok, err := db.Claim(t.Context(), id, now)
	require.NoError(t, err)
	require.False(t, ok)
	require.Zero(t, m)
	require.Empty(t, rs)
}

// toSay commits a record with one nudge that is to be sent in message m1.
func toSay(t testing.TB, db *store.DB, k signals.Key) *signals.Record {
	t.Helper()
	r := record(k, "o"+k.ID)
	nudge(r, bob, signals.Sending, "m1")
	commit(t, db, signals.Outcome{Case: k, Records: []*signals.Record{r}, Told: map[string][]signals.Told{bob: {{ID: "m1", At: monday, Cases: []signals.Key{k}, Nudges: 1}}}})
	return r
}

func TestSend(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		r := toSay(t, db, issue(1))
		require.Equal(t, []string{"m1"}, store.TakeJobs(t, db, "send"))
		want := signals.Outgoing{Message: signals.Message{ID: "m1", Target: bob, Nudges: []string{r.Nudges[0].Key()}, Rev: 1}, State: signals.Sending}
		require.Equal(t, want, message(t, db, "m1"))

		m, rs := claimed(t, db, "m1", monday)
		want.Attempt, want.Begun = 1, monday
		require.Equal(t, want, m)
		require.Equal(t, want, message(t, db, "m1"), "the claim is stored before it returns")
		require.Equal(t, []*signals.Record{r}, rs)

		m.State, m.Why, m.SentRev, m.Copies = signals.Sent, "told", 1, []signals.Copy{{Channel: "D1", TS: "17.1"}}
		rs[0].Nudges[0].State = signals.Sent
		rs[0].Ledger.Reach(signals.Transmitted, monday, false)
		require.NoError(t, db.Settle(ctx, m, rs, time.Time{}))
		require.Equal(t, m, message(t, db, "m1"))
		require.Equal(t, rs, records(t, db, issue(1)))
		require.Equal(t, 2, rs[0].Rev)
		require.Empty(t, store.TakeJobs(t, db, "send"))
		notClaimed(t, db, "m1", monday.Add(time.Hour))
		notClaimed(t, db, "unknown", monday)
		_, ok, err := db.Message(ctx, "unknown")
		require.NoError(t, err)
		require.False(t, ok)
		require.ErrorIs(t, db.Settle(ctx, m, nil, time.Time{}), store.ErrStale, "it is settled")
	})
}

// A message has one job however often it changes before it is sent.
func TestMessageShared(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		one, two := toSay(t, db, issue(1)), toSay(t, db, issue(2))
		commit(t, db, signals.Outcome{Case: issue(1), Records: []*signals.Record{one}})
		require.Equal(t, []string{"m1"}, store.TakeJobs(t, db, "send"))
		m, rs := claimed(t, db, "m1", monday)
		require.Equal(t, 2, m.Rev, "by one when a nudge joins, not when its record changes")
		require.Equal(t, []string{one.Nudges[0].Key(), two.Nudges[0].Key()}, m.Nudges)
		require.Equal(t, []*signals.Record{one, two}, rs)

		// A third one joins while the first two are being said.
		three := toSay(t, db, issue(3))
		require.Empty(t, store.TakeJobs(t, db, "send"), "who sends it will see")
		m.State, m.SentRev, m.Copies = signals.Sent, m.Rev, []signals.Copy{{Channel: "D1", TS: "1"}}
		require.NoError(t, db.Settle(t.Context(), m, nil, time.Time{}))
		require.Equal(t, []string{"m1"}, store.TakeJobs(t, db, "send"))
		again, rs := claimed(t, db, "m1", monday)
		require.Equal(t, []any{3, 2, 2, 3}, []any{again.Rev, again.SentRev, again.Attempt, len(again.Nudges)})
		require.Equal(t, m.Copies, again.Copies)
		require.Equal(t, three, rs[2])

		// It joins a message that was sent already: that is edited.
		again.State, again.SentRev = signals.Sent, again.Rev
		require.NoError(t, db.Settle(t.Context(), again, nil, time.Time{}))
		require.Empty(t, store.TakeJobs(t, db, "send"))
		toSay(t, db, issue(4))
		require.Equal(t, []string{"m1"}, store.TakeJobs(t, db, "send"))
	})
}

func TestClaimTwice(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		toSay(t, db, issue(1))
		store.TakeJobs(t, db, "send")
		first, _ := claimed(t, db, "m1", monday)
		require.False(t, first.Doubt)
		list, err := db.Unsettled(ctx, monday)
		require.NoError(t, err)
		require.Empty(t, list)
		list, err = db.Unsettled(ctx, monday.Add(time.Second))
		require.NoError(t, err)
		require.Equal(t, []string{"m1"}, list)

		notClaimed(t, db, "m1", monday.Add(119*time.Second))
		list, err = db.Unsettled(ctx, monday.Add(time.Second))
		require.NoError(t, err)
		require.Empty(t, list, "a job waits for it")
		require.Equal(t, []string{"m1"}, store.TakeJobs(t, db, "send"), "it is tried again when the lease ends")

		second, _ := claimed(t, db, "m1", monday.Add(2*time.Minute))
		require.True(t, second.Doubt, "nobody knows how the first attempt ended")
		require.Equal(t, 2, second.Attempt)
		first.State, first.SentRev = signals.Sent, 1
		require.ErrorIs(t, db.Settle(ctx, first, nil, time.Time{}), store.ErrStale)
		second.State, second.SentRev, second.Doubt = signals.Sent, 1, false
		require.NoError(t, db.Settle(ctx, second, nil, time.Time{}))
		require.False(t, message(t, db, "m1").Doubt)
		list, err = db.Unsettled(ctx, monday.Add(time.Hour))
		require.NoError(t, err)
		require.Empty(t, list)
	})
}

func TestSettleToTryAgain(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		toSay(t, db, issue(1))
		store.TakeJobs(t, db, "send")
		m, rs := claimed(t, db, "m1", monday)
		m.State, m.Why, m.Doubt = signals.Failed, "no answer", true
		stale := *rs[0]
		stale.Rev = 0
		require.ErrorIs(t, db.Settle(ctx, m, []*signals.Record{&stale}, monday), store.ErrStale)
		require.Equal(t, signals.Sending, message(t, db, "m1").State, "nothing was stored")

		require.NoError(t, db.Settle(ctx, m, nil, monday.Add(time.Minute)))
		require.Equal(t, []string{"m1"}, store.TakeJobs(t, db, "send"))
		m, _ = claimed(t, db, "m1", monday.Add(time.Minute))
		require.Equal(t, []any{true, 2, 0}, []any{m.Doubt, m.Attempt, m.SentRev})
		m.State, m.Why, m.Doubt = signals.Failed, "no such channel", false
		require.NoError(t, db.Settle(ctx, m, nil, time.Time{}))
		require.Equal(t, m, message(t, db, "m1"))
		require.Empty(t, store.TakeJobs(t, db, "send"))
		notClaimed(t, db, "m1", monday.Add(time.Hour))
	})
}

// A nudge that was superseded before it was said still stands in its message:
// the sender sees its state.
func TestSupersededBeforeSent(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		r := toSay(t, db, issue(1))
		r.Nudges[0].State = signals.Superseded
		commit(t, db, signals.Outcome{Case: issue(1), Records: []*signals.Record{r}})
		m, rs := claimed(t, db, "m1", monday)
		require.Equal(t, signals.Superseded, rs[0].Nudges[0].State)
		m.State = signals.Superseded
		require.NoError(t, db.Settle(t.Context(), m, nil, time.Time{}))
		notClaimed(t, db, "m1", monday.Add(time.Hour))
	})
}
