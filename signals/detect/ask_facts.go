package detect

import (
	"math"
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// nAsk is the number of facts about an utterance as a whole: askKinds facts,
// each once as it is and once times the pace, for what it says differs between
// a slow channel and a busy one.
const (
	askKinds = 19
	nAsk     = 2 * askKinds
)

// askFacts are the facts from which it is told whether an utterance begins a
// request for help that nobody has answered: whether it begins anything, what
// goes on with it, and whether it asks.
func (t *Talk) askFacts() []float64 {
	none, own, others := t.origin()
	most, any, talked, talk, sum, more, naming := t.answerFacts()
	pace, ask := math.Log1p(t.pace()), t.Reading(t.bestAsk()).Scores
	x := append(make([]float64, 0, nAsk),
		none, own, others, most, any, talked, talk,
		lean(none), lean(others), lean(any), lean(talk), min(sum, mostAnswers), min(more, mostAnswers), naming,
		t.questionMark()*pace/paceUnit, ask[text.Ask]*pace/paceUnit, ask[text.Question]*pace/paceUnit,
		pace/paceUnit, t.naming(),
	)
	for _, v := range x {
		x = append(x, v*pace/paceUnit)
	}
	return x
}

// mostAnswers bounds how many answers count, paceUnit brings the logarithm of
// the pace to about 1 in a busy channel.
const mostAnswers, paceUnit = 10, 6

// lean is the logarithm of the odds of a chance, bounded at both ends.
func lean(chance float64) float64 { return math.Log((chance + 0.02) / (1.02 - chance)) }

// answerFacts tell of what follows: the surest direct answer and whether there
// is any, the same for posts that are of the talk at all, how many there are of
// others and of the author, and whether the author addresses somebody in it.
func (t *Talk) answerFacts() (most, any, talked, talk, sum, more, naming float64) {
	noAnswer, noTalk := 1.0, 1.0
	for _, f := range t.following() {
		if f.post.Event.Actor == t.Author {
			more += f.talk
			if len(t.of(f.post).names) > 0 {
				naming = math.Max(naming, f.talk)
			}
			continue
		}
		direct, reply := t.doubt(f.post, f.direct), t.doubt(f.post, f.talk)
		if t.takesUp(f.post) {
			direct, reply = math.Max(direct, takenUpChance), math.Max(reply, takenUpChance)
		}
		most, talked = math.Max(most, direct), math.Max(talked, reply)
		noAnswer *= 1 - math.Min(0.98, direct)
		noTalk *= 1 - math.Min(0.98, reply)
		sum += reply
	}
	return most, 1 - noAnswer, talked, 1 - noTalk, sum, more, naming
}

// takenUpChance is how likely a short word that only makes sense as an answer
// answers the ask that it follows; takenUpWords is how short it is.
const takenUpChance, takenUpWords = 0.6, 12

// takenUpPace is up to how many posts an hour a short word is taken for an
// answer: in a busier channel it may go on with anything.
const takenUpPace = 20

// takesUp reports whether a post is the first of others after the ask and, in
// few words, can only go on with something: "it should", "not that I know".
func (t *Talk) takesUp(p *signals.Post) bool {
	for _, q := range t.After {
		if q == p {
			break
		}
		if q.Event.Actor != t.Author {
			return false
		}
	}
	in := t.of(p)
	if t.pace() > takenUpPace || len(in.names) > 0 || in.r.asks() >= 0.5 || in.r.in.words > takenUpWords || in.r.sigh() || t.spokeBefore(p.Event.Actor) {
		return false
	}
	return in.r.in.goesOn || in.r.Has(text.Answer, 0.4) || in.r.Has(text.Ack, 0.5)
}

// spokeBefore reports whether somebody wrote in the channel shortly before the
// utterance: then a short word may go on with that.
func (t *Talk) spokeBefore(who string) bool {
	return slices.ContainsFunc(t.Before[max(0, len(t.Before)-busyWindow):], func(p *signals.Post) bool { return p.Event.Actor == who })
}

// questionMark reports whether the utterance holds a question mark.
func (t *Talk) questionMark() float64 {
	return flag(slices.ContainsFunc(t.Group, func(p *signals.Post) bool { return strings.Contains(t.Reading(p).Doc.Prose, "?") }))
}

// bestAsk is the post of the utterance that asks, the first of equals.
func (t *Talk) bestAsk() *signals.Post {
	best, score := t.Group[0], -1.0
	for _, p := range t.Group {
		if s := t.Reading(p).asks(); s > score {
			best, score = p, s
		}
	}
	return best
}

// asks is how strongly a post asks for something.
func (r *Reading) asks() float64 {
	s := math.Max(r.Scores[text.Ask], r.Scores[text.Question])
	if strings.Contains(r.Doc.Prose, "?") {
		s = math.Max(s, 0.5)
	}
	if s < traceScore && r.bareTrace() {
		s = traceScore
	}
	return s
}

// seeks is how strongly a post waits for somebody: it asks, or asks after what
// nobody has answered.
func (r *Reading) seeks() float64 {
	if chase := r.Scores[text.Chase]; chase >= 0.6 {
		return math.Max(r.asks(), chase)
	}
	return r.asks()
}

// traceScore is how strongly a bare trace asks; bareWords is how many words may
// stand beside it, traceBytes how long it is at least.
const traceScore, bareWords, traceBytes = 0.6, 12, 80

// bareTrace reports whether a post shows what a program wrote as it failed and
// hardly a word beside it: whoever posts that asks for help.
func (r *Reading) bareTrace() bool {
	if len(r.Doc.Code) < traceBytes || len(strings.Fields(r.Doc.Prose)) > bareWords || r.Has(text.Answer, 0.4) || r.Has(text.Solved, 0.4) || r.Has(text.Joke, 0.6) {
		return false
	}
	var n wordCount
	n.count(r.lex, r.Doc.Code)
	return n.of[wcError] > 0
}

// askPost is the first post of the utterance that seeks at least so strongly, or nil.
func (t *Talk) askPost(least float64) *signals.Post {
	for _, p := range t.Group {
		if t.Reading(p).seeks() >= least {
			return p
		}
	}
	return nil
}

// addressesAll reports whether a text speaks to nobody in particular, as a
// greeting or "does anyone" does.
func addressesAll(prose string) bool {
	return hasWord(prose, "anyone", "anybody", "any1", "someone", "somebody", "everyone", "everybody", "guys", "folks", "all", "hi", "hello", "hey", "people")
}

// hasWord reports whether one of the lower-case words stands in the text.
func hasWord(prose string, words ...string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(prose), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '\'')
	}) {
		for _, v := range words {
			if w == v {
				return true
			}
		}
	}
	return false
}

// goesOn reports whether a text begins with a word that takes up what was said before.
func goesOn(prose string) bool {
	switch strings.ToLower(strings.Trim(firstWord(prose), ",.!?:")) {
	case "and", "but", "so", "yes", "no", "yeah", "yep", "nope", "ok", "okay", "oh", "then", "it", "that", "that's", "thats", "this", "which", "why", "really", "ah", "hmm", "well", "or", "thanks", "lol", "nah", "yea", "sure", "right":
		return true
	}
	return false
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}
