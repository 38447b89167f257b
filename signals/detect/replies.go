package detect

import (
	"math"
	"slices"

	"andon/signals"
)

// Reply is a post of somebody else and how likely it answers an utterance.
type Reply struct {
	Post   *signals.Post
	Chance float64
}

// threadedDoubt is how much the odds of a flat post that addresses nobody sink,
// in powers of e, where all talk stands in threads: people who answer there do
// it in the thread.
const threadedDoubt = 2

// lateDoubt is the same for a flat post that has no word of content in common
// with the utterance, for each power of e that it came later than ten minutes:
// where people answer in threads, the next topic looks like a late answer.
const lateDoubt = 1

// ownThreadDoubt is the same for a post under which others talk in a thread
// without the author: it began something of its own.
const ownThreadDoubt = 2

// askedAgainDoubt is the same for what was said before the author asked again.
const askedAgainDoubt = 2

// damp lowers a probability by doubt, in powers of e of its odds.
func damp(p, doubt float64) float64 {
	if p >= 1 {
		return p
	}
	odds := p / (1 - p) * math.Exp(-doubt)
	return odds / (1 + odds)
}

// Replies returns what others said after the utterance in the channel, with the
// chance of each to go on with it, in time order.
func (t *Talk) Replies() []Reply {
	if t.replies == nil {
		t.replies = []Reply{}
		for _, f := range t.following() {
			if f.post.Event.Actor != t.Author {
				t.replies = append(t.replies, Reply{f.post, t.doubt(f.post, f.talk)})
			}
		}
	}
	return t.replies
}

// doubt lowers the chance of a post that addresses nobody to go on with the utterance.
func (t *Talk) doubt(p *signals.Post, chance float64) float64 {
	if len(t.of(p).names) > 0 {
		return chance
	}
	chance = damp(chance, t.strangeness(p))
	if i := slices.Index(t.After, p); t.asksAgainAfter(i) {
		chance = damp(chance, askedAgainDoubt)
	}
	return chance
}

// strangeness is how much speaks against a flat post that addresses nobody being
// an answer, in powers of e: nothing where nobody uses threads.
func (t *Talk) strangeness(p *signals.Post) float64 {
	doubt := threadedDoubt * t.threaded
	if t.threaded > 0 && t.shared(t.bestAsk(), p) == 0 {
		doubt += lateDoubt * t.threaded * math.Log1p(max(0, p.Event.At.Sub(t.Last().Event.At).Minutes())/10)
	}
	if t.roots[p.Event.Case] {
		doubt += ownThreadDoubt
	}
	return doubt
}

// asksAgainAfter reports whether the author asked nearly the same once more
// after After[i]: then that was no answer.
func (t *Talk) asksAgainAfter(i int) bool {
	if t.again == nil {
		last, ask := -1, t.bestAsk()
		for j, p := range t.After {
			if p.Event.Actor == t.Author && t.Reading(p).asks() >= 0.5 && t.same(ask, p) && p.Event.At.Sub(ask.Event.At) > utteranceGap {
				last = j
			}
		}
		t.again = &last
	}
	return i < *t.again
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

// pace is how many posts an hour stood in the channel just before the
// utterance, at least 0.1 and at most 600.
func (t *Talk) pace() float64 {
	n := len(t.Before)
	if n < 2 {
		return 1
	}
	return hourly(n, t.Group[0].Event.At.Sub(t.Before[0].Event.At).Hours())
}

// logistic is the probability of a weighted sum of facts; the last weight is the constant.
func logistic(w, x []float64) float64 { return 1 / (1 + math.Exp(-weighed(w, x))) }

// weighed is a weighted sum of facts and the constant.
func weighed(w, x []float64) float64 {
	z := w[len(w)-1]
	for i, v := range x {
		z += w[i] * v
	}
	return z
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// foreignThreads finds the threads of the channel from root on in which its author does not write.
func foreignThreads(room *signals.Room, root *signals.Post) map[signals.Key]bool {
	if room == nil {
		return nil
	}
	out := make(map[signals.Key]bool)
	for _, p := range room.Since(root.Event.At) {
		if IsRoot(p) || signals.IsBot(p.Event.Actor) || p.Event.Actor == root.Event.Actor {
			continue
		}
		if _, seen := out[p.Event.Case]; !seen {
			out[p.Event.Case] = true
		}
	}
	for _, p := range room.Since(root.Event.At) {
		if p.Event.Actor == root.Event.Actor {
			delete(out, p.Event.Case)
		}
	}
	return out
}
