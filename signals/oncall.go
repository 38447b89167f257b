package signals

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Shift is a time in which somebody is on call.
type Shift struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Duty is when one person is on call for one team, as far as it is known until
// To. The event of it names the person in To and the team in Ref; a later one
// takes its place, and one without text takes it back.
type Duty struct {
	Team   string    `json:"-"`
	Person string    `json:"-"`
	Rank   int       `json:"rank,omitempty"` // of several at once the lower is asked first
	Shifts []Shift   `json:"shifts"`
	To     time.Time `json:"to"` // how far the plan was known
}

type dutyKey struct{ team, person string }

// oncall takes a duty in, or back.
func (o *Org) oncall(e *Event) error {
	key := dutyKey{e.Ref, e.To}
	if e.Text == "" {
		delete(o.duties, key)
		return nil
	}
	d := Duty{Team: e.Ref, Person: e.To}
	if err := json.Unmarshal([]byte(e.Text), &d); err != nil {
		return fmt.Errorf("read who is on call, event %s: %w", e.ID, err)
	}
	if o.duties == nil {
		o.duties = make(map[dutyKey]Duty)
	}
	o.duties[key] = d
	return nil
}

// Duties lists who is on call for a team and when, by rank and person; for "",
// of every team.
func (o *Org) Duties(team string) (out []Duty) {
	for _, d := range o.duties {
		if team == "" || o.TeamName(d.Team) == o.TeamName(team) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Duty) int {
		return cmp.Or(cmp.Compare(o.TeamName(a.Team), o.TeamName(b.Team)), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Team, b.Team))
	})
	return out
}

// OnCall lists who is on call for a team at a time, whoever is to be asked first
// in front.
func (o *Org) OnCall(team string, at time.Time) (people []string) {
	if len(o.duties) == 0 {
		return nil
	}
	for _, d := range o.Duties(team) {
		who := o.Who(d.Person)
		if !slices.Contains(people, who) && slices.ContainsFunc(d.Shifts, func(s Shift) bool { return !at.Before(s.From) && at.Before(s.Until) }) {
			people = append(people, who)
		}
	}
	return people
}

// dutyState is a duty as a snapshot keeps it.
type dutyState struct {
	Team, Person string
	Duty
}

func (o *Org) saveDuties() (out []dutyState) {
	for _, d := range o.Duties("") {
		out = append(out, dutyState{d.Team, d.Person, d})
	}
	return out
}

func (o *Org) loadDuties(list []dutyState) {
	for _, s := range list {
		d := s.Duty
		d.Team, d.Person = s.Team, s.Person
		if o.duties == nil {
			o.duties = make(map[dutyKey]Duty, len(list))
		}
		o.duties[dutyKey{s.Team, s.Person}] = d
	}
}
