package replay

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/decide"
)

// TestSimulationIsWhatAReplayDoes: the steps of a simulation are the nudges of a
// replay in which nobody answers, and being sent by a sender makes no difference.
func TestSimulationIsWhatAReplayDoes(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		all := week(t)
		at := all[rapid.IntRange(0, len(all)-1).Draw(t, "cut")].At
		var known []*signals.Event
		var keys []signals.Key
		for _, e := range all {
			if !e.At.After(at) {
				known = append(known, e)
				if !e.Kind.Organises() && !slices.Contains(keys, e.Case) {
					keys = append(keys, e.Case)
				}
			}
		}
		if len(keys) == 0 {
			return
		}
		k := rapid.SampledFrom(keys).Draw(t, "case")
		sim := simulated(t, all, Question{Case: k, At: at, Posts: func(*signals.Org, string) string { return "" }})
		whole := &Input{}
		require.NoError(t, whole.Play.Add(slices.Clone(known)))
		last := whole.last()
		res, err := Run(whole, Options{Policy: live(), Lexicon: lexicon, Nudges: true, After: at.Add(DefaultFor).Sub(last)}, &lines{})
		require.NoError(t, err)
		n := 0
		for _, r := range res.World.Book.Records {
			if r.Signal.Case != k {
				continue
			}
			f := sim.Found[n]
			n++
			require.Equal(t, r.Signal.Detector, f.Detector)
			require.Equal(t, r.Ledger.Died, f.Died)
			require.Equal(t, r.Ledger.Why, f.Why)
			require.Len(t, f.Steps, len(r.Nudges))
			for i, x := range r.Nudges {
				s := f.Steps[i]
				m := s.Moments[len(s.Moments)-1]
				require.Equal(t, []any{x.To, x.Step, x.State, x.Why}, []any{s.To, s.N, m.State, m.Why})
			}
		}
		require.Len(t, sim.Found, n)
		found += n
		again := simulated(t, all, Question{Case: k, At: at})
		require.Equal(t, written(t, sim), written(t, again), "the same each time, sent or not")
	})
	if !testing.Short() { // a few weeks alone may have none
		require.Greater(t, found, 10, "it was asked about cases with signals")
	}
}

// TestConsideredIsWhatWasChosen: asked again right after the look in which a nudge
// was made, the brain names whom it chose.
func TestConsideredIsWhatWasChosen(t *testing.T) {
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		var w *decide.World
		seen := make(map[*signals.Nudge]bool)
		o := Options{Policy: live(), Lexicon: lexicon, Nudges: true, Begin: func(world *decide.World) { w = world }}
		o.looked = func(_ *decide.Looked, now time.Time) {
			for _, r := range w.Book.Records {
				for _, n := range r.Nudges {
					if seen[n] || n.To == "" || n.Route == "asked to be told again" {
						continue
					}
					seen[n] = true
					list := w.Consider(r, n, now)
					i := slices.IndexFunc(list, func(x decide.Considered) bool { return x.Chosen })
					require.GreaterOrEqual(t, i, 0, "%v", list)
					require.Equal(t, []string{n.To, n.Owner, n.Route}, []string{list[i].To, list[i].Owner, list[i].Route})
					asked++
				}
			}
		}
		in := &Input{}
		require.NoError(t, in.Play.Add(week(t)))
		_, err := Run(in, o, &lines{})
		require.NoError(t, err)
	})
	if !testing.Short() {
		require.Greater(t, asked, 100, "it was asked about nudges")
	}
}

func written(t require.TestingT, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

// simulated asks about a history under a policy that lets everything be said.
func simulated(t require.TestingT, events []*signals.Event, q Question) *Simulation {
	in := &Input{}
	require.NoError(t, in.Play.Add(slices.Clone(events)))
	sim, err := Simulate(in, Options{Policy: live(), Lexicon: lexicon}, q)
	require.NoError(t, err)
	return sim
}

// tale is a history that is told line by line.
type tale struct{ events []*signals.Event }

func (x *tale) add(at time.Time, e signals.Event) {
	e.At, e.Seq.Entry = at, int64(len(x.events))
	if e.Case.IsZero() {
		e.Case = signals.Key{Source: signals.Own, Site: "t", ID: "org"}
	}
	if e.ID == "" {
		e.ID = fmt.Sprintf("%s/%d", e.Case, len(x.events))
	}
	if e.Audience == "" && !e.Kind.Organises() {
		e.Audience = signals.Public
	}
	x.events = append(x.events, &e)
}

func (x *tale) person(p signals.Person) {
	raw, _ := json.Marshal(p)
	x.add(time.Unix(0, 0).UTC(), signals.Event{Kind: signals.RosterSet, Field: "person", To: p.ID, Text: string(raw)})
}

func (x *tale) team(team signals.Team) {
	raw, _ := json.Marshal(team)
	x.add(time.Unix(0, 0).UTC(), signals.Event{Kind: signals.RosterSet, Field: "team", To: team.ID, Text: string(raw)})
}

var wandered1 = signals.Key{Source: signals.Jira, Site: "s", ID: "1"}

// wanders tells of an issue of ann's that goes through four teams until a time.
// Bob holds it, cat leads the team that holds it last, dan owns its component.
func wanders(at time.Time, a signals.Audience, people ...signals.Person) *tale {
	x := &tale{}
	for _, id := range []string{"ann", "bob", "cat", "dan"} {
		p := signals.Person{ID: id, Name: "The " + id, Accounts: []string{"jira/s/" + id, "slack/s/" + id}}
		if i := slices.IndexFunc(people, func(p signals.Person) bool { return p.ID == id }); i >= 0 {
			p = people[i]
		}
		x.person(p)
	}
	x.team(signals.Team{ID: "D", Lead: "cat"})
	x.team(signals.Team{ID: "Checkout", Lead: "dan", Owns: []signals.Owned{{Words: []string{"card payments"}}}})
	x.add(at.Add(-3*time.Hour), signals.Event{Case: wandered1, Kind: signals.Opened, Actor: "jira/s/ann", Text: "Card payments fail", Audience: a, Set: []signals.Value{
		{Field: signals.FieldLabel, To: "PAY-1"}, {Field: signals.FieldHolder, To: "jira/s/bob"}, {Field: signals.FieldTeam, To: "A"}}})
	for i, team := range []string{"B", "C", "D"} {
		x.add(at.Add(time.Duration(i-2)*time.Hour), signals.Event{Case: wandered1, Kind: signals.TeamMoved, To: team, Actor: "jira/s/ann", Audience: a})
	}
	return x
}

// chain tells a simulation's long path in short lines.
func chain(sim *Simulation) []string {
	var out []string
	for _, f := range sim.Found {
		if f.Detector != "long_path" {
			continue
		}
		for _, s := range f.Steps {
			for _, m := range s.Moments {
				out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", m.At.Format("Mon 15:04"), s.To, m.State, m.Why)))
			}
		}
		out = append(out, string(f.Died)+": "+f.Why)
	}
	return out
}

func TestSimulateScenarios(t *testing.T) {
	monday := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	friday := time.Date(2026, 3, 6, 17, 30, 0, 0, time.UTC)
	slackOf := func(org *signals.Org, to string) string {
		if p := org.Person(to); p == nil || len(p.Accounts) < 2 {
			return "the roster has no Slack account for the person"
		}
		return ""
	}
	holiday := func(x *tale) {
		x.add(time.Unix(0, 0).UTC(), signals.Event{Kind: signals.PolicySet, Text: `{"holidays":{"all":["2026-03-09"]}}`})
	}
	for name, tt := range map[string]struct {
		tale   *tale
		change func(*tale)
		q      Question
		want   []string
		passed string // of the first step
	}{
		"nobody answers": {
			tale: wanders(monday, signals.Public),
			want: []string{
				"Mon 10:00 dan sent: nothing stood in the way", "Mon 18:00 dan ignored: no answer within 8 hours of working time",
				"Mon 18:00 bob held: it is outside the person's working hours", "Tue 09:00 bob sent: nothing stood in the way", "Tue 17:00 bob ignored: no answer within 8 hours of working time",
				"Tue 17:00 cat sent: nothing stood in the way", "Wed 16:00 cat ignored: no answer within 8 hours of working time",
				"received: no answer within 8 hours of working time; 3 people were asked",
			},
			passed: "ann raised it",
		},
		"the person has left": {
			tale: wanders(monday, signals.Public, signals.Person{ID: "dan", Left: true}),
			want: []string{
				"Mon 10:00 cat sent: nothing stood in the way", "Mon 18:00 cat ignored: no answer within 8 hours of working time",
				"Mon 18:00 bob held: it is outside the person's working hours", "Tue 09:00 bob sent: nothing stood in the way", "Tue 17:00 bob ignored: no answer within 8 hours of working time",
				"received: no answer within 8 hours of working time; nobody is left who could be asked",
			},
			passed: "ann raised it; dan has left the company",
		},
		"left, with a backup": {
			tale: wanders(monday, signals.Public, signals.Person{ID: "dan", Name: "The dan", Left: true, Backup: "bob"}),
			want: []string{
				"Mon 10:00 bob sent: nothing stood in the way", "Mon 18:00 bob ignored: no answer within 8 hours of working time",
				"Mon 18:00 cat held: it is outside the person's working hours", "Tue 09:00 cat sent: nothing stood in the way", "Tue 17:00 cat ignored: no answer within 8 hours of working time",
				"received: no answer within 8 hours of working time; nobody is left who could be asked",
			},
			passed: "ann raised it; dan has left the company",
		},
		"a weekend and a holiday": {
			tale: wanders(friday, signals.Public), change: holiday,
			want: []string{
				"Fri 17:30 dan sent: nothing stood in the way", "Tue 16:30 dan ignored: no answer within 8 hours of working time",
				"Tue 16:30 bob sent: nothing stood in the way", "Wed 15:30 bob ignored: no answer within 8 hours of working time",
				"Wed 15:30 cat sent: nothing stood in the way", "Thu 14:30 cat ignored: no answer within 8 hours of working time",
				"received: no answer within 8 hours of working time; 3 people were asked",
			},
			passed: "ann raised it",
		},
		"found on a holiday": {
			tale: wanders(monday.AddDate(0, 0, 7), signals.Public), change: holiday, q: Question{For: 24 * time.Hour},
			want:   []string{"Mon 10:00 dan held: it is the person's day off", "Tue 09:00 dan sent: nothing stood in the way", ": "},
			passed: "ann raised it",
		},
		"a restricted case": {
			tale:   wanders(monday, signals.MembersOf("jira/s/security")),
			want:   []string{"Mon 10:00  failed: nobody who may see it is known to help", "transmitted: nobody who may see it is known to help"},
			passed: "ann raised it; dan may not see what it rests on; cat may not see what it rests on; bob may not see what it rests on",
		},
		"without a Slack account": {
			tale: wanders(monday, signals.Public, signals.Person{ID: "dan", Accounts: []string{"jira/s/dan"}}), q: Question{Posts: slackOf, For: 24 * time.Hour},
			want: []string{
				"Mon 10:00 dan failed: the roster has no Slack account for the person", "Mon 10:00 bob sent: nothing stood in the way",
				"Mon 18:00 bob ignored: no answer within 8 hours of working time", "Mon 18:00 cat held: it is outside the person's working hours",
				"Tue 09:00 cat sent: nothing stood in the way", ": ",
			},
			passed: "ann raised it",
		},
		"what was learnt": {
			tale: wanders(monday, signals.Public), q: Question{Learnt: map[string]bool{"jira/s/1/6": true, "jira/s/1/7": true, "jira/s/1/8": true, "jira/s/1/9": true}},
			want: []string{"Mon 10:00  superseded: it began in history that was learnt, not watched", "transmitted: it began in history that was learnt, not watched"},
		},
		"solved afterwards, which is not known yet": {
			tale: wanders(monday, signals.Public), q: Question{At: monday, For: time.Hour},
			change: func(x *tale) {
				x.add(monday.Add(time.Minute), signals.Event{Case: wandered1, Kind: signals.Closed, To: "Fixed", Actor: "jira/s/bob"})
			},
			want: []string{"Mon 10:00 dan sent: nothing stood in the way", ": "}, passed: "ann raised it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.change != nil {
				tt.change(tt.tale)
			}
			tt.q.Case = wandered1
			sim := simulated(t, tt.tale.events, tt.q)
			require.Equal(t, tt.want, chain(sim))
			var passed []string
			for _, o := range sim.Found[0].Steps[0].Passed {
				passed = append(passed, strings.TrimPrefix(o.Who, "jira/s/")+" "+o.Why)
			}
			require.Equal(t, tt.passed, strings.Join(passed, "; "))
			require.Equal(t, sim, simulated(t, tt.tale.events, tt.q))
			require.Equal(t, strings.Contains(name, "restricted"), sim.Restricted)
			require.Equal(t, sim.Restricted, sim.Title == "")
		})
	}
}

// TestSimulateWithoutASignal tells what the detectors wait for.
func TestSimulateWithoutASignal(t *testing.T) {
	monday := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	x := wanders(monday, signals.Public)
	sim := simulated(t, x.events, Question{Case: wandered1, At: monday.Add(-time.Hour), For: time.Hour})
	require.Empty(t, sim.Found)
	require.Contains(t, sim.Near, Near{"long_path", "lacks 1 team hand-off: of 3 that are asked for it has 2"})
	require.Contains(t, sim.Near, Near{"ping_pong", "lacks a return to B"})
	require.Contains(t, sim.Near, Near{"person_ping_pong", "is off"})
	require.Contains(t, sim.Near, Near{"stall", "looks again on 5 March 10:00 UTC if nothing happens"})
	require.False(t, sim.More.IsZero())

	in := &Input{}
	require.NoError(t, in.Play.Add(x.events))
	_, err := Simulate(in, Options{Policy: live(), Lexicon: lexicon}, Question{Case: signals.Key{Source: signals.Jira, Site: "s", ID: "9"}})
	require.ErrorContains(t, err, "simulate jira/s/9: no event of it until 2026-03-02T10:00:00Z")
}

func TestNames(t *testing.T) {
	monday := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	x := wanders(monday, signals.Public)
	x.add(monday, signals.Event{Case: wandered1, Kind: signals.Edited, Field: signals.FieldLabel, From: "PAY-1", To: "CORE-7"})
	thread := signals.SlackThread("s", "C1", "1700000000.000100")
	x.add(monday, signals.Event{ID: "slack/s/C1/1700000000.000100", Case: thread, Kind: signals.Said, Text: "hello"})
	x.add(monday, signals.Event{ID: "slack/s/C1/1700000009.000100", Case: thread, Kind: signals.Said, Text: "there"})
	in := &Input{}
	require.NoError(t, in.Play.Add(x.events))
	n := in.Names()
	for _, name := range []string{"PAY-1", "pay-1", "CORE-7"} {
		require.Equal(t, []signals.Key{wandered1}, n.Find(name), name)
	}
	require.Equal(t, "CORE-7", n.Case(wandered1).Label)
	require.Equal(t, monday.Add(-3*time.Hour), n.Case(wandered1).Opened)
	require.Equal(t, []signals.Key{thread}, n.Thread("C1", "1700000000.000100"))
	require.Equal(t, []signals.Key{thread}, n.Thread("C1", "1700000009.000100"), "by a reply")
	require.Empty(t, n.Thread("C2", "1700000000.000100"))
	require.Empty(t, n.Find("PAY-2"))
	require.Equal(t, []string{"PAY-1", "CORE-7"}, n.Nearest("PAY-2", 2))
	require.Equal(t, []string{"C1/1700000000.000100"}, n.Nearest("C1/1700000001.000100", 1))
}

// TestSimulationForetellsTheQuestion: who raised it is asked whether it holds when
// it is solved, or why nobody is; what is solved already shows when they were asked.
func TestSimulationForetellsTheQuestion(t *testing.T) {
	monday := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	closed := func(by string) func(x *tale) {
		return func(x *tale) {
			x.add(monday.Add(time.Hour), signals.Event{Case: wandered1, Kind: signals.Closed, Actor: "jira/s/" + by, To: "Fixed"})
		}
	}
	for name, tt := range map[string]struct {
		ann    signals.Person
		change func(x *tale)
		posts  func(*signals.Org, string) string
		want   Confirmation
		asked  string
	}{
		"asked":       {want: Confirmation{Who: "ann", Name: "The ann"}},
		"left":        {ann: signals.Person{Left: true}, want: Confirmation{Who: "ann", Name: "The ann", Why: "who raised it has left the company"}},
		"no account":  {posts: func(_ *signals.Org, to string) string { return map[string]string{"ann": "has no account"}[to] }, want: Confirmation{Who: "ann", Name: "The ann", Why: "has no account"}},
		"nobody told": {posts: func(*signals.Org, string) string { return "has no account" }},
		"closed":      {change: closed("bob"), want: Confirmation{Who: "ann", Name: "The ann"}, asked: "sent it was corrected"},
		"by herself":  {change: closed("ann"), want: Confirmation{Who: "ann", Name: "The ann", Why: "who raised it solved it"}, asked: "superseded who raised it solved it"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.ann.ID, tt.ann.Name, tt.ann.Accounts = "ann", "The ann", []string{"jira/s/ann", "slack/s/ann"}
			x := wanders(monday, signals.Public, tt.ann)
			if tt.change != nil {
				tt.change(x)
			}
			f := simulated(t, x.events, Question{Case: wandered1, Posts: tt.posts}).Found[0]
			require.Equal(t, tt.want, f.Confirm)
			asked := ""
			for _, m := range f.Asked {
				asked = string(m.State) + " " + m.Why
			}
			require.Equal(t, tt.asked, asked)
		})
	}
}
