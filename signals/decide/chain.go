package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/route"
)

// pick asks the routes for whom to tell, from what a viewer may see. Of a chain of
// issues it is who holds the last one.
func (w *World) pick(c *signals.Case, s *signals.Signal, v signals.Viewer, now time.Time) []route.Choice {
	end := w.endOf(s)
	if end == nil {
		return route.Pick(w.Memory.Routes, w.Org, c, s, now)
	}
	if end = end.For(v); len(end.Events()) == 0 {
		return nil
	}
	to := *s
	to.Need, to.Case, to.About = signals.NeedHolder, end.Key, ""
	choices := route.Pick(w.Memory.Routes, w.Org, end, &to, now)
	for i := range choices {
		choices[i].Why = strings.Replace(choices[i].Why, "holds it", "holds "+end.Label, 1)
	}
	return choices
}

// endOf is the last issue of the chain that a signal tells of, nil for any other
// signal.
func (w *World) endOf(s *signals.Signal) *signals.Case {
	if s.Need != signals.NeedEnd || len(s.Evidence) == 0 {
		return nil
	}
	k, ok := signals.ParseKey(s.Evidence[0])
	if !ok {
		return nil
	}
	k.ID, _, _ = strings.Cut(k.ID, "/")
	return w.Case(k)
}

// endSeen reports whether a viewer may see all of the last issue of a chain; it is
// true of any other signal.
func (w *World) endSeen(s *signals.Signal, v signals.Viewer) bool {
	end := w.endOf(s)
	return end == nil || end.For(v) == end
}

// concern lists the cases whose events move the ledger of a record: those of its
// problem, and the last issue of the chain that it tells of.
func (w *World) concern(c *signals.Case, r *Record) []signals.Key {
	members := w.joins.Members(c.Key)
	if end := w.endOf(r.Signal); end != nil && !slices.Contains(members, end.Key) {
		members = append(members, end.Key)
	}
	return members
}

// ended lets what happens to the last issue of a chain move the ledgers of those
// who wait for it. It returns their cases.
func (w *World) ended(c *signals.Case, entry []*signals.Event) (moved []signals.Key) {
	if len(w.refs) == 0 || c.Key.Source != signals.Jira || !w.follows(detect.BlockedChain.Name) {
		return nil
	}
	for _, k := range signals.WaitingFor(c, w.Kin(signals.Everything), w.Org.Policy.LinkWords()) {
		for _, r := range w.Book.running(k) {
			if end := w.endOf(r.Signal); end == nil || end.Key != c.Key {
				continue
			}
			for _, e := range entry {
				if !e.At.Before(r.Signal.At) && r.Signal.Occasion != e.ID && shared(e, r.Signal) {
					w.Judge(r, c, e)
				}
			}
			moved = append(moved, k)
		}
	}
	return moved
}
