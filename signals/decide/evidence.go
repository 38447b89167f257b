package decide

import (
	"slices"

	"andon/signals"
)

// reachedBy are the kinds of events by which a stage is reached. Where several
// happened at once the first that can have done it counts.
var reachedBy = map[signals.Stage][]signals.Kind{
	signals.ReactedTo: {
		signals.Claimed, signals.Said, signals.Reacted, signals.Assigned, signals.TeamMoved, signals.Status, signals.Linked, signals.Closed,
	},
	signals.Corrected:   {signals.Closed, signals.Recovered, signals.Said, signals.Reacted, signals.Confirmed, signals.Status},
	signals.ConfirmedBy: {signals.Confirmed, signals.Said, signals.Reacted},
}

// StageEvent is the event by which a record reached a stage, nil where it did not,
// where a message did, or where the event is not known any more.
func (w *World) StageEvent(r *Record, st signals.Stage) *signals.Event {
	c, at := w.Case(r.Signal.Case), r.Ledger.Times[st]
	if c == nil || at.IsZero() || st == signals.Transmitted {
		return nil
	}
	if st == signals.Generated {
		for _, e := range w.Evidence(r.Signal) {
			if e.At.Equal(at) {
				return e
			}
		}
		return eventOf(c, r.Signal.Occasion)
	}
	kinds := reachedBy[st]
	var found *signals.Event
	for _, e := range w.happened(c, r) {
		if !e.At.Equal(at) || kinds != nil && !slices.Contains(kinds, e.Kind) {
			continue
		}
		if found == nil || kinds != nil && slices.Index(kinds, e.Kind) < slices.Index(kinds, found.Kind) {
			found = e
		}
	}
	return found
}
