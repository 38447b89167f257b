package bot

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pathed is a way through teams, some hours at each.
func pathed(name string, from time.Time, each time.Duration, detour int, route []string, teams ...string) pathWalk {
	w := pathWalk{Name: name, Route: route, Detour: detour}
	for i, team := range teams {
		s := pathStay{Team: team, Since: from.Add(time.Duration(i) * each)}
		if i < len(teams)-1 {
			s.Until = s.Since.Add(each)
		}
		s.Beside = route != nil && team != teams[0]
		for _, r := range route {
			s.Beside = s.Beside && team != r
		}
		w.Stays = append(w.Stays, s)
	}
	return w
}

func everyTeam(string) bool { return true }

func TestPathSums(t *testing.T) {
	week := weekSpan{digestMonday, digestMonday.AddDate(0, 0, 7)}
	walks := []pathWalk{
		pathed("PAY-1", digestMonday, 10*time.Hour, 2, []string{"Web", "Data"}, "Web", "Ops", "Pay", "Data"),
		pathed("PAY-2", digestMonday, time.Hour, 2, []string{"Web"}, "Web", "Ops", "Web", "Ops", "Web"),
		pathed("PAY-3", digestMonday.Add(-5*time.Hour), 10*time.Hour, 1, []string{"Web", "Data"}, "Web", "Ops", "Data"),
		pathed("PAY-4", digestMonday.AddDate(0, 0, -14), time.Hour, 3, []string{"Web"}, "Web", "Ops", "Pay", "Web"),
		pathed("PAY-5", digestMonday, time.Hour, 0, nil, "Web", "Ops"),
	}
	got := sumPaths(walks, week, everyTeam)
	require.Equal(t, 3+4+2+1, got.Handoffs)
	var names []string
	for _, w := range got.Longest {
		names = append(names, w.Name)
	}
	require.Equal(t, []string{"PAY-2", "PAY-1", "PAY-3"}, names, "with a detour, in the week")
	require.Equal(t, []teamSum{{"Ops", 22 * time.Hour, 3}, {"Pay", 10 * time.Hour, 1}}, got.Hours)
	require.Equal(t, 32*time.Hour, got.Beside)
	require.Equal(t, []pairSum{{"Ops", "Web", 2, 5}}, got.Pairs, "to and fro")
	require.False(t, got.Small)

	got = sumPaths(walks, week, func(team string) bool { return team != "Ops" })
	require.Equal(t, []teamSum{{"Pay", 10 * time.Hour, 1}}, got.Hours)
	require.Empty(t, got.Pairs)
	require.True(t, got.Small)
	require.Equal(t, 10, got.Handoffs, "that there were so many is nobody's figure")
}

// TestASolvedCaseWaitsNoMore: waiting ends with the case.
func TestASolvedCaseWaitsNoMore(t *testing.T) {
	w := pathed("PAY-1", digestMonday, time.Hour, 1, []string{"Web", "Data"}, "Web", "Data", "Ops")
	w.Ended = digestMonday.Add(5 * time.Hour)
	got := sumPaths([]pathWalk{w}, weekSpan{digestMonday, digestMonday.AddDate(0, 0, 7)}, everyTeam)
	require.Equal(t, []teamSum{{"Ops", 3 * time.Hour, 1}}, got.Hours)
}

// TestHoursOfWeeksAddUp: what was waited is counted once, however the time is cut
// into weeks.
func TestHoursOfWeeksAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var walks []pathWalk
		for i := range rapid.IntRange(0, 8).Draw(t, "walks") {
			teams := rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "C", "D"}), 1, 6).Draw(t, "teams")
			each := time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour
			w := pathed(fmt.Sprint(i), digestMonday.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "since"))*time.Hour), each, 1, []string{teams[0]}, teams...)
			walks = append(walks, w)
		}
		whole := weekSpan{digestMonday, digestMonday.AddDate(0, 0, 7*8)}
		var hours time.Duration
		handoffs := 0
		for i := range 8 {
			from := digestMonday.AddDate(0, 0, 7*i)
			got := sumPaths(walks, weekSpan{from, from.AddDate(0, 0, 7)}, everyTeam)
			hours += got.Beside
			handoffs += got.Handoffs
			require.LessOrEqual(t, got.Beside, time.Duration(len(walks))*7*24*time.Hour)
		}
		got := sumPaths(walks, whole, everyTeam)
		require.Equal(t, got.Beside, hours)
		require.Equal(t, got.Handoffs, handoffs)
	})
}
