package jira

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// steps tells every item of the changelog, and after each entry whether it
// closed or reopened the issue.
func (b *builder) steps() {
	is := &b.p.iss
	ids := b.entryIDs()
	for i := range is.history {
		h := &is.history[i]
		before := b.state
		for n := h.first; n < h.last; n++ {
			b.step(h, ids(i), n)
		}
		b.closing(h, ids(i), before)
	}
}

// entryIDs returns how the entries are called in event ids: by their own id, by
// their position where they have none or where it was used before.
func (b *builder) entryIDs() func(i int) string {
	h := b.p.iss.history
	grows := true
	for i := range h {
		grows = grows && h[i].num > 0 && (i == 0 || h[i].num > h[i-1].num)
	}
	if grows {
		return func(i int) string { return h[i].id }
	}
	names, used := make([]string, len(h)), map[string]int{}
	for i := range h {
		name := h[i].id
		if name == "" {
			name = "~" + strconv.Itoa(i+1)
		}
		used[name]++
		if n := used[name]; n > 1 {
			name += "~" + strconv.Itoa(n)
		}
		names[i] = name
	}
	return func(i int) string { return names[i] }
}

func (b *builder) step(h *entry, entryID string, n int) {
	p, it := b.p, &b.p.iss.items[n]
	s := &p.iss.slots[it.slot]
	seq := signals.Seq{Entry: h.seq, Item: int32(n - h.first)}
	e := b.add(signals.Edited, h.at, seq, h.author)
	b.id(entryID, ".", strconv.Itoa(n-h.first))
	switch s.role {
	case holder:
		e.Kind, e.From, e.To = signals.Assigned, p.personID(it.from), p.personID(it.to)
		return
	case reporter:
		e.Field, e.From, e.To = p.word(s.name), p.personID(it.from), p.personID(it.to)
		return
	case linked:
		b.link(e, it)
		return
	case title:
		e.Field, e.Text = signals.FieldTitle, strings.Clone(it.to)
		e.From, e.To = strings.Clone(it.from), e.Text
		return
	case body:
		e.Field, e.Text = signals.FieldBody, strings.Clone(it.to)
		return
	case project:
		e.Field = signals.FieldProject
		e.From, e.To = b.moved(h, it)
		return
	case team:
		e.Kind = signals.TeamMoved
	case level:
		e.Kind = signals.LevelMoved
	case status:
		e.Kind = signals.Status
		b.state.status = it.to
	case priority:
		e.Kind = signals.Priority
	case resolution:
		e.Field = signals.FieldResolution
		b.state.resolution = it.to
	case issueType:
		e.Field = signals.FieldType
	case label:
		e.Field = signals.FieldLabel
	case component:
		e.Field = signals.FieldComponent
	case parent:
		e.Field = signals.FieldParent
	default:
		e.Field = p.display(s.id, s.name)
		e.From, e.To = p.word(clip(it.from)), p.word(clip(it.to))
		return
	}
	e.From, e.To = p.word(it.from), p.word(it.to)
}

// moved tells a change of the project by the labels before and after it: the
// changelog itself writes the names of projects, all else goes by their keys.
func (b *builder) moved(h *entry, it *item) (from, to string) {
	is := &b.p.iss
	for n := h.first; n < h.last; n++ {
		if is.slots[is.items[n].slot].role == label {
			return b.p.word(projectOf(is.items[n].from)), b.p.word(projectOf(is.items[n].to))
		}
	}
	return b.p.word(it.from), b.p.word(it.to)
}

func (b *builder) link(e *signals.Event, it *item) {
	e.Kind = signals.Linked
	to := it.to
	if it.away {
		e.Kind, to = signals.Unlinked, it.from
	}
	e.Field, e.Ref, e.Text = b.p.linkType(it.text, to), b.p.labelRef(to), b.p.word(it.text)
}

// clip cuts a long value of a field without a meaning of its own.
func clip(s string) string {
	if len(s) <= maxShort {
		return s
	}
	return strings.ToValidUTF8(s[:maxShort], "") + "…"
}

// state is what decides whether an issue is closed.
type state struct {
	status, resolution string
	closed             bool
}

// closing tells that an entry closed the issue or opened it again. What counts
// is the whole entry, not the order of its items: a resolution that was set, or
// a closed status that was entered, closes an open issue; a resolution that was
// cleared, or a closed status that was left, reopens a closed one.
func (b *builder) closing(h *entry, entryID string, before state) {
	p, now := b.p, &b.state
	wasDone, isDone := p.isDone(before.status), p.isDone(now.status)
	set := before.resolution == "" && now.resolution != ""
	cleared := before.resolution != "" && now.resolution == ""
	shut, opened := set || isDone && !wasDone, cleared || wasDone && !isDone
	seq := signals.Seq{Entry: h.seq, Item: int32(h.last - h.first)}
	switch {
	case shut && !now.closed:
		now.closed = true
		b.add(signals.Closed, h.at, seq, h.author).To = p.word(b.state.outcome())
		b.id(entryID, ".closed")
	case opened && !shut && now.closed:
		now.closed = false
		b.add(signals.Reopened, h.at, seq, h.author)
		b.id(entryID, ".reopened")
	}
}

// outcome is the resolution, or the status where the project uses none.
func (s state) outcome() string {
	if s.resolution != "" {
		return s.resolution
	}
	return s.status
}

// bornClosed sets the state at creation. An issue that was resolved already,
// for example one that was imported, is closed at once, unless Jira tells that
// the resolution came later: then late tells it.
func (b *builder) bornClosed(st, by string) {
	p, is := b.p, &b.p.iss
	b.state = state{status: st, resolution: p.atCreation(resolution, is.resolution)}
	if b.unresolved {
		b.state.resolution = ""
	}
	if b.state.resolution != "" || p.isDone(st) {
		b.state.closed = true
		b.add(signals.Closed, is.created, signals.Seq{Item: 1}, by).To = p.word(b.state.outcome())
		b.id("created.closed")
	}
}

// changes reports whether the changelog tells of a field.
func (p *parser) changes(r role) bool {
	for i := range p.iss.slots {
		if p.iss.slots[i].role == r {
			return true
		}
	}
	return false
}

// late tells the final values that the changelog does not explain, at the time
// of the resolution or of the last update, since nobody knows when they came.
func (b *builder) late() {
	p, is := b.p, &b.p.iss
	if !is.cut && !b.unresolved {
		return
	}
	at, seq := b.lateTime()
	put := func(kind signals.Kind, name, from, to string) {
		if from == to {
			return
		}
		seq.Item++
		e := b.add(kind, at, seq, "")
		b.id("final.", name)
		e.From, e.To = from, to
	}
	if is.cut {
		b.lateMoves(put)
	} else if !p.changes(status) {
		st, _ := shown(is.status)
		put(signals.Status, "status", p.word(b.state.status), p.word(st))
	}
	res, _ := shown(is.resolution)
	if st, _ := shown(is.status); !b.state.closed && (res != "" || p.isDone(st)) {
		put(signals.Closed, "closed", "", p.word(state{status: st, resolution: res}.outcome()))
	}
}

func (b *builder) lateMoves(put func(kind signals.Kind, name, from, to string)) {
	p, is := b.p, &b.p.iss
	final := func(v gjson.Result) string { s, _ := shown(v); return p.word(s) }
	put(signals.Assigned, "assignee", p.personID(b.latest(holder)), p.personID(localPerson(is.assignee)))
	put(signals.TeamMoved, "team", p.word(b.latest(team)), final(p.customField(p.teamID)))
	put(signals.LevelMoved, "level", p.word(b.latest(level)), final(p.customField(p.levelID)))
	put(signals.Status, "status", p.word(b.latest(status)), final(is.status))
	put(signals.Priority, "priority", p.word(b.latest(priority)), final(is.priority))
}

// latest is the value of a field after the last change that is known.
func (b *builder) latest(r role) string {
	is := &b.p.iss
	for h := len(is.history) - 1; h >= 0; h-- {
		for i := is.history[h].last - 1; i >= is.history[h].first; i-- {
			if is.slots[is.items[i].slot].role == r {
				return is.items[i].to
			}
		}
	}
	return ""
}
