package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// Deflected finds talk that a process has ended: somebody who asked, or who
// described a problem, was sent to open a ticket, to name its number or to go
// elsewhere, and then nothing came: no ticket, no link, no answer.
var Deflected = Detector{
	Name:    "deflected",
	Doc:     "somebody was sent to open a ticket or to ask elsewhere, and then nothing happened",
	Sources: []string{signals.Slack},
	Likes:   true,
	Detect:  deflected,
}

// How strongly a reply must send the asker away, how many words it may have,
// and how many replies of others may stand before it: further on, or in a long
// text, the same words are the end of an answer.
const (
	deflectLeast = 0.6
	bounceLeast  = 0.7
	deflectWords = 40
	deflectAfter = 6
)

// deflectReach bounds how far back a flat message that sends somebody away
// looks for what it answers.
const (
	deflectReach = time.Hour
	deflectPosts = 8
)

func deflected(s *Snapshot) []signals.Signal {
	ask, sent, later := deflection(s)
	if ask == nil || settledLater(s, ask, sent, later) {
		return nil
	}
	if _, on, _ := s.bounces(); len(on) >= bouncedTimes {
		return nil // BouncedAsk says more
	}
	due := sent.Event.At.Add(s.Policy().Detect.Deflected.After)
	if s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	r := s.Models.Read(sent)
	what, score := "sent into a process", r.Scores[text.Deflect]
	if r.Scores[text.Bounce] > score {
		what, score = "sent elsewhere", r.Scores[text.Bounce]
	}
	if takenUp(s, ask, sent, later) || ask.Event.Case != s.Case.Key { // beside a thread it is a guess who was sent away
		score *= doubted
	}
	reason := fmt.Sprintf("Somebody who asked for help was %s %s ago; no ticket, link or answer has followed.", what, lasted(s.Now.Sub(sent.Event.At)))
	out := s.Signal("deflected", sent.Event.ID, score, reason, ask.Event.ID, sent.Event.ID)
	out.About = ask.Event.Actor
	return []signals.Signal{out}
}

// longAnswer is how many words make a reply more than a refusal, shortAnswer how
// many make a word of others an answer.
const (
	longAnswer  = 25
	shortAnswer = 6
)

// takenUp reports whether the one who was sent away went on talking, or the
// reply was help as much as a refusal: then little is left to nudge about.
func takenUp(s *Snapshot, ask, sent *signals.Post, later []*signals.Post) bool {
	r := s.Models.Read(sent)
	for _, p := range s.Case.Posts {
		if p == sent {
			break
		}
		if p.Event.Actor != ask.Event.Actor && !signals.IsBot(p.Event.Actor) && len(strings.Fields(s.Models.Read(p).Doc.Prose)) > shortAnswer {
			return true // others answered before
		}
	}
	return len(strings.Fields(r.Doc.Prose)) > longAnswer || len(r.Doc.URLs) > 0 ||
		slices.ContainsFunc(later, func(p *signals.Post) bool { return p.Event.Actor == ask.Event.Actor })
}

// deflection finds the latest post that sends somebody away, what it answers,
// and what was said after it in the same conversation. ask is nil when there is none.
func deflection(s *Snapshot) (ask, sent *signals.Post, later []*signals.Post) {
	posts := s.Case.Posts
	if len(posts) == 0 || s.Case.Key.Source != signals.Slack {
		return nil, nil, nil
	}
	root := posts[0]
	for i := min(len(posts)-1, 3*deflectAfter); i > 0; i-- {
		p := posts[i]
		if repliesOf(posts[:i], root.Event.Actor) <= deflectAfter && p.Event.Actor != root.Event.Actor && sendsAway(s, p) && !signals.IsBot(root.Event.Actor) && (needsHelp(s, posts[:i], root.Event.Actor) || mustFile(s, root, p)) {
			return root, p, posts[i+1:]
		}
	}
	if s.Room == nil || !sendsAway(s, root) {
		return nil, nil, nil
	}
	ask, later = answeredBy(s, root)
	return ask, root, append(later, posts[1:]...)
}

// sendsAway reports whether a person's post sends its reader away.
func sendsAway(s *Snapshot, p *signals.Post) bool {
	return !signals.IsBot(p.Event.Actor) && s.Models.Read(p).SendsAway()
}

// SendsAway reports whether a post sends its reader away without giving a ticket
// itself.
func (r *Reading) SendsAway() bool {
	return (r.Has(text.Deflect, deflectLeast) && (r.Has(text.Deflect, mustFileLeast) || asksForTicket(r)) || r.Has(text.Bounce, bounceLeast)) &&
		len(r.Doc.Keys) == 0 && len(strings.Fields(r.Doc.Prose)) <= deflectWords && !ofMyself(r.Doc.Prose)
}

// ofMyself reports whether a post begins with what its author did or will do:
// "I posted in the wrong room" sends nobody away.
func ofMyself(prose string) bool {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimLeft(prose, " ,.:@")), " ")
	return first == "i" || strings.HasPrefix(first, "i'") || strings.HasPrefix(first, "i’") || hasWord(prose, "realized", "realised") || first == "is"
}

// repliesOf counts the posts of people other than who.
func repliesOf(posts []*signals.Post, who string) int {
	n := 0
	for _, p := range posts {
		if p.Event.Actor != who && !signals.IsBot(p.Event.Actor) {
			n++
		}
	}
	return n
}

// needsHelp reports whether the person asked or described a problem in the posts.
func needsHelp(s *Snapshot, posts []*signals.Post, who string) bool {
	return slices.ContainsFunc(posts, func(p *signals.Post) bool {
		return p.Event.Actor == who && s.Models.Read(p).WantsHelp()
	})
}

// WantsHelp reports whether a post asks for something, or describes a problem.
func (r *Reading) WantsHelp() bool { return r.asks() >= 0.5 || r.Has(text.Problem, 0.5) }

// mustFileLeast is how strongly a reply must ask for a ticket to show by itself
// that its reader wanted something.
const mustFileLeast = 0.65

// mustFile reports whether a reply sends the author of the root to write a
// ticket: who is told that has asked for something, in whatever words.
func mustFile(s *Snapshot, root, sent *signals.Post) bool {
	r := s.Models.Read(root)
	return s.Models.Read(sent).Has(text.Deflect, mustFileLeast) && asksForTicket(s.Models.Read(sent)) && !r.Has(text.Release, 0.6) && !r.Has(text.Joke, 0.6) && !social(s.Room)
}

// asksForTicket reports whether a post names what has to be written.
func asksForTicket(r *Reading) bool {
	return hasWord(r.Doc.Prose, "ticket", "tickets", "jira", "issue", "case", "request", "form", "portal", "queue", "backlog", "board", "servicedesk", "helpdesk", "desk", "tracker", "log")
}

// answeredBy finds what a flat post answers: the latest post shortly before it
// of the person whom it addresses, or else of whoever spoke last, that asks or
// describes a problem. later is what the two said afterwards.
func answeredBy(s *Snapshot, sent *signals.Post) (ask *signals.Post, later []*signals.Post) {
	t := NewTalk(sent, nil, s.Room, s.Org, s.Models.Read)
	names := t.of(sent).names
	who := ""
	if len(names) > 0 {
		who = names[0]
	}
	for i, n := len(t.Before)-1, 0; i >= 0 && n < deflectPosts; i, n = i-1, n+1 {
		p := t.Before[i]
		if sent.Event.At.Sub(p.Event.At) > deflectReach {
			break
		}
		if p.Event.Actor == t.Author {
			continue
		}
		if who == "" {
			who = p.Event.Actor
		}
		if p.Event.Actor == who && needsHelp(s, t.Before[i:i+1], who) {
			ask = p
			break
		}
	}
	if ask == nil {
		return nil, nil
	}
	for _, p := range t.After {
		if p.Event.Actor == who || p.Event.Actor == t.Author || t.names(p, who) {
			later = append(later, p)
		}
	}
	return ask, later
}

// settledLater reports whether something came of it after all: a ticket or a
// link, an answer of somebody else, or the asker's word that it is settled.
func settledLater(s *Snapshot, ask, sent *signals.Post, later []*signals.Post) bool {
	for _, k := range s.Problem.Cases {
		if k.Key.Source == signals.Jira {
			return true
		}
	}
	until := sent.Event.At.Add(s.Policy().Detect.Deflected.After)
	for _, p := range later {
		r := s.Models.Read(p)
		switch {
		case signals.IsBot(p.Event.Actor), p.Event.At.After(until) && p.Event.Actor == ask.Event.Actor && len(r.Doc.Keys)+len(r.Doc.URLs) == 0:
			continue
		case len(r.Doc.Keys)+len(r.Doc.URLs) > 0:
			return true
		case p.Event.Actor == ask.Event.Actor:
			if settles(r) || r.Has(text.Track, 0.6) {
				return true
			}
		case !sendsAway(s, p) && r.answers() && (p.Event.Actor != sent.Event.Actor || r.Has(text.Answer, 0.5)):
			return true
		}
	}
	return false
}
