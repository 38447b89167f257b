package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// each runs one behaviour on both databases, open and migrated, beside the other
// tests: most of their time is waiting for the disk.
func each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		t.Parallel()
		f(t, open(t, url))
	})
}

func entryIDs(entries []signals.Entry) (ids []string) {
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

func follow(t testing.TB, db *store.DB, after int64) []signals.Entry {
	t.Helper()
	out, err := db.Follow(context.Background(), after, 1_000_000)
	require.NoError(t, err)
	return out
}

func standing(t testing.TB, db *store.DB, k signals.Key) signals.Standing {
	t.Helper()
	s, ok, err := db.Standing(context.Background(), k)
	require.NoError(t, err)
	require.True(t, ok, "case %s has events", k)
	return s
}

// full uses every field of an event.
func full(k signals.Key) *signals.Event {
	return &signals.Event{
		ID: k.String() + "/9.3", Case: k, Seq: signals.Seq{Entry: 9, Item: 3}, Kind: signals.Opened, Actor: "jira/main/ann",
		At: time.Date(2026, 3, 2, 9, 0, 0, 123_456_000, time.UTC), Field: "summary", From: "before", To: "after", Text: "Grüße 🙂 \"'\\ \t\n",
		Ref: "jira/main/7", Set: []signals.Value{{Field: "status", To: "Open"}, {Field: "component", To: "a\"b"}}, Audience: signals.MembersOf("jira/main/10001"),
	}
}

func TestAppendAndRead(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		all, empty := full(issue(1)), &signals.Event{ID: "bare", Case: issue(2), Kind: signals.Firing, At: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
		out := appendAll(t, db, delivery("d1", all, empty))
		require.Equal(t, 2, out.New)
		require.Equal(t, 2, out.Cases)
		require.Zero(t, out.Repeated)

		got := follow(t, db, 0)
		require.Len(t, got, 2)
		require.Equal(t, *all, *got[0].Event)
		require.Equal(t, *empty, *got[1].Event)
		require.Less(t, got[0].Pos, got[1].Pos)
		require.Equal(t, out.Pos, got[1].Pos)
		require.False(t, got[0].Learn)
		head, err := db.Head(ctx)
		require.NoError(t, err)
		require.Equal(t, out.Pos, head)
		require.Equal(t, got[1:], follow(t, db, got[0].Pos))
		page, err := db.Follow(ctx, 0, 1)
		require.NoError(t, err)
		require.Equal(t, got[:1], page)

		by, err := db.CaseEvents(ctx, 0, issue(1), issue(2), issue(3))
		require.NoError(t, err)
		require.Equal(t, map[signals.Key][]signals.Entry{issue(1): got[:1], issue(2): got[1:]}, by)
		by, err = db.CaseEvents(ctx, got[0].Pos, issue(1), issue(2))
		require.NoError(t, err)
		require.Len(t, by, 1)
	})
}

func TestAppendAgain(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		a, b, c := event(issue(1), 1, signals.Opened), event(issue(1), 2, signals.Status), event(issue(1), 3, signals.Status)
		first := appendAll(t, db, delivery("d1", a, b))
		again := appendAll(t, db, delivery("d1", a, b))
		require.Equal(t, store.Appended{Repeated: 2, Pos: first.Pos}, again)
		other := *a
		other.Text = "heard differently later"
		mixed := appendAll(t, db, delivery("d2", b, &other, c, c))
		require.Equal(t, store.Appended{New: 1, Repeated: 3, Pos: mixed.Pos, Cases: 1}, mixed)
		require.Greater(t, mixed.Pos, first.Pos)
		require.Equal(t, []string{a.ID, b.ID, c.ID}, entryIDs(follow(t, db, 0)))
		require.Empty(t, follow(t, db, 0)[0].Text, "what was stored first stays")
		require.Equal(t, store.Appended{Pos: mixed.Pos}, appendAll(t, db), "nothing is nothing")
		s, err := db.Stats(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 2, s.Envelopes)
		require.EqualValues(t, 3, s.Events)
	})
}

// Many events in one call exercise statements of every width, and are taken in
// the order of their times, however they are given.
func TestAppendMany(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		var ds []signals.Delivery
		var want []string
		for i := range 1_531 {
			e := event(issue(i%700), 2_000-i, signals.Status)
			ds = append(ds, delivery(e.ID, e))
			want = append(want, e.ID)
		}
		slices.Reverse(want)
		out := appendAll(t, db, ds...)
		require.Equal(t, 1_531, out.New)
		require.Equal(t, 700, out.Cases)
		require.Equal(t, want, entryIDs(follow(t, db, 0)))
		by, err := db.CaseEvents(t.Context(), 0, issue(0))
		require.NoError(t, err)
		require.True(t, slices.IsSortedFunc(by[issue(0)], func(a, b signals.Entry) int { return signals.CompareEvents(a.Event, b.Event) }))
		require.Len(t, by[issue(0)], 3)
	})
}

func TestAppendRefuses(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		good := event(issue(1), 1, signals.Opened)
		for name, bad := range map[string]*signals.Event{
			"no id":              {Case: issue(1), Kind: signals.Said},
			"no case":            {ID: "x", Kind: signals.Said},
			"a slash in a part":  {ID: "x", Case: signals.Key{Source: "jira", Site: "a/b", ID: "1"}},
			"a part is missing":  {ID: "x", Case: signals.Key{Source: "jira", Site: "main"}},
			"a slash in another": {ID: "x", Case: signals.Key{Source: "j/ira", Site: "main", ID: "1"}},
		} {
			_, err := db.Append(t.Context(), delivery("d", good, bad))
			require.Error(t, err, name)
			require.Contains(t, err.Error(), "source's reader", name)
		}
		require.Empty(t, follow(t, db, 0), "all of it is stored, or nothing")
	})
}

// PostgreSQL takes no NUL bytes and no invalid UTF-8; both databases hold U+FFFD in their place.
func TestOddText(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		k := signals.Key{Source: "log", Site: "", ID: "a\x00b/c"}
		e := &signals.Event{ID: "e\x00\xff", Case: k, Kind: signals.Said, Actor: "x\x00", Text: "a\x00b\xc3\x28 \u2028 \U0010FFFF", Field: "\xff", Set: []signals.Value{{Field: "f\x00", To: "\xfe"}}}
		appendAll(t, db, signals.Delivery{Envelope: signals.Envelope{Source: "s\x00", ID: "i\xff", Body: []byte{0, 255, 1}}, Events: []*signals.Event{e}, Cursor: signals.Cursor{Name: "c\x00", Value: "v\x00"}})
		require.Equal(t, 1, appendAll(t, db, delivery("again", e)).Repeated)
		got := follow(t, db, 0)[0]
		require.Equal(t, "e\uFFFD\uFFFD", got.ID)
		require.Equal(t, signals.Key{Source: "log", ID: "a\uFFFDb/c"}, got.Case)
		require.Equal(t, "a\uFFFDb\uFFFD( \u2028 \U0010FFFF", got.Text)
		require.Equal(t, "x\uFFFD", got.Actor)
		require.Equal(t, []signals.Value{{Field: "f\uFFFD", To: "\uFFFD"}}, got.Set)
		by, err := db.CaseEvents(t.Context(), 0, k)
		require.NoError(t, err)
		require.Len(t, by, 1, "what is asked for is written in the same way")
		v, err := db.Cursor(t.Context(), "c\x00")
		require.NoError(t, err)
		require.Equal(t, "v\uFFFD", v)
	})
}

func TestTimes(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		zone := time.FixedZone("east", 9*3600)
		for i, c := range []struct{ in, want time.Time }{
			{time.Time{}, time.Time{}},
			{time.Date(2026, 3, 29, 2, 30, 0, 1_999, zone), time.Date(2026, 3, 28, 17, 30, 0, 1_000, time.UTC)},
			{time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
			{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)},
			{time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC)},
		} {
			e := event(issue(i), 1, signals.Status)
			e.At = c.in
			appendAll(t, db, delivery(e.ID, e))
			by, err := db.CaseEvents(t.Context(), 0, issue(i))
			require.NoError(t, err)
			require.Equal(t, c.want, by[issue(i)][0].At)
		}
	})
}

func TestLearn(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		old := delivery("old", event(issue(1), 1, signals.Opened), event(issue(1), 7, signals.Status))
		old.Learn = true
		appendAll(t, db, old)
		s := standing(t, db, issue(1))
		require.Equal(t, monday.Add(7*time.Minute), s.Learnt)
		require.NotZero(t, s.Last)
		require.Zero(t, s.Looked)
		require.True(t, follow(t, db, 0)[0].Learn)
		require.Zero(t, queued(t, db))

		appendAll(t, db, delivery("new", event(issue(1), 9, signals.Status)))
		require.Equal(t, 1, queued(t, db))
		again := standing(t, db, issue(1))
		require.Equal(t, s.Learnt, again.Learnt)
		require.Greater(t, again.Last, s.Last)
		earlier := delivery("older", event(issue(1), 2, signals.Status))
		earlier.Learn = true
		appendAll(t, db, earlier)
		require.Equal(t, s.Learnt, standing(t, db, issue(1)).Learnt, "the latest time counts")
	})
}

func queued(t testing.TB, db *store.DB) int {
	t.Helper()
	s, err := db.Stats(context.Background())
	require.NoError(t, err)
	return s.Queued
}

func TestOrganisation(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		org := signals.Key{Source: signals.Own, Site: "site", ID: "org"}
		var events []*signals.Event
		for i, k := range []signals.Kind{signals.RosterSet, signals.PolicySet, signals.AwaySet, signals.ModeSet, signals.Muted, signals.Joined} {
			events = append(events, event(org, i+1, k))
		}
		out := appendAll(t, db, delivery("org", events...))
		require.Equal(t, 6, out.New)
		require.Zero(t, out.Cases)
		require.Len(t, follow(t, db, 0), 6)
		_, ok, err := db.Standing(t.Context(), org)
		require.NoError(t, err)
		require.False(t, ok)
		require.Zero(t, queued(t, db))
		require.NoError(t, db.Standings(t.Context(), "", func(s signals.Standing) error { t.Errorf("%s is no case", s.Case); return nil }))
		by, err := db.CaseEvents(t.Context(), 0, org)
		require.NoError(t, err)
		require.Len(t, by[org], 6)
	})
}

func TestStandings(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		for _, k := range []signals.Key{issue(2), thread("C1", 1), issue(10)} {
			appendAll(t, db, delivery(k.String(), event(k, 1, signals.Said)))
		}
		read := func(source string) (keys []string) {
			require.NoError(t, db.Standings(t.Context(), source, func(s signals.Standing) error {
				require.Equal(t, standing(t, db, s.Case), s)
				keys = append(keys, s.Case.String())
				return nil
			}))
			return keys
		}
		require.Equal(t, []string{"jira/main/10", "jira/main/2"}, read(signals.Jira))
		require.Equal(t, []string{"jira/main/10", "jira/main/2", "slack/T1/C1/1.0001"}, read(""))
		err := db.Standings(t.Context(), "", func(signals.Standing) error { return store.ErrFull })
		require.ErrorIs(t, err, store.ErrFull)
	})
}

func TestCursors(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		v, err := db.Cursor(ctx, "poll")
		require.NoError(t, err)
		require.Empty(t, v)
		d := delivery("d", event(issue(1), 1, signals.Opened))
		d.Cursor = signals.Cursor{Name: "poll", Value: "7"}
		bad := delivery("bad", &signals.Event{Case: issue(1)})
		_, err = db.Append(ctx, d, bad)
		require.Error(t, err)
		v, err = db.Cursor(ctx, "poll")
		require.NoError(t, err)
		require.Empty(t, v, "stored together with the events, or not at all")
		appendAll(t, db, d)
		v, err = db.Cursor(ctx, "poll")
		require.NoError(t, err)
		require.Equal(t, "7", v)
		require.NoError(t, db.SetCursor(ctx, "poll", "8"))
		v, err = db.Cursor(ctx, "poll")
		require.NoError(t, err)
		require.Equal(t, "8", v)
		require.Error(t, db.SetCursor(ctx, "", "8"))
	})
}

func TestOpenSaysWhatToFix(t *testing.T) {
	for url, says := range map[string]string{
		"":                            "postgres://",
		"mysql://x":                   "sqlite:PATH",
		"sqlite:":                     "path of a file",
		"sqlite::memory:":             "path of a file",
		"sqlite:/no/such/folder/x.db": "does not exist",
		"postgres://u:secret@127.0.0.1:1/x?connect_timeout=2": "check host, port",
		"postgres://u:secret@%zz/x":                           "postgres:// address",
	} {
		_, err := store.Open(t.Context(), url, options())
		require.Error(t, err, url)
		require.Contains(t, err.Error(), says, url)
		require.NotContains(t, err.Error(), "secret", strings.Split(url, ":")[0])
	}
}

func TestCheck(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		require.NoError(t, db.Check(t.Context()))
		require.NoError(t, db.Close())
		require.Error(t, db.Check(t.Context()))
	})
}
