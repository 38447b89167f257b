package decide

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
	"andon/signals/snap"
)

// holds lets somebody get issues, numbered from one on, and close those that they
// finish a day later.
func (s *story) holds(who string, from, n int, finish bool) {
	for i := from; i < from+n; i++ {
		s.happens(issue(strconv.Itoa(i)), monday.AddDate(0, 0, -9), signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "x", Set: []signals.Value{{Field: signals.FieldHolder, To: "jira/s/" + who}}})
		if finish {
			s.happens(issue(strconv.Itoa(i)), monday.AddDate(0, 0, -8), signals.Event{Kind: signals.Closed, Actor: "jira/s/" + who, To: "Done"})
		}
	}
}

// loaded is a company in which Dan is asked first, and Cat next.
func loaded(t *testing.T, change func(*signals.Policy)) *story {
	s := newStory(t, change)
	for _, id := range []string{"cat", "dan"} {
		s.person(signals.Person{ID: id, Accounts: []string{"jira/s/" + id, "slack/s/U" + id}})
	}
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Checkout", Text: encode(t, signals.Team{ID: "Checkout", Lead: "dan", Owns: []signals.Owned{{Words: []string{"card payments"}}}})})
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "D", Text: encode(t, signals.Team{ID: "D", Lead: "cat"})})
	return s
}

func (s *story) last() (*Record, *signals.Nudge) {
	r := s.w.Book.Records[len(s.w.Book.Records)-1]
	return r, r.Nudges[len(r.Nudges)-1]
}

func TestWhoHasTooMuchIsRoutedAround(t *testing.T) {
	s := loaded(t, nil)
	s.holds("dan", 1000, 20, true)
	s.holds("dan", 2000, 10, false)
	require.Equal(t, Load{Cases: 10, Usually: 10}, s.w.LoadOf("dan", monday), "as many as the policy's floor")
	s.wanders("1", monday)
	_, n := s.last()
	require.Equal(t, "dan", n.To)
	require.NotContains(t, n.Route, "nobody else")

	s.holds("dan", 3000, 1, false)
	require.True(t, s.w.LoadOf("dan", monday).Over)
	s.wanders("2", monday.Add(48*time.Hour))
	r, n := s.last()
	require.NotEqual(t, "dan", n.To)
	passed := map[string]string{}
	for _, x := range s.w.Consider(r, n, n.At) {
		if x.Passed != "" {
			passed[x.To] = x.Passed
		}
		require.Equal(t, x.To == n.To, x.Chosen)
	}
	require.Equal(t, "somebody else is closer now", passed["dan"])

	s.happens(issue("3000"), monday.Add(49*time.Hour), signals.Event{Kind: signals.Assigned, Actor: "jira/s/dan", From: "jira/s/dan", To: "jira/s/cat"})
	require.Equal(t, 10, s.w.LoadOf("dan", monday).Cases)
	require.Equal(t, 1, s.w.LoadOf("cat", monday).Cases)
}

// TestWhoIsAskedAllTheSame: when nobody else is left, and when a cord is pulled.
func TestWhoIsAskedAllTheSame(t *testing.T) {
	s := loaded(t, nil)
	for i, id := range []string{"dan", "cat"} {
		s.holds(id, 1000*(i+1), 20, true)
		s.holds(id, 1000*(i+1)+500, 11, false)
	}
	s.person(signals.Person{ID: "bob", Left: true, Accounts: []string{"jira/s/bob"}})
	s.wanders("1", monday)
	r, n := s.last()
	require.Equal(t, "dan", n.To, "both have too much: the first is asked")
	require.Contains(t, n.Route, "; nobody else can be asked now")
	for _, x := range s.w.Consider(r, n, n.At) {
		require.NotEqual(t, "somebody else is closer now", x.Passed)
	}

	s = loaded(t, nil)
	s.holds("dan", 1000, 20, true)
	s.holds("dan", 2000, 11, false)
	c := s.happens(issue("5"), monday, signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "Card payments fail"})
	s.happens(c.Key, monday, signals.Event{Kind: signals.Pulled, Actor: "jira/s/eve", Text: "look"})
	_, n = s.last()
	require.Equal(t, "dan", n.To, "a cord reaches whoever is closest")

	s = loaded(t, func(p *signals.Policy) { p.Load.Cases = 0 })
	s.holds("dan", 1000, 20, true)
	s.holds("dan", 2000, 11, false)
	s.wanders("1", monday)
	_, n = s.last()
	require.Equal(t, "dan", n.To, "switched off")
}

// TestNobodyAnswersForWhoHasTooMuch: the others are asked first, then who was
// passed over, as the last, and then the signal stops and says why. Nobody is asked
// twice.
func TestNobodyAnswersForWhoHasTooMuch(t *testing.T) {
	s := loaded(t, nil)
	s.holds("dan", 1000, 20, true)
	s.holds("dan", 2000, 11, false)
	c := s.wanders("1", monday)
	r, _ := s.last()
	for at := monday; at.Before(monday.AddDate(0, 0, 14)); at = at.Add(time.Hour) {
		s.later(c, at)
	}
	var told []string
	for _, n := range r.Nudges {
		require.Equal(t, signals.Ignored, n.State, n.Why)
		told = append(told, n.To)
		require.Equal(t, n.To == "dan", strings.Contains(n.Route, "nobody else can be asked now"), n.Route)
	}
	require.Equal(t, []string{"bob", "cat", "dan"}, told)
	require.Equal(t, signals.ReceivedBy, r.Ledger.Died)
	require.Contains(t, r.Ledger.Why, "3 people were asked")
}

// TestWhoIsAskedHoweverMuchTheyHave: whose issue it is, who is on call for the
// team that a standing route leads to, and who is the one contact for it.
func TestWhoIsAskedHoweverMuchTheyHave(t *testing.T) {
	laden := func(change func(s *story)) *story {
		s := loaded(t, nil)
		s.holds("dan", 1000, 20, true)
		s.holds("dan", 2000, 11, false)
		change(s)
		return s
	}
	team := func(s *story, id string, x signals.Team) {
		x.ID = id
		s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: id, Text: encode(t, x)})
	}
	rule := func(s *story, to string) {
		s.person(signals.Person{ID: "ann", Team: "Shop", Accounts: []string{"jira/s/ann"}})
		team(s, "Shop", signals.Team{Lead: "ann"})
		r := signals.Rule{From: "Shop", To: to, Kind: "long_path", Until: monday.AddDate(0, 0, 9)}
		s.org(signals.Event{Kind: signals.RosterSet, Field: "rule", To: r.ID(), Text: encode(t, r)})
	}
	for name, x := range map[string]struct {
		role   route.Role
		change func(s *story)
	}{
		"nothing of it": {route.Lead, func(*story) {}},
		"contact": {route.Contact, func(s *story) {
			team(s, "Checkout", signals.Team{Owns: []signals.Owned{{Words: []string{"card payments"}, Person: "dan"}}})
		}},
		"on call": {route.OnCall, func(s *story) {
			rule(s, "Night")
			team(s, "Night", signals.Team{Lead: "cat"})
			duty := signals.Duty{Shifts: []signals.Shift{{From: monday.AddDate(0, 0, -1), Until: monday.AddDate(0, 0, 1)}}}
			s.org(signals.Event{Kind: signals.RosterSet, Field: "oncall", To: "dan", Ref: "Night", Text: encode(t, duty)})
		}},
		"a lead, and the contact too": {route.Contact, func(s *story) {
			rule(s, "Night")
			team(s, "Night", signals.Team{Lead: "dan"})
			team(s, "Checkout", signals.Team{Owns: []signals.Owned{{Words: []string{"card payments"}, Person: "dan"}}})
			for _, id := range []string{"cat", "bob"} {
				s.person(signals.Person{ID: id, Left: true, Accounts: []string{"jira/s/" + id}})
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := laden(x.change)
			s.wanders("1", monday)
			r, n := s.last()
			var chosen []string
			for _, x := range s.w.Consider(r, n, n.At) {
				if x.Chosen {
					chosen = append(chosen, x.To)
				}
			}
			require.Equal(t, []string{n.To}, chosen)
			require.Equal(t, name != "nothing of it", n.To == "dan", n.Route)
			if n.To == "dan" {
				require.Equal(t, x.role, route.RoleOf(n.Route), n.Route)
				require.NotContains(t, n.Route, "nobody else")
			}
		})
	}
}

// TestWhoHoldsTheEndIsAskedHoweverMuchTheyHave: nobody else can move it.
func TestWhoHoldsTheEndIsAskedHoweverMuchTheyHave(t *testing.T) {
	s := row(t, signals.Public, signals.Public, signals.Public)
	s.holds("cat", 1000, 20, true)
	s.holds("cat", 2000, 12, false)
	at := monday.AddDate(0, 0, 8)
	require.True(t, s.w.LoadOf("cat", at).Over)
	open := func(id, who, waits string) *signals.Case {
		c := s.happens(issue(id), at, signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "x", Set: []signals.Value{{Field: signals.FieldLabel, To: "X-" + id}, {Field: signals.FieldHolder, To: "jira/s/" + who}}})
		if waits != "" {
			c = s.happens(issue(id), at.Add(time.Hour), signals.Event{Kind: signals.Linked, Actor: "jira/s/eve", Ref: "jira/s/label:X-" + waits, Field: "Blocks", Text: "This issue is blocked by X-" + waits})
		}
		return c
	}
	open("17", "cat", "")
	open("13", "bob", "17")
	s.later(open("11", "ann", "13"), at.AddDate(0, 0, 6))
	_, n := s.last()
	require.Equal(t, issue("11"), n.Signal.Case)
	require.Equal(t, "cat", n.To)
	require.Equal(t, route.Holder, route.RoleOf(n.Route), n.Route)
	require.NotContains(t, n.Route, "nobody else")
}

// TestAChannelHasNoHands: that much was said in it is no reason to pass it over,
// be nobody heard there yet.
func TestAChannelHasNoHands(t *testing.T) {
	s := loaded(t, nil)
	ch := candidate{Choice: route.Choice{To: "slack/s/CTEAM", Why: "is the channel of Night"}}
	require.False(t, s.w.carries(&signals.Signal{}, ch))
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Night", Text: encode(t, signals.Team{ID: "Night", Channel: "slack/s/CTEAM"})})
	require.True(t, s.w.carries(&signals.Signal{}, ch))
}

// TestOpenNudgesCount: who has many that nothing came of yet is left alone, until
// they are answered and solved.
func TestOpenNudgesCount(t *testing.T) {
	s := loaded(t, func(p *signals.Policy) { p.Load.Nudges, p.Budget = 2, 9 })
	for i := range 3 {
		s.wanders(strconv.Itoa(1+i), monday.Add(time.Duration(i)*time.Hour))
		_, n := s.last()
		require.Equal(t, "dan", n.To)
	}
	s.wanders("4", monday.Add(4*time.Hour))
	_, n := s.last()
	require.NotEqual(t, "dan", n.To)
	s.happens(issue("1"), monday.Add(5*time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/dan", To: "Done"})
	s.wanders("5", monday.Add(6*time.Hour))
	_, n = s.last()
	require.Equal(t, "dan", n.To)
}

func TestLoadSurvivesARestart(t *testing.T) {
	s := loaded(t, nil)
	s.holds("dan", 1000, 21, true)
	s.holds("dan", 2000, 12, false)
	var body bytes.Buffer
	out := snap.NewWriter(&body)
	s.w.Save(out)
	require.NoError(t, out.Close())
	again, err := LoadWorld(snap.NewReader(bytes.NewReader(body.Bytes()), int64(body.Len())), signals.DefaultPolicy(), Options{Routes: true, Detectors: []string{"cord"}})
	require.NoError(t, err)
	require.Equal(t, s.w.Memory.loads, again.Memory.loads)
	require.Equal(t, s.w.LoadOf("dan", monday), again.LoadOf("dan", monday))
}
