package fakeslack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// membersOf returns who is in a channel, the app among them.
func (s *Server) membersOf(channel string) (users []string) {
	if strings.HasPrefix(channel, "D") {
		return []string{s.partner(channel), s.o.Bot}
	}
	c := s.channel(channel)
	switch {
	case c == nil:
		return nil
	case c.Members == nil && !c.Multi:
		for _, id := range slices.Sorted(maps.Keys(s.people)) {
			if p := s.people[id]; !p.Bot && !p.Deleted {
				users = append(users, id)
			}
		}
	default:
		users = slices.Clone(c.Members)
	}
	if !c.Absent {
		users = append(users, s.o.Bot)
	}
	return users
}

func (s *Server) isMember(channel, user string) bool {
	return slices.Contains(s.membersOf(channel), user)
}

func (s *Server) memberList(a args) answer {
	id := a.get("channel")
	if len(id) < 2 || id[0] != 'D' && s.channel(id) == nil {
		return refuse("channel_not_found")
	}
	users := s.membersOf(id)
	shapes := make([]answer, len(users))
	for i, u := range users {
		shapes[i] = answer{"id": u}
	}
	out := paged("members", shapes, a)
	if page, ok := out["members"].([]answer); ok {
		ids := make([]any, len(page))
		for i, m := range page {
			ids[i] = m["id"]
		}
		out["members"] = ids
	}
	return out
}

func (s *Server) joinCall(a args) answer {
	c := s.channel(a.get("channel"))
	switch {
	case c == nil || c.Private:
		return refuse("channel_not_found")
	case c.Archived:
		return refuse("is_archived")
	}
	s.enter(c, s.o.Bot, "")
	return answer{"ok": true, "channel": s.shapeOfChannel(c)}
}

func (s *Server) leaveCall(a args) answer {
	c := s.channel(a.get("channel"))
	if c == nil {
		return refuse("channel_not_found")
	}
	was := s.isMember(c.ID, s.o.Bot)
	s.exit(c, s.o.Bot)
	return answer{"ok": true, "not_in_channel": !was}
}

func (s *Server) inviteCall(a args) answer {
	id, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	c := s.channel(id)
	if c == nil || c.Multi {
		return refuse("method_not_supported_for_channel_type")
	}
	users := strings.FieldsFunc(a.get("users"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(users) == 0 {
		return refuse("no_user")
	}
	for _, u := range users {
		switch {
		case s.person(u) == nil:
			return refuse("user_not_found")
		case u == s.o.Bot:
			return refuse("cant_invite_self")
		case s.isMember(id, u):
			return refuse("already_in_channel")
		}
	}
	for _, u := range users {
		s.enter(c, u, s.o.Bot)
	}
	return answer{"ok": true, "channel": s.shapeOfChannel(c)}
}

// enter lets a person or the app into a channel, and tells of it.
func (s *Server) enter(c *Channel, user, inviter string) {
	if s.isMember(c.ID, user) {
		return
	}
	if user == s.o.Bot {
		c.Absent = false
	} else {
		s.listMembers(c)
		c.Members = append(c.Members, user)
	}
	s.emit(c.ID, s.memberEvent("member_joined_channel", c, user, inviter))
	s.store(&Message{Channel: c.ID, User: user, Subtype: "channel_join", Text: fmt.Sprintf("<@%s> has joined the channel", user)})
}

func (s *Server) exit(c *Channel, user string) {
	if !s.isMember(c.ID, user) {
		return
	}
	s.emit(c.ID, s.memberEvent("member_left_channel", c, user, ""))
	if user == s.o.Bot {
		c.Absent = true
	} else {
		s.listMembers(c)
		c.Members = slices.DeleteFunc(c.Members, func(u string) bool { return u == user })
	}
	s.changed(c.ID)
}

// listMembers makes the members of an open channel a list that can change.
func (s *Server) listMembers(c *Channel) {
	if c.Members == nil {
		c.Members = slices.DeleteFunc(s.membersOf(c.ID), func(u string) bool { return u == s.o.Bot })
		c.Members = append([]string{}, c.Members...)
	}
}

func (s *Server) memberEvent(what string, c *Channel, user, inviter string) answer {
	kind := "C"
	if c.Private {
		kind = "G"
	}
	out := answer{"type": what, "user": user, "channel": c.ID, "channel_type": kind, "team": s.o.Team}
	if inviter != "" {
		out["inviter"] = inviter
	}
	return out
}

// Join lets a person into a channel; the app too.
func (s *Server) Join(channel, user string) error {
	return s.inChannel(channel, func(c *Channel) { s.enter(c, user, "") })
}

// Leave lets a person out of a channel; the app too.
func (s *Server) Leave(channel, user string) error {
	return s.inChannel(channel, func(c *Channel) { s.exit(c, user) })
}

// Invite lets one person bring another into a channel; the app too.
func (s *Server) Invite(channel, inviter, user string) error {
	return s.inChannel(channel, func(c *Channel) { s.enter(c, user, inviter) })
}

// Create makes a channel and tells the app when it is public.
func (s *Server) Create(c Channel, creator string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Members = slices.Clone(c.Members)
	s.channels[c.ID] = &c
	if !c.Private {
		s.emit("", answer{"type": "channel_created", "channel": answer{"id": c.ID, "name": c.Name, "created": s.o.Now().Unix(), "creator": creator}})
	}
	s.changed("")
}

// Rename gives a channel another name.
func (s *Server) Rename(channel, name string) error {
	return s.inChannel(channel, func(c *Channel) {
		c.Name = name
		s.emit(c.ID, answer{"type": family(c) + "_rename", "channel": answer{"id": c.ID, "name": name, "is_channel": !c.Private, "created": 1}})
	})
}

// Archive closes a channel, or opens it again.
func (s *Server) Archive(channel, user string, archived bool) error {
	return s.inChannel(channel, func(c *Channel) {
		what := "_archive"
		if !archived {
			what = "_unarchive"
		}
		c.Archived = archived
		s.emit(c.ID, answer{"type": family(c) + what, "channel": c.ID, "user": user})
	})
}

// DeleteChannel removes a channel with all that is in it.
func (s *Server) DeleteChannel(channel string) error {
	return s.inChannel(channel, func(c *Channel) {
		s.emit(c.ID, answer{"type": family(c) + "_deleted", "channel": c.ID, "actor_id": ""})
		delete(s.channels, c.ID)
		for _, m := range s.rooms[c.ID] {
			m.Deleted = true
		}
	})
}

// family is how the names of the events of a channel begin.
func family(c *Channel) string {
	if c.Private {
		return "group"
	}
	return "channel"
}

func (s *Server) inChannel(id string, do func(*Channel)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channel(id)
	if c == nil {
		return fmt.Errorf("channel_not_found: there is no channel %q", id)
	}
	do(c)
	return nil
}
