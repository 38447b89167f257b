package fakeslack

import (
	"strings"
)

func (s *Server) groupList(a args) answer {
	groups := []answer{}
	for _, g := range s.groups {
		groups = append(groups, s.shapeOfGroup(g, a.yes("include_users")))
	}
	return answer{"ok": true, "usergroups": groups}
}

func (s *Server) shapeOfGroup(g *Group, users bool) answer {
	shape := answer{
		"id": g.ID, "team_id": s.o.Team, "is_usergroup": true, "is_subteam": true, "name": g.Handle, "handle": g.Handle, "user_count": len(g.Users),
		"is_external": false, "date_create": 1, "date_update": 1, "date_delete": 0, "prefs": answer{"channels": []string{}, "groups": []string{}},
	}
	if users {
		shape["users"] = g.Users
	}
	return shape
}

func (s *Server) groupUsers(a args) answer {
	for _, g := range s.groups {
		if g.ID == a.get("usergroup") {
			return answer{"ok": true, "users": g.Users}
		}
	}
	return refuse("no_such_subteam")
}

// SetGroup gives a user group other people, and tells the app. A group that is
// not there yet is made.
func (s *Server) SetGroup(group Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	group.Users = append([]string{}, group.Users...)
	what := "subteam_created"
	for i, g := range s.groups {
		if g.ID == group.ID {
			what = "subteam_updated"
			s.groups[i] = &group
		}
	}
	if what == "subteam_created" {
		s.groups = append(s.groups, &group)
	}
	s.emit("", answer{"type": what, "subteam": s.shapeOfGroup(&group, true)})
}

// SetPerson changes a person, or lets one join the workspace, and tells the app.
func (s *Server) SetPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what := "team_join"
	if s.people[p.ID] != nil {
		what = "user_change"
	}
	s.people[p.ID] = &p
	s.emit("", answer{"type": what, "user": s.shapeOf(&p), "cache_ts": s.o.Now().Unix()})
}

// quiet is the do-not-disturb of a person. Slack says 1 for never.
func (s *Server) quiet(user string) answer {
	if p := s.person(user); p != nil && p.Quiet[1] > p.Quiet[0] {
		return answer{"dnd_enabled": true, "next_dnd_start_ts": p.Quiet[0], "next_dnd_end_ts": p.Quiet[1]}
	}
	return answer{"dnd_enabled": false, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
}

func (s *Server) dndInfo(a args) answer {
	user := a.get("user")
	if user == "" {
		user = s.o.Bot
	}
	if s.person(user) == nil {
		return refuse("user_not_found")
	}
	out := s.quiet(user)
	out["ok"] = true
	return out
}

func (s *Server) teamInfo(a args) answer {
	users := strings.FieldsFunc(a.get("users"), func(r rune) bool { return r == ',' })
	if len(users) > 50 {
		return refuse("too_many_users")
	}
	out := answer{}
	for _, u := range users {
		out[u] = s.quiet(u)
	}
	return answer{"ok": true, "users": out}
}

func (s *Server) presence(a args) answer {
	p := s.person(a.get("user"))
	if p == nil {
		return refuse("user_not_found")
	}
	return answer{"ok": true, "presence": "active"}
}

func (s *Server) profile(a args) answer {
	p := s.person(a.get("user"))
	if p == nil {
		return refuse("user_not_found")
	}
	return answer{"ok": true, "profile": s.shapeOf(p)["profile"]}
}

func (s *Server) teamProfile(args) answer {
	return answer{"ok": true, "profile": answer{"fields": []answer{}, "sections": []answer{}}}
}
