package signals

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Org is the organisation as of some moment: roster, policy, modes, mutes and
// channel memberships, folded from events like everything else. Decisions use
// the Org folded up to their own time, never today's.
type Org struct {
	Roster
	Policy Policy

	modes map[scoped]Mode
	marks map[scoped]ModeMark // those that were taken back too
	mutes []Mute
	hints map[string]Hint            // by Hint.ID, those that ran out too until the next one comes
	reads map[string]bool            // what was said of channels: whether they are watched
	rooms map[string]map[string]bool // channel id -> ids as the source gives them: whose they are may be learnt later
	zones map[string]*time.Location
	cals  map[string]*Calendar

	duties map[dutyKey]Duty // who is on call
	rules  map[string]Rule  // standing routes, by Rule.ID; those that ran out too
}

type scoped struct{ detector, scope string }

// NewOrg returns an organisation of nobody under a policy.
func NewOrg(p Policy) *Org {
	return &Org{Policy: p, modes: make(map[scoped]Mode), marks: make(map[scoped]ModeMark), hints: make(map[string]Hint), reads: make(map[string]bool), rooms: make(map[string]map[string]bool), zones: make(map[string]*time.Location), cals: make(map[string]*Calendar)}
}

// FoldOrg makes the organisation as of a moment: events after it play no part.
// Events that do not concern the organisation are passed over; one that cannot
// be understood is an error and leaves the rest applied.
func FoldOrg(p Policy, events []*Event, asOf time.Time) (*Org, error) {
	o := NewOrg(p)
	var first error
	for _, e := range Sort(events) {
		if e.At.After(asOf) {
			break
		}
		if err := o.Apply(e); err != nil && first == nil {
			first = err
		}
	}
	return o, first
}

// Apply folds the next event in.
func (o *Org) Apply(e *Event) error {
	switch e.Kind {
	case RosterSet:
		clear(o.cals)
		return o.roster(e)
	case PolicySet:
		clear(o.cals)
		p, err := o.Policy.With([]byte(e.Text))
		if err != nil {
			return fmt.Errorf("read policy event %s: %w", e.ID, err)
		}
		o.Policy = p
	case AwaySet:
		return o.absence(e)
	case ModeSet:
		o.setMode(e)
	case Muted:
		return o.mute(e)
	case Joined:
		o.member(e)
	case Watched:
		o.reads[e.Ref] = e.Field != "off"
	}
	return nil
}

func (o *Org) roster(e *Event) error {
	switch e.Field {
	case "person":
		if e.Text == "" {
			o.dropPerson(e.To)
			return nil
		}
		p := &Person{ID: e.To}
		if err := json.Unmarshal([]byte(e.Text), p); err != nil {
			return fmt.Errorf("read roster event %s of person %s: %w", e.ID, e.To, err)
		}
		o.setPerson(p)
	case "team":
		if e.Text == "" {
			o.dropTeam(e.To)
			return nil
		}
		t := &Team{ID: e.To}
		if err := json.Unmarshal([]byte(e.Text), t); err != nil {
			return fmt.Errorf("read roster event %s of team %s: %w", e.ID, e.To, err)
		}
		o.setTeam(t)
	case "account":
		var i Identity
		if e.Text != "" {
			if err := json.Unmarshal([]byte(e.Text), &i); err != nil {
				return fmt.Errorf("read roster event %s of account %s: %w", e.ID, e.To, err)
			}
		}
		o.link(e.To, i)
	case "own":
		return o.personal(e)
	case "hint":
		return o.hint(e)
	case "oncall":
		return o.oncall(e)
	case "rule":
		return o.rule(e)
	default:
		return fmt.Errorf("roster event %s speaks of %q, not of a person, a team, an account, somebody's own settings, a hint, who is on call or a standing route", e.ID, e.Field)
	}
	return nil
}

func (o *Org) absence(e *Event) error {
	from := e.At
	if e.From != "" {
		t, err := time.Parse(time.RFC3339, e.From)
		if err != nil {
			return fmt.Errorf("read start of absence %s: %w", e.ID, err)
		}
		from = t
	}
	until, err := time.Parse(time.RFC3339, e.Text)
	if err != nil {
		return fmt.Errorf("read end of absence %s: %w", e.ID, err)
	}
	if !until.After(from) {
		o.back(e, until)
		return nil
	}
	if o.away == nil {
		o.away = make(map[string][]Absence)
	}
	o.away[e.To] = append(o.away[e.To], Absence{From: from, Until: until, Backup: e.Ref, Of: e.Case.Site})
	return nil
}

// back ends the absences of a person that are under way: all of them when they
// say so themselves, else those that the same teller told of.
func (o *Org) back(e *Event, at time.Time) {
	who := o.Who(e.To)
	own := e.Actor != "" && o.Who(e.Actor) == who
	for id, list := range o.away {
		if o.Who(id) != who {
			continue
		}
		for i := range list {
			if a := &list[i]; (own || a.Of == e.Case.Site) && !at.Before(a.From) && at.Before(a.Until) {
				a.Until = at
			}
		}
	}
}

func (o *Org) member(e *Event) {
	ch := e.Case.Channel()
	if ch == "" || e.To == "" {
		return
	}
	if o.rooms[ch] == nil {
		o.rooms[ch] = make(map[string]bool)
	}
	if e.Field == "left" {
		for _, a := range o.accounts(e.To) {
			delete(o.rooms[ch], a)
		}
	} else {
		o.rooms[ch][e.To] = true
	}
}

// Wrote tells the organisation that somebody wrote in a private channel: they
// were a member then. Exports do not tell of members otherwise.
func (o *Org) Wrote(e *Event) {
	ch := e.Case.Channel()
	if e.Kind != Said || e.Actor == "" || ch == "" || e.Audience.Group() != ch {
		return
	}
	if o.rooms[ch] == nil {
		o.rooms[ch] = make(map[string]bool)
	}
	o.rooms[ch][e.Actor] = true
}

// Viewer returns what a person may see: everything public, and the private
// channels that they are known to be in.
func (o *Org) Viewer(id string) Viewer {
	v := Viewer{Person: o.Who(id)}
	if p := o.Person(id); p != nil && p.External {
		v.Guest = true
	}
	accounts := o.accounts(id)
	for ch, members := range o.rooms {
		if slices.ContainsFunc(accounts, func(a string) bool { return members[a] }) {
			if v.Groups == nil {
				v.Groups = make(map[string]bool)
			}
			v.Groups[ch] = true
		}
	}
	return v
}

// accounts lists the ids that stand for a person now: their own, their accounts,
// and id itself where it is theirs.
func (o *Org) accounts(id string) []string {
	who := o.Who(id)
	out := []string{who}
	if id != who {
		out = append(out, id)
	}
	if o.People[who] != nil {
		for _, a := range o.AccountsOf(who) {
			if a != id && o.Who(a) == who {
				out = append(out, a)
			}
		}
	}
	return out
}

// ChannelViewer returns what everybody in a channel may see.
func (o *Org) ChannelViewer(channel string) Viewer {
	return Viewer{Groups: map[string]bool{channel: true}}
}

// Calendar returns the working time of a person, or the policy's for people
// without one of their own.
func (o *Org) Calendar(id string) *Calendar {
	who := o.Who(id)
	if c, ok := o.cals[who]; ok {
		return c
	}
	hours, days, zone, region := o.Policy.Hours, o.Policy.Days, o.Policy.Zone, ""
	if p := o.Person(who); p != nil {
		if t := o.Team(p.Team); t != nil && t.Zone != "" {
			zone = t.Zone
		}
		hours, days, zone, region = or(p.Hours, hours), or(p.Days, days), or(p.Zone, zone), p.Region
	}
	c := &Calendar{Zone: o.zone(zone), Holidays: o.holidays(region)}
	c.From, c.To, _ = ParseHours(hours)
	c.Days, _ = ParseDays(days)
	o.cals[who] = c
	return c
}

func (o *Org) zone(name string) *time.Location {
	if z, ok := o.zones[name]; ok {
		return z
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		z = time.UTC
	}
	o.zones[name] = z
	return z
}

func (o *Org) holidays(region string) map[string]bool {
	out := make(map[string]bool)
	for _, key := range []string{"all", region} {
		for _, d := range o.Policy.Holidays[key] {
			out[d] = true
		}
	}
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
