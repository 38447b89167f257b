package fakeslack

import (
	"cmp"
	"encoding/json"
	"fmt"
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
	Text     string          `json:"text"`
	Key      string          `json:"key,omitempty"` // metadata.event_payload.key
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
	Edits    int             `json:"edits,omitempty"`
	Deleted  bool            `json:"deleted,omitempty"` // it is gone for Slack's clients

	Reactions map[string][]string `json:"reactions,omitempty"` // emoji to people
}

// Messages returns all messages that were ever stored, oldest first, the
// deleted ones too.
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

// Say lets a person write into a channel, in the thread of that root unless it
// is "", and returns the ts of the message.
func (s *Server) Say(channel, user, thread, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store(&Message{Channel: channel, User: user, Thread: thread, Text: text}).TS
}

// store gives m its timestamp: the microsecond that it is, or the next free one.
func (s *Server) store(m *Message) *Message {
	s.last = max(s.last+1, s.o.Now().UnixMicro())
	m.TS = fmt.Sprintf("%d.%06d", s.last/1e6, s.last%1e6)
	s.messages = append(s.messages, m)
	s.rooms[m.Channel] = append(s.rooms[m.Channel], m)
	return m
}

// find returns the message that stands there, or nil.
func (s *Server) find(channel, ts string) *Message {
	for _, m := range s.rooms[channel] {
		if m.TS == ts && !m.Deleted {
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
	if bad := m.fill(a); bad != nil {
		return bad
	}
	// A reply to a root that is gone stands in the channel itself.
	if root := a.get("thread_ts"); s.find(channel, root) != nil {
		m.Thread = root
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
	if bad := next.fill(a); bad != nil {
		return bad
	}
	next.Edits++
	*m = next
	return answer{"ok": true, "channel": m.Channel, "ts": m.TS, "text": m.Text, "message": s.shape(m, true)}
}

func (s *Server) delete(a args) answer {
	m, bad := s.own(a, "cant_delete_message")
	if bad != nil {
		return bad
	}
	m.Deleted = true
	return answer{"ok": true, "channel": m.Channel, "ts": m.TS}
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
func (m *Message) fill(a args) answer {
	text, blocks, meta := a.get("text"), a.get("blocks"), a.get("metadata")
	if text == "" && (blocks == "" || blocks == "[]") {
		return refuse("no_text")
	}
	if len([]rune(text)) > 40000 {
		return refuse("msg_too_long")
	}
	if bad := checkBlocks(blocks); bad != nil {
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
		out["bot_id"], out["app_id"] = s.botID(), "A"+s.o.Bot[1:]
	}
	if m.Blocks != nil {
		out["blocks"] = m.Blocks
	}
	if m.Thread != "" {
		out["thread_ts"] = m.Thread
	} else if n := s.countReplies(m); n > 0 {
		out["thread_ts"], out["reply_count"] = m.TS, n
	}
	if m.Edits > 0 {
		out["edited"] = answer{"user": m.User, "ts": m.TS}
	}
	if metadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	return out
}

func (s *Server) countReplies(root *Message) (n int) {
	for _, m := range s.rooms[root.Channel] {
		if m.Thread == root.TS && !m.Deleted {
			n++
		}
	}
	return n
}

// micros reads a timestamp; decimals may be missing.
func micros(ts string) (int64, bool) {
	sec, frac, _ := strings.Cut(ts, ".")
	whole, err1 := strconv.ParseInt(sec, 10, 64)
	part, err2 := strconv.ParseInt(cmp.Or((frac + "000000")[:6], "0"), 10, 64)
	return whole*1e6 + part, err1 == nil && err2 == nil
}
