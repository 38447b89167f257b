package risk

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// learn lets a model see issues that are raised in priority and closed.
func learn(t *testing.T, audience signals.Audience) Prediction {
	m, p := New(4), signals.DefaultPolicy()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range 50 {
		c := &signals.Case{}
		for j, e := range []signals.Event{{Kind: signals.Opened}, {Kind: signals.Priority, From: "Low", To: "High"}, {Kind: signals.Closed}} {
			e.Case = signals.Key{Source: signals.Jira, Site: "s", ID: strconv.Itoa(i)}
			e.ID, e.Seq.Entry, e.At, e.Audience = e.Case.String()+strconv.Itoa(j), int64(j), at.Add(time.Duration(j)*time.Hour), audience
			require.True(t, c.Apply(&e))
			m.Observe(c, &e, &p)
		}
	}
	fresh := &signals.Case{}
	require.True(t, fresh.Apply(&signals.Event{ID: "jira/s/x/0", Case: signals.Key{Source: signals.Jira, Site: "s", ID: "x"}, Kind: signals.Opened, At: at, Audience: signals.Public}))
	return m.Predict(fresh)
}

func TestLearnsFromWhatEverybodySees(t *testing.T) {
	require.Greater(t, learn(t, signals.Public)[0], 0.5)
	require.Zero(t, learn(t, signals.MembersOf("jira/s/sec"))[0], "what is hidden teaches nothing")
}

// TestWhatComesAfterAReopeningIsCertain: a case that was closed in good order
// and wanders afterwards has wandered.
func TestWhatComesAfterAReopeningIsCertain(t *testing.T) {
	m, p := New(4), signals.DefaultPolicy()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := &signals.Case{}
	for i, e := range []signals.Event{
		{Kind: signals.Opened, Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}}}, {Kind: signals.Closed}, {Kind: signals.Reopened},
		{Kind: signals.TeamMoved, From: "A", To: "B"}, {Kind: signals.TeamMoved, From: "B", To: "A"},
	} {
		e.Case = signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
		e.ID, e.Seq.Entry, e.At, e.Audience = e.Case.String()+strconv.Itoa(i), int64(i), at.Add(time.Duration(i)*time.Hour), signals.Public
		require.True(t, c.Apply(&e))
		m.Observe(c, &e, &p)
	}
	require.InDelta(t, 1, m.Predict(c)[2], 0)
}
