package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

var thread = signals.SlackThread("s", "C1", "1.0")

const root = "slack/s/C1/1.0"

// cordStory lets ann write and pull the cord with an emoji.
func cordStory(t *testing.T, at time.Time) (*story, *signals.Case, *Record) {
	s := newStory(t, nil)
	s.happens(thread, at.Add(-2*time.Hour), signals.Event{ID: "slack/s/C1/0.9", Case: thread, Kind: signals.Said, Actor: "slack/s/UANN", Text: "checkout answers 502 since the release"})
	s.w = NewWorld(s.w.Org, Options{Routes: true, Detectors: []string{"cord", "long_path"}})
	s.happens(thread, at.Add(-time.Minute), signals.Event{ID: root, Kind: signals.Said, Actor: "slack/s/UANN", Text: "checkout answers 502 since the release"})
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Checkout", Text: encode(t, signals.Team{ID: "Checkout", Lead: "bob", Owns: []signals.Owned{{Channel: "C1"}}})})
	s.happens(thread, at, signals.Event{Kind: signals.Reacted, Actor: "slack/s/UCAT", To: "rotating_light", Ref: root})
	return s, s.w.Cases[thread], s.record()
}

func (s *story) react(at time.Time, who, emoji string, removed bool) {
	e := signals.Event{Kind: signals.Reacted, Actor: "slack/s/U" + who, To: emoji, Ref: root}
	if removed {
		e.Field = "removed"
	}
	s.happens(thread, at, e)
}

func TestWhoRaisedIt(t *testing.T) {
	_, _, r := cordStory(t, monday)
	require.Equal(t, "slack/s/UCAT", r.Raiser, "who put the emoji")
	s := newStory(t, nil)
	s.wanders("1", monday)
	require.Equal(t, "jira/s/ann", s.record().Raiser)
	s = newStory(t, nil)
	s.happens(thread, monday, signals.Event{ID: root, Kind: signals.Said, Actor: "slack/s/UANN", Text: "the till prints nothing"})
	s.happens(thread, monday.Add(time.Minute), signals.Event{Kind: signals.Pulled, Actor: "own/anonymous/T1", Ref: root, Text: "please help"})
	require.Equal(t, "own/anonymous/T1", s.record().Raiser)
	s = newStory(t, nil)
	s.happens(thread, monday, signals.Event{ID: root, Kind: signals.Said, Actor: "slack/s/UANN", Text: "pulling the cord: the till prints nothing"})
	require.Equal(t, "slack/s/UANN", s.record().Raiser)
	s = newStory(t, nil)
	s.happens(thread, monday, signals.Event{Kind: signals.Opened, Actor: "slack/s/bot:alerts", Text: "x"})
	s.happens(thread, monday, signals.Event{Kind: signals.Pulled, Actor: "slack/s/bot:alerts", Text: "help"})
	require.Empty(t, s.record().Raiser, "a program raises nothing")
}

func TestLookingIsClaiming(t *testing.T) {
	s, _, r := cordStory(t, monday)
	n := r.Nudges[0]
	require.Equal(t, signals.Sent, n.State, n.Why)
	s.react(monday.Add(time.Minute), "ANN", "eyes", false)
	require.False(t, r.Ledger.Reached(signals.ReactedTo), "not by who wrote it")
	s.react(monday.Add(2*time.Minute), "BOB", "eyes::skin-tone-2", false)
	require.Equal(t, signals.Acted, n.State)
	require.True(t, r.Ledger.Reached(signals.ReactedTo))
	s.react(monday.Add(3*time.Minute), "BOB", "eyes::skin-tone-2", true)
	require.Equal(t, signals.Received, n.State)
	require.False(t, r.Ledger.Reached(signals.ReactedTo))
	require.True(t, r.Ledger.Reached(signals.ReceivedBy), "that they saw it stays")
}

// TestWhatStandsLaterStays: taking an emoji away takes nothing of others with it.
func TestWhatStandsLaterStays(t *testing.T) {
	s, _, r := cordStory(t, monday)
	s.react(monday.Add(time.Minute), "BOB", "eyes", false)
	s.happens(thread, monday.Add(2*time.Minute), signals.Event{ID: root + "1", Kind: signals.Said, Actor: "slack/s/UDAN", Text: "the gateway is full, I empty it now"})
	s.react(monday.Add(3*time.Minute), "BOB", "eyes", true)
	require.Equal(t, monday.Add(2*time.Minute), r.Ledger.Times[signals.ReactedTo], "dan wrote meanwhile")
	s.react(monday.Add(4*time.Minute), "BOB", "eyes", false)
	s.react(monday.Add(5*time.Minute), "DAN", "white_check_mark", false)
	s.react(monday.Add(6*time.Minute), "BOB", "eyes", true)
	require.True(t, r.Ledger.Reached(signals.Corrected))
	require.True(t, r.Ledger.Reached(signals.ReactedTo))
}

func TestSolvedByEmoji(t *testing.T) {
	s, c, r := cordStory(t, monday)
	s.react(monday.Add(time.Minute), "BOB", "white_check_mark", false)
	require.True(t, r.Ledger.Proxy[signals.Corrected])
	require.False(t, r.Ledger.Reached(signals.ConfirmedBy))
	s.react(monday.Add(2*time.Minute), "BOB", "white_check_mark", true)
	require.False(t, r.Ledger.Reached(signals.Corrected))
	s.react(monday.Add(3*time.Minute), "ANN", "heavy_check_mark", false)
	require.True(t, r.Ledger.Reached(signals.ConfirmedBy))
	require.False(t, r.Ledger.Proxy[signals.Corrected])
	s.react(monday.Add(4*time.Minute), "ANN", "heavy_check_mark", true)
	require.False(t, r.Ledger.Reached(signals.Corrected))
	require.False(t, r.Ledger.Reached(signals.ConfirmedBy))
	s.react(monday.Add(5*time.Minute), "CAT", "heavy_check_mark", false)
	require.True(t, r.Ledger.Reached(signals.ConfirmedBy), "cat pulled the cord")
	s.happens(thread, monday.Add(6*time.Minute), signals.Event{Kind: signals.Denied, Actor: "slack/s/UANN"})
	require.False(t, r.Ledger.Reached(signals.ConfirmedBy))
	s.react(monday.Add(7*time.Minute), "ANN", "white_check_mark", false)
	s.later(c, monday.Add(15*24*time.Hour))
	require.True(t, r.Over)
	require.Empty(t, r.Ledger.Died)
}

func TestTheCordIsLetGo(t *testing.T) {
	s, _, r := cordStory(t, monday)
	n := r.Nudges[0]
	require.Equal(t, signals.Sent, n.State)
	s.react(monday.Add(time.Minute), "CAT", "rotating_light", true)
	require.Equal(t, signals.ReceivedBy, r.Ledger.Died)
	require.Equal(t, "the cord was let go", r.Ledger.Why)
	s.later(s.w.Cases[thread], monday.Add(72*time.Hour))
	require.Len(t, r.Nudges, 1, "nobody else is asked")
	require.Equal(t, "the cord was let go", r.Ledger.Why)
	s.react(monday.Add(73*time.Hour), "CAT", "rotating_light", false)
	require.NotEqual(t, "the cord was let go", r.Ledger.Why)
}

func TestTheCordIsLetGoBeforeItWasHeard(t *testing.T) {
	s := newStory(t, nil)
	s.w.later = true // what happened while nobody looked
	s.happens(thread, monday, signals.Event{ID: root, Kind: signals.Said, Actor: "slack/s/UANN", Text: "the till prints nothing"})
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Checkout", Text: encode(t, signals.Team{ID: "Checkout", Lead: "bob", Owns: []signals.Owned{{Channel: "C1"}}})})
	c := s.w.Cases[thread]
	put := &signals.Event{ID: "put", Case: thread, Kind: signals.Reacted, Actor: "slack/s/UCAT", To: "andon", Ref: root, At: monday.Add(time.Second), Audience: signals.Public}
	take(t, s.w, put)
	s.w.CatchUp(c, put, put.At, put.At)
	r := s.record()
	s.react(monday.Add(2*time.Second), "CAT", "andon", true)
	require.Equal(t, signals.Superseded, r.Nudges[0].State)
	require.Contains(t, r.Nudges[0].Why, "let go")
	require.Equal(t, signals.Transmitted, r.Ledger.Died)
	s.react(monday.Add(time.Minute), "CAT", "andon", false)
	require.Equal(t, signals.Sent, r.Nudges[0].State, "pulled again: "+r.Nudges[0].Why)
	require.Empty(t, r.Ledger.Died)
}
