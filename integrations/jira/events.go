package jira

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// builder makes the events of one issue. All of them lie in one slice, and
// their ids in one string.
type builder struct {
	p      *parser
	key    signals.Key
	events []signals.Event
	ids    []byte
	ends   []int32 // ends[i] is where the id of events[i] ends in ids
	refs   []int   // events whose Ref is the id of the event before them
	prefix string  // the key, which begins every id

	state      state // after the steps told so far
	unresolved bool  // the resolution came at an unknown step after the creation
}

// events turns the issue that was read into its events, sorted.
func (p *parser) events() []*signals.Event {
	p.rewind()
	b := &p.b
	b.begin(p)
	b.opened()
	b.steps()
	b.late()
	b.comments()
	b.finalLinks()
	return b.finish()
}

func (b *builder) begin(p *parser) {
	is := &p.iss
	n := 1 + len(is.items) + len(is.history) + 8 + 2*len(is.comments) + len(is.links)
	b.p = p
	b.key = signals.Key{Source: signals.Jira, Site: p.o.Site}
	b.events = make([]signals.Event, 0, n)
	b.ids = append(b.ids[:0], signals.Jira...)
	b.ids = append(append(append(b.ids, '/'), p.o.Site...), '/')
	b.ids = append(b.ids, is.id...)
	b.prefix = string(b.ids)
	b.key.ID = b.prefix[len(b.prefix)-len(is.id):]
	b.ids, b.ends, b.refs = b.ids[:0], b.ends[:0], b.refs[:0]
}

// add appends an event whose id is the key and the suffix that add's caller
// writes to b.ids afterwards with id.
func (b *builder) add(kind signals.Kind, at time.Time, seq signals.Seq, actor string) *signals.Event {
	b.events = append(b.events, signals.Event{
		Case: b.key, Kind: kind, At: at, Seq: seq, Actor: b.p.personID(actor), Audience: b.p.iss.audience,
	})
	b.ids = append(append(b.ids, b.prefix...), '/')
	return &b.events[len(b.events)-1]
}

// id ends the id of the event that was added last.
func (b *builder) id(parts ...string) {
	for _, s := range parts {
		b.ids = append(b.ids, s...)
	}
	b.ends = append(b.ends, int32(len(b.ids)))
}

func (b *builder) finish() []*signals.Event {
	all, from := string(b.ids), int32(0)
	out := make([]*signals.Event, len(b.events))
	for i := range b.events {
		b.events[i].ID = all[from:b.ends[i]]
		from = b.ends[i]
		out[i] = &b.events[i]
	}
	for _, i := range b.refs {
		b.events[i].Ref = b.events[i-1].ID
	}
	b.events = nil
	return signals.Sort(out)
}

// opened tells the creation, with the values of that time.
func (b *builder) opened() {
	p, is := b.p, &b.p.iss
	by := p.atCreation(reporter, is.reporter)
	if by == "" {
		by = localPerson(is.creator)
	}
	e := b.add(signals.Opened, is.created, signals.Seq{}, by)
	b.id("created")
	e.Text = strings.Clone(p.atCreation(title, is.summary))
	set := make([]signals.Value, 0, 10+len(is.components)+b.customs())
	put := func(field, to string) {
		if to != "" {
			set = append(set, signals.Value{Field: field, To: to})
		}
	}
	lab := p.atCreation(label, gjson.Result{})
	if lab == "" {
		lab = is.label
	}
	put(signals.FieldLabel, strings.Clone(lab))
	put(signals.FieldProject, p.word(b.project(lab)))
	put(signals.FieldType, p.word(p.atCreation(issueType, is.kind)))
	for _, c := range is.components {
		put(signals.FieldComponent, p.word(c))
	}
	st := b.firstStatus()
	put(signals.FieldStatus, p.word(st))
	put(signals.FieldPriority, p.word(p.atCreation(priority, is.priority)))
	put(signals.FieldTeam, p.word(p.atCreation(team, p.customField(p.teamID))))
	put(signals.FieldLevel, p.word(p.atCreation(level, p.customField(p.levelID))))
	put(signals.FieldHolder, p.personID(p.atCreation(holder, is.assignee)))
	put(signals.FieldParent, p.word(p.atCreation(parent, is.parent)))
	put(signals.FieldBody, b.body())
	known := len(set)
	b.others(put)
	slices.SortFunc(set[known:], func(a, b signals.Value) int { return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.To, b.To)) })
	e.Set = set
	b.bornClosed(st, by)
}

// firstStatus is the status at creation. A closed one that has no history came
// with the resolution, when that came later.
func (b *builder) firstStatus() string {
	p, is := b.p, &b.p.iss
	b.unresolved = !is.cut && !p.changes(resolution) && p.atCreation(resolution, is.resolution) != "" && is.resolved.After(is.created)
	st := p.atCreation(status, is.status)
	if b.unresolved && !p.changes(status) && p.isDone(st) {
		return ""
	}
	return st
}

// project is the project at creation: an issue that was moved tells it by its
// first label only.
func (b *builder) project(lab string) string {
	is := &b.p.iss
	if lab != is.label {
		return projectOf(lab)
	}
	key := plain(is.project.Get("key"))
	if key == "" {
		key = projectOf(lab)
	}
	return key
}

func (b *builder) body() string {
	is := &b.p.iss
	for i := range is.slots {
		if is.slots[i].role == body {
			return strings.Clone(is.slots[i].cur)
		}
	}
	return prose(is.body)
}

// customs is an upper bound of the other fields that were set at creation.
func (b *builder) customs() int { return min(len(b.p.iss.custom)+len(b.p.iss.slots), 32) }

// others puts the further fields that were set at creation. The caller orders
// them: the order in which they come tells which of them changed later.
func (b *builder) others(put func(field, to string)) {
	p, is := b.p, &b.p.iss
	for i := range is.custom {
		c := &is.custom[i]
		if c.id == p.teamID || c.id == p.levelID || c.slot > 0 {
			continue
		}
		if to, ok := shown(c.v); ok && to != "" && p.keeps(c.id, p.names[c.id], to) {
			if p.o.Fields != nil || !is.isComputed(c.v) {
				put(p.display(c.id, p.names[c.id]), p.word(to))
			}
		}
	}
	for i := range is.slots {
		s := &is.slots[i]
		if s.role == other && s.cur != "" && (strings.HasPrefix(s.id, customPrefix) || p.o.wants(s.id, s.name)) && p.keeps(s.id, s.name, s.cur) {
			put(p.display(s.id, s.name), p.word(s.cur))
		}
	}
}

// keeps reports whether a further field is kept.
func (p *parser) keeps(id, name, value string) bool {
	if strings.EqualFold(name, epicLink) {
		return true
	}
	if p.o.Fields == nil {
		return len(value) <= maxShort
	}
	return p.o.wants(id, name)
}

// epicLink is what Jira calls the field that holds the epic of an issue where that
// is not its parent yet: it is kept whatever the operator named.
const epicLink = "Epic Link"

// display is the name under which a field stands in events. A field that people
// call like one with a meaning of its own goes by its id.
func (p *parser) display(id, name string) string {
	switch name {
	case "", signals.FieldTitle, signals.FieldBody, signals.FieldProject, signals.FieldType, signals.FieldComponent, signals.FieldLabel,
		signals.FieldStatus, signals.FieldPriority, signals.FieldTeam, signals.FieldLevel, signals.FieldHolder, signals.FieldResolution, signals.FieldParent:
		if id != "" {
			return p.word(id)
		}
	}
	return p.word(name)
}

// comments tells what was said.
func (b *builder) comments() {
	is := &b.p.iss
	for i := range is.comments {
		c := &is.comments[i]
		seq := signals.Seq{Entry: number(c.id)}
		id := c.id
		if id == "" {
			seq.Entry, id = int64(i+1), "~"+strconv.Itoa(i+1)
		}
		e := b.add(signals.Said, c.at, seq, c.author)
		b.id("c", id)
		e.Audience = c.audience
		e.Text = prose(c.body)
		if c.updated.IsZero() {
			continue
		}
		now := e.Text
		e.Text = UnknownText
		seq.Item = 1
		e = b.add(signals.Edited, c.updated, seq, c.author)
		b.id("c", id, "@", strconv.FormatInt(c.updated.UnixMilli(), 10))
		e.Audience, e.Text = c.audience, now
		b.refs = append(b.refs, len(b.events)-1)
	}
}

// finalLinks tells the links that the changelog keeps silent about, at the time
// of the resolution or of the last update.
func (b *builder) finalLinks() {
	is := &b.p.iss
	if len(is.links) == 0 || is.hasLinkItems() {
		return
	}
	at, seq := b.lateTime()
	for i, l := range is.links {
		seq.Item++
		e := b.add(signals.Linked, at, seq, "")
		id := l.id
		if id == "" {
			id = "~" + strconv.Itoa(i+1)
		}
		b.id("l", id)
		e.Field, e.Ref = b.p.word(l.kind), b.p.labelRef(l.other)
		e.Text = "This issue " + l.phrase + " " + l.other
	}
}

// lateTime is when what the changelog does not tell must have been so: the
// resolution, else the last update, else the last entry. Its seq belongs to
// the last entry, so that it does not count as a step of its own.
func (b *builder) lateTime() (time.Time, signals.Seq) {
	is := &b.p.iss
	at, seq := is.created, signals.Seq{Item: lateItem}
	if n := len(is.history); n > 0 {
		at, seq.Entry = is.history[n-1].at, is.history[n-1].seq
	}
	switch {
	case !is.resolved.IsZero():
		at = is.resolved
	case !is.updated.IsZero():
		at = is.updated
	}
	return at, seq
}

// lateItem is greater than the index of any item of an entry.
const lateItem = 1 << 24
