package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// Echo finds that several people report the same symptom within a while: under
// one message ("same here"), beside it in the channel, or in cases of their own
// that are alike. It fires once, in the case of the report that made them
// enough, and is about the first report.
//
// Who only agrees does not count: the first post has to describe a fault, and
// an answer has to say that its author has it too.
var Echo = Detector{
	Name:    "echo",
	Doc:     "several people report the same symptom, here or in different channels",
	Sources: []string{signals.Slack, signals.Jira},
	Likes:   true,
	Detect:  echo,
}

// report is one person's word that the symptom is there.
type report struct {
	who   string
	event *signals.Event
	here  bool // within the case that is looked at
	// explicit: it is surely the same symptom as the first, and no likeness of
	// words. Its author says so under the report, names the same error or host, or
	// says it in the same words in another channel.
	explicit bool
}

// echoExplicit is how many people are enough where each is explicit: two who
// name one host are more than chance, two who write alike are not.
const echoExplicit = 2

// echoAlike is how many alike cases are looked at.
const echoAlike = 8

func echo(s *Snapshot) []signals.Signal {
	e := s.Event
	if e == nil || (e.Kind != signals.Opened && e.Kind != signals.Said && e.Kind != signals.Edited) || len(s.Case.Events()) == 0 {
		return nil // only words make an echo
	}
	if e.Kind == signals.Said && len(s.Case.Posts) > 1 && !s.lastSaysMeToo() {
		return nil // a word more that changes nothing
	}
	limits := &s.Policy().Detect.Echo
	reports, ok := s.reportsHere()
	if !ok {
		return nil
	}
	var mine []string
	for _, like := range s.Models.Alike(s.Case, echoAlike) {
		if s.Case.Opened.Sub(like.Case.Opened) > limits.Window || like.Score < limits.Likeness/2 {
			continue
		}
		if mine == nil {
			mine = s.symptoms(s.Case)
		}
		sure := sharedWords(mine, s.symptoms(like.Case)) > 0 || s.sameStatement(like.Case)
		if like.Score < limits.Likeness && !sure {
			continue
		}
		if r, ok := s.reportOf(like.Case); ok {
			r.explicit = sure
			reports = append(reports, r)
		}
	}
	slices.SortStableFunc(reports, func(a, b report) int { return signals.CompareEvents(a.event, b.event) })
	people := s.enough(reports, limits.People, limits.Window)
	if people == nil {
		people = s.enough(slices.DeleteFunc(reports, func(r report) bool { return !r.explicit }), min(limits.People, echoExplicit), limits.Window)
	}
	if people == nil || !people[len(people)-1].here {
		return nil
	}
	return []signals.Signal{s.echoSignal(people)}
}

// reportsHere returns the reports within the case, its opening first. ok is
// false where the case does not begin with the report of a fault.
func (s *Snapshot) reportsHere() (out []report, ok bool) {
	if s.Case.Key.Source == signals.Jira {
		first := s.Case.Events()[0]
		if first.Kind != signals.Opened || s.Case.Opener == "" || signals.IsBot(s.Case.Opener) {
			return nil, false
		}
		out = append(out, report{s.Case.Opener, first, true, true})
		for _, p := range s.Case.Posts {
			if p.Event.Actor != s.Case.Opener && s.saysMeToo(p) {
				out = append(out, report{p.Event.Actor, p.Event, true, s.sameForSure(p)})
			}
		}
		return out, true
	}
	if len(s.Case.Posts) == 0 || !IsRoot(s.Case.Posts[0]) {
		return nil, false
	}
	root := s.Case.Posts[0]
	switch {
	case s.saysMeToo(root):
		out = s.reportsBefore(root)
	case s.describesFault(root):
		out = []report{{root.Event.Actor, root.Event, true, true}}
	}
	if len(out) == 0 {
		return nil, false
	}
	for _, p := range s.Case.Posts[1:] {
		if p.Event.Actor != root.Event.Actor && s.saysMeToo(p) {
			out = append(out, report{p.Event.Actor, p.Event, true, s.sameForSure(p)})
		}
	}
	return out, true
}

func (s *Snapshot) lastSaysMeToo() bool { return s.saysMeToo(s.Case.Posts[len(s.Case.Posts)-1]) }

// echoBefore is how many posts of a channel are looked back from a "same here"
// that stands beside the thread it answers.
const echoBefore = 60

// reportsBefore returns the fault that a flat "same here" answers, the latest
// one described in the channel before it, with those who had it before, and
// the post itself; nil where none is near.
func (s *Snapshot) reportsBefore(p *signals.Post) []report {
	if s.Room == nil {
		return nil
	}
	out := []report{{p.Event.Actor, p.Event, true, false}}
	since := p.Event.At.Add(-s.Policy().Detect.Echo.Window)
	for i, n := len(s.Room.Posts)-1, 0; i >= 0 && n < echoBefore; i-- {
		q := s.Room.Posts[i]
		if signals.CompareEvents(q.Event, p.Event) >= 0 || !IsRoot(q) {
			continue
		}
		n++
		switch {
		case q.Event.At.Before(since):
			return nil
		case s.saysMeToo(q):
			out = append(out, report{who: q.Event.Actor, event: q.Event})
		case q.Event.Actor != p.Event.Actor && s.describesFault(q):
			return s.meant(append(out, report{who: q.Event.Actor, event: q.Event}))
		}
	}
	return nil
}

// meant leaves out the posts that address somebody who is not among the
// reporters: those answer something else. Nothing is left when the first does.
func (s *Snapshot) meant(reports []report) []report {
	among := func(who string) bool {
		return slices.ContainsFunc(reports, func(r report) bool { return signals.Bare(r.who) == who })
	}
	var out []report
	for i, r := range reports {
		d := text.Parse(r.event.Text)
		if i+1 < len(reports) && slices.ContainsFunc(d.Mentions, func(m string) bool { return !among(m) }) {
			if i == 0 {
				return nil
			}
			continue
		}
		out = append(out, r)
	}
	return out
}

// describesFault reports whether a post tells of a fault, not in jest and not
// among news.
func (s *Snapshot) describesFault(p *signals.Post) bool {
	if signals.IsBot(p.Event.Actor) {
		return false
	}
	r := s.Models.Read(p)
	if r.Has(text.Joke, 0.6) || r.Has(text.Release, 0.6) {
		return false
	}
	var n problemTalk
	n.add(p.Event.Actor, true, r)
	score := logistic(problemWeights, n.features())
	return n.core() > 0 && (score >= 0.5 || score >= 0.25 && r.Has(text.Problem, 0.7))
}

// saysMeToo reports whether a post says that its author has the same: a cue of
// that in a sentence in the first person, or one that is nothing else. "The
// same thing happens in other languages" and "works for me too" say no such thing.
func (s *Snapshot) saysMeToo(p *signals.Post) bool {
	if signals.IsBot(p.Event.Actor) {
		return false
	}
	r := s.Models.Read(p)
	return !r.Has(text.Joke, 0.6) && slices.ContainsFunc(r.Hits, func(h text.Hit) bool {
		if h.Cue != text.MeToo || h.Weight < 0.5 {
			return false
		}
		from, to := sentenceAround(r.Doc.Prose, h.Start, h.End)
		return sharesFault(r.Doc.Prose[from:to], to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?')
	})
}

// sharesFault reports whether a sentence with a cue of having the same speaks
// of its author's own trouble.
func sharesFault(sentence string, asked bool) bool {
	if asked || hasWord(sentence, "works", "worked", "fine", "had", "was", "were", "fixed", "solved", "different", "could", "should", "try", "not", "no", "someone", "somebody", "would", "love", "agree", "think", "like", "feel", "prefer") {
		return false
	}
	own := hasWord(sentence, "i", "i'm", "i've", "me", "my", "we", "we're", "we've", "us", "our", "mine")
	same := hasWord(sentence, "same", "similar", "too", "also", "confirm", "reproduce", "well", "happens", "happened") || hasWord(sentence, "only", "just") && hasWord(sentence, "isn't", "aren't")
	words := len(strings.Fields(sentence))
	return same && (own || words == 1 || words <= 4 && hasWord(sentence, "here", "issue", "problem", "error", "bug", "symptom", "crash"))
}

// reportOf is what an alike case adds: its opening, where everybody may see it
// and it tells of a fault.
func (s *Snapshot) reportOf(c *signals.Case) (report, bool) {
	all := c.Events()
	if len(all) == 0 || all[0].Audience != signals.Public || signals.IsBot(c.Opener) {
		return report{}, false
	}
	if c.Key.Source == signals.Slack && (len(c.Posts) == 0 || !s.describesFault(c.Posts[0])) {
		return report{}, false
	}
	return report{who: c.Opener, event: all[0]}, c.Opener != ""
}

// enough returns the first report of each of so many different people within
// the window, in time order, the last of them the one that made them enough.
func (s *Snapshot) enough(reports []report, people int, window time.Duration) []report {
	for i := range reports {
		var out []report
		for _, r := range reports[i:] {
			if r.event.At.Sub(reports[i].event.At) > window {
				break
			}
			if slices.ContainsFunc(out, func(o report) bool { return s.Org.Who(o.who) == s.Org.Who(r.who) }) {
				continue
			}
			if out = append(out, r); len(out) >= people {
				return out
			}
		}
	}
	return nil
}

func (s *Snapshot) echoSignal(reports []report) signals.Signal {
	first, last := reports[0].event, reports[len(reports)-1].event
	var evidence []string
	places := make(map[string]bool)
	for _, r := range reports {
		evidence = append(evidence, r.event.ID)
		place := r.event.Case.Channel()
		if place == "" {
			place = r.event.Case.String()
		}
		places[place] = true
	}
	where := "here"
	if len(places) > 1 {
		where = "in " + signals.Counted(len(places), "place")
	}
	within := "at the same time"
	if d := last.At.Sub(first.At); d >= time.Minute {
		within = "within " + lasted(d)
	}
	sig := s.Signal("echo", first.ID, min(1, 0.55+0.1*float64(len(reports))),
		fmt.Sprintf("%d people report the same symptom %s %s", len(reports), where, within), evidence...)
	sig.About = reports[0].who
	return sig
}
