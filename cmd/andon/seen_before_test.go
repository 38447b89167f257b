package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store/storetest"
)

const (
	askedThen  = "How do I get access to the billing database? I get permission denied. Can anybody help?"
	helpedThen = "Request the role billing-reader in the access portal, it works a minute later."
)

// solvedThen puts a question into another channel that Carl answered some time
// ago, and that who asked gave thanks for.
func (f *floor) solvedThen(channel string, ago time.Duration, audience signals.Audience) {
	at := f.clock.now().Add(-ago)
	var d signals.Delivery
	for i, said := range [][2]string{{"U9", askedThen}, {"U2", helpedThen}, {"U9", "thanks, that works!"}} {
		e := wondered(channel, 1, at.Add(time.Duration(i)*10*time.Minute), said[0], said[1])
		if i > 0 {
			e.ID += "/" + []string{"", "1772000000.000001", "1772000000.000002"}[i]
		}
		e.Audience = audience
		d.Events = append(d.Events, e)
	}
	d.Learn, d.Rooms = true, map[string]string{"slack/T1/" + channel: "data-help"}
	require.NoError(f.t, f.bot.Accept(f.t.Context(), d))
	f.drain()
}

const seenLine = "Seen before: a thread in #data-help, solved by Web in February: “" + helpedThen + "” Carl may know more."

// TestWhatHelpedBeforeIsOffered: the answer stands in another channel. Bea, who is
// asked now, reads it, and says that it was it. Another replica and a restart show
// and count the same.
func TestWhatHelpedBeforeIsOffered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFloorOn(t, url, nil)
		f.solvedThen("C5", 9*24*time.Hour, signals.Public)
		m := f.ask("C1", 100, signals.Public)
		said := f.shows(m)
		require.Contains(t, said, seenLine)
		require.Contains(t, said, "https://slack.example/archives/C5/", "where it stands")
		require.Contains(t, said, "{Yes, a thread in #data-help helped} {No, that was something else}")
		require.Contains(t, f.asks("U1", "why "+shortOf(f, m)), seenLine)
		for key, to := range f.said.posts {
			require.NotEqual(t, "slack/T1/U3", to, "who asked is not told unless the policy says so: %s", key)
		}

		other, err := bot.New(f.conf)
		require.NoError(t, err)
		require.NoError(t, other.Start(t.Context()))
		f.bot = other
		f.h.Look, f.h.Send = other.Look, other.Send
		f.press("slack/T1/U1", "more", "helped0:"+m)
		require.Contains(t, f.shows(m), "You said that what was seen before helped. Thank you.")
		require.NotContains(t, f.shows(m), "that was something else", "it is asked once")
		require.Contains(t, f.shows(m), seenLine)
		require.Equal(t, signals.Received, f.records("C1", 100)[0].Nudges[0].State)
		opinions, err := f.db.Opinions(t.Context(), time.Time{})
		require.NoError(t, err)
		require.Len(t, opinions, 1)
		require.Equal(t, "useful", opinions[0].Verdict)
		f.start()
		require.Contains(t, f.asks("U1", "why "+shortOf(f, m)), seenLine)
	})
}

// shortOf is the id by which a message says how to ask about it.
func shortOf(f *floor, m string) string {
	_, rest, _ := strings.Cut(f.said.cards[m].Footer, "why ")
	id, _, _ := strings.Cut(rest, " ")
	return id
}

// TestWhatWasSomethingElseIsNotOfferedAgain: one word against it is enough for
// this case, and says nothing against the nudge.
func TestWhatWasSomethingElseIsNotOfferedAgain(t *testing.T) {
	f := newFloor(t, nil)
	f.solvedThen("C5", 9*24*time.Hour, signals.Public)
	m := f.ask("C1", 100, signals.Public)
	f.press("slack/T1/U1", "more", "helped-not:"+m)
	require.Contains(t, f.shows(m), "You said that what was seen before was something else. Thank you.")
	opinions, err := f.db.Opinions(t.Context(), time.Time{})
	require.NoError(t, err)
	require.Empty(t, opinions)
	form := f.press("slack/T1/U1", "refuse", m).Modal
	f.send("slack/T1/U1", form, "whom", "slack/T1/U2")
	told := f.records("C1", 100)[0].Nudges
	require.Len(t, told, 2)
	require.Empty(t, told[1].Signal.Seen, "Carl is not offered it again")
}

// TestWhatHelpedBeforeAndWhoMayNotKnow: what the reader may not see is not there,
// nor a hint that it is; nor what nobody accepted, what is too long ago, and what
// the policy switches off.
func TestWhatHelpedBeforeAndWhoMayNotKnow(t *testing.T) {
	for name, set := range map[string]func(f *floor){
		"private":  func(f *floor) { f.solvedThen("C5", 9*24*time.Hour, signals.MembersOf("slack/T1/C5")) },
		"unknown":  func(f *floor) { f.solvedThen("C5", 9*24*time.Hour, signals.Restricted) },
		"long ago": func(f *floor) { f.solvedThen("C5", 200*24*time.Hour, signals.Public) },
		"not accepted": func(f *floor) {
			q, a := wondered("C5", 1, tuesday.AddDate(0, 0, -9), "U9", askedThen), wondered("C5", 1, tuesday.AddDate(0, 0, -8), "U2", helpedThen)
			a.ID += "/1772000000.000001"
			require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{q, a}, Learn: true, Rooms: map[string]string{"slack/T1/C5": "data-help"}}))
			f.drain()
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, nil)
			set(f)
			said := f.shows(f.ask("C1", 100, signals.Public))
			for _, never := range []string{"Seen before", "data-help", "billing-reader", "helped", "C5"} {
				require.NotContains(t, said, never)
			}
		})
	}
	off := newFloor(t, func(c *bot.Config) { c.Policy.Seen.Likeness = 0 })
	off.solvedThen("C5", 9*24*time.Hour, signals.Public)
	require.NotContains(t, off.shows(off.ask("C1", 100, signals.Public)), "Seen before")
}

// TestWhoSolvedItHasLeft: their team is named, and they are not.
func TestWhoSolvedItHasLeft(t *testing.T) {
	f := newFloor(t, nil)
	f.solvedThen("C5", 9*24*time.Hour, signals.Public)
	gone := &signals.Event{ID: "andon/test/gone", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "carl", Text: `{"id":"carl","name":"Carl","team":"Web","left":true,"accounts":["jira/jira/carl","slack/T1/U2"]}`, At: time.Unix(2, 0).UTC()}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{gone}}))
	said := f.shows(f.ask("C1", 100, signals.Public))
	require.Contains(t, said, "solved by Web in February")
	require.NotContains(t, said, "Carl")
}

// TestWhatHelpedBeforeHasExpired: the case is offered, and its words are not kept
// any more.
func TestWhatHelpedBeforeHasExpired(t *testing.T) {
	f := newFloor(t, nil)
	f.solvedThen("C5", 9*24*time.Hour, signals.Public)
	m := f.ask("C1", 100, signals.Public)
	require.Contains(t, f.shows(m), seenLine)
	_, err := f.db.Expire(t.Context(), tuesday.Add(-24*time.Hour))
	require.NoError(t, err)
	f.start()
	f.press("slack/T1/U1", "claim", m)
	require.Contains(t, f.shows(m), "Seen before: a thread in #data-help, solved by Web in February; the words have expired. Carl may know more.")
	require.NotContains(t, f.shows(m), "billing-reader")
}

// TestWhoAskedIsOfferedItToo where the policy says so: once, by direct message,
// whatever replica looks.
func TestWhoAskedIsOfferedItToo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newFloorOn(t, url, func(c *bot.Config) { c.Policy.Seen.Asker = true })
		f.solvedThen("C5", 9*24*time.Hour, signals.Public)
		ann := &signals.Event{ID: "andon/test/ann", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "ann", Text: `{"id":"ann","name":"Ann","zone":"Europe/Berlin","accounts":["jira/jira/ann","slack/T1/U3"]}`, At: time.Unix(2, 0).UTC()}
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{ann}}))
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{wondered("C1", 100, f.clock.now(), "U3", askWords)}}))
		bothUntil(f, f.replica(), f.clock.now().Add(23*time.Hour), looksAt(threadAt("C1", 100)))
		var offers []string
		for key, to := range f.said.posts {
			if f.said.cards[key].Title == "Something like it was solved before" {
				require.Equal(t, "slack/T1/U3", to)
				offers = append(offers, f.shows(key))
			}
		}
		require.Len(t, offers, 1)
		require.Contains(t, offers[0], seenLine)
	})
}
