package main

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store/storetest"
)

func jiraKey(id string) signals.Key { return signals.Key{Source: signals.Jira, Site: "jira", ID: id} }

// happened is history entry n of an issue.
func happened(id string, n int64, kind signals.Kind, at time.Time) *signals.Event {
	k := jiraKey(id)
	return &signals.Event{ID: fmt.Sprintf("%s/%d.0", k, n), Case: k, Kind: kind, Actor: "jira/jira/ann", At: at, Seq: signals.Seq{Entry: n}, Audience: signals.Public}
}

// said lists the nudges of issues that were said.
func (s *stepper) said(ids ...string) (out []*signals.Nudge) {
	for _, n := range s.nudges(ids...) {
		if n.State == signals.Sent {
			out = append(out, n)
		}
	}
	return out
}

// TestAClockAheadKeepsOurHours lets what happens bear times of the future: at
// night it waits for the morning.
func TestAClockAheadKeepsOurHours(t *testing.T) {
	night := time.Date(2026, 3, 3, 3, 0, 0, 0, time.UTC)
	for _, ahead := range []time.Duration{0, 7 * time.Hour, 365 * 24 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			s := newStepper(t, storetest.SQLite(t), night, signals.DefaultPolicy(), nil)
			s.accept(staff()...)
			s.accept(pingpong("1", night.Add(ahead-10*time.Minute))...)
			s.drain()
			require.Empty(t, s.mouth.said)
			require.Positive(t, states(s.nudges("1"))[signals.Held])
		})
	}
}

// TestAClockAheadKeepsTheBudget lets each issue of a day bear times of another
// day: one person hears as much as on any day.
func TestAClockAheadKeepsTheBudget(t *testing.T) {
	s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
	s.accept(staff()...)
	heard := make(map[string]map[string]bool) // messages: nudges of one may be several
	for i := range 7 {
		id := fmt.Sprint(10 + i)
		s.clock.set(tuesday.Add(time.Duration(i) * time.Hour))
		s.accept(pingpong(id, s.clock.now().Add(time.Duration(i)*7*24*time.Hour))...)
		s.drain()
		for _, n := range s.said(id) {
			if heard[n.To] == nil {
				heard[n.To] = make(map[string]bool)
			}
			heard[n.To][n.Message] = true
		}
	}
	require.NotEmpty(t, heard)
	for who, messages := range heard {
		require.LessOrEqual(t, len(messages), s.conf.Policy.Budget, who)
	}
}

// TestAReplicaThatIsBehindJudgesNoPrefixAsLast lets one replica judge the end of
// a case, and another one, which did not follow yet, what was heard late of it.
func TestAReplicaThatIsBehindJudgesNoPrefixAsLast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := newStepper(t, url, tuesday, signals.DefaultPolicy(), nil)
		s.accept(staff()...)
		behind, err := bot.New(s.conf)
		require.NoError(t, err)
		require.NoError(t, behind.Start(t.Context()))
		all := pingpong("7", tuesday.Add(-10*time.Minute))
		s.accept(append(all[:2:2], happened("7", 9, signals.Closed, tuesday.Add(-time.Minute)))...)
		s.drain()
		s.accept(all[2:]...)
		s.h.Look = behind.Look
		s.drain()
		require.NotEmpty(t, s.nudges("7"))
		require.Empty(t, s.mouth.said, "the issue is closed")
	})
}

// TestWhatWasOvertakenIsNotSaid lets messages wait while nobody is connected who
// could say them.
func TestWhatWasOvertakenIsNotSaid(t *testing.T) {
	soon := tuesday.Add(time.Minute)
	for _, c := range []struct {
		name string
		then *signals.Event
		wait time.Duration
		why  string // "" where it is said
	}{
		{"nothing happened", nil, time.Hour, ""},
		{"it cannot be said for long", nil, signals.DefaultPolicy().HeldFor + time.Hour, "it could not be said for"},
		{"it was closed", happened("7", 9, signals.Closed, soon), time.Hour, "solved"},
		{"it was answered", &signals.Event{ID: "x", Case: jiraKey("7"), Kind: signals.Said, Actor: "jira/jira/dan", Text: "I look into it", At: soon, Seq: signals.Seq{Entry: 9}, Audience: signals.Public}, time.Hour, "somebody reacted"},
		{"it was deleted", happened("7", 9, signals.Deleted, soon), time.Hour, "deleted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
			s.accept(staff()...)
			send := s.h.Send
			s.h.Send = nil
			s.accept(pingpong("7", tuesday.Add(-10*time.Minute))...)
			s.drain()
			message := underWay(t, s)
			s.clock.set(soon.Add(time.Minute))
			if c.then != nil {
				s.accept(c.then)
				s.drain()
			}
			s.until(tuesday.Add(c.wait), true)
			s.h.Send = send
			s.drain()
			n := s.nudge("7", message)
			if c.why == "" {
				require.Equal(t, signals.Sent, n.State, n.Why)
				require.Equal(t, 1, s.mouth.said[message])
				return
			}
			require.Zero(t, s.mouth.said[message])
			require.Equal(t, signals.Superseded, n.State, n.Why)
			require.Contains(t, n.Why, c.why)
		})
	}
}

// underWay is the message that waits to be said about issue 7.
func underWay(t *testing.T, s *stepper) string {
	for _, n := range s.nudges("7") {
		if n.State == signals.Sending {
			return n.Message
		}
	}
	require.Fail(t, "nothing is to be said")
	return ""
}

// nudge is the one about an issue that a message carries.
func (s *stepper) nudge(id, message string) *signals.Nudge {
	for _, n := range s.nudges(id) {
		if n.Message == message {
			return n
		}
	}
	require.Fail(s.t, "no nudge is in message "+message)
	return nil
}

// TestNobodyIgnoresWhatWasNotSaid lets a message be said days after it was
// decided: the patience begins then.
func TestNobodyIgnoresWhatWasNotSaid(t *testing.T) {
	s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
	s.accept(staff()...)
	send := s.h.Send
	s.h.Send = nil
	s.accept(pingpong("7", tuesday.Add(-10*time.Minute))...)
	s.drain()
	message := underWay(t, s)
	s.until(tuesday.Add(3*24*time.Hour), true)
	s.h.Send = send
	s.drain()
	for _, c := range []struct {
		wait time.Duration
		want signals.State
	}{{0, signals.Sent}, {s.conf.Policy.Patience / 4, signals.Sent}, {4 * 24 * time.Hour, signals.Ignored}} {
		s.until(tuesday.Add(3*24*time.Hour+c.wait), true)
		require.Equal(t, c.want, s.nudge("7", message).State, c.wait)
	}
}

// TestALateEventUndoesNoNewerCorrection lets another issue of the problem be
// closed, and then hears of something that happened before.
func TestALateEventUndoesNoNewerCorrection(t *testing.T) {
	s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
	s.accept(staff()...)
	other := happened("8", 0, signals.Opened, tuesday.Add(-59*time.Minute))
	other.Set = []signals.Value{{Field: signals.FieldLabel, To: "PAY-8"}, {Field: signals.FieldProject, To: "PAY"}}
	link := happened("8", 1, signals.Linked, tuesday.Add(-58*time.Minute))
	link.Field, link.Ref = "duplicates", jiraKey("7").String()
	s.accept(append(pingpong("7", tuesday.Add(-time.Hour)), other, link)...)
	s.drain()
	s.accept(happened("7", 20, signals.Closed, tuesday.Add(-30*time.Minute)), happened("7", 21, signals.Reopened, tuesday.Add(-20*time.Minute)))
	s.drain()
	s.accept(happened("8", 22, signals.Closed, tuesday.Add(-10*time.Minute)))
	s.drain()
	corrected := func() (n int) {
		records, err := s.db.Records(t.Context(), jiraKey("7"))
		require.NoError(t, err)
		for _, r := range records {
			if r.Ledger.Reached(signals.Corrected) {
				n++
			}
		}
		return n
	}
	before := corrected()
	require.Positive(t, before)
	late := happened("7", 19, signals.Said, tuesday.Add(-25*time.Minute))
	late.Text = "seen on two more accounts"
	s.accept(late)
	s.drain()
	require.Equal(t, before, corrected())
}

// TestALongCaseCostsItsLength lets the models be ahead of a case that is judged
// step by step: what a step takes does not grow with the case.
func TestALongCaseCostsItsLength(t *testing.T) {
	perEvent := func(n int) uint64 {
		s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
		events := pingpong("7", tuesday.Add(-20*time.Hour))
		for i := range n {
			e := happened("7", int64(100+i), signals.Said, tuesday.Add(-20*time.Hour+time.Duration(i+10)*time.Second))
			e.Actor, e.Text = fmt.Sprintf("jira/jira/u%d", i%5), fmt.Sprintf("still looking at the invoices, nothing new here %d", i)
			events = append(events, e)
		}
		s.accept(events...)
		require.NoError(t, s.bot.Follow(t.Context()))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.NoError(t, s.bot.Look(t.Context(), events[0].Case))
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / uint64(n)
	}
	short, long := perEvent(1000), perEvent(10_000)
	require.Less(t, long, 3*short, "bytes per event of a case of 10,000, and of 1,000")
}
