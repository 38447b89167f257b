package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"
)

// react adds an emoji in the name of the app.
func (s *Server) react(a args) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	m, emoji := s.find(channel, a.get("timestamp")), a.get("name")
	switch {
	case m == nil:
		return refuse("message_not_found")
	case emoji == "":
		return refuse("invalid_name")
	case slices.Contains(m.Reactions[emoji], s.o.Bot):
		return refuse("already_reacted")
	}
	if m.Reactions == nil {
		m.Reactions = map[string][]string{}
	}
	m.Reactions[emoji] = append(m.Reactions[emoji], s.o.Bot)
	return answer{"ok": true}
}

// openView takes a modal or a home tab.
func (s *Server) openView(a args) answer {
	view := a.get("view")
	if !gjson.Valid(view) || gjson.Get(view, "type").Str == "" {
		return refuse("invalid_arguments")
	}
	if a.get("trigger_id") == "" && a.get("user_id") == "" {
		return refuse("invalid_trigger_id")
	}
	s.serial++
	return s.keepView(fmt.Sprintf("V%06d", s.serial), view)
}

func (s *Server) updateView(a args) answer {
	id, view := a.get("view_id"), a.get("view")
	if _, ok := s.views[id]; !ok {
		return refuse("not_found")
	}
	if !gjson.Valid(view) || gjson.Get(view, "type").Str == "" {
		return refuse("invalid_arguments")
	}
	return s.keepView(id, view)
}

// keepView stores a view and answers with it, as Slack does: with its id.
func (s *Server) keepView(id, view string) answer {
	s.views[id] = json.RawMessage(view)
	shape := answer{}
	gjson.Parse(view).ForEach(func(k, v gjson.Result) bool {
		shape[k.String()] = json.RawMessage(v.Raw)
		return true
	})
	shape["id"], shape["team_id"] = id, s.o.Team
	return answer{"ok": true, "view": shape}
}
