package decide

import (
	"andon/signals"
	"andon/signals/detect"
)

// raiser is who raised a signal, as the source calls them: whoever pulled the
// cord; who asked, where it speaks of an ask; in chat the author of what it is
// about; else who opened the case. It is "" where that is unknown, was forgotten, or
// is a program.
func (w *World) raiser(c *signals.Case, s *signals.Signal) string {
	who := c.Opener
	switch {
	case s.Detector == "cord":
		who = detect.PulledBy(c, s.Occasion, w.Org.Policy.Detect.Cord.Emoji)
	case asksFor[s.Detector] && s.About != "":
		who = s.About // not who sent them away
	case c.Key.Source == signals.Slack:
		if by := w.author(c, s); by != "" {
			who = by
		}
	}
	if who == "" || w.machine(who) || signals.IsGone(who) {
		return ""
	}
	return who
}

// author is who wrote the message that a signal is about, "" where it is not
// about a message.
func (w *World) author(c *signals.Case, s *signals.Signal) string {
	p := w.Problem(c)
	for _, id := range append([]string{s.Occasion}, s.Evidence[:min(1, len(s.Evidence))]...) {
		if e := w.evidence(p, c, id); e != nil && e.Kind == signals.Said {
			return e.Actor
		}
	}
	return ""
}

// private reports whether a signal would be made of what somebody wrote who
// opted out of that. Their own cord is heard.
func (w *World) private(c *signals.Case, s *signals.Signal, raiser string) bool {
	if c.Key.Source == signals.Slack && s.About != "" && w.Org.OptedOut(s.About) {
		return true
	}
	by := ""
	if s.Detector == "cord" { // what it is about comes first
		if e := w.evidence(w.Problem(c), c, first(s.Evidence)); e != nil && e.Kind == signals.Said {
			by = e.Actor
		}
		return by != "" && w.Org.OptedOut(by) && w.Org.Who(by) != w.Org.Who(raiser)
	}
	by = w.author(c, s)
	return by != "" && w.Org.OptedOut(by)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
