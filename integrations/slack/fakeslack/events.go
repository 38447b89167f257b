package fakeslack

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// stamp returns the microsecond that it is, or the next free one, as a timestamp.
func (s *Server) stamp() string {
	s.last = max(s.last+1, s.o.Now().UnixMicro())
	return fmt.Sprintf("%d.%06d", s.last/1e6, s.last%1e6)
}

// kindOf is the channel_type of a channel.
func (s *Server) kindOf(channel string) string {
	if strings.HasPrefix(channel, "D") {
		return "im"
	}
	c := s.channel(channel)
	switch {
	case c == nil:
		return ""
	case c.Multi:
		return "mpim"
	case c.Private:
		return "group"
	}
	return "channel"
}

// emit delivers an inner event about a channel, or about the workspace when
// channel is "". Of channels without the app it hears nothing but their names.
func (s *Server) emit(channel string, inner answer) {
	s.changed(channel)
	if !s.listening || s.closed {
		return
	}
	name, _ := inner["type"].(string)
	c := s.channels[channel]
	if c != nil && c.Absent && !strings.HasPrefix(name, "channel_") || !s.subscribed(name, channel) {
		return
	}
	if inner["event_ts"] == nil {
		inner["event_ts"] = s.stamp()
	}
	payload, err := json.Marshal(s.envelopeOf(inner, c != nil && c.Shared))
	if err != nil {
		return // cannot be: the parts are JSON already
	}
	s.dispatch(&delivery{kind: kindEvent, name: name, payload: payload})
}

// envelopeOf is the outer event.
func (s *Server) envelopeOf(inner answer, shared bool) answer {
	id := s.id("Ev")
	return answer{
		"token": "fake", "team_id": s.o.Team, "context_team_id": s.o.Team, "context_enterprise_id": nil, "api_app_id": s.appID(), "event": inner, "type": "event_callback",
		"event_id": id, "event_time": s.last / 1e6, "is_ext_shared_channel": shared, "event_context": "4-" + id,
		"authorizations": []answer{{"enterprise_id": nil, "team_id": s.o.Team, "user_id": s.o.Bot, "is_bot": true, "is_enterprise_install": false}},
	}
}

// subscribed reports whether the app wants an event. Messages are subscribed to
// by kind of channel: message.channels, message.groups, message.im, message.mpim.
func (s *Server) subscribed(name, channel string) bool {
	if s.o.Subs == nil || slices.Contains(s.o.Subs, name) {
		return true
	}
	kind := s.kindOf(channel)
	if kind == "channel" || kind == "group" {
		kind += "s"
	}
	return name == "message" && slices.Contains(s.o.Subs, "message."+kind)
}

// Emit delivers an inner event as it stands, such as
// {"type":"tokens_revoked","tokens":{"bot":["UANDON"]}}. A channel in it is where
// it happened.
func (s *Server) Emit(inner json.RawMessage) error {
	if !gjson.ValidBytes(inner) || gjson.GetBytes(inner, "type").Str == "" {
		return errors.New("emit: an event is a JSON object with a type")
	}
	event := answer{}
	if err := json.Unmarshal(inner, &event); err != nil {
		return fmt.Errorf("emit: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(gjson.GetBytes(inner, "channel").Str, event)
	return nil
}

// emitMessage tells of a new message, and the app that it was mentioned.
func (s *Server) emitMessage(m *Message) {
	if !s.listening {
		s.changed(m.Channel)
		return
	}
	inner := s.shape(m, true)
	inner["channel"], inner["channel_type"], inner["event_ts"] = m.Channel, s.kindOf(m.Channel), m.TS
	if m.Thread != "" && m.Broadcast {
		inner["subtype"] = "thread_broadcast"
		if root := s.find(m.Channel, m.Thread); root != nil {
			inner["root"] = s.shape(root, false)
		}
	}
	s.emit(m.Channel, inner)
	if m.User != s.o.Bot && m.Subtype == "" && strings.Contains(m.Text, "<@"+s.o.Bot+">") && !strings.HasPrefix(m.Channel, "D") {
		mention := s.shape(m, true)
		mention["type"], mention["channel"], mention["event_ts"] = "app_mention", m.Channel, m.TS
		s.emit(m.Channel, mention)
	}
}

// emitChange tells that a message was changed, or deleted when now is nil.
func (s *Server) emitChange(before answer, now *Message, channel, ts string) {
	at := s.stamp()
	inner := answer{"type": "message", "hidden": true, "channel": channel, "channel_type": s.kindOf(channel), "ts": at, "event_ts": at, "previous_message": before}
	if now == nil {
		inner["subtype"], inner["deleted_ts"] = "message_deleted", ts
	} else {
		inner["subtype"], inner["message"] = "message_changed", s.shape(now, true)
	}
	s.emit(channel, inner)
}

// emitReaction tells of a reaction; what is reaction_added or reaction_removed.
func (s *Server) emitReaction(what string, m *Message, user, emoji string) {
	s.emit(m.Channel, answer{
		"type": what, "user": user, "reaction": emoji, "item_user": m.User,
		"item": answer{"type": "message", "channel": m.Channel, "ts": m.TS},
	})
}
