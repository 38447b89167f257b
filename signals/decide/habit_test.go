package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSpans(t *testing.T) {
	var s *spans
	require.Zero(t, s.quantile(0.9), "nothing learnt")
	s = &spans{}
	for i := range enough - 1 {
		s.add(time.Duration(i) * time.Minute)
	}
	require.Zero(t, s.quantile(0.9), "too little learnt")
	s.add(1000 * time.Hour)
	require.InDelta(t, 18, s.quantile(0.9).Minutes(), 18*0.3)
	require.InDelta(t, 1000, s.quantile(1).Hours(), 1000*0.3)
	s.add(-time.Hour)
	s.add(1 << 62)
	require.Positive(t, s.quantile(1), "absurd times fall into the last classes")
}

func TestHabitFallsBack(t *testing.T) {
	m := newMemory(Options{})
	require.Zero(t, m.Habit("PAY", "High"))
	all := &habit{closed: 100, held: 30, waits: map[string]*spans{}}
	for range 40 {
		all.answers.add(time.Hour)
	}
	m.habits[""] = all
	m.habits["PAY"] = &habit{closed: 5, held: 5, waits: map[string]*spans{}}
	h := m.Habit("PAY", "High")
	require.Equal(t, 100, h.Closed, "five closed cases of its own are too few")
	require.False(t, h.HoldersNamed())
	require.Positive(t, h.Answer)
	m.habits["PAY"].closed, m.habits["PAY"].held = 40, 40
	h = m.Habit("PAY", "High")
	require.True(t, h.HoldersNamed())
}
