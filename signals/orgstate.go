package signals

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// orgState is an organisation as it is kept in a snapshot.
type orgState struct {
	Policy Policy
	People map[string]*Person
	Teams  map[string]*Team
	Away   map[string][]Absence
	Modes  []ScopedMode
	Marks  []modeMark
	Mutes  []Mute
	Rooms  map[string][]string
	Own    map[string]ownWord
	Hints  map[string]Hint
	Reads  map[string]bool
	Duties []dutyState     `json:",omitempty"`
	Rules  map[string]Rule `json:",omitempty"`

	Accounts map[string]string // whose an account is, where several claim it
	Aliases  map[string]string
	Links    map[string]Identity
}

// modeMark is a ModeMark with what it is of.
type modeMark struct {
	Detector, Scope string
	ModeMark
}

// Save gives the organisation as it stands now to write, as JSON.
func (o *Org) Save(write func([]byte)) {
	s := orgState{Policy: o.Policy, People: o.People, Teams: o.Teams, Away: o.away, Rooms: make(map[string][]string, len(o.rooms)), Accounts: o.account, Aliases: o.alias, Links: o.links,
		Modes: o.Modes(), Mutes: o.mutes, Own: o.own, Hints: o.hints, Reads: o.reads, Duties: o.saveDuties(), Rules: o.rules}
	for ch, members := range o.rooms {
		s.Rooms[ch] = slices.Sorted(maps.Keys(members))
	}
	for k, m := range o.marks {
		s.Marks = append(s.Marks, modeMark{k.detector, k.scope, m})
	}
	slices.SortFunc(s.Marks, func(a, b modeMark) int {
		return cmp.Or(cmp.Compare(a.Detector, b.Detector), cmp.Compare(a.Scope, b.Scope))
	})
	out, err := json.Marshal(s)
	if err != nil { // strings, numbers and times only
		out = nil
	}
	write(out)
}

// LoadOrg makes the organisation that Save gave. p is the policy before the
// organisation's own events, of which the saved one takes the place.
func LoadOrg(p Policy, read func() []byte) (*Org, error) {
	s := orgState{Policy: p}
	if err := json.Unmarshal(read(), &s); err != nil {
		return nil, fmt.Errorf("read the organisation of a snapshot: %w", err)
	}
	o := NewOrg(s.Policy)
	for _, id := range slices.Sorted(maps.Keys(s.People)) {
		o.setPerson(s.People[id])
	}
	for _, id := range slices.Sorted(maps.Keys(s.Teams)) {
		o.setTeam(s.Teams[id])
	}
	clear(o.account) // whose an account was may have been taken from them since
	clear(o.alias)
	maps.Copy(o.account, s.Accounts)
	maps.Copy(o.alias, s.Aliases)
	o.away, o.links = s.Away, s.Links
	for _, m := range s.Modes {
		o.modes[scoped{m.Detector, m.Scope}] = m.Mode
	}
	for _, m := range s.Marks {
		o.marks[scoped{m.Detector, m.Scope}] = m.ModeMark
	}
	o.mutes, o.own = s.Mutes, s.Own
	maps.Copy(o.hints, s.Hints)
	maps.Copy(o.reads, s.Reads)
	o.loadDuties(s.Duties)
	o.rules = s.Rules
	for ch, members := range s.Rooms {
		o.rooms[ch] = make(map[string]bool, len(members))
		for _, id := range members {
			o.rooms[ch][id] = true
		}
	}
	return o, nil
}
