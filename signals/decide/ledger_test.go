package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestAWholeEntryCounts: an entry that closes an issue and then sets another
// field is a closing.
func TestAWholeEntryCounts(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	var last *signals.Event
	for i, e := range []signals.Event{{Kind: signals.Closed, To: "Fixed"}, {Kind: signals.Edited, Field: "Fix version", To: "2"}} {
		e.ID, e.Case, e.Actor, e.At, e.Audience = "jira/s/1/close"+string(rune('0'+i)), c.Key, "jira/s/bob", monday.Add(time.Hour), signals.Public
		e.Seq = signals.Seq{Entry: 1000, Item: int32(i)}
		last = &e
		take(t, s.w, last)
	}
	s.w.Look(c, last, last.At, last.At)
	r, n := s.only()
	require.True(t, r.Ledger.Reached(signals.Corrected))
	require.Equal(t, signals.Acted, n.State)
}

// TestTheOtherCaseIsWoken: a signal is solved in another case of its problem;
// its own case is looked at again when its watch is over.
func TestTheOtherCaseIsWoken(t *testing.T) {
	s := newStory(t, nil)
	a := s.wanders("1", monday)
	r, _ := s.only()
	s.later(a, monday.Add(72*time.Hour)) // ignored: nothing more is to come
	s.happens(issue("2"), monday.Add(73*time.Hour), signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "y"})
	s.happens(issue("2"), monday.Add(74*time.Hour), signals.Event{Kind: signals.Linked, Field: "Duplicate", Ref: issue("1").String()})
	at := monday.Add(75 * time.Hour)
	b := take(t, s.w, &signals.Event{ID: "jira/s/2/closed", Case: issue("2"), Seq: signals.Seq{Entry: 5000}, Kind: signals.Closed, Actor: "jira/s/cat", At: at, Audience: signals.Public})
	l := s.w.Look(b, b.Events()[len(b.Events())-1], at, at)
	require.True(t, r.Ledger.Reached(signals.Corrected))
	require.Equal(t, []Wake{{Case: issue("1"), At: at.Add(s.w.Org.Policy.Watch)}}, l.Also)
}

// TestTheWatchBeginsAnewWithAReopening: a signal does not die of a term that ran
// out while its problem was solved.
func TestTheWatchBeginsAnewWithAReopening(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	r, _ := s.only()
	day := 24 * time.Hour
	s.happens(c.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Status, From: "Open", To: "Doing", Actor: "jira/s/bob"})
	s.happens(c.Key, monday.Add(10*day), signals.Event{Kind: signals.Closed, Actor: "jira/s/bob"})
	s.happens(c.Key, monday.Add(20*day), signals.Event{Kind: signals.Reopened, Actor: "jira/s/ann"})
	require.Empty(t, r.Ledger.Died)
	s.later(c, monday.Add(34*day))
	require.Equal(t, signals.Corrected, r.Ledger.Died)
	require.Equal(t, monday.Add(34*day), r.Ledger.DiedAt)
	require.Contains(t, r.Ledger.Why, "came back")
}

func TestARefusalIsSaid(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	r, n := s.only()
	s.happens(c.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Refused, Actor: "slack/s/UBOB"})
	require.Equal(t, signals.Declined, n.State)
	require.True(t, r.Ledger.Reached(signals.ReceivedBy))
	require.Equal(t, signals.ReactedTo, r.Ledger.Died)
	s.happens(c.Key, monday.Add(2*time.Hour), signals.Event{Kind: signals.Claimed, Actor: "slack/s/UCAT"})
	require.Empty(t, r.Ledger.Died, "somebody else took it")
}

// TestProgramsDoNotReact: what a program does to a case is no reaction, and the
// one who asked does not answer themselves in another case of the problem.
func TestProgramsDoNotReact(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	r, _ := s.only()
	s.happens(c.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Status, From: "Open", To: "Stale", Actor: "jira/s/bot:sweeper"})
	require.False(t, r.Ledger.Reached(signals.ReactedTo))
	s.happens(issue("2"), monday.Add(2*time.Hour), signals.Event{Kind: signals.Opened, Actor: "jira/s/cat", Text: "y"})
	s.happens(issue("2"), monday.Add(2*time.Hour), signals.Event{Kind: signals.Linked, Field: "Duplicate", Ref: issue("1").String(), Actor: "jira/s/bot:sweeper"})
	s.happens(issue("2"), monday.Add(3*time.Hour), signals.Event{Kind: signals.Said, Actor: "jira/s/ann", Text: "is there any news on this?"})
	require.False(t, r.Ledger.Reached(signals.ReactedTo), "ann raised the first case")
}

// TestALearntOccasionIsNotSaid: what began in learnt history is entered, not said.
func TestALearntOccasionIsNotSaid(t *testing.T) {
	s := newStory(t, nil)
	key := issue("1")
	for i, team := range []string{"A", "B", "C", "D"} {
		e := &signals.Event{ID: key.String() + "/" + team, Case: key, Seq: signals.Seq{Entry: int64(i + 1)}, Kind: signals.TeamMoved, To: team, At: monday.Add(time.Duration(i) * time.Hour), Audience: signals.Public}
		c := take(t, s.w, e)
		s.w.Learnt(e)
		if i == 3 {
			s.w.Look(c, e, e.At, e.At)
		}
	}
	_, n := s.only()
	require.Equal(t, signals.Superseded, n.State)
	require.Contains(t, n.Why, "learnt")
}
