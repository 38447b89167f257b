package fakeslack

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tidwall/gjson"
)

// Submit submits the topmost modal of a person with what was entered: the values
// by block id, or by block id, a slash and action id. What Slack or the app has
// against it is returned by block id; the modal stays open then.
func (s *Server) Submit(ctx context.Context, user, view string, values map[string][]string) (map[string]string, error) {
	var v *View
	var wrong map[string]string
	reply, err := s.tell(ctx, func() (d *delivery, err error) {
		if v, err = s.top(user, view); err != nil {
			return nil, err
		}
		if wrong, err = s.enterInto(v, values); err != nil || len(wrong) > 0 {
			return nil, errOr(err, errIncomplete)
		}
		payload := s.common("view_submission", s.person(user))
		payload["trigger_id"], payload["view"], payload["response_urls"] = s.newTrigger(user, v.ID), s.shapeOfView(v), []answer{}
		return interaction(payload)
	})
	if len(wrong) > 0 {
		return wrong, nil
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.afterSubmit(v, reply)
}

var errIncomplete = fmt.Errorf("the form is not complete")

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// top returns the view, which must be the topmost modal of the person.
func (s *Server) top(user, view string) (*View, error) {
	open := s.stacks[user]
	if len(open) == 0 || open[len(open)-1].ID != view || s.person(user) == nil {
		return nil, fmt.Errorf("%s has no modal %q on top", user, view)
	}
	return open[len(open)-1], nil
}

// enterInto puts values into the inputs of a view. It returns what Slack itself
// would not let pass.
func (s *Server) enterInto(v *View, values map[string][]string) (wrong map[string]string, err error) {
	wrong = map[string]string{}
	each(v.Body, func(b, e gjson.Result) bool {
		block, action := b.Get("block_id").Str, e.Get("action_id").Str
		given, ok := values[block+"/"+action]
		if !ok {
			given, ok = values[block]
		}
		if ok && stateful(e) {
			value, bad := chosen(e, given)
			if bad != nil {
				err = fmt.Errorf("block %s: %w", block, bad)
				return false
			}
			v.state.set(block, action, value)
		}
		if b.Get("type").Str == "input" {
			if say := s.fault(v, b, e); say != "" {
				wrong[block] = say
			}
		}
		return true
	})
	return wrong, err
}

// fault says what Slack itself has against the value of an input, or "".
func (s *Server) fault(v *View, b, e gjson.Result) string {
	block, action := b.Get("block_id").Str, e.Get("action_id").Str
	value := s.entered(v)[block][action]
	if blank(value) {
		if b.Get("optional").Bool() {
			return ""
		}
		return "Please complete this required field."
	}
	text, _ := value["value"].(string)
	n := len([]rune(text))
	switch {
	case e.Get("min_length").Exists() && n < int(e.Get("min_length").Int()):
		return fmt.Sprintf("Please enter at least %d characters.", e.Get("min_length").Int())
	case e.Get("max_length").Exists() && n > int(e.Get("max_length").Int()):
		return fmt.Sprintf("Please enter at most %d characters.", e.Get("max_length").Int())
	}
	return ""
}

// afterSubmit does what the app answered.
func (s *Server) afterSubmit(v *View, reply json.RawMessage) (map[string]string, error) {
	defer s.changed("")
	r := gjson.ParseBytes(reply)
	trouble := func(why string) error {
		return fmt.Errorf("we had some trouble connecting: %s", why)
	}
	next := func() (*View, error) {
		n, bad := s.readView(r.Get("view").Raw, "modal")
		if bad != nil {
			return nil, trouble(fmt.Sprintf("Slack refuses the view of the app: %v %v", bad["error"], bad["response_metadata"]))
		}
		return n, nil
	}
	switch action := r.Get("response_action").Str; action {
	case "":
		if !ignored(reply) {
			return nil, trouble("the answer of the app has no response_action")
		}
		s.pop(v)
	case "clear":
		delete(s.stacks, v.User)
	case "errors":
		wrong := map[string]string{}
		for block, say := range r.Get("errors").Map() {
			if gjson.GetBytes(v.Body, `blocks.#(block_id==`+quoted(block)+`).type`).Str != "input" {
				return nil, trouble(fmt.Sprintf("%q is not the block_id of an input", block))
			}
			wrong[block] = say.String()
		}
		if len(wrong) == 0 {
			return nil, trouble("response_action errors without errors")
		}
		return wrong, nil
	case "update":
		n, err := next()
		if err != nil {
			return nil, err
		}
		s.replaceView(v, n)
	case "push":
		n, err := next()
		if err != nil {
			return nil, err
		}
		if len(s.stacks[v.User]) >= maxStack {
			return nil, trouble("push_limit_reached")
		}
		s.stack(n, v.User, s.stacks[v.User])
	default:
		return nil, trouble(fmt.Sprintf("there is no response_action %q", action))
	}
	return nil, nil
}

// pop closes a modal and those above it.
func (s *Server) pop(v *View) {
	open := s.stacks[v.User]
	for i, x := range open {
		if x == v {
			s.stacks[v.User] = open[:i:i]
		}
	}
	if len(s.stacks[v.User]) == 0 {
		delete(s.stacks, v.User)
	}
}

// CloseView lets a person close the topmost modal, or all of them when all is
// true. The app is told of those that ask for it.
func (s *Server) CloseView(user, view string, all bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.top(user, view)
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	open := s.stacks[user]
	all = all || gjson.GetBytes(v.Body, "clear_on_close").Bool()
	closed := []*View{v}
	if all {
		closed = open
	}
	s.pop(closed[0])
	s.changed("")
	for _, x := range closed {
		if !gjson.GetBytes(x.Body, "notify_on_close").Bool() {
			continue
		}
		payload := s.common("view_closed", s.person(user))
		payload["view"], payload["is_cleared"] = s.shapeOfView(x), all
		d, err := interaction(payload)
		if err != nil {
			return fmt.Errorf("close: %w", err)
		}
		s.dispatch(d)
	}
	return nil
}

// quoted is a text as a JSON string.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
