package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// fill puts random but realistic content into a database, by the store's own
// methods: cases, looks with their outcomes, messages in all states, and what
// stands aside.
func fill(t testing.TB, db *store.DB, seed uint64) {
	t.Helper()
	ctx, r := context.Background(), rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's
	texts := []string{"", "it happens again", "line one\nline two", "<b>&amp; \"quoted\" \\ ", "Grüße, 世界 \U0001F525 ", "nul \x00 and \xff", strings.Repeat("long ", 400)}
	text := func() string { return texts[r.IntN(len(texts))] }
	kinds := []signals.Kind{signals.Opened, signals.Said, signals.Status, signals.Assigned, signals.Edited, signals.RosterSet, signals.Linked, signals.Closed}
	var keys []signals.Key
	for i := range 6 {
		keys = append(keys, issue(i+1), thread("C"+strconv.Itoa(i%2), i+1))
	}
	for i := range 40 {
		var events []*signals.Event
		for range r.IntN(8) {
			e := event(keys[r.IntN(len(keys))], r.IntN(5000), kinds[r.IntN(len(kinds))])
			e.Text, e.From, e.To, e.Field, e.Ref = text(), text(), text(), []string{"", "summary", "Customer"}[r.IntN(3)], text()
			if e.Kind == signals.Opened {
				e.Set = []signals.Value{{Field: "priority", To: "High"}, {Field: signals.FieldBody, To: text()}}
			}
			if r.IntN(9) == 0 {
				e.At = time.Time{}
			}
			events = append(events, e)
		}
		d := delivery(fmt.Sprintf("d%d", r.IntN(35)), events...)
		d.Envelope.Body = []byte(text() + "\x00\xfe")
		d.Learn, d.Rooms = r.IntN(4) == 0, map[string]string{"slack/T1/C" + strconv.Itoa(i%3): text()}
		d.Cursor = signals.Cursor{Name: "jira " + strconv.Itoa(i%2), Value: strconv.Itoa(i)}
		appendAll(t, db, d)
	}
	for i, k := range keys {
		fillCase(t, db, r, k, i, text)
	}
	require.NoError(t, db.AddOpinion(ctx, signals.Opinion{Nudge: "n", By: "bob", Verdict: "wrong", Why: text(), At: monday}))
	require.NoError(t, db.PutToken(ctx, "token", "signal", "bob", monday))
	require.NoError(t, db.Hint(ctx, "jira", "PAY-17"))
	require.NoError(t, db.Notice(ctx, "notice", "admin", []byte(text()), monday))
	require.NoError(t, db.SaveSnapshot(ctx, "world", "1", 9, []byte("features")))
	require.NoError(t, db.Tick(ctx, store.Handlers{Tasks: map[string]store.Task{"poll jira": {Every: time.Minute}, "weekly": {Every: time.Hour}}}, monday))
	_, err := db.Expire(ctx, monday.Add(24*time.Hour))
	require.NoError(t, err)
}

// fillCase stores the outcome of a look, and brings its message into one of its
// states.
func fillCase(t testing.TB, db *store.DB, r *rand.Rand, k signals.Key, i int, text func() string) {
	t.Helper()
	ctx := context.Background()
	st, ok, err := db.Standing(ctx, k)
	require.NoError(t, err)
	if !ok || r.IntN(5) == 0 {
		return
	}
	to := []string{"ann", "bob", "slack/T1/C1"}[r.IntN(3)]
	id := "m" + strconv.Itoa(i)
	rec := quoting(k, monday, text(), &signals.Nudge{To: to, State: signals.Sending, Message: id, At: monday, Route: text()}, &signals.Nudge{To: "ann", Step: 1, State: signals.Held, Why: text(), Look: monday.Add(time.Hour)})
	rec.Over, rec.Raiser = r.IntN(3) == 0, text()
	rec.Ledger.Reach(signals.Transmitted, monday, true)
	other := *rec.Signal
	other.Reason, other.Score = "as that person may see it", 1.0/3
	rec.Nudges[1].Signal = &other
	o := signals.Outcome{
		Case: k, Looked: st.Last - int64(r.IntN(2)), Look: monday.Add(time.Duration(r.IntN(3)) * time.Hour), Posts: r.IntN(9),
		Records: []*signals.Record{rec}, Told: map[string][]signals.Told{to: {{ID: id, At: monday, Cases: []signals.Key{k}, Nudges: 1, Asked: i%2 == 0}}},
		Spent: map[string]int{"slack/T1/C1|2026-03-02": i}, Wakes: []signals.Wake{{Case: issue(1), At: monday.Add(time.Minute)}},
	}
	require.NoError(t, db.Commit(ctx, o))
	if r.IntN(3) == 0 {
		return // queued
	}
	out, _, ok, err := db.Claim(ctx, id, monday)
	require.NoError(t, err)
	require.True(t, ok)
	switch r.IntN(4) {
	case 0: // claimed
	case 1:
		out.State, out.Doubt, out.Why = signals.Sending, true, text()
		require.NoError(t, db.Settle(ctx, out, nil, monday.Add(time.Minute)))
	case 2:
		out.State, out.Why = signals.Failed, "the channel is archived"
		require.NoError(t, db.Settle(ctx, out, nil, time.Time{}))
	default:
		out.State, out.SentRev, out.Copies = signals.Sent, out.Rev, []signals.Copy{{Channel: "C1", TS: "1.5"}}
		require.NoError(t, db.Settle(ctx, out, nil, time.Time{}))
	}
	require.NoError(t, db.AddCopy(ctx, id, signals.Copy{Channel: "G1", TS: strconv.Itoa(i)}))
}

func export(t testing.TB, db *store.DB) string {
	t.Helper()
	var b bytes.Buffer
	_, err := db.Export(context.Background(), &b)
	require.NoError(t, err)
	return b.String()
}

func TestMoveToPostgresAndBack(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			ctx := context.Background()
			from := open(t, storetest.SQLite(t))
			fill(t, from, seed)
			first := export(t, from)
			var want []string // jobs that no look completed may be in the queue too
			require.NoError(t, from.Writer().Select(&want, "SELECT key FROM cases WHERE queued = 1 ORDER BY key"))
			require.NotEmpty(t, want)

			pg := open(t, storetest.Postgres(t))
			copied, err := pg.Import(ctx, strings.NewReader(first))
			require.NoError(t, err)
			requireSame(t, first, export(t, pg))
			require.NotZero(t, copied.Rows["nudges"])
			back := open(t, storetest.SQLite(t))
			_, err = back.Import(ctx, strings.NewReader(export(t, pg)))
			require.NoError(t, err)
			requireSame(t, first, export(t, back))

			sends := store.TakeJobs(t, pg, "send")
			require.NotEmpty(t, sends)
			require.Equal(t, sends, store.TakeJobs(t, back, "send"))
			require.Equal(t, []string{"jira|PAY-17"}, store.TakeJobs(t, pg, "fetch"))
			require.Equal(t, []string{"poll jira", "weekly"}, store.TakeJobs(t, pg, "task"))
			require.Equal(t, want, store.TakeJobs(t, pg, "look"))
			require.Equal(t, copied.Jobs, len(want)+len(sends)+3)
			requireEqualReads(t, from, pg, back)

			head, err := pg.Head(ctx)
			require.NoError(t, err)
			for _, db := range []*store.DB{from, pg, back} {
				require.Greater(t, appendAll(t, db, delivery("next", said(issue(1), 9999, "next"))).Pos, head)
			}
		})
	}
}

// requireSame compares copies and shows the first line that differs.
func requireSame(t testing.TB, want, got string) {
	t.Helper()
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		require.Equal(t, a[i], b[i], "line %d", i+1)
	}
	require.Len(t, b, len(a))
}

func requireEqualReads(t testing.TB, dbs ...*store.DB) {
	t.Helper()
	ctx := context.Background()
	var keys []signals.Key
	require.NoError(t, dbs[0].Standings(ctx, "", func(s signals.Standing) error { keys = append(keys, s.Case); return nil }))
	require.NotEmpty(t, keys)
	events, err := dbs[0].Follow(ctx, 0, 9999)
	require.NoError(t, err)
	records, err := dbs[0].Records(ctx, keys...)
	require.NoError(t, err)
	told, version, err := dbs[0].Told(ctx, "ann", 9)
	require.NoError(t, err)
	for _, db := range dbs[1:] {
		got, err := db.Follow(ctx, 0, 9999)
		require.NoError(t, err)
		require.Equal(t, events, got)
		have, err := db.Records(ctx, keys...)
		require.NoError(t, err)
		require.Equal(t, records, have)
		gotTold, gotVersion, err := db.Told(ctx, "ann", 9)
		require.NoError(t, err)
		require.Equal(t, told, gotTold)
		require.Equal(t, version, gotVersion)
	}
}

// A number that the database gave away once is not given again, though its row
// went.
func TestImportGoesOnCounting(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		appendAll(t, db, delivery("1", said(issue(1), 1, "one"), said(thread("C1", 2), 2, "two")))
		out, err := db.Forget(ctx, store.Forgetting{Channel: "slack/T1/C1"})
		require.NoError(t, err)
		require.NotZero(t, out.Rows["events"])
		for _, url := range []string{storetest.SQLite(t), storetest.Postgres(t)} {
			to := open(t, url)
			copied := export(t, db)
			_, err = to.Import(ctx, strings.NewReader(copied))
			require.NoError(t, err)
			requireSame(t, copied, export(t, to))
			is, err := to.IsForgotten(ctx, "slack/T1/C1")
			require.NoError(t, err)
			require.Len(t, is, 1)
			require.Equal(t, int64(3), appendAll(t, to, delivery("2", said(issue(1), 3, "three"))).Pos)
		}
	})
}

func TestImportRefuses(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		source := open(t, storetest.SQLite(t))
		fill(t, source, 7)
		whole := export(t, source)
		lines := strings.SplitAfter(whole, "\n")
		lines = lines[:len(lines)-1]
		head, rest := lines[0], strings.Join(lines[1:], "")
		swap := func(i int, line string) string {
			out := append([]string{}, lines...)
			out[i] = line
			return strings.Join(out, "")
		}
		for name, x := range map[string]struct{ copied, want string }{
			"empty":            {"", "line 1"},
			"something else":   {"hello\n", "line 1: this is no copy"},
			"packed":           {"\x1f\x8b\x08\x00", "line 1"},
			"no rows":          {head, "line 2: the copy was cut"},
			"cut in a line":    {whole[:len(whole)-9], fmt.Sprintf("line %d ", len(lines))},
			"last line lacks":  {strings.Join(lines[:len(lines)-1], ""), fmt.Sprintf("line %d: the copy was cut", len(lines))},
			"a line lacks":     {strings.Join(append(append([]string{}, lines[:20]...), lines[21:]...), ""), "line "},
			"a line too many":  {whole + lines[len(lines)-1], fmt.Sprintf("line %d", len(lines)+1)},
			"no JSON":          {swap(4, "{\"cases\":\n"), "line 5"},
			"another table":    {swap(4, "{\"nudges\":{}}\n"), "line 5"},
			"text as a number": {swap(1, strings.Replace(lines[1], `"id":`, `"id":"x`, 1)), "line 2"},
			"a strange column": {swap(1, strings.Replace(lines[1], `"id":`, `"price":1,"id":`, 1)), "line 2"},
			"a later form":     {strings.Replace(head, `"version":1`, `"version":2`, 1) + rest, store.ErrNewer.Error()},
			"a later schema":   {strings.Replace(head, `"schema":`, `"schema":9`, 1) + rest, store.ErrNewer.Error()},
			"a later table":    {strings.Replace(head, `"name":"cases"`, `"name":"prices"`, 1) + rest, `"prices"`},
			"a row twice":      {strings.Join(append(append([]string{}, lines[:2]...), lines[1:]...), ""), "lines 2 to "},
		} {
			_, err := db.Import(ctx, strings.NewReader(x.copied))
			require.ErrorContains(t, err, x.want, name)
			requireEmpty(t, db, name)
		}
		_, err := db.Import(ctx, strings.NewReader(whole))
		require.NoError(t, err, "what failed left nothing behind")
		_, err = db.Import(ctx, strings.NewReader(whole))
		require.ErrorContains(t, err, "not empty")
	})
}

func requireEmpty(t testing.TB, db *store.DB, name string) {
	t.Helper()
	tables, err := store.TableNames(context.Background(), db)
	require.NoError(t, err)
	for _, table := range append(tables, "river_job") {
		var n int
		require.NoError(t, db.Writer().Get(&n, "SELECT COUNT(*) FROM "+table))
		require.Zero(t, n, "%s: %s", name, table)
	}
}

// A writer during an export is not seen by it.
func TestExportIsOneMoment(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		appendAll(t, db, delivery("1", said(issue(1), 1, "before")))
		var b bytes.Buffer
		w, stop := newBlockedWriter()
		w.into = &b
		done := make(chan error, 1)
		go func() { _, err := db.Export(ctx, w); done <- err }()
		<-w.began
		appendAll(t, db, delivery("2", said(issue(1), 2, "meanwhile")))
		stop()
		require.NoError(t, <-done)
		require.Contains(t, b.String(), "before")
		require.NotContains(t, b.String(), "meanwhile")
		for line := range strings.Lines(b.String()) {
			require.True(t, json.Valid([]byte(line)))
		}
	})
}
