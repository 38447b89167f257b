package decide

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/text"
)

// The stories of this file use the cord, which fires at once, and long paths,
// which are facts: what is tested is what happens after a signal was found.

var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// lexicon is read once for all stories: that takes longer than a story.
var lexicon = sync.OnceValue(text.DefaultLexicon)

// story tells a world what happens.
type story struct {
	t *testing.T
	w *World
	n int64
}

func newStory(t *testing.T, change func(*signals.Policy)) *story {
	p := signals.DefaultPolicy()
	p.Mode = signals.Live
	if change != nil {
		change(&p)
	}
	s := &story{t: t, w: NewWorld(signals.NewOrg(p), Options{Lexicon: lexicon(), Routes: true, Detectors: []string{"cord", "long_path", "ping_pong", "blocked_chain"}})}
	s.person(signals.Person{ID: "bob", Team: "Payments", Accounts: []string{"jira/s/bob", "slack/s/UBOB"}})
	return s
}

func (s *story) person(p signals.Person) {
	s.org(signals.Event{Kind: signals.RosterSet, Field: "person", To: p.ID, Text: encode(s.t, p)})
}

func (s *story) org(e signals.Event) {
	s.n++
	e.ID, e.Seq.Entry = "andon/test/"+e.To+string(rune('a'+s.n)), s.n
	_, err := s.w.Take(&e)
	require.NoError(s.t, err)
}

// happens applies an event of an issue or a thread and looks at it.
func (s *story) happens(key signals.Key, at time.Time, e signals.Event) *signals.Case {
	s.n++
	e.Case, e.At, e.Seq.Entry = key, at, s.n
	if e.ID == "" {
		e.ID = key.String() + "/" + string(rune('A'+s.n))
	}
	if e.Audience == "" {
		e.Audience = signals.Public
	}
	c, err := s.w.Take(&e)
	require.NoError(s.t, err)
	s.w.Memory.Observe(c, &e)
	s.w.Look(c, &e, at, at)
	return c
}

func (s *story) later(c *signals.Case, at time.Time) { s.w.Look(c, nil, at, at) }

func issue(id string) signals.Key { return signals.Key{Source: signals.Jira, Site: "s", ID: id} }

// wanders lets an issue of bob's go through four teams, which is a long path.
func (s *story) wanders(id string, at time.Time) *signals.Case {
	s.happens(issue(id), at.Add(-3*time.Hour), signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "Card payments fail", Set: []signals.Value{{Field: signals.FieldHolder, To: "jira/s/bob"}, {Field: signals.FieldTeam, To: "A"}}})
	s.happens(issue(id), at.Add(-2*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "A", To: "B"})
	s.happens(issue(id), at.Add(-time.Hour), signals.Event{Kind: signals.TeamMoved, From: "B", To: "C"})
	return s.happens(issue(id), at, signals.Event{Kind: signals.TeamMoved, From: "C", To: "D"})
}

func (s *story) only() (*Record, *signals.Nudge) {
	require.Len(s.t, s.w.Book.Records, 1)
	r := s.w.Book.Records[0]
	require.Len(s.t, r.Nudges, 1)
	return r, r.Nudges[0]
}

func TestSaidWhenNothingStandsInTheWay(t *testing.T) {
	s := newStory(t, nil)
	s.wanders("1", monday)
	r, n := s.only()
	require.Equal(t, signals.Sent, n.State, n.Why)
	require.Equal(t, "bob", s.w.Org.Who(n.To))
	require.NotEmpty(t, n.Why)
	require.NotEmpty(t, n.Route)
	require.NotEmpty(t, n.Message)
	require.Equal(t, monday, r.Ledger.Times[signals.Transmitted])
}

func TestModes(t *testing.T) {
	for mode, want := range map[signals.Mode]signals.State{
		signals.Shadow: signals.Shadowed, signals.Preview: signals.Shadowed, signals.Ask: signals.Proposed, signals.Live: signals.Sent,
	} {
		s := newStory(t, func(p *signals.Policy) { p.Mode = mode })
		s.wanders("1", monday)
		r, n := s.only()
		require.Equal(t, want, n.State, mode)
		if want == signals.Shadowed {
			require.Equal(t, signals.Transmitted, r.Ledger.Died)
			require.Contains(t, r.Ledger.Why, "long_path")
		}
	}
}

func TestModeAsOfItsTime(t *testing.T) {
	s := newStory(t, func(p *signals.Policy) { p.Mode = signals.Shadow })
	s.wanders("1", monday)
	s.org(signals.Event{Kind: signals.ModeSet, Field: "long_path", To: string(signals.Live)})
	s.wanders("2", monday.Add(48*time.Hour))
	require.Equal(t, signals.Shadowed, s.w.Book.Records[0].Nudges[0].State)
	require.Equal(t, signals.Sent, s.w.Book.Records[1].Nudges[0].State)
}

func TestQuietHoursInThePersonsZone(t *testing.T) {
	s := newStory(t, nil)
	s.person(signals.Person{ID: "bob", Zone: "America/New_York", Accounts: []string{"jira/s/bob"}})
	c := s.wanders("1", monday) // five in the morning in New York
	_, n := s.only()
	require.Equal(t, signals.Held, n.State)
	require.Contains(t, n.Why, "working hours")
	nine := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	require.True(t, n.Look.Equal(nine), "held until %s", n.Look)
	s.later(c, nine.Add(-time.Minute))
	require.Equal(t, signals.Held, n.State)
	s.later(c, nine)
	require.Equal(t, signals.Sent, n.State)
	require.True(t, n.At.Equal(nine))
}

func TestDaysOff(t *testing.T) {
	s := newStory(t, func(p *signals.Policy) { p.Holidays = map[string][]string{"all": {"2026-03-02"}} })
	s.wanders("1", monday)
	_, n := s.only()
	require.Equal(t, signals.Held, n.State)
	require.Contains(t, n.Why, "day off")
	require.Equal(t, time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), n.Look.UTC())
}

func TestBudget(t *testing.T) {
	s := newStory(t, func(p *signals.Policy) { p.Merge = time.Minute })
	for i, id := range []string{"1", "2", "3", "4"} {
		s.wanders(id, monday.Add(time.Duration(i)*time.Hour))
	}
	last := s.w.Book.Records[3].Nudges[0]
	require.Equal(t, signals.Held, last.State)
	require.Contains(t, last.Why, "budget of 3")
	require.Equal(t, time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), last.Look.UTC())
	s.later(s.w.Cases[issue("4")], last.Look)
	require.Equal(t, signals.Sent, last.State)
}

func TestNudgesShareAMessage(t *testing.T) {
	s := newStory(t, nil)
	s.wanders("1", monday)
	s.wanders("2", monday.Add(5*time.Minute))
	a, b := s.w.Book.Records[0].Nudges[0], s.w.Book.Records[1].Nudges[0]
	require.Equal(t, signals.Sent, b.State)
	require.Equal(t, a.Message, b.Message)
	require.Contains(t, b.Why, "joins the message")
}

// TestWhatIsUrgentHasAMessageOfItsOwn: Slack tells nobody of an edit, so a cord,
// what was snoozed and what somebody handed over join no message that stands
// already.
func TestWhatIsUrgentHasAMessageOfItsOwn(t *testing.T) {
	for name, tt := range map[string]struct {
		detector, route string
		after           time.Duration
		alone           bool
	}{
		"found":                  {"long_path", "leads Payments", time.Minute, false},
		"pulled":                 {"cord", "leads Payments", 41 * time.Second, true},
		"pulled at once":         {"cord", "leads Payments", 0, false},
		"snoozed":                {"long_path", toldAgain, time.Minute, true},
		"handed over":            {"long_path", namedBy + "Dan", time.Minute, true},
		"handed over much later": {"long_path", namedBy + "Dan", time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, nil)
			c := s.wanders("1", monday)
			_, first := s.only()
			sig := *first.Signal
			sig.Detector, sig.Occasion, sig.Case, sig.Score = tt.detector, "another", issue("2"), 1
			n := &signals.Nudge{Signal: &sig, To: first.To, Route: tt.route, At: monday.Add(tt.after)}
			v := s.w.hold(c, n, n.At)
			require.Equal(t, signals.Sent, v.State, v.Why)
			require.Equal(t, tt.alone, n.Message != first.Message, v.Why)
		})
	}
}

func TestMuteAndRepeat(t *testing.T) {
	s := newStory(t, nil)
	until := monday.Add(26 * time.Hour)
	s.org(signals.Event{Kind: signals.Muted, Actor: "slack/s/UBOB", Field: "long_path", To: until.Format(time.RFC3339), At: monday.Add(-24 * time.Hour)})
	c := s.wanders("1", monday)
	_, n := s.only()
	require.Equal(t, signals.Held, n.State)
	require.Contains(t, n.Why, "muted")
	s.later(c, until)
	require.Equal(t, signals.Sent, n.State)

	s.happens(issue("1"), until.Add(time.Hour), signals.Event{Kind: signals.TeamMoved, From: "D", To: "C"})
	again := s.w.Book.Records[1].Nudges[0]
	require.Equal(t, "ping_pong", again.Signal.Detector)
	require.Equal(t, signals.Held, again.State)
	require.Contains(t, again.Why, "heard of this problem")
}

func TestAbsentPeopleAreNotAsked(t *testing.T) {
	s := newStory(t, nil)
	s.person(signals.Person{ID: "eve", Accounts: []string{"jira/s/eve"}})
	s.org(signals.Event{Kind: signals.AwaySet, To: "bob", At: monday.Add(-48 * time.Hour), Text: monday.Add(200 * time.Hour).Format(time.RFC3339), Ref: "eve"})
	s.wanders("1", monday)
	_, n := s.only()
	require.Equal(t, signals.Sent, n.State, n.Why)
	require.Equal(t, "eve", s.w.Org.Who(n.To))
	require.Contains(t, n.Route, "away")
}

func TestWhatIsOldIsNeverSaid(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	e := &signals.Event{ID: "jira/s/1/late", Case: c.Key, Seq: signals.Seq{Entry: 99}, Kind: signals.TeamMoved, From: "D", To: "C", At: monday.Add(time.Hour), Audience: signals.Public}
	_, err := s.w.Take(e)
	require.NoError(t, err)
	s.w.Look(c, e, e.At, e.At.Add(30*time.Hour)) // heard of thirty hours later
	n := s.w.Book.Records[1].Nudges[0]
	require.Equal(t, signals.Superseded, n.State)
	require.Contains(t, n.Why, "old when it was first judged")
}

func TestHeldAndOvertaken(t *testing.T) {
	s := newStory(t, nil)
	night := time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)
	c := s.wanders("1", night)
	r, n := s.only()
	require.Equal(t, signals.Held, n.State)
	s.happens(c.Key, night.Add(time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/cat", To: "Fixed"})
	require.Equal(t, signals.Superseded, n.State)
	require.Contains(t, n.Why, "solved before")
	require.True(t, r.Ledger.Reached(signals.Corrected))
}

func TestHeldTooLong(t *testing.T) {
	s := newStory(t, func(p *signals.Policy) {
		p.Holidays = map[string][]string{"all": {"2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"}}
	})
	c := s.wanders("1", time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC))
	_, n := s.only()
	s.later(c, n.Look)
	require.Equal(t, signals.Superseded, n.State)
	require.Contains(t, n.Why, "held too long")
}

func TestLedgerToTheEnd(t *testing.T) {
	s := newStory(t, nil)
	root := signals.SlackThread("s", "C1", "1.0")
	say := func(at time.Time, id, who, text string) *signals.Case {
		return s.happens(root, at, signals.Event{ID: "slack/s/C1/" + id, Kind: signals.Said, Actor: who, Text: text})
	}
	say(monday, "1.0", "slack/s/UANN", "checkout answers 502 since the release")
	c := s.happens(root, monday.Add(time.Minute), signals.Event{Kind: signals.Reacted, Actor: "slack/s/UANN", To: "rotating_light", Ref: "slack/s/C1/1.0"})
	r := s.w.Book.Records[0]
	require.Equal(t, "cord", r.Signal.Detector)
	require.Equal(t, monday, r.Ledger.Times[signals.Generated])
	say(monday.Add(5*time.Minute), "1.1", "slack/s/UBOB", "looking at the gateway now, will report here")
	require.True(t, r.Ledger.Reached(signals.ReactedTo))
	require.True(t, r.Ledger.Proxy[signals.ReactedTo])
	say(monday.Add(time.Hour), "1.2", "slack/s/UANN", "it works again, that fixed it, thanks!")
	require.Equal(t, signals.ConfirmedBy, r.Ledger.At())
	require.Empty(t, r.Ledger.Died)
	require.True(t, r.Over)
	_ = c
}

func TestSilenceIsNotConsent(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	s.happens(c.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Fixed"})
	r, n := s.only()
	require.Equal(t, signals.Acted, n.State)
	s.later(c, monday.Add(15*24*time.Hour))
	require.False(t, r.Ledger.Reached(signals.ConfirmedBy))
	require.False(t, r.Ledger.Quiet.IsZero())
	require.Equal(t, signals.ConfirmedBy, r.Ledger.Died)
	require.Contains(t, r.Ledger.Why, "nobody confirmed")
}

func TestIgnored(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	r, n := s.only()
	s.later(c, monday.Add(7*time.Hour))
	require.Equal(t, signals.Sent, n.State)
	s.later(c, monday.Add(48*time.Hour))
	require.Equal(t, signals.Ignored, n.State)
	require.Equal(t, signals.ReceivedBy, r.Ledger.Died)
}

func TestAReopeningRevivesTheLedger(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	s.happens(c.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Fixed"})
	r, _ := s.only()
	s.happens(c.Key, monday.Add(2*time.Hour), signals.Event{Kind: signals.Reopened, Actor: "jira/s/ann"})
	require.False(t, r.Ledger.Reached(signals.Corrected))
	require.Empty(t, r.Ledger.Died)
}

func TestUnsureSignalsDisturbNobody(t *testing.T) {
	s := newStory(t, func(p *signals.Policy) { p.Sure = 2 }) // no detector is ever so sure
	s.wanders("1", monday)
	r, n := s.only()
	require.Equal(t, signals.Shadowed, n.State)
	require.Contains(t, n.Why, "not sure enough")
	require.Equal(t, signals.Transmitted, r.Ledger.Died)

	s.happens(signals.SlackThread("s", "C1", "1.0"), monday, signals.Event{ID: "slack/s/C1/1.0", Kind: signals.Pulled, Actor: "slack/s/UANN", Text: "help"})
	require.NotContains(t, s.w.Book.Records[1].Nudges[0].Why, "sure", "a pulled cord is always heard")
}

func TestABusyChannelDoesNotFillTheDay(t *testing.T) {
	s := newStory(t, nil)
	c := s.happens(signals.SlackThread("s", "C1", "1.0"), monday, signals.Event{ID: "slack/s/C1/1.0", Kind: signals.Said, Actor: "slack/s/UANN", Text: "hello"})
	var last *signals.Nudge
	for i := range 4 {
		sig := &signals.Signal{Detector: "unanswered_ask", Case: c.Key, Problem: c.Key, Occasion: string(rune('a' + i)), At: monday, Score: 1}
		last = &signals.Nudge{Signal: sig, To: "person" + string(rune('a'+i)), At: monday}
		v := s.w.hold(c, last, monday)
		last.State, last.Why, last.Look = v.State, v.Why, v.Look
	}
	require.Equal(t, signals.Held, last.State)
	require.Contains(t, last.Why, "the channel's 3 nudges")
	require.Equal(t, signals.Sent, s.w.hold(c, last, last.Look).State)
}
