package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store/storetest"
)

// carries gives somebody a past of issues that they finished in time, and so many
// open ones now.
func (f *floor) carries(who string, from, open int) {
	var events []*signals.Event
	at := tuesday.AddDate(0, 0, -30)
	for i := range 20 + open {
		k, at := signals.Key{Source: signals.Jira, Site: "jira", ID: fmt.Sprint(from + i)}, at.Add(time.Duration(2*i)*time.Hour)
		events = append(events, &signals.Event{ID: k.String() + "/created", Case: k, Kind: signals.Opened, Actor: "jira/jira/eve", At: at, Text: "x", Audience: signals.Public,
			Set: []signals.Value{{Field: signals.FieldHolder, To: "jira/jira/" + who}, {Field: signals.FieldProject, To: "ETC"}}})
		if i < 20 {
			events = append(events, &signals.Event{ID: k.String() + "/1.closed", Case: k, Kind: signals.Closed, Actor: "jira/jira/" + who, At: at.Add(time.Hour), Seq: signals.Seq{Entry: 1}, To: "Done", Audience: signals.Public})
		}
	}
	f.learn(events)
}

// TestTooMuchOnTheirHands: Bea is asked as a rule. She holds more than she
// usually finishes in time, so Carl is asked, and nobody reads why; she alone is
// told the figures. The lead hears of the team once a week, from whichever
// replica, with figures only where the team is large enough.
func TestTooMuchOnTheirHands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFloorOn(t, url, func(c *bot.Config) { c.Digest.Weekday, c.Digest.Hour = time.Monday, 9 })
		team := func(id, lead string, people ...string) {
			for _, p := range people {
				e := &signals.Event{ID: "andon/test/in/" + p, Kind: signals.RosterSet, Case: orgKey, Field: "person", To: p, At: time.Unix(2, 0).UTC(),
					Text: fmt.Sprintf(`{"id":%q,"name":%q,"team":%q,"accounts":["jira/jira/%s","slack/T1/X%s"]}`, p, strings.ToUpper(p[:1])+p[1:], id, p, p)}
				require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
			}
			e := &signals.Event{ID: "andon/test/led/" + id, Kind: signals.RosterSet, Case: orgKey, Field: "team", To: id, Text: fmt.Sprintf(`{"id":%q,"lead":%q}`, id, lead), At: time.Unix(2, 0).UTC()}
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
		}
		team("Large", "carl", "pat", "quin", "rob", "sam", "tom")
		team("Small", "carl", "una", "vic", "wes")
		team("Tiny", "carl", "xia", "yan")
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{ID: "andon/test/web", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Web", Text: `{"id":"Web","lead":"carl","owns":[{"project":"PAY"}]}`, At: time.Unix(2, 0).UTC()}}}))
		f.carries("bea", 1000, 11)
		for i, p := range []string{"pat", "quin", "rob", "una", "vic", "xia", "yan"} {
			f.carries(p, 2000+100*i, 11)
		}
		f.drain()
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
		f.drain()
		n := f.record("7").Nudges[0]
		require.Equal(t, "carl", n.To, n.Route)
		require.Contains(t, f.asks("U1", "settings"), "You hold 11 open issues; with up to 10 at once you usually finish yours in time. So I ask somebody else first")
		require.NotContains(t, f.asks("U2", "settings"), "open issue")
		require.NotContains(t, f.asks("U2", "why PAY-7"), "hands")

		other := f.replica()
		for range 2 {
			both(f, other, does((*bot.Bot).LoadDue))
		}
		posts := f.posts()
		require.Equal(t, 1, strings.Count(posts, ": Large has much on its hands"), posts)
		require.Contains(t, posts, "It is so for 3 of 5 people, and together they hold 33 open issues.")
		require.Equal(t, 1, strings.Count(posts, ": Small has much on its hands"))
		require.Contains(t, posts, "There are no figures, for it is a team of fewer than 5 people.")
		for _, never := range []string{"Pat", "Quin", "Una", "Payments has much", "Tiny"} {
			require.NotContains(t, posts, never)
		}
		f.until(tuesday.AddDate(0, 0, 3), true)
		require.NoError(t, f.bot.LoadDue(t.Context()))
		f.drain()
		require.Equal(t, strings.Count(posts, "More than half of"), strings.Count(f.posts(), "More than half of"), "once a week")
		f.until(tuesday.AddDate(0, 0, 7), true)
		require.NoError(t, f.bot.LoadDue(t.Context()))
		f.drain()
		require.Greater(t, strings.Count(f.posts(), "More than half of"), strings.Count(posts, "More than half of"), "and again in the next")

		f.asks("U2", "settings digest off")
		f.drain()
		posts = f.posts()
		f.until(tuesday.AddDate(0, 0, 14), true)
		require.NoError(t, f.bot.LoadDue(t.Context()))
		f.drain()
		require.Equal(t, strings.Count(posts, "More than half of"), strings.Count(f.posts(), "More than half of"), "who wants no digest is told nothing of it")

		f.asks("U2", "settings digest on")
		f.leaves("carl", "Web", "U2")
		posts = f.posts()
		f.until(tuesday.AddDate(0, 0, 21), true)
		require.NoError(t, f.bot.LoadDue(t.Context()))
		f.drain()
		require.Equal(t, strings.Count(posts, "More than half of"), strings.Count(f.posts(), "More than half of"), "the lead has left: lint says so")
	})
}
