package decide

import (
	"slices"
	"time"

	"andon/signals"
	"andon/signals/detect"
)

// asSeenBy makes the signal, and why it is for this candidate, again from what
// the candidate may see. ok is false when there is no such signal for them, or
// nothing that they may see leads to them.
func (w *World) asSeenBy(c *signals.Case, s *signals.Signal, ch candidate, now time.Time) (own *signals.Signal, because string, ok bool) {
	v := w.viewer(ch.To)
	seen := w.Problem(c).For(v).Case(c.Key)
	if seen == nil {
		return nil, "", false
	}
	if because, ok = ch.Why, seen == c && w.endSeen(s, v) || ch.named || ch.rule != "" && seen.Opener != "" && w.fromOpener(seen, s); !ok {
		if because, ok = w.leadsTo(seen, s, ch.To, now); !ok {
			return nil, "", false
		}
	}
	own, ok = w.seenBy(c, s, v)
	return own, because, ok
}

// seenBy makes a signal again from what a viewer may see of its case as it
// stands. ok is false when there is no such signal for them.
func (w *World) seenBy(c *signals.Case, s *signals.Signal, v signals.Viewer) (own *signals.Signal, ok bool) {
	p := w.Problem(c).For(v)
	seen := p.Case(c.Key)
	if seen == nil {
		return nil, false
	}
	room := w.Room(c.Key.Channel())
	if room != nil {
		room = room.For(v)
	}
	if seen == c && (room == nil || room == w.Room(c.Key.Channel())) && v.Sees(s.Audience) {
		if p.Case(s.Problem) != nil {
			return s, true
		}
		again := *s
		again.Problem = p.ID
		return &again, true
	}
	return w.anew(&detect.Snapshot{Case: seen, Problem: p, Room: room, Models: w.Memory, Kin: w.Kin(v), Org: w.Org, Now: s.At}, s, v)
}

// Seen makes the signal of a record as a viewer may know it: from what they may
// see of its case as it stood when the signal was found. ok is false when there
// is no such signal for them; then they are not to hear that there is one.
func (w *World) Seen(r *Record, v signals.Viewer) (own *signals.Signal, ok bool) {
	c := w.Case(r.Signal.Case)
	if v.All {
		return r.Signal, true
	}
	if c == nil || c.Gone {
		return nil, false
	}
	if own, ok = w.seenBy(c, r.Signal, v); ok {
		return w.held(own), true
	}
	then := signals.Fold(until(v.Visible(c.Events()), r.Signal.At))
	if len(then.Events()) == 0 {
		return nil, false
	}
	cases := []*signals.Case{then}
	for _, m := range w.Problem(c).Cases {
		if visible := until(v.Visible(m.Events()), r.Signal.At); m.Key != c.Key && len(visible) > 0 {
			cases = append(cases, signals.Fold(visible))
		}
	}
	room := w.Room(c.Key.Channel())
	if room != nil {
		room = room.For(v)
	}
	own, ok = w.anew(&detect.Snapshot{Case: then, Problem: signals.NewProblem(cases...), Room: room, Models: w.Memory, Kin: &kin{w: w, v: v, at: r.Signal.At}, Org: w.Org, Now: r.Signal.At}, r.Signal, v)
	if ok {
		own = w.held(own)
	}
	return own, ok
}

// Reason is why a signal was found. What it quotes is left out where a message
// that it rests on was taken back or changed since.
func (w *World) Reason(s *signals.Signal) string { return w.held(s).Reason }

func (w *World) held(s *signals.Signal) *signals.Signal {
	bare := signals.Unquoted(s.Reason)
	c := w.Case(s.Case)
	if bare == s.Reason || c == nil {
		return s
	}
	p := w.Problem(c)
	for _, id := range append([]string{s.Occasion}, s.Evidence...) {
		e := w.evidence(p, c, id)
		if e == nil || e.Kind != signals.Said {
			continue
		}
		m := w.Case(e.Case)
		if m == nil {
			continue
		}
		if post := m.Post(id); post == nil || post.EditedAt.After(s.At) {
			again := *s
			again.Reason = bare
			return &again
		}
	}
	return s
}

// until returns a copy of the events up to a time.
func until(events []*signals.Event, at time.Time) []*signals.Event {
	n := len(events)
	for n > 0 && events[n-1].At.After(at) {
		n--
	}
	return slices.Clone(events[:n])
}

// leadsTo asks the routes again about a case as somebody may see it.
func (w *World) leadsTo(seen *signals.Case, s *signals.Signal, to string, now time.Time) (why string, ok bool) {
	choices, _ := w.choices(seen, s, w.viewer(to), now)
	for _, ch := range choices {
		if ch.To == to {
			return ch.Why, true
		}
	}
	return "", false
}

// anew finds a signal again in what a viewer may see: first as the event would
// show it, then as time would. All its evidence has to be visible to them.
func (w *World) anew(snap *detect.Snapshot, s *signals.Signal, v signals.Viewer) (*signals.Signal, bool) {
	d, found := detect.Find(s.Detector)
	if !found {
		return nil, false
	}
	all := snap.Case.Events()
	snap.Event = all[len(all)-1]
	for range 2 {
		for _, x := range d.Detect(snap) {
			if x.Occasion != s.Occasion || !w.visible(snap.Case, &x, v) {
				continue
			}
			w.weigh(snap.Problem, snap.Case, &x)
			return &x, true
		}
		snap.Event = nil
	}
	return nil, false
}

// visible reports whether a viewer may see all the evidence of a signal.
func (w *World) visible(c *signals.Case, s *signals.Signal, v signals.Viewer) bool {
	p := w.Problem(w.Case(c.Key))
	return !slices.ContainsFunc(s.Evidence, func(id string) bool {
		e := w.evidence(p, c, id)
		return e == nil || !v.Sees(e.Audience)
	})
}

// isRoom reports whether a target is a channel: one that was heard of, or that the
// roster names as a team's.
func (w *World) isRoom(to string) bool {
	if w.Room(to) != nil {
		return true
	}
	for _, t := range w.Org.Teams {
		if t.Channel == to && to != "" {
			return true
		}
	}
	return false
}

// viewer is what the target of a nudge may see: a person, or everybody in a channel.
func (w *World) viewer(to string) signals.Viewer {
	if w.isRoom(to) {
		return w.Org.ChannelViewer(to)
	}
	return w.Org.Viewer(to)
}
