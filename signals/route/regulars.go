package route

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// regulars are the people who answer others in a channel, each with a count
// that halves every month. Chat has no resolver who is written down, so who
// answers there is the best that is known of who could.
type regulars map[string]map[string]*regular

type regular struct {
	answers float64
	at      int64 // unix seconds of the latest
}

const (
	regularHalf   = 30 * 24 * time.Hour // after which an answer counts half
	regularMost   = 200                 // people remembered per channel
	regularLeast  = 2.0                 // answers, as they count now, of who is proposed
	regularChoice = 3                   // people proposed
)

// heard learns from a post that answers somebody else: one in another's thread,
// or one that begins with a mention.
func (g regulars) heard(c *signals.Case, e *signals.Event) {
	ch := c.Key.Channel()
	if e.Kind != signals.Said || ch == "" || e.Actor == "" || signals.IsBot(e.Actor) {
		return
	}
	if e.Actor == c.Opener && !strings.HasPrefix(e.Text, "<@") {
		return
	}
	people := g[ch]
	if people == nil {
		people = make(map[string]*regular)
		g[ch] = people
	}
	r := people[e.Actor]
	if r == nil {
		if len(people) >= regularMost {
			g.forget(ch)
		}
		r = &regular{at: e.At.Unix()}
		people[e.Actor] = r
	}
	r.answers, r.at = r.now(e.At.Unix())+1, e.At.Unix()
}

func (r *regular) now(at int64) float64 {
	age := time.Duration(max(0, at-r.at)) * time.Second
	return r.answers * math.Exp2(-float64(age)/float64(regularHalf))
}

// forget drops the one who counts least; of equals the one with the lesser id.
func (g regulars) forget(channel string) {
	worst, at := "", int64(0)
	for _, r := range g[channel] {
		at = max(at, r.at)
	}
	for who, r := range g[channel] {
		if worst == "" || cmp.Or(cmp.Compare(r.now(at), g[channel][worst].now(at)), cmp.Compare(who, worst)) < 0 {
			worst = who
		}
	}
	delete(g[channel], worst)
}

// of lists who answers in a channel, the most active first.
func (g regulars) of(channel string, now time.Time) []string {
	var out []string
	for who, r := range g[channel] {
		if r.now(now.Unix()) >= regularLeast {
			out = append(out, who)
		}
	}
	people := g[channel]
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(people[b].now(now.Unix()), people[a].now(now.Unix())), cmp.Compare(a, b))
	})
	return out
}

// regulars proposes who answers others in the channel of a chat case.
func (p *picker) regulars() {
	if p.m == nil || p.c.Channel() == "" {
		return
	}
	n := 0
	for _, who := range p.m.regulars.of(p.c.Channel(), p.now) {
		before := len(p.out)
		p.offer(who, "is among those who answer others in this channel", 0.2)
		if n += len(p.out) - before; n == regularChoice {
			return
		}
	}
}
