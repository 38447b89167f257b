package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"andon/signals/detect"
)

// ingredient is a part of the problem model that can be left out.
type ingredient struct {
	name    string
	without func(fact string) bool            // facts that are left out; nil for none
	judge   func(*detect.ProblemExample) bool // in place of weights; nil for weights
	change  func(*detect.ProblemExample)      // of the examples; nil for none
}

func begins(prefixes ...string) func(string) bool {
	return func(fact string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(fact, p) })
	}
}

// shape reports whether a fact is of the shape of the talk, and no word's.
func shape(fact string) bool {
	return !begins("first:", "more:", "others:", "says:")(fact) && !strings.Contains(fact, " of a fault")
}

var parts = []ingredient{
	{name: "everything"},
	{name: "without the families of words in the first words", without: func(f string) bool { return begins("first:")(f) || strings.Contains(f, " of a fault") }},
	{name: "without what is said later, by the opener and by others", without: begins("more:", "others:")},
	{name: "without what others say", without: begins("others:")},
	{name: "without the cues of phrases", without: begins("says:", "no phrase")},
	{name: "without the shape of the talk (length, replies, people, code, links)", without: shape},
	{name: "without the plain statement of a fault", change: func(x *detect.ProblemExample) { x.Plain = false }},
	{name: "speaking of what is tracked, settled or no beginning, too", change: func(x *detect.ProblemExample) { x.Silent = false }},
	{name: "no fit: any word of a fault in the first words", judge: (*detect.ProblemExample).Speaks},
}

// ingredients prints the mean F1 over rooms, each judged by weights of the
// others, with one part left out, and then the weights fitted on all rooms.
func ingredients(ctx context.Context, c settings, r rooms, out io.Writer) error {
	m, err := readMarks(ctx, c, r)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("| problem threads | unseen rooms: F1 | rooms that the weights have seen |\n|---|---|---|\n")
	whole := m.judged(parts[0])
	for i, p := range parts {
		said := m.judged(p)
		f := detect.RoomsF1(m.examples, said)
		fmt.Fprintf(&b, "| %s | %s", p.name, number(&f))
		if i > 0 {
			lo, hi := m.differ(whole, said, c.boot)
			fmt.Fprintf(&b, " (%+.3f to %+.3f)", lo, hi)
		}
		seen := m.seen(p)
		fmt.Fprintf(&b, " | %s |\n", number(&seen))
	}
	b.WriteString("\nWeights fitted on all rooms:\n")
	w := detect.FitProblem(m.examples, nil)
	for i, name := range detect.ProblemFacts() {
		fmt.Fprintf(&b, "%s\t%.2f\n", name, w[i])
	}
	fmt.Fprintf(&b, "constant\t%.2f\n", w[len(w)-1])
	_, err = io.WriteString(out, b.String())
	return err
}

// changed are the examples as an ingredient has them.
func (m *marks) changed(p ingredient) *marks {
	out := *m
	out.examples = make([]*detect.ProblemExample, len(m.examples))
	for i, x := range m.examples {
		own := *x
		if p.change != nil {
			p.change(&own)
		}
		out.examples[i] = &own
	}
	return &out
}

// judged is what is said of each example by weights that never saw its room.
func (m *marks) judged(p ingredient) []bool {
	m = m.changed(p)
	said := make([]bool, len(m.examples))
	for _, room := range m.rooms {
		judge := p.judge
		if judge == nil {
			w := detect.FitProblem(m.without(room), p.without)
			judge = func(x *detect.ProblemExample) bool { return x.Fires(w) }
		}
		for i, x := range m.examples {
			if x.Room == room {
				said[i] = judge(x)
			}
		}
	}
	return said
}

// seen is the same figure under weights that have seen every room.
func (m *marks) seen(p ingredient) float64 {
	m = m.changed(p)
	judge := p.judge
	if judge == nil {
		w := detect.FitProblem(m.examples, p.without)
		judge = func(x *detect.ProblemExample) bool { return x.Fires(w) }
	}
	said := make([]bool, len(m.examples))
	for i, x := range m.examples {
		said[i] = judge(x)
	}
	return detect.RoomsF1(m.examples, said)
}

// differ is the 95 % interval of how much better b is than a, over resamples of
// the conversations, seeded.
func (m *marks) differ(a, b []bool, boot int) (lo, hi float64) {
	rnd := rand.New(rand.NewPCG(1, 1))
	var all []float64
	again := make([]*detect.ProblemExample, len(a))
	x, y := make([]bool, len(a)), make([]bool, len(a))
	for range boot {
		for i := range again {
			j := rnd.IntN(len(a))
			again[i], x[i], y[i] = m.examples[j], a[j], b[j]
		}
		all = append(all, detect.RoomsF1(again, y)-detect.RoomsF1(again, x))
	}
	slices.Sort(all)
	return all[boot*25/1000], all[min(boot-1, boot*975/1000)]
}
