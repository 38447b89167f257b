package signals_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestRank(t *testing.T) {
	p := signals.DefaultPolicy()
	for name, want := range map[string]int{
		"Blocker": 0, "Highest": 0, "Critical": 1, "High": 2, "Major": 2, "Medium": 3, "Minor": 4, "Low": 4, "Trivial": 5, "Planning": 5,
		"1 - Critical": 1, "4 - Low": 4, "P0": 0, "p3": 3, "Sev-1": 1, "SEV2": 2,
	} {
		rank, ok := p.Rank(name)
		require.True(t, ok, name)
		require.Equal(t, want, rank, name)
	}
	for _, name := range []string{"", "p", "Undecided", "sev"} {
		_, ok := p.Rank(name)
		require.False(t, ok, name)
	}
	p.Ranks = []string{"Now", "Soon", "High"}
	rank, ok := p.Rank("high")
	require.True(t, ok)
	require.Equal(t, 2, rank, "a site's own order comes first")
	require.True(t, p.IsUrgent("CRITICAL"))
	require.False(t, p.IsUrgent("Medium"))
	require.True(t, p.WaitsForOpener("Waiting for Customer (2)"))
	require.False(t, p.WaitsForOpener(""))
}

func TestLevelHeight(t *testing.T) {
	p := signals.DefaultPolicy()
	for name, want := range map[string]int{"L1": 1, "L2/L3": 3, "Tier 2": 2} {
		h, ok := p.LevelHeight(name)
		require.True(t, ok, name)
		require.Equal(t, want, h, name)
	}
	_, ok := p.LevelHeight("desk")
	require.False(t, ok)
	p.Levels = []string{"Desk", "Second"}
	h, ok := p.LevelHeight("second")
	require.True(t, ok)
	require.Equal(t, 1, h)
}

func TestEscalates(t *testing.T) {
	moved := path(signals.TeamMoved, "A", "B", "C")
	team := signals.Event{Kind: signals.TeamMoved, From: "B", To: "C"}
	for _, tt := range []struct {
		name    string
		pattern signals.Pattern
		event   signals.Event
		want    bool
	}{
		{"field to value", signals.Pattern{Field: "Level", To: []string{"L3"}}, signals.Event{Kind: signals.LevelMoved, From: "L1", To: "L3"}, true},
		{"field to another value", signals.Pattern{Field: "level", To: []string{"L3"}}, signals.Event{Kind: signals.LevelMoved, From: "L1", To: "L2"}, false},
		{"not a change", signals.Pattern{Field: "level", To: []string{"L3"}}, signals.Event{Kind: signals.LevelMoved, From: "L3", To: "L3"}, false},
		{"from and to", signals.Pattern{Field: "status", From: []string{"done"}, To: []string{"open"}}, signals.Event{Kind: signals.Status, From: "Done", To: "Open"}, true},
		{"from another", signals.Pattern{Field: "status", From: []string{"done"}}, signals.Event{Kind: signals.Status, From: "New", To: "Open"}, false},
		{"any change", signals.Pattern{Field: "assignee"}, signals.Event{Kind: signals.Assigned, To: "bob"}, true},
		{"a custom field", signals.Pattern{Field: "Escalated", To: []string{"yes"}}, signals.Event{Kind: signals.Edited, Field: "Escalated", From: "no", To: "Yes"}, true},
		{"a resolution", signals.Pattern{Field: "resolution", To: []string{"Workaround"}}, signals.Event{Kind: signals.Closed, To: "Workaround"}, true},
		{"opened so", signals.Pattern{Field: "priority", To: []string{"Blocker"}}, signals.Event{Kind: signals.Opened, Set: []signals.Value{{Field: "priority", To: "blocker"}}}, true},
		{"opened so, but a change is asked for", signals.Pattern{Field: "priority", From: []string{"Low"}, To: []string{"Blocker"}}, signals.Event{Kind: signals.Opened, Set: []signals.Value{{Field: "priority", To: "blocker"}}}, false},
		{"raised", signals.Pattern{Raised: true}, signals.Event{Kind: signals.Priority, From: "Low", To: "High"}, true},
		{"lowered", signals.Pattern{Raised: true}, signals.Event{Kind: signals.Priority, From: "High", To: "Low"}, false},
		{"from nothing", signals.Pattern{Raised: true}, signals.Event{Kind: signals.Priority, To: "High"}, false},
		{"hand-offs", signals.Pattern{Handoffs: 2}, team, true},
		{"too few hand-offs", signals.Pattern{Handoffs: 3}, team, false},
		{"hand-offs, at another event", signals.Pattern{Handoffs: 2}, signals.Event{Kind: signals.Status, To: "Open"}, false},
		{"nothing", signals.Pattern{}, signals.Event{Kind: signals.Said, Text: "hello"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := signals.Policy{Escalate: []signals.Pattern{tt.pattern}}
			why, ok := p.Escalates(moved, &tt.event)
			require.Equal(t, tt.want, ok)
			if ok {
				require.NotEmpty(t, why)
			}
		})
	}
}

// A later policy replaces lists, and never writes into those of an earlier one.
func TestPolicyWith(t *testing.T) {
	base := signals.DefaultPolicy()
	next, err := base.With([]byte(`{"escalate":[{"field":"level","to":["L3"]}],"urgent":["Red"],"modes":{"stall":"live"},"detect":{"orphan":{"after":60000000000},"cord":{"emoji":["bell"]}}}`))
	require.NoError(t, err)
	require.Equal(t, []signals.Pattern{{Field: "level", To: []string{"L3"}}}, next.Escalate, "nothing of the old pattern stays in the new one")
	require.Equal(t, []string{"Red"}, next.Urgent)
	require.Equal(t, base.Waiting, next.Waiting)
	require.Equal(t, signals.Live, next.Modes["cord"])
	require.Equal(t, signals.Live, next.Modes["stall"])
	require.Equal(t, base.Detect.Stall, next.Detect.Stall)
	require.Equal(t, signals.DefaultPolicy(), base)
	none, err := base.With([]byte(`{"urgent":[]}`))
	require.NoError(t, err)
	require.Empty(t, none.Urgent)
	_, err = base.With([]byte(`{"budget":"many"}`))
	require.Error(t, err)
}

// TestChangedSoOften: the pattern counts the changes of a field since a case was
// opened.
func TestChangedSoOften(t *testing.T) {
	for _, tt := range []struct {
		name    string
		pattern signals.Pattern
		values  []string // of the team, one change after the other
		want    int      // at which change it is an escalation for the first time, 0 for never
	}{
		{"three times", signals.Pattern{Field: "Team", Times: 3}, []string{"", "A", "B", "C", "D", "E"}, 3},
		{"through nobody", signals.Pattern{Field: "team", Times: 2}, []string{"A", "", "B", "C"}, 2},
		{"not so often", signals.Pattern{Field: "team", Times: 3}, []string{"A", "B", "C"}, 0},
		{"to one team", signals.Pattern{Field: "team", To: []string{"desk"}, Times: 2}, []string{"Desk", "A", "Desk", "B", "C", "Desk"}, 5},
		{"from one team", signals.Pattern{Field: "team", From: []string{"Desk"}, Times: 2}, []string{"", "Desk", "A", "Desk", "B"}, 4},
		{"no change", signals.Pattern{Field: "team", Times: 2}, []string{"A", "A", "A", "B"}, 0},
		{"another field", signals.Pattern{Field: "status", Times: 1}, []string{"A", "B"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, c, got := signals.Policy{Escalate: []signals.Pattern{tt.pattern}}, &signals.Case{}, 0
			for i := 1; i < len(tt.values); i++ {
				e := &signals.Event{ID: fmt.Sprint(i), Kind: signals.TeamMoved, From: tt.values[i-1], To: tt.values[i], At: time.Unix(int64(i), 0), Seq: signals.Seq{Entry: int64(i)}}
				require.True(t, c.Apply(e))
				why, ok := p.Escalates(c, e)
				if ok && got == 0 {
					got = i
					require.Equal(t, tt.pattern.Field+" changed often", why)
				}
				require.Equal(t, ok, got > 0 && (len(tt.pattern.To) == 0 || e.To == "Desk"))
			}
			require.Equal(t, tt.want, got)
		})
	}
}
