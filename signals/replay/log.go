package replay

import (
	"cmp"
	"slices"

	"andon/signals"
)

// Log gathers events from readers and puts them in order.
type Log struct{ events []*signals.Event }

// Add takes the events of one case or one day, in any order.
func (l *Log) Add(events []*signals.Event) error {
	l.events = append(l.events, events...)
	return nil
}

// Len is the number of events gathered, repeats included.
func (l *Log) Len() int { return len(l.events) }

// Ordered returns the events in the order in which a replay goes through them,
// without repeats. The log is used up.
func (l *Log) Ordered() []*signals.Event {
	out := l.ordered()
	l.events = nil
	return out
}

// stamp is an event with its time as a number, which sorts faster.
type stamp struct {
	at int64
	e  *signals.Event
}

func stamped(e *signals.Event) stamp { return stamp{e.At.UnixNano(), e} }

// ordered returns the events in replay order without repeats. Of two events
// with one id the one that compares lower by content stays, whichever came first.
func (l *Log) ordered() []*signals.Event {
	stamps := make([]stamp, len(l.events))
	for i, e := range l.events {
		stamps[i] = stamped(e)
	}
	slices.SortFunc(stamps, compare)
	out := make([]*signals.Event, 0, len(stamps))
	for _, s := range stamps {
		if n := len(out); n > 0 && out[n-1].ID == s.e.ID {
			continue
		}
		out = append(out, s.e)
	}
	return dropRepeats(out)
}

func compare(a, b stamp) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	x, y := a.e, b.e
	if x.Seq.Entry != y.Seq.Entry {
		return cmp.Compare(x.Seq.Entry, y.Seq.Entry)
	}
	if c := signals.CompareKeys(x.Case, y.Case); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(x.Seq.Item, y.Seq.Item), cmp.Compare(x.ID, y.ID)); c != 0 {
		return c
	}
	return compareContents(x, y)
}

// compareContents orders two versions of one event. The one that fewer may see
// comes first: it stays.
func compareContents(x, y *signals.Event) int {
	if c := slices.Compare([]string{string(x.Audience), x.To, x.Text, x.Actor, string(x.Kind), x.Field, x.From, x.Ref},
		[]string{string(y.Audience), y.To, y.Text, y.Actor, string(y.Kind), y.Field, y.From, y.Ref}); c != 0 {
		return c
	}
	return slices.CompareFunc(x.Set, y.Set, func(a, b signals.Value) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.To, b.To))
	})
}

// dropRepeats removes later events that bear an id seen before: two exports
// that overlap may date one event differently.
func dropRepeats(events []*signals.Event) []*signals.Event {
	seen := make(map[string]struct{}, len(events))
	return slices.DeleteFunc(events, func(e *signals.Event) bool {
		if _, ok := seen[e.ID]; ok {
			return true
		}
		seen[e.ID] = struct{}{}
		return false
	})
}

// merge puts few events into many, both of which are in order, as if they had been
// put in order together.
func merge(many, few []*signals.Event) []*signals.Event {
	if len(few) == 0 {
		return many
	}
	had := make(map[string]bool, len(few))
	for _, e := range few {
		had[e.ID] = false
	}
	out := make([]*signals.Event, 0, len(many)+len(few))
	take := func(e *signals.Event) {
		was, twice := had[e.ID]
		if twice {
			had[e.ID] = true
		}
		if !was {
			out = append(out, e)
		}
	}
	for _, e := range many {
		for len(few) > 0 && compare(stamped(few[0]), stamped(e)) < 0 {
			take(few[0])
			few = few[1:]
		}
		take(e)
	}
	for _, e := range few {
		take(e)
	}
	return out
}

// group returns the end of the run of events, beginning at i, that are one
// step of one case's history: they are applied together and judged once.
func group(events []*signals.Event, i int) int {
	first := events[i]
	j := i + 1
	for j < len(events) && events[j].Seq.Entry == first.Seq.Entry && events[j].Case == first.Case && events[j].At.Equal(first.At) {
		j++
	}
	return j
}
