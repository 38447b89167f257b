package risk

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func TestKnowsNothingAtFirst(t *testing.T) {
	m := New(4)
	c, got := live(m, fresh("mail", "p1"))
	require.Equal(t, Prediction{}, got[0])
	require.Empty(t, m.Forecasts(c))
}

func TestLearnsWhatWanders(t *testing.T) {
	m := Trained()
	_, printer := live(m, fresh("printer", "p1"))
	_, mail := live(m, tale{id: 100_001, part: "mail", opener: "p1", teams: []string{"Desk"}})
	require.Greater(t, printer[0][longPath], 0.5)
	require.Less(t, mail[0][longPath], 0.3)
	require.Greater(t, printer[0][pingPong], 0.5)
	require.Less(t, mail[0][pingPong], 0.3)
}

// TestSaysHowOftenItHappens: of the cases that get a probability about so many
// come to the outcome.
func TestSaysHowOftenItHappens(t *testing.T) {
	m := New(3)
	for _, x := range shop(900) {
		live(m, x)
	}
	by := map[string][]float64{}
	for i, x := range shop(1400)[900:] {
		x.id, x.teams, x.closed = 200_000+i, x.teams[:1], false
		_, got := live(m, x)
		by[x.part] = append(by[x.part], got[0][longPath])
	}
	require.InDelta(t, 0.80, mean(by["printer"]), 0.12)
	require.InDelta(t, 0.05, mean(by["mail"]), 0.06)
}

// TestChanceTeachesNothing: where outcomes are drawn, nobody is foretold much
// more or less than the general rate, however many openers there are.
func TestChanceTeachesNothing(t *testing.T) {
	m := New(3)
	for i := range 700 {
		x := tale{id: i, part: fmt.Sprint("part", luck(i, 4)), opener: fmt.Sprint("p", luck(i, 5)), teams: []string{"Desk", "Mail"}, closed: true}
		if luck(i, 6) < 25 {
			x.teams = []string{"Desk", "Mail", "Office", "Storage"}
		}
		live(m, x)
	}
	var all []float64
	for i := range 200 {
		_, got := live(m, tale{id: 200_000 + i, part: fmt.Sprint("part", luck(i, 14)), opener: fmt.Sprint("p", luck(i, 15)), teams: []string{"Desk"}})
		all = append(all, got[0][longPath])
	}
	require.InDelta(t, 0.25, mean(all), 0.08)
	require.Less(t, spread(all), 0.35)
}

func TestWhatCameIsCertain(t *testing.T) {
	m := New(4)
	live(m, tale{id: 1, part: "mail", teams: []string{"A", "B"}, closed: true})
	_, got := live(m, tale{id: 2, part: "mail", teams: []string{"A", "B", "A"}})
	require.Equal(t, 1.0, got[2][pingPong])
	require.Less(t, got[1][pingPong], 1.0)
}

// TestOpenCasesTeachNothing: a case that stays where it is tells nothing before it closes.
func TestOpenCasesTeachNothing(t *testing.T) {
	m := Trained()
	_, before := live(m, fresh("mail", "p1"))
	for i := range 200 {
		live(m, tale{id: 300_000 + i, part: "mail", opener: "p1", teams: []string{"Desk"}})
	}
	_, after := live(m, fresh("mail", "p1"))
	require.Equal(t, before[0][longPath], after[0][longPath])
}

// TestLaterChangesNothing: whatever comes afterwards, what was said before was
// the same.
func TestLaterChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(90, 140).Draw(t, "cases")
		a, b := New(3), New(3)
		for i, x := range shop(160) {
			y := x
			if i >= n {
				y.teams = []string{"Desk", "Mail", "Desk", "Mail", "Desk"}
			}
			_, p := live(a, x)
			_, q := live(b, y)
			if i < n {
				require.Equal(t, p, q)
			}
			require.Equal(t, p[0], q[0], "the first event is the same, so is what was closed before", i)
			if i >= n {
				return
			}
		}
	})
}

// TestWhenItIsAskedDoesNotMatter: a training that is put off until a question
// sees what it would have seen when it fell due.
func TestWhenItIsAskedDoesNotMatter(t *testing.T) {
	p := signals.DefaultPolicy()
	asked, silent := New(3), New(3)
	for _, x := range shop(180) {
		c := &signals.Case{}
		for _, e := range x.events() {
			c.Apply(e)
			asked.Observe(c, e, &p)
			silent.Observe(c, e, &p)
			asked.Predict(c)
		}
	}
	_, a := live(asked, fresh("printer", "p3"))
	_, b := live(silent, fresh("printer", "p3"))
	require.Equal(t, a, b)
	require.Greater(t, a[0][longPath], 0.3, "it was trained")
}

func TestWhatEverybodySees(t *testing.T) {
	m := New(3)
	for _, x := range shop(300) {
		x.who = signals.MembersOf("jira/s/board")
		live(m, x)
	}
	_, got := live(m, fresh("printer", "p1"))
	require.Equal(t, Prediction{}, got[0], "what is hidden teaches nothing")
}

// TestWhatComesAfterAReopeningIsCertain: a case that was closed in good order
// and wanders afterwards has wandered, and that is learnt.
func TestWhatComesAfterAReopeningIsCertain(t *testing.T) {
	m, p := New(4), signals.DefaultPolicy()
	c := &signals.Case{}
	for i, e := range []signals.Event{
		{Kind: signals.Opened, Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}}}, {Kind: signals.Closed}, {Kind: signals.Reopened},
		{Kind: signals.TeamMoved, From: "A", To: "B"}, {Kind: signals.TeamMoved, From: "B", To: "A"},
	} {
		e.Case = signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
		e.ID, e.Seq.Entry, e.At, e.Audience = e.Case.String()+strconv.Itoa(i), int64(i), begin.Add(time.Duration(i)*time.Hour), signals.Public
		require.True(t, c.Apply(&e))
		m.Observe(c, &e, &p)
		if e.Kind == signals.Closed {
			require.False(t, m.fresh[0].samples[0].came.has(pingPong))
		}
	}
	require.InDelta(t, 1, m.Predict(c)[2], 0)
	require.True(t, m.fresh[0].samples[0].came.has(pingPong))
}

// TestBounded: only the latest cases are held, and of the others only what came
// to something.
func TestBounded(t *testing.T) {
	p, m := signals.DefaultPolicy(), New(4)
	const cases = 15_000 // of three samples each
	for i := range cases {
		c := &signals.Case{}
		for _, e := range (tale{id: i, part: "mail", teams: []string{"A", "B"}, closed: true}).events() {
			c.Apply(e)
			m.Observe(c, e, &p)
		}
	}
	n := 0
	for _, r := range m.base {
		n += len(r.samples)
	}
	require.LessOrEqual(t, n, mostSamples)
	require.Len(t, m.stories, len(m.base)+len(m.fresh))
	require.Less(t, len(m.base)+len(m.fresh), cases)
}

func TestFactsSpeakOfNoPerson(t *testing.T) {
	m := Trained()
	c, _ := live(m, tale{id: 100_003, part: "printer", opener: "p1", teams: []string{"Desk", "Network"}})
	told := 0
	for _, f := range m.Forecasts(c) {
		require.LessOrEqual(t, len(f.Facts), most)
		for _, s := range f.Facts {
			told++
			require.NotContains(t, s, "bob")
			require.NotContains(t, s, "p1")
		}
	}
	require.NotZero(t, told)
}

func TestEveryColumnSpeaksOfSomething(t *testing.T) {
	seen := map[fact]bool{}
	for c := range columns {
		f := factOf(c)
		require.Less(t, f, fact(factKinds))
		seen[f] = true
	}
	require.Len(t, seen, int(factKinds))
}

func TestProbabilities(t *testing.T) {
	data := Trained()
	rapid.Check(t, func(t *rapid.T) {
		x := tale{id: rapid.IntRange(1000, 1<<40).Draw(t, "id"), part: rapid.String().Draw(t, "part"), opener: rapid.String().Draw(t, "opener")}
		x.teams = rapid.SliceOfN(rapid.SampledFrom([]string{"Desk", "Network", "C", ""}), 1, 40).Draw(t, "teams")
		c, got := live(data, x)
		for _, p := range got {
			for _, v := range p {
				require.True(t, v >= 0 && v <= 1, "%v", v)
			}
		}
		for _, f := range data.Forecasts(c) {
			require.True(t, f.P > 0 && f.P < 1)
		}
	})
}

func FuzzTitle(f *testing.F) {
	f.Add("The printer is broken, again")
	f.Add("\xff\x00ÄÖÜ - -")
	f.Fuzz(func(t *testing.T, s string) {
		var tr trail
		tr.title(s)
		require.LessOrEqual(t, len(tr.words), mostWords)
		again := tr.words
		tr.words = nil
		tr.title(s)
		require.Equal(t, len(again), len(tr.words))
	})
}

// TestTrainsAgain: what is new is learnt after 250 cases, and after a tenth more.
func TestTrainsAgain(t *testing.T) {
	p, m := signals.DefaultPolicy(), New(4)
	var got []int
	for i := range 3100 {
		c := &signals.Case{}
		for _, e := range (tale{id: i, part: "mail", teams: []string{"A"}, closed: true}).events() {
			c.Apply(e)
			m.Observe(c, e, &p)
		}
		if m.Training() != nil {
			got = append(got, i+1)
			m.ready()
		}
	}
	require.Equal(t, []int{100, 350, 600, 850, 1100, 1350, 1600, 1850, 2100, 2350, 2600, 2860}, got)
}
