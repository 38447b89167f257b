package detect

import (
	"math"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// nLink is the number of facts about a pair of an utterance and a later post.
const nLink = 31

// nAsk is the number of facts about an utterance as a whole.
const nAsk = 39

// linkWindow is how many later posts of others are weighed as answers.
const linkWindow = 120

// busyWindow is how many posts before one are looked at to tell whom its
// author is talking with.
const busyWindow = 20

// logistic is the probability of a weighted sum of facts; the last weight is the constant.
func logistic(w, x []float64) float64 {
	z := w[len(w)-1]
	for i, v := range x {
		z += w[i] * v
	}
	return 1 / (1 + math.Exp(-z))
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// naming is the share of the posts around the utterance that address somebody:
// where most do, one that addresses nobody answers nobody.
func (t *Talk) naming() float64 {
	n, all := 1.0, 4.0
	for _, list := range [][]*signals.Post{t.Before, t.After} {
		for i, p := range list {
			if i >= talkBefore {
				break
			}
			all++
			if len(t.of(p).names) > 0 {
				n++
			}
		}
	}
	return n / all
}

// linkFacts are the facts from which it is told whether After[i], by somebody
// else, goes on with the utterance. rank is how many posts of others stand between.
func (t *Talk) linkFacts(i, rank int, naming float64) (x [nLink]float64) {
	r := t.After[i]
	in := t.of(r)
	b := r.Event.Actor
	toAuthor := t.names(r, t.Author)
	toOther := len(in.names) > 0 && !toAuthor
	none := len(in.names) == 0
	gap := math.Log1p(r.Event.At.Sub(t.lastOwn(i).Event.At).Minutes())
	busy := t.engaged(i, b)
	x[0] = flag(toAuthor)
	x[1] = flag(toOther)
	x[2] = flag(none && rank == 0)
	x[3] = flag(none && rank == 1)
	x[4] = flag(none) * math.Log1p(float64(rank))
	x[5] = gap
	x[6] = flag(none) * naming
	x[7] = flag(none && rank == 0) * naming
	x[8] = flag(none && busy)
	x[9] = flag(t.turnsTo(b, i))
	x[10] = flag(t.ownSoon(i))
	x[11] = flag(none) * in.r.Scores[text.Question]
	x[12] = flag(none && strings.Contains(in.r.Doc.Prose, "?") && rank > 0)
	x[13] = math.Min(3, float64(t.shared(t.bestAsk(), r))) / 3
	x[14] = flag(none && t.spokeJustBefore(b))
	x[15] = in.r.Scores[text.Answer]
	x[16] = flag(len(in.r.Doc.Prose) < 12)
	x[17] = flag(none) * gap
	x[18] = in.r.Scores[text.Ask]
	x[19] = flag(toAuthor && busy)
	x[20] = flag(toAuthor) * gap
	x[21] = flag(toAuthor) * math.Log1p(float64(rank))
	x[22] = flag(toAuthor && t.turnedTo(b, i))
	x[23] = flag(none) * math.Max(-3, math.Min(3, gap-math.Log1p(60/t.pace())))
	x[24] = flag(none && rank == 0) * gap
	x[25] = flag(none && leadingName(in.r.Doc.Prose) != "" && strings.Contains(firstWord(in.r.Doc.Prose), ":"))
	x[26] = flag(none) * flag(strings.HasPrefix(in.r.Doc.Prose, "!"))
	x[27] = flag(none && addressesAll(in.r.Doc.Prose))
	x[28] = flag(none) * in.r.asks() * math.Log1p(1/t.pace())
	x[29] = flag(none) * math.Log1p(float64(len(strings.Fields(in.r.Doc.Prose)))) * in.r.asks()
	x[30] = flag(none && in.r.asks() >= 0.5 && t.quietBefore(i))
	return x
}

// lastOwn is the author's latest post in the channel before After[i].
func (t *Talk) lastOwn(i int) *signals.Post {
	r := t.After[i]
	last := t.Group[0]
	for _, p := range t.Group {
		if signals.CompareEvents(p.Event, r.Event) < 0 {
			last = p
		}
	}
	for j := i - 1; j >= 0 && t.After[j].Event.At.After(last.Event.At); j-- {
		if t.After[j].Event.Actor == t.Author {
			return t.After[j]
		}
	}
	return last
}

// engaged reports whether b was talking with somebody other than the author in
// the posts before After[i].
func (t *Talk) engaged(i int, b string) bool {
	check := func(p *signals.Post) bool {
		for _, n := range t.of(p).names {
			if p.Event.Actor == b && n != t.Author || n == b && p.Event.Actor != t.Author {
				return true
			}
		}
		return false
	}
	n := 0
	for j := i - 1; j >= 0 && n < busyWindow; j, n = j-1, n+1 {
		if check(t.After[j]) {
			return true
		}
	}
	for j := len(t.Before) - 1; j >= 0 && n < busyWindow; j, n = j-1, n+1 {
		if check(t.Before[j]) {
			return true
		}
	}
	return false
}

// turns tells when the author first addressed each person: the position in
// After, -1 for within the utterance.
func (t *Talk) turns() map[string]int {
	if t.turn == nil {
		t.turn = make(map[string]int)
		note := func(p *signals.Post, i int) {
			for _, n := range t.of(p).names {
				if _, known := t.turn[n]; !known {
					t.turn[n] = i
				}
			}
		}
		for _, p := range t.Group {
			note(p, -1)
		}
		for i, p := range t.After {
			if p.Event.Actor == t.Author {
				note(p, i)
			}
		}
	}
	return t.turn
}

// turnsTo reports whether the author addressed b in the utterance, before
// After[i], or in the few posts after it.
func (t *Talk) turnsTo(b string, i int) bool {
	at, ok := t.turns()[b]
	return ok && at <= i+10
}

// turnedTo reports whether the author addressed b between the utterance and
// After[i]: then b may be answering that instead.
func (t *Talk) turnedTo(b string, i int) bool {
	at, ok := t.turns()[b]
	return ok && at >= 0 && at < i
}

// ownSoon reports whether the author speaks within three posts after After[i],
// addressing nobody.
func (t *Talk) ownSoon(i int) bool {
	for j := i + 1; j < len(t.After) && j <= i+3; j++ {
		if p := t.After[j]; p.Event.Actor == t.Author {
			return len(t.of(p).names) == 0
		}
	}
	return false
}

// spokeJustBefore reports whether b wrote one of the five posts before the utterance.
func (t *Talk) spokeJustBefore(b string) bool {
	for j := len(t.Before) - 1; j >= 0 && j >= len(t.Before)-5; j-- {
		if t.Before[j].Event.Actor == b {
			return true
		}
	}
	return false
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

// Reply is a post of somebody else and how likely it answers an utterance.
type Reply struct {
	Post   *signals.Post
	Chance float64
}

// Replies returns what others said after the utterance in the channel, with the
// chance of each to be meant for the author, in time order.
func (t *Talk) Replies() []Reply {
	var out []Reply
	rank, naming := 0, t.naming()
	for i, p := range t.After {
		if p.Event.Actor == t.Author {
			continue
		}
		if rank >= linkWindow {
			break
		}
		if signals.CompareEvents(p.Event, t.Group[0].Event) > 0 {
			x := t.linkFacts(i, rank, naming)
			out = append(out, Reply{p, logistic(linkWeights[:], x[:])})
		}
		rank++
	}
	return out
}

// askFacts are the facts from which it is told whether an utterance begins a
// request for help that nobody has answered.
func (t *Talk) askFacts(replies []Reply) (x [nAsk]float64) {
	naming := t.naming()
	ask := t.bestAsk()
	in := t.of(ask)
	var words, mark, problem, hello float64
	for _, p := range t.Group {
		r := t.Reading(p)
		words += float64(len(strings.Fields(r.Doc.Prose)))
		mark = math.Max(mark, flag(strings.Contains(r.Doc.Prose, "?")))
		problem = math.Max(problem, r.Scores[text.Problem])
		hello = math.Max(hello, flag(addressesAll(r.Doc.Prose)))
	}
	most, none, named := 0.0, 1.0, 0.0
	for _, r := range replies {
		most = math.Max(most, r.Chance)
		none *= 1 - math.Min(0.95, r.Chance)
		named += flag(t.names(r.Post, t.Author))
	}
	x[0] = mark
	x[1] = in.r.Scores[text.Ask]
	x[2] = in.r.Scores[text.Question]
	x[3] = problem
	x[4] = in.r.Scores[text.HowTo]
	x[5] = flag(len(in.names) > 0)
	x[6], x[7] = t.talkingBefore()
	x[8] = t.sinceOwn()
	x[9] = math.Log1p(words)
	x[10] = flag(words <= 4)
	x[11] = hello
	x[12] = flag(hasWord(in.r.Doc.Prose, "you", "your", "u", "ur"))
	x[13] = most
	x[14] = none
	x[15] = math.Min(3, named)
	x[16], x[17], x[18] = t.ownAfter()
	x[19] = naming
	x[20] = t.sincePost()
	x[21] = t.sincePost() * flag(len(t.Before) > 0 && len(t.of(t.Before[len(t.Before)-1]).names) == 0)
	x[22] = flag(goesOn(t.Group[0], t))
	x[23] = math.Log1p(float64(len(t.Group)))
	x[24] = math.Max(in.r.Scores[text.Thanks], in.r.Scores[text.Joke])
	x[25] = math.Max(in.r.Scores[text.Solved], in.r.Scores[text.NeverMind])
	x[26] = mark * most
	x[27] = t.nearShared()
	x[28] = math.Max(in.r.Scores[text.Answer], in.r.Scores[text.Ack])
	x[30] = math.Log1p(t.pace())
	x[31] = math.Log1p(float64(t.Passed()))
	x[32] = flag(t.Passed() == 0)
	x[33] = t.ownRank()
	x[34] = most * math.Log1p(t.pace())
	x[35] = mark * math.Log1p(t.pace())
	x[36] = flag(len(t.Before) > 0 && t.Before[len(t.Before)-1].Event.Actor != t.Author && t.Reading(t.Before[len(t.Before)-1]).asks() >= 0.5)
	x[37] = in.r.Scores[text.Problem]
	x[38] = flag(len(in.r.Doc.Code) > 0)
	x[29] = flag(hasWord(in.r.Doc.Prose, "i", "my", "im", "i'm", "we", "our"))
	return x
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

// sinceOwn is the logarithm of the minutes since the author last wrote in the
// channel, of a day where that is longer ago than what was looked at.
func (t *Talk) sinceOwn() float64 {
	for j := len(t.Before) - 1; j >= 0; j-- {
		if p := t.Before[j]; p.Event.Actor == t.Author {
			return math.Log1p(math.Min(1440, t.Group[0].Event.At.Sub(p.Event.At).Minutes()))
		}
	}
	return math.Log1p(1440)
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
// whether one asks again, and whether one thanks or says that it is settled.
func (t *Talk) ownAfter() (naming, again, settled float64) {
	for _, p := range t.After {
		if p.Event.Actor != t.Author {
			continue
		}
		in := t.of(p)
		switch {
		case len(in.names) > 0:
			naming = 1
		case in.r.asks() >= 0.5:
			again = 1
		}
		if in.r.Scores[text.Thanks] > 0.5 || in.r.Scores[text.Solved] > 0.5 || in.r.Scores[text.NeverMind] > 0.5 {
			settled = 1
		}
	}
	return naming, again, settled
}

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

// goesOn reports whether a post begins with a word that takes up what was said before.
func goesOn(p *signals.Post, t *Talk) bool {
	w := strings.Fields(strings.ToLower(t.Reading(p).Doc.Prose))
	if len(w) == 0 {
		return false
	}
	switch strings.Trim(w[0], ",.!?:") {
	case "and", "but", "so", "yes", "no", "yeah", "yep", "nope", "ok", "okay", "oh", "then", "it", "that", "that's", "thats", "this", "which", "why", "really", "ah", "hmm", "well", "or", "thanks", "lol", "nah", "yea", "sure", "right":
		return true
	}
	return false
}

// askPost is the first post of the utterance that asks at least so strongly, or nil.
func (t *Talk) askPost(least float64) *signals.Post {
	for _, p := range t.Group {
		if t.Reading(p).asks() >= least {
			return p
		}
	}
	return nil
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// pace is how many posts an hour stood in the channel just before the
// utterance, at least 0.1 and at most 600.
func (t *Talk) pace() float64 {
	n := len(t.Before)
	if n < 2 {
		return 1
	}
	h := t.Group[0].Event.At.Sub(t.Before[0].Event.At).Hours()
	return math.Max(0.1, math.Min(600, float64(n)/math.Max(h, 0.001)))
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

// quietBefore reports whether the author of After[i] had said nothing in the
// channel for the posts that were looked at.
func (t *Talk) quietBefore(i int) bool {
	b := t.After[i].Event.Actor
	for j := i - 1; j >= 0; j-- {
		if t.After[j].Event.Actor == b {
			return false
		}
	}
	for _, p := range t.Before {
		if p.Event.Actor == b {
			return false
		}
	}
	return true
}
