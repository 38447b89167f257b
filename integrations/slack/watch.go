package slack

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// Watch says which channels are watched. Besides those that it names, every
// channel is watched that andon was invited to, private ones too. Channels that
// are shared with another organisation, or are about to be, are not, unless they
// are Named. What people said of a channel in Slack counts more than all of it.
type Watch struct {
	Patterns []string // public channels that andon joins by itself: names such as inc-*, or ids
	List     []string // further ones, by name or id
	Named    []string // channels shared with another organisation that are read all the same, by name or id

	// On is what people said of a channel, by its id as made by signals.ID; said is
	// false where nobody said anything. nil: never.
	On func(channel string) (on, said bool)
}

// Check names the first pattern that cannot be read.
func (w Watch) Check() error {
	for _, p := range w.Patterns {
		if _, err := path.Match(trimHash(p), ""); err != nil || trimHash(p) == "" {
			return fmt.Errorf("channel pattern %q: want a name in which * stands for anything, such as inc-*", p)
		}
	}
	return nil
}

func (w *Watch) on(channel string) (on, said bool) {
	if w.On == nil {
		return false, false
	}
	return w.On(channel)
}

// wants reports whether andon joins a channel by itself.
func (w *Watch) wants(c Conversation) bool {
	for _, p := range w.Patterns {
		if ok, _ := path.Match(trimHash(p), c.Name); ok {
			return true
		}
	}
	return isListed(w.Patterns, c) || isListed(w.List, c)
}

func isListed(list []string, c Conversation) bool {
	return slices.ContainsFunc(list, func(s string) bool {
		s = trimHash(s)
		return s != "" && (s == c.Name || s == c.ID || s == signals.Bare(c.ID))
	})
}

func trimHash(s string) string { return strings.TrimPrefix(strings.TrimSpace(s), "#") }

// SetWatch says which channels are watched. Until then every channel is that is
// heard and not shared with another organisation.
func (d *Directory) SetWatch(w Watch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watch = w
}

// Watches reports whether a channel is watched; channel is made by signals.ID.
func (d *Directory) Watches(channel string) bool {
	w, c, shared := d.about(signals.Bare(channel))
	if on, said := w.on(channel); said {
		return on
	}
	return !shared || isListed(w.Named, c)
}

// about is what is known of a channel, and how it is decided.
func (d *Directory) about(id string) (w Watch, c Conversation, shared bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c = d.rooms[id]
	c.ID = signals.ID(signals.Slack, d.team, id)
	return d.watch, c, d.now.Shared[id]
}

// Watched lists the channels that andon is in and that are watched, in the order
// of their ids: public and private ones that are not archived.
func (d *Directory) Watched() []Conversation {
	d.mu.Lock()
	var all []Conversation
	for _, c := range d.rooms {
		if c.Member && !c.Archived && (c.Kind == PublicChannel || c.Kind == PrivateChannel) {
			all = append(all, c)
		}
	}
	d.mu.Unlock()
	all = slices.DeleteFunc(all, func(c Conversation) bool { return !d.Watches(c.ID) })
	slices.SortFunc(all, func(a, b Conversation) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// skip and named are what Normalize asks.
func (d *Directory) skip(channel string) bool {
	if d.base.Skip != nil && d.base.Skip(channel) {
		return true
	}
	w, c, _ := d.about(channel)
	on, said := w.on(c.ID)
	return said && !on
}

func (d *Directory) named(channel string) bool {
	if d.base.Named != nil && d.base.Named(channel) {
		return true
	}
	w, c, _ := d.about(channel)
	on, said := w.on(c.ID)
	return said && on || isListed(w.Named, c)
}

// room learns of a channel from an event. It is called with the lock held.
func (d *Directory) room(env outer) {
	e, id := env.Event, roomOf(env.Event)
	kind := scalar(e.Get("type"))
	if kind == "channel_id_changed" {
		d.moved(scalar(e.Get("old_channel_id")), scalar(e.Get("new_channel_id")))
		return
	}
	if !isID(id, "CG") {
		return
	}
	self := d.now.Self.User != "" && scalar(e.Get("user")) == d.now.Self.User
	d.change(id, func(c *Conversation) {
		switch kind {
		case "channel_created", "channel_rename", "group_rename":
			c.Name = cmp.Or(clean(strings.Clone(scalar(e.Get("channel.name")))), c.Name)
		case "channel_archive", "group_archive":
			c.Archived = true
		case "channel_unarchive", "group_unarchive":
			c.Archived = false
		case "member_joined_channel":
			c.Member = c.Member || self
		case "member_left_channel":
			c.Member = c.Member && !self
		case "channel_left", "group_left", "channel_deleted", "group_deleted":
			c.Member = false
		}
	})
	switch {
	case env.External, kind == "channel_shared":
		d.share(id, true)
	case kind == "channel_unshared":
		d.share(id, e.Get("is_ext_shared").Bool())
	}
}

// change changes what is known of a channel. It is called with the lock held.
func (d *Directory) change(id string, do func(*Conversation)) {
	if d.rooms == nil {
		d.rooms = make(map[string]Conversation)
	}
	c := d.rooms[id]
	do(&c)
	c.Kind = d.now.Kinds[id]
	id = strings.Clone(id)
	c.ID = signals.ID(signals.Slack, d.team, id)
	d.rooms[id] = c
}

// moved is a channel that got another id. It is called with the lock held.
func (d *Directory) moved(from, to string) {
	c, known := d.rooms[from]
	if !known || !isID(to, "CG") {
		return
	}
	delete(d.rooms, from)
	d.kind(to, d.now.Kinds[from])
	d.change(to, func(n *Conversation) { *n = c })
	if d.now.Shared[from] {
		d.share(to, true)
	}
}

// share learns whether a channel is shared with another organisation. It is
// called with the lock held.
func (d *Directory) share(id string, shared bool) {
	if d.now.Shared[id] == shared {
		return
	}
	all := make(map[string]bool, len(d.now.Shared)+1)
	for k, v := range d.now.Shared {
		all[k] = v
	}
	if all[strings.Clone(id)] = shared; !shared {
		delete(all, id)
	}
	d.now.Shared = all
}

// learn takes a channel as Slack describes it now.
func (d *Directory) learn(c Conversation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := signals.Bare(c.ID)
	d.kind(id, c.Kind)
	d.share(id, c.Shared)
	d.change(id, func(n *Conversation) { *n = c })
}

// selfIn reports whether an event is about andon itself.
func selfIn(e gjson.Result, self Self) bool {
	return self.User != "" && scalar(e.Get("user")) == self.User
}
