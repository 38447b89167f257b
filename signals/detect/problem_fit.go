package detect

import (
	"math"
	"slices"

	"andon/signals"
	"andon/signals/text"
)

// ProblemWeights weigh the facts of a conversation, see ProblemFacts; the
// constant is the last. Nil are the weights that are shipped.
type ProblemWeights []float64

// ProblemExample is a conversation in which all is said, and which people have
// marked as the report of a fault or not.
type ProblemExample struct {
	Room  string
	Fault bool
	// Silent: it is tracked, settled or no beginning, and the detector says
	// nothing whatever the weights are. Plain: it begins with a plain statement of
	// a fault, which counts without them.
	Silent, Plain bool

	facts []float64
}

// NewProblemExample takes in what the detector sees of a thread, its root first.
func NewProblemExample(room string, fault bool, posts []*signals.Post, org *signals.Org, lex *text.Lexicon) *ProblemExample {
	read := make(map[*signals.Post]*Reading)
	talk := NewTalk(posts[0], posts[1:], nil, org, func(p *signals.Post) *Reading {
		if read[p] == nil {
			read[p] = NewReading(lex, p.Text)
		}
		return read[p]
	})
	replies := talk.replied()
	return &ProblemExample{
		Room: room, Fault: fault, facts: problemFacts(talk, replies),
		Silent: talk.midway() || talk.tracked(replies) || talk.settled(replies),
		Plain:  talk.opens() && statesFault(talk.Reading(posts[0])) && !talk.discussed(replies),
	}
}

// Fires reports whether the detector, with those weights, calls the conversation a fault.
func (x *ProblemExample) Fires(w ProblemWeights) bool { return x.fires(weighed(w, x.facts), 0) }

func (x *ProblemExample) fires(sum, least float64) bool {
	return !x.Silent && (x.Plain || sum >= least)
}

// Speaks reports whether the opener used a word of a fault at all.
func (x *ProblemExample) Speaks() bool {
	return !x.Silent && x.facts[slices.Index(ProblemFacts(), "no word of a fault")] == 0
}

// problemRidge is how strongly the weights are drawn to nothing. Of 5, 10, 20
// and 40 it is the best where no room is judged by weights that saw it.
const problemRidge = 20

// FitProblem fits weights on examples of several rooms. Facts whose name without
// takes are left out; it may be nil. The constant is moved so that 0 is the sum
// with the best balance of precision and recall, each room judged by weights of
// the others: judged by their own weights, the conversations stand further apart
// than new ones will.
func FitProblem(examples []*ProblemExample, without func(fact string) bool) ProblemWeights {
	data := make([]marked, len(examples))
	names := ProblemFacts()
	for i, x := range examples {
		data[i] = marked{slices.Clone(x.facts), x.Fault}
		for j, name := range names {
			if without != nil && without(name) {
				data[i].facts[j] = 0
			}
		}
	}
	w := ridgeFit(data, problemRidge)
	w[len(w)-1] -= balance(examples, data)
	return w
}

// balance is the sum of weights from which a conversation is best called a fault.
func balance(examples []*ProblemExample, data []marked) float64 {
	sums := make([]float64, len(examples))
	for _, room := range roomsOf(examples) {
		var others []marked
		for i, x := range examples {
			if x.Room != room {
				others = append(others, data[i])
			}
		}
		if len(others) == 0 {
			return 0 // a single room tells nothing of others
		}
		w := ridgeFit(others, problemRidge)
		for i, x := range examples {
			if x.Room == room {
				sums[i] = weighed(w, data[i].facts)
			}
		}
	}
	best, at := -1.0, 0.0
	said := make([]bool, len(examples))
	for p := 0.10; p < 0.7; p += 0.01 {
		least := math.Log(p / (1 - p))
		for i, x := range examples {
			said[i] = x.fires(sums[i], least)
		}
		if f := RoomsF1(examples, said); f > best {
			best, at = f, least
		}
	}
	return at
}

// RoomsF1 is the mean over the rooms of the F1 of what was said of the examples.
func RoomsF1(examples []*ProblemExample, said []bool) float64 {
	rooms, mean := roomsOf(examples), 0.0
	for _, room := range rooms {
		var both, all float64
		for i, x := range examples {
			if x.Room == room {
				both += flag(said[i] && x.Fault)
				all += flag(said[i]) + flag(x.Fault)
			}
		}
		if all > 0 {
			mean += 2 * both / all / float64(len(rooms))
		}
	}
	return mean
}

func roomsOf(examples []*ProblemExample) (out []string) {
	for _, x := range examples {
		if !slices.Contains(out, x.Room) {
			out = append(out, x.Room)
		}
	}
	return out
}
