package signals

import "time"

// Absence is a time in which somebody is away.
type Absence struct {
	From, Until time.Time
	Backup      string
	Of          string `json:",omitempty"` // who told: the site of the event's case
}

// Available reports whether a person can be asked at time t. Where not, why is
// a sentence and backup the person to ask instead, if one is known.
func (r *Roster) Available(id string, t time.Time) (ok bool, why, backup string) {
	p := r.Person(id)
	if IsGone(id) {
		return false, "is not known any more", ""
	}
	if p == nil {
		return true, "", ""
	}
	switch {
	case p.Left:
		return false, "has left the company", p.Backup
	case p.Bot:
		return false, "is not a person", ""
	case p.External:
		return false, "is external", p.Backup
	case p.OptedOut:
		return false, "has opted out", p.Backup
	}
	if a, ok := r.absence(p, t); ok {
		return false, "is away until " + a.Until.Format("2 January"), a.Backup
	}
	return true, "", ""
}

// Away reports whether a person is absent at time t, and who stands in, if
// anybody is known to. People whom the roster does not know are not away.
func (r *Roster) Away(id string, t time.Time) (away bool, backup string) {
	p := r.Person(id)
	if p == nil {
		return false, ""
	}
	a, ok := r.absence(p, t)
	return ok, a.Backup
}

// absence returns the absence of a person at time t, one with a backup first.
func (r *Roster) absence(p *Person, t time.Time) (out Absence, ok bool) {
	look := func(id string) {
		if r.Who(id) != p.ID {
			return
		}
		for _, a := range r.away[id] {
			if !t.Before(a.From) && t.Before(a.Until) && (!ok || out.Backup == "") {
				out, ok = a, true
			}
		}
	}
	if len(r.away) == 0 {
		return out, false
	}
	look(p.ID)
	for _, a := range p.Accounts {
		look(a)
	}
	for _, a := range r.linked(p.ID) {
		look(a)
	}
	if ok && out.Backup == "" {
		out.Backup = p.Backup
	}
	return out, ok
}
