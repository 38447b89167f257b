package signals_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestLedger(t *testing.T) {
	s := &signals.Signal{Detector: "stall", Case: pay1, Occasion: "jira/main/1/4.0"}
	require.Equal(t, "stall|jira/main/1|jira/main/1/4.0", s.Key())
	l := signals.NewLedger(s, monday)
	require.Equal(t, signals.Generated, l.At())
	require.Equal(t, signals.Transmitted, l.Next())

	l.Die(signals.Transmitted, "there is no route", monday.Add(time.Hour))
	l.Die(signals.Transmitted, "the budget is used up", monday.Add(2*time.Hour))
	require.Equal(t, "there is no route", l.Why, "the first reason stands")
	require.Equal(t, monday.Add(time.Hour), l.DiedAt)

	l.Reach(signals.Corrected, monday.Add(3*time.Hour), false)
	require.Empty(t, l.Died, "it came alive again")
	require.Empty(t, l.Why)
	require.True(t, l.DiedAt.IsZero())
	require.Equal(t, signals.Corrected, l.At())
	require.Equal(t, signals.Transmitted, l.Next(), "it was corrected though nobody was told")

	l.Reach(signals.ReceivedBy, monday.Add(4*time.Hour), true)
	require.False(t, l.Reached(signals.ReceivedBy), "it was over by then")
	l.Reach(signals.ReceivedBy, monday.Add(2*time.Hour), true)
	l.Reach(signals.ReceivedBy, monday.Add(time.Hour), false)
	require.Equal(t, monday.Add(2*time.Hour), l.Times[signals.ReceivedBy], "the first time counts")
	require.True(t, l.Proxy[signals.ReceivedBy])
	l.Die(signals.Corrected, "too late to die", monday)
	require.Empty(t, l.Died)
	l.Reach(signals.Transmitted, monday.Add(4*time.Hour), false)
	require.True(t, l.Reached(signals.Transmitted), "that it was said is a fact")
	for _, st := range signals.Stages {
		l.Reach(st, monday, false)
	}
	require.Empty(t, l.Next())
	require.Equal(t, signals.ConfirmedBy, l.At())
}

func TestNudgeKey(t *testing.T) {
	n := &signals.Nudge{Signal: &signals.Signal{Detector: "stall", Case: pay1, Occasion: "e"}, Step: 2, To: "bob"}
	require.Equal(t, "stall|jira/main/1|e|2|bob", n.Key())
}
