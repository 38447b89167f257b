package decide

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/snap"
)

func (s *story) optOut(id, word string, at time.Time) {
	s.org(signals.Event{Kind: signals.RosterSet, Field: "own", To: id, Text: `{"opted_out":` + word + `}`, At: at})
}

// chatWorld looks at what is asked in chat.
func chatWorld(t *testing.T) *story {
	s := newStory(t, nil)
	s.w = NewWorld(s.w.Org, Options{Routes: true, Index: true, Detectors: []string{"cord", "unanswered_ask", "untracked_problem"}})
	return s
}

const asks = "can somebody help me with the login page? it does not load since this morning, error 502"

func (s *story) ask(n string, who string, at time.Time) *signals.Case {
	c := s.happens(signals.SlackThread("s", "C1", n), at, signals.Event{ID: "slack/s/C1/" + n, Kind: signals.Said, Actor: "slack/s/U" + who, Text: asks})
	s.observe(c)
	return c
}

// TestWhoOptedOutIsNotAnalysed: as of the time at which they said so.
func TestWhoOptedOutIsNotAnalysed(t *testing.T) {
	s := chatWorld(t)
	before := s.ask("1.0", "ANN", monday)
	s.later(before, monday.Add(20*time.Hour))
	require.NotEmpty(t, s.w.Book.Records, "the words make a signal")
	found := len(s.w.Book.Records)
	s.optOut("slack/s/UANN", "true", monday.Add(24*time.Hour))
	c := s.ask("2.0", "ANN", monday.Add(30*time.Hour))
	s.later(c, monday.Add(60*time.Hour))
	require.Len(t, s.w.Book.Records, found)
	require.Equal(t, []string{"1.0"}, s.known(), "nothing further is learnt")
	require.Empty(t, s.w.Memory.Alike(c, 5))
	s.happens(c.Key, monday.Add(61*time.Hour), signals.Event{Kind: signals.Pulled, Actor: "slack/s/UBOB", Ref: "slack/s/C1/2.0", Text: "look at this"})
	require.Len(t, s.w.Book.Records, found, "others do not pull the cord on their words")
	s.happens(c.Key, monday.Add(62*time.Hour), signals.Event{ID: "mine", Kind: signals.Pulled, Actor: "slack/s/UANN", Ref: "slack/s/C1/2.0", Text: "please help"})
	require.Len(t, s.w.Book.Records, found+1, "their own cord is heard")
	s.optOut("slack/s/UANN", "false", monday.Add(70*time.Hour))
	c = s.ask("3.0", "ANN", monday.Add(80*time.Hour))
	s.later(c, monday.Add(110*time.Hour))
	require.Greater(t, len(s.w.Book.Records), found+1, "and again when they come back")
}

func (s *story) known() (out []string) {
	for _, k := range s.w.Memory.ids {
		out = append(out, k.ID[len("C1/"):])
	}
	return out
}

// TestWhoOptedOutIsNotAsked: be it only by an account that nobody knew yet.
func TestWhoOptedOutIsNotAsked(t *testing.T) {
	s := newStory(t, nil)
	s.optOut("slack/s/UBOB", "true", monday)
	s.wanders("1", monday)
	_, n := s.only()
	require.NotEqual(t, "bob", n.To)
	require.NotEqual(t, signals.Sent, n.State)
}

func TestSeenByOthers(t *testing.T) {
	s := newStory(t, nil)
	s.wanders("1", monday)
	r, _ := s.only()
	own, ok := s.w.Seen(r, signals.Viewer{})
	require.True(t, ok)
	require.Same(t, r.Signal, own)
	secret := signals.MembersOf("jira/s/security:7")
	s.happens(issue("1"), monday.Add(time.Hour), signals.Event{Kind: signals.Said, Actor: "jira/s/bob", Text: "only for us", Audience: secret})
	s.happens(issue("1"), monday.Add(2*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "D", To: "E"})
	own, ok = s.w.Seen(r, signals.Viewer{})
	require.True(t, ok, "what came later in private hides nothing of it")
	require.Equal(t, r.Signal.Reason, own.Reason)

	p, _, hidden := heldInPrivate(t)
	_, ok = p.w.Seen(hidden, signals.Viewer{})
	require.False(t, ok)
	_, ok = p.w.Seen(hidden, p.w.Org.Viewer("bob"))
	require.True(t, ok)
	own, ok = p.w.Seen(hidden, signals.Everything)
	require.True(t, ok)
	require.Same(t, hidden.Signal, own)
}

// TestSeenWithoutTheHiddenHop: a path that is long only with what is hidden is
// none for who may not see that.
func TestSeenWithoutTheHiddenHop(t *testing.T) {
	s := newStory(t, nil)
	secret := signals.MembersOf("jira/s/security:7")
	s.happens(issue("1"), monday.Add(-3*time.Hour), signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "x", Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}}})
	s.happens(issue("1"), monday.Add(-2*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "A", To: "Mergers", Audience: secret})
	s.happens(issue("1"), monday.Add(-time.Hour), signals.Event{Kind: signals.TeamMoved, From: "Mergers", To: "C"})
	s.happens(issue("1"), monday, signals.Event{Kind: signals.TeamMoved, From: "C", To: "D"})
	r, _ := s.only()
	_, ok := s.w.Seen(r, signals.Viewer{})
	require.False(t, ok)
}

func TestSimilar(t *testing.T) {
	s := chatWorld(t)
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Checkout", Text: encode(t, signals.Team{ID: "Checkout", Aliases: []string{"Tills"}})})
	open := func(id string, at time.Time, title string, audience signals.Audience) *signals.Case {
		return s.happens(issue(id), at, signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: title, Audience: audience, Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + id}, {Field: signals.FieldTeam, To: "Tills"}}})
	}
	s.observe(open("1", monday, "Receipt printer prints nothing after the update", ""))
	s.happens(issue("1"), monday.Add(time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Driver rolled back"})
	s.observe(open("2", monday.Add(2*time.Hour), "Login page shows a blank screen", ""))
	secret := signals.MembersOf("jira/s/security:7")
	s.observe(open("3", monday.Add(3*time.Hour), "Receipt printer prints nothing but secrets", secret))
	c := open("4", monday.Add(24*time.Hour), "Receipt printer prints nothing in the new store", "")
	s.observe(c)
	now := monday.Add(25 * time.Hour)
	for _, v := range []signals.Viewer{{}, signals.Everything} {
		got := s.w.Similar(c, v, 5, now)
		require.NotEmpty(t, got)
		require.Equal(t, issue("1"), got[0].Key)
		require.Equal(t, []any{"PAY-1", true, "Driver rolled back", "Checkout"}, []any{got[0].Label, got[0].Closed, got[0].Resolution, got[0].Team})
		for _, l := range got {
			require.NotEqual(t, issue("3"), l.Key, "what is not public is not kept")
			require.NotEqual(t, issue("4"), l.Key)
		}
	}
	words := s.w.SimilarWords("receipt printer prints nothing", signals.Viewer{}, 2, now)
	require.Len(t, words, 2)
	require.Empty(t, s.w.SimilarWords("", signals.Viewer{}, 2, now))
	s.happens(issue("1"), monday.Add(26*time.Hour), signals.Event{Kind: signals.Deleted})
	for _, l := range s.w.Similar(c, signals.Viewer{}, 5, now) {
		require.NotEqual(t, issue("1"), l.Key, "it is gone")
	}
	require.Nil(t, newStory(t, nil).w.Similar(c, signals.Viewer{}, 5, now), "no likeness is kept")
}

// observe lets the similarity index learn of a case, as a service does.
func (s *story) observe(c *signals.Case) { s.w.Memory.Remember(c) }

// TestAWorldFromItsSnapshot: it knows what people said of themselves and taught.
func TestAWorldFromItsSnapshot(t *testing.T) {
	s := chatWorld(t)
	s.optOut("slack/s/UANN", "true", monday)
	s.org(signals.Event{Kind: signals.RosterSet, Field: "hint", To: "x", At: monday, Text: encode(t, signals.Hint{Scope: "PAY", Not: "bob", Until: monday.Add(99 * time.Hour)})})
	s.org(signals.Event{Kind: signals.Muted, At: monday, To: stamp(monday.Add(9 * time.Hour))})
	s.org(signals.Event{Kind: signals.Watched, At: monday, Ref: "slack/s/C1"})
	s.ask("1.0", "BOB", monday)
	var out bytes.Buffer
	wr := snap.NewWriter(&out)
	s.w.Save(wr)
	require.NoError(t, wr.Close())
	first := bytes.Clone(out.Bytes())
	r := snap.NewReader(bytes.NewReader(first), int64(len(first)))
	again, err := LoadWorld(r, s.w.Org.Policy, Options{Routes: true, Index: true, Detectors: []string{"cord", "unanswered_ask", "untracked_problem"}})
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.True(t, again.Org.OptedOut("slack/s/UANN"))
	require.Empty(t, again.Memory.Read(&signals.Post{Event: &signals.Event{Actor: "slack/s/UANN"}, Text: asks}).Doc.Prose)
	out.Reset()
	wr = snap.NewWriter(&out)
	again.Save(wr)
	require.NoError(t, wr.Close())
	require.Equal(t, first, out.Bytes())
}
