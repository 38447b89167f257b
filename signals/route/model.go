package route

import (
	"math"
	"time"

	"andon/signals"
)

// Kind says what is asked.
type Kind string

// The kinds of questions.
const (
	Person     Kind = "person"      // who will resolve it
	Team       Kind = "team"        // which team will resolve it
	NextPerson Kind = "next_person" // who will hold it next, if it is handed on
	NextTeam   Kind = "next_team"   // which team will hold it next, if it is handed on
)

// Kinds lists the kinds.
var Kinds = []Kind{Person, Team, NextPerson, NextTeam}

// Options are the numbers of a Model; a zero value takes its default. The
// defaults were compared by hand on seven public histories, on the very cases
// on which the figures are stated, so those figures are somewhat flattering.
// Slow, Fast, Age and Cells hardly matter within a factor of two. The two odds
// do: they trade cases that stay against cases that are handed on.
type Options struct {
	Slow   float64       // after so many later counts under the same key evidence counts half; 100
	Fast   float64       // the same for what happened just now; 6
	Age    time.Duration // after this time evidence counts half; 120 days
	Cells  int           // candidates kept under one key, at most 65535; 48
	Keys   int           // keys kept per table; 1<<18
	Least  int           // resolved cases needed before the model speaks; 8
	Closed int           // closed cases that are remembered in case they are reopened; 8192
	Open   int           // open cases that are remembered; 1<<17
	Pool   int           // situations kept until it is known how they ended, to learn weights from, for each kind of question; 2048
	// The odds at which naming the present holder as the one who will resolve it
	// is worth as much as naming somebody else: a person who holds a case knows
	// it already, a team may still have to find the right one in its midst. They
	// move the present holder down in the order and leave the probabilities alone.
	DoubtPerson float64  // 20
	DoubtTeam   float64  // 4
	Weak        []string // parts of resolution names that mean: nobody solved it
}

func (o *Options) defaults() {
	set(&o.Slow, 100)
	set(&o.Fast, 6)
	set(&o.Age, 120*24*time.Hour)
	set(&o.Cells, 48)
	o.Cells = min(o.Cells, maxCells)
	set(&o.Keys, 1<<18)
	set(&o.Least, 8)
	set(&o.Closed, 8192)
	set(&o.Open, 1<<17)
	set(&o.DoubtPerson, 20)
	set(&o.DoubtTeam, 4)
	set(&o.Pool, 2048)
	if o.Weak == nil {
		o.Weak = []string{"duplicate", "won't", "wont", "cannot", "can't", "incomplete", "invalid", "not a ", "declined", "abandoned", "rejected", "works for me", "worksforme"}
	}
}

func set[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

// Model knows who solved what. See Observe and Suggest. It is deterministic:
// the same events in the same order give the same answers.
type Model struct {
	opt    Options
	fields fields
	tracks [2]track           // persons, teams
	cases  map[uint64]*record // by caseKey
	open   queue
	closed queue
	pools  [4]pool // by track and by whether the next holder is asked for
	due    due
	now    int64 // unix seconds of the latest event

	regulars regulars

	q     query // scratch of one question
	vals  []val
	toks  []string
	fresh []uint64
	kept  [2][]nz

	counted [2][]count
}

// The tracks.
const (
	persons = iota
	teams
)

// track is what is known of one sort of candidates.
type track struct {
	names  names
	tables [sources]*table
	rank   [2]ranker // the final holder, the next one
	gain   [maxFields]gain
	order  []uint8 // fields that tell something, best first
	closes int     // resolved cases learnt
	doubt  float32 // logarithm of the odds, see Options
	pairs  []pair
	tried  map[[2]uint8]bool // pairs that were taken up once
}

// New returns a model that knows nothing.
func New(opt Options) *Model {
	opt.defaults()
	m := newModel(opt)
	for i := range m.pools {
		m.pools[i].samples = make([]sample, opt.Pool)
	}
	return m
}

func newModel(opt Options) *Model {
	m := &Model{opt: opt, cases: make(map[uint64]*record), regulars: make(regulars)}
	m.fields.init()
	for t := range m.tracks {
		for s := range m.tracks[t].tables {
			m.tracks[t].tables[s] = newTable(&m.opt, opt.Keys)
		}
		for r := range m.tracks[t].rank {
			m.tracks[t].rank[r].init(r)
		}
		m.tracks[t].reorder()
		m.tracks[t].doubt = float32(math.Log([2]float64{opt.DoubtPerson, opt.DoubtTeam}[t]))
	}
	return m
}

// Closed is how many resolved cases the model has learnt a person and a team from.
func (m *Model) Closed() (withPerson, withTeam int) {
	return m.tracks[persons].closes, m.tracks[teams].closes
}

// of tells the track of a kind and whether it asks for the next holder.
func (k Kind) of() (track int, next bool) {
	switch k {
	case Team:
		return teams, false
	case NextPerson:
		return persons, true
	case NextTeam:
		return teams, true
	}
	return persons, false
}

// caseKey stands for a case in the model. Two of a hundred million cases meet
// with a chance of one in four thousand, and then share what is remembered.
func caseKey(k signals.Key) uint64 { return hash(hash(hash(0, k.Source), k.Site), k.ID) }

// queue remembers cases in order and gives the oldest away when it is full.
type queue struct {
	keys []uint64
	head int
}

func (q *queue) push(k uint64, keep int) (oldest uint64, full bool) {
	if len(q.keys) < keep {
		q.keys = append(q.keys, k)
		return oldest, false
	}
	oldest = q.keys[q.head]
	q.keys[q.head] = k
	q.head = (q.head + 1) % keep
	return oldest, true
}
