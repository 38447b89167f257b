package signals_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func TestSees(t *testing.T) {
	member := signals.Viewer{Person: "ann", Groups: map[string]bool{"x": true}}
	for _, tt := range []struct {
		viewer   signals.Viewer
		audience signals.Audience
		want     bool
	}{
		{member, signals.Public, true},
		{member, signals.MembersOf("x"), true},
		{member, signals.MembersOf("y"), false},
		{member, signals.Restricted, false},
		{member, "confidential", false},
		{member, signals.MembersOf(""), false},
		{signals.Viewer{}, signals.Public, true},
		{signals.Everything, signals.Restricted, true},
	} {
		require.Equal(t, tt.want, tt.viewer.Sees(tt.audience), tt.audience)
	}
	require.False(t, signals.Viewer{Groups: map[string]bool{"": true}}.Sees(signals.Restricted), "nobody belongs to no group")
}

func drawViewer(t *rapid.T) signals.Viewer {
	v := signals.Viewer{Person: "ann", Groups: make(map[string]bool)}
	for _, g := range []string{"x", "y", ""} {
		v.Groups[g] = rapid.Bool().Draw(t, "member of "+g)
	}
	v.All = rapid.IntRange(0, 9).Draw(t, "all") == 0
	return v
}

// What a viewer is given is what would be had if the hidden events had never
// been.
func TestCaseFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, v := drawHistory(t, pay1, 1), drawViewer(t)
		c := signals.Fold(slices.Clone(events))
		whole := signals.Fold(slices.Clone(events))
		seen := c.For(v)
		visible := slices.DeleteFunc(slices.Clone(events), func(e *signals.Event) bool { return !v.Sees(e.Audience) })
		want := signals.Fold(visible)
		if len(visible) == 0 {
			want.Key = pay1
		}
		require.Equal(t, want, refolded(seen))
		require.Equal(t, whole, c, "the case itself is left as it is")
		for _, e := range seen.Events() {
			require.True(t, v.Sees(e.Audience))
		}
		for _, p := range seen.Posts {
			require.True(t, v.Sees(p.Event.Audience))
		}
	})
}

// refolded folds a case again from its events, one without events stays.
func refolded(c *signals.Case) *signals.Case {
	if len(c.Events()) == 0 {
		return c
	}
	return signals.Fold(slices.Clone(c.Events()))
}

func TestProblemFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawViewer(t)
		var all, want []*signals.Case
		for i := range rapid.IntRange(1, 3).Draw(t, "cases") {
			events := drawHistory(t, numbered(i+1), 1)
			all = append(all, signals.Fold(slices.Clone(events)))
			visible := slices.DeleteFunc(slices.Clone(events), func(e *signals.Event) bool { return !v.Sees(e.Audience) })
			if len(visible) > 0 {
				want = append(want, signals.Fold(visible))
			}
		}
		p := signals.NewProblem(all...)
		seen := p.For(v)
		require.Equal(t, signals.NewProblem(want...).Cases, seen.Cases)
		if len(want) == 0 {
			require.True(t, seen.ID.IsZero(), "not even the id tells of a hidden problem")
		} else {
			require.NotNil(t, seen.Case(seen.ID))
		}
	})
}

func TestRoomFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawViewer(t)
		room, want := &signals.Room{ID: "slack/T1/C1"}, &signals.Room{ID: "slack/T1/C1"}
		for _, e := range drawHistory(t, signals.SlackThread("T1", "C1", "1"), 1) {
			post := &signals.Post{Event: e, Text: e.Text}
			room.Add(post)
			if v.Sees(e.Audience) {
				want.Add(post)
			}
		}
		n := len(room.Posts)
		seen := room.For(v)
		require.Equal(t, want.Count, seen.Count)
		require.ElementsMatch(t, want.Posts, seen.Posts)
		require.Len(t, room.Posts, n)
	})
}
