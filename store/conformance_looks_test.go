package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

// looks empties the queue and returns whose looks were in it, in their order.
// Nothing is committed.
func looks(t testing.TB, db *store.DB) (keys []signals.Key) {
	t.Helper()
	for _, s := range store.TakeJobs(t, db, "look") {
		k, ok := signals.ParseKey(s)
		require.True(t, ok, s)
		keys = append(keys, k)
	}
	return keys
}

// looked commits an empty look at everything that the case has heard.
func looked(t testing.TB, db *store.DB, o signals.Outcome) {
	t.Helper()
	if o.Looked == 0 {
		o.Looked = standing(t, db, o.Case).Last
	}
	require.NoError(t, db.Commit(context.Background(), o))
}

func TestLooksAreQueuedOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		appendAll(t, db, delivery("1", event(issue(2), 1, signals.Opened), event(issue(1), 1, signals.Opened), event(issue(2), 2, signals.Status)))
		appendAll(t, db, delivery("2", event(issue(1), 3, signals.Status)))
		require.Equal(t, 2, queued(t, db))
		require.Equal(t, []signals.Key{issue(1), issue(2)}, looks(t, db), "by key, once each")
		require.Equal(t, 2, queued(t, db), "nothing was committed")
		looked(t, db, signals.Outcome{Case: issue(1)})
		looked(t, db, signals.Outcome{Case: issue(2)})
		require.Zero(t, queued(t, db))
		require.Empty(t, looks(t, db))
		appendAll(t, db, delivery("3", event(issue(1), 4, signals.Status)))
		require.Equal(t, []signals.Key{issue(1)}, looks(t, db))
	})
}

func TestCommitLook(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		out := appendAll(t, db, delivery("1", event(issue(1), 1, signals.Opened)))
		looks(t, db)
		looked(t, db, signals.Outcome{Case: issue(1), Look: monday.Add(time.Hour), Posts: 9})
		require.Equal(t, signals.Standing{Case: issue(1), Last: out.Pos, Looked: out.Pos, Look: monday.Add(time.Hour), Posts: 9}, standing(t, db, issue(1)))
		looked(t, db, signals.Outcome{Case: issue(1)})
		require.Equal(t, signals.Standing{Case: issue(1), Last: out.Pos, Looked: out.Pos}, standing(t, db, issue(1)), "the newest wish counts")
		require.NoError(t, db.Commit(t.Context(), signals.Outcome{Case: issue(77)}))
		_, ok, err := db.Standing(t.Context(), issue(77))
		require.NoError(t, err)
		require.False(t, ok, "a case without events stays unknown")
	})
}

// What comes while a case is looked at is looked at afterwards.
func TestNewerEventMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		first := appendAll(t, db, delivery("1", event(issue(1), 1, signals.Opened)))
		looks(t, db)
		appendAll(t, db, delivery("2", event(issue(1), 2, signals.Status)))
		require.Empty(t, looks(t, db), "the case is still marked as queued: Commit sees to it")
		looked(t, db, signals.Outcome{Case: issue(1), Looked: first.Pos, Look: monday.Add(time.Hour)})
		require.Equal(t, 1, queued(t, db))
		require.Equal(t, []signals.Key{issue(1)}, looks(t, db))
		s := standing(t, db, issue(1))
		require.Equal(t, first.Pos, s.Looked)
		require.Greater(t, s.Last, s.Looked)
		looked(t, db, signals.Outcome{Case: issue(1), Looked: s.Last})
		looked(t, db, signals.Outcome{Case: issue(1), Looked: first.Pos})
		require.Equal(t, s.Last, standing(t, db, issue(1)).Looked, "it never goes back")
		require.Zero(t, queued(t, db))
	})
}

func TestWake(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		next := func() time.Time {
			at, err := db.NextLook(ctx)
			require.NoError(t, err)
			return at
		}
		require.Zero(t, next())
		for i, minutes := range []int{30, 10, 20, 10, 90, 0} {
			appendAll(t, db, delivery(fmt.Sprint(i), event(issue(i), 1, signals.Opened)))
			looks(t, db)
			o := signals.Outcome{Case: issue(i)}
			if minutes > 0 {
				o.Look = monday.Add(time.Duration(minutes) * time.Minute)
			}
			looked(t, db, o)
		}
		wake := func(minutes, limit int) []signals.Key {
			n, err := db.Wake(ctx, monday.Add(time.Duration(minutes)*time.Minute), limit)
			require.NoError(t, err)
			keys := looks(t, db)
			require.Len(t, keys, n)
			return keys
		}
		require.Equal(t, monday.Add(10*time.Minute), next())
		require.Empty(t, wake(9, 10))
		require.Equal(t, []signals.Key{issue(1), issue(3), issue(2)}, wake(29, 10), "by time, then by key")
		require.Empty(t, wake(29, 10), "what is queued is not woken again")
		require.Equal(t, monday.Add(30*time.Minute), next())
		require.Equal(t, []signals.Key{issue(0)}, wake(500, 1))
		require.Equal(t, []signals.Key{issue(4)}, wake(500, 1))
		require.Zero(t, next())
	})
}

// Wishes for other cases: the earlier counts, and a look at the other case that
// was under way when the wish came does not wipe it out.
func TestWakesOfOthers(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i := range 3 {
			appendAll(t, db, delivery(fmt.Sprint(i), event(issue(i), 1, signals.Opened)))
		}
		looks(t, db)
		looked(t, db, signals.Outcome{Case: issue(1), Look: monday.Add(3 * time.Hour)})
		looked(t, db, signals.Outcome{Case: issue(0), Look: monday.Add(2 * time.Hour), Wakes: []signals.Wake{
			{Case: issue(0), At: monday.Add(time.Hour)}, {Case: issue(1), At: monday.Add(4 * time.Hour)}, {Case: issue(2), At: monday.Add(5 * time.Hour)}, {Case: issue(9), At: monday}, {Case: issue(1)},
		}})
		require.Equal(t, monday.Add(time.Hour), standing(t, db, issue(0)).Look)
		require.Equal(t, monday.Add(3*time.Hour), standing(t, db, issue(1)).Look)
		looked(t, db, signals.Outcome{Case: issue(2), Look: monday.Add(6 * time.Hour)})
		require.Equal(t, monday.Add(5*time.Hour), standing(t, db, issue(2)).Look, "the look had begun before the wish came")
		looked(t, db, signals.Outcome{Case: issue(2), Look: monday.Add(6 * time.Hour)})
		require.Equal(t, monday.Add(6*time.Hour), standing(t, db, issue(2)).Look, "and the next one knows of it")
		looked(t, db, signals.Outcome{Case: issue(0), Wakes: []signals.Wake{{Case: issue(1), At: monday.Add(time.Hour)}}})
		require.Equal(t, monday.Add(time.Hour), standing(t, db, issue(1)).Look)
	})
}

func TestRooms(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		channel := thread("C1", 1).Channel()
		keys, name, n, err := db.RoomCases(ctx, channel, 0, 5)
		require.NoError(t, err)
		require.Equal(t, []any{0, "", 0}, []any{len(keys), name, n})

		d := delivery("1", said(thread("C1", 1), 1, "a"), said(thread("C1", 2), 2, "b"), event(thread("C1", 1), 3, signals.Reacted), said(thread("C2", 1), 1, "x"), said(issue(1), 1, "no channel"))
		d.Rooms = map[string]string{channel: "help", "slack/T1/C9": "empty"}
		appendAll(t, db, d)
		second := appendAll(t, db, delivery("2", said(thread("C1", 1), 1, "a"), said(thread("C1", 3), 4, "c")))
		appendAll(t, db, delivery("3", said(thread("C1", 1), 5, "d")))
		all := []signals.Key{thread("C1", 2), thread("C1", 3), thread("C1", 1)}
		for _, c := range []struct {
			upTo        int64
			posts, want int
			keys        []signals.Key
		}{
			{0, 10, 4, all}, {0, 2, 4, all[1:]}, {0, 0, 4, nil}, {second.Pos, 10, 3, []signals.Key{thread("C1", 1), thread("C1", 2), thread("C1", 3)}}, {second.Pos, 1, 3, []signals.Key{thread("C1", 3)}},
		} {
			keys, name, n, err := db.RoomCases(ctx, channel, c.upTo, c.posts)
			require.NoError(t, err)
			require.Equal(t, "help", name)
			require.Equal(t, c.want, n, "known posts do not count again")
			require.Equal(t, c.keys, keys)
		}
		renamed := delivery("4")
		renamed.Rooms = map[string]string{channel: "help-payments"}
		appendAll(t, db, renamed)
		names, err := db.Rooms(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]string{channel: "help-payments", "slack/T1/C9": "empty"}, names)
	})
}

// A case that waits for posts in its room is looked at when they are there,
// after the cases that were posted in.
func TestPostsWish(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for i := range 3 {
			appendAll(t, db, delivery(fmt.Sprint(i), said(thread("C1", i), 1, "ask"), said(thread("C2", i), 1, "elsewhere")))
		}
		looks(t, db)
		for i, posts := range []int{5, 6, 5} {
			looked(t, db, signals.Outcome{Case: thread("C1", i), Posts: posts})
			looked(t, db, signals.Outcome{Case: thread("C2", i)})
		}
		appendAll(t, db, delivery("a", said(thread("C1", 7), 1, "4"), said(thread("C2", 7), 1, "x")))
		require.Equal(t, []signals.Key{thread("C1", 7), thread("C2", 7)}, looks(t, db))
		appendAll(t, db, delivery("b", said(thread("C1", 9), 1, "5")))
		require.Equal(t, []signals.Key{thread("C1", 9), thread("C1", 0), thread("C1", 2)}, looks(t, db), "own cases first")
		require.Equal(t, 5, standing(t, db, thread("C1", 0)).Posts, "the wish stays until the look replaces it")
		appendAll(t, db, delivery("b", said(thread("C1", 9), 1, "5")))
		require.Empty(t, looks(t, db), "a known post is no post")

		// The room has filled up while the case was looked at.
		looked(t, db, signals.Outcome{Case: thread("C1", 0), Posts: 5})
		require.Equal(t, []signals.Key{thread("C1", 0)}, looks(t, db))
		looked(t, db, signals.Outcome{Case: thread("C1", 0), Posts: 0})
		looked(t, db, signals.Outcome{Case: thread("C1", 2), Posts: 0})
		looked(t, db, signals.Outcome{Case: thread("C1", 9)})
		appendAll(t, db, delivery("c", said(thread("C1", 9), 2, "6")))
		require.Equal(t, []signals.Key{thread("C1", 9), thread("C1", 1)}, looks(t, db))
	})
}
