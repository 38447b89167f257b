package detect

import (
	"math"
	"slices"

	"andon/signals"
)

// A flat channel does not say who answers whom. Every post goes on with one
// before it, or with nothing; which one is told by whom it addresses, by time
// and order, by turns taken and words shared (pairFacts), each possibility
// against all others. A conversation is then what goes on with an utterance,
// directly or through other posts.

// linkLeast is the least chance that is followed.
const linkLeast = 0.03

// linkWindow is how many later posts of others are weighed as answers.
const linkWindow = 120

// parents returns the chance of flat[i] to go on with flat[i-1-k], for each k,
// and with nothing. Where its chance to go on with one of those that matter is
// below linkLeast it returns nil.
func (t *Talk) parents(i int, matters func(j int) bool) (chance []float64, none float64) {
	r := t.replyAt(i)
	n := min(i, parentReach)
	var nx [nNone]float64
	t.noneFacts(&nx, r)
	none = math.Exp(dot(noneWeights[:], nx[:]))
	chance = make([]float64, n)
	sum := t.weigh(r, chance, func(k int) bool { return matters == nil || matters(i-1-k) })
	if matters != nil {
		if sum < linkLeast*(sum+none) {
			return nil, 0
		}
		sum += t.weigh(r, chance, func(k int) bool { return !matters(i - 1 - k) })
	}
	for k := range chance {
		chance[k] /= sum + none
	}
	return chance, none / (sum + none)
}

// weigh sets the odds of the reply to go on with each of the posts before it
// that are wanted, and returns their sum.
func (t *Talk) weigh(r *reply, odds []float64, want func(k int) bool) (sum float64) {
	var x [nPair]float64
	mid := between{since: make([]int, 0, parentReach)}
	for k := range odds {
		a := t.at(r.at - 1 - k)
		if want(k) && t.inReach(r, k) {
			t.pairFacts(&x, r, k, &mid)
			odds[k] = math.Exp(dot(pairWeights[:], x[:]) + r.correction(&x))
			sum += odds[k]
		}
		if !slices.Contains(mid.since, a.who) {
			mid.since = append(mid.since, a.who)
		}
		mid.named = mid.named || len(a.names) > 0 && a.who != r.in.who && slices.Contains(a.names, r.who)
	}
	return sum
}

func dot(w, x []float64) (z float64) {
	for i, v := range x {
		if v != 0 {
			z += w[i] * v
		}
	}
	return z
}

// origin is what the utterance goes on with: the chances that it is nothing,
// what its author said before, and what others said.
func (t *Talk) origin() (none, own, others float64) {
	i := slices.Index(t.flat, t.Group[0])
	if i < 0 {
		return 1, 0, 0
	}
	chance, none := t.parents(i, nil)
	for k, c := range chance {
		if t.flat[i-1-k].Event.Actor == t.Author {
			own += c
		} else {
			others += c
		}
	}
	return none, own, others
}

// follow is a flat post after an utterance and how surely it goes on with it:
// directly, and directly or through other posts.
type follow struct {
	post         *signals.Post
	direct, talk float64
}

// following weighs the flat posts after the utterance began, in time order,
// until linkWindow posts of others were weighed.
func (t *Talk) following() []follow {
	first := slices.Index(t.flat, t.Group[0])
	if first < 0 {
		return nil
	}
	belongs := make([]float64, len(t.flat)-first)
	var out []follow
	for i, m, others, last := first, 0, 0, first; i < len(t.flat) && others < linkWindow && i-last <= parentReach; i++ {
		if m < len(t.Group) && t.Group[m] == t.flat[i] {
			belongs[i-first], last = 1, i
			m++
			continue
		}
		f := follow{post: t.flat[i]}
		if f.post.Event.Actor != t.Author {
			others++
		}
		t.followAt(&f, i, first, belongs, t.Group[:m])
		if belongs[i-first] = f.talk; f.talk >= linkLeast {
			last = i
		}
		out = append(out, f)
	}
	return out
}

// followAt weighs flat[i]; belongs says how surely each post from flat[first] on is of the talk.
func (t *Talk) followAt(f *follow, i, first int, belongs []float64, group []*signals.Post) {
	of := func(j int) bool { return j >= first && belongs[j-first] >= linkLeast }
	for j := max(first, i-parentReach); ; j++ {
		if j == i {
			return // the talk is too far back
		}
		if of(j) {
			break
		}
	}
	chance, _ := t.parents(i, of)
	for k, c := range chance {
		j := i - 1 - k
		if j < first {
			break
		}
		f.talk += c * belongs[j-first]
		if belongs[j-first] == 1 && slices.Contains(group, t.flat[j]) {
			f.direct += c
		}
	}
}
