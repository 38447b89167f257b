package decide

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/text"
)

// mostSeen is how many solved cases a nudge offers: two can be read at a glance.
const mostSeen = 2

// withSeen is a signal with the solved cases that its reader may know of. The
// signal itself stays as it is: others may see less.
func (w *World) withSeen(c *signals.Case, s *signals.Signal, v signals.Viewer, now time.Time) *signals.Signal {
	seen := w.solvedBefore(c, s, v, now)
	if len(seen) == 0 && len(s.Seen) == 0 {
		return s
	}
	own := *s
	own.Seen = seen
	return &own
}

// solvedBefore lists up to two solved cases that are like a case, the likest
// first, of those equally like the newest. Everything is taken from what the
// viewer may see: the case, its likes, and what solved them.
func (w *World) solvedBefore(c *signals.Case, s *signals.Signal, v signals.Viewer, now time.Time) []signals.Seen {
	rule := &w.Org.Policy.Seen
	mine := c.For(v)
	if rule.Likeness <= 0 || len(mine.Events()) == 0 {
		return nil
	}
	var out []signals.Seen
	members := w.joins.Members(c.Key)
	for _, l := range w.Memory.Alike(mine, breadth) {
		l.Score = max(l.Score, w.sameAsk(mine, l.Case))
		if l.Case == nil || l.Score < rule.Likeness || slices.Contains(members, l.Case.Key) || w.otherThan(c, l.Case.Key, v) || about(s, l.Case.Key) {
			continue
		}
		old := w.Case(l.Case.Key)
		if old == nil || w.Memory.unread(old.Opener) {
			continue
		}
		said, at := w.solution(old.For(v), now)
		if at.IsZero() || now.Sub(at) > rule.Window {
			continue
		}
		out = append(out, signals.Seen{Case: l.Case.Key, Said: said, At: at, Score: l.Score})
	}
	alike := func(x signals.Seen) float64 { return math.Round(10 * x.Score) }
	slices.SortStableFunc(out, func(a, b signals.Seen) int {
		return cmp.Or(cmp.Compare(alike(b), alike(a)), b.At.Compare(a.At))
	})
	return out[:min(mostSeen, len(out))]
}

// sameAsk is how alike two threads begin, 0 where one is none: chat has no titles,
// without which the index is sure of nothing. At most 0.9 % of the asks have one of
// somebody else before them that is 0.5 or more alike, be it the same or not, on the
// three chats it was chosen on (public, at most 6,000 asks of each); not measured
// elsewhere.
func (w *World) sameAsk(a, b *signals.Case) float64 {
	if b == nil || a.Key.Channel() == "" || b.Key.Channel() == "" || len(a.Posts) == 0 || len(b.Posts) == 0 {
		return 0
	}
	return detect.SameWords(w.Memory.Read(a.Posts[0]), w.Memory.Read(b.Posts[0]))
}

// about reports whether a signal tells of a case by itself.
func about(s *signals.Signal, k signals.Key) bool {
	return slices.ContainsFunc(s.Evidence, func(id string) bool { return strings.HasPrefix(id, k.String()+"/") })
}

// otherThan reports whether somebody said, where the viewer may see it, that an
// earlier case is not what this one is.
func (w *World) otherThan(c *signals.Case, k signals.Key, v signals.Viewer) bool {
	return slices.ContainsFunc(c.Events(), func(e *signals.Event) bool {
		return e.Kind == signals.Helped && e.Field == "no" && e.To == k.String() && v.Sees(e.Audience)
	})
}

// solution finds when a case was solved, as of a time, and the message that did
// it: of an issue the last words of who closed it or of others, of a thread the
// answer that who asked accepted. at is zero where it is not known to be solved.
func (w *World) solution(c *signals.Case, now time.Time) (said string, at time.Time) {
	if c.Gone || len(c.Events()) == 0 {
		return "", time.Time{}
	}
	if c.Key.Source == signals.Slack {
		return w.accepted(c, now)
	}
	end := c.ClosedAt
	if end.IsZero() || end.After(now) || detect.Refuses(c.Resolution) || strings.Contains(strings.ToLower(c.Resolution), "duplicate") {
		return "", time.Time{}
	}
	for _, p := range slices.Backward(c.Posts) {
		if p.Event.At.After(end.Add(afterwords)) || p.Event.At.After(now) || p.Event.Actor == c.Opener && c.Opener != c.Closer {
			continue
		}
		if p.Event.At.Before(end.Add(-lastWords)) {
			break
		}
		if w.answers(p) {
			return p.Event.ID, end
		}
	}
	if c.Resolution == "" {
		return "", time.Time{} // closed, and nobody said how
	}
	return "", end
}

// What was written so long before an issue was closed, or so soon after it, may
// tell what solved it. Chosen: a day of work, and the note that people add.
const (
	lastWords  = 24 * time.Hour
	afterwords = time.Hour
)

// accepted finds the answer of a thread that who asked accepted: they gave
// thanks or said that it works, or somebody put a mark of solved on it.
func (w *World) accepted(c *signals.Case, now time.Time) (said string, at time.Time) {
	var answer *signals.Post
	for i, p := range c.Posts {
		if p.Event.At.After(now) {
			break
		}
		own := w.Org.Who(p.Event.Actor) == w.Org.Who(c.Opener)
		switch {
		case i > 0 && own && answer != nil && w.thanks(p):
			said, at = answer.Event.ID, p.Event.At
		case i > 0 && own && w.stillFails(p):
			said, at = "", time.Time{}
		case !own && w.answers(p):
			answer = p
		}
		if m := w.checked(p, now); !m.IsZero() && m.After(at) {
			of := p
			if own {
				of = w.answerUntil(c, m)
			}
			if of != nil && !w.machine(of.Event.Actor) && !w.Memory.unread(of.Event.Actor) {
				said, at = of.Event.ID, m
			}
		}
	}
	if end := c.ClosedAt; at.IsZero() && !end.IsZero() && !end.After(now) && !detect.Refuses(c.Resolution) {
		if of := w.answerUntil(c, end); of != nil {
			said, at = of.Event.ID, end
		}
	}
	for _, e := range c.Events() {
		if (e.Kind == signals.Denied || e.Kind == signals.Reopened) && e.At.After(at) && !e.At.After(now) {
			return "", time.Time{}
		}
	}
	return said, at
}

// checked is when somebody first put a mark of solved on a post, zero for never.
func (w *World) checked(p *signals.Post, now time.Time) (at time.Time) {
	for _, r := range p.Reactions {
		if slices.Contains(w.Org.Policy.Solved, emojiName(r.Emoji)) && !w.machine(r.By) && !r.At.After(now) {
			at = earlier(at, r.At)
		}
	}
	return at
}

// answerUntil is the last answer of somebody else than who asked before a time.
func (w *World) answerUntil(c *signals.Case, until time.Time) *signals.Post {
	for _, p := range slices.Backward(c.Posts) {
		if !p.Event.At.After(until) && w.Org.Who(p.Event.Actor) != w.Org.Who(c.Opener) && w.answers(p) {
			return p
		}
	}
	return nil
}

// fewWords is how many words make a message more than a sign of life.
const fewWords = 4

// answers reports whether a message of a person may be what helped: more than a
// few words, that neither send anybody on nor ask back nor say the same.
func (w *World) answers(p *signals.Post) bool {
	if w.machine(p.Event.Actor) || w.Memory.unread(p.Event.Actor) {
		return false
	}
	r := w.Memory.Read(p)
	prose := strings.TrimSpace(r.Doc.Prose)
	return len(strings.Fields(prose)) >= fewWords && !strings.HasSuffix(prose, "?") &&
		!r.Has(text.Bounce, 0.6) && !r.Has(text.Deflect, 0.6) && !r.Has(text.MeToo, 0.6) && !(r.Has(text.Ack, 0.6) && len(strings.Fields(prose)) < 2*fewWords)
}

// thanks reports whether who asked says that it helped.
func (w *World) thanks(p *signals.Post) bool {
	r := w.Memory.Read(p)
	return (r.Has(text.Thanks, 0.6) || r.Has(text.Solved, 0.6)) && !w.stillFails(p)
}

// stillFails reports whether who asked says that it did not help.
func (w *World) stillFails(p *signals.Post) bool {
	r := w.Memory.Read(p)
	return r.Has(text.Again, 0.6) || r.Has(text.Problem, 0.6) && !r.Has(text.Solved, 0.6) || strings.HasSuffix(strings.TrimSpace(r.Doc.Prose), "?")
}

// asksFor are the detectors that speak of somebody who asked and waits.
var asksFor = map[string]bool{"unanswered_ask": true, "bounced_ask": true, "deflected": true}

// ForAsker lists the solved cases that who asked and was not answered is offered,
// once somebody was told of it: where the policy allows that, and they are at work
// and may be told things. What they may not see plays no part.
func (w *World) ForAsker(r *Record, now time.Time) []signals.Seen {
	c := w.Case(r.Signal.Case)
	who := w.Org.Who(r.Raiser)
	if !w.Org.Policy.Seen.Asker || c == nil || r.Raiser == "" || !asksFor[r.Signal.Detector] || !r.Ledger.Reached(signals.Transmitted) && !slices.ContainsFunc(r.Nudges, sending) {
		return nil
	}
	if ok, _, _ := w.Org.Available(who, now); !ok || !w.Org.Calendar(who).Working(now) || !c.Open() || r.Ledger.Reached(signals.ReactedTo) {
		return nil
	}
	if _, muted := w.Org.MuteOf(who, r.Signal.Detector, now, scope(c), who); muted {
		return nil
	}
	return w.solvedBefore(c, r.Signal, w.viewer(who), now)
}

func sending(n *signals.Nudge) bool { return n.State == signals.Sending }
