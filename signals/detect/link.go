package detect

import (
	"math"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// nLink is the number of facts about a pair of an utterance and a later post.
const nLink = 29

// busyWindow is how many posts before one are looked at to tell whom its
// author is talking with.
const busyWindow = 20

// linkFacts are the facts from which it is told whether After[i], by somebody
// else, goes on with the utterance. rank is how many posts of others stand
// between. They come in three groups: of posts that address the author or
// somebody else, of posts that address nobody, and of all.
func (t *Talk) linkFacts(i, rank int, naming float64) []float64 {
	r := t.After[i]
	in, b := t.of(r), r.Event.Actor
	toAuthor, none := t.names(r, t.Author), len(in.names) == 0
	gap := math.Log1p(r.Event.At.Sub(t.lastOwn(i).Event.At).Minutes())
	busy := t.engaged(i, b)
	x := append(make([]float64, 0, nLink),
		flag(toAuthor), flag(!none && !toAuthor), flag(toAuthor && busy),
		flag(toAuthor)*gap, flag(toAuthor)*math.Log1p(float64(rank)), flag(toAuthor && t.turnedTo(b, i)))
	if none {
		x = append(x, t.plainFacts(i, rank, naming, gap, busy)...)
	} else {
		x = append(x, make([]float64, nPlain)...)
	}
	return append(x, gap, flag(t.turnsTo(b, i)), flag(t.ownSoon(i)),
		math.Min(3, float64(t.shared(t.bestAsk(), r)))/3,
		in.r.Scores[text.Answer], in.r.Scores[text.Ask], flag(len(in.r.Doc.Prose) < 12))
}

// nPlain is the number of facts about a post that addresses nobody.
const nPlain = 16

// plainFacts tell of a post that addresses nobody how it stands to the
// utterance: order, time against the channel's pace, the habit of the channel
// to address people, what its author was doing, and whether it begins a
// question of its own.
func (t *Talk) plainFacts(i, rank int, naming, gap float64, busy bool) []float64 {
	r := t.After[i]
	in, pace := t.of(r).r, t.pace()
	prose := in.Doc.Prose
	asks, next := in.asks(), flag(rank == 0)
	return []float64{
		next, flag(rank == 1), math.Log1p(float64(rank)), naming, next * naming,
		gap, next * gap, math.Max(-3, math.Min(3, gap-math.Log1p(60/pace))),
		flag(busy), flag(t.spokeJustBefore(r.Event.Actor)),
		flag(strings.HasSuffix(firstWord(prose), ":")),
		flag(addressesAll(prose)), in.Scores[text.Question],
		asks * math.Log1p(1/pace), asks * math.Log1p(float64(len(strings.Fields(prose)))),
		flag(asks >= 0.5 && t.quietBefore(i)),
	}
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
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
