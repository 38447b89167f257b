package detect

import (
	"fmt"
	"iter"
	"maps"
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
	out.About, out.Asked, out.Need = q.Event.Actor, to, signals.NeedHolder
	return []signals.Signal{out}
}

// askedOf is whom a comment puts a question to: the first person it mentions,
// else the one whose name it begins with, else the holder when the originator
// asks, else the originator when the holder asks. It is "" where no person asks,
// or nobody in particular is asked.
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
	if id := s.calledUpon(r.Doc.Prose, asker); id != "" {
		return colleague(s, id)
	}
	switch {
	case asker == c.Opener && c.Holder != asker:
		return c.Holder
	case asker == c.Holder:
		return colleague(s, c.Opener)
	}
	return ""
}

// calledUpon is the person by whose name a comment begins ("Ada, have you seen
// this?"): of those who took part in the issue, else of the roster. It is "" where
// it begins with no name, or with that of several people.
func (s *Snapshot) calledUpon(prose, asker string) string {
	name := spokenTo(prose)
	if name == "" {
		return ""
	}
	c := s.Case
	took := []string{c.Opener, c.Holder}
	for i := range c.Path {
		took = append(took, c.Path[i].Person)
	}
	for _, p := range c.Posts {
		took = append(took, p.Event.Actor)
	}
	if id, n := s.oneCalled(name, asker, slices.Values(took)); n > 0 {
		return id
	}
	id, _ := s.oneCalled(name, asker, maps.Keys(s.Org.People))
	return id
}

// oneCalled finds the one person of that name, and how many there are; "" where
// that is not one.
func (s *Snapshot) oneCalled(name, asker string, people iter.Seq[string]) (id string, n int) {
	for q := range people {
		p := s.Org.Person(q)
		switch {
		case p == nil || !called(p, name) || s.Org.Who(q) == s.Org.Who(asker):
		case n > 0 && s.Org.Who(q) == s.Org.Who(id):
			id = min(id, q) // one person by two ids, in any order
		default:
			id, n = q, n+1
		}
	}
	if n != 1 {
		return "", n
	}
	return id, n
}

// nameWords is of how many words a name may be with which a text begins.
const nameWords = 3

// spokenTo is the lower-case name that a text may begin with: up to three words
// before a comma or a colon, a greeting left out.
func spokenTo(prose string) string {
	i := strings.IndexAny(prose, ":,\n")
	if i <= 0 || prose[i] == '\n' {
		return ""
	}
	words := strings.Fields(strings.ToLower(prose[:i]))
	if len(words) > 1 && slices.Contains(greetings, words[0]) {
		words = words[1:]
	}
	if len(words) > nameWords {
		return ""
	}
	return strings.TrimPrefix(strings.Join(words, " "), "@")
}

// greetings are words with which a text may begin before a name.
var greetings = []string{"hi", "hello", "hey", "dear", "thanks", "ok", "okay"}

// colleague returns a person who can be expected to answer, "" for a bot and for
// an originator from outside.
func colleague(s *Snapshot, id string) string {
	p := s.Org.Person(id)
	if machine(s.Org, id) || s.Org.Who(id) == s.Org.Who(s.Case.Opener) && (p == nil || p.External) {
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
