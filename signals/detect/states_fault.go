package detect

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// A plain statement of a fault that nobody has taken further than "ok, seen" is
// one, though it has few of the words that people use who ask for help with one:
// faultLeast is how strong its words must be, faultScore what it counts for.
const (
	faultLeast = 0.5
	faultScore = 0.5
)

// doubted is what is left of a score where others are in the talk already, or
// where the post goes on with talk that was there before: a fault may be untracked
// all the same, but whoever is told has mostly seen it. In a blind reading of 50
// signals of a public archive a third deserved a nudge before this was told apart.
const doubted = 0.5

// openAfter is how long the channel has to be quiet before a post for it to open a topic.
const openAfter = 10 * time.Minute

// opens reports whether the utterance opens a topic: nobody wrote in the channel
// just before, and its first words do not go on with anything.
func (t *Talk) opens() bool {
	if t.Reading(t.Group[0]).in.goesOn || len(t.of(t.Group[0]).names) > 0 {
		return false
	}
	return len(t.Before) == 0 || t.Group[0].Event.At.Sub(t.Before[len(t.Before)-1].Event.At) >= openAfter
}

// statesFault reports whether a post says, in a sentence that is neither a
// question nor a supposition, that a thing of work does what it should not, or
// shows nothing but the trace of an error.
func statesFault(r *Reading) bool {
	if r.bareTrace() {
		return true
	}
	if !r.Has(text.Problem, faultLeast) && !r.Has(text.Again, 0.6) || !namesWork(r) || r.Has(text.Ask, 0.6) || r.Has(text.Joke, 0.6) || r.Has(text.Release, 0.4) || r.Has(text.HowTo, 0.5) || r.Has(text.Solved, 0.5) || r.Has(text.Track, 0.6) {
		return false
	}
	return slices.ContainsFunc(r.Hits, func(h text.Hit) bool {
		if h.Cue != text.Problem && h.Cue != text.Again || h.Weight < 0.4 {
			return false
		}
		from, to := sentenceAround(r.Doc.Prose, h.Start, h.End)
		asked := to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?'
		return !asked && !hasWord(r.Doc.Prose[from:to], suppose...) && !hasWord(r.Doc.Prose[from:h.Start], "how", "why", "want", "wanted", "trying", "tried", "try")
	})
}

// suppose are words with which a sentence tells of no fault that is there.
var suppose = []string{"if", "would", "could", "might", "should", "may", "wouldn't", "unless", "whether", "imagine", "suppose", "assuming", "will", "won't", "fixed", "fixes", "resolved", "solved", "was", "were", "had"}

// answerPossible is the chance at which a flat post may be an answer: a plain
// statement that may have been taken up is left alone.
const answerPossible = 0.3

// discussed reports whether others said more than that they have seen it.
func (t *Talk) discussed(posts []*signals.Post) bool {
	for _, r := range t.Replies() {
		if r.Chance >= answerPossible && r.Chance < 0.5 {
			return true
		}
	}
	return slices.ContainsFunc(posts, func(p *signals.Post) bool {
		r := t.Reading(p)
		short := len(strings.Fields(r.Doc.Prose)) <= sighWords
		return p.Event.Actor != t.Author && r.answers() && !(short && (r.Has(text.Ack, 0.4) || r.Has(text.Thanks, 0.5)))
	})
}
