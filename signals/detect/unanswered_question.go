package detect

import (
	"fmt"
	"slices"
	"strings"

	"andon/signals"
)

// unansweredQuestion finds a question in a comment, put to one person, after
// which nobody did anything on the issue for as long as a hand-off may be silent
// in that person's working time, or as long as the policy lets an ask wait where
// that is longer. An issue whose
// status says that it waits for its originator is let be, and so is a question
// to an originator whom the roster does not know as a colleague: to wait for
// customers is how support works.
func unansweredQuestion(s *Snapshot) []signals.Signal {
	c := s.Case
	if !c.Open() || len(c.Posts) == 0 || s.Policy().WaitsForOpener(c.Status) {
		return nil
	}
	q := c.Posts[len(c.Posts)-1]
	to := askedOf(s, q)
	if to == "" || movedOn(c, q.Event) {
		return nil
	}
	allowed := max(s.Policy().Detect.UnansweredAsk.After, s.Policy().Detect.Stall.After)
	if due := s.Org.Calendar(to).Add(q.Event.At, allowed); s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	reason := fmt.Sprintf("A question was asked in a comment on %s and nothing has happened on the issue since, for %s.", on(q.Event.At), lasted(s.Now.Sub(q.Event.At)))
	out := s.Signal("unanswered_ask", q.Event.ID, 0.7, reason, q.Event.ID)
	out.About, out.Need = q.Event.Actor, signals.NeedHolder
	return []signals.Signal{out}
}

// askedOf is whom a comment puts a question to: the first person it mentions,
// else the holder when the originator asks, else the originator when the holder
// asks. It is "" where no person asks, or nobody in particular is asked.
func askedOf(s *Snapshot, q *signals.Post) string {
	if strings.IndexByte(q.Text, '?') < 0 {
		return "" // spares the reading of most comments
	}
	r := s.Models.Read(q)
	asker := q.Event.Actor
	if signals.IsBot(asker) || asker == "" || r.asks() < s.Policy().Detect.UnansweredAsk.Least || !endsAsking(r.Doc.Prose) {
		return ""
	}
	c := s.Case
	for _, m := range r.Doc.Mentions {
		if id := signals.ID(c.Key.Source, c.Key.Site, m); id != asker {
			return colleague(s, id)
		}
	}
	switch {
	case asker == c.Opener && c.Holder != asker:
		return c.Holder
	case asker == c.Holder:
		return colleague(s, c.Opener)
	}
	return ""
}

// colleague returns a person who can be expected to answer, "" for a bot and for
// an originator from outside.
func colleague(s *Snapshot, id string) string {
	p := s.Org.Person(id)
	if machine(s.Org, id) || id == s.Case.Opener && (p == nil || p.External) {
		return ""
	}
	return id
}

// movedOn reports whether anybody else did anything on the case after the
// question, or the asker did more than write on.
func movedOn(c *signals.Case, q *signals.Event) bool {
	events := c.Events()
	i := slices.IndexFunc(events, func(e *signals.Event) bool { return e.ID == q.ID })
	for _, e := range events[i+1:] {
		talk := e.Kind == signals.Said || e.Kind == signals.Edited || e.Kind == signals.Reacted
		if e.Actor != q.Actor && !signals.IsBot(e.Actor) || e.Actor == q.Actor && !talk {
			return true
		}
	}
	return false
}
