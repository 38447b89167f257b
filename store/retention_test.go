package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

// old is longer ago than any text is kept in these tests.
var old = monday.AddDate(0, 0, -60)

func aged(e *signals.Event, at time.Time) *signals.Event {
	e.At = at.Add(time.Duration(e.Seq.Entry) * time.Minute)
	return e
}

// quoting makes a record of a signal that quotes.
func quoting(k signals.Key, at time.Time, reason string, nudges ...*signals.Nudge) *signals.Record {
	s := &signals.Signal{
		Detector: "hedged", Problem: k, Case: k, Occasion: k.String() + "/1.0", At: at, Score: 0.5, Reason: reason,
		Evidence: []string{k.String() + "/1.0"}, Need: signals.NeedHolder, Audience: signals.Public,
	}
	for _, n := range nudges {
		if n.Signal == nil {
			n.Signal = s
		}
	}
	return &signals.Record{Signal: s, Ledger: signals.NewLedger(s, at), Nudges: nudges}
}

func fold(t testing.TB, db *store.DB, k signals.Key) *signals.Case {
	t.Helper()
	by, err := db.CaseEvents(context.Background(), 0, k)
	require.NoError(t, err)
	var events []*signals.Event
	for _, e := range by[k] {
		events = append(events, e.Event)
	}
	return signals.Fold(events)
}

func TestExpire(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		k, young := issue(1), issue(2)
		opened := aged(event(k, 1, signals.Opened), old)
		opened.Text = "The gateway times out"
		opened.Set = []signals.Value{
			{Field: signals.FieldBody, To: "long story"}, {Field: signals.FieldStatus, To: "Open"}, {Field: "Customer", To: "Invented Ltd"}, {Field: "Steps", To: "one\ntwo"},
		}
		title := aged(event(k, 2, signals.Edited), old)
		title.Field, title.From, title.To, title.Text = signals.FieldTitle, "The gateway times out", "The gateway is slow", "The gateway is slow"
		body := aged(event(k, 3, signals.Edited), old)
		body.Field, body.Text = signals.FieldBody, "longer story"
		post := aged(said(k, 4, "my secret remark"), old)
		edit := aged(event(k, 5, signals.Edited), old)
		edit.Ref, edit.From, edit.Text = post.ID, "my secret remark", "my other remark"
		moved := aged(event(k, 6, signals.Assigned), old)
		moved.From, moved.To = "", signals.ID(signals.Jira, "main", "bob")
		roster := aged(event(signals.Key{Source: signals.Own, Site: "config", ID: "org"}, 7, signals.RosterSet), old)
		roster.Field, roster.To, roster.Text = "person", "ann", `{"id":"ann","name":"Ann Example"}`
		fresh := said(young, 1, "said today")
		appendAll(t, db, delivery("imported", opened, title, body, post, edit, moved, roster), delivery("today", fresh))
		before := fold(t, db, k)
		nudge := &signals.Nudge{To: "ann", State: signals.Held, At: old, Route: "holds it"}
		nudge.Signal = quoting(k, old, `A worry (“my secret remark”) is mine.`).Signal
		require.NoError(t, db.Commit(ctx, signals.Outcome{Case: k, Records: []*signals.Record{quoting(k, old, `A worry ("my secret") and “remark” stand.`, nudge)}}))
		require.NoError(t, db.Commit(ctx, signals.Outcome{Case: young, Records: []*signals.Record{quoting(young, monday, `A worry (“said today”) stands.`)}}))
		require.NoError(t, db.SaveSnapshot(ctx, "world", "1", 7, []byte("features")))
		require.NoError(t, db.Notice(ctx, "n1", "admin", []byte("not said yet"), old))

		out, err := db.Expire(ctx, monday.AddDate(0, 0, -30))
		require.NoError(t, err)
		require.Equal(t, store.Expired{Events: 4, Envelopes: 1, Records: 1, Nudges: 1}, out)

		c := fold(t, db, k)
		require.Equal(t, "The gateway is slow", c.Title)
		require.Equal(t, map[string]string{"Customer": "Invented Ltd"}, c.Fields)
		require.Empty(t, c.Body)
		require.Equal(t, before.Path, c.Path)
		require.Equal(t, before.Holder, c.Holder)
		require.Len(t, c.Posts, 1, "a message that was there stays one")
		require.Equal(t, store.Gone, c.Posts[0].Text)
		require.Equal(t, before.Posts[0].EditedAt, c.Posts[0].EditedAt)
		require.Equal(t, before.Entries, c.Entries)
		require.Equal(t, "said today", fold(t, db, young).Posts[0].Text)

		dump, err := store.Dump(ctx, db)
		require.NoError(t, err)
		require.NotContains(t, dump, "secret")
		require.NotContains(t, dump, "story")
		require.NotContains(t, dump, `"imported"`)
		require.Contains(t, dump, "Ann Example", "the roster stays")
		records, err := db.Records(ctx, k)
		require.NoError(t, err)
		require.Equal(t, "A worry (“…”) and “…” stand.", records[0].Signal.Reason)
		require.Equal(t, "A worry (“…”) is mine.", records[0].Nudges[0].Signal.Reason)
		require.Equal(t, 2, records[0].Rev, "who read it before must look again")
		_, snapshot, ok, err := db.Snapshot(ctx, "world", "1")
		require.NoError(t, err)
		require.True(t, ok)
		require.NoError(t, snapshot.Close())
		card, err := db.NoticeBody(ctx, "n1")
		require.NoError(t, err)
		require.Equal(t, "not said yet", string(card), "what is still to be said is kept")

		again, err := db.Expire(ctx, monday.AddDate(0, 0, -30))
		require.NoError(t, err)
		require.Zero(t, again)
		appended := appendAll(t, db, delivery("imported", opened, post))
		require.Zero(t, appended.New, "what is heard again does not bring the words back")
		dump, err = store.Dump(ctx, db)
		require.NoError(t, err)
		require.NotContains(t, dump, "secret")
	})
}

func TestExpireInBatches(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var ds []signals.Delivery
		for i := range 3 {
			var events []*signals.Event
			for j := range 400 {
				events = append(events, aged(said(issue(i), j, "words"), old))
			}
			ds = append(ds, delivery(issue(i).ID, events...))
		}
		appendAll(t, db, ds...)
		out, err := db.Expire(context.Background(), monday)
		require.NoError(t, err)
		require.Equal(t, int64(1200), out.Events)
		require.Equal(t, int64(3), out.Envelopes)
		none, err := db.Expire(context.Background(), time.Time{})
		require.NoError(t, err)
		require.Zero(t, none)
	})
}

// A notice that was said loses its body.
func TestExpireNotice(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		require.NoError(t, db.Notice(ctx, "n1", "admin", []byte("card"), old))
		out, _, ok, err := db.Claim(ctx, "n1", old)
		require.NoError(t, err)
		require.True(t, ok)
		out.State, out.SentRev = signals.Sent, out.Rev
		require.NoError(t, db.Settle(ctx, out, nil, time.Time{}))
		expired, err := db.Expire(ctx, monday)
		require.NoError(t, err)
		require.Equal(t, int64(1), expired.Notices)
		card, err := db.NoticeBody(ctx, "n1")
		require.NoError(t, err)
		require.Empty(t, card)
	})
}

// Expire and Forget can run while others write.
func TestExpireWhileOthersWrite(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		var group errgroup
		for w := range 4 {
			group.do(func() error {
				for i := range 25 {
					k := issue(w*100 + i)
					if _, err := db.Append(ctx, delivery(k.ID, aged(said(k, 1, secret), old))); err != nil {
						return err
					}
					r := quoting(k, old, "“"+secret+"”")
					if err := db.Commit(ctx, signals.Outcome{Case: k, Records: []*signals.Record{r}}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		group.do(func() error {
			for range 5 {
				if _, err := db.Expire(ctx, monday); err != nil {
					return err
				}
			}
			_, err := db.Forget(ctx, store.Forgetting{Persons: []string{"jira/main/nobody1"}})
			return err
		})
		require.NoError(t, group.wait())
		_, err := db.Expire(ctx, monday)
		require.NoError(t, err)
		dump, err := store.Dump(ctx, db)
		require.NoError(t, err)
		requireGone(t, dump, secret)
	})
}

// errgroup runs functions at once and keeps their errors.
type errgroup struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

func (g *errgroup) do(f func() error) {
	g.wg.Go(func() {
		err := f()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.errs = append(g.errs, err)
	})
}

func (g *errgroup) wait() error {
	g.wg.Wait()
	return errors.Join(g.errs...)
}
