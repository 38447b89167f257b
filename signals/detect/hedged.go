package detect

import (
	"fmt"

	"andon/signals"
	"andon/signals/text"
)

// Hedged finds worries in weak words, "might be nothing, but", that nobody
// took up. Weak words are how bad news is told by those who are not sure that
// they may.
var Hedged = Detector{
	Name:    "hedged",
	Doc:     "a worry was voiced in weak words and nobody reacted",
	Sources: []string{signals.Slack},
	Detect:  hedged,
}

// A weak word is a worry only where a fault is spoken of, too.
const hedgedProblem = 0.5

// hedgedAnswer is the chance of one later post to be an answer at which the
// worry counts as taken up.
const hedgedAnswer = 0.5

func hedged(s *Snapshot) []signals.Signal {
	if len(s.Case.Posts) == 0 || !IsRoot(s.Case.Posts[0]) || IsBot(s.Case.Posts[0].Event.Actor) {
		return nil
	}
	root := s.Case.Posts[0]
	r := s.Models.Read(root)
	if !r.Has(text.Hedge, s.Policy().Detect.Hedged.Least) || !worries(r) {
		return nil
	}
	due := root.Event.At.Add(s.Policy().Detect.Hedged.After)
	if s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	t := TalkAt(s)
	if t == nil || t.forgotten || t.takenBack() || t.reacted() {
		return nil
	}
	if seen, _ := t.waited(root, s.Policy().Detect.Hedged.After, 0); seen.most() >= hedgedAnswer || t.namedLater(len(seen.After)) {
		return nil
	}
	reason := fmt.Sprintf("A worry was voiced in careful words (%q) %s ago and nobody has reacted.", r.Phrase[text.Hedge], lasted(s.Now.Sub(root.Event.At)))
	out := s.Signal("hedged", root.Event.ID, r.Scores[text.Hedge], reason, root.Event.ID)
	out.About = root.Event.Actor
	return []signals.Signal{out}
}

// worries reports whether a hedged post is about something that may be wrong,
// and not advice, a joke or a release note.
func worries(r *Reading) bool {
	if r.Has(text.Joke, 0.6) || r.Has(text.Release, 0.6) || r.Has(text.Solved, 0.6) {
		return false
	}
	return r.Has(text.Problem, hedgedProblem) || r.Has(text.Again, 0.5) || r.Has(text.Hedge, 0.8)
}

// reacted reports whether anybody else wrote in the thread or put a dated
// reaction on the utterance.
func (t *Talk) reacted() bool {
	for _, p := range t.Thread {
		if p.Event.Actor != t.Author {
			return true
		}
	}
	for _, p := range t.Group {
		for _, r := range p.Reactions {
			if r.By != t.Author && !r.Undated {
				return true
			}
		}
	}
	return false
}

// most is the greatest chance of a later post to be an answer.
func (t *Talk) most() float64 {
	most := 0.0
	for _, r := range t.Replies() {
		most = max(most, r.Chance)
	}
	return most
}
