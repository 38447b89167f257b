package signals

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Personal is what somebody says of themselves. It counts more than the roster,
// whichever was heard first. Empty parts say nothing.
//
// Of two events about one person the later is put over the earlier: what its
// JSON does not name stays, a name with "" or null takes that part back, and an
// event without text takes back everything.
type Personal struct {
	Zone     string `json:"zone,omitempty"`
	Hours    string `json:"hours,omitempty"`
	Days     string `json:"days,omitempty"`
	Backup   string `json:"backup,omitempty"`    // person id
	OptedOut *bool  `json:"opted_out,omitempty"` // what they write is not analysed, and they are never nudged
	Thanks   *bool  `json:"thanks,omitempty"`    // the digest may thank them by name for pulling the cord
	Digest   *bool  `json:"digest,omitempty"`    // a lead who gets the weekly digest as a direct message
}

// ownWord is what was said under one id, and when the latest of it was.
type ownWord struct {
	Personal
	At time.Time
}

// personal takes what somebody says of themselves.
func (r *Roster) personal(e *Event) error {
	if e.Text == "" {
		for id := range r.own {
			if r.Who(id) == r.Who(e.To) {
				delete(r.own, id)
			}
		}
		r.counts = nil
		return nil
	}
	p := r.own[e.To].clone()
	if err := json.Unmarshal([]byte(e.Text), &p); err != nil {
		return fmt.Errorf("read roster event %s of what %s says of themselves: %w", e.ID, e.To, err)
	}
	if err := p.check(); err != nil {
		return fmt.Errorf("read roster event %s of what %s says of themselves: %w", e.ID, e.To, err)
	}
	if r.own == nil {
		r.own = make(map[string]ownWord)
	}
	r.own[e.To], r.counts = ownWord{p, e.At}, nil
	return nil
}

// check refuses hours and days that nobody could work.
func (p *Personal) check() error {
	if _, _, err := ParseHours(p.Hours); err != nil {
		return err
	}
	if _, err := ParseDays(p.Days); err != nil {
		return err
	}
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil {
			return fmt.Errorf("zone %q: %w", p.Zone, err)
		}
	}
	return nil
}

// clone gives p pointers of its own, which json would write through.
func (w ownWord) clone() Personal {
	p := w.Personal
	for _, f := range []**bool{&p.OptedOut, &p.Thanks, &p.Digest} {
		if *f != nil {
			v := **f
			*f = &v
		}
	}
	return p
}

// over puts what q says over p.
func (p *Personal) over(q *Personal) {
	p.Zone, p.Hours, p.Days, p.Backup = cmp.Or(q.Zone, p.Zone), cmp.Or(q.Hours, p.Hours), cmp.Or(q.Days, p.Days), cmp.Or(q.Backup, p.Backup)
	p.OptedOut, p.Thanks, p.Digest = cmp.Or(q.OptedOut, p.OptedOut), cmp.Or(q.Thanks, p.Thanks), cmp.Or(q.Digest, p.Digest)
}

// Personal returns what the person behind an id said of themselves, under
// whichever of their ids; ok is false where they said nothing.
func (r *Roster) Personal(id string) (out Personal, ok bool) {
	who := r.Who(id)
	var words []string
	for id := range r.own {
		if r.Who(id) == who {
			words = append(words, id)
		}
	}
	return r.together(words), len(words) > 0
}

// together puts what was said under some ids of one person together: the latest
// word counts.
func (r *Roster) together(ids []string) (out Personal) {
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(r.own[a].At.Compare(r.own[b].At), cmp.Compare(a, b))
	})
	for _, id := range ids {
		w := r.own[id]
		out.over(&w.Personal)
	}
	return out
}

// counting returns how those people count who said something of themselves.
// Whoever the roster does not know counts as a person of their own.
func (r *Roster) counting() map[string]*Person {
	if len(r.own) == 0 || r.counts != nil {
		return r.counts
	}
	ids := make(map[string][]string, len(r.own))
	for id := range r.own {
		ids[r.Who(id)] = append(ids[r.Who(id)], id)
	}
	r.counts = make(map[string]*Person, len(ids))
	for who, words := range ids {
		p := Person{ID: who}
		if written := r.People[who]; written != nil {
			p = *written
		}
		own := r.together(words)
		p.Zone, p.Hours, p.Days, p.Backup = cmp.Or(own.Zone, p.Zone), cmp.Or(own.Hours, p.Hours), cmp.Or(own.Days, p.Days), cmp.Or(own.Backup, p.Backup)
		if own.OptedOut != nil {
			p.OptedOut = *own.OptedOut
		}
		r.counts[who] = &p
	}
	return r.counts
}

// OptedOut reports whether what somebody writes is not to be analysed.
func (r *Roster) OptedOut(id string) bool {
	p := r.Person(id)
	return p != nil && p.OptedOut
}

// Origin says who decided a setting.
type Origin string

// The origins of a setting, the one that counts most first.
const (
	OfOwn    Origin = "own"    // the person said so
	OfRoster Origin = "roster" // it is written in the roster
	OfTeam   Origin = "team"   // it is their team's
	OfPolicy Origin = "policy" // it holds for everybody
)

// Setting is one value that counts for somebody, and who decided it.
type Setting struct {
	Value string // "" for none; "yes" or "no" for what is on or off
	From  Origin
}

// Settings are what counts for one person.
type Settings struct {
	Zone, Hours, Days, Backup Setting
	OptedOut, Thanks, Digest  Setting
}

// Settings returns what counts for the person behind an id, each value with who
// decided it. Digest is "" where nobody said whether they get one.
func (o *Org) Settings(id string) Settings {
	own, _ := o.Personal(id)
	var p Person
	if written := o.People[o.Who(id)]; written != nil {
		p = *written
	}
	zone := Setting{o.Policy.Zone, OfPolicy}
	if t := o.Team(p.Team); t != nil && t.Zone != "" {
		zone = Setting{t.Zone, OfTeam}
	}
	s := Settings{
		Zone: pick(own.Zone, p.Zone, zone), Hours: pick(own.Hours, p.Hours, Setting{o.Policy.Hours, OfPolicy}),
		Days: pick(own.Days, p.Days, Setting{o.Policy.Days, OfPolicy}), Backup: pick(own.Backup, p.Backup, Setting{"", OfPolicy}),
		Thanks: pick(said(own.Thanks), "", Setting{"no", OfPolicy}), Digest: pick(said(own.Digest), "", Setting{"", OfPolicy}),
	}
	out := ""
	if p.OptedOut {
		out = "yes"
	}
	s.OptedOut = pick(said(own.OptedOut), out, Setting{"no", OfPolicy})
	return s
}

func pick(own, roster string, other Setting) Setting {
	switch {
	case own != "":
		return Setting{own, OfOwn}
	case roster != "":
		return Setting{roster, OfRoster}
	}
	return other
}

func said(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}
