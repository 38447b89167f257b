package bot

import (
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
)

// places lists the other threads in which one ask was put, as far as the reader
// sees them, by time.
func (c *composer) places(s *signals.Signal) (out []*signals.Case) {
	for _, k := range c.w.Places(s.Case) {
		m := c.w.Case(k)
		if k == s.Case || m == nil || m.Gone {
			continue
		}
		if seen := c.reader.part(m); len(seen.Events()) > 0 {
			out = append(out, seen)
		}
	}
	slices.SortStableFunc(out, func(a, b *signals.Case) int { return a.Opened.Compare(b.Opened) })
	return out
}

// alsoAsked tells in which other channels an ask stands.
func (c *composer) alsoAsked(s *signals.Signal) (view.Fact, bool) {
	var names []string
	for _, m := range c.places(s) {
		name := roomName(c.w, m.Key.Channel())
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return view.Fact{Name: "Also asked in", Value: strings.Join(names, ", ")}, len(names) > 0
}

// elsewhere is all that somebody is told of what they may not see any more.
func (c *composer) elsewhere(it item) string {
	k := it.n.Signal.Case
	text := "Something in a place that you are not in concerns you."
	if m := c.w.Case(k); m != nil && !signals.IsBot(m.Opener) && !anonymous(m.Opener) && m.Opener != "" {
		return text + " Please ask " + c.name(m.Opener) + "."
	}
	return text
}
