package detect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// UntrackedProblem finds a fault that people talk about and that no ticket, no
// incident and no fix came of.
//
// How surely a conversation is about a fault is the problem model's answer (see
// problemTalk). What counts as tracked: the case is joined with one of a
// tracker, somebody names an issue key or links an issue or a change, or says
// that one was opened. Being told to open one does not count.
var UntrackedProblem = Detector{
	Name:    "untracked_problem",
	Doc:     "a fault is described and no ticket or incident came of it",
	Sources: []string{signals.Slack},
	Detect:  untrackedProblem,
}

func untrackedProblem(s *Snapshot) []signals.Signal {
	if len(s.Case.Posts) == 0 || !IsRoot(s.Case.Posts[0]) || signals.IsBot(s.Case.Posts[0].Event.Actor) {
		return nil
	}
	root, limits := s.Case.Posts[0], &s.Policy().Detect.Untracked
	if due := root.Event.At.Add(limits.After); s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	if len(s.Problem.Cases) > 1 && slices.ContainsFunc(s.Problem.Cases, func(c *signals.Case) bool { return c.Key.Source != signals.Slack }) {
		return nil
	}
	if !s.mayBeProblem(root) {
		return nil
	}
	t := TalkAt(s)
	if t == nil || !t.begins(root) || t.midway() {
		return nil
	}
	posts := t.replied()
	score := problemScore(s.Models.ProblemWeights(), t, posts)
	if score < limits.Least && !social(s.Room) && t.opens() && statesFault(t.Reading(root)) && !t.discussed(posts) {
		score = faultScore
	}
	if score < limits.Least || t.tracked(posts) || t.settled(posts) {
		return nil
	}
	if !t.opens() || t.discussed(posts) {
		score *= doubted
	}
	sig := s.Signal("untracked_problem", root.Event.ID, score, untrackedReason(t, posts, s.Now), evidenceOf(root, t.Group, posts)...)
	sig.About = root.Event.Actor
	return []signals.Signal{sig}
}

// begins reports whether the utterance is root's own: root is its first post,
// or people made a thread of it.
func (t *Talk) begins(root *signals.Post) bool {
	return t.Group[0].Event.ID == root.Event.ID ||
		slices.ContainsFunc(t.Thread, func(p *signals.Post) bool { return p.Event.Case == root.Event.Case && p.Event.Actor != t.Author })
}

// mayBeProblem is the quick look: a conversation without a single word of a
// fault in what its author wrote is none, and most talk ends here.
func (s *Snapshot) mayBeProblem(root *signals.Post) bool {
	var n problemTalk
	told := func(p *signals.Post) bool {
		if p.Event.Actor != root.Event.Actor {
			return false
		}
		r := s.Models.Read(p)
		n.add(p.Event.Actor, true, r)
		return n.core() > 0 || statesFault(r)
	}
	if slices.ContainsFunc(s.Case.Posts[:min(len(s.Case.Posts), maxProblemPosts)], told) {
		return true
	}
	if s.Room == nil {
		return false
	}
	near := s.Room.Since(root.Event.At.Add(-utteranceGap))
	for i, p := range near {
		if p.Event.At.Sub(root.Event.At) > 2*utteranceGap || i > 2*talkBefore {
			break
		}
		if told(p) {
			return true
		}
	}
	return false
}

// midway reports whether the utterance goes on with a conversation that was
// there before: its author answers somebody, or was just addressed.
func (t *Talk) midway() bool {
	if t.advises() {
		return true
	}
	begin := t.Group[0].Event.At
	for j := len(t.Before) - 1; j >= 0 && begin.Sub(t.Before[j].Event.At) < time.Hour; j-- {
		p := t.Before[j]
		if p.Event.Actor == t.Author {
			continue
		}
		if t.names(p, t.Author) || t.names(t.Group[0], p.Event.Actor) {
			return true
		}
	}
	return false
}

// advises reports whether the utterance speaks to somebody and not of its
// author: what it says of faults is advice.
func (t *Talk) advises() bool {
	for _, p := range t.Group {
		if hasWord(t.Reading(p).Doc.Prose, "i", "i'm", "im", "i've", "me", "my", "we", "we're", "our", "us", "anyone", "anybody") {
			return false
		}
	}
	return len(t.of(t.Group[0]).names) > 0 || hasWord(t.Reading(t.Group[0]).Doc.Prose, "you", "your", "you're")
}

// ownReach is how long after an utterance its author's further posts in the
// channel are taken to belong to it, where no thread says so.
const ownReach = 2 * time.Hour

// replied returns what was said after the utterance and belongs to it, in time
// order: the threads under it, what others answered beside them, and what the
// author added soon after.
func (t *Talk) replied() []*signals.Post {
	out := slices.Clone(t.Thread)
	for _, r := range t.Replies() {
		if r.Chance >= 0.5 {
			out = append(out, r.Post)
		}
	}
	for _, p := range t.After {
		if p.Event.Actor == t.Author && p.Event.At.Sub(t.Group[0].Event.At) < ownReach {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *signals.Post) int { return signals.CompareEvents(a.Event, b.Event) })
	return slices.CompactFunc(out, func(a, b *signals.Post) bool { return a.Event.ID == b.Event.ID })
}

// tracked reports whether the conversation names a ticket, an issue or a change.
// What the opener links to does not count where they ask whether to file one:
// then it is another's.
func (t *Talk) tracked(posts []*signals.Post) bool {
	named := func(p *signals.Post) bool {
		r := t.Reading(p)
		return len(r.Doc.Keys) > 0 || slices.ContainsFunc(r.Doc.URLs, isTracker) || r.opened()
	}
	asks := slices.ContainsFunc(t.Group, func(p *signals.Post) bool { return t.Reading(p).asksToFile() })
	return !asks && slices.ContainsFunc(t.Group, named) || slices.ContainsFunc(posts, named)
}

// asksToFile reports whether a post asks if a ticket should be opened: "should I
// file an issue?", "is this worth reporting?".
func (r *Reading) asksToFile() bool {
	for from := 0; from < len(r.Doc.Prose); {
		start, to := sentenceAround(r.Doc.Prose, from, from)
		from = to + 1
		if to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?' && hasWord(r.Doc.Prose[start:to], "should", "shall", "worth") &&
			hasWord(r.Doc.Prose[start:to], "file", "filed", "filing", "report", "reported", "reporting", "open", "opened", "opening", "raise", "raised", "raising") {
			return true
		}
	}
	return false
}

// opened reports whether a post says that a ticket was opened: a cue of
// tracking in a sentence that names both the doing and the ticket. "Found a
// bug" and "mind creating an issue?" open none.
func (r *Reading) opened() bool {
	for _, h := range r.Hits {
		if h.Cue != text.Track {
			continue
		}
		from, to := sentenceAround(r.Doc.Prose, h.Start, h.End)
		if to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?' {
			continue
		}
		sentence := r.Doc.Prose[from:to]
		if hasWord(sentence, "opened", "filed", "created", "raised", "submitted", "reported", "logged", "tracked", "tracking") &&
			hasWord(sentence, "issue", "ticket", "jira", "incident", "bug", "report", "pr", "case") &&
			!hasWord(sentence, "no", "not", "nobody", "please", "should", "could", "if") {
			return true
		}
	}
	return false
}

// isTracker reports whether a link leads to an issue, a change or an incident.
func isTracker(url string) bool {
	url = strings.ToLower(url)
	for _, part := range []string{"/issues/", "/pull/", "/pulls/", "/merge_requests/", "/bugs/", "/incidents/", "/tickets/", "/ticket/", "/work_items/"} {
		if _, rest, ok := strings.Cut(url, part); ok && rest != "" && digit(rest[0]) {
			return true
		}
	}
	return strings.Contains(url, "/browse/") || strings.Contains(url, "show_bug.cgi") || strings.Contains(url, "bugreport.cgi")
}

// solvedEmoji are reactions on the first post that say that it is settled.
var solvedEmoji = []string{"white_check_mark", "heavy_check_mark", "ballot_box_with_check", "solved", "resolved", "fixed", "done"}

// settled reports whether the conversation ends well: its author says so or
// takes it back, somebody says that it was fixed, or a reaction does.
func (t *Talk) settled(posts []*signals.Post) bool {
	for _, p := range t.Group {
		if slices.ContainsFunc(p.Reactions, func(r signals.Reaction) bool { return !r.Undated && slices.Contains(solvedEmoji, r.Emoji) }) {
			return true
		}
	}
	if t.Reading(t.Group[0]).solves(false) {
		return true // it tells how a fault ended
	}
	answered := false
	for i, p := range posts {
		r, own := t.Reading(p), p.Event.Actor == t.Author
		answered = answered || !own
		switch {
		case own && r.Has(text.NeverMind, 0.6):
			return !t.reopened(posts[i+1:])
		case own && !answered && p.Event.At.Sub(t.Group[0].Event.At) < utteranceGap: // still telling
		case r.solves(own) && !t.reopened(posts[i+1:]):
			return true
		}
	}
	return false
}

// solves reports whether a post says that the fault is gone and tells of none.
func (r *Reading) solves(own bool) bool {
	least := 0.8
	if own {
		least = 0.6
	}
	return r.Has(text.Solved, least) && !strings.Contains(r.Doc.Prose, "?") && !r.stillFails()
}

// stillFails reports whether a post has words of a fault that is there.
func (r *Reading) stillFails() bool {
	var n wordCount
	n.count(r.lex, r.Doc.Prose)
	return n.of[wcNotWork]+n.of[wcBreaks]+n.of[wcCannot]+n.of[wcNegated]+n.of[wcStill] > 0
}

// reopened reports whether the author says later that it is there still.
func (t *Talk) reopened(later []*signals.Post) bool {
	return slices.ContainsFunc(later, func(p *signals.Post) bool {
		return p.Event.Actor == t.Author && (t.Reading(p).Has(text.Again, 0.6) || t.Reading(p).Has(text.Problem, 0.6))
	})
}

func untrackedReason(t *Talk, posts []*signals.Post, now time.Time) string {
	var others []string
	for _, p := range posts {
		if p.Event.Actor != t.Author && !slices.Contains(others, p.Event.Actor) {
			others = append(others, p.Event.Actor)
		}
	}
	talk := "nobody has answered yet"
	switch len(others) {
	case 0:
	case 1:
		talk = "one person answered"
	default:
		talk = fmt.Sprintf("%d people answered", len(others))
	}
	about, q := "", t.faultWords()
	if q == "" {
		q = t.Reading(t.Group[0]).Phrase[text.Problem]
	}
	if q != "" {
		about = fmt.Sprintf(" (“%s”)", q)
	}
	return fmt.Sprintf("a problem was described %s ago%s; %s, and no ticket, incident or fix is linked to it", lasted(now.Sub(t.Group[0].Event.At)), about, talk)
}

// evidenceOf lists root, the rest of its utterance and then the answers, at
// most eight in all.
func evidenceOf(root *signals.Post, group, posts []*signals.Post) []string {
	out := []string{root.Event.ID}
	for _, list := range [][]*signals.Post{group, posts} {
		for _, p := range list {
			if len(out) < 8 && p != root {
				out = append(out, p.Event.ID)
			}
		}
	}
	return out
}
