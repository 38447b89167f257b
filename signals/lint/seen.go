package lint

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"andon/signals"
)

// maxValues is how many values of one field are kept: beyond that it is free
// text, and no list of values can be held against it.
const maxValues = 300

// Seen is what the journal has shown so far of places, teams, fields and people.
// It is a fold: Observe every event, in any order. The zero value saw nothing.
type Seen struct {
	First time.Time `json:"first"` // of the earliest event of a case
	Last  time.Time `json:"last"`

	Projects   map[string]Place           `json:"projects,omitempty"`   // keys in upper case; a case counts when it is opened there or moves there
	Channels   map[string]Place           `json:"channels,omitempty"`   // ids; what is said there counts
	Teams      map[string]Place           `json:"teams,omitempty"`      // names as the source has them; a case counts when it comes there
	Components map[string]map[string]bool `json:"components,omitempty"` // lower-case name -> projects, "" where the project was not told with it
	Fields     map[string]*Values         `json:"fields,omitempty"`     // by lower-case name
	Actors     map[string]time.Time       `json:"actors,omitempty"`     // account -> when it last did something
	Talk       Talk                       `json:"talk,omitempty"`       // who wrote where and on which days
}

// Place is a project, a channel or a team as the journal shows it.
type Place struct {
	Last   time.Time `json:"last"`
	Public bool      `json:"public,omitempty"` // something that everybody in the company may see told of it
	Alerts bool      `json:"alerts,omitempty"` // nothing but alerts told of it
}

// Values are the values that a field had, as hashes: a field may hold words of
// people. There are none when there are too many.
type Values struct {
	Had  map[uint64]bool `json:"had,omitempty"`
	Many bool            `json:"many,omitempty"`
}

// has reports whether a value was had, or there are too many to tell.
func (v *Values) has(value string) bool { return v.Many || v.Had[hashed(value)] }

// hashed is the FNV-1a of a value without letter case.
func hashed(value string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strings.ToLower(value)))
	return h.Sum64()
}

// LoadSeen reads what Save wrote.
func LoadSeen(body []byte) (*Seen, error) {
	s := &Seen{}
	if err := json.Unmarshal(body, s); err != nil {
		return nil, fmt.Errorf("read what lint has seen: %w", err)
	}
	return s, nil
}

// Save writes it as JSON, the same each time.
func (s *Seen) Save() ([]byte, error) {
	s.Talk.prune(s.Last)
	return json.Marshal(s)
}

// Observe takes an event in.
func (s *Seen) Observe(e *signals.Event) {
	if e.Kind.Organises() || e.Kind.Answers() || e.Case.IsDrill() {
		return
	}
	if s.First.IsZero() || e.At.Before(s.First) {
		s.First = e.At
	}
	if e.At.After(s.Last) {
		s.Last = e.At
	}
	if e.Actor != "" && !signals.IsBot(e.Actor) && e.At.After(s.Actors[e.Actor]) {
		put(&s.Actors, e.Actor, e.At)
	}
	if ch := e.Case.Channel(); ch != "" {
		see(&s.Channels, ch, e)
		s.Talk.observe(e, s.Last)
		return
	}
	if e.Kind == signals.Opened {
		s.opened(e)
		return
	}
	name := e.FieldName()
	s.value(name, e.To, "", e)
	s.value(name, e.From, "", nil)
}

// opened takes the fields that a case was created with.
func (s *Seen) opened(e *signals.Event) {
	project := ""
	for _, v := range e.Set {
		if v.Field == signals.FieldProject {
			project = v.To
		}
	}
	for _, v := range e.Set {
		s.value(v.Field, v.To, project, e)
	}
}

// value notes a value of a field. e is the event with which it came, nil where
// it only was there before.
func (s *Seen) value(field, value, project string, e *signals.Event) {
	if field == "" {
		return
	}
	had := s.Fields[strings.ToLower(field)]
	if had == nil {
		had = &Values{Many: field == signals.FieldTitle || field == signals.FieldBody}
		put(&s.Fields, strings.ToLower(field), had)
	}
	if value == "" {
		return
	}
	had.add(hashed(value))
	switch {
	case field == signals.FieldComponent:
		name := strings.ToLower(value)
		projects := s.Components[name]
		put(&projects, strings.ToUpper(project), true)
		put(&s.Components, name, projects)
	case e == nil:
	case field == signals.FieldProject:
		see(&s.Projects, strings.ToUpper(value), e)
	case field == signals.FieldTeam:
		see(&s.Teams, value, e)
	}
}

func (v *Values) add(value uint64) {
	if v.Many {
		return
	}
	put(&v.Had, value, true)
	if len(v.Had) > maxValues {
		v.Had, v.Many = nil, true
	}
}

func see(places *map[string]Place, name string, e *signals.Event) {
	p, had := (*places)[name]
	p.Alerts = e.Case.Source == signals.Alerts && (p.Alerts || !had)
	if e.At.After(p.Last) {
		p.Last = e.At
	}
	p.Public = p.Public || e.Audience == signals.Public
	put(places, name, p)
}

func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[k] = v
}
