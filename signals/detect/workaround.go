package detect

import (
	"fmt"
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// Workaround finds a fault that people have begun to live with: "just restart
// it", "flaky again, rerun", "known issue, ignore". It fires when a like
// workaround is mentioned as often as the policy says, or at once when the
// words themselves say that it keeps happening. Who asks for a workaround
// mentions none.
var Workaround = Detector{
	Name:    "workaround",
	Doc:     "a fault is worked round again and again instead of being mended",
	Sources: []string{signals.Slack, signals.Jira},
	Likes:   true,
	Detect:  workaround,
}

// workaroundAlike is how many alike cases are looked at.
const workaroundAlike = 6

func workaround(s *Snapshot) []signals.Signal {
	e := s.Event
	if e == nil || (e.Kind != signals.Said && e.Kind != signals.Edited) {
		return nil // only words tell of a workaround
	}
	if s.Case.Key.Source == signals.Jira && !s.Case.Open() {
		return nil
	}
	posts := s.Case.Posts
	var first *signals.Post
	var said mention
	for _, p := range posts[max(0, len(posts)-workaroundReach):] {
		m, ok := s.mentions(p)
		if ok && m.recurs && s.speaksOfFault(p) {
			return []signals.Signal{s.workaroundSignal(p, nil, fmt.Sprintf("a fault is worked round (“%s”), and the words say that it keeps happening", m.words))}
		}
		if !s.fresh(p) {
			if ok && first == nil {
				first, said = p, m
			}
			continue // it was judged by itself when it was written
		}
		if words := s.normal(p); words != "" {
			return []signals.Signal{s.workaroundSignal(p, nil, fmt.Sprintf("people live with a fault by a way round it (“%s”), and the words say that it has become normal", words))}
		}
		if ok && first == nil {
			first, said = p, m
		}
	}
	if first == nil {
		return nil
	}
	earlier := s.likeWorkarounds(first, said)
	if len(earlier) == 0 || len(earlier)+1 < s.Policy().Detect.Workaround.Times {
		return nil
	}
	return []signals.Signal{s.workaroundSignal(first, earlier, fmt.Sprintf("a workaround (“%s”) was mentioned %s in %s for much the same subject",
		said.words, times(len(earlier)+1), lasted(first.Event.At.Sub(earlier[0].Event.At))))}
}

// workaroundAlone is the weight from which words of the cue list tell by
// themselves that a fault has become normal.
const workaroundAlone = 0.8

// normal returns the words of a post which say that people have settled down
// with a fault; "" where none do.
func (s *Snapshot) normal(p *signals.Post) string {
	if signals.IsBot(p.Event.Actor) || social(s.Room) {
		return ""
	}
	r := s.Models.Read(p)
	if r.Has(text.Joke, 0.6) || r.Has(text.Release, 0.6) || r.Has(text.HowTo, 0.6) || !namesWork(r) && !s.speaksOfFault(p) {
		return ""
	}
	if words := bypasses(r); words != "" {
		return words
	}
	return brief(inHabit(r), 12)
}

// workaroundReach is how many of the latest posts of a case are looked at.
const workaroundReach = 60

func (s *Snapshot) workaroundSignal(p *signals.Post, earlier []*signals.Post, reason string) signals.Signal {
	evidence := []string{p.Event.ID}
	for _, e := range earlier {
		evidence = append(evidence, e.Event.ID)
	}
	sig := s.Signal("workaround", p.Event.ID, max(0.5, s.Models.Read(p).Scores[text.Workaround]), reason, evidence...)
	sig.Need = signals.NeedLead
	return sig
}

// mention is a workaround in a post: what kind it is, the sentence that tells
// it, and whether that sentence says that it keeps happening.
type mention struct {
	kind, sentence, words string // words are those to quote
	recurs                bool
}

// mentions finds the workaround that a post tells of. A question, a denial, a
// jest and release notes tell of none.
func (s *Snapshot) mentions(p *signals.Post) (mention, bool) {
	if signals.IsBot(p.Event.Actor) {
		return mention{}, false
	}
	r := s.Models.Read(p)
	least := s.Policy().Detect.Workaround.Least
	if !r.Has(text.Workaround, least) || r.Has(text.Joke, 0.6) || r.Has(text.Release, 0.6) {
		return mention{}, false
	}
	for _, h := range r.Hits {
		if h.Cue != text.Workaround || h.Weight < least {
			continue
		}
		from, to := sentenceAround(r.Doc.Prose, h.Start, h.End)
		m := mention{kind: workaroundKind(h.Phrase), sentence: strings.TrimSpace(r.Doc.Prose[from:to]), words: brief(r.Doc.Prose[h.Start:to], 8)}
		if m.kind == "" || to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?' || hasWord(m.sentence, denials...) {
			continue
		}
		m.recurs = recurring(m.sentence) || m.kind == "known" && hasWord(r.Doc.Prose, "ignore", "ignored", "ignoring")
		return m, true
	}
	return mention{}, false
}

// denials are words with which a sentence tells of no workaround in use.
var denials = []string{
	"not", "no", "can't", "cannot", "couldn't", "don't", "doesn't", "didn't", "won't", "wouldn't", "isn't", "without", "never", "any", "if", "might", "maybe", "perhaps",
	"would", "how", "want", "wanted", "need", "best", "better", "instead", "please",
}

// kinds are the workarounds that are counted, by the words they are told with.
var kinds = []struct {
	name  string
	words []string
}{
	{"rerun", []string{"rerun", "rerunning", "rerunned", "reran", "run", "retry", "retrying", "retried", "retrigger", "retriggered", "trigger"}},
	{"restart", []string{"restart", "restarting", "restarted", "restarts", "reboot", "rebooting", "rebooted", "bounce", "bouncing", "kick", "kicking", "kill", "killing", "off"}},
	{"flaky", []string{"flaky", "flakey", "flake", "flakes", "flaking", "flakiness"}},
	{"known", []string{"known"}},
	{"ignore", []string{"ignore", "ignoring", "ignored", "mute", "silence", "snooze"}},
	{"workaround", []string{"workaround", "workarounds", "work-around", "work around"}},
}

func workaroundKind(phrase string) string {
	for _, k := range kinds {
		if hasWord(phrase, k.words...) {
			return k.name
		}
	}
	return ""
}

// speaksOfFault reports whether the post or the opening of its case tells of a fault.
func (s *Snapshot) speaksOfFault(p *signals.Post) bool {
	var n problemTalk
	r := s.Models.Read(p)
	n.first.count(r.lex, r.Doc.Prose)
	if len(s.Case.Posts) > 0 && s.Case.Key.Source == signals.Slack {
		root := s.Models.Read(s.Case.Posts[0])
		n.first.count(root.lex, root.Doc.Prose)
	}
	return s.Case.Key.Source != signals.Slack || n.core() > 0 || hasWord(r.Doc.Prose, "flaky", "flakey", "flake")
}

// recurWords say that something keeps happening.
var recurWords = [][]string{
	{"as", "usual"}, {"as", "always"}, {"every", "time"}, {"everytime"}, {"every", "day"}, {"every", "morning"}, {"every", "week"}, {"every", "night"}, {"each", "time"}, {"all", "the", "time"},
	{"once", "again"}, {"yet", "again"}, {"keeps"}, {"always", "restart"}, {"always", "rerun"}, {"always", "retry"}, {"usually", "restart"}, {"usually", "rerun"}, {"usually", "just"},
	{"flaky", "again"}, {"down", "again"}, {"stuck", "again"}, {"broken", "again"}, {"failing", "again"}, {"failed", "again"}, {"hanging", "again"}, {"hung", "again"}, {"restarted", "again"},
	{"restart", "again"}, {"rerun", "again"}, {"rerunning", "again"}, {"every", "few"}, {"third", "time"}, {"again", "today"}, {"again", "this"}, {"again", "just"}, {"again", "rerun"}, {"again", "restart"},
}

// onlyWhen begin a clause that says when a fault shows: nothing is worked round in it.
var onlyWhen = [][]string{
	{"every", "time", "i", "restart"}, {"everytime", "i", "restart"}, {"each", "time", "i", "restart"}, {"every", "time", "we", "restart"}, {"every", "time", "i", "reboot"}, {"everytime", "i", "reboot"},
	{"every", "time", "i", "rerun"}, {"every", "time", "i", "reload"}, {"everytime", "i", "reload"}, {"every", "time", "i", "run"}, {"everytime", "i", "run"},
}

// recurring reports whether a sentence says that something keeps happening.
func recurring(sentence string) bool {
	words := text.Tokens(sentence, nil)
	if slices.ContainsFunc(onlyWhen, func(w []string) bool { return containsWords(words, w) }) {
		return false
	}
	return slices.ContainsFunc(recurWords, func(w []string) bool { return containsWords(words, w) })
}

func containsWords(words, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if slices.Equal(words[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// sentenceAround returns the bounds of the sentence that holds [start, end).
func sentenceAround(s string, start, end int) (int, int) {
	stop := func(c byte) bool { return c == '\n' || c == '.' || c == '?' || c == '!' }
	for start > 0 && !stop(s[start-1]) {
		start--
	}
	for end < len(s) && !stop(s[end]) {
		end++
	}
	return start, end
}

// likeWorkarounds returns the earlier mentions of the same kind of workaround
// within the window, oldest first: in alike cases, and in the channel where the
// sentences have two words of content in common.
func (s *Snapshot) likeWorkarounds(p *signals.Post, said mention) []*signals.Post {
	since := p.Event.At.Add(-s.Policy().Detect.Workaround.Window)
	words := contentWords(said.sentence)
	var out []*signals.Post
	add := func(q *signals.Post, alike bool) {
		if q.Event.Case == p.Event.Case || p.Event.At.Sub(q.Event.At) < ownReach || q.Event.At.Before(since) {
			return // the same talk, or too long ago
		}
		m, ok := s.mentions(q)
		if ok && m.kind == said.kind && (alike || sharedWords(words, contentWords(m.sentence)) >= 2) &&
			!slices.ContainsFunc(out, func(o *signals.Post) bool { return o.Event.Case == q.Event.Case }) {
			out = append(out, q)
		}
	}
	for _, like := range s.Models.Alike(s.Case, workaroundAlike) {
		if like.Score >= s.Policy().Detect.Echo.Likeness {
			for _, q := range like.Case.Posts {
				if q.Event.Audience == signals.Public {
					add(q, true)
				}
			}
		}
	}
	if s.Room != nil {
		for _, q := range s.Room.Since(since) {
			if !q.Event.At.Before(p.Event.At) {
				break
			}
			add(q, false)
		}
	}
	slices.SortStableFunc(out, func(a, b *signals.Post) int { return signals.CompareEvents(a.Event, b.Event) })
	return out
}

// contentWords are the words of a sentence that say what it is about.
func contentWords(sentence string) []string {
	var out []string
	for _, w := range text.Tokens(sentence, nil) {
		if len(w) >= 4 && !plainWords[w] && !workWords[w] && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// workWords are what every workaround is made of; they are no subject.
var workWords = map[string]bool{
	"restart": true, "restarting": true, "restarted": true, "rerun": true, "retry": true, "reboot": true, "ignore": true, "known": true, "issue": true, "issues": true,
	"workaround": true, "flaky": true, "error": true, "errors": true, "failing": true, "failed": true, "fails": true, "usually": true, "manually": true, "simply": true, "reinstall": true,
}

func sharedWords(a, b []string) int {
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return n
}
