package detect

import (
	"fmt"
	"slices"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// UnansweredAsk finds requests for help that nobody has answered. In chat it
// weighs the whole conversation around the ask: a channel is flat, and most
// answers stand beside the thread, not in it. In a tracker it looks for a
// question to a person after which nothing happened.
var UnansweredAsk = Detector{
	Name:    "unanswered_ask",
	Doc:     "somebody asked for help and nobody who could answer has answered",
	Sources: []string{signals.Slack, signals.Jira},
	Detect:  unansweredAsk,
}

// unansweredLeast is how likely an ask must be an unanswered one. At this value
// precision and recall were about equal on the chats that the weights come from.
const unansweredLeast = 0.44

// quietFactor is how many times longer an ask waits at most in a channel where
// nobody has written since: there nobody can be said to have passed it by. In
// slow rooms a third of the answers come after the usual time.
const quietFactor = 4

func unansweredAsk(s *Snapshot) []signals.Signal {
	if s.Case.Key.Source == signals.Jira {
		return unansweredQuestion(s)
	}
	if len(s.Case.Posts) == 0 || s.Models.Read(s.Case.Posts[0]).seeks() < s.Policy().Detect.UnansweredAsk.Least {
		return nil
	}
	limit := s.Policy().Detect.UnansweredAsk
	if tooEarly(s, limit.After, limit.Posts) {
		return nil
	}
	t := TalkAt(s)
	if t == nil || t.forgotten {
		return nil
	}
	ask := t.askPost(limit.Least)
	if ask == nil || ask.Event.ID != s.Case.Posts[0].Event.ID || t.takenBack() || t.idle(s.Room) || t.repeats(s, ask) {
		return nil
	}
	if t.answered() {
		return askedAgain(s, t, limit.After)
	}
	seen, due := t.waited(ask, limit.After, limit.Posts)
	if s.Now.Before(due) {
		s.LookAt(due)
		s.LookAfter(limit.Posts - seen.Passed())
		if seen.Passed() == 0 {
			s.LookAfter(1)
		}
		return nil
	}
	if t.namedLater(len(seen.After)) {
		return nil
	}
	chance := seen.unanswered()
	if chance < unansweredLeast {
		return nil
	}
	out := s.Signal("unanswered_ask", ask.Event.ID, chance, unansweredReason(s, t, ask), ids(ask, t.Group)...)
	out.About = ask.Event.Actor
	return []signals.Signal{out}
}

// tooEarly reports whether an answer to the case's root may still be waited
// for, whatever was said since, and asks to be woken when that ends.
func tooEarly(s *Snapshot, after time.Duration, posts int) bool {
	root, passed := s.Case.Posts[0], 0
	due := root.Event.At.Add(after)
	if s.Room != nil {
		passed = len(s.Room.Since(root.Event.At))
	}
	if !s.Now.Before(due) || posts > 0 && passed >= posts {
		return false
	}
	s.LookAt(due)
	s.LookAfter(posts - passed)
	return true
}

// ids lists the event ids of a post and then of others, each once, at most eight.
func ids(first *signals.Post, more []*signals.Post) []string {
	out := []string{first.Event.ID}
	for _, p := range more {
		if len(out) < 8 && !slices.Contains(out, p.Event.ID) {
			out = append(out, p.Event.ID)
		}
	}
	return out
}

func unansweredReason(s *Snapshot, t *Talk, ask *signals.Post) string {
	where := ""
	if s.Room != nil && s.Room.Name != "" {
		where = " in #" + s.Room.Name
	}
	passed := ""
	if n := t.Passed(); n > 0 {
		passed = fmt.Sprintf(", while others wrote %s there", signals.Counted(n, "message"))
	}
	if t.Reading(ask).bareTrace() {
		return fmt.Sprintf("The output of something that failed was posted %s ago%s and nobody has answered%s.", lasted(s.Now.Sub(ask.Event.At)), where, passed)
	}
	return fmt.Sprintf("A question was asked %s ago%s and nobody has answered it%s.", lasted(s.Now.Sub(ask.Event.At)), where, passed)
}

// dueFor is when an ask has waited long enough: after the time if somebody else
// has written below it by then, else with the first who does, at the latest after
// quietFactor times as long.
func (t *Talk) dueFor(ask *signals.Post, after time.Duration) time.Time {
	least, most := ask.Event.At.Add(after), ask.Event.At.Add(quietFactor*after)
	for _, p := range t.After {
		switch {
		case p.Event.Actor == t.Author:
		case p.Event.At.Before(least):
			return least
		case p.Event.At.Before(most):
			return p.Event.At
		}
	}
	return most
}

// waited cuts the conversation to what was said until the ask had waited long
// enough, so that later talk does not change the verdict, and tells when that
// was or will be: after the time, or after so many posts of others.
func (t *Talk) waited(ask *signals.Post, after time.Duration, posts int) (*Talk, time.Time) {
	due := t.dueFor(ask, after)
	cut := *t
	cut.replies, cut.again = nil, nil
	if i := slices.IndexFunc(t.flat, func(p *signals.Post) bool { return p.Event.At.After(due) }); i >= 0 {
		cut.flat = t.flat[:i]
	}
	n := 0
	for i, p := range t.After {
		if p.Event.At.After(due) {
			cut.After = t.After[:i]
			break
		}
		if p.Event.Actor == t.Author {
			continue
		}
		if n++; posts > 0 && n >= posts {
			cut.After, due = t.After[:i+1], p.Event.At
			break
		}
	}
	for i, p := range t.Group {
		if p.Event.At.After(due) {
			cut.Group = t.Group[:i]
			break
		}
	}
	return &cut, due
}

// answered reports whether somebody else wrote in the thread under the
// utterance more than that they have the same, or marked it as seen.
func (t *Talk) answered() bool {
	for _, p := range t.Thread {
		if p.Event.Actor != t.Author && t.Reading(p).answers() {
			return true
		}
	}
	for _, p := range t.Group {
		for _, r := range p.Reactions {
			if r.By != t.Author && !r.Undated && slices.Contains(seenEmoji, r.Emoji) {
				return true
			}
		}
	}
	return false
}

// seenEmoji are reactions by which somebody takes an ask or calls it done.
var seenEmoji = []string{"white_check_mark", "heavy_check_mark", "ballot_box_with_check", "eyes", "done"}

// answers reports whether a reply is more than a sigh of somebody who has the same.
func (r *Reading) answers() bool {
	if r.sigh() || r.ofForm() {
		return false
	}
	return !r.Has(text.MeToo, 0.5) || r.Has(text.Answer, 0.5) || r.Has(text.Ack, 0.5) || len(r.Doc.Prose) > 200
}

// Answers reports whether a reply of somebody else is an answer: more than that
// they have the same.
func (r *Reading) Answers() bool { return r.answers() }

// Settles reports whether a post of who asked says that it is over.
func (r *Reading) Settles() bool { return settles(r) }

// takenBack reports whether the author took the ask back or solved it.
func (t *Talk) takenBack() bool {
	for _, p := range t.Group {
		if r := t.Reading(p); r.asks() < 0.5 && settles(r) && !r.corrects() {
			return true
		}
	}
	for _, p := range t.Thread {
		if p.Event.Actor == t.Author && !t.Reading(p).corrects() && (settles(t.Reading(p)) || t.findsOut(p)) {
			return true
		}
	}
	return false
}

// settles reports whether a post takes an ask back or says that it is solved.
// "It works on the old one, but not here" says no such thing.
func settles(r *Reading) bool {
	return r.Has(text.NeverMind, 0.6) || r.Has(text.Solved, 0.6) && !r.Has(text.Problem, 0.6) && !r.stillFails()
}

// namedLater reports whether somebody addressed the author, or the author took
// the ask back, after the first n posts that followed.
func (t *Talk) namedLater(n int) bool {
	for _, p := range t.After[n:] {
		if p.Event.Actor == t.Author {
			if r := t.Reading(p); r.Has(text.NeverMind, 0.6) || r.Has(text.Thanks, 0.6) {
				return true
			}
		} else if t.names(p, t.Author) {
			return true
		}
	}
	return false
}

// repeatWithin is how long a question that is asked again counts as the same.
const repeatWithin = 24 * time.Hour

// repeats reports whether the author asked nearly the same in the channel
// before and that was, or is about to be, found to be unanswered.
func (t *Talk) repeats(s *Snapshot, ask *signals.Post) bool {
	if s.Room == nil {
		return false
	}
	limit := s.Policy().Detect.UnansweredAsk
	for _, p := range s.Room.Since(ask.Event.At.Add(-repeatWithin)) {
		if signals.CompareEvents(p.Event, t.Group[0].Event) >= 0 {
			return false
		}
		if p.Event.Actor != t.Author || !IsRoot(p) || t.Reading(p).asks() < limit.Least || !t.same(p, ask) {
			continue
		}
		first := NewTalk(p, nil, s.Room, s.Org, s.Models.Read)
		if seen, _ := first.waited(p, limit.After, limit.Posts); seen.unanswered() >= unansweredLeast {
			return true
		}
	}
	return false
}

// unanswered is the chance that the utterance is a request that nobody
// answered; see askFacts.
func (t *Talk) unanswered() float64 {
	return logistic(askWeights[:], t.askFacts())
}
