package detect

import (
	"fmt"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// Hedged finds worries in weak words, "might be nothing, but", that nobody
// took up. Weak words are how bad news is told by those who are not sure that
// they may.
var Hedged = Detector{
	Name:    "hedged",
	Doc:     "a worry was voiced in weak words and nobody took it up",
	Sources: []string{signals.Slack},
	Detect:  hedged,
}

// How strong a weak word must be to be a worry by itself: where the post names a
// thing of work, and where it names none. Below that a fault must be spoken of, too.
const (
	hedgedOfWork  = 0.6
	hedgedAlone   = 0.75
	hedgedProblem = 0.5
)

// hedgedWords is how long a worry has to be that names no thing of work.
const hedgedWords = 6

// hedgedAnswer is the chance of one later post to be an answer at which the
// worry counts as taken up.
const hedgedAnswer = 0.5

// hedgedDoubt is how much the odds of a flat post to be an answer sink, in
// powers of e, where all talk stands in threads: to a statement, people answer
// in its thread or not at all.
const hedgedDoubt = 2

func hedged(s *Snapshot) []signals.Signal {
	if len(s.Case.Posts) == 0 || !IsRoot(s.Case.Posts[0]) || signals.IsBot(s.Case.Posts[0].Event.Actor) {
		return nil
	}
	root := s.Case.Posts[0]
	r := s.Models.Read(root)
	if !r.Has(text.Hedge, s.Policy().Detect.Hedged.Least) || !s.worries(r) {
		return nil
	}
	due := root.Event.At.Add(s.Policy().Detect.Hedged.After)
	if s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	t := TalkAt(s)
	if t == nil || t.forgotten || t.takenBack() || t.answered() || t.midway() || len(t.of(t.Group[0]).names) > 0 {
		return nil
	}
	if seen, _ := t.waited(root, s.Policy().Detect.Hedged.After, 0); damp(seen.most(), hedgedDoubt*t.threaded) >= hedgedAnswer || t.namedLater(len(seen.After)) {
		return nil
	}
	reason := fmt.Sprintf("A worry was voiced in careful words (%q) %s ago and nobody has taken it up.", r.Phrase[text.Hedge], lasted(s.Now.Sub(root.Event.At)))
	score := r.Scores[text.Hedge]
	if !t.opens() {
		score *= doubted
	}
	out := s.Signal("hedged", root.Event.ID, score, reason, root.Event.ID)
	out.About = root.Event.Actor
	return []signals.Signal{out}
}

// worries reports whether a hedged post is about something of work that may be
// wrong, and not a joke, a release note or a question how something is done.
func (s *Snapshot) worries(r *Reading) bool {
	if r.Has(text.Joke, 0.6) || r.Has(text.Release, 0.6) || r.Has(text.Solved, 0.6) || r.Has(text.HowTo, 0.6) || social(s.Room) {
		return false
	}
	hedge := r.Scores[text.Hedge]
	if hedge < hedgedAlone && r.Has(text.Ask, 0.6) {
		return false // a question, which is another matter
	}
	return hedge >= hedgedAlone && (namesWork(r) || len(strings.Fields(r.Doc.Prose)) >= hedgedWords) || hedge >= hedgedOfWork && namesWork(r) || r.Has(text.Problem, hedgedProblem) || r.Has(text.Again, 0.5)
}

// most is the greatest chance of a later post to be an answer.
func (t *Talk) most() float64 {
	most := 0.0
	for _, r := range t.Replies() {
		most = max(most, r.Chance)
	}
	return most
}
