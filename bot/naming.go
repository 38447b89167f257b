package bot

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// What people, channels and cases are called, for whoever reads it. The lock of
// the world is held.

// nameOf is what somebody is called. Whoever wished not to be named is not.
func nameOf(org *signals.Org, id string) string {
	if id == "" || anonymous(id) || signals.IsGone(id) {
		return "Somebody"
	}
	if p := org.Person(id); p != nil && p.Name != "" {
		return p.Name
	}
	return signals.Bare(org.Who(id))
}

// roomName is what a channel is called, with its sign; "" where it has no name.
func roomName(w *decide.World, id string) string {
	room := w.Room(id)
	if room == nil || room.Name == "" || room.Name == signals.Bare(id) {
		return ""
	}
	return "#" + strings.TrimPrefix(room.Name, "#")
}

// placeName is what a project or a channel is called, "" for a channel that
// somebody may not know by its name: that of a private one is for its members.
func placeName(w *decide.World, id string, v signals.Viewer) string {
	if !strings.HasPrefix(id, signals.Slack+"/") {
		return id
	}
	room := w.Room(id)
	if room == nil || !v.Groups[id] && !slices.ContainsFunc(room.Posts, func(p *signals.Post) bool { return v.Sees(p.Event.Audience) }) {
		return ""
	}
	return roomName(w, id)
}

// threadName is what a thread of a channel is called.
func threadName(w *decide.World, channel string) string {
	if name := roomName(w, channel); name != "" {
		return "A thread in " + name
	}
	return "A thread"
}

// caseName is what a case is called: its label, with its title.
func caseName(c *signals.Case) string {
	if c.Key.Source == signals.Slack {
		return "This thread"
	}
	return strings.TrimSpace(c.Label + " " + c.Title)
}

// titleOf is what a case is called in a list, as far as somebody may see it.
func titleOf(w *decide.World, k signals.Key, v signals.Viewer) string {
	c := w.Case(k)
	if c == nil {
		return "Something"
	}
	seen := c.For(v)
	switch {
	case len(seen.Events()) == 0:
		return "Something"
	case k.Channel() != "":
		return threadName(w, k.Channel())
	}
	return caseName(seen)
}

// zoneIn is where the clock of a calendar hangs.
func zoneIn(cal *signals.Calendar) *time.Location {
	if cal == nil || cal.Zone == nil {
		return time.UTC
	}
	return cal.Zone
}

// isAdmin reports whether somebody may change how loud andon is.
func isAdmin(org *signals.Org, admins []string, id string) bool {
	who := org.Who(id)
	return id != "" && slices.ContainsFunc(admins, func(a string) bool { return a != "" && org.Who(a) == who && !strings.HasPrefix(a, "#") })
}
