package detect

import (
	"slices"
	"strings"

	"andon/signals"
)

// Cord finds that somebody pulled the cord: the command or the shortcut, one of
// the policy's emoji on a message, or a message that begins with the pull. It
// fires at once, with full score, and is about nobody.
var Cord = Detector{
	Name:    "cord",
	Doc:     "someone pulled the cord",
	Sources: []string{signals.Slack, signals.Jira, signals.Alerts},
	Detect:  cord,
}

// cordReach is how many of the latest events and posts are looked at: the cord
// fires at once, so what is further back was seen when it was new.
const cordReach = 200

func cord(s *Snapshot) []signals.Signal {
	if e := s.Event; e != nil && e.Kind != signals.Said && e.Kind != signals.Edited && e.Kind != signals.Reacted && e.Kind != signals.Pulled {
		return nil // nobody pulls by other means
	}
	var out []signals.Signal
	events := s.Case.Events()
	for _, e := range events[max(0, len(events)-cordReach):] {
		if e.Kind == signals.Pulled {
			out = append(out, pulled(s, e))
		}
	}
	emoji := s.Policy().Detect.Cord.Emoji
	for _, p := range s.Case.Posts[max(0, len(s.Case.Posts)-cordReach):] {
		if p.Event.Kind == signals.Pulled {
			continue
		}
		i := slices.IndexFunc(p.Reactions, func(r signals.Reaction) bool { return slices.Contains(emoji, r.Emoji) && !signals.IsBot(r.By) })
		switch {
		case i >= 0:
			out = append(out, s.cordSignal(p.Event.ID, "somebody pulled the cord with :"+p.Reactions[i].Emoji+": on this message", p.Event.ID))
		case s.fresh(p) && !signals.IsBot(p.Event.Actor) && pulls(p.Text, emoji):
			out = append(out, s.cordSignal(p.Event.ID, "somebody pulled the cord in this message", p.Event.ID))
		}
	}
	return out
}

// CordHeld reports whether the cord of an occasion is still pulled: by words or by
// a command, which cannot be taken back but by deleting them, or by an emoji that
// still stands.
func CordHeld(c *signals.Case, occasion string, emoji []string) bool {
	p := c.Post(occasion)
	if p == nil || p.Event.Kind == signals.Pulled {
		return true // what was deleted is another matter
	}
	return puller(p, emoji) != "" || pulls(p.Text, emoji)
}

// PulledBy is who pulled the cord of an occasion, "" where nobody is known.
func PulledBy(c *signals.Case, occasion string, emoji []string) string {
	if p := c.Post(occasion); p != nil && p.Event.Kind != signals.Pulled {
		if by := puller(p, emoji); by != "" {
			return by
		}
		return p.Event.Actor
	}
	for _, e := range c.Events() {
		if e.ID == occasion {
			return e.Actor
		}
	}
	return ""
}

// puller is the first who put an emoji of the cord on a post, bots left out.
func puller(p *signals.Post, emoji []string) string {
	for _, r := range p.Reactions {
		if slices.Contains(emoji, r.Emoji) && !signals.IsBot(r.By) {
			return r.By
		}
	}
	return ""
}

// fresh reports whether a post has to be read now: the one that was just written
// or edited, and every one where the whole case is judged again.
func (s *Snapshot) fresh(p *signals.Post) bool {
	return s.Event == nil || s.Event == p.Event || s.Event.Ref == p.Event.ID
}

// pulled is the signal of a Pulled event: about the message that it names, or
// about the event itself.
func pulled(s *Snapshot, e *signals.Event) signals.Signal {
	reason := "somebody pulled the cord"
	if words := strings.TrimSpace(e.Text); words != "" {
		reason += ": “" + brief(words, 12) + "”"
	}
	if e.Ref != "" && e.Ref != e.ID {
		return s.cordSignal(e.ID, reason, e.Ref, e.ID)
	}
	return s.cordSignal(e.ID, reason, e.ID)
}

func (s *Snapshot) cordSignal(occasion, reason string, evidence ...string) signals.Signal {
	return s.Signal("cord", occasion, 1, reason, evidence...)
}

// pullWords begin a message that pulls the cord, in lower case.
var pullWords = []string{
	"/andon pull", "andon pull", "pulling the cord", "pulling the andon cord", "pulling andon", "pulling the andon",
	"i'm pulling the cord", "i'm pulling the andon cord", "i am pulling the cord", "i am pulling the andon cord", "i pull the cord", "i pull the andon cord",
}

// pulls reports whether a message pulls the cord: it begins with the words or
// with an emoji of the policy, or a sentence says that its author pulls it now.
// Talk about pulling, and a question whether to, is none.
func pulls(text string, emoji []string) bool {
	text = strings.TrimLeft(text, " \t\n*_")
	if strings.HasPrefix(text, ":") {
		name, _, ok := strings.Cut(text[1:], ":")
		return ok && slices.Contains(emoji, name)
	}
	lower := strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	if !strings.Contains(lower, "cord") && !strings.Contains(lower, "andon") && !strings.Contains(lower, " the line") {
		return false
	}
	line, _, _ := strings.Cut(lower, "\n")
	for _, w := range pullWords {
		if rest, ok := strings.CutPrefix(line, w); ok && (rest == "" || !wordByte(rest[0])) {
			return !strings.HasSuffix(strings.TrimSpace(line), "?")
		}
	}
	for len(lower) > 0 {
		n := strings.IndexAny(lower, ".!?\n;:—–")
		end := byte(0)
		if n < 0 {
			n = len(lower)
		} else {
			end = lower[n]
		}
		if end != '?' && saysPull(lower[:n]) {
			return true
		}
		lower = lower[min(len(lower), n+1):]
	}
	return false
}

// saysPull reports whether a sentence in lower case says that its author pulls
// the cord now: in the first person, without doubt, and not of another time.
func saysPull(sentence string) bool {
	if hasWord(sentence, "if", "when", "whenever", "should", "could", "would", "might", "can", "may", "maybe", "not", "never", "don't", "didn't", "won't", "can't", "cannot", "nobody", "yesterday", "last", "ago", "how", "who", "whoever", "anyone", "everyone", "you", "they", "he", "she", "someone", "somebody", "tried", "practice", "drill", "test", "almost", "nearly") {
		return false
	}
	words := strings.FieldsFunc(sentence, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r == '\'') })
	i := slices.IndexFunc(words, func(w string) bool {
		switch w {
		case "pull", "pulling", "pulled", "yank", "yanking", "yanked":
			return slices.Contains(words, "cord") || slices.Contains(words, "andon")
		case "stop", "stopping":
			return containsWords(words, []string{w, "the", "line"})
		}
		return false
	})
	if i < 0 {
		return false
	}
	return i <= 2 && words[i] != "pulled" || i > 0 && (words[i-1] == "cord" || slices.Contains(words[:i], "cord")) ||
		hasWord(sentence, "i", "i'm", "i'll", "i've", "we", "we're", "we'll", "me", "hereby") && (words[i] != "pulled" || hasWord(sentence, "hereby", "just", "have", "i've", "we've"))
}

// brief is the first words of a text, for a quotation.
func brief(text string, words int) string {
	w := strings.Fields(text)
	if len(w) <= words {
		return strings.Join(w, " ")
	}
	return strings.Join(w[:words], " ") + " …"
}
