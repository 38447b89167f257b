package main

import (
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/integrations/jira"
	"andon/integrations/jira/fakejira"
	"andon/signals"
	"andon/store/storetest"
)

// denied is a floor on which Ann said of PAY-7, which Bea closed and which is
// closed still, that it still happens. It returns what Bea was told.
func denied(t *testing.T, url string, change func(*bot.Config)) (f *floor, back string) {
	f = corrected(t, url, change)
	f.press("slack/T1/U3", "denied", f.onlyAsk("slack/T1/U3"))
	told := f.record("7").Nudges
	require.Equal(t, signals.Sent, told[len(told)-1].State)
	return f, told[len(told)-1].Message
}

// TestWhatIsClosedStillCanBeCorrectedAgain by who solved it: by a button, by a
// comment that says so, by a further step of the issue, or by a command. Who raised
// it is asked once more, and not a third time.
func TestWhatIsClosedStillCanBeCorrectedAgain(t *testing.T) {
	ways := map[string]func(f *floor, back string, n int64){
		"button": func(f *floor, back string, _ int64) { require.Nil(f.t, f.press("slack/T1/U1", "solved", back).Card) },
		"comment": func(f *floor, _ string, n int64) {
			f.step("7", n, signals.Event{Kind: signals.Said, Actor: "jira/jira/bea", Text: "What exactly do you see?"})
			require.False(f.t, f.record("7").Ledger.Reached(signals.Corrected))
			f.step("7", n+1, signals.Event{Kind: signals.Said, Actor: "jira/jira/bea", Text: "Found it, it is fixed now."})
		},
		"step": func(f *floor, _ string, n int64) {
			f.step("7", n, signals.Event{Kind: signals.Status, Actor: "jira/jira/bea", From: "Resolved", To: "Closed"})
		},
		"command": func(f *floor, _ string, _ int64) {
			require.Contains(f.t, f.asks("U1", "solved PAY-7"), "counts as solved again; whoever raised it is asked")
		},
	}
	storetest.Each(t, func(t *testing.T, url string) {
		for name, way := range ways {
			if strings.HasPrefix(url, "postgres") && name != "comment" {
				continue // a database for each takes its time; the other one has them all
			}
			t.Run(name, func(t *testing.T) {
				if !strings.HasPrefix(url, "postgres") {
					url = storetest.SQLite(t)
				}
				f, back := denied(t, url, nil)
				got := f.shows(back)
				require.Contains(t, got, "It is closed in Jira: please open it there, so that everybody sees it. Once it is solved, close it again or press Solved here, and who raised it is asked once more.")
				require.Contains(t, got, "PAY-7 (https://jira.example/browse/PAY-7)")
				require.Contains(t, got, "[Solved]")
				first := f.onlyAsk("slack/T1/U3")
				way(f, back, 110)
				r := f.record("7")
				require.True(t, r.Ledger.Reached(signals.Corrected))
				require.True(t, r.Ledger.Proxy[signals.Corrected], "it is not the closing itself")
				require.False(t, r.Ledger.Reached(signals.ConfirmedBy))
				require.Equal(t, signals.Sent, r.Asks[len(r.Asks)-1].State)
				require.Len(t, f.questions("slack/T1/U3"), 2)
				require.NotContains(t, f.shows(back), "[Solved]")
				for _, key := range f.questions("slack/T1/U3") {
					if key != first {
						f.press("slack/T1/U3", "denied", key)
					}
				}
				told := f.record("7").Nudges
				back = told[len(told)-1].Message
				require.Contains(t, f.shows(back), "press Solved here.", "nobody is asked a third time")
				way(f, back, 120)
				require.True(t, f.record("7").Ledger.Reached(signals.Corrected))
				require.Len(t, f.questions("slack/T1/U3"), 2)
			})
		}
	})
}

// TestOnlyWhoSolvedItMaySayThatItIsSolvedAgain: not somebody who passes by, an app,
// or who raised it, whose word confirms it.
func TestOnlyWhoSolvedItMaySayThatItIsSolvedAgain(t *testing.T) {
	f, back := denied(t, storetest.SQLite(t), nil)
	for i, who := range []string{"jira/jira/carl", "jira/jira/bot:ci"} {
		f.step("7", int64(110+i), signals.Event{Kind: signals.Said, Actor: who, Text: "It is fixed now."})
		require.False(t, f.record("7").Ledger.Reached(signals.Corrected), who)
	}
	require.Contains(t, f.press("slack/T1/U2", "solved", back).Card.Text(), "for somebody else")
	require.Contains(t, f.asks("U2", "solved PAY-7"), "is solved when it is closed in Jira")
	f.step("7", 115, signals.Event{Kind: signals.Reopened, Actor: "jira/jira/bea"})
	require.NotContains(t, f.shows(back), "It is closed in Jira")
	require.NotContains(t, f.shows(back), "[Solved]", "an issue that is open is solved in Jira")
	f.step("7", 116, signals.Event{Kind: signals.Said, Actor: "jira/jira/bea", Text: "It is fixed now."})
	require.False(t, f.record("7").Ledger.Reached(signals.Corrected))
	require.Contains(t, f.press("slack/T1/U1", "solved", back).Card.Text(), "An issue is solved in Jira")
}

// TestTwoReplicasTakeTheSameWordOnce: both hear the second "Solved" of one press.
func TestTwoReplicasTakeTheSameWordOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f, back := denied(t, url, nil)
		other, err := bot.New(f.conf)
		require.NoError(t, err)
		require.NoError(t, other.Start(t.Context()))
		a := view.Asked{ID: "both", Kind: view.Pressed, User: "slack/T1/U1", Action: "solved", Value: back}
		for _, b := range []*bot.Bot{f.bot, other} {
			_, err := b.Ask(t.Context(), a)
			require.NoError(t, err)
			require.NoError(t, b.Look(t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: "7"}))
		}
		f.drain()
		require.Len(t, f.questions("slack/T1/U3"), 2)
		require.Len(t, f.record("7").Asks, 2)
	})
}

// TestStillHappeningIsWrittenBackOnce on the issue that is closed, where that is
// switched on: by nobody's name, and without their words, and not on one that was
// closed long before and that it repeats.
func TestStillHappeningIsWrittenBackOnce(t *testing.T) {
	for _, partly := range []bool{false, true} {
		var fake *fakejira.Server
		var src *jiraSource
		f := corrected(t, storetest.SQLite(t), func(c *bot.Config) {
			fake = fakejira.New(fakejira.Options{Now: c.Now, Token: "secret"})
			for id, key := range map[string]string{"7": "PAY-7", "8": "PAY-8"} {
				require.NoError(t, fake.Put([]byte(`{"id":"`+id+`","key":"`+key+`","fields":{"project":{"id":"1","key":"PAY"},"summary":"Invoices arrive twice","status":{"name":"Done"},
					"issuetype":{"name":"Bug"},"created":"2026-03-03T09:00:00.000+0000","updated":"2026-03-03T09:00:00.000+0000","reporter":{"accountId":"ann","displayName":"Ann"},
					"comment":{"comments":[],"total":0}},"changelog":{"histories":[]}}`)))
			}
			srv := httptest.NewServer(fake)
			t.Cleanup(srv.Close)
			src = &jiraSource{
				conf: config.Jira{URL: srv.URL, WriteBack: []config.WriteBack{{Project: "PAY", Comment: true}}},
				site: jira.Site{URL: srv.URL, User: "andon", Token: "secret", Read: jira.Options{Site: "jira", Audience: signals.Public}, Now: c.Now, Log: slog.New(slog.DiscardHandler)},
			}
			t.Cleanup(src.close)
			c.Writers = map[string]bot.Writer{"jira/jira": src}
		})
		earlier := pingpong("8", tuesday.AddDate(0, 0, -300))[:1]
		earlier = append(earlier, &signals.Event{ID: "jira/jira/8/closed", Case: earlier[0].Case, Kind: signals.Closed, Actor: "jira/jira/bea", To: "Done", At: tuesday.AddDate(0, 0, -299), Seq: signals.Seq{Entry: 2}, Audience: signals.Public})
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: earlier}))
		f.step("7", 105, signals.Event{Kind: signals.Linked, Actor: "jira/jira/bea", Field: "duplicates", To: "PAY-8", Ref: "jira/jira/8"})
		key, says := f.onlyAsk("slack/T1/U3"), "Whoever raised it says that it still happens, though it is closed here ("
		if partly {
			f.send("slack/T1/U3", f.press("slack/T1/U3", "partly", key).Modal, "text", "the totals of March")
			says = "Whoever raised it says that a part of it is left, though it is closed here ("
		} else {
			f.press("slack/T1/U3", "denied", key)
		}
		f.step("7", 111, signals.Event{Kind: signals.Said, Actor: "jira/jira/bea", Text: "What do you see?"})
		require.Equal(t, 1, fake.Requests()["POST issue/{id}/comment"], "%v", fake.Requests())
		d, err := src.Fetch(t.Context(), "7")
		require.NoError(t, err)
		i := slices.IndexFunc(d.Events, func(e *signals.Event) bool { return e.Kind == signals.Said })
		require.Contains(t, d.Events[i].Text, says)
		require.NotContains(t, d.Events[i].Text, "totals")
		require.NotContains(t, d.Events[i].Text, "Ann")
		f.step("7", 112, signals.Event{Kind: signals.Reopened, Actor: "jira/jira/bea"})
		require.Equal(t, 1, fake.Requests()["POST issue/{id}/comment"])
	}
}

// TestHomeTakesPartly, with what is left, as the question does; a form that is sent
// late changes nothing.
func TestHomeTakesPartly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := corrected(t, url, nil)
		part, ok := actionOf(f.homeOf("slack/T1/U3"), "home.partly")
		require.True(t, ok)
		require.Equal(t, "Partly ...", part.Text)
		require.NotNil(t, f.press("slack/T1/U1", "home.partly", part.Value).Home, "Bea did not raise it")
		m := f.press("slack/T1/U3", "home.partly", part.Value).Modal
		require.Contains(t, form(m), "What is left?")
		require.False(t, f.record("7").Ledger.Partly.After(tuesday), "nothing is said yet")
		f.send("slack/T1/U3", m, "text", " the totals of March are still wrong ")
		r := f.record("7")
		require.False(t, r.Ledger.Partly.IsZero())
		require.False(t, r.Ledger.Reached(signals.Corrected))
		require.Contains(t, f.shows(r.Nudges[len(r.Nudges)-1].Message), "a part of it is left: “the totals of March are still wrong”")
		require.NotContains(t, f.shows(f.onlyAsk("slack/T1/U3")), "[")
		require.Contains(t, textOf(f.homeOf("slack/T1/U3")), "A part of it is left, as you said.")
		require.NotNil(t, f.send("slack/T1/U3", m, "text", "and more").Home)
		require.Len(t, f.record("7").Nudges, 2)
	})
}

// TestWhyForetellsTheQuestion to whoever asks, and not why somebody is not asked.
func TestWhyForetellsTheQuestion(t *testing.T) {
	f := newFloor(t, nil)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	require.Contains(t, f.asks("U2", "why PAY-7"), "When it is solved, Ann, who raised it, is asked whether it holds.")
	require.Contains(t, f.asks("U3", "why PAY-7"), "When it is solved, you are asked whether it holds.")
	f.closes("7", 100, "jira/jira/bea")
	require.Contains(t, f.asks("U2", "why PAY-7"), "Now Ann, who raised it, is asked whether it holds.")
	f.press("slack/T1/U3", "denied", f.onlyAsk("slack/T1/U3"))
	f.start()
	require.Contains(t, f.asks("U2", "why PAY-7"), "When it is solved, Ann, who raised it, is asked whether it holds.")
	f.clock.set(f.clock.now().Add(time.Minute))
	e := &signals.Event{ID: "andon/test/ann2", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "ann", Text: `{"id":"ann","opted_out":true,"accounts":["jira/jira/ann","slack/T1/U3"]}`, At: f.clock.now()}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
	f.asks("U2", "back") // what changes something reads on first
	require.NotContains(t, f.asks("U2", "why PAY-7"), "is asked whether it holds")
	require.NotContains(t, f.asks("U2", "why PAY-7"), "opted")
}

// TestCardsOfTheQuestion compares what who raised it is asked, and what whoever
// solved it is told then, with what it looked like before.
func TestCardsOfTheQuestion(t *testing.T) {
	var out []string
	f := corrected(t, storetest.SQLite(t), nil)
	show := func(name, key string) { out = append(out, "-- "+name+" --", f.shows(key), blocksOf(f, key)) }
	key := f.onlyAsk("slack/T1/U3")
	show("the question", key)
	out = append(out, f.blocksOfForm(f.press("slack/T1/U3", "partly", key).Modal))
	home := f.homeOf("slack/T1/U3")
	for _, c := range home[slices.IndexFunc(home, func(c *view.Card) bool { return c.Title == "Signals you raised" }):][:1] {
		out = append(out, "-- the same in the Home tab --", drawn(c))
	}
	f.press("slack/T1/U3", "denied", key)
	told := f.record("7").Nudges
	show("still happening, and closed in Jira", told[len(told)-1].Message)
	show("the question, answered", key)
	f.press("slack/T1/U1", "claim", told[len(told)-1].Message)
	show("still happening, taken up", told[len(told)-1].Message)
	f.press("slack/T1/U1", "solved", told[len(told)-1].Message)
	show("corrected again", told[len(told)-1].Message)
	for _, again := range f.questions("slack/T1/U3") {
		if again != key {
			show("the second question", again)
		}
	}
	golden(t, "question.golden", out)
}
