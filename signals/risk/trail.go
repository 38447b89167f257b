package risk

import "andon/signals"

// trail is what the events of one case amount to, entry by entry, up to one of
// them. It knows nothing of what came later: it is made by walking forward.
type trail struct {
	n               int   // entries so far
	lastEntry       int64 // of the source's numbering
	changed         change
	sig, sig1, sig2 uint64 // of the last entries: what became of the fields that are not names of people or teams
	before          change // what the entry before the last one changed

	opened, entryAt, gap           int64 // seconds; gap is the time between the last two entries
	teamSince, holderSince         int64
	statusSince                    int64
	opener, actor, holder          uint64
	team, firstTeam, prevTeam      uint64 // runs as Path.Teams has them; 0 for none
	level, prevLevel, status       uint64
	prevStatus, priority, kind     uint64
	project                        uint64
	height, highest, rises, falls  int
	teams, holders, actors         []uint64 // runs of teams and holders, actors in order without repeats in a row
	handoffs, revisits, returns    int
	holderMoves, holderBack        int
	actorMoves, unset              int
	statuses, idle, edits, talk    int
	links, reopens, raised         int
	sinceTeam, titleLen, bodyLen   int
	hasTeam, hasHolder, openerActs bool

	parts   []uint64 // components
	words   []uint64 // of the title
	fields  []field
	mute    bool // its words are not to be read
	closed  bool
	private bool // not everybody may see all of it
}

// field is a further field of a case with its present value.
type field struct{ name, value uint64 }

// change is a set of the things that an entry changed.
type change uint16

const (
	didTeam change = 1 << iota
	didHolder
	didLevel
	didStatus
	didPriority
	didEdit
	didLink
	didClose
	didReopen
	didNothing
	didOther
	didUnset
)

func (t *trail) reset() {
	*t = trail{lastEntry: -1, teams: t.teams[:0], holders: t.holders[:0], actors: t.actors[:0], parts: t.parts[:0], words: t.words[:0], fields: t.fields[:0]}
}

// step takes the next event.
func (t *trail) step(e *signals.Event) {
	if e.Counts() && e.Seq.Entry != t.lastEntry {
		t.enter(e)
	}
	t.apply(e)
}

// walk goes through the events of a case and calls at, where given, whenever an
// entry is complete. A case that shows no title has no words.
func (t *trail) walk(c *signals.Case, at func()) {
	t.reset()
	t.mute = c.Title == ""
	for _, e := range c.Events() {
		if t.n > 0 && at != nil && e.Counts() && e.Seq.Entry != t.lastEntry {
			at()
		}
		t.step(e)
	}
	if t.n > 0 && at != nil {
		at()
	}
}

func (t *trail) enter(e *signals.Event) {
	now := e.At.Unix()
	if t.n == 0 {
		t.opened, t.entryAt, t.teamSince, t.statusSince, t.holderSince = now, now, now, now, now
	}
	t.n++
	t.lastEntry = e.Seq.Entry
	t.gap, t.entryAt = now-t.entryAt, now
	t.before, t.changed = t.changed, 0
	t.sig2, t.sig1, t.sig = t.sig1, t.sig, 0
	t.sinceTeam++
	if e.Actor != "" {
		a := hash(e.Actor)
		if n := len(t.actors); n == 0 || t.actors[n-1] != a {
			t.actors = push(t.actors, a)
			t.actorMoves++
		}
		t.actor = a
		if a == t.opener && t.n > 1 {
			t.openerActs = true
		}
	}
}

func (t *trail) apply(e *signals.Event) {
	if e.Audience != signals.Public && e.Counts() {
		t.private = true
	}
	same := e.From == e.To
	t.sign(e)
	switch e.Kind {
	case signals.Opened:
		t.open(e)
	case signals.TeamMoved:
		t.mark(didTeam, same)
		t.moveTeam(e.To)
	case signals.Assigned:
		t.mark(didHolder, same)
		t.moveHolder(e.To)
	case signals.LevelMoved:
		t.mark(didLevel, same)
		t.moveLevel(e.To)
	case signals.Status:
		t.mark(didStatus, same)
		t.moveStatus(e.To)
	case signals.Priority:
		t.mark(didPriority, same)
		t.priority = hash(e.To)
		t.raised++
	case signals.Said:
		t.talk++
	case signals.Edited:
		if e.Ref == "" {
			t.mark(didEdit, same && e.Text == "")
			t.set(e.Field, e.From, e.To, e.Text)
			t.edits++
		}
	case signals.Linked:
		t.links++
		t.mark(didLink, false)
	case signals.Closed:
		t.mark(didClose, false)
		t.closed = true
	case signals.Reopened:
		t.mark(didReopen, false)
		t.closed = false
		t.reopens++
	default:
		if e.Counts() {
			t.mark(didOther, false)
		}
	}
}

func (t *trail) mark(c change, same bool) {
	if same {
		t.changed |= didNothing
		t.idle++
		return
	}
	t.changed |= c
}

func (t *trail) open(e *signals.Event) {
	t.opener = hash(e.Actor)
	t.title(e.Text)
	for _, v := range e.Set {
		switch v.Field {
		case signals.FieldTeam:
			t.moveTeam(v.To)
		case signals.FieldHolder:
			t.moveHolder(v.To)
		case signals.FieldLevel:
			t.moveLevel(v.To)
		case signals.FieldStatus:
			t.moveStatus(v.To)
		case signals.FieldPriority:
			t.priority = hash(v.To)
		default:
			t.set(v.Field, "", v.To, v.To)
		}
	}
}

func (t *trail) set(name, from, to, text string) {
	switch name {
	case signals.FieldTitle:
		t.title(text)
	case signals.FieldBody:
		t.bodyLen = len(text)
	case signals.FieldProject:
		t.project = hash(to)
	case signals.FieldType:
		t.kind = hash(to)
	case signals.FieldLabel, signals.FieldResolution:
	case signals.FieldComponent:
		t.part(from, to)
	default:
		t.field(hash(name), to)
	}
}

func (t *trail) part(from, to string) {
	if from != "" {
		f := hash(from)
		for i, p := range t.parts {
			if p == f {
				t.parts = append(t.parts[:i], t.parts[i+1:]...)
				break
			}
		}
	}
	if to != "" && len(t.parts) < mostParts {
		t.parts = append(t.parts, hash(to))
	}
}

func (t *trail) field(name uint64, to string) {
	v := uint64(0)
	if to != "" {
		v = hash(to)
	}
	for i := range t.fields {
		if t.fields[i].name == name {
			t.fields[i].value = v
			return
		}
	}
	if len(t.fields) < mostFields {
		t.fields = append(t.fields, field{name, v})
	}
}

// Bounds of what is kept of one case.
const (
	mostParts  = 4
	mostFields = 24
	mostWords  = 12
)

// sign makes the event part of what the entry is known by: values of the
// fields that are not names of people or teams.
func (t *trail) sign(e *signals.Event) {
	switch e.Kind {
	case signals.Status, signals.LevelMoved, signals.Priority, signals.Closed:
		t.sig = mix(t.sig+1, hash(e.To))
	case signals.Edited:
		if e.Ref == "" && len(e.To) < 40 {
			t.sig = mix(t.sig+2, mix(hash(e.Field), hash(e.To)))
		}
	case signals.Opened:
		for _, v := range e.Set {
			if v.Field == signals.FieldStatus {
				t.sig = mix(1, hash(v.To))
			}
		}
	default:
		if e.Counts() {
			t.sig = mix(t.sig+3, hash(string(e.Kind)))
		}
	}
}
