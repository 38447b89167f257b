package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFamilies(t *testing.T) {
	l := DefaultLexicon()
	crash := AddWord(NoWords, "Crash")
	require.Equal(t, []string{"breaks"}, named(l.Families()[crash]))
	require.Equal(t, []string{"how"}, named(l.Families()[AddWord(AddWord(NoWords, "how"), "to")]))
	require.Less(t, len(FaultFamilies), 64, "a set of families is one word of bits")

	more, err := l.Extend(Fault, []string{"breaks: abgestürzt", "-breaks: crash"})
	require.NoError(t, err)
	require.Equal(t, []string{"breaks"}, named(more.Families()[AddWord(NoWords, "abgestürzt")]))
	require.Empty(t, named(more.Families()[crash]))
	require.Equal(t, []string{"breaks"}, named(l.Families()[crash]), "the lexicon that was extended stays as it was")

	empty, err := l.Extend(Fault, []string{"-*"})
	require.NoError(t, err)
	require.Empty(t, empty.Families())
	for _, line := range []string{"crash", "nonsense: crash", "breaks: it has come to a halt", "breaks:"} {
		_, err := l.Extend(Fault, []string{line})
		require.ErrorContains(t, err, "fault", line)
	}
}

func named(set uint64) (out []string) {
	for i, f := range FaultFamilies {
		if set>>i&1 == 1 {
			out = append(out, f)
		}
	}
	return out
}
