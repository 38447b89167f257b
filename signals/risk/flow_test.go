package risk

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// flowOf is what a model knows of the flow of cases like x.
func flowOf(m *Model, x tale) flown {
	c := &signals.Case{}
	for _, e := range x.events() {
		c.Apply(e)
	}
	return m.flows.look(flowing(c, c.Team))
}

const (
	teamQuick = byTeam*memories + quick
	teamSlow  = byTeam*memories + slow
	partQuick = byPart*memories + quick
)

// TestHandOversAreKnownAtOnce: what a team hands on shows before any of it is
// closed, for the team and the component alone.
func TestHandOversAreKnownAtOnce(t *testing.T) {
	m := New(3)
	for i := range 60 {
		live(m, tale{id: i, part: "mail", opener: "p1", teams: []string{"Desk"}, closed: true})
	}
	require.Zero(t, flowOf(m, tale{part: "door", opener: "p9", teams: []string{"Yard"}}), "nothing is known of it")
	calm := flowOf(m, fresh("mail", "p1"))
	require.Less(t, calm[teamQuick], float32(0))
	for i := range 10 {
		live(m, tale{id: 100 + i, part: "printer", opener: "p2", teams: []string{"Desk", "Network"}})
	}
	after := flowOf(m, fresh("mail", "p1"))
	require.Greater(t, after[teamQuick], calm[teamQuick]+1)
	require.Greater(t, after[teamQuick], after[teamSlow], "it is new")
	require.Less(t, after[partQuick], float32(0), "of mail it stayed")
	require.Greater(t, flowOf(m, fresh("printer", "p1"))[partQuick], float32(1))
}

// TestFlowOfWhatIsHidden: a hand-over that not everybody may see is not counted.
func TestFlowOfWhatIsHidden(t *testing.T) {
	m := New(3)
	live(m, tale{id: 1, part: "mail", teams: []string{"Desk", "Mail"}, closed: true})
	was := flowOf(m, fresh("mail", "p1"))
	live(m, tale{id: 2, part: "mail", opener: "p1", teams: []string{"Desk", "Mail", "Desk"}, closed: true, who: signals.MembersOf("board")})
	require.Equal(t, was, flowOf(m, fresh("mail", "p1")))
}

// TestSamplesKeepTheFlowOfTheirDay: a case that closes teaches how the flow was
// when it stood there, not how it is now.
func TestSamplesKeepTheFlowOfTheirDay(t *testing.T) {
	m, p := New(3), signals.DefaultPolicy()
	x := tale{id: 1, part: "mail", opener: "p1", teams: []string{"Desk"}, closed: true}
	c, events := &signals.Case{}, x.events()
	take := func(e *signals.Event) {
		c.Apply(e)
		m.Observe(c, e, &p)
	}
	live(m, tale{id: 2, part: "mail", opener: "p3", teams: []string{"Desk", "Mail"}})
	take(events[0])
	then := flowOf(m, x)
	for i := range 30 {
		live(m, tale{id: 10 + i, part: "mail", opener: "p2", teams: []string{"Desk"}, closed: true})
	}
	take(events[1])
	require.NotEqual(t, then, flowOf(m, x))
	s := m.stories[c.Key].record.samples[0]
	require.Equal(t, then[:], s.num[fFlow:fFlow+len(then)])
}

// TestFlowBeginsInTheMiddle: of a case that is seen only from some event on, each
// stay that ends from then on counts once.
func TestFlowBeginsInTheMiddle(t *testing.T) {
	opened := signals.Event{Kind: signals.Opened, Set: []signals.Value{{Field: signals.FieldTeam, To: "Desk"}}}
	moved := signals.Event{Kind: signals.TeamMoved, From: "Desk", To: "Mail"}
	closed, again := signals.Event{Kind: signals.Closed, To: "Fixed"}, signals.Event{Kind: signals.Reopened}
	for name, tt := range map[string]struct {
		before, seen []signals.Event
		want         int64
	}{
		"handed on":                   {[]signals.Event{opened}, []signals.Event{moved, closed}, 2},
		"opened again before":         {[]signals.Event{opened, closed, again}, []signals.Event{moved, closed}, 2},
		"opened again, and seen then": {[]signals.Event{opened, closed}, []signals.Event{again, closed}, 1},
		"closed twice":                {[]signals.Event{opened, closed}, []signals.Event{closed}, 0},
		"handed on after its closing": {[]signals.Event{opened, closed}, []signals.Event{moved}, 1},
		"the team was taken off":      {[]signals.Event{opened, moved}, []signals.Event{{Kind: signals.TeamMoved, From: "Mail"}, closed}, 1},
	} {
		m, c, p := New(3), &signals.Case{}, signals.DefaultPolicy()
		k := signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
		for i, e := range append(append([]signals.Event{}, tt.before...), tt.seen...) {
			e.Case, e.ID, e.At, e.Seq.Entry, e.Audience = k, fmt.Sprint(i), begin.Add(time.Duration(i)*time.Hour), int64(i), signals.Public
			c.Apply(&e)
			if i >= len(tt.before) {
				m.Observe(c, &e, &p)
			}
		}
		require.Equal(t, tt.want, m.flows.no, name)
	}
}

// TestFlowForgets: a key that did not come for long is dropped.
func TestFlowForgets(t *testing.T) {
	f := flows{of: make(map[uint64]flow)}
	f.end([flowKeys]uint64{1}, true)
	for range oldestStays {
		f.end([flowKeys]uint64{2}, false)
	}
	f.forget()
	require.Len(t, f.of, 2)
	f.end([flowKeys]uint64{2}, false)
	f.forget()
	require.Len(t, f.of, 1)
}
