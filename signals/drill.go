package signals

import "time"

// Drill is one practice of the chain, folded from the events of its case: when
// it is planned, and whether it began or was called off.
type Drill struct {
	Scope  string    // the channel id or the project key for which it is practised
	By     string    // who asked for it, as the source calls them
	Asked  time.Time // when
	At     time.Time // when it is to begin
	Hidden bool      // nobody is told when: the moment was chosen by chance
	Steps  int       // what was decided about it so far: postponed, begun, called off

	Postponed bool
	Began     time.Time // zero where it did not
	Off       time.Time // when it was called off, zero where it was not
	OffBy     string    // who did, DrillActor for andon itself
	Why       string    // why it was postponed or called off last, a sentence without its full stop
}

// What the Field of a Drilled event says.
const (
	DrillHidden    = "random"    // it is planned for a moment of which nobody is told
	DrillPostponed = "postponed" // it is planned anew
	DrillOff       = "off"       // it is called off, or ended while it runs
)

// DrillActor is the actor of what andon decides about a drill by itself.
const DrillActor = Own + "/drill"

// Who may start drills, see Policy.
const (
	DrillAdmins    = "admins"
	DrillLeads     = "leads"
	DrillEverybody = "everybody"
	DrillNobody    = "nobody"
)

// DrillOf folds the drill of a case; ok is false where the case is none.
func DrillOf(c *Case) (d Drill, ok bool) {
	if !c.Key.IsDrill() {
		return d, false
	}
	for _, e := range c.Events() {
		d.take(e)
		ok = ok || e.Kind == Drilled
	}
	return d, ok
}

func (d *Drill) take(e *Event) {
	if e.Kind != Drilled && e.Kind != Opened || !d.Off.IsZero() {
		return
	}
	d.Steps++
	switch {
	case e.Kind == Opened:
		if d.Began.IsZero() {
			d.Began = e.At
		}
	case e.Field == DrillOff:
		d.Off, d.OffBy, d.Why = e.At, e.Actor, e.Text
	case e.Field == DrillPostponed:
		if at, err := time.Parse(time.RFC3339, e.To); err == nil && d.Began.IsZero() {
			d.At, d.Postponed, d.Why = at, true, e.Text
		}
	case d.At.IsZero():
		d.Scope, d.By, d.Asked, d.Hidden = e.Ref, e.Actor, e.At, e.Field == DrillHidden
		d.At, _ = time.Parse(time.RFC3339, e.To) // one that cannot be read begins at once
	}
}

// Waits reports whether a drill is planned and did not begin yet.
func (d *Drill) Waits() bool { return d.Began.IsZero() && d.Off.IsZero() }

// Begin is the event by which a drill begins: from then on its case is what a
// signal of its channel or project would be found in. It carries no title, for
// the words of one would lead its route astray.
func (d *Drill) Begin(k Key, id string, at time.Time, audience Audience) *Event {
	return &Event{
		ID: id, Case: k, Kind: Opened, Actor: d.By, At: at, Seq: Seq{Entry: at.UnixMicro()},
		Set: []Value{{Field: FieldProject, To: d.Scope}}, Audience: audience,
	}
}

// IsDrill reports whether a case is a drill: nothing is broken, and it counts
// nowhere among the rest.
func (k Key) IsDrill() bool { return k.Source == Drills }

// IsDrill reports whether a signal is that of a drill.
func (s *Signal) IsDrill() bool { return s.Case.IsDrill() }

// IsDrill reports whether a record is that of a drill.
func (r *Record) IsDrill() bool { return r.Signal.IsDrill() }

// Channel returns the id of the Slack channel that the case lives in, or that it
// is a drill of; "" for neither.
func (c *Case) Channel() string {
	if !c.Key.IsDrill() {
		return c.Key.Channel()
	}
	if k, ok := ParseKey(c.Project); ok && k.Source == Slack {
		return c.Project
	}
	return ""
}
