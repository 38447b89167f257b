package fakeslack

import (
	"cmp"
	"encoding/base64"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is a user of the workspace.
type Person struct {
	ID, Name, RealName, Email string
	Zone                      string // IANA name, default UTC
	Bot, Deleted, Guest       bool
	Title, Status             string
	Quiet                     [2]int64 // start and end of the next do-not-disturb, in seconds since 1970; zero for none
}

// Channel is a conversation.
type Channel struct {
	ID, Name          string
	Private, Archived bool
	Absent            bool     // the app is no member
	Shared            bool     // with another organisation, by Slack Connect
	Multi             bool     // a direct message of several people
	Members           []string // people in it besides the app; nil for everybody, or for a Multi nobody
	Topic, Purpose    string
}

// Group is a user group.
type Group struct {
	ID, Handle string
	Users      []string
}

// place returns the channel that an id of a call stands for, a person's being
// the direct message with that person; code says why there is none.
func (s *Server) place(id string) (channel, code string) {
	if id == "" {
		return "", "channel_not_found"
	}
	switch id[0] {
	case 'U', 'W':
		if p := s.person(id); p == nil {
			return "", "channel_not_found"
		}
		return direct(id), ""
	case 'D':
		return id, ""
	case 'C', 'G':
		c := s.channel(id)
		switch {
		case c == nil:
			return "", "channel_not_found"
		case c.Archived:
			return "", "is_archived"
		case c.Absent:
			return "", "not_in_channel"
		}
		return id, ""
	}
	return "", "channel_not_found"
}

// direct is the id of the direct message with a person.
func direct(user string) string { return "D" + user[1:] }

// partner is the person of a direct message.
func (s *Server) partner(channel string) string {
	if id := "W" + channel[1:]; s.people[id] != nil {
		return id
	}
	return "U" + channel[1:]
}

// person returns the user of that id, or nil.
func (s *Server) person(id string) *Person {
	if p := s.people[id]; p != nil {
		return p
	}
	if s.o.Strict || len(id) < 2 || (id[0] != 'U' && id[0] != 'W') {
		return nil
	}
	p := &Person{ID: id, Name: strings.ToLower(id)}
	s.people[id] = p
	return p
}

// channel returns the channel of that id, or nil.
func (s *Server) channel(id string) *Channel {
	if c := s.channels[id]; c != nil {
		return c
	}
	if s.o.Strict || len(id) < 2 || (id[0] != 'C' && id[0] != 'G') {
		return nil
	}
	c := &Channel{ID: id, Name: strings.ToLower(id), Private: id[0] == 'G'}
	s.channels[id] = c
	return c
}

// open opens a direct message, or a group message of several people.
func (s *Server) open(a args) answer {
	if id := a.get("channel"); id != "" {
		channel, code := s.place(id)
		if code != "" {
			return refuse(code)
		}
		return answer{"ok": true, "channel": answer{"id": channel}}
	}
	users := strings.FieldsFunc(a.get("users"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(users) == 0 {
		return refuse("users_list_not_supplied")
	}
	for _, u := range users {
		p := s.person(u)
		switch {
		case p == nil:
			return refuse("user_not_found")
		case p.Deleted:
			return refuse("user_disabled")
		case p.Bot:
			return refuse("cannot_dm_bot")
		}
	}
	if len(users) == 1 {
		return answer{"ok": true, "channel": answer{"id": direct(users[0])}}
	}
	slices.Sort(users)
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.Join(users, ","))) // a hash takes every byte
	c := s.groupMessage("G"+strings.ToUpper(strconv.FormatUint(uint64(h.Sum32()), 36)), users)
	return answer{"ok": true, "channel": answer{"id": c.ID}}
}

// groupMessage returns the group message of that id, made when it is new.
func (s *Server) groupMessage(id string, users []string) *Channel {
	if s.channels[id] == nil {
		s.channels[id] = &Channel{ID: id, Name: "mpdm-" + strings.ToLower(id), Private: true, Multi: true, Members: users}
		s.changed("")
	}
	return s.channels[id]
}

func (s *Server) shapeOfChannel(c *Channel) answer {
	return answer{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_channel": c.ID[0] == 'C', "is_group": c.ID[0] == 'G' && !c.Multi, "is_im": false, "is_mpim": c.Multi,
		"is_private": c.Private, "is_archived": c.Archived, "is_member": !c.Absent, "is_shared": c.Shared, "is_ext_shared": c.Shared, "created": 1,
		"creator": s.o.Bot, "context_team_id": s.o.Team, "num_members": len(s.membersOf(c.ID)),
		"topic": answer{"value": c.Topic, "creator": "", "last_set": 0}, "purpose": answer{"value": c.Purpose, "creator": "", "last_set": 0},
	}
}

func (s *Server) info(a args) answer {
	id := a.get("channel")
	if strings.HasPrefix(id, "D") {
		return answer{"ok": true, "channel": answer{"id": id, "is_im": true, "user": s.partner(id), "is_archived": false, "created": 1}}
	}
	c := s.channel(id)
	if c == nil {
		return refuse("channel_not_found")
	}
	return answer{"ok": true, "channel": s.shapeOfChannel(c)}
}

func (s *Server) list(a args) answer {
	var all []answer
	types := strings.Split(cmp.Or(strings.ReplaceAll(a.get("types"), " ", ""), "public_channel,private_channel,mpim"), ",")
	for _, id := range slices.Sorted(maps.Keys(s.channels)) {
		c, kind := s.channels[id], "public_channel"
		switch {
		case c.Multi:
			kind = "mpim"
		case c.Private:
			kind = "private_channel"
		}
		if slices.Contains(types, kind) && (!c.Archived || !a.yes("exclude_archived")) {
			all = append(all, s.shapeOfChannel(c))
		}
	}
	if slices.Contains(types, "im") {
		for _, id := range slices.Sorted(maps.Keys(s.people)) {
			if p := s.people[id]; !p.Bot {
				all = append(all, answer{"id": direct(id), "is_im": true, "user": id, "is_user_deleted": p.Deleted, "created": 1})
			}
		}
	}
	return paged("channels", all, a)
}

// paged answers with one page of a list; the cursor is the place to go on at.
func paged(name string, all []answer, a args) answer {
	from := 0
	if v := a.get("cursor"); v != "" {
		raw, err := base64.StdEncoding.DecodeString(v)
		n, err2 := strconv.Atoi(string(raw))
		if err != nil || err2 != nil || n < 0 || n > len(all) {
			return refuse("invalid_cursor")
		}
		from = n
	}
	limit := 1000
	if n, err := strconv.Atoi(a.get("limit")); err == nil && n > 0 {
		limit = min(n, limit)
	}
	to, next := min(from+limit, len(all)), ""
	if to < len(all) {
		next = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(to)))
	}
	page := append([]answer{}, all[from:to]...)
	return answer{"ok": true, name: page, "response_metadata": answer{"next_cursor": next}}
}

func (s *Server) shapeOf(p *Person) answer {
	zone, offset := cmp.Or(p.Zone, "UTC"), 0
	if l, err := time.LoadLocation(zone); err == nil {
		_, offset = s.o.Now().In(l).Zone()
	}
	real := cmp.Or(p.RealName, p.Name)
	out := answer{
		"id": p.ID, "team_id": s.o.Team, "name": p.Name, "real_name": real, "deleted": p.Deleted, "is_bot": p.Bot, "is_restricted": p.Guest, "is_ultra_restricted": false,
		"is_app_user": false, "is_stranger": false, "updated": 1, "tz": zone, "tz_label": zone, "tz_offset": offset,
		"profile": answer{"email": p.Email, "real_name": real, "display_name": p.Name, "title": p.Title, "status_text": p.Status, "status_emoji": "", "status_expiration": 0, "team": s.o.Team},
	}
	if p.ID == s.o.Bot {
		out["profile"].(answer)["bot_id"], out["profile"].(answer)["api_app_id"] = s.botID(), s.appID()
	}
	return out
}

func (s *Server) userInfo(a args) answer {
	p := s.person(a.get("user"))
	if p == nil {
		return refuse("user_not_found")
	}
	return answer{"ok": true, "user": s.shapeOf(p)}
}

func (s *Server) userList(a args) answer {
	var all []answer
	for _, id := range slices.Sorted(maps.Keys(s.people)) {
		all = append(all, s.shapeOf(s.people[id]))
	}
	return paged("members", all, a)
}

func (s *Server) lookupByEmail(a args) answer {
	for _, id := range slices.Sorted(maps.Keys(s.people)) {
		if p := s.people[id]; p.Email != "" && strings.EqualFold(p.Email, a.get("email")) && !p.Deleted {
			return answer{"ok": true, "user": s.shapeOf(p)}
		}
	}
	return refuse("users_not_found")
}
