package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestASnoozeBeforeTheNudgeIsMarked: somebody may answer what stands there
// before it is marked as said, and the clocks of two replicas differ.
func TestASnoozeBeforeTheNudgeIsMarked(t *testing.T) {
	for early, want := range map[time.Duration]int{0: 2, time.Second: 2, 90 * time.Second: 2, 10 * time.Minute: 1} {
		s, c := stepStory(t, nil)
		r := s.record()
		n := r.Nudges[0]
		s.person(signals.Person{ID: n.To, Name: "The first", Accounts: []string{"slack/s/Ufirst", "jira/s/" + n.To}})
		n.At = monday.Add(time.Hour + early) // as the mark has it
		s.says(c, time.Hour, signals.Snoozed, "first", monday.Add(3*time.Hour).Format(time.RFC3339))
		require.Len(t, r.Nudges, want, "%v before the mark", early)
		if want > 1 {
			require.Equal(t, signals.Held, r.Nudges[1].State)
			require.Equal(t, monday.Add(3*time.Hour), r.Nudges[1].Look)
		}
		for _, e := range c.Events() { // heard once more, because of something that was heard late
			s.w.Look(c, e, e.At, monday.Add(90*time.Minute))
		}
		require.Len(t, r.Nudges, want)
		s.later(c, monday.Add(3*time.Hour))
		s.later(c, monday.Add(4*time.Hour))
		for _, e := range c.Events() {
			s.w.Look(c, e, e.At, monday.Add(4*time.Hour))
		}
		require.Len(t, r.Nudges, want, "told again once")
	}
}

// TestWhoIsAwayWhenTheyAreToBeToldAgain: somebody else is asked in their place.
func TestWhoIsAwayWhenTheyAreToBeToldAgain(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	first := r.Nudges[0].To
	s.person(signals.Person{ID: first, Name: "The first", Accounts: []string{"slack/s/Ufirst", "jira/s/" + first}})
	s.says(c, time.Hour, signals.Snoozed, "first", monday.Add(3*time.Hour).Format(time.RFC3339))
	require.Equal(t, []string{first + " received", first + " held"}, s.to(r))
	s.person(signals.Person{ID: first, Name: "The first", Accounts: []string{"slack/s/Ufirst", "jira/s/" + first}, Left: true})
	s.later(c, monday.Add(3*time.Hour))
	require.Len(t, r.Nudges, 3, r.Ledger.Why)
	require.Equal(t, signals.Failed, r.Nudges[1].State)
	require.Equal(t, signals.Sent, r.Nudges[2].State)
	require.NotEqual(t, first, r.Nudges[2].To)
	require.Empty(t, r.Ledger.Died)
}

// TestToldLaterThatItCameBack: who was told long after it came back, for they were
// away, has as much time from then on.
func TestToldLaterThatItCameBack(t *testing.T) {
	s := newStory(t, nil)
	s.wanders("1", monday)
	r := s.w.Book.Records[0]
	n := &signals.Nudge{Signal: r.Signal, To: "bob", Step: 1, State: signals.Received, At: monday.Add(72 * time.Hour), Route: solvedIt + stillThere}
	r.Again = monday.Add(time.Hour)
	end := s.w.passed(r, n, n.At.Add(time.Minute))
	require.Equal(t, signals.Received, n.State)
	require.Equal(t, s.w.Org.Calendar("bob").Add(n.At, s.w.Org.Policy.Patience), end)
	require.Zero(t, s.w.passed(r, n, end))
	require.Equal(t, []string{string(signals.Declined), thereNow}, []string{string(n.State), n.Why})
}
