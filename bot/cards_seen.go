package bot

import (
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// anonymous reports whether an actor stands for somebody who wished not to be
// named.
func anonymous(id string) bool {
	return strings.HasPrefix(id, "own/anonymous/") || strings.HasPrefix(id, signals.Own+"/anonymous/")
}

// raiser is who raised a signal, "" where that is not known.
func raiser(w *decide.World, r *signals.Record) string {
	if r.Raiser != "" {
		return r.Raiser
	}
	if c := w.Case(r.Signal.Case); c != nil && !signals.IsBot(c.Opener) {
		return c.Opener
	}
	return ""
}

// sees reports whether the reader may still see what a nudge is about.
func (c *composer) sees(it item) bool { return c.reader.maySee(c.w, it.n.Signal) }

// maySee reports whether somebody may see all that a signal rests on, as things
// stand now.
func maySee(w *decide.World, s *signals.Signal, v signals.Viewer) bool {
	if v.Sees(s.Audience) {
		return true
	}
	if s.Audience != signals.Restricted || len(s.Evidence) == 0 {
		return false
	}
	for _, id := range s.Evidence {
		if e := eventOf(w, s.Case, id); e == nil || !v.Sees(e.Audience) {
			return false
		}
	}
	return true
}

// eventOf finds an event that a signal of a case rests on: in its problem, or in
// the case that its id names.
func eventOf(w *decide.World, of signals.Key, id string) *signals.Event {
	find := func(m *signals.Case) *signals.Event {
		if m != nil {
			for _, e := range m.Events() {
				if e.ID == id {
					return e
				}
			}
		}
		return nil
	}
	m := w.Case(of)
	if m != nil {
		for _, x := range w.Problem(m).Cases {
			if e := find(x); e != nil {
				return e
			}
		}
	}
	if room := w.Room(of.Channel()); room != nil {
		for _, p := range room.Posts {
			if p.Event.ID == id {
				return p.Event
			}
		}
	}
	for k, ok := signals.ParseKey(id); ok && k.ID != ""; {
		if e := find(w.Case(k)); e != nil {
			return e
		}
		cut := strings.LastIndexByte(k.ID, '/')
		if cut < 0 {
			break
		}
		k.ID = k.ID[:cut]
	}
	return nil
}

// both is what two people see, each of them.
func both(a, b signals.Viewer) signals.Viewer {
	out := signals.Viewer{Groups: make(map[string]bool), Guest: a.Guest || b.Guest}
	for g := range a.Groups {
		if b.Groups[g] {
			out.Groups[g] = true
		}
	}
	return out
}

// url is the web address of a case, "" for none.
func (b *Bot) url(k signals.Key, label string) string {
	if b.c.Links == nil {
		return ""
	}
	return b.c.Links(k, label)
}

// mostLinks is how many places a nudge points to.
const mostLinks = 4

// links adds where the reader can see for themselves: the case, then what the
// signal rests on elsewhere.
func (c *composer) links(it item, had []view.Link) []view.Link {
	add := func(k signals.Key, label, text string) {
		url := c.url(k, label)
		if url != "" && len(had) < mostLinks+1 && !slices.ContainsFunc(had, func(l view.Link) bool { return l.URL == url }) {
			had = append(had, view.Link{Text: text, URL: url})
		}
	}
	c.linkCase(it.n.Signal.Case, add)
	for _, id := range it.n.Signal.Evidence {
		e := eventOf(c.w, it.n.Signal.Case, id)
		if e == nil || !c.reader.of(e.Case).Sees(e.Audience) {
			continue
		}
		if e.Case.Channel() == "" {
			c.linkCase(e.Case, add)
			continue
		}
		if k, ok := signals.ParseKey(id); ok && e.Kind == signals.Said && strings.Count(k.ID, "/") == 1 {
			add(k, "", "Message of "+c.reader.clock(e.At))
		}
	}
	for _, m := range c.places(it.n.Signal) {
		add(m.Key, "", threadName(c.w, m.Key.Channel()))
	}
	if m := c.w.Case(it.n.Signal.Case); m != nil {
		for _, e := range m.Events() {
			if k, ok := signals.ParseKey(e.Ref); ok && e.Kind == signals.Linked && isOwn(e) && e.To != "" && c.reader.of(e.Case).Sees(e.Audience) && c.knows(e) {
				add(k, e.To, e.To)
			}
		}
		for _, x := range slices.Clone(c.w.Problem(m).Cases) {
			if x.Key.Channel() == "" {
				c.linkCase(x.Key, add)
			}
		}
	}
	return had
}

// knows reports whether the reader may know which issue somebody linked by hand.
// Of one that was not read yet those of the company may: who linked it may see it.
func (c *composer) knows(e *signals.Event) bool {
	k, ok := signals.ParseKey(e.Ref)
	if !ok {
		return false
	}
	if m := c.w.Case(k); m != nil {
		return len(c.reader.part(m).Events()) > 0
	}
	return !c.reader.viewer.Guest
}

func (c *composer) linkCase(k signals.Key, add func(k signals.Key, label, text string)) {
	m := c.w.Case(k)
	if m == nil {
		return
	}
	seen := c.reader.part(m)
	switch {
	case len(seen.Events()) == 0:
	case k.Channel() != "":
		add(k, "", "The thread")
	case seen.Label != "" && seen.Label != k.ID:
		add(k, seen.Label, seen.Label)
	default:
		add(k, seen.Label, "Open it")
	}
}
