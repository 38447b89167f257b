package fakeslack

import (
	"maps"
	"slices"
)

// reactions are those of a message as Slack gives them.
func (m *Message) reactions() []answer {
	out := []answer{}
	for _, emoji := range slices.Sorted(maps.Keys(m.Reactions)) {
		out = append(out, answer{"name": emoji, "users": m.Reactions[emoji], "count": len(m.Reactions[emoji])})
	}
	return out
}

// setReaction puts or takes an emoji and tells of it; it returns Slack's error.
func (s *Server) setReaction(m *Message, user, emoji string, put bool) string {
	has := slices.Contains(m.Reactions[emoji], user)
	switch {
	case emoji == "":
		return "invalid_name"
	case put && has:
		return "already_reacted"
	case !put && !has:
		return "no_reaction"
	}
	if m.Reactions == nil {
		m.Reactions = map[string][]string{}
	}
	if put {
		m.Reactions[emoji] = append(m.Reactions[emoji], user)
		s.emitReaction("reaction_added", m, user, emoji)
		return ""
	}
	m.Reactions[emoji] = slices.DeleteFunc(m.Reactions[emoji], func(u string) bool { return u == user })
	if len(m.Reactions[emoji]) == 0 {
		delete(m.Reactions, emoji)
	}
	s.emitReaction("reaction_removed", m, user, emoji)
	return ""
}

// react adds an emoji in the name of the app.
func (s *Server) react(a args) answer { return s.appReacts(a, true) }

// unreact takes an emoji of the app away.
func (s *Server) unreact(a args) answer { return s.appReacts(a, false) }

func (s *Server) appReacts(a args, put bool) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	m := s.find(channel, a.get("timestamp"))
	if m == nil {
		return refuse("message_not_found")
	}
	if code := s.setReaction(m, s.o.Bot, a.get("name"), put); code != "" {
		return refuse(code)
	}
	return answer{"ok": true}
}

func (s *Server) reactions(a args) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	m := s.find(channel, a.get("timestamp"))
	if m == nil {
		return refuse("message_not_found")
	}
	return answer{"ok": true, "type": "message", "channel": channel, "message": s.shape(m, false)}
}
