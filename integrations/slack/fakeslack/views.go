package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tidwall/gjson"
)

// How long what an app is given to answer with is good for.
const (
	triggerLife = 3 * time.Second
	hookLife    = 30 * time.Minute
	hookUses    = 5
	maxStack    = 3 // views above each other
)

// surfaces are the views that people look at, and what an app may answer with.
type surfaces struct {
	views    map[string]*View
	stacks   map[string][]*View // person to open modals, the topmost last
	homes    map[string]*View
	triggers map[string]*trigger
	hooks    map[string]*hook
	states   map[string]state // of messages, by channel/ts
}

func newSurfaces() surfaces {
	return surfaces{views: map[string]*View{}, stacks: map[string][]*View{}, homes: map[string]*View{}, triggers: map[string]*trigger{}, hooks: map[string]*hook{}, states: map[string]state{}}
}

// state is what was entered and chosen: by block and action.
type state map[string]map[string]answer

// View is a modal or a home tab that a person looks at.
type View struct {
	ID, User, Hash string
	Type           string // modal or home
	Callback       string
	External       string
	Root, Previous string
	Body           json.RawMessage // as the app gave it, with ids for the blocks that lacked one
	state          state
}

type trigger struct {
	user  string
	until time.Time
	view  string // the modal it comes from
	used  bool
}

func (s *Server) newTrigger(user, view string) string {
	id := s.id("12345.98765.")
	s.triggers[id] = &trigger{user: user, view: view, until: s.moment().Add(triggerLife)}
	return id
}

// pull takes a trigger. One that was never given out is taken unless the
// workspace is strict.
func (s *Server) pull(id string) (*trigger, answer) {
	t := s.triggers[id]
	switch {
	case id == "" || t == nil && s.o.Strict:
		return nil, refuse("invalid_trigger_id")
	case t == nil:
		return &trigger{user: "U0"}, nil
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case s.moment().After(t.until):
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

func (s *Server) openView(a args) answer {
	v, bad := s.readView(a.get("view"), "modal")
	if bad != nil {
		return bad
	}
	t, bad := s.pull(a.get("trigger_id"))
	if bad != nil {
		return bad
	}
	s.stack(v, t.user, nil)
	return s.viewAnswer(v)
}

func (s *Server) pushView(a args) answer {
	v, bad := s.readView(a.get("view"), "modal")
	if bad != nil {
		return bad
	}
	t, bad := s.pull(a.get("trigger_id"))
	if bad != nil {
		return bad
	}
	open := s.stacks[t.user]
	switch {
	case len(open) == 0:
		return refuse("not_found")
	case len(open) >= maxStack:
		return refuse("push_limit_reached")
	}
	s.stack(v, t.user, open)
	return s.viewAnswer(v)
}

// stack shows a modal to a person, above those that stay open.
func (s *Server) stack(v *View, user string, below []*View) {
	v.ID, v.User = s.id("V"), user
	v.Root = v.ID
	if len(below) > 0 {
		v.Root, v.Previous = below[0].ID, below[len(below)-1].ID
	}
	s.views[v.ID] = v
	s.stacks[user] = append(slices.Clone(below), v)
	s.changed("")
}

func (s *Server) publishView(a args) answer {
	user := s.person(a.get("user_id"))
	if user == nil {
		return refuse("user_not_found")
	}
	v, bad := s.readView(a.get("view"), "home")
	if bad != nil {
		return bad
	}
	old := s.homes[user.ID]
	switch hash := a.get("hash"); {
	case old != nil && hash != "" && hash != old.Hash:
		return refuse("hash_conflict")
	case old != nil:
		v.ID, v.state = old.ID, state{}
	default:
		v.ID = s.id("V")
	}
	v.User, v.Root = user.ID, v.ID
	s.views[v.ID], s.homes[user.ID] = v, v
	s.changed("")
	return s.viewAnswer(v)
}

func (s *Server) updateView(a args) answer {
	old := s.views[a.get("view_id")]
	if external := a.get("external_id"); old == nil && external != "" {
		for _, v := range s.views {
			if v.External == external {
				old = v
			}
		}
	}
	if old == nil {
		return refuse("not_found")
	}
	v, bad := s.readView(a.get("view"), old.Type)
	if bad != nil {
		return bad
	}
	if hash := a.get("hash"); hash != "" && hash != old.Hash {
		return refuse("hash_conflict")
	}
	s.replaceView(old, v)
	return s.viewAnswer(old)
}

// replaceView puts a view into the place of another. What was entered into inputs
// that are still there stays.
func (s *Server) replaceView(old, v *View) {
	kept := state{}
	for block, actions := range old.state {
		for action, value := range actions {
			if e := element(v.Body, block, action); e.Exists() {
				kept.set(block, action, value)
			}
		}
	}
	old.Body, old.Hash, old.Callback, old.External, old.state = v.Body, v.Hash, v.Callback, v.External, kept
	s.changed("")
}

// readView checks a view as Slack does.
func (s *Server) readView(view, kind string) (*View, answer) {
	v := gjson.Parse(view)
	if !gjson.Valid(view) || !v.IsObject() {
		return nil, refuse("invalid_arguments")
	}
	if bad := s.checkView(v, kind); bad != nil {
		return nil, bad
	}
	body := answer{}
	v.ForEach(func(k, part gjson.Result) bool {
		body[k.String()] = json.RawMessage(part.Raw)
		return true
	})
	body["blocks"] = s.numbered(json.RawMessage(v.Get("blocks").Raw))
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, refuse("invalid_arguments")
	}
	s.serial++
	return &View{
		Type: kind, Body: raw, Callback: v.Get("callback_id").Str, External: v.Get("external_id").Str, state: state{},
		Hash: fmt.Sprintf("%d.%08x", s.o.Now().Unix(), s.serial),
	}, nil
}

func (s *Server) viewAnswer(v *View) answer { return answer{"ok": true, "view": s.shapeOfView(v)} }

// shapeOfView is the view as Slack gives it.
func (s *Server) shapeOfView(v *View) answer {
	shape := answer{
		"id": v.ID, "team_id": s.o.Team, "private_metadata": "", "callback_id": "", "state": answer{"values": s.entered(v)}, "hash": v.Hash,
		"title": nil, "close": nil, "submit": nil, "clear_on_close": false, "notify_on_close": false, "external_id": "",
		"root_view_id": v.Root, "previous_view_id": nil, "app_id": s.appID(), "bot_id": s.botID(), "app_installed_team_id": s.o.Team,
	}
	if v.Previous != "" {
		shape["previous_view_id"] = v.Previous
	}
	gjson.ParseBytes(v.Body).ForEach(func(k, part gjson.Result) bool {
		shape[k.String()] = json.RawMessage(part.Raw)
		return true
	})
	return shape
}

// Modals returns the modals that a person has open, the topmost last.
func (s *Server) Modals(user string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]View, len(s.stacks[user]))
	for i, v := range s.stacks[user] {
		out[i] = *v
	}
	return out
}

// Home returns the home tab of a person as the app published it, and whether it
// did.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[user]
	if v == nil {
		return View{}, false
	}
	return *v, true
}
