package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"andon/signals"
	"andon/signals/text"
)

// CameBack finds what was thought to be over: a closed case that is opened
// again, and a new fault very like one that was closed. Planned work does not
// recur, it is only alike: tasks, features and what has had the same title
// several times before are left out, and so are siblings raised by one person
// within a day. It is about the case, not about who closed it.
var CameBack = Detector{
	Name:    "came_back",
	Doc:     "it was closed before, and here it is again",
	Sources: []string{signals.Jira, signals.Log, signals.Slack},
	Likes:   true,
	Detect:  cameBack,
}

// slip is how soon the one who closed a case may open it again without meaning
// anything by it.
const slip = 15 * time.Minute

func cameBack(s *Snapshot) []signals.Signal {
	if s.Event == nil {
		return nil
	}
	if raised(s) {
		return recurred(s)
	}
	if s.Case.Closes == 0 {
		return nil
	}
	for _, e := range entryOf(s) {
		if e.Kind == signals.Reopened && !saidBefore(s.Case, e) || e.Kind == signals.Denied && e.Field != signals.Partly && !s.Case.Open() {
			return reopened(s, e)
		}
	}
	return nil
}

// saidBefore reports whether who raised it said before a reopening that it still
// happens: that was found then.
func saidBefore(c *signals.Case, e *signals.Event) bool {
	for _, o := range slices.Backward(c.Events()) {
		switch {
		case signals.CompareEvents(o, e) >= 0:
		case o.Kind == signals.Closed:
			return false
		case o.Kind == signals.Denied && o.Field != signals.Partly:
			return true
		}
	}
	return false
}

// reopened judges a reopening, or the originator's word that it still happens.
func reopened(s *Snapshot, e *signals.Event) []signals.Signal {
	closed := closedBefore(s.Case, e)
	if closed == nil || closed.Actor != "" && closed.Actor == e.Actor && e.At.Sub(closed.At) < slip {
		return nil
	}
	what := "it was reopened"
	if e.Kind == signals.Denied {
		what = "who raised it says that it still happens"
	}
	reason := fmt.Sprintf("%s %s after it was closed%s", what, lasted(e.At.Sub(closed.At)), asResolution(closed.To))
	if s.Case.Closes > 1 {
		reason += fmt.Sprintf("; it has been closed %s", times(s.Case.Closes))
	}
	out := s.Signal("came_back", e.ID, 1, reason, e.ID, closed.ID)
	out.About = closed.Actor
	return []signals.Signal{out}
}

func asResolution(to string) string {
	if to == "" {
		return ""
	}
	return " as " + to
}

// closedBefore returns the latest closing before event e, or nil.
func closedBefore(c *signals.Case, e *signals.Event) *signals.Event {
	events := c.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Kind == signals.Closed && signals.CompareEvents(events[i], e) < 0 {
			return events[i]
		}
	}
	return nil
}

// raised reports whether the entry that led here began the case. A thread of
// chat begins with its first post, and only one that speaks of a problem is
// compared with what was.
func raised(s *Snapshot) bool {
	c := s.Case
	if c.Key.Source != signals.Slack {
		return s.Event.Kind != signals.Said && len(entryOf(s)) == len(c.Events())
	}
	if s.Event.Kind != signals.Said || len(c.Posts) != 1 || c.Posts[0].Event != s.Event || machine(s.Org, s.Event.Actor) {
		return false
	}
	r := s.Models.Read(c.Posts[0])
	return r.Has(text.Problem, 0.5) || r.Has(text.Again, 0.5)
}

// routine is how many earlier cases of the same title make it a routine: a
// weekly task, a standard request, a title that says only what it is about.
const routine = 3

// planned are parts of the names that trackers give to work which is no fault.
var planned = []string{"task", "story", "feature", "improvement", "epic", "wish", "enhancement", "documentation", "request", "change"}

// sibling is within how long cases of one person belong together.
const sibling = 24 * time.Hour

// recurred judges a new case by the closed ones it is like.
func recurred(s *Snapshot) []signals.Signal {
	if containsAny(s.Case.Type, planned) {
		return nil
	}
	t := &s.Policy().Detect.CameBack
	likes := s.Models.Alike(s.Case, 10)
	if len(likes) == 0 || likes[0].Score < t.Likeness || sameTitles(s.Case, likes) >= routine {
		return nil
	}
	for _, l := range likes[:min(3, len(likes))] {
		old := l.Case
		if l.Score < t.Likeness || old == nil || old.ClosedAt.IsZero() || old.Gone || s.Now.Sub(old.ClosedAt) > t.Window {
			continue
		}
		if containsAny(old.Type, planned) || related(s.Case, old) {
			continue
		}
		if slices.ContainsFunc(s.Case.Links, func(k signals.Link) bool { return names(k.To, old) }) {
			continue // they know
		}
		first, end := s.Case.Events()[0], closedBefore(old, s.Event)
		if end == nil || !sharedWith(first, old.Events()[0], end) {
			continue
		}
		reason := fmt.Sprintf("it is very like %s, which was closed%s %s ago", old.Label, asResolution(old.Resolution), lasted(s.Now.Sub(old.ClosedAt)))
		if words := Telling(l.Words, 4); len(words) > 0 {
			reason += "; both speak of " + listed(words)
		}
		out := s.Signal("came_back", first.ID, l.Score, reason, first.ID, end.ID)
		out.About = end.Actor // told to somebody other than who closed the earlier one
		return []signals.Signal{out}
	}
	return nil
}

// related reports whether two cases are siblings: one person raised both
// within a day, or the later one before the earlier was an hour over.
func related(c, old *signals.Case) bool {
	return c.Opener == old.Opener && c.Opened.Sub(old.Opened) < sibling || c.Opened.Sub(old.ClosedAt) < time.Hour
}

// sameTitles counts the cases with the title of c, figures and dates aside.
func sameTitles(c *signals.Case, likes []Like) (n int) {
	title := withoutFigures(c.Title)
	if title == "" {
		return 0
	}
	for _, l := range likes {
		if l.Case != nil && withoutFigures(l.Case.Title) == title {
			n++
		}
	}
	return n
}

func withoutFigures(title string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) }), " ")
}

// names reports whether a link leads to a case. A history names issues by their
// labels, of which a moved one has several.
func names(to signals.Key, c *signals.Case) bool {
	label, ok := strings.CutPrefix(to.ID, "label:")
	return to == c.Key || ok && to.Site == c.Key.Site && (label == c.Label || slices.Contains(c.Aliases, label))
}

// sharedWith reports whether everybody who sees event e may see the others. A
// case that fewer people may know is not spoken of, not even that it exists.
func sharedWith(e *signals.Event, others ...*signals.Event) bool {
	for _, o := range others {
		if o.Audience != signals.Public && (o.Audience != e.Audience || o.Audience == signals.Restricted) {
			return false
		}
	}
	return true
}

// listed joins words as people do: a, b and c.
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " and " + words[n]
}
