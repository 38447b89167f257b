package company

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// ErrOptions says that the options ask for a company that cannot be made.
var ErrOptions = errors.New("company: bad options")

// Options choose the company. The zero value is the bundled example.
type Options struct {
	Seed     int64     // same seed, same bytes; default 1
	Start    time.Time // first day, moved back to its Monday, 00:00 UTC; default 2026-03-02
	Weeks    int       // length of the history, 2 to 52; default 6
	Issues   int       // about how many Jira issues, at least 100; default 400
	Messages int       // about how many Slack messages, at least 1000; default 6000
}

// Company is an invented company with its whole history in memory.
type Company struct {
	Name   string // "Pennyfern"
	Domain string // mail domain, under .example
	Site   string // Jira host
	Slack  string // Slack workspace host

	Start, End time.Time // history is within [Start, End)
	People     []Person
	Teams      []Team
	Holidays   []Holiday
	Channels   []*Channel
	Issues     []*Issue
	Truth      Truth
}

// Generate makes the company that the options describe, or an error that wraps ErrOptions.
func Generate(o Options) (*Company, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	w := newWorld(o)
	w.makePeople()
	w.makeChannels()
	w.makeIssues()
	w.plantTalk()
	w.makeIncidents()
	w.makeTalk()
	w.finish()
	return w.c, nil
}

func (o Options) withDefaults() (Options, error) {
	o.Seed = cmp.Or(o.Seed, 1)
	o.Weeks = cmp.Or(o.Weeks, 6)
	o.Issues = cmp.Or(o.Issues, 400)
	o.Messages = cmp.Or(o.Messages, 6000)
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	}
	y, m, d := o.Start.UTC().Date()
	o.Start = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	o.Start = o.Start.AddDate(0, 0, -(int(o.Start.Weekday())+6)%7)
	switch {
	case o.Weeks < 2 || o.Weeks > 52:
		return o, fmt.Errorf("%w: weeks is %d, must be 2 to 52", ErrOptions, o.Weeks)
	case o.Issues < 100 || o.Issues > 20000:
		return o, fmt.Errorf("%w: issues is %d, must be 100 to 20000", ErrOptions, o.Issues)
	case o.Messages < 1000 || o.Messages > 1000000:
		return o, fmt.Errorf("%w: messages is %d, must be 1000 to 1000000", ErrOptions, o.Messages)
	}
	return o, nil
}

// world is the company while it is being made.
type world struct {
	o      Options
	c      *Company
	g      *grammar
	people []*Person
	topics []*topic
	chans  map[string]*Channel
	used   map[string]bool // features x failures already told, and symptoms already taken
	seq    struct {
		issue, comment, link int
		project              map[string]int
	}
	start, end time.Time
}

func newWorld(o Options) *world {
	end := o.Start.AddDate(0, 0, 7*o.Weeks)
	w := &world{o: o, g: loadGrammar(), chans: map[string]*Channel{}, used: map[string]bool{}, start: o.Start, end: end}
	w.seq.project = map[string]int{}
	w.seq.issue, w.seq.comment, w.seq.link = 20400, 51000, 8800
	w.c = &Company{Name: "Pennyfern", Domain: "pennyfern.example", Site: "pennyfern.atlassian.net", Slack: "pennyfern.slack.com", Start: o.Start, End: end}
	return w
}

// rng gives each part of the story a stream of its own, so that more chat does not change the issues.
func (w *world) rng(part string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(part))
	return rand.New(rand.NewPCG(uint64(w.o.Seed), h.Sum64()))
}

// scaled turns a count meant for the default company into one for these options, at least 1.
func (w *world) scaled(n, have, standard int) int {
	return max(1, (n*have+standard/2)/standard)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// between is a duration from lo to hi, leaning towards lo.
func between(r *rand.Rand, lo, hi time.Duration) time.Duration {
	f := r.Float64()
	return lo + time.Duration(f*f*float64(hi-lo)).Truncate(time.Second)
}
