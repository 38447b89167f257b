package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

func TestSnooze(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	r, n := s.only()
	s.person(signals.Person{ID: "bob", Zone: "Europe/Berlin", Accounts: []string{"jira/s/bob", "slack/s/UBOB"}})
	until := monday.Add(35 * time.Hour) // at night in Berlin
	s.says(c, time.Hour, signals.Snoozed, "BOB", stamp(monday.Add(3*time.Hour)))
	s.says(c, 2*time.Hour, signals.Snoozed, "BOB", stamp(until))
	require.Len(t, r.Nudges, 2, "the second takes the place of the first")
	again := r.Nudges[1]
	require.Equal(t, signals.Received, n.State)
	require.Equal(t, "the person asked to be told again", n.Why)
	require.Equal(t, signals.Held, again.State)
	require.Equal(t, "snoozed until Tue 3 Mar 22:00", again.Why)
	require.Equal(t, until, again.Look)
	require.True(t, r.Ledger.Reached(signals.ReceivedBy))
	require.False(t, r.Ledger.Reached(signals.ReactedTo))
	s.later(c, monday.Add(30*time.Hour))
	require.Equal(t, signals.Held, again.State)
	s.later(c, until)
	require.Equal(t, signals.Sent, again.State, again.Why)
	require.Equal(t, "bob", again.To)
	require.Zero(t, s.w.Book.on("bob", until), "it was asked for")
	s.says(c, 36*time.Hour, signals.Snoozed, "BOB", stamp(monday.Add(50*time.Hour)))
	require.Len(t, r.Nudges, 3, "and once more")
	s.later(c, monday.Add(51*time.Hour))
	require.Equal(t, signals.Sent, r.Nudges[2].State, "no repeat interval for what was asked for")
}

func TestSnoozeIsOvertaken(t *testing.T) {
	for name, e := range map[string]signals.Event{
		"solved":  {Kind: signals.Closed, Actor: "jira/s/cat"},
		"reacted": {Kind: signals.Status, From: "Open", To: "Doing", Actor: "jira/s/cat"},
		"useless": {Kind: signals.Useless, Actor: "slack/s/UBOB", Field: "noise"},
	} {
		s := newStory(t, nil)
		c := s.wanders("1", monday)
		s.says(c, time.Hour, signals.Snoozed, "BOB", stamp(monday.Add(5*time.Hour)))
		s.happens(c.Key, monday.Add(2*time.Hour), e)
		s.later(c, monday.Add(6*time.Hour))
		r := s.record()
		require.Equal(t, signals.Superseded, r.Nudges[1].State, name)
	}
}

// TestALongSnoozeIsNotHeldTooLong: whoever asks for next week gets next week, and
// somebody who is away then does not.
func TestALongSnooze(t *testing.T) {
	for _, away := range []bool{false, true} {
		s, c := stepStory(t, nil)
		r := s.record()
		until := monday.Add(10 * 24 * time.Hour)
		s.says(c, time.Hour, signals.Snoozed, bare(r.Nudges[0].To), stamp(until))
		if away {
			s.org(signals.Event{Kind: signals.AwaySet, To: r.Nudges[0].To, At: monday, Text: stamp(until.Add(time.Hour))})
		}
		s.later(c, until)
		if away {
			require.Equal(t, signals.Failed, r.Nudges[1].State)
			require.Contains(t, r.Nudges[1].Why, "is away")
			require.Len(t, r.Nudges, 3, "somebody else is asked")
		} else {
			require.Len(t, r.Nudges, 2)
			require.Equal(t, signals.Sent, r.Nudges[1].State)
		}
	}
}

// TestAnUnansweredReminderGoesSideways: being told again is no further person.
func TestAnUnansweredReminderGoesSideways(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	s.says(c, time.Hour, signals.Snoozed, bare(r.Nudges[0].To), stamp(monday.Add(2*time.Hour)))
	s.later(c, monday.Add(2*time.Hour))
	require.Equal(t, signals.Sent, r.Nudges[1].State)
	s.later(c, monday.Add(30*time.Hour))
	require.Equal(t, signals.Ignored, r.Nudges[1].State)
	require.Len(t, r.Nudges, 3)
	require.NotEqual(t, r.Nudges[0].To, r.Nudges[2].To)
	require.Equal(t, 2, s.w.asked(r))
}

func TestWhatWasNotToldIsNotSnoozed(t *testing.T) {
	s := newStory(t, func(p *signals.Policy) { p.Mode = signals.Shadow })
	c := s.wanders("1", monday)
	s.says(c, time.Hour, signals.Snoozed, "BOB", stamp(monday.Add(5*time.Hour)))
	s.says(c, time.Hour, signals.Snoozed, "CAT", stamp(monday.Add(5*time.Hour)))
	s.says(c, time.Hour, signals.Snoozed, "BOB", "later")
	r, n := s.only()
	require.Equal(t, signals.Shadowed, n.State)
	require.Equal(t, signals.Transmitted, r.Ledger.Died)
}

func TestUseless(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	n := r.Nudges[0]
	who := "slack/s/U" + bare(n.To)
	s.happens(c.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Useless, Actor: who, Field: "noise", Ref: "another|nudge"})
	require.Equal(t, signals.Sent, n.State, "that was about another nudge")
	s.happens(c.Key, monday.Add(2*time.Hour), signals.Event{Kind: signals.Useless, Actor: who, Field: "noise", Ref: n.Key()})
	require.Equal(t, signals.Declined, n.State)
	require.Equal(t, "the person said that it was not useful (noise)", n.Why)
	require.Equal(t, signals.ReactedTo, r.Ledger.Died)
	require.Equal(t, "who was asked said that it was not useful", r.Ledger.Why)
	s.says(c, 3*time.Hour, signals.Snoozed, bare(n.To), stamp(monday.Add(5*time.Hour)))
	s.later(c, monday.Add(100*time.Hour))
	require.Len(t, r.Nudges, 1, "no reminder and no next step")
	s.happens(c.Key, monday.Add(101*time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/fay"})
	require.Empty(t, r.Ledger.Died, "it was solved all the same")
}

func TestApproved(t *testing.T) {
	for _, word := range []string{"", "no"} {
		s := newStory(t, func(p *signals.Policy) { p.Mode = signals.Ask })
		c := s.wanders("1", night)
		r, n := s.only()
		require.Equal(t, signals.Proposed, n.State)
		s.happens(c.Key, night.Add(time.Hour), signals.Event{Kind: signals.Approved, Actor: "slack/s/UADM", Field: word, Ref: n.Key()})
		if word == "no" {
			require.Equal(t, signals.Superseded, n.State)
			require.Contains(t, n.Why, "not to be sent")
			require.Equal(t, signals.Transmitted, r.Ledger.Died)
			continue
		}
		require.Equal(t, signals.Held, n.State, "approved, and it is night")
		s.later(c, n.Look)
		require.Equal(t, signals.Sent, n.State, n.Why)
		s.says(c, 30*time.Hour, signals.Snoozed, "BOB", stamp(monday.Add(40*time.Hour)))
		s.later(c, monday.Add(40*time.Hour))
		require.Equal(t, signals.Sent, r.Nudges[1].State, "a reminder needs no further approval")
	}
}

func TestSilences(t *testing.T) {
	long := monday.Add(20 * 24 * time.Hour)
	for _, tt := range []struct {
		name  string
		mute  signals.Event
		want  signals.State
		why   string
		after time.Duration
		then  signals.State
	}{
		{"for everybody", signals.Event{To: stamp(monday.Add(4 * time.Hour))}, signals.Held, "silenced until Mon 2 Mar 14:00", 4 * time.Hour, signals.Sent},
		{"a detector", signals.Event{Field: "long_path", To: stamp(monday.Add(4 * time.Hour))}, signals.Held, "long_path is silenced until", 4 * time.Hour, signals.Sent},
		{"another detector", signals.Event{Field: "stall", To: stamp(long)}, signals.Sent, "", 0, signals.Sent},
		{"planned", signals.Event{From: stamp(monday.Add(time.Hour)), To: stamp(long)}, signals.Sent, "", 0, signals.Sent},
		{"all of one's own", signals.Event{Actor: "slack/s/UBOB", To: stamp(monday.Add(4 * time.Hour))}, signals.Held, "muted until", 4 * time.Hour, signals.Sent},
		{"too long", signals.Event{To: stamp(long)}, signals.Held, "silenced until Sun 22 Mar 10:00", 121 * time.Hour, signals.Superseded},
		{"another project", signals.Event{Ref: "OPS", To: stamp(long)}, signals.Sent, "", 0, signals.Sent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(t, nil)
			tt.mute.Kind, tt.mute.At = signals.Muted, monday.Add(-time.Hour)
			s.org(tt.mute)
			c := s.wanders("1", monday)
			_, n := s.only()
			require.Equal(t, tt.want, n.State, n.Why)
			if tt.why != "" {
				require.Contains(t, n.Why, tt.why)
			}
			s.later(c, monday.Add(tt.after))
			require.Equal(t, tt.then, n.State, n.Why)
			if tt.then == signals.Superseded {
				require.Contains(t, n.Why, "silenced until", "the silence is the reason")
			}
		})
	}
}
