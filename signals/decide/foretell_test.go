package decide

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/snap"
)

var foretelling = Options{Detectors: []string{"at_risk", "long_path", "ping_pong"}}

// saga plays events into a world and writes down what was found.
type saga struct {
	w     *World
	n     int64
	found []string
}

func (s *saga) plays(t require.TestingT, key signals.Key, at time.Time, e signals.Event) *signals.Case {
	s.n++
	e.Case, e.At, e.Seq.Entry, e.ID = key, at, s.n, fmt.Sprintf("%s/%d", key, s.n)
	if e.Audience == "" {
		e.Audience = signals.Public
	}
	c, err := s.w.Take(&e)
	require.NoError(t, err)
	s.w.Observe(c, &e)
	for _, r := range s.w.Look(c, &e, at, at).Found {
		x := r.Signal
		s.found = append(s.found, fmt.Sprintf("%s %s %s %v %s %v %s", at.Format(time.RFC3339), x.Case.ID, x.Detector, x.Score, x.Reason, x.Evidence, x.Audience))
	}
	return c
}

// issue plays the life of an issue about a part through teams.
func (s *saga) issue(t require.TestingT, id int, part string, closed bool, teams ...string) *signals.Case {
	k, at := issue(fmt.Sprint(id)), monday.Add(time.Duration(id)*time.Hour)
	c := s.plays(t, k, at, signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "The " + part + " is broken", Set: []signals.Value{{Field: signals.FieldTeam, To: teams[0]}, {Field: signals.FieldComponent, To: part}}})
	for i, to := range teams[1:] {
		at = at.Add(5 * time.Minute)
		c = s.plays(t, k, at, signals.Event{Kind: signals.TeamMoved, Actor: "jira/s/bob", From: teams[i], To: to})
	}
	if closed {
		c = s.plays(t, k, at.Add(time.Minute), signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Fixed"})
	}
	return c
}

// learnt is the snapshot of a world in which what is about printers wanders
// and comes back, and how many events it took.
var learnt = sync.OnceValues(func() ([]byte, int64) {
	var t must
	p := signals.DefaultPolicy()
	p.Mode = signals.Live
	s := &saga{w: NewWorld(signals.NewOrg(p), foretelling)}
	for i := range 150 {
		if i%3 == 0 {
			s.issue(t, i, "printer", true, "Desk", "Network", "Desk", "Office", "Storage")
		} else {
			s.issue(t, i, "mail", true, "Desk", "Mail")
		}
	}
	s.issue(t, 999, "mail", true, "Desk", "Mail")
	s.w.Memory.Risk.Forecasts(&signals.Case{}) // trained once, and not by each who loads it
	return worldBytes(t, s.w), s.n
})

// must is a test that panics where it would fail.
type must struct{}

func (must) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (must) FailNow()                          { panic("failed") }

func worldBytes(t require.TestingT, w *World) []byte {
	var out bytes.Buffer
	s := snap.NewWriter(&out)
	w.Save(s)
	require.NoError(t, s.Close())
	return out.Bytes()
}

func worldOf(t require.TestingT, raw []byte) *World {
	p := signals.DefaultPolicy()
	p.Mode = signals.Live
	r := snap.NewReader(bytes.NewReader(raw), int64(len(raw)))
	w, err := LoadWorld(r, p, foretelling)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return w
}

func begun(t require.TestingT) *saga {
	raw, n := learnt()
	return &saga{w: worldOf(t, raw), n: n}
}

// TestTheEarlyWarning speaks before a case wanders, once, and not of what is
// usual or has come.
func TestTheEarlyWarning(t *testing.T) {
	s := begun(t)
	s.issue(t, 1000, "printer", false, "Desk", "Network")
	require.Len(t, s.found, 1)
	require.Contains(t, s.found[0], " 1000 at_risk ")
	require.Contains(t, s.found[0], "in 10 cases like it")
	require.Contains(t, s.found[0], "it is about printer")
	s.issue(t, 1001, "mail", false, "Desk", "Mail")
	require.Len(t, s.found, 1, "mail goes the usual way")
	c := s.issue(t, 1002, "printer", false, "Desk", "Network", "Desk", "Office", "Storage")
	require.Empty(t, s.w.Memory.Foretell(c), "all of it has come; how often the policy escalates is the same as how often it wanders")
}

// TestItAbstains as long as too little was seen, and where it is off.
func TestItAbstains(t *testing.T) {
	p := signals.DefaultPolicy()
	p.Mode = signals.Live
	s := &saga{w: NewWorld(signals.NewOrg(p), foretelling)}
	for i := range 90 {
		s.issue(t, i, "printer", true, "Desk", "Network", "Desk", "Office", "Storage")
	}
	c := s.issue(t, 500, "printer", false, "Desk", "Network")
	require.Empty(t, s.w.Memory.Foretell(c))
	for _, line := range s.found {
		require.NotContains(t, line, "at_risk")
	}
	p.Modes = map[string]signals.Mode{"at_risk": signals.Off}
	require.Nil(t, NewWorld(signals.NewOrg(p), Options{}).Memory.Risk)
	require.Nil(t, NewWorld(signals.NewOrg(p), Options{Risk: true}).Memory.Foretell(c))
}

// TestTheWarningIsMadeForItsReader: a team that a reader may not see is not
// named to them, and what comes in private teaches nothing.
func TestTheWarningIsMadeForItsReader(t *testing.T) {
	s := begun(t)
	before := worldBytes(t, s.w)
	secret := signals.MembersOf("jira/s/security:7")
	k, at := issue("2000"), monday.Add(2000*time.Hour)
	s.plays(t, k, at, signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "The printer is broken", Set: []signals.Value{{Field: signals.FieldTeam, To: "Desk"}, {Field: signals.FieldComponent, To: "printer"}}})
	c := s.plays(t, k, at.Add(time.Minute), signals.Event{Kind: signals.TeamMoved, To: "Network", From: "Desk", Audience: secret})
	require.NotContains(t, fmt.Sprint(s.w.Memory.Foretell(c.For(public))), "Network")
	hidden := issue("2001")
	for _, to := range []string{"Network", "Desk", "Office", "Storage"} {
		s.plays(t, hidden, at.Add(time.Hour), signals.Event{Kind: signals.TeamMoved, To: to, Audience: secret})
	}
	s.plays(t, hidden, at.Add(2*time.Hour), signals.Event{Kind: signals.Closed, Audience: secret})
	require.NotEqual(t, before, worldBytes(t, s.w), "the issue that everybody sees is noted")
	other := begun(t)
	other.plays(t, k, at, signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "The printer is broken", Set: []signals.Value{{Field: signals.FieldTeam, To: "Desk"}, {Field: signals.FieldComponent, To: "printer"}}})
	require.Equal(t, other.w.Memory.Foretell(other.w.Case(k)), s.w.Memory.Foretell(c.For(public)))
}

// TestForetellingIsExact feeds a random history to a world, and to one that is
// saved and loaded on the way: they find the same and end the same. What was
// found up to there does not depend on what came afterwards.
func TestForetellingIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "events")
		cut := rapid.IntRange(0, n).Draw(t, "cut")
		a, b := begun(t), begun(t)
		known := 0
		for i := range n {
			if i == cut {
				known = len(a.found)
				require.Equal(t, a.found, b.found, "what comes later was not known")
				raw := worldBytes(t, b.w)
				source := b.w.Cases
				b.w = worldOf(t, raw)
				b.w.Cases = source // the journal gives them again
				b.w.Book = NewBook(nil, false)
				for _, r := range a.w.Book.Records {
					b.w.Book.enter(r.Signal, r.Signal.At)
				}
			}
			k, e := randomStep(t)
			at := monday.Add(time.Duration(3000*60+i) * time.Minute)
			a.plays(t, k, at, e)
			b.plays(t, k, at, e)
		}
		require.Equal(t, a.found[known:], b.found[known:])
		require.Equal(t, worldBytes(t, a.w), worldBytes(t, b.w))
	})
}

func randomStep(t *rapid.T) (signals.Key, signals.Event) {
	e := signals.Event{Actor: "jira/s/bob", To: rapid.SampledFrom([]string{"Desk", "Network", "Office", "Mail", "Storage"}).Draw(t, "to")}
	e.Kind = rapid.SampledFrom([]signals.Kind{signals.TeamMoved, signals.TeamMoved, signals.Assigned, signals.Closed, signals.Reopened, signals.Said}).Draw(t, "kind")
	if rapid.IntRange(0, 9).Draw(t, "private") == 0 {
		e.Audience = signals.MembersOf("jira/s/security:7")
	}
	id := rapid.IntRange(5000, 5006).Draw(t, "issue")
	if rapid.IntRange(0, 3).Draw(t, "opens") == 0 {
		part := rapid.SampledFrom([]string{"printer", "mail"}).Draw(t, "part")
		e.Kind, e.Text, e.Set = signals.Opened, "The "+part+" is broken", []signals.Value{{Field: signals.FieldTeam, To: e.To}, {Field: signals.FieldComponent, To: part}}
	}
	return issue(fmt.Sprint(id)), e
}
