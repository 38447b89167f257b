package slack

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// Reaction times are unknown, and an export does not say more: see signals.Reacted.
const undated = "undated"

// room derives the events of one channel's messages.
type room struct {
	*workspace
	Channel  string // bare id
	Audience signals.Audience
}

func (r *room) caseKey() signals.Key {
	return signals.Key{Source: signals.Slack, Site: r.Team, ID: r.Channel}
}

// eventID is the id of the Said event of the message with that ts.
func (r *room) eventID(ts string) string {
	return signals.Slack + "/" + r.Team + "/" + r.Channel + "/" + ts
}

// thread is the key of the thread of root. It shares memory with the root's id.
func (r *room) thread(rootID string) signals.Key {
	return signals.Key{Source: signals.Slack, Site: r.Team, ID: rootID[len(signals.Slack)+len(r.Team)+2:]}
}

// derive returns the events of m, the Said event first. why says why a message
// makes none: the name of its subtype. A message without a usable ts is an error.
//
//	subtype                                  event
//	none, bot_message, thread_broadcast ...  Said, then Edited and Reacted
//	*_join, *_leave                          Joined, on the channel's case
//	*_topic, *_purpose, *_name               Edited, on the channel's case
//	message_changed                          Edited
//	message_deleted, tombstone               Deleted
//	housekeeping                             none
func (r *room) derive(m *message) (events []*signals.Event, why string, err error) {
	at, err := ParseTS(m.TS)
	if err != nil {
		return nil, "", err
	}
	if m.Thread != "" {
		if _, err := ParseTS(m.Thread); err != nil {
			return nil, "", err
		}
	}
	if m.Type != "" && m.Type != "message" {
		return nil, m.Type, nil
	}
	if housekeeping[m.Subtype] {
		return nil, m.Subtype, nil
	}
	e := r.event(m, at)
	switch m.Subtype {
	case "channel_join", "group_join", "channel_leave", "group_leave":
		return []*signals.Event{r.joined(e, m)}, "", nil
	case "channel_topic", "group_topic", "channel_purpose", "group_purpose", "channel_name", "group_name":
		return []*signals.Event{r.renamed(e, m)}, "", nil
	case "message_changed":
		return r.changed(e, m)
	case "message_deleted":
		return r.deleted(e, m)
	case "tombstone":
		// The message is gone and its text with it; when and by whom is unknown.
		e.Kind, e.Actor, e.Ref = signals.Deleted, "", e.ID
		e.ID += "/deleted"
		return []*signals.Event{e}, "", nil
	}
	return r.said(e, m), "", nil
}

// housekeeping lists the subtypes in which nobody says anything.
var housekeeping = map[string]bool{
	"pinned_item": true, "unpinned_item": true, "bot_add": true, "bot_remove": true, "bot_enable": true, "bot_disable": true,
	"huddle_thread": true, "huddle_started": true, "reminder_add": true, "reminder_delete": true,
	"channel_archive": true, "channel_unarchive": true, "group_archive": true, "group_unarchive": true,
	"channel_convert_to_private": true, "channel_posting_permissions": true, "channel_canvas_updated": true,
	"sh_room_created": true, "sh_room_shared": true, "app_conversation_join": true, "ekm_access_denied": true,
	"message_replied": true, "assistant_app_thread": true, "joiner_notification": true, "tabbed_canvas_updated": true,
}

// event begins the event of m in its thread, as Said without text.
func (r *room) event(m *message, at time.Time) *signals.Event {
	e := &signals.Event{
		ID: r.eventID(m.TS), Seq: signals.Seq{Entry: at.UnixMicro()}, Kind: signals.Said,
		Actor: r.actor(m), At: at, Audience: r.Audience,
	}
	if m.Thread == "" || m.Thread == m.TS {
		e.Case = r.thread(e.ID)
		return e
	}
	e.Ref = r.eventID(m.Thread)
	e.Case = r.thread(e.Ref)
	if m.Subtype == "thread_broadcast" || m.Subtype == "reply_broadcast" {
		e.Field = Broadcast
	}
	return e
}

// Broadcast is the Field of a Said event that stands in a thread and was also
// sent to the channel.
const Broadcast = "broadcast"

func (r *room) joined(e *signals.Event, m *message) *signals.Event {
	e.Kind, e.Case, e.Ref, e.Field = signals.Joined, r.caseKey(), "", ""
	e.To = e.Actor
	if m.Inviter != "" {
		e.Actor = r.person(m.Inviter)
	}
	if strings.HasSuffix(m.Subtype, "_leave") {
		e.Field = "left"
	}
	return e
}

func (r *room) renamed(e *signals.Event, m *message) *signals.Event {
	_, e.Field, _ = strings.Cut(m.Subtype, "_")
	e.Kind, e.Case, e.Ref = signals.Edited, r.caseKey(), ""
	switch e.Field {
	case "topic":
		e.To = strings.Clone(m.Topic)
	case "purpose":
		e.To = strings.Clone(m.Purpose)
	default:
		e.From, e.To = strings.Clone(m.Old), strings.Clone(m.New)
	}
	return e
}

// said completes the Said event and adds the last edit and the reactions.
func (r *room) said(e *signals.Event, m *message) []*signals.Event {
	e.Text = m.body()
	events := []*signals.Event{e}
	if m.EditedTS != "" {
		if edit := r.edited(e, m); edit != nil {
			events = append(events, edit)
		}
	}
	if m.Reactions.IsArray() {
		events = append(events, r.reacted(e, m)...)
	}
	return events
}

// edited is the last edit of a message. Its text is that of the Said event,
// because the wording before is unknown. An absurd time makes no event. Slack
// gives edits in whole seconds, so that some lie before the message itself:
// they are put at the message's time.
func (r *room) edited(said *signals.Event, m *message) *signals.Event {
	at, err := ParseTS(m.EditedTS)
	if err != nil {
		return nil
	}
	e := *said
	e.Kind, e.Field, e.Ref, e.ID = signals.Edited, "", said.ID, said.ID+"/edited/"+m.EditedTS
	if at.Before(said.At) {
		at = said.At
	}
	e.At, e.Seq = at, signals.Seq{Entry: at.UnixMicro(), Item: 1}
	if m.EditedBy != "" && m.EditedBy != m.User {
		e.Actor = r.person(m.EditedBy)
	}
	return &e
}

// reacted makes one event per emoji and person.
func (r *room) reacted(said *signals.Event, m *message) []*signals.Event {
	var out []*signals.Event
	m.Reactions.ForEach(func(_, reaction gjson.Result) bool {
		emoji := strings.Clone(scalar(reaction.Get("name")))
		reaction.Get("users").ForEach(func(_, user gjson.Result) bool {
			who := r.person(scalar(user))
			if emoji == "" || who == "" {
				return true
			}
			out = append(out, &signals.Event{
				ID: said.ID + "/reaction/" + emoji + "/" + signals.Bare(who), Case: said.Case,
				Seq: signals.Seq{Entry: said.Seq.Entry, Item: int32(len(out) + 1)}, Kind: signals.Reacted,
				Actor: who, At: said.At, Field: undated, To: emoji, Ref: said.ID, Audience: said.Audience,
			})
			return true
		})
		return true
	})
	return out
}

// changed is an edit that the source reports as a message of its own. Slack
// sends one for unfurled links too, in which the text stays as it was.
func (r *room) changed(e *signals.Event, m *message) (events []*signals.Event, why string, err error) {
	now, before := decode(m.Inner), decode(m.Previous)
	if err := r.about(e, now.TS, now.Thread); err != nil {
		return nil, "", err
	}
	e.Kind, e.Text, e.From = signals.Edited, now.body(), before.body()
	if e.Text == e.From {
		return nil, "message_changed without a change", nil
	}
	if e.Actor = r.person(now.EditedBy); e.Actor == "" {
		e.Actor = r.actor(now)
	}
	return []*signals.Event{e}, "", nil
}

// deleted is a deletion that the source reports as a message of its own.
func (r *room) deleted(e *signals.Event, m *message) (events []*signals.Event, why string, err error) {
	before := decode(m.Previous)
	e.Kind = signals.Deleted
	return []*signals.Event{e}, "", r.about(e, cmp.Or(m.DeletedTS, before.TS), before.Thread)
}

// about makes e speak of the message with that ts.
func (r *room) about(e *signals.Event, ts, thread string) error {
	if _, err := ParseTS(ts); err != nil {
		return fmt.Errorf("the message that %s is about: %w", e.ID, err)
	}
	if _, err := ParseTS(thread); err != nil {
		thread = ts
	}
	e.Field, e.Ref, e.Case = "", r.eventID(ts), r.thread(r.eventID(thread))
	return nil
}
