package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
	"andon/store/storetest"
)

// TestWhoAnsweredIsNotToldOfIt lets the very person whom a message is for answer
// in the case while nobody is connected who could say it.
func TestWhoAnsweredIsNotToldOfIt(t *testing.T) {
	for name, said := range map[string]bool{"they answered": true, "nothing happened": false} {
		t.Run(name, func(t *testing.T) {
			s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
			s.accept(staff()...)
			send := s.h.Send
			s.h.Send = nil
			s.accept(pingpong("7", tuesday.Add(-10*time.Minute))...)
			s.drain()
			message := underWay(t, s)
			n := s.nudge("7", message)
			s.clock.set(tuesday.Add(2 * time.Minute))
			if said {
				s.accept(&signals.Event{
					ID: "x", Case: jiraKey("7"), Kind: signals.Said, Actor: "jira/jira/" + n.To, Text: "I look into it", At: tuesday.Add(time.Minute), Seq: signals.Seq{Entry: 9}, Audience: signals.Public,
				})
				s.drain()
				require.Equal(t, signals.Received, s.nudge("7", message).State)
			}
			s.h.Send = send
			s.until(tuesday.Add(10*time.Minute), true)
			s.drain()
			if !said {
				require.Equal(t, 1, s.mouth.said[message])
				return
			}
			require.Zero(t, s.mouth.said[message], "they answered before it could be said")
			require.Equal(t, signals.Received, s.nudge("7", message).State, "what they did stays in the book")
			out, ok, err := s.db.Message(t.Context(), message)
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, signals.Superseded, out.State, out.Why)
		})
	}
}

// deafMouth posts, and its first answer is lost.
type deafMouth struct {
	*mouth
	lost bool
	at   signals.Copy
}

func (m *deafMouth) Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error) {
	at, err := m.mouth.Post(ctx, target, card)
	if !m.lost {
		m.lost, m.at = true, at
		return signals.Copy{}, unclear{errors.New("the answer was lost")}
	}
	return at, err
}

func (m *deafMouth) Find(context.Context, string, string, time.Time) ([]signals.Copy, error) {
	return []signals.Copy{m.at}, nil
}

type unclear struct{ error }

func (unclear) IsAmbiguous() bool { return true }

// TestARefusalBeforeTheMarkEndsIt lets the only person who can be asked refuse a
// message that stands in Slack before its answer arrived here: the story of the
// signal ends, and the late mark does not bring it back to life.
func TestARefusalBeforeTheMarkEndsIt(t *testing.T) {
	policy := signals.DefaultPolicy()
	policy.Steps = 0
	s := newStepper(t, storetest.SQLite(t), tuesday, policy, nil)
	s.accept(staff()...)
	deaf := &deafMouth{mouth: s.mouth}
	s.conf.Poster = deaf
	s.start()
	s.accept(pingpong("7", tuesday.Add(-10*time.Minute))...)
	s.drain()
	message := underWay(t, s)
	n := s.nudge("7", message)
	require.Equal(t, 1, s.mouth.said[message])
	s.clock.set(tuesday.Add(20 * time.Second))
	s.accept(&signals.Event{ID: "andon/pressed/1", Case: jiraKey("7"), Kind: signals.Refused, Actor: n.To, At: tuesday.Add(20 * time.Second), Seq: signals.Seq{Entry: 9}, Audience: signals.Public})
	s.drain()
	ledger := func() *signals.Ledger {
		records, err := s.db.RecordsOf(t.Context(), n.Key())
		require.NoError(t, err)
		require.Len(t, records, 1)
		return records[0].Ledger
	}
	require.Equal(t, signals.Declined, s.nudge("7", message).State)
	why := ledger().Why
	require.NotEmpty(t, why)
	s.clock.set(tuesday.Add(time.Hour))
	s.drain()
	require.Equal(t, 1, s.mouth.said[message], "it was found and not said twice")
	require.True(t, ledger().Reached(signals.Transmitted))
	require.Equal(t, why, ledger().Why, "it has ended")
	require.Equal(t, signals.ReactedTo, ledger().Died)
}
