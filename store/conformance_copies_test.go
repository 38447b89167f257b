package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

var (
	direct = signals.Copy{Channel: "D1", TS: "1"}
	group  = signals.Copy{Channel: "G1", TS: "2"}
)

// sent stores that a claimed message was said, and stands in some places.
func sent(t testing.TB, db *store.DB, m signals.Outgoing, places ...signals.Copy) {
	t.Helper()
	m.State, m.SentRev, m.Doubt, m.Copies = signals.Sent, m.Rev, false, places
	require.NoError(t, db.Settle(t.Context(), m, nil, time.Time{}))
}

func TestAddCopy(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		toSay(t, db, issue(1))
		require.ErrorContains(t, db.AddCopy(ctx, "unknown", group), "no such message")
		require.Error(t, db.AddCopy(ctx, "m1", signals.Copy{Channel: "G1"}))
		store.TakeJobs(t, db, "send")
		m, _ := claimed(t, db, "m1", monday)
		sent(t, db, m, direct)
		for range 2 {
			require.NoError(t, db.AddCopy(ctx, "m1", group))
		}
		require.Equal(t, []signals.Copy{direct, group}, message(t, db, "m1").Copies, "the same place counts once")
		require.Equal(t, []string{"m1"}, store.TakeJobs(t, db, "send"), "one edit, for what the new place may have missed")
		m, _ = claimed(t, db, "m1", monday)
		require.Equal(t, []signals.Copy{direct, group}, m.Copies)
		sent(t, db, m, m.Copies...)
		require.Empty(t, store.TakeJobs(t, db, "send"))
		commit(t, db, signals.Outcome{Case: issue(1), Again: []string{"m1"}})
		m, _ = claimed(t, db, "m1", monday)
		require.Equal(t, []signals.Copy{direct, group}, m.Copies, "and so every later edit")
	})
}

// A place that comes while the message is being sent is not lost when the sender
// stores the list that it began with.
func TestAddCopyMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		toSay(t, db, issue(1))
		m, _ := claimed(t, db, "m1", monday)
		store.TakeJobs(t, db, "send")
		require.NoError(t, db.AddCopy(ctx, "m1", group))
		require.Empty(t, message(t, db, "m1").Copies)
		m.State, m.Doubt = signals.Sending, true
		require.NoError(t, db.Settle(ctx, m, nil, time.Now().Add(time.Minute)))
		m, _ = claimed(t, db, "m1", monday)
		require.Empty(t, m.Copies, "it is still to be posted where it belongs")
		sent(t, db, m, direct)
		require.Equal(t, []signals.Copy{direct, group}, message(t, db, "m1").Copies)

		store.TakeJobs(t, db, "send")
		commit(t, db, signals.Outcome{Case: issue(1), Again: []string{"m1"}})
		m, _ = claimed(t, db, "m1", monday)
		third := signals.Copy{Channel: "G2", TS: "3"}
		require.NoError(t, db.AddCopy(ctx, "m1", third))
		sent(t, db, m, direct, group)
		require.Equal(t, []signals.Copy{direct, group, third}, message(t, db, "m1").Copies)
		require.Equal(t, signals.Sending, message(t, db, "m1").State, "the edit under way did not reach the new place")
		require.Contains(t, store.TakeJobs(t, db, "send"), "m1")

		// The sender dies: whoever takes over knows all places.
		_, _ = claimed(t, db, "m1", monday)
		require.NoError(t, db.AddCopy(ctx, "m1", signals.Copy{Channel: "G3", TS: "4"}))
		m, _ = claimed(t, db, "m1", monday.Add(time.Hour))
		require.Len(t, m.Copies, 4)

		// What failed stays as it is.
		m.State = signals.Failed
		require.NoError(t, db.Settle(ctx, m, nil, time.Time{}))
		store.TakeJobs(t, db, "send")
		require.NoError(t, db.AddCopy(ctx, "m1", signals.Copy{Channel: "G4", TS: "5"}))
		require.Equal(t, signals.Failed, message(t, db, "m1").State)
		require.Empty(t, store.TakeJobs(t, db, "send"))
	})
}

func TestAddCopyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		toSay(t, db, issue(1))
		m, _ := claimed(t, db, "m1", monday)
		var wg sync.WaitGroup
		for _, ts := range []string{"2", "3", "4", "5", "6", "7"} {
			wg.Go(func() { require.NoError(t, db.AddCopy(t.Context(), "m1", signals.Copy{Channel: "G1", TS: ts})) })
		}
		wg.Go(func() { sent(t, db, m, direct) })
		wg.Wait()
		require.Len(t, message(t, db, "m1").Copies, 7)
	})
}

// When nobody could be told, the case is looked at again at once, so that
// somebody else is.
func TestFailedSendWakesTheCase(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		setUp := func(n int) (signals.Outgoing, []*signals.Record) {
			k, id := issue(n), "m"+issue(n).ID
			appendAll(t, db, delivery(id, event(k, 1, signals.Opened)))
			r := record(k, "o")
			nudge(r, bob, signals.Sending, id)
			looked(t, db, signals.Outcome{Case: k, Records: []*signals.Record{r}, Look: monday.Add(48 * time.Hour)})
			looks(t, db)
			store.TakeJobs(t, db, "send")
			return claimed(t, db, id, monday)
		}
		woken := func() []signals.Key {
			_, err := db.Wake(ctx, monday, 9)
			require.NoError(t, err)
			return looks(t, db)
		}
		m, rs := setUp(1)
		m.State, m.Why = signals.Failed, "user_disabled"
		rs[0].Nudges[0].State = signals.Failed
		require.NoError(t, db.Settle(ctx, m, rs, time.Time{}))
		require.Equal(t, []signals.Key{issue(1)}, woken())
		looked(t, db, signals.Outcome{Case: issue(1), Look: monday.Add(48 * time.Hour)})
		require.Empty(t, woken(), "once")

		m, _ = setUp(2)
		m.State = signals.Failed
		require.NoError(t, db.Settle(ctx, m, nil, time.Time{}), "the records are not given")
		require.Equal(t, []signals.Key{issue(2)}, woken())

		m, rs = setUp(3)
		m.State, m.SentRev = signals.Sent, 1
		require.NoError(t, db.Settle(ctx, m, rs, time.Time{}))
		m, _ = setUp(4)
		m.State = signals.Failed
		require.NoError(t, db.Settle(ctx, m, nil, time.Now().Add(time.Minute)), "it is tried again")
		require.Empty(t, woken())

		m, rs = setUp(5)
		m.State, m.SentRev = signals.Sent, 1
		rs[0].Nudges[0].State = signals.Failed
		require.NoError(t, db.Settle(ctx, m, rs, time.Time{}))
		require.Equal(t, []signals.Key{issue(5)}, woken(), "a nudge failed though the message did not")

		m, _ = setUp(6)
		m.State = signals.Failed
		m.Attempt++
		require.ErrorIs(t, db.Settle(ctx, m, nil, time.Time{}), store.ErrStale)
		require.Empty(t, woken(), "what is stale changes nothing")
	})
}

// A look that runs while the sending fails does not wipe out the wish.
func TestFailedSendDuringALook(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		k := issue(1)
		appendAll(t, db, delivery("1", event(k, 1, signals.Opened)))
		r := record(k, "o")
		nudge(r, bob, signals.Sending, "m1")
		looked(t, db, signals.Outcome{Case: k, Records: []*signals.Record{r}})
		m, rs := claimed(t, db, "m1", monday)
		appendAll(t, db, delivery("2", event(k, 2, signals.Status)))
		looks(t, db) // it runs
		m.State = signals.Failed
		rs[0].Nudges[0].State = signals.Failed
		require.NoError(t, db.Settle(ctx, m, rs, time.Time{}))
		looked(t, db, signals.Outcome{Case: k, Look: monday.Add(48 * time.Hour)})
		require.Equal(t, monday, standing(t, db, k).Look)
		n, err := db.Wake(ctx, monday, 9)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}

// Looks and failing sends at once neither wait for each other in a circle nor
// lose a wish.
func TestFailedSendsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		const cases = 8
		var all []*signals.Record
		for i := range cases {
			appendAll(t, db, delivery(issue(i).ID, event(issue(i), 1, signals.Opened)))
			r := record(issue(i), "o")
			nudge(r, bob, signals.Sending, "m1")
			all = append(all, r)
		}
		commit(t, db, signals.Outcome{Case: issue(0), Records: all})
		for i := range cases {
			looked(t, db, signals.Outcome{Case: issue(i)})
		}
		looks(t, db)
		m, _ := claimed(t, db, "m1", monday)
		m.State = signals.Failed
		var group errgroup
		group.do(func() error { return db.Settle(ctx, m, nil, time.Time{}) })
		for i := range cases {
			group.do(func() error {
				if _, err := db.Append(ctx, delivery("again"+issue(i).ID, pressed(issue(i), 5, signals.Claimed))); err != nil {
					return err
				}
				return db.Commit(ctx, signals.Outcome{Case: issue(i), Look: monday.Add(48 * time.Hour), Wakes: []signals.Wake{{Case: issue((i + 3) % cases), At: monday.Add(50 * time.Hour)}}})
			})
		}
		require.NoError(t, group.wait())
		for i := range cases {
			st := standing(t, db, issue(i))
			if st.Look.Equal(monday) {
				continue
			}
			// The look's own transaction came after the sending failed and saw it: then it must have been told.
			require.Contains(t, store.Lanes(t, db, "look"), issue(i).String(), "case %d waits for nothing", i)
		}
	})
}

// What people write under a message is known by where it stands.
func TestMessageAt(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		at := signals.Copy{Channel: "slack/T1/D1", TS: "1772528400.000100"}
		for _, id := range []string{"a1", "a2", "m9"} {
			require.NoError(t, db.Notice(ctx, id, "ann", []byte("{}"), monday))
			m, _ := claimed(t, db, id, monday)
			place := at
			if id == "a2" {
				place.Channel = "slack/T1/D2"
			}
			sent(t, db, m, signals.Copy{Channel: "slack/T1/D1", TS: "1772528400.000099"}, place)
		}
		for place, want := range map[signals.Copy]string{
			at: "a1", {Channel: "slack/T1/D2", TS: at.TS}: "a2", {Channel: "slack/T1/D3", TS: at.TS}: "", {Channel: at.Channel, TS: "1772528400.0001"}: "", {Channel: at.Channel, TS: "%"}: "",
		} {
			id, ok, err := db.MessageAt(ctx, "a", place)
			require.NoError(t, err)
			require.Equal(t, want, id)
			require.Equal(t, want != "", ok)
		}
		id, _, err := db.MessageAt(ctx, "m", at)
		require.NoError(t, err)
		require.Equal(t, "m9", id)
		_, _, err = db.MessageAt(ctx, "a", signals.Copy{Channel: "D1"})
		require.ErrorContains(t, err, "are needed")
	})
}
