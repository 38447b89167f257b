package risk

import (
	"fmt"
	"slices"
	"time"

	"andon/signals"
)

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Places in a Prediction.
const (
	longPath = 1
	pingPong = 2
)

// tale is the life of an invented case.
type tale struct {
	id     int
	part   string
	opener string
	teams  []string
	closed bool
	who    signals.Audience
}

func (x tale) events() []*signals.Event {
	k := signals.Key{Source: signals.Jira, Site: "s", ID: fmt.Sprint(x.id)}
	if x.who == "" {
		x.who = signals.Public
	}
	var out []*signals.Event
	put := func(e signals.Event) {
		n := len(out)
		e.Case, e.ID, e.At, e.Seq.Entry = k, fmt.Sprintf("%s/%d", k, n), begin.Add(time.Duration(x.id*90+n*7)*time.Minute), int64(n)
		e.Audience = x.who
		out = append(out, &e)
	}
	set := []signals.Value{{Field: signals.FieldTeam, To: x.teams[0]}, {Field: signals.FieldComponent, To: x.part}, {Field: signals.FieldHolder, To: "jira/s/bob"}}
	put(signals.Event{Kind: signals.Opened, Actor: "jira/s/" + x.opener, Text: "The " + x.part + " is broken", Set: set})
	for i, to := range x.teams[1:] {
		put(signals.Event{Kind: signals.TeamMoved, Actor: "jira/s/bob", From: x.teams[i], To: to})
	}
	if x.closed {
		put(signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Fixed"})
	}
	return out
}

// live lets the model see a case; it returns the case and what was predicted
// after each event.
func live(m *Model, x tale) (*signals.Case, []Prediction) {
	p, c := signals.DefaultPolicy(), &signals.Case{}
	var out []Prediction
	for _, e := range x.events() {
		c.Apply(e)
		m.Observe(c, e, &p)
		out = append(out, m.Predict(c))
	}
	return c, out
}

// luck is a number from 0 to 99 that looks drawn.
func luck(i, of int) int { return int(mix(uint64(i), uint64(of)) % 100) }

// shop invents n closed cases: most that are about printers wander and return, few
// of the others do.
func shop(n int) []tale {
	out := make([]tale, n)
	for i := range out {
		x := tale{id: i, part: "mail", opener: fmt.Sprint("p", luck(i, 1)%7), teams: []string{"Desk", "Mail"}, closed: true}
		limit := 5
		if luck(i, 2) < 30 {
			x.part, limit = "printer", 80
		}
		if luck(i, 3) < limit {
			x.teams = []string{"Desk", "Network", "Desk", "Office", "Storage"}
		}
		out[i] = x
	}
	return out
}

// Trained is a model that has seen enough to foretell.
func Trained() *Model {
	m := New(3)
	for _, x := range shop(620) {
		live(m, x)
	}
	return m
}

func fresh(part, opener string) tale {
	return tale{id: 100_000, part: part, opener: opener, teams: []string{"Desk"}}
}

func mean(list []float64) float64 {
	s := 0.0
	for _, v := range list {
		s += v
	}
	return s / float64(max(1, len(list)))
}

func spread(list []float64) float64 { return slices.Max(list) - slices.Min(list) }
