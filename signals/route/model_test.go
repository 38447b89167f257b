package route_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
)

func TestAbstainsWhileTooLittleIsKnown(t *testing.T) {
	w := newWorld()
	for range 3 {
		w.solved("Checkout", "ada", "Payments")
	}
	c := w.open("rita", "it broke", set(signals.FieldComponent, "Checkout"))
	for _, k := range route.Kinds {
		require.Empty(t, w.ask(c, k), k)
	}
}

func TestLearnsWhoResolvesWhat(t *testing.T) {
	w := newWorld()
	for range 20 {
		w.solved("Checkout", "ada", "Desk", "Payments")
		w.solved("Login", "ben", "Desk", "Identity")
	}
	c := w.open("rita", "it broke", set(signals.FieldComponent, "Login"))
	list := w.ask(c, route.Person)
	require.Equal(t, "ben", list[0].Who)
	require.Greater(t, list[0].Score, 0.5)
	require.Equal(t, "has lately resolved cases with component Login", list[0].Why(w.m))
	require.Equal(t, "resolved 10 of the last 10 cases with component Login", list[0].Figures(w.m))

	w.team(c, "Desk")
	require.Equal(t, "Identity", w.ask(c, route.Team)[0].Who)
	next := w.ask(c, route.NextTeam)
	require.Equal(t, "Identity", next[0].Who)
	require.NotContains(t, whos(next), "Desk", "the present holder is not the next one")
	require.Contains(t, next[0].Why(w.m), "Login")
}

func TestLearnsWordsAndForgetsThoseWhoLeft(t *testing.T) {
	w := newWorld()
	solve := func(title, who string) {
		c := w.open("rita", title)
		w.assign(c, who)
		w.close(c)
		w.now = w.now.Add(6 * time.Hour)
	}
	for i := range 40 {
		solve(fmt.Sprintf("certificate expired on host %d", i), "ada")
		solve(fmt.Sprintf("label printer jams in hall %d", i), "ben")
	}
	list := w.ask(w.open("rita", "printers jam again"), route.Person)
	require.Equal(t, "ben", list[0].Who)
	for i := range 15 {
		solve(fmt.Sprintf("label printer jams in hall %d", i), "cleo")
	}
	require.Equal(t, "cleo", w.ask(w.open("rita", "printers jam again"), route.Person)[0].Who)
}

func TestOriginatorIsNotProposed(t *testing.T) {
	w := newWorld()
	for range 20 {
		w.solved("Checkout", "ada")
		w.solved("Checkout", "ben")
	}
	c := w.open("ada", "it broke", set(signals.FieldComponent, "Checkout"))
	require.Equal(t, []string{"ben"}, whos(w.ask(c, route.Person)))
	w.assign(c, "ada")
	require.Contains(t, whos(w.ask(c, route.Person)), "ada", "they hold it now")
}

func TestReopeningTakesTheCreditBack(t *testing.T) {
	w := newWorld()
	for range 30 {
		w.solved("Checkout", "ada")
	}
	before := w.ask(w.open("rita", "x", set(signals.FieldComponent, "Checkout")), route.Person)
	wrong := w.open("rita", "it broke", set(signals.FieldComponent, "Checkout"))
	w.assign(wrong, "ben")
	w.close(wrong)
	w.open("rita", "something else")
	credited, _ := w.m.Closed()
	require.Equal(t, 31, credited)
	w.reopen(wrong)
	people, _ := w.m.Closed()
	require.Equal(t, credited-1, people)
	w.assign(wrong, "ada")
	w.close(wrong)
	after := w.ask(w.open("rita", "x", set(signals.FieldComponent, "Checkout")), route.Person)
	require.Equal(t, before[0].Who, after[0].Who)
	people, _ = w.m.Closed()
	require.Equal(t, credited, people, "ada has it")
}

func TestHolderChangedAfterClosing(t *testing.T) {
	w := newWorld()
	for range 20 {
		c := w.open("rita", "it broke", set(signals.FieldComponent, "Checkout"))
		w.team(c, "Desk")
		w.close(c)
		w.team(c, "Payments")
	}
	c := w.open("rita", "it broke", set(signals.FieldComponent, "Checkout"))
	list := w.ask(c, route.Team)
	require.Contains(t, whos(list), "Payments")
	_, n := w.m.Closed()
	require.Equal(t, 20, n)
}

func TestWordsAreMadeFromPublicCountsOnly(t *testing.T) {
	w := newWorld()
	for range 20 {
		c := w.open("rita", "it broke", set(signals.FieldComponent, "Merger"))
		e := &signals.Event{ID: "secret" + c.Key.ID, Case: c.Key, Kind: signals.Assigned, To: "ada", At: w.now, Audience: signals.MembersOf("board")}
		c.Apply(e)
		w.m.Observe(c, e)
		w.apply(c, &signals.Event{Case: c.Key, Kind: signals.Closed, To: "Fixed"})
	}
	c := w.open("rita", "it broke", set(signals.FieldComponent, "Merger"))
	for _, x := range w.ask(c, route.Person) {
		require.NotContains(t, x.Why(w.m), "given")
	}
}

func TestSameEventsSameAnswers(t *testing.T) {
	a, b := history(400), history(400)
	for i := range a.cases {
		for _, k := range route.Kinds {
			require.Equal(t, a.ask(a.cases[i], k), b.ask(b.cases[i], k))
		}
	}
}

func TestNoLookAhead(t *testing.T) {
	type answer struct {
		at   int
		list []route.Candidate
	}
	asked := func(n int) []answer {
		w := newWorld()
		full := history(n)
		var out []answer
		for i, e := range events(full) {
			c := w.fold(e)
			w.m.Observe(c, e)
			if i%17 == 0 {
				for _, k := range route.Kinds {
					out = append(out, answer{i, w.m.Suggest(c, e.At, k, 5, nil)})
				}
			}
		}
		return out
	}
	long, short := asked(300), asked(150)
	require.NotEmpty(t, short)
	for i := range short {
		require.Equal(t, short[i], long[i])
	}
}

func events(w *world) []*signals.Event {
	var out []*signals.Event
	for _, c := range w.cases {
		out = append(out, c.Events()...)
	}
	return signals.Sort(out)
}

func (w *world) fold(e *signals.Event) *signals.Case {
	for _, c := range w.cases {
		if c.Key == e.Case {
			c.Apply(e)
			return c
		}
	}
	c := &signals.Case{}
	c.Apply(e)
	w.cases = append(w.cases, c)
	return c
}

func TestScoresAreProbabilities(t *testing.T) {
	w := history(500)
	for _, c := range w.cases[400:] {
		for _, k := range route.Kinds {
			sum, last := 0.0, 1.0
			for _, x := range w.ask(c, k) {
				if x.Who != c.Holder && x.Who != c.Team { // the present holder may stand further down
					require.LessOrEqual(t, x.Score, last)
					last = x.Score
				}
				sum += x.Score
			}
			require.LessOrEqual(t, sum, 1.0001)
		}
	}
}
