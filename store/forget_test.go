package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// The ids and words that must be gone: nothing else in the tests looks like them.
const (
	gina      = "qzgina.marker"            // of the roster
	ginaJira  = "jira/main/77:qzjira-4711" // an id with a colon and a hyphen
	ginaSlack = "slack/T1/UQZ7MARK"
	ginaPlain = "csv/old/qzginaword" // letters only: may be a word
	ginaName  = "Ginaqz Mustermarker"
	secret    = "qzpersimmon"
)

var ginaMarks = []string{"qzgina", "qzjira", "UQZ7MARK", "Ginaqz", "Mustermarker", secret}

// readable is everything that is left to be read: the bytes of SQLite's files,
// or all columns of PostgreSQL.
func readable(t testing.TB, db *store.DB, url string) string {
	t.Helper()
	dump, err := store.Dump(context.Background(), db)
	require.NoError(t, err)
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return dump
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(path + end)
		require.NoError(t, err, "the file is there while the database is open")
		dump += string(b)
	}
	return dump
}

func requireGone(t testing.TB, text string, marks ...string) {
	t.Helper()
	for _, m := range marks {
		if i := strings.Index(text, m); i >= 0 {
			t.Errorf("%s is still there: %q", m, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}

// person fills a database with somebody who wrote, is named, was told and said
// something in all ways that there are.
func person(t testing.TB, db *store.DB) (k, other, room signals.Key) {
	t.Helper()
	ctx := context.Background()
	k, other, room = issue(1), issue(2), thread("C1", 1)
	org := signals.Key{Source: signals.Own, Site: "config", ID: "org"}
	roster := event(org, 1, signals.RosterSet)
	roster.ID, roster.Field, roster.To = "andon/config/person/"+gina+"/0", "person", gina
	body, err := json.Marshal(signals.Person{ID: gina, Name: ginaName, Accounts: []string{ginaJira, ginaSlack, ginaPlain}})
	require.NoError(t, err)
	roster.Text = string(body)
	boss := event(org, 2, signals.RosterSet)
	boss.ID, boss.Field, boss.To, boss.Text = "andon/config/person/bob/1", "person", "bob", `{"id":"bob","name":"Bob Example","manager":"`+gina+`"}`

	opened := event(k, 3, signals.Opened)
	opened.Actor, opened.Text = ginaJira, "Title with "+secret
	opened.Set = []signals.Value{{Field: signals.FieldBody, To: secret}, {Field: signals.FieldHolder, To: ginaJira}, {Field: "Notes", To: secret}, {Field: signals.FieldPriority, To: "High"}}
	handed := event(k, 4, signals.Assigned)
	handed.From, handed.To = ginaJira, signals.ID(signals.Jira, "main", "bob")
	back := event(k, 5, signals.Assigned)
	back.Actor, back.From, back.To = signals.ID(signals.Jira, "main", "bob"), signals.ID(signals.Jira, "main", "bob"), ginaJira
	retitled := event(k, 6, signals.Edited)
	retitled.Field, retitled.From, retitled.To, retitled.Text = signals.FieldTitle, "Title with "+secret, "Gateway", "Gateway"

	root := said(room, 1, "who knows the gateway? <@UQZ7MARK> or [~qzginaword], "+ginaName+"?")
	reply := said(room, 2, "I am on it: "+secret)
	reply.Actor = ginaSlack
	edit := event(room, 3, signals.Edited)
	edit.Ref, edit.From, edit.Text = reply.ID, "I am on it: "+secret, secret+" again"
	reacted := event(room, 4, signals.Reacted)
	reacted.ID, reacted.Actor, reacted.Ref, reacted.To = root.ID+"/reaction/eyes/UQZ7MARK", ginaSlack, root.ID, "eyes"
	answer := said(other, 1, "qzginaword, please look at 77:qzjira-4711's change")
	d := delivery("jira-1", opened, handed, back, retitled)
	d.Envelope.Body = []byte(`{"creator":{"accountId":"77:qzjira-4711"},"description":"` + secret + `"}`)
	escaped := delivery("escaped", answer)
	escaped.Envelope.Body = []byte(`{"text":"\u0071zginaword and <@UQZ7MARK>"}`)
	appendAll(t, db, delivery("roster", roster, boss), d, delivery("slack-1", root, reply, edit, reacted), escaped)

	mine := quoting(k, monday, "Gina's worry (“"+secret+"”) stands", &signals.Nudge{To: gina, State: signals.Sending, Message: "mgina", Why: "told " + ginaName, At: monday},
		&signals.Nudge{To: "slack/T1/C9", Owner: gina, State: signals.Sending, Message: "mroom", Route: ginaName + " solved it before", At: monday})
	mine.Signal.About, mine.Signal.Asked = ginaJira, ginaJira
	theirs := quoting(other, monday, ginaName+" was asked")
	theirs.Signal.Occasion, theirs.Signal.Evidence = reacted.ID, []string{answer.ID, reacted.ID}
	theirs.Ledger.Signal, theirs.Ledger.Why = theirs.Signal.Key(), "qzginaword did not answer"
	theirs.Nudges = []*signals.Nudge{{Signal: theirs.Signal, To: "bob", State: signals.Sending, Message: "mbob", At: monday}}
	require.NoError(t, db.Commit(ctx, signals.Outcome{Case: k, Records: []*signals.Record{mine, theirs}, Spent: map[string]int{gina: 1},
		Told: map[string][]signals.Told{gina: {{ID: "mgina", At: monday, Cases: []signals.Key{k}, Nudges: 1}}, "bob": {{ID: "mbob", At: monday, Cases: []signals.Key{other}, Nudges: 1}}}}))
	require.NoError(t, db.AddOpinion(ctx, signals.Opinion{Nudge: mine.Nudges[0].Key(), By: gina, Verdict: "wrong", Why: secret, At: monday}))
	require.NoError(t, db.AddOpinion(ctx, signals.Opinion{Nudge: theirs.Nudges[0].Key(), By: "bob", Verdict: "right", Why: "ask " + ginaName, At: monday}))
	require.NoError(t, db.PutToken(ctx, "token", theirs.Signal.Key(), gina, monday))
	require.NoError(t, db.Hint(ctx, "jira", "user/77:qzjira-4711"))
	require.NoError(t, db.Notice(ctx, "notice", "admin", []byte("about "+ginaName), monday))
	require.NoError(t, db.SaveSnapshot(ctx, "world", "1", 3, []byte(gina+secret)))
	_, err = db.Writer().ExecContext(ctx, db.Writer().Rebind("UPDATE tasks SET last_error = ?"), gina)
	require.NoError(t, err)
	return k, other, room
}

func TestForgetPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx := context.Background()
		k, other, room := person(t, db)
		before := fold(t, db, k)
		text := readable(t, db, url)
		for _, m := range ginaMarks {
			require.Contains(t, text, m, "the test would prove nothing")
		}
		// One account is enough: the roster knows the others.
		wish := store.Forgetting{Persons: []string{ginaSlack}}
		dry := wish
		dry.DryRun = true
		counted, err := db.Forget(ctx, dry)
		require.NoError(t, err)
		require.NotZero(t, counted.Rows["events"])
		require.Contains(t, readable(t, db, url), secret, "a dry run changes nothing")

		out, err := db.Forget(ctx, wish)
		require.NoError(t, err)
		require.True(t, out.Rebuild)
		require.NotEmpty(t, out.Beyond)
		require.Equal(t, counted.Rows, out.Rows)
		requireGone(t, readable(t, db, url), ginaMarks...)

		c := fold(t, db, k)
		require.Len(t, c.Path, len(before.Path), "hand-offs stay hand-offs")
		require.Equal(t, before.Holder != "", c.Holder != "")
		require.True(t, strings.HasPrefix(c.Holder, "jira/main/gone:"), c.Holder)
		require.Equal(t, c.Opener, c.Holder, "one stand-in for one id")
		require.Equal(t, "Gateway", c.Title)
		require.Equal(t, "High", c.Priority)
		posts := fold(t, db, room).Posts
		require.Len(t, posts, 2)
		require.Contains(t, posts[0].Text, "who knows the gateway?", "what others wrote stays")
		require.Len(t, posts[0].Reactions, 1)
		require.Equal(t, store.Gone, posts[1].Text)

		records, err := db.Records(ctx, k, other)
		require.NoError(t, err)
		require.Len(t, records, 2)
		require.Len(t, records[0].Nudges, 1, "the one to the room; that to the person is gone")
		require.Equal(t, records[1].Signal.Occasion, records[1].Signal.Evidence[1])
		events, err := db.CaseEvents(ctx, 0, room)
		require.NoError(t, err)
		require.Contains(t, entryIDs(events[room]), records[1].Signal.Occasion, "references still lead somewhere")
		require.Equal(t, records[1].Signal.Key(), records[1].Ledger.Signal)
		of, err := db.RecordsOf(ctx, records[1].Nudges[0].Key())
		require.NoError(t, err)
		require.Len(t, of, 1)
		_, ok, err := db.Message(ctx, "mgina")
		require.NoError(t, err)
		require.False(t, ok)
		require.Equal(t, []string{"mbob", "mroom", "notice"}, store.TakeJobs(t, db, "send"))
		require.Empty(t, store.TakeJobs(t, db, "fetch"))
		_, ok, err = db.TakeToken(ctx, records[1].Signal.Key())
		require.NoError(t, err)
		require.False(t, ok)
		moved, err := db.Cursor(ctx, store.ForgottenCursor)
		require.NoError(t, err)
		require.NotEmpty(t, moved)
		again, err := db.Forget(ctx, wish)
		require.NoError(t, err)
		require.Empty(t, again.Rows, "what is done is done")
	})
}

func TestForgottenStayAway(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		k, _, room := person(t, db)
		fresh := event(k, 20, signals.Assigned)
		fresh.From, fresh.To = signals.ID(signals.Jira, "main", "bob"), ginaJira
		post := said(room, 21, "no, "+secret)
		post.Actor = ginaSlack
		mention := said(room, 22, "so <@UQZ7MARK> said, and @qzginaword, but qzginaword the word stays")
		d := delivery("again", fresh, post, mention)
		d.Envelope.Body = []byte(`{"user":"UQZ7MARK"}`)
		same, err := store.Scrub(ctx, db, d)
		require.NoError(t, err)
		require.Equal(t, []signals.Delivery{d}, same, "nothing was forgotten yet")

		_, err = db.Forget(ctx, store.Forgetting{Persons: []string{gina}})
		require.NoError(t, err)
		is, err := db.IsForgotten(ctx, gina, ginaJira, ginaSlack, ginaPlain, "bob", "")
		require.NoError(t, err)
		require.Equal(t, map[string]bool{gina: true, ginaJira: true, ginaSlack: true, ginaPlain: true, "bob": false, "": false}, is)

		given := *mention
		got, err := store.Scrub(ctx, db, d, delivery("other", event(issue(9), 1, signals.Opened)))
		require.NoError(t, err)
		require.Equal(t, given, *mention, "what was given is left alone")
		require.Len(t, got[0].Events, 2)
		require.Nil(t, got[0].Envelope.Body)
		require.True(t, strings.HasPrefix(got[0].Events[0].To, "jira/main/gone:"))
		require.Equal(t, fresh.From, got[0].Events[0].From)
		require.Regexp(t, `^so <@gone:\w+> said, and @gone:\w+, but qzginaword the word stays$`, got[0].Events[1].Text)
		require.NotEmpty(t, got[1].Envelope.Body)
		require.Len(t, got[1].Events, 1)
		mention.Text = "so <@UQZ7MARK> said"
		got, err = store.Scrub(ctx, db, d)
		require.NoError(t, err)
		appendAll(t, db, got...)
		dump, err := store.Dump(ctx, db)
		require.NoError(t, err)
		requireGone(t, dump, ginaMarks...)
		roster := event(signals.Key{Source: signals.Own, Site: "config", ID: "org"}, 1, signals.RosterSet)
		roster.Field, roster.To, roster.Text = "person", gina, `{"name":"`+ginaName+`"}`
		got, err = store.Scrub(ctx, db, delivery("roster", roster))
		require.NoError(t, err)
		require.Empty(t, got[0].Events)
		require.Zero(t, got[0].Envelope)
	})
}

func TestForgetChannel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx := context.Background()
		const channel, bare = "slack/T1/CQZ9ROOM", "CQZ9ROOM"
		in, out := thread(bare, 1), thread("C2", 2)
		root, reply := said(in, 1, "in the room: "+secret), said(in, 2, secret)
		link := event(issue(1), 1, signals.Linked)
		link.Ref = in.String()
		elsewhere := said(out, 3, "see https://example.com/archives/CQZ9ROOM/p1, bob")
		d := delivery("room", root, reply)
		d.Rooms = map[string]string{channel: "qzroomname", "slack/T1/C2": "other"}
		both := delivery("both", said(in, 4, secret), said(out, 4, "stays"))
		appendAll(t, db, d, delivery("else", link, elsewhere), both)
		inside := quoting(in, monday, "“"+secret+"”", &signals.Nudge{To: channel, State: signals.Sending, Message: "m1", At: monday}, &signals.Nudge{To: "bob", State: signals.Sending, Message: "m2", At: monday, Step: 1})
		beside := quoting(out, monday, "like “"+secret+"” in another room", &signals.Nudge{To: "bob", State: signals.Sending, Message: "m2", At: monday})
		beside.Signal.Evidence = []string{elsewhere.ID, root.ID}
		require.NoError(t, db.Commit(ctx, signals.Outcome{Case: in, Records: []*signals.Record{inside, beside}, Spent: map[string]int{channel + "|2026-03-02": 2},
			Told: map[string][]signals.Told{"bob": {{ID: "m2", At: monday, Cases: []signals.Key{in, out}, Nudges: 2}}, channel: {{ID: "m1", At: monday}}}}))
		require.NoError(t, db.AddOpinion(ctx, signals.Opinion{Nudge: inside.Nudges[0].Key(), By: "bob", Verdict: "right", At: monday}))
		require.NoError(t, db.SaveSnapshot(ctx, "world", "1", 3, []byte(secret)))

		gone, err := db.Forget(ctx, store.Forgetting{Channel: channel})
		require.NoError(t, err)
		require.Equal(t, int64(1), gone.Rows["rooms"])
		requireGone(t, readable(t, db, url), bare, "qzroomname", secret)
		standing(t, db, out)
		_, ok, err := db.Standing(ctx, in)
		require.NoError(t, err)
		require.False(t, ok)
		require.Len(t, fold(t, db, out).Posts, 2)
		told, _, err := db.Told(ctx, "bob", 9)
		require.NoError(t, err)
		require.Equal(t, []signals.Key{out}, told[0].Cases)
		m, ok, err := db.Message(ctx, "m2")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, []string{beside.Nudges[0].Key()}, m.Nudges)
		records, err := db.Records(ctx, out)
		require.NoError(t, err)
		require.NotContains(t, records[0].Signal.Reason, "like")
		require.NotContains(t, looks(t, db), in)

		late := said(in, 60*24*365, "later")
		got, err := store.Scrub(ctx, db, d, delivery("late", late))
		require.NoError(t, err)
		require.Empty(t, got[0].Events)
		require.Equal(t, map[string]string{"slack/T1/C2": "other"}, got[0].Rooms)
		require.Len(t, got[1].Events, 1, "what happens from now on is another matter")
	})
}

func TestForgetBefore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx := context.Background()
		dead, alive := issue(1), issue(2)
		first := aged(said(alive, 1, secret), old)
		roster := aged(event(signals.Key{Source: signals.Own, Site: "config", ID: "org"}, 7, signals.RosterSet), old)
		roster.Field, roster.To, roster.Text = "person", "bob", `{"id":"bob"}`
		appendAll(t, db, delivery("dead", aged(said(dead, 1, secret), old)), delivery("alive", first), delivery("roster", roster))
		repeats := delivery("again", first, said(alive, 2, "new"))
		repeats.Envelope.Body = []byte(secret)
		whole := delivery("whole", said(issue(3), 1, "another"))
		appendAll(t, db, repeats, whole)
		lasts := quoting(alive, monday, "“"+secret+"”", &signals.Nudge{To: "bob", State: signals.Sending, Message: "m1", At: monday})
		require.NoError(t, db.Commit(ctx, signals.Outcome{Case: alive, Records: []*signals.Record{lasts, quoting(dead, old, "“"+secret+"”")}}))
		require.NoError(t, db.SaveSnapshot(ctx, "world", "1", 3, []byte(secret)))
		head, err := db.Head(ctx)
		require.NoError(t, err)

		_, err = db.Forget(ctx, store.Forgetting{Before: monday.AddDate(0, 0, -30)})
		require.NoError(t, err)
		requireGone(t, readable(t, db, url), secret)
		_, ok, err := db.Standing(ctx, dead)
		require.NoError(t, err)
		require.False(t, ok)
		require.Len(t, fold(t, db, alive).Posts, 1)
		entries, err := db.Follow(ctx, 0, 99)
		require.NoError(t, err)
		require.Len(t, entries, 3, "the roster, and what is younger")
		body, ok, err := db.LatestEnvelope(ctx, "test", "whole")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, whole.Envelope.Body, body, "nothing old is in it")
		got, err := store.Scrub(ctx, db, repeats)
		require.NoError(t, err)
		require.Len(t, got[0].Events, 1)
		require.Nil(t, got[0].Envelope.Body)
		require.Greater(t, appendAll(t, db, delivery("next", said(alive, 9, "next"))).Pos, head)
	})
}

func TestForgetAsks(t *testing.T) {
	db := open(t, storetest.SQLite(t))
	for name, f := range map[string]store.Forgetting{
		"nothing": {}, "two": {Persons: []string{"ann"}, Before: monday}, "empty id": {Persons: []string{""}}, "no local part": {Persons: []string{"slack/T1/"}},
		"no channel": {Channel: "C1"},
	} {
		_, err := db.Forget(context.Background(), f)
		require.Error(t, err, name)
	}
}

// A reader of the old state keeps the write-ahead log from being emptied: that
// is said, and running it again finishes.
func TestForgetAgain(t *testing.T) {
	url := storetest.SQLite(t)
	db := open(t, url)
	ctx := context.Background()
	appendAll(t, db, delivery("1", said(issue(1), 1, secret)))
	who := signals.ID(signals.Jira, "main", "ann")
	_, err := db.Writer().ExecContext(ctx, "PRAGMA busy_timeout = 100") // nobody need wait for the export
	require.NoError(t, err)
	export, stop := newBlockedWriter()
	done := make(chan error, 1)
	go func() { _, err := db.Export(ctx, export); done <- err }()
	<-export.began
	_, err = db.Forget(ctx, store.Forgetting{Persons: []string{who}})
	require.ErrorContains(t, err, "run it again")
	stop()
	require.NoError(t, <-done)
	_, err = db.Forget(ctx, store.Forgetting{Persons: []string{who}})
	require.NoError(t, err)
	requireGone(t, readable(t, db, url), secret)
}

// blockedWriter lets an export wait in the middle.
type blockedWriter struct {
	began chan struct{}
	end   chan struct{}
	into  *bytes.Buffer
	first bool
}

func newBlockedWriter() (w *blockedWriter, stop func()) {
	w = &blockedWriter{began: make(chan struct{}), end: make(chan struct{}), first: true}
	return w, func() { close(w.end) }
}

func (w *blockedWriter) Write(p []byte) (int, error) {
	if w.first {
		w.first = false
		close(w.began)
		<-w.end
	}
	if w.into != nil {
		return w.into.Write(p)
	}
	return len(p), nil
}

func TestCut(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"ask <@U1ABC>, please", "ask <@X>, please"},
		{"U1ABCD is another, and xU1ABC", "U1ABCD is another, and xU1ABC"},
		{"U1ABC U1ABC", "X X"},
		{"slack/T1/U1ABC.", "slack/T1/X."},
		{"U1ABC-2 and U1ABC.x", "U1ABC-2 and U1ABC.x"},
		{"/reaction/eyes/U1ABC", "/reaction/eyes/X"},
		{"Ann Example and Annan", "somebody and Annan"},
		{"ÄU1ABC", "ÄU1ABC"},
		{"", ""},
	} {
		got, err := store.Cut(x.text, []string{"slack/T1/U1ABC"}, []string{"Ann Example"})
		require.NoError(t, err)
		if i := strings.Index(got, "gone:"); i >= 0 {
			stand := got[i : i+len("gone:")+16]
			got = strings.ReplaceAll(got, stand, "X")
		}
		require.Equal(t, x.want, got)
	}
}

func FuzzCut(f *testing.F) {
	f.Add("ask <@U1ABC>, U1ABC-2 ann.")
	f.Add("\xffU1ABC\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		once, err := store.Cut(text, []string{"slack/T1/U1ABC", "jira/main/ann"}, nil)
		require.NoError(t, err)
		twice, err := store.Cut(once, []string{"slack/T1/U1ABC", "jira/main/ann"}, nil)
		require.NoError(t, err)
		require.Equal(t, once, twice, "nothing is left to be cut")
		if !bytes.Contains([]byte(text), []byte("U1ABC")) && !strings.Contains(text, "ann") {
			require.Equal(t, text, once)
		}
	})
}
