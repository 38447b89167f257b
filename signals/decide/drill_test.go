package decide

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// drills lets a drill of a project begin.
func (s *story) drills(id string, at time.Time) {
	k := signals.Key{Source: signals.Drills, Site: "chain", ID: id}
	s.happens(k, at.Add(-time.Hour), signals.Event{Kind: signals.Drilled, Actor: "slack/s/Ueve", Ref: "PAY", To: at.Format(time.RFC3339)})
	s.happens(k, at, signals.Event{Kind: signals.Opened, Actor: "slack/s/Ueve", Set: []signals.Value{{Field: signals.FieldProject, To: "PAY"}}})
}

// TestDrillsAddToNoLoad: what somebody was asked in drills is no load and spends
// no budget, and nobody is asked in two within the time of the policy.
func TestDrillsAddToNoLoad(t *testing.T) {
	s := loaded(t, func(p *signals.Policy) { p.Load.Nudges, p.Budget, p.Drill.Every = 2, 2, 90*time.Minute })
	s.w.names = append(s.w.names, "drill")
	s.w.chooseDetectors(s.w.names)
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Pay", Text: encode(t, signals.Team{ID: "Pay", Lead: "dan", Owns: []signals.Owned{{Project: "PAY"}}})})
	for i := range 3 {
		s.drills(strconv.Itoa(i), monday.Add(time.Duration(2*i)*time.Hour))
		r, n := s.last()
		require.True(t, r.IsDrill())
		require.Equal(t, "dan", n.To, n.Why)
	}
	require.Zero(t, s.w.LoadOf("dan", monday.Add(5*time.Hour)).Nudges)
	s.drills("9", monday.Add(5*time.Hour))
	_, n := s.last()
	require.NotEqual(t, "dan", n.To, "he was asked in another one an hour ago")
	s.wanders("1", monday.Add(5*time.Hour+time.Minute))
	_, n = s.last()
	require.Equal(t, "dan", n.To)
	require.Equal(t, signals.Sent, n.State, n.Why)
}

// TestDrillWithoutALimit: with no limit in the policy a drill goes on until it is
// confirmed or stops like any signal.
func TestDrillWithoutALimit(t *testing.T) {
	for limit, over := range map[time.Duration]bool{0: false, time.Hour: true} {
		s := loaded(t, func(p *signals.Policy) { p.Drill.Limit = limit })
		s.w.names = append(s.w.names, "drill")
		s.w.chooseDetectors(s.w.names)
		s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Pay", Text: encode(t, signals.Team{ID: "Pay", Lead: "dan", Owns: []signals.Owned{{Project: "PAY"}}})})
		s.drills("1", monday)
		r, _ := s.last()
		next := s.w.drillEnds(r, monday.Add(2*time.Hour))
		require.Equal(t, over, r.Over, limit)
		require.Equal(t, over, next.IsZero(), limit)
	}
}
