package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlainLists(t *testing.T) {
	l := DefaultLexicon()
	require.Contains(t, l.Phrases(Habit)["every"], []string{"every", "morning"})
	require.Contains(t, l.Phrases(Remedy)["restart"], []string{"restart"})
	require.Empty(t, l.Phrases("ask"), "cues are no plain lists")

	more, err := l.Extend(Habit, []string{"Jeden  Morgen", "-every morning"})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"jeden", "morgen"}}, more.Phrases(Habit)["jeden"])
	require.NotContains(t, more.Phrases(Habit)["every"], []string{"every", "morning"})
	require.Contains(t, l.Phrases(Habit)["every"], []string{"every", "morning"}, "the lexicon that was extended stays as it was")

	_, err = l.Extend("habits", []string{"x"})
	require.ErrorContains(t, err, "unknown")
}
