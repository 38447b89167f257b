package fakeslack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Shortcut is one that the app offers.
type Shortcut struct {
	ID      string // callback id
	Name    string
	Message bool // in the menu of a message, not a global one
}

// Click is what a person does with an element of a message or of a view.
type Click struct {
	User          string
	Channel, TS   string // of the message; or
	View          string // id of the view
	Block, Action string // Block may be left out where the action id is unique
	Values        []string
}

// tell delivers what build makes, with the lock held, and waits for the app.
func (s *Server) tell(ctx context.Context, build func() (*delivery, error)) (json.RawMessage, error) {
	s.mu.Lock()
	d, err := build()
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	d.done = make(chan outcome, 1)
	s.dispatch(d)
	s.mu.Unlock()
	select {
	case o := <-d.done:
		return o.payload, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// interaction wraps a payload for its way to the app.
func interaction(payload answer) (*delivery, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("write the payload: %w", err)
	}
	return &delivery{kind: kindInteract, name: kindInteract, payload: raw, form: url.Values{"payload": {string(raw)}}.Encode()}, nil
}

// common is what every interaction says.
func (s *Server) common(kind string, p *Person) answer {
	return answer{
		"type": kind, "token": "fake", "api_app_id": s.appID(), "enterprise": nil, "is_enterprise_install": false,
		"team": answer{"id": s.o.Team, "domain": "fake"},
		"user": answer{"id": p.ID, "username": p.Name, "name": p.Name, "team_id": s.o.Team},
	}
}

func (s *Server) nameOf(channel string) string {
	if strings.HasPrefix(channel, "D") {
		return "directmessage"
	}
	if c := s.channel(channel); c != nil {
		return c.Name
	}
	return ""
}

// Click presses a button or chooses from a menu, and waits until the app has
// acknowledged it.
func (s *Server) Click(ctx context.Context, c Click) error {
	_, err := s.tell(ctx, func() (*delivery, error) { return s.blockActions(c) })
	return err
}

// seen returns the message that a person sees there, an ephemeral one too.
func (s *Server) seen(channel, ts, user string) *Message {
	for _, m := range s.rooms[channel] {
		if m.TS == ts && !m.Deleted && (m.To == "" || m.To == user) {
			return m
		}
	}
	return nil
}

func (s *Server) blockActions(c Click) (*delivery, error) {
	p := s.person(c.User)
	if p == nil {
		return nil, fmt.Errorf("click: there is no person %q", c.User)
	}
	payload := s.common("block_actions", p)
	var body []byte
	var kept state
	view := s.views[c.View]
	switch m := s.seen(c.Channel, c.TS, c.User); {
	case view != nil:
		body, kept = view.Body, view.state
	case m != nil && s.isMember(m.Channel, c.User):
		body = m.blocks
		key := m.Channel + "/" + m.TS
		if s.states[key] == nil {
			s.states[key] = state{}
		}
		kept = s.states[key]
		s.fromMessage(payload, m, p.ID)
	default:
		return nil, fmt.Errorf("click: %s sees no such message or view", c.User)
	}
	if c.Block == "" {
		c.Block = blockOf(body, c.Action)
	}
	e := element(body, c.Block, c.Action)
	if !e.Exists() {
		return nil, fmt.Errorf("click: there is no action %q in block %q", c.Action, c.Block)
	}
	done, err := chosen(e, c.Values)
	if err != nil {
		return nil, fmt.Errorf("click %s: %w", c.Action, err)
	}
	if stateful(e) {
		kept.set(c.Block, c.Action, done)
	}
	action := answer{"action_id": c.Action, "block_id": c.Block, "action_ts": s.stamp()}
	for k, v := range done {
		action[k] = v
	}
	payload["actions"], payload["trigger_id"] = []answer{action}, s.newTrigger(p.ID, c.View)
	payload["state"] = answer{"values": fullState(body, kept)}
	if view != nil {
		payload["view"], payload["container"] = s.shapeOfView(view), answer{"type": "view", "view_id": view.ID}
	}
	return interaction(payload)
}

// fromMessage adds what an interaction says of the message that it comes from.
func (s *Server) fromMessage(payload answer, m *Message, user string) {
	container := answer{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.To != ""}
	if m.Thread != "" {
		container["thread_ts"] = m.Thread
	}
	payload["container"], payload["channel"] = container, answer{"id": m.Channel, "name": s.nameOf(m.Channel)}
	payload["response_url"] = s.newHook("actions", hook{channel: m.Channel, user: user, thread: m.Thread, about: m.TS})
	if m.To == "" {
		payload["message"] = s.shape(m, true)
	}
}

// Command writes a slash command into a channel. What the app answers is posted
// there.
func (s *Server) Command(ctx context.Context, user, channel, line string) error {
	name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
	reply, err := s.tell(ctx, func() (*delivery, error) {
		p := s.person(user)
		switch {
		case p == nil:
			return nil, fmt.Errorf("command: there is no person %q", user)
		case !slices.Contains(s.o.Commands, name):
			return nil, fmt.Errorf("%s is not a valid command; there are %s", name, strings.Join(s.o.Commands, ", "))
		case !s.isMember(channel, user):
			return nil, fmt.Errorf("command: %s is not in channel %q", user, channel)
		}
		values := map[string]string{
			"token": "fake", "team_id": s.o.Team, "team_domain": "fake", "channel_id": channel, "channel_name": s.nameOf(channel), "user_id": p.ID, "user_name": p.Name,
			"command": name, "text": strings.TrimSpace(text), "api_app_id": s.appID(), "is_enterprise_install": "false",
			"response_url": s.newHook("commands", hook{channel: channel, user: user}), "trigger_id": s.newTrigger(p.ID, ""),
		}
		raw, err := json.Marshal(values)
		if err != nil {
			return nil, fmt.Errorf("write the payload: %w", err)
		}
		form := url.Values{}
		for k, v := range values {
			form.Set(k, v)
		}
		return &delivery{kind: kindCommand, name: kindCommand, payload: raw, form: form.Encode()}, nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if bad := s.respond(&hook{channel: channel, user: user}, reply); bad != nil {
		return fmt.Errorf("%s: Slack refuses the answer of the app: %v", name, bad["error"])
	}
	return nil
}

// Shortcut chooses a global shortcut, or one of a message when ts is not "".
func (s *Server) Shortcut(ctx context.Context, user, callback, channel, ts string) error {
	_, err := s.tell(ctx, func() (*delivery, error) {
		p := s.person(user)
		if p == nil {
			return nil, fmt.Errorf("shortcut: there is no person %q", user)
		}
		payload := s.common("shortcut", p)
		if ts != "" {
			m := s.find(channel, ts)
			if m == nil {
				return nil, errors.New("shortcut: message_not_found")
			}
			payload = s.common("message_action", p)
			s.fromMessage(payload, m, p.ID)
			delete(payload, "container")
			payload["message_ts"] = m.TS
		}
		payload["callback_id"], payload["action_ts"], payload["trigger_id"] = callback, s.stamp(), s.newTrigger(p.ID, "")
		return interaction(payload)
	})
	return err
}

// OpenHome lets a person look at the app's home tab, or at its messages when tab
// is "messages".
func (s *Server) OpenHome(user, tab string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if tab == "" {
		tab = "home"
	}
	event := answer{"type": "app_home_opened", "user": user, "channel": direct(user), "tab": tab}
	if v := s.homes[user]; v != nil && tab == "home" {
		event["view"] = s.shapeOfView(v)
	}
	s.emit("", event)
}

// Suggest asks the app for the options of an external select that fit what was
// typed, and returns the answer as it came.
func (s *Server) Suggest(ctx context.Context, c Click, typed string) (json.RawMessage, error) {
	return s.tell(ctx, func() (*delivery, error) {
		p := s.person(c.User)
		if p == nil {
			return nil, fmt.Errorf("suggest: there is no person %q", c.User)
		}
		payload := s.common("block_suggestion", p)
		payload["action_id"], payload["block_id"], payload["value"] = c.Action, c.Block, typed
		if v := s.views[c.View]; v != nil {
			payload["view"], payload["container"] = s.shapeOfView(v), answer{"type": "view", "view_id": v.ID}
		} else if m := s.seen(c.Channel, c.TS, c.User); m != nil {
			s.fromMessage(payload, m, p.ID)
			delete(payload, "response_url")
		}
		return interaction(payload)
	})
}

// ignored reports whether an answer of an app says nothing.
func ignored(payload json.RawMessage) bool {
	v := gjson.ParseBytes(payload)
	return !v.IsObject() || len(v.Map()) == 0
}
