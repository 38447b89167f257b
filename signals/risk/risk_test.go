package risk

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// life lets a case live through moves between teams and close; the model
// observes it. It returns the case and what was predicted after each entry.
func life(m *Model, id int, closed bool, teams ...string) (*signals.Case, []Prediction) {
	p := signals.DefaultPolicy()
	c := &signals.Case{}
	k := signals.Key{Source: signals.Jira, Site: "s", ID: fmt.Sprint(id)}
	var out []Prediction
	put := func(n int, e signals.Event) {
		e.Case, e.ID, e.At, e.Seq.Entry = k, fmt.Sprintf("%s/%d", k, n), begin.Add(time.Duration(id*100+n)*time.Minute), int64(n)
		e.Audience = signals.Public
		c.Apply(&e)
		m.Observe(c, &e, &p)
		out = append(out, m.Predict(c))
	}
	put(0, signals.Event{Kind: signals.Opened, Set: []signals.Value{{Field: signals.FieldTeam, To: teams[0]}}})
	for i, to := range teams[1:] {
		put(i+1, signals.Event{Kind: signals.TeamMoved, From: teams[i], To: to})
	}
	if closed {
		put(len(teams), signals.Event{Kind: signals.Closed, To: "Fixed"})
	}
	return c, out
}

// Places in a Prediction.
const (
	longPath = 1
	pingPong = 2
)

func TestKnowsNothingAtFirst(t *testing.T) {
	_, got := life(New(4), 1, false, "A")
	require.Equal(t, Prediction{}, got[0])
}

func TestLearnsWhichTeamsWander(t *testing.T) {
	m := New(3)
	for i := range 60 {
		life(m, 2*i, true, "Desk", "A", "B", "C") // three hand-offs
		life(m, 2*i+1, true, "Front", "A")
	}
	_, desk := life(m, 1000, false, "Desk")
	_, front := life(m, 1001, false, "Front")
	require.Greater(t, desk[0][longPath], 0.5)
	require.Less(t, front[0][longPath], 0.5)
	require.Less(t, desk[0][pingPong], 0.05, "nothing ever returned")
}

func TestWhatCameIsCertain(t *testing.T) {
	m := New(4)
	life(m, 1, true, "A", "B")
	_, got := life(m, 2, false, "A", "B", "A")
	require.Equal(t, 1.0, got[2][pingPong])
	require.Less(t, got[1][pingPong], 1.0)
}

func TestOpenCasesTeachNothing(t *testing.T) {
	m := New(2)
	for i := range 30 {
		life(m, i, true, "A", "B")
	}
	_, before := life(m, 100, false, "A")
	for i := range 30 {
		life(m, 200+i, false, "A", "B", "C", "D")
	}
	_, after := life(m, 101, false, "A")
	require.Equal(t, before[0], after[0])
}

func TestForgetsWhatItLearnt(t *testing.T) {
	m := New(4)
	for i := range 50 {
		life(m, i, true, "A", "B")
	}
	require.Empty(t, m.open, "a closed case to which nothing came is not kept")
}

func TestProbabilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := New(3)
		for i := range rapid.IntRange(1, 30).Draw(t, "cases") {
			teams := rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "C", "D"}), 1, 6).Draw(t, "teams")
			_, got := life(m, i, rapid.Bool().Draw(t, "closed"), teams...)
			for _, p := range got {
				for _, x := range p {
					require.True(t, x >= 0 && x <= 1, "%v", x)
				}
			}
		}
	})
}
