package detect

import (
	"fmt"
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// Downgraded finds the volume being turned down while people still speak: the
// priority lowered, or the case refused or closed without an answer, though
// somebody else insisted shortly before or writes after it. Who lowers or
// closes what they raised themselves is left alone until another person speaks.
var Downgraded = Detector{
	Name:    "downgraded",
	Doc:     "it was made smaller while people still speak of it",
	Sources: []string{signals.Jira, signals.Log, signals.Slack},
	Detect:  downgraded,
}

// talkEvents bounds how many events are looked through for people who speak.
const talkEvents = 200

// refusals are parts of the names that trackers give to resolutions which end
// a case without solving it. Duplicates are not among them: they go on elsewhere.
var refusals = []string{
	"won't", "wont", "will not", "cannot reproduce", "can't reproduce", "not reproduc", "unreproduc", "works for me", "worksforme",
	"not a bug", "notabug", "not a defect", "not a problem", "invalid", "incomplete", "declined", "reject", "by design", "as designed",
	"no action", "abandoned", "withdrawn",
}

// solutions are parts of the names of resolutions that end a case well, or send
// it to where it goes on.
var solutions = []string{"fixed", "done", "resolved", "complete", "solved", "duplicate", "implemented", "delivered", "released", "deployed"}

// Refuses reports whether a resolution ends a case without solving it.
func Refuses(resolution string) bool { return containsAny(resolution, refusals) }

func containsAny(name string, parts []string) bool {
	if name == "" {
		return false
	}
	name = strings.ToLower(strings.ReplaceAll(name, "\u2019", "'"))
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
}

func downgraded(s *Snapshot) []signals.Signal {
	switch {
	case s.Event == nil:
		return nil
	case s.Event.Kind == signals.Said:
		return spokenAfter(s)
	}
	entry := entryOf(s)
	for _, e := range entry {
		what, refused := muffled(s, e)
		if what == "" || e.Actor != "" && e.Actor == s.Case.Opener {
			continue
		}
		if word := lastWord(s, e); word != nil && (refused || asks(s, word)) {
			return []signals.Signal{muffle(s, what, e, word, true)}
		}
	}
	return nil
}

// entryOf returns the events of the history entry that led here.
func entryOf(s *Snapshot) []*signals.Event {
	all := s.Case.Events()
	i := len(all)
	for i > 0 && all[i-1].Seq.Entry == s.Event.Seq.Entry && all[i-1].At.Equal(s.Event.At) {
		i--
	}
	return all[i:]
}

// muffled says how an event turned the volume down, "" when it did not.
// refused is false for a closing that says nothing, which counts only where a
// question was left open.
func muffled(s *Snapshot, e *signals.Event) (what string, refused bool) {
	switch e.Kind {
	case signals.Priority:
		from, okFrom := s.Policy().Rank(e.From)
		to, okTo := s.Policy().Rank(e.To)
		if okFrom && okTo && to > from {
			return "its priority was lowered from " + e.From + " to " + e.To, true
		}
	case signals.Closed:
		switch {
		case Refuses(e.To):
			return "it was closed as " + e.To, true
		case !containsAny(e.To, solutions):
			return "it was closed without an answer", false
		}
	}
	return "", false
}

// lastWord returns the latest thing that somebody insisted on shortly before
// event e, or nil. An open question ends the search: what came before it does
// not matter.
func lastWord(s *Snapshot, e *signals.Event) *signals.Event {
	events := s.Case.Events()
	from := e.At.Add(-s.Policy().Detect.Downgraded.Talk)
	for i, n := len(events)-1, 0; i >= 0 && n < talkEvents && !events[i].At.Before(from); i, n = i-1, n+1 {
		w := events[i]
		if w.Kind != signals.Said || signals.CompareEvents(w, e) >= 0 || machine(s.Org, w.Actor) {
			continue
		}
		if insists(s, w, e) {
			return w
		}
		if !refusedBy(s, e) {
			return nil // the question, if there was one, was answered
		}
	}
	return nil
}

func refusedBy(s *Snapshot, e *signals.Event) bool {
	_, refused := muffled(s, e)
	return refused
}

// insists reports whether w is a word of somebody on whom the decision e was
// taken: neither who took it nor who holds the case, and not thanks, a
// solution or "never mind".
func insists(s *Snapshot, w, e *signals.Event) bool {
	if w.Actor == "" || w.Actor == e.Actor || w.Actor == s.Case.Holder || machine(s.Org, w.Actor) {
		return false
	}
	p := s.Case.Post(w.ID)
	if p == nil {
		return false
	}
	r := s.Models.Read(p)
	if r.Has(text.Problem, 0.5) || r.Has(text.Again, 0.5) || r.Has(text.Chase, 0.5) {
		return true
	}
	for _, c := range []text.Cue{text.Thanks, text.Solved, text.NeverMind, text.Ack} {
		if r.Has(c, 0.5) {
			return false
		}
	}
	return len(strings.Fields(r.Doc.Prose)) >= 3
}

func asks(s *Snapshot, w *signals.Event) bool {
	p := s.Case.Post(w.ID)
	if p == nil {
		return false
	}
	r := s.Models.Read(p)
	return r.Has(text.Ask, 0.5) || r.Has(text.Question, 0.3) || r.Has(text.Chase, 0.5)
}

// spokenAfter judges a word: does it come soon after the volume was turned
// down, from somebody else, while that still holds?
func spokenAfter(s *Snapshot) []signals.Signal {
	c, w := s.Case, s.Event
	if c.Closes == 0 && c.Priority == "" {
		return nil
	}
	events := c.Events()
	from := w.At.Add(-s.Policy().Detect.Downgraded.Talk)
	for i, n := len(events)-2, 0; i >= 0 && n < talkEvents && !events[i].At.Before(from); i, n = i-1, n+1 {
		e := events[i]
		if e.Kind == signals.Reopened || e.Kind == signals.Priority && e.To != c.Priority {
			return nil
		}
		what, refused := muffled(s, e)
		if !refused {
			continue
		}
		if !insists(s, w, e) {
			return nil
		}
		return []signals.Signal{muffle(s, what, e, w, false)}
	}
	return nil
}

func muffle(s *Snapshot, what string, e, word *signals.Event, before bool) signals.Signal {
	who := "somebody"
	if word.Actor == s.Case.Opener {
		who = "who raised it"
	}
	reason := fmt.Sprintf("%s on %s, and %s wrote again %s after", what, on(e.At), who, lasted(word.At.Sub(e.At)))
	score := 0.8
	if before {
		reason = fmt.Sprintf("%s %s after %s had written about it", what, lasted(e.At.Sub(word.At)), who)
		score = 0.7
	}
	out := s.Signal("downgraded", e.ID, score, reason, e.ID, word.ID)
	out.Need, out.About = signals.NeedLead, word.Actor
	return out
}
