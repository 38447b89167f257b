package signals_test

import (
	"fmt"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"andon/signals"
)

// monday is 09:00 UTC on a working day.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var pay1 = signals.Key{Source: signals.Jira, Site: "main", ID: "1"}

// history makes the events of one case an hour apart, each with an entry of its
// own; "+" before a value puts it into the entry before.
type history struct {
	key    signals.Key
	events []*signals.Event
	entry  int64
	item   int32
	at     time.Time
}

func newHistory() *history { return &history{key: pay1, at: monday.Add(-time.Hour)} }

func (h *history) add(e signals.Event) *signals.Event {
	h.entry, h.item, h.at = h.entry+1, 0, h.at.Add(time.Hour)
	return h.also(e)
}

func (h *history) also(e signals.Event) *signals.Event {
	e.ID = h.key.String() + "/" + strconv.FormatInt(h.entry, 10) + "." + strconv.Itoa(int(h.item))
	e.Case, e.At, e.Seq = h.key, h.at, signals.Seq{Entry: h.entry, Item: h.item}
	if e.Audience == "" {
		e.Audience = signals.Public
	}
	h.item++
	h.events = append(h.events, &e)
	return &e
}

// path makes a case whose team, or person, went through the values. "-" unsets
// it, and "+" before a value keeps it in the entry before.
func path(kind signals.Kind, values ...string) *signals.Case {
	h := newHistory()
	field := map[signals.Kind]string{signals.TeamMoved: signals.FieldTeam, signals.Assigned: signals.FieldHolder, signals.LevelMoved: signals.FieldLevel}[kind]
	last := ""
	for i, v := range values {
		step := h.add
		if v[0] == '+' {
			step, v = h.also, v[1:]
		}
		if v == "-" {
			v = ""
		}
		if i == 0 {
			h.add(signals.Event{Kind: signals.Opened, Actor: "ann", Set: []signals.Value{{Field: field, To: v}}})
		} else {
			step(signals.Event{Kind: kind, From: last, To: v})
		}
		last = v
	}
	return signals.Fold(h.events)
}

var kinds = []signals.Kind{
	signals.Assigned, signals.TeamMoved, signals.LevelMoved, signals.Status, signals.Priority, signals.Said, signals.Edited, signals.Deleted,
	signals.Linked, signals.Unlinked, signals.Joined, signals.Reacted, signals.Claimed, signals.Refused, signals.Pulled, signals.Closed, signals.Reopened,
	signals.Confirmed, signals.Denied,
}

// drawHistory draws the events of one case: several entries at one time,
// several items in one entry, posts that are edited and deleted, and an
// audience for each event.
func drawHistory(t *rapid.T, key signals.Key, least int) []*signals.Event {
	names := rapid.SampledFrom([]string{"", "ann", "bob", "cat"})
	values := rapid.SampledFrom([]string{"", "A", "B", "C"})
	audiences := rapid.SampledFrom([]signals.Audience{signals.Public, signals.Public, signals.Restricted, signals.MembersOf("x"), signals.MembersOf("y")})
	n := rapid.IntRange(least, 30).Draw(t, "events")
	at, entry, item := monday, int64(1), int32(0)
	var out []*signals.Event
	for i := range n {
		switch rapid.IntRange(0, 3).Draw(t, "step") {
		case 0:
			item++
		case 1:
			entry, item = entry+1, 0
		default:
			at, entry, item = at.Add(time.Duration(rapid.IntRange(1, 500).Draw(t, "minutes"))*time.Minute), entry+1, 0
		}
		e := &signals.Event{
			ID: fmt.Sprintf("%s/%d", key, i), Case: key, At: at, Seq: signals.Seq{Entry: entry, Item: item},
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Actor: names.Draw(t, "actor"), From: values.Draw(t, "from"), To: values.Draw(t, "to"),
			Text: rapid.SampledFrom([]string{"", "text " + strconv.Itoa(i)}).Draw(t, "text"), Audience: audiences.Draw(t, "audience"),
		}
		if i == 0 {
			e.Kind, e.Text = signals.Opened, "title "+key.ID
			e.Set = []signals.Value{{Field: signals.FieldTeam, To: values.Draw(t, "team")}, {Field: "custom", To: "secret " + key.ID}}
		} else {
			drawRef(t, e, key, i)
		}
		out = append(out, e)
	}
	return out
}

func drawRef(t *rapid.T, e *signals.Event, key signals.Key, i int) {
	switch e.Kind {
	case signals.Edited, signals.Deleted, signals.Reacted:
		if rapid.Bool().Draw(t, "whole") && e.Kind != signals.Reacted {
			e.Field = rapid.SampledFrom([]string{signals.FieldTitle, signals.FieldComponent, signals.FieldLabel, "custom"}).Draw(t, "field")
			return
		}
		e.Ref = fmt.Sprintf("%s/%d", key, rapid.IntRange(0, i-1).Draw(t, "ref"))
		e.Field = rapid.SampledFrom([]string{"", "removed"}).Draw(t, "undo")
	case signals.Linked, signals.Unlinked:
		e.Ref = signals.Key{Source: signals.Jira, Site: "main", ID: rapid.SampledFrom([]string{"7", "8"}).Draw(t, "to")}.String()
	}
}

// shuffled draws an order of the events with some of them repeated.
func shuffled(t *rapid.T, events []*signals.Event) []*signals.Event {
	out := rapid.Permutation(events).Draw(t, "order")
	for range rapid.IntRange(0, 5).Draw(t, "repeats") {
		again := *events[rapid.IntRange(0, len(events)-1).Draw(t, "again")]
		i := rapid.IntRange(0, len(out)).Draw(t, "where")
		out = append(out[:i:i], append([]*signals.Event{&again}, out[i:]...)...)
	}
	return out
}
