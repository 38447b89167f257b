package signals

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"team", "team", 0}, {"taem", "team", 1}, {"tem", "team", 1}, {"teams", "team", 1},
		{"level", "lebel", 1}, {"kitten", "sitting", 3}, {"größe", "grosse", 3}, {"straße", "strasse", 2}, {"stauts", "status", 1}, {"ab", "ba", 1},
	} {
		require.Equal(t, c.want, Distance(c.a, c.b), "%q %q", c.a, c.b)
		require.Equal(t, c.want, Distance(c.b, c.a))
	}
	require.Equal(t, 3, Distance(strings.Repeat("a", 50), strings.Repeat("a", 53)))
	word := rapid.StringMatching(`[a-d]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		require.Equal(t, a == b, Distance(a, b) == 0)
		require.Equal(t, Distance(a, b), Distance(b, a))
		require.LessOrEqual(t, Distance(a, b), max(len(a), len(b)))
		require.LessOrEqual(t, max(len(a), len(b))-min(len(a), len(b)), Distance(a, b))
	})
}

func TestFiguresInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 minutes", time.Minute: "1 minute", 89 * time.Minute: "89 minutes", 90 * time.Minute: "2 hours", 2 * time.Hour: "2 hours", 36 * time.Hour: "2 days", 50 * time.Hour: "2 days"} {
		require.Equal(t, want, Lasted(d))
	}
	require.Equal(t, "1 issue", Counted(1, "issue"))
	require.Equal(t, "0 issues", Counted(0, "issue"))
}
