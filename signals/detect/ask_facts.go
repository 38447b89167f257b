package detect

import (
	"math"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// nAsk is the number of facts about an utterance as a whole.
const nAsk = 35

// askFacts are the facts from which it is told whether an utterance begins a
// request for help that nobody has answered: its words, what stood before it,
// and what came after.
func (t *Talk) askFacts(replies []Reply) []float64 {
	x := append(make([]float64, 0, nAsk), t.wordFacts()...)
	x = append(x, t.beforeFacts()...)
	return append(x, t.afterFacts(replies)...)
}

// wordFacts tell of the utterance itself.
func (t *Talk) wordFacts() []float64 {
	in := t.of(t.bestAsk())
	var words, problem, all float64
	for _, p := range t.Group {
		r := t.Reading(p)
		words += float64(len(strings.Fields(r.Doc.Prose)))
		problem = math.Max(problem, r.Scores[text.Problem])
		all = math.Max(all, flag(addressesAll(r.Doc.Prose)))
	}
	s, prose := in.r.Scores, in.r.Doc.Prose
	return []float64{
		t.questionMark(), s[text.Ask], s[text.Question], problem, s[text.HowTo],
		math.Max(s[text.Thanks], s[text.Joke]), math.Max(s[text.Solved], s[text.NeverMind]), math.Max(s[text.Answer], s[text.Ack]),
		flag(len(in.names) > 0), math.Log1p(words), flag(words <= 4), all,
		flag(hasWord(prose, "you", "your", "u", "ur")), flag(hasWord(prose, "i", "my", "im", "i'm", "we", "our")),
		flag(len(in.r.Doc.Code) > 0), flag(goesOn(t.Reading(t.Group[0]).Doc.Prose)), math.Log1p(float64(len(t.Group))),
	}
}

func (t *Talk) questionMark() float64 {
	for _, p := range t.Group {
		if strings.Contains(t.Reading(p).Doc.Prose, "?") {
			return 1
		}
	}
	return 0
}

// beforeFacts tell whether the utterance goes on with something.
func (t *Talk) beforeFacts() []float64 {
	named, naming := t.talkingBefore()
	pace := math.Log1p(t.pace())
	plain := len(t.Before) > 0 && len(t.of(t.Before[len(t.Before)-1]).names) == 0
	return []float64{
		named, naming, t.ownRank(), t.sincePost(), t.sincePost() * flag(plain), t.nearShared(),
		t.naming(), pace, t.questionMark() * pace,
	}
}

// afterFacts tell of the answers.
func (t *Talk) afterFacts(replies []Reply) []float64 {
	most, none, named := 0.0, 1.0, 0.0
	for _, r := range replies {
		most = math.Max(most, r.Chance)
		none *= 1 - math.Min(0.95, r.Chance)
		named += flag(t.names(r.Post, t.Author))
	}
	naming, settled := t.ownAfter()
	passed := t.Passed()
	return []float64{
		most, none, math.Min(3, named), naming, settled,
		math.Log1p(float64(passed)), flag(passed == 0), t.questionMark() * most, most * math.Log1p(t.pace()),
	}
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

// askPost is the first post of the utterance that seeks at least so strongly, or nil.
func (t *Talk) askPost(least float64) *signals.Post {
	for _, p := range t.Group {
		if t.Reading(p).seeks() >= least {
			return p
		}
	}
	return nil
}

// talkingBefore tells whether somebody addressed the author shortly before the
// utterance, and whether the author addressed somebody.
func (t *Talk) talkingBefore() (named, naming float64) {
	n := 0
	for j := len(t.Before) - 1; j >= 0 && n < busyWindow; j, n = j-1, n+1 {
		p := t.Before[j]
		if t.Group[0].Event.At.Sub(p.Event.At) > time.Hour {
			break
		}
		if t.names(p, t.Author) {
			named = 1
		}
		if p.Event.Actor == t.Author && len(t.of(p).names) > 0 {
			naming = 1
		}
	}
	return named, naming
}

// sincePost is the logarithm of the minutes since anybody wrote in the channel.
func (t *Talk) sincePost() float64 {
	if len(t.Before) == 0 {
		return math.Log1p(1440)
	}
	return math.Log1p(math.Min(1440, t.Group[0].Event.At.Sub(t.Before[len(t.Before)-1].Event.At).Minutes()))
}

// nearShared is how much the utterance shares with the posts of others just before.
func (t *Talk) nearShared() float64 {
	most := 0
	for j := len(t.Before) - 1; j >= 0 && j >= len(t.Before)-6; j-- {
		if p := t.Before[j]; p.Event.Actor != t.Author {
			for _, g := range t.Group {
				most = max(most, t.shared(g, p))
			}
		}
	}
	return math.Min(3, float64(most)) / 3
}

// ownAfter tells of the author's later posts whether one addresses somebody,
// and whether one thanks or says that it is settled.
func (t *Talk) ownAfter() (naming, settled float64) {
	for _, p := range t.After {
		if p.Event.Actor != t.Author {
			continue
		}
		in := t.of(p)
		if len(in.names) > 0 {
			naming = 1
		}
		if in.r.Scores[text.Thanks] > 0.5 || in.r.Scores[text.Solved] > 0.5 || in.r.Scores[text.NeverMind] > 0.5 {
			settled = 1
		}
	}
	return naming, settled
}

// ownRank is the logarithm of how many posts stand between the utterance and
// the author's post before it.
func (t *Talk) ownRank() float64 {
	for j := len(t.Before) - 1; j >= 0; j-- {
		if t.Before[j].Event.Actor == t.Author {
			return math.Log1p(float64(len(t.Before) - 1 - j))
		}
	}
	return math.Log1p(talkBefore)
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
