package company

import (
	"math/rand/v2"
)

// habits say what is talked about where: kinds with weights, and how much of the talk a channel has.
var habits = []struct {
	channel string
	share   float64
	threads float64 // share of conversations held in a thread
	kinds   []string
}{
	{"general", 5, 0.5, []string{"fyi", "fyi", "plan", "release", "smalltalk"}},
	{"random", 10, 0.25, []string{"smalltalk"}},
	{"lunch", 4, 0.2, []string{"smalltalk"}},
	{"releases", 2, 0.6, []string{"release"}},
	{"deploys", 16, 0, []string{"bot.deploy", "bot.ci", "bot.ci"}},
	{"help-engineering", 9, 0.8, []string{"howto", "howto", "debug", "debug", "fyi"}},
	{"customers", 7, 0.6, []string{"relay", "relay", "howto", "ticket.done"}},
	{"service-desk", 6, 0.5, []string{"relay", "howto", "smalltalk", "plan"}},
	{"product-support", 5, 0.5, []string{"relay", "howto", "debug", "plan", "fyi"}},
	{"leads-private", 3, 0.4, []string{"plan", "plan", "fyi", "smalltalk"}},
	{"login-audit-private", 1, 0.5, []string{"debug", "review", "plan"}},
	{"", 8, 0.55, []string{"standup", "standup", "review", "review", "debug", "plan", "fyi", "howto", "smalltalk", "ticket.done"}}, // each engineering team
}

// makeTalk writes the ordinary talk until the company has as many messages as it should.
func (w *world) makeTalk() {
	r := w.rng("talk")
	w.ticketTalk(r)
	w.jiraBot(r)
	w.joins(r)
	w.negativeTalk(r)
	count := 0
	for _, ch := range w.c.Channels {
		count += len(ch.Messages)
	}
	pool, weights := w.rooms()
	for count < w.o.Messages {
		i := weighted(r, weights)
		count += w.chat(r, pool[i].ch, pool[i].threads, pick(r, pool[i].kinds))
	}
}

type room struct {
	ch      *Channel
	threads float64
	kinds   []string
}

func (w *world) rooms() ([]room, []float64) {
	var pool []room
	var weights []float64
	for _, h := range habits {
		names := []string{h.channel}
		if h.channel == "" {
			names = nil
			for _, plan := range orgPlan[:6] {
				names = append(names, plan.channel)
			}
		}
		for _, name := range names {
			pool = append(pool, room{w.chans[name], h.threads, h.kinds})
			weights = append(weights, h.share)
		}
	}
	return pool, weights
}

func weighted(r *rand.Rand, weights []float64) int {
	sum := 0.0
	for _, x := range weights {
		sum += x
	}
	at := r.Float64() * sum
	for i, x := range weights {
		if at -= x; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
