package signals_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestPathMeasures(t *testing.T) {
	for _, tt := range []struct {
		name     string
		stays    []string // see path
		handoffs int
		returns  []int
		revisits []int
		distinct int
	}{
		{name: "one holder", stays: []string{"A"}, distinct: 1},
		{name: "nobody", stays: []string{"-"}},
		{name: "straight on", stays: []string{"A", "B", "C"}, handoffs: 2, distinct: 3},
		{name: "a return", stays: []string{"A", "B", "A"}, handoffs: 2, returns: []int{2}, revisits: []int{2}, distinct: 2},
		{name: "to and fro", stays: []string{"A", "B", "A", "B"}, handoffs: 3, returns: []int{2, 3}, revisits: []int{2, 3}, distinct: 2},
		{name: "a round trip", stays: []string{"A", "B", "C", "A"}, handoffs: 3, revisits: []int{3}, distinct: 3},
		{name: "a gap within a stay", stays: []string{"A", "-", "A"}, distinct: 1},
		{name: "a gap between stays", stays: []string{"A", "-", "B"}, handoffs: 1, distinct: 2},
		{name: "a gap in a return", stays: []string{"A", "B", "-", "A"}, handoffs: 2, returns: []int{2}, revisits: []int{2}, distinct: 2},
		{name: "unset at first", stays: []string{"-", "A", "B"}, handoffs: 1, distinct: 2},
		{name: "through a team in one entry", stays: []string{"A", "B", "+C"}, handoffs: 1, distinct: 2},
		{name: "to and fro in one entry", stays: []string{"A", "B", "+A"}, distinct: 1},
		{name: "to and fro in one entry, then on", stays: []string{"A", "B", "+A", "B", "A"}, handoffs: 2, returns: []int{2}, revisits: []int{2}, distinct: 2},
		{name: "no change", stays: []string{"A", "A", "B", "B"}, handoffs: 1, distinct: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, track := range []struct {
				kind signals.Kind
				by   signals.Track
				runs func(signals.Path) signals.Path
			}{{signals.TeamMoved, signals.ByTeam, signals.Path.Teams}, {signals.Assigned, signals.ByPerson, signals.Path.Persons}} {
				p := track.runs(path(track.kind, tt.stays...).Path)
				require.Equal(t, tt.handoffs, p.Handoffs())
				require.Equal(t, tt.returns, p.Returns(track.by))
				require.Equal(t, tt.revisits, p.Revisits(track.by))
				require.Equal(t, tt.distinct, p.Distinct(track.by))
			}
		})
	}
}

// Team and person that change in one entry make one hop; in two entries of the
// same instant they make two.
func TestPathMergesEntry(t *testing.T) {
	h := newHistory()
	h.add(signals.Event{Kind: signals.Opened, Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}, {Field: signals.FieldHolder, To: "ann"}}})
	first := h.add(signals.Event{Kind: signals.Assigned, To: "bob"})
	h.also(signals.Event{Kind: signals.TeamMoved, To: "B"})
	h.also(signals.Event{Kind: signals.LevelMoved, To: "L2"})
	p := signals.Fold(h.events).Path
	require.Len(t, p, 2)
	require.Equal(t, signals.Hop{Person: "bob", Team: "B", Level: "L2"}, signals.Hop{Person: p[1].Person, Team: p[1].Team, Level: p[1].Level})
	require.Equal(t, first.ID, p[1].Event)
	require.Equal(t, 2, p[1].N)

	h.at = h.at.Add(-time.Hour)
	h.add(signals.Event{Kind: signals.TeamMoved, To: "C"})
	require.Len(t, signals.Fold(h.events).Path, 3)
}

func TestPathTimes(t *testing.T) {
	p := path(signals.TeamMoved, "A", "B", "-", "B", "C").Path
	now := monday.Add(10 * time.Hour)
	require.Equal(t, time.Hour, p[0].Waiting(now))
	require.Equal(t, 6*time.Hour, p[4].Waiting(now))
	require.Equal(t, 4, p.Longest(now))
	require.Equal(t, 0, p.Longest(monday.Add(4*time.Hour)), "the first of equals")
	require.Equal(t, 3*time.Hour, p.Teams()[1].Waiting(now), "a gap within a stay belongs to it")
	require.Equal(t, 5*time.Hour, p[4].Working(nil, now), "until six in the evening")
	require.Equal(t, time.Hour, p[0].Working(nil, now))
	require.Equal(t, -1, signals.Path(nil).Longest(now))
}

func TestPathClimb(t *testing.T) {
	policy := signals.DefaultPolicy()
	level := func(h *signals.Hop) (int, bool) { return policy.LevelHeight(h.Level) }
	for _, tt := range []struct {
		stays []string
		want  signals.Climb
	}{
		{[]string{"L1"}, signals.Climb{}},
		{[]string{"L1", "L2", "L3"}, signals.Climb{Up: 2, Top: 2}},
		{[]string{"L1", "L3", "L1"}, signals.Climb{Up: 2, Down: 2, Top: 1}},
		{[]string{"L3", "L1"}, signals.Climb{}},
		{[]string{"L2", "L3", "L1", "L2"}, signals.Climb{Up: 1, Down: 2, Top: 1}},
		{[]string{"L1", "-", "L3", "-", "L2"}, signals.Climb{Up: 2, Down: 1, Top: 2}},
		{[]string{"L1", "L2/L3", "first line"}, signals.Climb{Up: 2, Top: 1}},
	} {
		require.Equal(t, tt.want, path(signals.LevelMoved, tt.stays...).Path.ClimbOf(level), tt.stays)
	}
}

func TestPathDetour(t *testing.T) {
	p := path(signals.TeamMoved, "A", "B", "C", "D").Path.Teams()
	require.Equal(t, 2, p.Detour(0), "an unknown route counts as one hand-off")
	require.Equal(t, 1, p.Detour(2))
	require.Equal(t, 0, p.Detour(5))
	require.Equal(t, 0, p[:1].Detour(0))
	require.Equal(t, 0, signals.Path(nil).Detour(0))
}
