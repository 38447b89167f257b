package signals_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func numbered(i int) signals.Key {
	return signals.Key{Source: signals.Jira, Site: "main", ID: strconv.Itoa(i)}
}

func TestKeys(t *testing.T) {
	thread := signals.SlackThread("T1", "C1", "17.5")
	back, ok := signals.ParseKey(thread.String())
	require.True(t, ok)
	require.Equal(t, thread, back)
	require.Equal(t, "slack/T1/C1", thread.Channel())
	require.Empty(t, pay1.Channel())
	for _, s := range []string{"", "jira", "jira/main", "jira/main/", "/main/1"} {
		_, ok := signals.ParseKey(s)
		require.False(t, ok, s)
	}
	require.Equal(t, "bob", signals.Bare(signals.ID(signals.Jira, "main", "bob")))
	require.Equal(t, "bob", signals.Bare("bob"))
	require.Empty(t, signals.ID(signals.Jira, "main", ""))
	require.True(t, signals.Key{}.IsZero())
	require.Negative(t, signals.CompareKeys(pay1, numbered(2)))
}

func TestJoins(t *testing.T) {
	var j signals.Joins
	require.Equal(t, []signals.Key{numbered(1)}, j.Members(numbered(1)), "a case alone is a problem")
	j.Part(numbered(1), numbered(2))
	j.Join(numbered(1), numbered(1))
	require.Len(t, j.Members(numbered(1)), 1)
	j.Join(numbered(2), numbered(1))
	j.Join(numbered(2), numbered(3))
	j.Join(numbered(1), numbered(2))
	require.Equal(t, []signals.Key{numbered(1), numbered(2), numbered(3)}, j.Members(numbered(3)))
	j.Part(numbered(1), numbered(2))
	require.Len(t, j.Members(numbered(1)), 3, "a second link still holds it")
	j.Part(numbered(2), numbered(1))
	require.Equal(t, []signals.Key{numbered(1)}, j.Members(numbered(1)))
	require.Len(t, j.Members(numbered(2)), 2)
}

// Whatever was joined and parted: what counts are the links that remain.
func TestJoinsReversible(t *testing.T) {
	type link struct{ a, b int }
	rapid.Check(t, func(t *rapid.T) {
		var j signals.Joins
		left := make(map[link]int)
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			l := link{rapid.IntRange(0, 5).Draw(t, "a"), rapid.IntRange(0, 5).Draw(t, "b")}
			sorted := link{min(l.a, l.b), max(l.a, l.b)}
			if rapid.Bool().Draw(t, "join") {
				j.Join(numbered(l.a), numbered(l.b))
				left[sorted]++
			} else {
				j.Part(numbered(l.a), numbered(l.b))
				left[sorted] = max(0, left[sorted]-1)
			}
		}
		var again signals.Joins
		for l, n := range left {
			for range n {
				again.Join(numbered(l.b), numbered(l.a))
			}
		}
		for i := range 6 {
			members := j.Members(numbered(i))
			require.Equal(t, again.Members(numbered(i)), members)
			for _, m := range members {
				require.Equal(t, members, j.Members(m), "all members agree")
			}
		}
	})
}

func TestNewProblem(t *testing.T) {
	late := signals.Fold([]*signals.Event{{ID: "a", Case: numbered(1), Kind: signals.Opened, Actor: "ann", At: monday.Add(time.Hour)}})
	early := signals.Fold([]*signals.Event{{ID: "b", Case: numbered(2), Kind: signals.Opened, Actor: "bob", At: monday}})
	p := signals.NewProblem(late, early)
	require.Equal(t, numbered(2), p.ID)
	require.Equal(t, "bob", p.Opener())
	require.Same(t, late, p.Case(numbered(1)))
	require.Nil(t, p.Case(numbered(3)))
	require.True(t, p.Open())
	require.Empty(t, signals.NewProblem().Opener())
}

func TestRoom(t *testing.T) {
	r := &signals.Room{Keep: 3}
	for i := range 20 {
		r.Add(&signals.Post{Event: &signals.Event{ID: strconv.Itoa(i), At: monday.Add(time.Duration(i) * time.Minute)}})
		require.LessOrEqual(t, len(r.Posts), 6)
		require.Equal(t, strconv.Itoa(i), r.Posts[len(r.Posts)-1].Event.ID)
	}
	require.Equal(t, 20, r.Count)
	require.GreaterOrEqual(t, len(r.Posts), 3)
	require.Len(t, r.Since(monday.Add(18*time.Minute)), 2)
	require.Empty(t, r.Since(monday.Add(time.Hour)))
	r.Remove("19")
	require.Equal(t, "18", r.Posts[len(r.Posts)-1].Event.ID)
}
