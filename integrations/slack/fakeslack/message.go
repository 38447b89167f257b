package fakeslack

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Message is one message as it stands now.
type Message struct {
	Channel  string          `json:"channel"` // bare id
	TS       string          `json:"ts"`
	Thread   string          `json:"thread,omitempty"` // ts of the root it replies to
	User     string          `json:"user"`
	To       string          `json:"to,omitempty"`      // ephemeral: the person who alone sees it
	Subtype  string          `json:"subtype,omitempty"` // such as channel_join
	Text     string          `json:"text"`
	Key      string          `json:"key,omitempty"` // metadata.event_payload.key
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
	Files    []string        `json:"files,omitempty"` // ids
	Edits    int             `json:"edits,omitempty"`
	Edited   string          `json:"edited,omitempty"`  // ts of the last edit
	Deleted  bool            `json:"deleted,omitempty"` // it is gone for Slack's clients

	Broadcast bool                `json:"broadcast,omitempty"` // a reply that stands in the channel too
	Reactions map[string][]string `json:"reactions,omitempty"` // emoji to people

	blocks json.RawMessage // as they are shown: with an id for those that lacked one
}

// Messages returns all messages that were ever stored, oldest first, the
// deleted and the ephemeral ones too.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(s.messages))
	for i, m := range s.messages {
		out[i] = *m
		out[i].Reactions = nil
		for emoji, who := range m.Reactions {
			if out[i].Reactions == nil {
				out[i].Reactions = map[string][]string{}
			}
			out[i].Reactions[emoji] = append([]string(nil), who...)
		}
	}
	return out
}

// store gives m its timestamp and tells of it.
func (s *Server) store(m *Message) *Message {
	m.TS = s.stamp()
	m.blocks = s.numbered(m.Blocks)
	s.messages = append(s.messages, m)
	s.rooms[m.Channel] = append(s.rooms[m.Channel], m)
	if m.To != "" {
		s.changed(m.Channel) // no event tells of ephemeral messages
		return m
	}
	s.emitMessage(m)
	return m
}

// find returns the message that stands there, or nil.
func (s *Server) find(channel, ts string) *Message {
	for _, m := range s.rooms[channel] {
		if m.TS == ts && !m.Deleted && m.To == "" {
			return m
		}
	}
	return nil
}

func (s *Server) postMessage(a args) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	m := &Message{Channel: channel, User: s.o.Bot}
	if bad := s.fill(m, a); bad != nil {
		return bad
	}
	// A reply to a root that is gone stands in the channel itself.
	if root := a.get("thread_ts"); s.find(channel, root) != nil {
		m.Thread, m.Broadcast = root, a.yes("reply_broadcast")
	}
	s.store(m)
	return answer{"ok": true, "channel": channel, "ts": m.TS, "message": s.shape(m, true)}
}

func (s *Server) update(a args) answer {
	m, bad := s.own(a, "cant_update_message")
	if bad != nil {
		return bad
	}
	next := *m
	if bad := s.fill(&next, a); bad != nil {
		return bad
	}
	s.replace(m, next)
	return answer{"ok": true, "channel": m.Channel, "ts": m.TS, "text": m.Text, "message": s.shape(m, true)}
}

func (s *Server) delete(a args) answer {
	m, bad := s.own(a, "cant_delete_message")
	if bad != nil {
		return bad
	}
	s.remove(m)
	return answer{"ok": true, "channel": m.Channel, "ts": m.TS}
}

// replace puts what a message became into its place, and tells of it.
func (s *Server) replace(m *Message, next Message) {
	before := s.shape(m, true)
	next.Edits++
	next.Edited = s.stamp()
	next.blocks = s.numbered(next.Blocks)
	*m = next
	if m.To != "" {
		s.changed(m.Channel)
		return
	}
	s.emitChange(before, m, m.Channel, m.TS)
}

// remove deletes a message, and tells of it.
func (s *Server) remove(m *Message) {
	before := s.shape(m, true)
	m.Deleted = true
	if m.To != "" {
		s.changed(m.Channel)
		return
	}
	s.emitChange(before, nil, m.Channel, m.TS)
}

// own returns the message that a call is about; it must be the app's own.
func (s *Server) own(a args, denied string) (*Message, answer) {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return nil, refuse(code)
	}
	m := s.find(channel, a.get("ts"))
	switch {
	case m == nil:
		return nil, refuse("message_not_found")
	case m.User != s.o.Bot:
		return nil, refuse(denied)
	}
	return m, nil
}

// fill takes what a call says of a message. Metadata stay when it says nothing
// of them.
func (s *Server) fill(m *Message, a args) answer {
	text, blocks, meta := a.get("text"), a.get("blocks"), a.get("metadata")
	if text == "" && (blocks == "" || blocks == "[]") {
		return refuse("no_text")
	}
	if len([]rune(text)) > 40000 {
		return refuse("msg_too_long")
	}
	if bad := s.checkMessage(blocks); bad != nil {
		return bad
	}
	m.Text = text
	m.Blocks = nil
	if blocks != "" {
		m.Blocks = json.RawMessage(blocks)
	}
	if meta == "" {
		return nil
	}
	v := gjson.Parse(meta)
	if !gjson.Valid(meta) || v.Get("event_type").Str == "" || !v.Get("event_payload").IsObject() {
		return refuse("invalid_metadata_format")
	}
	m.Metadata, m.Key = json.RawMessage(meta), v.Get("event_payload.key").Str
	return nil
}

// shape is the message as Slack gives it.
func (s *Server) shape(m *Message, metadata bool) answer {
	out := answer{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": s.o.Team}
	if m.User == s.o.Bot {
		out["bot_id"], out["app_id"] = s.botID(), s.appID()
		out["bot_profile"] = answer{"id": s.botID(), "app_id": s.appID(), "name": s.o.BotName, "team_id": s.o.Team, "deleted": false, "updated": 0}
	}
	if m.Subtype != "" {
		out["subtype"] = m.Subtype
	}
	if len(m.Files) > 0 {
		out["files"] = s.shapesOf(m.Files)
	}
	if len(m.Reactions) > 0 {
		out["reactions"] = m.reactions()
	}
	if m.blocks != nil {
		out["blocks"] = m.blocks
	}
	if m.Thread != "" {
		out["thread_ts"] = m.Thread
		if root := s.find(m.Channel, m.Thread); root != nil {
			out["parent_user_id"] = root.User
		}
	} else if n, latest := s.countReplies(m); n > 0 {
		out["thread_ts"], out["reply_count"], out["latest_reply"] = m.TS, n, latest
	}
	if m.Edits > 0 {
		out["edited"] = answer{"user": m.User, "ts": cmp.Or(m.Edited, m.TS)}
	}
	if metadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	return out
}

func (s *Server) countReplies(root *Message) (n int, latest string) {
	for _, m := range s.rooms[root.Channel] {
		if m.Thread == root.TS && !m.Deleted && m.To == "" {
			n, latest = n+1, m.TS
		}
	}
	return n, latest
}

func (s *Server) postEphemeral(a args) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	user := s.person(a.get("user"))
	switch {
	case user == nil:
		return refuse("user_not_found")
	case !s.isMember(channel, user.ID):
		return refuse("user_not_in_channel")
	}
	m := &Message{Channel: channel, User: s.o.Bot, To: user.ID}
	if bad := s.fill(m, a); bad != nil {
		return bad
	}
	m.Thread = a.get("thread_ts")
	s.store(m)
	return answer{"ok": true, "message_ts": m.TS}
}

func (s *Server) permalink(a args) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	m := s.find(channel, a.get("message_ts"))
	if m == nil {
		return refuse("message_not_found")
	}
	link := "https://fake.slack.example/archives/" + channel + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.Thread != "" {
		link += "?thread_ts=" + m.Thread + "&cid=" + channel
	}
	return answer{"ok": true, "channel": channel, "permalink": link}
}

// micros reads a timestamp; decimals may be missing.
func micros(ts string) (int64, bool) {
	sec, frac, _ := strings.Cut(ts, ".")
	whole, err1 := strconv.ParseInt(sec, 10, 64)
	part, err2 := strconv.ParseInt(cmp.Or((frac + "000000")[:6], "0"), 10, 64)
	return whole*1e6 + part, err1 == nil && err2 == nil
}
