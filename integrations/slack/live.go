package slack

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// LiveOptions is what has to be known of the workspace to read a delivery of the
// Events API. The maps are not changed by anybody once they are here; ids are
// bare. The zero value reads everything, and lets nobody see what it cannot
// know the audience of.
type LiveOptions struct {
	Bots   map[string]bool // users that are apps
	Known  map[string]bool // all users
	Kinds  map[string]Kind // of channels, where the event does not say
	Shared map[string]bool // channels shared with another organisation, where the event does not say
	Self   Self            // who we are: what we write is not read

	Named  func(channel string) bool              // channels shared with another organisation that are read all the same; nil: none
	Skip   func(channel string) bool              // channels that are not watched; nil: none
	Thread func(channel, ts string) (root string) // the thread that a message stands in, "" where that is not known; nil: never known
	Again  func(id string) bool                   // whether the reaction of that event id was taken away before; nil: never
	Listed func(person string) bool               // people whom the written roster describes: their profiles tell nothing but absences; nil: nobody

	Away    func(person string) bool   // who was away last, as their status said; nil: nobody
	Manager func(person string) string // who manages somebody, where a profile field says so; nil: not known
}

// Self is who we are in a workspace, in bare ids. Empty ones match nothing.
type Self struct{ User, Bot, App string }

// Normalize derives the events of one delivery of the Events API, with the ids,
// kinds and contents that the reader of exports makes for the same message, so
// that what is heard live, swept from the history and imported is one thing. It
// also returns what channels are called now, by channel id. It is pure: the same
// bytes and options give the same events.
//
//	event                                    makes
//	message                                  as in an export, see derive.go
//	message, subtype message_changed         Edited, when the text is another one; Deleted for a tombstone
//	reaction_added, reaction_removed         Reacted
//	member_joined_channel, member_left_...   Joined, on the channel's case
//	channel_archive, channel_unarchive       Edited of the field "archived", on the channel's case
//	channel_deleted                          Deleted of the channel's case
//	channel_id_changed                       Edited of the field "id", on the former channel's case
//	channel_rename, channel_created          a name only: the channel's message about it makes the event
//	user_change, team_join                   RosterSet, of people who are no apps and not Listed; AwaySet, as the status says
//	everything else                          nothing
//
// A live event says more than an export: reactions have their true time, and a
// tombstone the time at which the message was deleted. Two edits of a message in
// one second bear the same id, because Slack tells them by the second; the first
// is taken.
//
// An error says why a delivery that should make events makes none.
func Normalize(team string, envelope []byte, o LiveOptions) ([]*signals.Event, map[string]string, error) {
	env, err := openEnvelope(envelope)
	if err != nil {
		return nil, nil, fmt.Errorf("read a Slack delivery: %w", err)
	}
	if env.Type != "event_callback" {
		return nil, nil, nil
	}
	l := &live{LiveOptions: o, outer: env, space: workspace{Team: team, Bots: o.Bots, Known: o.Known}}
	if l.Self.App == "" {
		l.Self.App = env.App
	}
	events, err := l.derive()
	if err != nil {
		return nil, nil, fmt.Errorf("read Slack event %s (%s): %w", clip(env.ID), clip(scalar(env.Event.Get("type"))), err)
	}
	return signals.Sort(events), l.rooms, nil
}

// live is the reading of one delivery.
type live struct {
	LiveOptions
	outer
	space workspace
	rooms map[string]string
}

func (l *live) derive() ([]*signals.Event, error) {
	kind := scalar(l.Event.Get("type"))
	switch kind {
	case "user_change", "user_profile_changed", "team_join":
		return l.profile(l.Event.Get("user"))
	}
	do, ok := liveKinds[kind]
	if !ok {
		return nil, nil
	}
	channel := roomOf(l.Event)
	if kind == "channel_id_changed" {
		channel = scalar(l.Event.Get("old_channel_id"))
	}
	switch {
	case channel == "" && strings.HasPrefix(kind, "reaction_"):
		return nil, nil // on a file
	case !isID(channel, "CGD"):
		return nil, fmt.Errorf("channel %q: ids of channels begin with C, G or D", clip(channel))
	case l.Skip != nil && l.Skip(channel), (l.External || l.Shared[channel]) && (l.Named == nil || !l.Named(channel)):
		return nil, nil
	}
	return do(l, l.room(channel))
}

// liveKinds are the inner events that happen in a channel and make something.
var liveKinds = map[string]func(*live, *room) ([]*signals.Event, error){
	"message":               (*live).message,
	"reaction_added":        (*live).reaction,
	"reaction_removed":      (*live).reaction,
	"member_joined_channel": (*live).member,
	"member_left_channel":   (*live).member,
	"channel_rename":        (*live).named, "group_rename": (*live).named, "channel_created": (*live).named,
	"channel_archive": (*live).archived, "group_archive": (*live).archived,
	"channel_unarchive": (*live).archived, "group_unarchive": (*live).archived,
	"channel_deleted": (*live).dropped, "group_deleted": (*live).dropped,
	"channel_id_changed": (*live).moved,
}

// room is the channel of the event. What the event says of its kind is newer
// than what is known of it.
func (l *live) room(channel string) *room {
	kind := kindOf(channel, scalar(l.Event.Get("channel_type")))
	if kind == UnknownChannel {
		kind = l.Kinds[channel]
	}
	r := &room{workspace: &l.space, Channel: strings.Clone(channel)}
	r.Audience = DefaultAudience(Channel{ID: signals.ID(signals.Slack, r.Team, r.Channel), Kind: kind})
	return r
}

// message reads a message as an export has it, and what only live deliveries
// tell of messages.
func (l *live) message(r *room) ([]*signals.Event, error) {
	for _, v := range []gjson.Result{l.Event, l.Event.Get("message"), l.Event.Get("previous_message")} {
		if l.ours(v) {
			return nil, nil
		}
	}
	m := decode(l.Event)
	switch m.Subtype {
	case "message_changed":
		return l.changed(r, m)
	case "channel_name", "group_name":
		l.rename(r, m.New)
	}
	events, _, err := r.derive(m)
	return events, err
}

// ours reports whether we wrote a message: answering ourselves would never end.
func (l *live) ours(m gjson.Result) bool {
	if !m.IsObject() {
		return false
	}
	is := func(id, path string) bool { return id != "" && scalar(m.Get(path)) == id }
	if scalar(m.Get("subtype")) == "channel_join" || scalar(m.Get("subtype")) == "group_join" {
		return false // we came: that is news
	}
	return is(l.Self.Bot, "bot_id") || is(l.Self.App, "app_id") || is(l.Self.App, "bot_profile.app_id") || is(l.Self.User, "user")
}

// changed reads message_changed. Slack sends one for unfurled links and for
// counted replies too, in which the text stays as it was.
func (l *live) changed(r *room, m *message) ([]*signals.Event, error) {
	now := decode(m.Inner)
	at, err := ParseTS(now.TS)
	if err != nil {
		return nil, fmt.Errorf("the message that was changed: %w", err)
	}
	if now.Subtype == "tombstone" {
		return l.tombstone(r, now)
	}
	before := decode(m.Previous)
	if now.body() == before.body() || now.EditedTS == "" && !m.Previous.Exists() {
		return nil, nil
	}
	if now.EditedTS != "" {
		said := r.event(now, at)
		said.Text = now.body()
		if e := r.edited(said, now); e != nil {
			return []*signals.Event{e}, nil
		}
	}
	events, _, err := r.derive(m) // its id is that of the delivery
	return events, err
}

// tombstone is what stays of a deleted message that has replies.
func (l *live) tombstone(r *room, now *message) ([]*signals.Event, error) {
	events, _, err := r.derive(now)
	for _, e := range events {
		if !l.At.IsZero() && l.At.After(e.At) {
			e.At, e.Seq = l.At, signals.Seq{Entry: l.At.UnixMicro()}
		}
	}
	return events, err
}

// reaction makes one event. A reaction that is put on again after it was taken
// away has an id of its own, else the journal would take it for the first one.
func (l *live) reaction(r *room) ([]*signals.Event, error) {
	ts, user, emoji := scalar(l.Event.Get("item.ts")), scalar(l.Event.Get("user")), strings.Clone(scalar(l.Event.Get("reaction")))
	if kind := scalar(l.Event.Get("item.type")); kind != "" && kind != "message" || user != "" && user == l.Self.User {
		return nil, nil
	}
	if _, err := ParseTS(ts); err != nil {
		return nil, fmt.Errorf("the message that was reacted to: %w", err)
	}
	at, err := l.when()
	if err != nil {
		return nil, err
	}
	if emoji == "" || user == "" {
		return nil, nil
	}
	said, root, who := r.eventID(ts), "", r.person(user)
	if l.Thread != nil {
		root = l.Thread(r.Channel, ts)
	}
	if _, err := ParseTS(root); err != nil {
		root = ts
	}
	e := &signals.Event{
		ID: said + "/reaction/" + emoji + "/" + signals.Bare(who), Case: r.thread(r.eventID(root)), Kind: signals.Reacted,
		Seq: signals.Seq{Entry: at.UnixMicro(), Item: 1}, Actor: who, At: at, To: emoji, Ref: said, Audience: r.Audience,
	}
	stamp := "/" + formatTS(at)
	switch {
	case scalar(l.Event.Get("type")) == "reaction_removed":
		e.Field = "removed"
		e.ID += "/removed" + stamp
	case l.Again != nil && l.Again(e.ID):
		e.ID += stamp
	}
	return []*signals.Event{e}, nil
}

// when is the time of the event, which all but messages need.
func (l *live) when() (time.Time, error) {
	if l.At.IsZero() {
		return time.Time{}, fmt.Errorf("it has no usable event_ts (%q)", clip(scalar(l.Event.Get("event_ts"))))
	}
	return l.At, nil
}
