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
		i := slices.IndexFunc(p.Reactions, func(r signals.Reaction) bool { return slices.Contains(emoji, r.Emoji) && !IsBot(r.By) })
		switch {
		case i >= 0:
			out = append(out, s.cordSignal(p.Event.ID, "somebody pulled the cord with :"+p.Reactions[i].Emoji+": on this message", p.Event.ID))
		case !IsBot(p.Event.Actor) && pulls(p.Text, emoji):
			out = append(out, s.cordSignal(p.Event.ID, "somebody pulled the cord in this message", p.Event.ID))
		}
	}
	return out
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

// pulls reports whether a message begins with a pull: its words, or an emoji of
// the policy. Talk about pulling, and a question whether to, is none.
func pulls(text string, emoji []string) bool {
	text = strings.TrimLeft(text, " \t\n*_")
	if strings.HasPrefix(text, ":") {
		name, _, ok := strings.Cut(text[1:], ":")
		return ok && slices.Contains(emoji, name)
	}
	if text == "" || strings.IndexByte("/aApPiI", text[0]) < 0 {
		return false
	}
	line, _, _ := strings.Cut(text, "\n")
	line = strings.ToLower(strings.ReplaceAll(line, "’", "'"))
	for _, w := range pullWords {
		if rest, ok := strings.CutPrefix(line, w); ok && (rest == "" || !wordByte(rest[0])) {
			return !strings.HasSuffix(strings.TrimSpace(line), "?")
		}
	}
	return false
}

// brief is the first words of a text, for a quotation.
func brief(text string, words int) string {
	w := strings.Fields(text)
	if len(w) <= words {
		return strings.Join(w, " ")
	}
	return strings.Join(w[:words], " ") + " …"
}
