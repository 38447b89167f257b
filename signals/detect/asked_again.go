package detect

import (
	"fmt"
	"slices"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// askedAgainReplies is how many replies a thread may have for a further question
// to be judged alone: beyond it the talk has found its people.
const askedAgainReplies = 2

// askedAgain finds a further question in a thread that was hardly answered: the
// asker wrote last, asked, reported that it still fails or told what others had
// asked back, and nobody has come back. After thanks a question is a new one,
// and only a fault counts.
func askedAgain(s *Snapshot, t *Talk, after time.Duration) []signals.Signal {
	others := 0
	for _, p := range t.Thread {
		others += int(flag(p.Event.Actor != t.Author))
	}
	if others > askedAgainReplies {
		return nil
	}
	askedBack, thanked := t.onlyAskedBack(), t.thanked()
	var again *signals.Post
	for i := len(t.Thread) - 1; i >= 0 && t.Thread[i].Event.Actor == t.Author; i-- {
		r := t.Reading(t.Thread[i])
		if r.Has(text.Thanks, 0.5) || settles(r) {
			return nil
		}
		if fails := r.Has(text.Problem, 0.6) || r.Has(text.Again, 0.6); fails || !thanked && (r.asks() >= 0.5 || askedBack && r.tellsMore()) {
			again = t.Thread[i]
		}
	}
	if again == nil {
		return nil
	}
	last := t.Thread[len(t.Thread)-1]
	for _, r := range last.Reactions {
		if r.By != t.Author && !r.Undated {
			return nil
		}
	}
	if due := last.Event.At.Add(after); s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	reason := fmt.Sprintf("The asker came back with a question %s ago in a thread that had been answered, and nobody has replied since.", lasted(s.Now.Sub(again.Event.At)))
	if r := t.Reading(again); askedBack && r.asks() < 0.5 && !r.Has(text.Problem, 0.6) {
		reason = fmt.Sprintf("The asker told what had been asked back %s ago, and nobody has replied since.", lasted(s.Now.Sub(again.Event.At)))
	}
	out := s.Signal("unanswered_ask", again.Event.ID, 0.6, reason, ids(again, t.Group)...)
	out.About = t.Author
	return []signals.Signal{out}
}

// onlyAskedBack reports whether the author told of trouble or showed code, and
// all that others said in the thread asks for more of it: whoever asks back has
// not answered yet. "Have you tried the other one?" is advice.
func (t *Talk) onlyAskedBack() bool {
	if !slices.ContainsFunc(t.Group, func(p *signals.Post) bool { r := t.Reading(p); return r.Has(text.Problem, 0.5) || len(r.Doc.Code) > 0 }) {
		return false
	}
	asked := false
	for _, p := range t.Thread {
		if p.Event.Actor == t.Author {
			continue
		}
		if !t.Reading(p).asksForMore() {
			return false
		}
		asked = true
	}
	return asked
}

// askedBackWords is how long a question back may be: in a longer one there is
// advice. toldBackWords is how long what is told then is at least, where no code is shown.
const askedBackWords, toldBackWords = 25, 2

// asksForMore reports whether a reply asks what the matter is, and no more.
func (r *Reading) asksForMore() bool {
	return r.in.mark && r.in.words <= askedBackWords && len(r.Doc.URLs) == 0 &&
		hasWord(r.Doc.Prose, "what", "what's", "which", "where", "when", "version", "show", "share", "post", "paste", "send")
}

// tellsMore reports whether a post tells something that was asked for.
func (r *Reading) tellsMore() bool {
	return len(r.Doc.Code) > 0 || r.in.words >= toldBackWords && !r.sigh() && !hasWord(r.Doc.Prose, "mistake", "sorry", "oh", "oops")
}

// thanked reports whether the author thanked somebody in the thread.
func (t *Talk) thanked() bool {
	return slices.ContainsFunc(t.Thread, func(p *signals.Post) bool { return p.Event.Actor == t.Author && t.Reading(p).Has(text.Thanks, 0.5) })
}
