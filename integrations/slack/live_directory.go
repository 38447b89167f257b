package slack

import (
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// Directory is what is known of a workspace while it is listened to: who is an
// app, of what kind the channels are, which threads the latest messages stand
// in, and which reactions were taken away. It learns from what is heard. It is
// safe for concurrent use.
type Directory struct {
	team string
	base LiveOptions

	mu      sync.Mutex
	now     LiveOptions             // its maps are replaced, never changed
	rooms   map[string]Conversation // by bare id
	listed  bool                    // the channels were listed
	watch   Watch
	absent  map[string]bool   // people who are away
	bosses  map[string]string // managers by person
	threads recent            // by event id: the root's ts
	removed recent            // by event id of the reaction
}

// manyThreads is how many replies, and as many reactions, are remembered at least.
const manyThreads = 50_000

// NewDirectory returns the directory of a workspace of which nothing is known
// but what o says: who we are, and the functions of the caller. The maps of o
// are not used.
func NewDirectory(team string, o LiveOptions) *Directory {
	d := &Directory{team: team, base: o, threads: recent{most: manyThreads}, removed: recent{most: manyThreads}}
	d.now = o
	d.now.Bots, d.now.Known, d.now.Kinds, d.now.Shared = nil, nil, nil, nil
	d.now.Thread, d.now.Again, d.now.Skip, d.now.Named = d.thread, d.again, d.skip, d.named
	d.now.Away, d.now.Manager = d.isAway, d.manager
	return d
}

// Options returns what is known now.
func (d *Directory) Options() LiveOptions {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// SetSelf says who we are, once that was asked.
func (d *Directory) SetSelf(s Self) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now.Self = s
}

// SetPeople takes the list of all people.
func (d *Directory) SetPeople(people []Account) {
	bots, known := make(map[string]bool), make(map[string]bool, len(people))
	absent, bosses := make(map[string]bool), make(map[string]string)
	for i := range people {
		a := &people[i]
		id := strings.TrimPrefix(signals.Bare(a.ID), botPrefix)
		known[id] = true
		if a.Bot {
			bots[id] = true
		}
		if a.Away(time.Time{}) {
			absent[a.ID] = true
		}
		if a.Manager != "" {
			bosses[a.ID] = a.Manager
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now.Bots, d.now.Known, d.absent, d.bosses = bots, known, absent, bosses
}

// SetChannels takes the list of the channels.
func (d *Directory) SetChannels(channels []Conversation) {
	shared := make(map[string]bool)
	d.mu.Lock()
	defer d.mu.Unlock()
	kinds := maps.Clone(d.now.Kinds)
	if kinds == nil {
		kinds = make(map[string]Kind, len(channels))
	}
	listed := make(map[Kind]bool)
	for i := range channels {
		id := signals.Bare(channels[i].ID)
		kinds[id] = channels[i].Kind
		listed[channels[i].Kind] = true
		if channels[i].Shared {
			shared[id] = true
		}
	}
	d.now.Kinds, d.now.Shared, d.listed = kinds, shared, true
	rooms := make(map[string]Conversation, len(channels))
	for id, c := range d.rooms {
		if !listed[c.Kind] {
			rooms[id] = c // the token may not list its kind
		}
	}
	for i := range channels {
		rooms[signals.Bare(channels[i].ID)] = channels[i]
	}
	d.rooms = rooms
}

// Heard learns from a delivery and its events.
func (d *Directory) Heard(raw []byte, events []*signals.Event) {
	env, err := openEnvelope(raw)
	if err != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range events {
		switch {
		case e.Kind == signals.Said && e.Ref != "":
			_, root, _ := strings.Cut(e.Case.ID, "/")
			d.threads.put(e.ID, root)
		case e.Kind == signals.Reacted && e.Field == "removed":
			id, _, _ := strings.Cut(e.ID, "/removed/")
			d.removed.put(id, "x")
		case e.Kind == signals.AwaySet:
			d.away(e)
		}
	}
	if channel := roomOf(env.Event); isID(channel, "CGD") {
		d.kind(channel, kindOf(channel, scalar(env.Event.Get("channel_type"))))
	}
	if scalar(env.Event.Get("type")) == "channel_created" {
		d.kind(roomOf(env.Event), PublicChannel)
	}
	d.room(env)
	switch scalar(env.Event.Get("type")) {
	case "user_change", "team_join":
		d.person(env.Event.Get("user"))
	}
}

// away learns that somebody is away, or no more. It is called with the lock held.
func (d *Directory) away(e *signals.Event) {
	if d.absent == nil {
		d.absent = make(map[string]bool)
	}
	if p, ok := periodOf(e); ok && p.lasts(e.At) {
		d.absent[e.To] = true
	} else {
		delete(d.absent, e.To)
	}
}

// IsApp reports whether an account of the workspace is an app's: ours, Slack's
// own, or one of those that the list of all people names.
func (d *Directory) IsApp(account string) bool {
	k, ok := signals.ParseKey(account)
	if !ok || k.Source != signals.Slack || k.Site != d.team {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now.Bots[k.ID] || k.ID == d.now.Self.User || k.ID == slackbot
}

func (d *Directory) isAway(person string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.absent[person]
}

func (d *Directory) manager(person string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.bosses[person]
}

// kind learns of what kind a channel is. What is known is kept where the event
// does not say it.
func (d *Directory) kind(channel string, k Kind) {
	if k == UnknownChannel || d.now.Kinds[channel] == k || channel == "" || strings.HasPrefix(channel, "D") {
		return
	}
	if k == PrivateChannel && d.now.Kinds[channel] == GroupMessage {
		return // membership events say G of both
	}
	kinds := maps.Clone(d.now.Kinds)
	if kinds == nil {
		kinds = make(map[string]Kind)
	}
	kinds[strings.Clone(channel)] = k
	d.now.Kinds = kinds
}

// person learns of somebody new. Without a list of all people nobody is known,
// and then one alone would make strangers of all others.
func (d *Directory) person(v gjson.Result) {
	id := scalar(v.Get("id"))
	if !isID(id, "UW") || d.now.Known == nil {
		return
	}
	w := workspace{Team: d.team}
	bot := w.personOf(v).Bot
	if d.now.Known[id] && d.now.Bots[id] == bot {
		return
	}
	known, bots := maps.Clone(d.now.Known), maps.Clone(d.now.Bots)
	known[strings.Clone(id)], bots[strings.Clone(id)] = true, bot
	d.now.Known, d.now.Bots = known, bots
}

func (d *Directory) thread(channel, ts string) string {
	d.mu.Lock()
	root := d.threads.get(signals.ID(signals.Slack, d.team, channel+"/"+ts))
	d.mu.Unlock()
	if root == "" && d.base.Thread != nil {
		return d.base.Thread(channel, ts)
	}
	return root
}

func (d *Directory) again(id string) bool {
	d.mu.Lock()
	found := d.removed.get(id) != ""
	d.mu.Unlock()
	return found || d.base.Again != nil && d.base.Again(id)
}

// recent remembers the latest things, at least most of them and at most twice
// as many.
type recent struct {
	most     int
	now, old map[string]string
}

func (r *recent) put(k, v string) {
	if r.now == nil || len(r.now) >= r.most {
		r.old, r.now = r.now, make(map[string]string)
	}
	r.now[k] = v
}

func (r *recent) get(k string) string {
	if v, ok := r.now[k]; ok {
		return v
	}
	return r.old[k]
}
