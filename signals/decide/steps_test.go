package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// stepStory lets an issue of bob's wander at a company that has others who could help:
// cat leads the team that holds it, dan the one that owns its component.
func stepStory(t *testing.T, change func(*signals.Policy)) (*story, *signals.Case) {
	s := newStory(t, change)
	for _, id := range []string{"ann", "cat", "dan", "eve", "fay"} {
		s.person(signals.Person{ID: id, Name: "The " + id, Accounts: []string{"jira/s/" + id, "slack/s/U" + id}})
	}
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "D", Text: encode(t, signals.Team{ID: "D", Lead: "cat"})})
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Checkout", Text: encode(t, signals.Team{ID: "Checkout", Lead: "dan", Owns: []signals.Owned{{Words: []string{"card payments"}}}})})
	return s, s.wanders("1", monday)
}

// to lists whom the nudges of a record went to, and how they stand.
func (s *story) to(r *Record) (out []string) {
	for _, n := range r.Nudges {
		out = append(out, n.To+" "+string(n.State))
	}
	return out
}

func (s *story) record() *Record {
	require.Len(s.t, s.w.Book.Records, 1)
	return s.w.Book.Records[0]
}

// says lets somebody answer a nudge an hour later than the last time.
func (s *story) says(c *signals.Case, after time.Duration, kind signals.Kind, who, to string) {
	s.happens(c.Key, monday.Add(after), signals.Event{Kind: kind, Actor: "slack/s/U" + who, To: to})
}

func TestWhoIsNamedIsAskedNext(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	first := r.Nudges[0].To
	require.Equal(t, signals.Sent, r.Nudges[0].State, r.Nudges[0].Why)
	s.person(signals.Person{ID: first, Name: "The first", Accounts: []string{"slack/s/Ufirst", "jira/s/" + first}})
	s.says(c, time.Hour, signals.Refused, "first", "slack/s/Ueve")
	require.Equal(t, []string{first + " refused", "eve sent"}, s.to(r), r.Ledger.Why)
	next := r.Nudges[1]
	require.Equal(t, 1, next.Step)
	require.Equal(t, "was named by The first", next.Route)
	require.Equal(t, "the person named The eve", r.Nudges[0].Why)
	require.Same(t, r.Signal, next.Signal)
	require.Equal(t, monday.Add(time.Hour), next.At, "at once")
	require.Empty(t, r.Ledger.Died)
}

func TestTheNextChoiceIsAsked(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	s.says(c, time.Hour, signals.Refused, bare(r.Nudges[0].To), "")
	require.Len(t, r.Nudges, 2)
	require.Equal(t, signals.Sent, r.Nudges[1].State)
	require.Contains(t, []string{"cat", "dan", "bob"}, r.Nudges[1].To)
	s.says(c, 2*time.Hour, signals.Refused, bare(r.Nudges[1].To), "")
	require.Len(t, r.Nudges, 3)
	seen := map[string]bool{"ann": true}
	for _, n := range r.Nudges {
		require.False(t, seen[n.To], "%s twice, or who raised it", n.To)
		seen[n.To] = true
	}
	s.says(c, 3*time.Hour, signals.Refused, bare(r.Nudges[2].To), "slack/s/Ufay")
	require.Len(t, r.Nudges, 3, "enough were asked")
	require.Equal(t, signals.ReactedTo, r.Ledger.Died)
	require.Equal(t, "who was asked said that it is not for them; 3 people were asked", r.Ledger.Why)
	s.later(c, monday.Add(200*time.Hour))
	require.Len(t, r.Nudges, 3)
}

// bare is the account name of a person of the story.
func bare(id string) string {
	if id == "bob" {
		return "BOB"
	}
	return id
}

func TestNobodyIsLeft(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	r := s.record()
	s.happens(c.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Refused, Actor: "slack/s/UBOB", To: "jira/s/ann"})
	require.Len(t, r.Nudges, 1, "ann raised it")
	require.Equal(t, "who was asked said that it is not for them; nobody is left who could be asked", r.Ledger.Why)
}

func TestWhoIsNamedAndAwayIsReplaced(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	s.org(signals.Event{Kind: signals.AwaySet, To: "eve", At: monday.Add(-time.Hour), Text: monday.Add(200 * time.Hour).Format(time.RFC3339), Ref: "fay"})
	s.says(c, time.Hour, signals.Refused, bare(r.Nudges[0].To), "slack/s/Ueve")
	require.Equal(t, "fay", r.Nudges[1].To)
	require.Contains(t, r.Nudges[1].Route, "stands in for The eve, who is away until")
}

func TestTheNextStepKeepsQuietHours(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	s.person(signals.Person{ID: "eve", Zone: "America/New_York", Accounts: []string{"slack/s/Ueve"}})
	s.says(c, time.Hour, signals.Refused, bare(r.Nudges[0].To), "slack/s/Ueve")
	require.Equal(t, signals.Held, r.Nudges[1].State)
	require.Contains(t, r.Nudges[1].Why, "working hours")
	require.Empty(t, r.Ledger.Died)
	s.says(c, 2*time.Hour, signals.Claimed, "dan", "")
	require.Equal(t, signals.Superseded, r.Nudges[1].State)
	require.Empty(t, r.Ledger.Died, "somebody is on it")
}

// TestALateNextStepIsNotHeldTooLong: the wait of a further step begins with it.
func TestALateNextStepIsNotHeldTooLong(t *testing.T) {
	s, c := stepStory(t, func(p *signals.Policy) { p.Patience = 100 * time.Hour })
	r := s.record()
	s.person(signals.Person{ID: "eve", Zone: "America/New_York", Accounts: []string{"slack/s/Ueve"}})
	at := 7 * 24 * time.Hour
	s.says(c, at, signals.Refused, bare(r.Nudges[0].To), "slack/s/Ueve")
	require.Equal(t, signals.Held, r.Nudges[1].State)
	s.later(c, r.Nudges[1].Look)
	require.Equal(t, signals.Sent, r.Nudges[1].State, r.Nudges[1].Why)
}

func TestSilenceGoesSideways(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	at := monday
	for n := range 3 {
		require.Len(t, r.Nudges, n+1)
		require.Equal(t, signals.Sent, r.Nudges[n].State, r.Nudges[n].Why)
		look := s.w.Look(c, nil, at, at)
		require.False(t, look.At.IsZero(), "it wants to be looked at when patience is over")
		at = look.At
		s.later(c, at)
		require.Equal(t, signals.Ignored, r.Nudges[n].State)
		for len(r.Nudges) > n+1 && r.Nudges[n+1].State == signals.Held {
			at = r.Nudges[n+1].Look
			s.later(c, at)
		}
	}
	require.Equal(t, signals.ReceivedBy, r.Ledger.Died)
	require.Equal(t, "no answer within 8 hours of working time; 3 people were asked", r.Ledger.Why)
}

func TestAMessageThatFailsGoesSideways(t *testing.T) {
	s, _ := stepStory(t, nil)
	s.w.sends = true
	c := s.wanders("2", monday.Add(48*time.Hour))
	r := s.w.Book.Records[1]
	n := r.Nudges[0]
	require.Equal(t, signals.Sending, n.State, n.Why)
	n.State, n.Why = signals.Failed, "Slack says that the account was closed"
	r.Ledger.Die(signals.Transmitted, n.Why, monday.Add(49*time.Hour))
	look := s.w.Look(c, nil, monday.Add(49*time.Hour), monday.Add(49*time.Hour))
	require.Len(t, r.Nudges, 2)
	require.Equal(t, signals.Sending, r.Nudges[1].State, r.Nudges[1].Why)
	require.NotEqual(t, n.To, r.Nudges[1].To)
	require.Empty(t, r.Ledger.Died)
	require.False(t, look.At.IsZero())
	for _, n := range r.Nudges[1:] {
		n.State, n.Why = signals.Failed, "Slack says that the account was closed"
	}
	s.later(c, monday.Add(50*time.Hour))
	r.Nudges[2].State, r.Nudges[2].Why = signals.Failed, "again"
	s.later(c, monday.Add(51*time.Hour))
	require.Equal(t, signals.Transmitted, r.Ledger.Died)
	require.Equal(t, "again; 3 people were asked", r.Ledger.Why)
}

func TestWithoutFurtherSteps(t *testing.T) {
	s, c := stepStory(t, func(p *signals.Policy) { p.Steps = 0 })
	r := s.record()
	s.says(c, time.Hour, signals.Refused, bare(r.Nudges[0].To), "slack/s/Ueve")
	require.Len(t, r.Nudges, 1)
	require.Equal(t, "who was asked said that it is not for them; 1 person was asked", r.Ledger.Why)
}

// TestWhoIsNamedMaySeeIt: naming somebody shows them nothing that they may not see.
func TestWhoIsNamedMaySeeIt(t *testing.T) {
	for _, member := range []bool{false, true} {
		s, c, r := heldInPrivate(t)
		s.person(signals.Person{ID: "eve", Accounts: []string{"slack/s/Ueve"}})
		if member {
			s.org(signals.Event{Kind: signals.Joined, Case: signals.Key{Source: signals.Slack, Site: "s", ID: "CX"}, To: "slack/s/Ueve"})
		}
		at := r.Nudges[0].Look
		s.later(c, at)
		require.Equal(t, signals.Sent, r.Nudges[0].State)
		s.happens(c.Key, at.Add(time.Hour), signals.Event{Kind: signals.Refused, Actor: "slack/s/UBOB", To: "slack/s/Ueve", Audience: signals.MembersOf("slack/s/CX")})
		if member {
			require.Equal(t, "eve", r.Nudges[1].To)
		} else {
			require.Len(t, r.Nudges, 1, r.Ledger.Why)
		}
	}
}

// TestJudgedAgain: what was judged before and is judged again changes nothing.
func TestJudgedAgain(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	s.says(c, time.Hour, signals.Refused, bare(r.Nudges[0].To), "slack/s/Ueve")
	s.says(c, 2*time.Hour, signals.Snoozed, "eve", monday.Add(4*time.Hour).Format(time.RFC3339))
	was := encode(t, r)
	for _, e := range c.Events() {
		s.w.Look(c, e, e.At, monday.Add(2*time.Hour))
	}
	require.Equal(t, was, encode(t, r))
}

// TestTheDeadRest: looking again at what has died changes nothing.
func TestTheDeadRest(t *testing.T) {
	nobody := newStory(t, nil)
	nobody.w.Org.Policy.Mode = signals.Live
	nobody.org(signals.Event{Kind: signals.RosterSet, Field: "own", To: "bob", Text: `{"opted_out":true}`})
	failed := newStory(t, nil)
	failed.w.sends = true
	for _, s := range []*story{nobody, failed} {
		c := s.wanders("1", monday)
		r := s.record()
		if n := r.Nudges[0]; n.State == signals.Sending {
			n.State, n.Why = signals.Failed, "Slack says that the account was closed"
			r.Ledger.Die(signals.Transmitted, n.Why, monday)
		}
		s.later(c, monday.Add(time.Hour))
		was := encode(t, r)
		require.Equal(t, signals.Transmitted, r.Ledger.Died)
		s.later(c, monday.Add(2*time.Hour))
		s.later(c, monday.Add(200*time.Hour))
		require.Equal(t, was, encode(t, r))
	}
}

// TestAConfirmationDropsWhatIsHeld: nothing is left waiting to be said.
func TestAConfirmationDropsWhatIsHeld(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", night)
	r, n := s.only()
	require.Equal(t, signals.Held, n.State)
	s.happens(c.Key, night.Add(time.Hour), signals.Event{Kind: signals.Confirmed, Actor: "jira/s/ann"})
	require.Equal(t, signals.Superseded, n.State)
	require.True(t, r.Over)
	require.Empty(t, r.Ledger.Died)
}

// TestATeamsChannelIsToldOnlyWhatItMaySee: what few may see goes to no channel.
func TestATeamsChannelIsToldOnlyWhatItMaySee(t *testing.T) {
	for name, few := range map[string]signals.Audience{"public": signals.Public, "of few": signals.MembersOf("jira/s/few")} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, nil)
			s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "D", Text: encode(t, signals.Team{ID: "D", Channel: "slack/s/CD"})})
			for i, e := range []signals.Event{{Kind: signals.Opened, Text: "x", Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}}}, {Kind: signals.TeamMoved, To: "B"}, {Kind: signals.TeamMoved, To: "C"}, {Kind: signals.TeamMoved, To: "D"}} {
				e.Actor, e.Audience = "jira/s/ann", few
				s.happens(issue("1"), monday.Add(time.Duration(i-3)*time.Minute), e)
			}
			r := s.record()
			n := &signals.Nudge{Signal: r.Signal, Step: 1, At: monday}
			s.w.place(s.w.Case(issue("1")), r, n, monday)
			if few == signals.Public {
				require.Equal(t, "slack/s/CD", n.To)
				require.Equal(t, "is the channel of D, which holds it", n.Route)
			} else {
				require.NotEqual(t, "slack/s/CD", n.To)
			}
		})
	}
}
