package detect

import (
	"math"
	"slices"

	"andon/signals/text"
)

// parentReach is how many flat posts before one are weighed as what it goes on with.
const parentReach = 80

// busyWindow is how many posts before one are looked at to tell whom its
// author is talking with.
const busyWindow = 20

// nPair and nNone are the numbers of facts about a post and one before it, and
// about a post that may go on with nothing.
const (
	nPair = 36
	nNone = 18
)

// reply is what is told of flat[at] once, whatever it may go on with.
type reply struct {
	at        int
	who       string
	in        *spoken
	partners  []string // whom its author addressed, and who addressed its author, in the posts before
	soon      []string // who writes within three posts after it, addressing nobody
	namesSoon []string // who addresses its author within ten posts after it
	asks      bool
	thanks    float64
	naming    float64 // the share of the posts before that address somebody
	pace      float64 // posts an hour before it
	crowded   float64 // see crowded
}

// replyAt gathers what is told of flat[i].
func (t *Talk) replyAt(i int) *reply {
	post := t.flat[i]
	r := &reply{at: i, who: post.Event.Actor, in: t.at(i), pace: 1}
	r.asks = r.in.r.in.asks >= 0.5
	r.thanks = max(r.in.r.Scores[text.Thanks], r.in.r.Scores[text.Ack])
	named, all := 1.0, 4.0
	from := max(0, i-talkBefore)
	for j, q := range t.flat[from:i] {
		names := t.at(from + j).names
		all++
		named += flag(len(names) > 0)
		if q.Event.Actor == r.who {
			r.partners = append(r.partners, names...)
		} else if slices.Contains(names, r.who) {
			r.partners = append(r.partners, q.Event.Actor)
		}
	}
	r.naming = named / all
	if n := i - from; n >= 2 {
		r.pace = hourly(n, post.Event.At.Sub(t.flat[from].Event.At).Hours())
	}
	r.crowded = crowded(r.pace)
	for j := i + 1; j < len(t.flat) && j <= i+10; j++ {
		q := t.flat[j]
		names := t.at(j).names
		switch {
		case q.Event.Actor == r.who:
		case slices.Contains(names, r.who):
			r.namesSoon = append(r.namesSoon, q.Event.Actor)
		case j <= i+3 && len(names) == 0:
			r.soon = append(r.soon, q.Event.Actor)
		}
	}
	return r
}

// hourly is n posts in so many hours as posts an hour, at least 0.1 and at most 600.
func hourly(n int, hours float64) float64 {
	return math.Max(0.1, math.Min(600, float64(n)/math.Max(hours, 0.001)))
}

// between is what stands between a reply and the post that is weighed.
type between struct {
	since []int // who wrote there, as spoken.who
	named bool  // somebody addressed the reply's author there
}

// nearReach is up to where any post is weighed; further back only those whose
// author is the reply's own or is addressed, and those that address its author.
const nearReach = 24

// inReach reports whether the reply may at all go on with flat[r.at-1-k].
func (t *Talk) inReach(r *reply, k int) bool {
	if k < nearReach {
		return true
	}
	a := t.at(r.at - 1 - k)
	return a.who == r.in.who || len(r.in.names) > 0 && slices.Contains(r.in.names, t.flat[r.at-1-k].Event.Actor) || len(a.names) > 0 && slices.Contains(a.names, r.who)
}

// pairFacts are the facts about the reply going on with flat[r.at-1-k].
func (t *Talk) pairFacts(x *[nPair]float64, r *reply, k int, mid *between) {
	p, a, in := t.flat[r.at], t.flat[r.at-1-k], t.at(r.at-1-k)
	*x = [nPair]float64{}
	gap, dist := math.Log1p(p.Event.At.Sub(a.Event.At).Minutes()), math.Log1p(float64(k))
	shared := math.Min(3, float64(text.Common(in.r.in.content, r.in.r.in.content))) / 3
	if in.who == r.in.who {
		ownFacts(x, r, in, k, gap, dist, shared)
		return
	}
	c, asks := a.Event.Actor, in.r.in.asks >= 0.5
	spoke, own := slices.Contains(mid.since, in.who), slices.Contains(mid.since, r.in.who)
	conversed, names := slices.Contains(r.partners, c), slices.Contains(in.names, r.who)
	switch toC := slices.Contains(r.in.names, c); {
	case toC:
		x[0], x[3], x[4], x[16] = 1, dist, gap, flag(spoke)
	case len(r.in.names) > 0:
		x[1] = 1
	default:
		x[5], x[6], x[9], x[10] = dist, gap, flag(k == 0), flag(k == 1)
		x[18], x[26], x[27] = flag(own), flag(conversed), flag(len(r.partners) > 0 && !conversed)
		x[30], x[31], x[34] = r.naming, math.Max(-3, math.Min(3, gap-math.Log1p(60/r.pace))), r.thanks
	}
	x[12], x[13], x[14] = flag(names), flag(names && !mid.named), flag(!names && len(in.names) > 0)
	x[15], x[17] = flag(spoke), flag(own)
	x[19], x[21], x[22] = flag(asks), flag(asks && r.asks), flag(asks)*r.in.r.Scores[text.Answer]
	x[23], x[25] = shared, flag(conversed)
	x[28], x[29] = flag(slices.Contains(r.soon, c)), flag(slices.Contains(r.namesSoon, c))
	x[35] = flag(asks && t.fresh(r.at-1-k))
}

// ownFacts are the facts about a post going on with what its author said before.
func ownFacts(x *[nPair]float64, r *reply, in *spoken, k int, gap, dist, shared float64) {
	x[2], x[7], x[8], x[11] = 1, dist, gap, flag(k == 0)
	x[20], x[24] = flag(in.r.in.asks >= 0.5), shared
	if len(r.in.names) > 0 && len(in.names) > 0 {
		meets := slices.ContainsFunc(r.in.names, func(n string) bool { return slices.Contains(in.names, n) })
		x[32], x[33] = flag(meets), flag(!meets)
	}
}

// fresh reports whether the author of flat[j] wrote nothing shortly before it.
func (t *Talk) fresh(j int) bool {
	for i := max(0, j-busyWindow); i < j; i++ {
		if t.at(i).who == t.at(j).who {
			return false
		}
	}
	return true
}

// noneFacts are the facts about the reply going on with nothing.
func (t *Talk) noneFacts(x *[nNone]float64, r *reply) {
	s, in := r.in.r.Scores, &r.in.r.in
	own, last := math.Log1p(parentReach), math.Log1p(1440)
	for k := 0; k < parentReach && k < r.at; k++ {
		if t.flat[r.at-1-k].Event.Actor == r.who {
			own = math.Log1p(float64(k))
			break
		}
	}
	if r.at > 0 {
		last = math.Log1p(math.Min(1440, t.flat[r.at].Event.At.Sub(t.flat[r.at-1].Event.At).Minutes()))
	}
	*x = [nNone]float64{
		1, flag(r.asks), flag(len(r.in.names) > 0), flag(in.all), own, last,
		math.Log1p(float64(in.words)), flag(in.goesOn), flag(in.mark),
		math.Max(r.thanks, s[text.Answer]), s[text.Problem], flag(in.mine),
		flag(len(r.partners) > 0), r.naming * flag(len(r.in.names) == 0), math.Log1p(r.pace), s[text.HowTo],
		s[text.Ask], math.Log1p(float64(min(r.at, parentReach))),
	}
}
