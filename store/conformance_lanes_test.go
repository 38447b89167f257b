package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

// pressed is what a button makes of a case.
func pressed(k signals.Key, n int, kind signals.Kind) *signals.Event {
	e := event(k, n, kind)
	e.ID = "andon/pressed/" + e.ID
	return e
}

// odd has everything in its id that could be written in two ways.
var odd = signals.Key{Source: "log", Site: "main", ID: `a"b\c<d>&é🙂 '?`}

func TestLanesOfLooks(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		appendAll(t, db, delivery("1", event(issue(1), 1, signals.Closed), pressed(issue(2), 2, signals.Refused), pressed(issue(3), 3, signals.Said), event(odd, 4, signals.Opened)))
		require.Equal(t, map[string]int{issue(1).String(): 2, issue(2).String(): 1, issue(3).String(): 2, odd.String(): 2}, store.Lanes(t, db, "look"))

		// Who presses while the look waits brings it forward.
		appendAll(t, db, delivery("2", pressed(issue(1), 5, signals.Snoozed), pressed(odd, 6, signals.Approved), event(issue(3), 7, signals.Status)))
		require.Equal(t, map[string]int{issue(1).String(): 1, issue(2).String(): 1, issue(3).String(): 2, odd.String(): 1}, store.Lanes(t, db, "look"), "and there is one look each")
		looks(t, db)
		learnt := delivery("3", pressed(issue(4), 8, signals.Claimed))
		learnt.Learn = true
		appendAll(t, db, learnt)
		require.Empty(t, store.Lanes(t, db, "look"))
	})
}

// What is pressed while the case is looked at is looked at next, at once; and
// what was judged already hurries nobody.
func TestLaneOfTheNextLook(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		k := issue(1)
		first := appendAll(t, db, delivery("1", event(k, 1, signals.Opened)))
		looks(t, db) // it runs
		second := appendAll(t, db, delivery("2", pressed(k, 2, signals.Claimed)))
		looked(t, db, signals.Outcome{Case: k, Looked: first.Pos})
		require.Equal(t, map[string]int{k.String(): 1}, store.Lanes(t, db, "look"))
		looks(t, db)
		appendAll(t, db, delivery("3", event(k, 3, signals.Status)))
		looked(t, db, signals.Outcome{Case: k, Looked: second.Pos})
		require.Equal(t, map[string]int{k.String(): 2}, store.Lanes(t, db, "look"))
	})
}

func TestLanesOfSends(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		k := issue(1)
		first := appendAll(t, db, delivery("1", event(k, 1, signals.Opened)))
		r := record(k, "o")
		nudge(r, bob, signals.Sending, "m1")
		looked(t, db, signals.Outcome{Case: k, Looked: first.Pos, Records: []*signals.Record{r}})
		require.NoError(t, db.Notice(ctx, "weekly", "admin", []byte("digest"), monday))
		require.Equal(t, map[string]int{"m1": 2, "weekly": 4}, store.Lanes(t, db, "send"))

		// What is said again because somebody pressed a button overtakes.
		second := appendAll(t, db, delivery("2", pressed(k, 2, signals.Refused)))
		nudge(r, "cat", signals.Sending, "m2")
		nudge(r, bob, signals.Sending, "m1")
		looked(t, db, signals.Outcome{Case: k, Looked: second.Pos, Records: []*signals.Record{r}})
		require.Equal(t, map[string]int{"m1": 1, "m2": 1, "weekly": 4}, store.Lanes(t, db, "send"), "what waits already is brought forward")
		require.Equal(t, []string{"m1", "weekly", "m2"}, store.TakeJobs(t, db, "send"), "once each")

		// An attempt that failed is tried again in its lane.
		m, _ := claimed(t, db, "m2", monday)
		require.NoError(t, db.Settle(ctx, m, nil, time.Now().Add(time.Hour)))
		notice, _ := claimed(t, db, "weekly", monday)
		require.NoError(t, db.Settle(ctx, notice, nil, time.Now().Add(time.Hour)))
		require.Equal(t, map[string]int{"m2": 1, "weekly": 4}, store.Lanes(t, db, "send"))
		store.TakeJobs(t, db, "send")

		// So does a notice that answers somebody, and only that.
		require.NoError(t, db.Answer(ctx, "group", "G1", []byte("meet"), monday))
		require.NoError(t, db.Answer(ctx, "group", "G1", []byte("again"), monday))
		require.Equal(t, map[string]int{"group": 1}, store.Lanes(t, db, "send"))
		group, _ := claimed(t, db, "group", monday)
		require.NoError(t, db.Settle(ctx, group, nil, time.Now().Add(time.Hour)))
		require.Equal(t, map[string]int{"group": 1}, store.Lanes(t, db, "send"))
		store.TakeJobs(t, db, "send")

		// And what is edited later for another reason waits as usual.
		one, rs := claimed(t, db, "m1", monday)
		one.State, one.SentRev, one.Copies = signals.Sent, one.Rev, []signals.Copy{{Channel: "D1", TS: "1"}}
		require.NoError(t, db.Settle(ctx, one, rs, time.Time{}))
		third := appendAll(t, db, delivery("3", event(k, 3, signals.Status)))
		looked(t, db, signals.Outcome{Case: k, Looked: third.Pos, Again: []string{"m1"}})
		require.Equal(t, map[string]int{"m1": 2}, store.Lanes(t, db, "send"))
		fourth := appendAll(t, db, delivery("4", pressed(k, 4, signals.Denied)))
		looked(t, db, signals.Outcome{Case: k, Looked: fourth.Pos, Again: []string{"m1"}})
		require.Equal(t, map[string]int{"m1": 1}, store.Lanes(t, db, "send"))
	})
}

// What somebody waits for goes before all that waits, also when it comes while
// the queue is being worked through.
func TestDrainByLanes(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		require.NoError(t, db.Notice(ctx, "weekly", "admin", []byte("digest"), monday))
		require.NoError(t, db.Notice(ctx, "monthly", "admin", []byte("digest"), monday))
		for i := range 3 {
			appendAll(t, db, delivery(issue(i).ID, event(issue(i), 1, signals.Opened)))
		}
		appendAll(t, db, delivery("p", pressed(issue(7), 1, signals.Claimed)))
		var did []string
		failed := false
		n, err := db.Drain(ctx, store.Handlers{
			Look: func(ctx context.Context, k signals.Key) error {
				did = append(did, strings.TrimPrefix(k.String(), "jira/main/"))
				st, _, err := db.Standing(ctx, k)
				if err != nil {
					return err
				}
				o := signals.Outcome{Case: k, Looked: st.Last}
				switch {
				case k == issue(0) && !failed: // fails, and meanwhile somebody presses two buttons
					failed = true
					appendAll(t, db, delivery("q", pressed(issue(8), 1, signals.Confirmed), pressed(issue(2), 2, signals.Claimed)))
					return context.DeadlineExceeded
				case k == issue(8):
					r := record(k, "o")
					nudge(r, bob, signals.Sending, "answer")
					o.Records = []*signals.Record{r}
				case k == issue(1):
					r := record(k, "o")
					nudge(r, bob, signals.Sending, "nudge")
					o.Records = []*signals.Record{r}
				}
				return db.Commit(ctx, o)
			},
			Send: func(ctx context.Context, m string) error {
				did = append(did, m)
				if m == "weekly" {
					appendAll(t, db, delivery("r", event(issue(9), 1, signals.Opened)))
				}
				return nil
			},
		})
		require.NoError(t, err)
		require.Equal(t, []string{"7", "0", "2", "8", "answer", "1", "nudge", "weekly", "9", "monthly", "0"}, did)
		require.Equal(t, len(did), n)
	})
}
