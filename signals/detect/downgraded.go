package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// Downgraded finds the volume being turned down while somebody still needs it
// loud: the priority lowered, or the case refused or closed without an answer,
// though the last word before was a plea, a question, an objection or fresh
// evidence of somebody else that nobody answered, or though somebody objects
// afterwards. Words that explain the decision do not count: those of who took
// it or who holds the case, and those written within the hour around a
// decision. Who lowers or closes what they raised themselves is left alone
// until another person speaks.
var Downgraded = Detector{
	Name:    "downgraded",
	Doc:     "it was made smaller while people still speak of it",
	Sources: []string{signals.Jira, signals.Log, signals.Slack},
	Detect:  downgraded,
}

// explains is within how long of a decision a word belongs to it.
const explains = time.Hour

// talkEvents bounds how many events are looked through for people who speak.
const talkEvents = 200

// refusals are parts of the names that trackers give to resolutions which end
// a case without solving it. Duplicates are not among them: they go on elsewhere.
var refusals = []string{
	"won't", "wont", "will not", "cannot reproduce", "can't reproduce", "not reproduc", "unreproduc", "works for me", "worksforme",
	"not a bug", "notabug", "not a defect", "not a problem", "invalid", "incomplete", "declined", "reject", "by design", "as designed",
	"no action", "not our", "abandoned", "withdrawn",
}

// solutions are parts of the names of resolutions that end a case well, or send
// it to where it goes on.
var solutions = []string{"fixed", "done", "resolved", "complete", "solved", "duplicate", "implemented", "delivered", "released", "deployed"}

// Refuses reports whether a resolution ends a case without solving it.
func Refuses(resolution string) bool { return containsAny(resolution, refusals) }

// Solves reports whether a resolution ends a case well, or sends it to where it
// goes on.
func Solves(resolution string) bool { return containsAny(resolution, solutions) }

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
	for _, e := range entryOf(s) {
		what, refused := muffled(s, e)
		if what == "" || e.Actor != "" && e.Actor == s.Case.Opener {
			continue
		}
		if word := lastWord(s, e, refused); word != nil {
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
			return "it was closed" + asResolution(e.To) + " without an answer", false
		}
	}
	return "", false
}

// lastWord returns the plea on which the decision e was taken, or nil: the last
// words before it, its explanation left out, when they are a plea of somebody
// else. A question that the explanation answers, or anything at all before a
// closing that refuses nothing, is settled by it.
func lastWord(s *Snapshot, e *signals.Event, refused bool) *signals.Event {
	events := s.Case.Events()
	from := e.At.Add(-s.Policy().Detect.Downgraded.Talk)
	var last *signals.Event
	var explainers []string
	for i, n := len(events)-1, 0; i >= 0 && n < talkEvents && !events[i].At.Before(from); i, n = i-1, n+1 {
		w := events[i]
		if w.Kind != signals.Said || signals.CompareEvents(w, e) >= 0 || machine(s.Org, w.Actor) {
			continue
		}
		if e.At.Sub(w.At) < explains {
			explainers = append(explainers, w.Actor)
			continue
		}
		explained := len(explainers) > 0
		if last != nil && last.Actor != w.Actor {
			return nil // what the last speaker said was no plea
		}
		last = w
		if !refused && explained || !another(s, w, e) || slices.Contains(explainers, w.Actor) {
			return nil
		}
		switch p := plea(s, w); {
		case p == concludes:
			return nil
		case p == insists, p == asks && !explained:
			return w
		}
	}
	return nil
}

// another reports whether w is a word of somebody on whom the decision e was
// taken: neither who took it nor who holds the case. Where it is not known who
// took it, only who raised the case is surely somebody else.
func another(s *Snapshot, w, e *signals.Event) bool {
	if hidden(s, e) && w.Actor != s.Case.Opener && e.At.After(w.At) {
		return false
	}
	return w.Actor != "" && w.Actor != e.Actor && w.Actor != s.Case.Holder && !machine(s.Org, w.Actor)
}

// hidden reports whether it is unknown who did e.
func hidden(s *Snapshot, e *signals.Event) bool {
	return e.Actor == "" || machine(s.Org, e.Actor) || faceless(e.Actor)
}

// faceless reports whether an account is the tracker's own, by its usual names.
func faceless(actor string) bool {
	return slices.Contains([]string{"system", "admin", "administrator", "automation", "jira"}, strings.ToLower(signals.Bare(actor)))
}

// weight is what a word means to a decision that turns the volume down.
type weight int

const (
	mumbles   weight = iota // too little to tell
	speaks                  // nothing in particular
	asks                    // a question
	insists                 // a plea, an objection, fresh evidence
	concludes               // thanks, a solution, agreement, the closing itself
)

// plea weighs a word. Who raised the case needs only to show that the fault is
// still there; anybody else has to say that they have it too, or to object.
func plea(s *Snapshot, w *signals.Event) weight {
	p := s.Case.Post(w.ID)
	if p == nil {
		return mumbles
	}
	r := s.Models.Read(p)
	words := text.Plain(r.Doc.Prose)
	says := func(list string) bool { return len(places(words, r.phrases(list))) > 0 }
	opener := w.Actor == s.Case.Opener
	objects := says(text.Objection)
	switch {
	case len(strings.Fields(r.Doc.Prose)) < 3:
		return mumbles
	case says(text.Closing) && !objects:
		return concludes
	case !opener && (says(text.Service) || says(text.Agreement)):
		return concludes
	case r.Has(text.Solved, 0.5) || r.Has(text.NeverMind, 0.5):
		return concludes
	case objects || r.Has(text.Again, 0.5) || r.Has(text.Chase, 0.5) || r.Has(text.MeToo, 0.5):
		return insists
	case r.Has(text.Thanks, 0.5) || r.Has(text.Ack, 0.5) || says(text.Agreement):
		return concludes
	case opener && r.Has(text.Problem, 0.5):
		return insists
	case opener && endsAsking(r.Doc.Prose) && (r.Has(text.Ask, 0.5) || r.Has(text.Question, 0.3)):
		return asks
	}
	return speaks
}

// endsAsking reports whether the text has a question mark after a word, and not
// only within an address.
func endsAsking(prose string) bool {
	return slices.ContainsFunc(strings.Fields(prose), func(f string) bool {
		return strings.HasSuffix(strings.TrimRight(f, ".!)\"'*_"), "?") && !strings.ContainsAny(f, "/=&#")
	})
}

// spokenAfter judges a word: does somebody else object after the volume was
// turned down, while that still holds? Of who raised the case any word but
// agreement is heard, for they alone know whether they still need it.
func spokenAfter(s *Snapshot) []signals.Signal {
	c, w := s.Case, s.Event
	if c.Closes == 0 && c.Priority == "" {
		return nil
	}
	events := c.Events()
	from := w.At.Add(-max(s.Policy().Detect.Downgraded.Talk, s.Policy().Watch))
	for i, n := len(events)-2, 0; i >= 0 && n < talkEvents && !events[i].At.Before(from); i, n = i-1, n+1 {
		e := events[i]
		if e.Kind == signals.Reopened || e.Kind == signals.Priority && e.To != c.Priority {
			return nil
		}
		what, refused := muffled(s, e)
		if !refused {
			continue
		}
		if !another(s, w, e) || !objects(s, w, e) {
			return nil
		}
		return []signals.Signal{muffle(s, what, e, w, false)}
	}
	return nil
}

// objects reports whether a word after the decision e is against it.
func objects(s *Snapshot, w, e *signals.Event) bool {
	soon := w.At.Sub(e.At) <= s.Policy().Detect.Downgraded.Talk
	if !soon && e.Kind == signals.Priority {
		return false
	}
	near := w.At.Sub(e.At) < explains
	if near && (hidden(s, e) || w.Actor != s.Case.Opener) {
		return false
	}
	switch plea(s, w) {
	case insists, asks:
		return true
	case speaks:
		return soon && !near && w.Actor == s.Case.Opener
	}
	return false
}

func muffle(s *Snapshot, what string, e, word *signals.Event, before bool) signals.Signal {
	who := "somebody"
	if word.Actor == s.Case.Opener {
		who = "who raised it"
	}
	reason := fmt.Sprintf("%s on %s, and %s wrote again %s later", what, on(e.At), who, lasted(word.At.Sub(e.At)))
	score := 0.8
	if before {
		reason = fmt.Sprintf("%s; %s had asked for it %s earlier, and nobody had answered", what, who, lasted(e.At.Sub(word.At)))
		score = 0.7
	}
	out := s.Signal("downgraded", e.ID, score, reason, e.ID, word.ID)
	out.Need, out.About = signals.NeedLead, word.Actor
	return out
}
