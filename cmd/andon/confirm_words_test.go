package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// listener hears for a floor what Slack tells by HTTP.
type listener struct {
	*floor
	http  http.Handler
	inbox *slack.Inbox
	heard int
}

func (f *floor) listens() *listener {
	e := &listener{floor: f, inbox: &slack.Inbox{
		Team: "T1", Poster: f.said.Poster.(*slack.Poster), Now: f.clock.now,
		Directory: slack.NewDirectory("T1", slack.LiveOptions{Self: slack.Self{User: "UANDON"}}), Interact: f.bot.Ask,
		Accept: func(ctx context.Context, d signals.Delivery) error { return f.bot.Accept(ctx, d) },
	}}
	var err error
	e.http, err = (&slack.HTTPMode{Inbox: e.inbox, Secrets: []string{"secret"}}).Handler()
	require.NoError(f.t, err)
	return e
}

// writes lets somebody write in the thread of a message, and gives what andon
// answers there.
func (e *listener) writes(user, key, text string) (answers string) {
	e.t.Helper()
	out, ok, err := e.db.Message(e.t.Context(), key)
	require.NoError(e.t, err)
	require.True(e.t, ok && len(out.Copies) > 0)
	before := len(e.fake.Messages())
	e.heard++
	at, now := out.Copies[0], e.clock.now()
	raw, err := json.Marshal(map[string]any{"type": "event_callback", "event_id": fmt.Sprint("Ev", e.heard), "event": map[string]any{
		"type": "message", "channel_type": "im", "channel": signals.Bare(at.Channel), "user": user, "text": text, "thread_ts": at.TS,
		"ts": fmt.Sprintf("%d.%06d", now.Unix(), e.heard), "event_ts": fmt.Sprintf("%d.%06d", now.Unix(), e.heard),
	}})
	require.NoError(e.t, err)
	for range 2 { // Slack sends it twice
		r := httptest.NewRequest(http.MethodPost, "/slack/events", strings.NewReader(string(raw)))
		r.Header = fakeslack.Sign("secret", now.Unix(), raw)
		w := httptest.NewRecorder()
		e.http.ServeHTTP(w, r)
		require.Equal(e.t, http.StatusOK, w.Code)
		e.inbox.Wait()
	}
	e.clock.set(now.Add(time.Minute))
	e.drain()
	for _, m := range e.fake.Messages()[before:] {
		if m.Thread == at.TS {
			answers += m.Text + "\n"
		}
	}
	return answers
}

// TestWordsAnswerTheQuestion as its buttons do; they are read and not kept, but for
// what is left.
func TestWordsAnswerTheQuestion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		for words, want := range map[string]struct {
			kind   signals.Kind
			kept   string
			answer string
			shows  string
		}{
			"yes, solved, thanks": {signals.Confirmed, "", "I take that as solved.", "Ann confirmed that it is solved."},
			"no, still happening": {signals.Denied, "", "I take that as still happening", "Ann says that it still happens."},
			"partly - the login works, the export &amp; <@U1|bea> not": {signals.Denied, "the login works, the export & @bea not", "pass on what is left", "a part of it is left: “the login works, the export & @bea not”"},
		} {
			if strings.HasPrefix(url, "postgres") && want.kept == "" {
				continue // a database for each takes its time; the other one has them all
			}
			t.Run(words, func(t *testing.T) {
				if !strings.HasPrefix(url, "postgres") {
					url = storetest.SQLite(t)
				}
				f := corrected(t, url, nil)
				key := f.onlyAsk("slack/T1/U3")
				require.Contains(t, f.listens().writes("U3", key, words), want.answer)
				require.Contains(t, f.shows(key), want.shows)
				require.NotContains(t, f.shows(key), "[", "it is answered")
				r := f.record("7")
				require.Equal(t, want.kind == signals.Confirmed, r.Ledger.Reached(signals.ConfirmedBy))
				require.Equal(t, want.kept != "", !r.Ledger.Partly.IsZero())
				said := 0
				news, err := f.db.News(t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: "7"}, 0)
				require.NoError(t, err)
				for _, e := range news {
					require.NotContains(t, e.Text, "still happening")
					if e.Kind == want.kind {
						said++
						require.Equal(t, want.kept, e.Text)
					}
				}
				require.Equal(t, 1, said)
				if want.kept != "" {
					require.Contains(t, f.shows(r.Nudges[len(r.Nudges)-1].Message), want.shows)
				}
			})
		}
	})
}

// TestUnclearWordsAreAnsweredOnce, the buttons stay, and commands are commands.
func TestUnclearWordsAreAnsweredOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := corrected(t, url, nil)
		key := f.onlyAsk("slack/T1/U3")
		e := f.listens()
		require.Contains(t, e.writes("U3", key, "I will look tomorrow"), "The buttons of the message above answer it")
		require.Empty(t, e.writes("U3", key, "hm, let me see"), "once")
		f.start()
		require.Empty(t, f.listens().writes("U3", key, "not before friday"), "once")
		require.Contains(t, e.writes("U3", key, "why PAY-7"), "Why PAY-7")
		require.Contains(t, f.shows(key), "[*Solved*]")
		require.False(t, f.record("7").Ledger.Reached(signals.ConfirmedBy))
		require.Contains(t, e.writes("U3", key, "it works now"), "I take that as solved.")
		require.Empty(t, e.writes("U3", key, "you are welcome"), "it is answered")
		require.Contains(t, e.writes("U3", key, "no, still happening"), "You said already that it is solved")
		require.True(t, f.record("7").Ledger.Reached(signals.ConfirmedBy))
	})
}

// TestWordsElsewhereAreNoAnswer: in the thread of a nudge, outside of threads, and
// of who does not want to be read.
func TestWordsElsewhereAreNoAnswer(t *testing.T) {
	f := corrected(t, storetest.SQLite(t), nil)
	key := f.onlyAsk("slack/T1/U3")
	e := f.listens()
	require.Contains(t, e.writes("U1", f.record("7").Nudges[0].Message, "yes, solved"), "I do not know")
	r, err := f.bot.Ask(t.Context(), view.Asked{ID: "x", Kind: view.Mention, User: "slack/T1/U3", Channel: "slack/T1/D3", Message: "slack/T1/D3/1.000001", Text: "yes, solved", Direct: true})
	require.NoError(t, err)
	require.Contains(t, r.Card.Text(), "I do not know")
	f.asks("U3", "optout")
	f.clock.set(f.clock.now().Add(time.Minute))
	require.Contains(t, e.writes("U3", key, "yes, solved"), "The buttons of the message above answer it")
	require.False(t, f.record("7").Ledger.Reached(signals.ConfirmedBy))
	f.press("slack/T1/U3", "solved", key)
	require.True(t, f.record("7").Ledger.Reached(signals.ConfirmedBy))
}

// TestWordsOfWhoWishedNotToBeNamed are taken without their name.
func TestWordsOfWhoWishedNotToBeNamed(t *testing.T) {
	f := newFloor(t, nil)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	require.NoError(t, f.db.PutToken(t.Context(), "tok", "cord|jira/jira/7|jira/jira/7/xZ", "carl", tuesday))
	f.step("7", 90, signals.Event{Kind: signals.Pulled, Actor: signals.ID(signals.Own, "anonymous", "tok"), Text: "invoices are wrong again"})
	f.closes("7", 100, "jira/jira/bea")
	key := f.onlyAsk("slack/T1/U2")
	require.Contains(t, f.listens().writes("U2", key, "partly: the totals are wrong"), "pass on what is left")
	require.Contains(t, f.posts(), "Somebody says that a part of it is left")
	require.NotContains(t, f.posts(), "Carl says")
}
