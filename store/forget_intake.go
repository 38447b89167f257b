package store

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"andon/signals"
)

// scrubber keeps what was forgotten out of one Append.
type scrubber struct {
	m        *forgotten
	standIns map[string]string // by local part
}

func (s *scrubber) delivery(d signals.Delivery) signals.Delivery {
	events := d.Events
	d.Events = nil
	for _, e := range events {
		if e == nil {
			d.Events = append(d.Events, e) // refused where it always was
			continue
		}
		if e = s.event(e); e != nil {
			d.Events = append(d.Events, e)
		}
	}
	dropped := len(events) > len(d.Events)
	if dropped || s.names(d.Envelope.Body) {
		d.Envelope.Body = nil
	}
	if dropped && len(d.Events) == 0 {
		d.Envelope = signals.Envelope{} // nothing of it is wanted
	}
	d.Rooms = maps.Clone(d.Rooms)
	maps.DeleteFunc(d.Rooms, func(ch, _ string) bool {
		return s.m.is(channelID, ch) && !slices.ContainsFunc(d.Events, func(e *signals.Event) bool { return e != nil && e.Case.Channel() == ch })
	})
	return d
}

// event is what may be stored of an event: itself, a changed copy, or nil.
func (s *scrubber) event(e *signals.Event) *signals.Event {
	if s.m.all != 0 && micros(e.At) < s.m.all && !e.Kind.Organises() {
		return nil
	}
	if at := s.m.when(channelID, e.Case.Channel()); at != 0 && micros(e.At) <= at {
		return nil
	}
	mine := s.m.is(fullID, e.Actor)
	if s.unwanted(e, mine) || s.cut(e.ID) != e.ID {
		return nil
	}
	c := *e
	c.Actor, c.From, c.To = s.whole(e.Actor), s.whole(e.From), s.whole(e.To)
	if mine {
		s.silence(&c)
	} else {
		c.Text = s.cut(e.Text)
		if e.Kind == signals.Edited {
			c.From, c.To = s.cut(c.From), s.cut(c.To)
		}
	}
	c.Set = s.set(e.Set, mine)
	return &c
}

// unwanted reports whether an event is about nobody but a forgotten person.
func (s *scrubber) unwanted(e *signals.Event, mine bool) bool {
	switch e.Kind {
	case signals.RosterSet, signals.AwaySet, signals.Joined:
		return s.m.is(fullID, e.To)
	case signals.Said, signals.Deleted, signals.Reacted, signals.Claimed, signals.Refused, signals.Muted, signals.Pulled, signals.Confirmed, signals.Denied,
		signals.Snoozed, signals.Useless, signals.Helped, signals.Approved:
		return mine
	case signals.Edited:
		return mine && e.Ref != ""
	}
	return false
}

// silence takes the words out of an event of a forgotten person.
func (s *scrubber) silence(e *signals.Event) {
	switch e.Kind {
	case signals.RosterSet, signals.PolicySet, signals.ModeSet, signals.AwaySet:
	case signals.Edited:
		if !structural(e.Field) {
			e.Text, e.From, e.To = gone(e.Text), "", ""
		}
	default:
		e.Text = gone(e.Text)
	}
}

func (s *scrubber) set(set []signals.Value, mine bool) []signals.Value {
	var out []signals.Value
	for _, v := range set {
		if mine && !structural(v.Field) {
			continue
		}
		out = append(out, signals.Value{Field: v.Field, To: s.cut(s.whole(v.To))})
	}
	return out
}

// whole replaces a value that is a forgotten id.
func (s *scrubber) whole(id string) string {
	if !s.m.is(fullID, id) {
		return id
	}
	local := signals.Bare(id)
	return strings.TrimSuffix(id, local) + s.standIn(local)
}

func (s *scrubber) standIn(local string) string {
	if s.standIns[local] == "" {
		s.standIns[local] = pseudonym + strings.ToLower(rand.Text()[:16])
	}
	return s.standIns[local]
}

// names reports whether a body names somebody who was forgotten.
func (s *scrubber) names(body []byte) bool {
	if len(body) == 0 || len(s.m.at) == 0 {
		return false
	}
	text := string(body)
	return s.cut(text) != text
}

// cut replaces the local parts of forgotten ids in a text: wherever they stand
// where they can be nothing else, and in mentions and quotes where they may be
// a word.
func (s *scrubber) cut(text string) string {
	if len(s.m.at) == 0 {
		return text
	}
	var b strings.Builder
	done := 0
	for from, to := range tokens(text) {
		for _, at := range parts(text, from, to) {
			local := text[at:to]
			kind := kindOfLocal(local)
			if kind == "" || kind == wordID && !mentioned(text[:at], text[to:]) || !s.m.is(kind, local) {
				continue
			}
			b.WriteString(text[done:at])
			b.WriteString(s.standIn(local))
			done = to
			break
		}
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// tokens yields where a text's words begin and end, dots, colons, hyphens and
// @ within them included.
func tokens(text string) func(func(int, int) bool) {
	inner := func(r rune) bool { return strings.ContainsRune(".:@-", r) }
	return func(yield func(int, int) bool) {
		for i := 0; i < len(text); {
			r, size := utf8.DecodeRuneInString(text[i:])
			if !letter(r) {
				i += size
				continue
			}
			end := i
			for end < len(text) {
				r, size := utf8.DecodeRuneInString(text[end:])
				if !letter(r) && !inner(r) {
					break
				}
				end += size
			}
			if !yield(i, i+len(strings.TrimRightFunc(text[i:end], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }))) {
				return
			}
			i = end
		}
	}
}

// parts lists where an id may begin within a word: at its start, and behind
// each colon, as in accountid:ID.
func parts(text string, from, to int) []int {
	out := []int{from}
	for i := from; i < to; i++ {
		if text[i] == ':' && i+1 < to {
			out = append(out, i+1)
		}
	}
	return out
}

// mentioned reports whether a word is marked as somebody's id: @word, ~word,
// "word".
func mentioned(before, after string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return r == '@' || r == '~' || r == ':' || (r == '"' && strings.HasPrefix(after, `"`))
}
