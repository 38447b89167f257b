package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

var night = time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)

// heldInPrivate lets ann write in a private channel at night, and enters a
// signal about it whose nudge to bob, a member, is held until the morning.
func heldInPrivate(t *testing.T) (*story, *signals.Case, *Record) {
	s := newStory(t, nil)
	channel := signals.Key{Source: signals.Slack, Site: "s", ID: "CX"}
	s.org(signals.Event{Kind: signals.Joined, Case: channel, To: "slack/s/UBOB"})
	private := signals.MembersOf("slack/s/CX")
	root := signals.SlackThread("s", "CX", "1.0")
	s.happens(root, night, signals.Event{ID: "slack/s/CX/1.0", Kind: signals.Said, Actor: "slack/s/UANN", Text: "the merger data room is down", Audience: private})
	c := s.w.Cases[root]
	sig := &signals.Signal{Detector: "unanswered_ask", Problem: root, Case: root, Occasion: "slack/s/CX/1.0", At: night, Score: 0.9, Reason: "secret", Evidence: []string{"slack/s/CX/1.0"}, Audience: private}
	r := s.w.Book.enter(sig, night)
	n := &signals.Nudge{Signal: sig, To: "bob", At: night}
	r.Nudges = append(r.Nudges, n)
	s.w.settle(r, n, s.w.hold(c, n, night))
	require.Equal(t, signals.Held, n.State)
	return s, c, r
}

func TestWhoLeftTheChannelIsNotTold(t *testing.T) {
	s, c, r := heldInPrivate(t)
	n := r.Nudges[0]
	s.org(signals.Event{Kind: signals.Joined, Field: "left", Case: signals.Key{Source: signals.Slack, Site: "s", ID: "CX"}, To: "slack/s/UBOB"})
	s.later(c, n.Look)
	require.NotEqual(t, signals.Sent, n.State, "bob left over night")
}

func TestWhatWasTakenBackIsNotTold(t *testing.T) {
	s, c, r := heldInPrivate(t)
	n := r.Nudges[0]
	s.happens(c.Key, night.Add(time.Hour), signals.Event{Kind: signals.Deleted, Ref: "slack/s/CX/1.0", Audience: signals.MembersOf("slack/s/CX")})
	s.later(c, n.Look)
	require.Equal(t, signals.Superseded, n.State)
	require.Contains(t, n.Why, "taken back")
}

// TestWhoGoesAwayIsReplaced: a nudge that is held for somebody who goes away
// meanwhile goes to who stands in, and is not lost.
func TestWhoGoesAwayIsReplaced(t *testing.T) {
	s := newStory(t, nil)
	s.person(signals.Person{ID: "eve", Accounts: []string{"jira/s/eve"}})
	c := s.wanders("1", night)
	_, n := s.only()
	require.Equal(t, signals.Held, n.State)
	s.org(signals.Event{Kind: signals.AwaySet, To: "jira/s/bob", At: night.Add(time.Hour), Text: night.Add(200 * time.Hour).Format(time.RFC3339), Ref: "eve"})
	s.later(c, n.Look)
	require.Equal(t, signals.Sent, n.State, n.Why)
	require.Equal(t, "eve", n.To)
}

// TestASharedMessageIsAboutBoth: whoever heard of a second problem in the
// message about a first does not hear of it again within the repeat interval.
func TestASharedMessageIsAboutBoth(t *testing.T) {
	s := newStory(t, nil)
	s.wanders("1", monday)
	s.wanders("2", monday.Add(5*time.Minute))
	s.happens(issue("2"), monday.Add(2*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "D", To: "C"})
	n := s.w.Book.Records[2].Nudges[0]
	require.Equal(t, signals.Held, n.State)
	require.Contains(t, n.Why, "heard of this problem")
}

// TestRepeatIsByProblem: two cases that are one problem now share the interval.
func TestRepeatIsByProblem(t *testing.T) {
	s := newStory(t, nil)
	s.wanders("1", monday)
	s.wanders("2", monday.Add(2*time.Hour))
	s.happens(issue("1"), monday.Add(3*time.Hour), signals.Event{Kind: signals.Linked, Field: "Duplicate", Ref: issue("2").String()})
	s.happens(issue("1"), monday.Add(25*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "D", To: "C"})
	n := s.w.Book.Records[2].Nudges[0]
	require.Equal(t, signals.Held, n.State, "bob heard of the other case 23 hours ago")
}

// TestJoiningAnAskedMessageCounts: what nobody asked for counts against the
// budget though it stands in a message that began with a cord.
func TestJoiningAnAskedMessageCounts(t *testing.T) {
	b := NewBook(nil, true)
	about := func(id string) *signals.Nudge {
		return &signals.Nudge{Signal: &signals.Signal{Detector: "stall", Case: issue(id)}, To: "bob"}
	}
	m := b.write(about("1"), monday)
	b.carry(m, about("1"), true)
	require.Zero(t, b.on("bob", monday))
	b.carry(m, about("2"), false)
	require.Equal(t, 1, b.on("bob", monday))
}

// TestTheRouteIsMadeForItsReader: why somebody is asked rests on nothing that
// they may not see.
func TestTheRouteIsMadeForItsReader(t *testing.T) {
	s := newStory(t, nil)
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Mergers", Text: encode(t, signals.Team{ID: "Mergers", Lead: "bob"})})
	s.happens(issue("1"), monday.Add(-5*time.Hour), signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "x", Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}}})
	s.happens(issue("1"), monday.Add(-4*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "A", To: "B"})
	s.happens(issue("1"), monday.Add(-3*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "B", To: "C"})
	s.happens(issue("1"), monday.Add(-2*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "C", To: "Mergers", Audience: signals.MembersOf("jira/s/security:7")})
	s.happens(issue("1"), monday.Add(-time.Hour), signals.Event{Kind: signals.Pulled, Actor: "jira/s/ann", Text: "please help"})
	for _, r := range s.w.Book.Records {
		for _, n := range r.Nudges {
			if n.To == "" {
				continue
			}
			require.NotContains(t, n.Route, "Mergers", "%s %s", n.Signal.Detector, n.State)
			require.NotContains(t, n.Signal.Reason, "Mergers")
		}
	}
	require.NotEmpty(t, s.w.Book.Records)
}

func TestWhatNobodyApprovedLapses(t *testing.T) {
	s := newStory(t, func(p *signals.Policy) { p.Mode = signals.Ask })
	c := s.wanders("1", monday)
	r, n := s.only()
	require.Equal(t, signals.Proposed, n.State)
	s.later(c, monday.Add(s.w.Org.Policy.HeldFor))
	require.Equal(t, signals.Superseded, n.State)
	require.Equal(t, signals.Transmitted, r.Ledger.Died)
}
