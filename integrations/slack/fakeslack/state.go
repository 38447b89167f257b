package fakeslack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
)

// numbered gives an id to the blocks, and the elements in them, that lack one, as
// Slack does.
func (s *Server) numbered(blocks json.RawMessage) json.RawMessage {
	if len(blocks) == 0 {
		return nil
	}
	var list []map[string]any
	if err := json.Unmarshal(blocks, &list); err != nil {
		return blocks // checked before: it is a list of objects
	}
	for _, b := range list {
		if id, _ := b["block_id"].(string); id == "" {
			s.serial++
			b["block_id"] = "b" + strconv.FormatInt(int64(s.serial), 36)
		}
		parts, _ := b["elements"].([]any)
		if b["type"] != "actions" && b["type"] != "context_actions" {
			parts = nil
		}
		for _, e := range append(slices.Clone(parts), b["accessory"], b["element"]) {
			e, ok := e.(map[string]any)
			if id, _ := e["action_id"].(string); ok && id == "" && e["type"] != "image" {
				s.serial++
				e["action_id"] = "a" + strconv.FormatInt(int64(s.serial), 36)
			}
		}
	}
	out, err := json.Marshal(list)
	if err != nil {
		return blocks
	}
	return out
}

// each calls do with every element that people can act on, until it returns
// false.
func each(body []byte, do func(block, e gjson.Result) bool) {
	root := gjson.ParseBytes(body)
	if root.IsObject() {
		root = root.Get("blocks")
	}
	eachIn(root.Array(), do)
}

func eachIn(blocks []gjson.Result, do func(block, e gjson.Result) bool) bool {
	for _, b := range blocks {
		for _, e := range parts(b) {
			if e.Get("action_id").Exists() && !do(b, e) {
				return false
			}
		}
		if !eachIn(b.Get("child_blocks").Array(), do) {
			return false
		}
		if b.Get("type").Str == "carousel" && !eachIn(b.Get("elements").Array(), do) {
			return false
		}
	}
	return true
}

// parts are the elements that stand in a block itself.
func parts(b gjson.Result) []gjson.Result {
	list := append([]gjson.Result{b.Get("accessory"), b.Get("element")}, b.Get("elements").Array()...)
	list = append(list, b.Get("actions").Array()...)
	if b.Get("type").Str == "data_table" {
		for _, row := range b.Get("rows").Array() {
			for _, cell := range row.Array() {
				list = append(list, cell.Get("element"))
			}
		}
	}
	return list
}

// element returns the element with that action id in a block, or in any block
// when block is "".
func element(body []byte, block, action string) (found gjson.Result) {
	each(body, func(b, e gjson.Result) bool {
		if e.Get("action_id").Str == action && (block == "" || b.Get("block_id").Str == block) {
			found = e
		}
		return !found.Exists()
	})
	return found
}

// blockOf returns the id of the block in which an action is.
func blockOf(body []byte, action string) (id string) {
	each(body, func(b, e gjson.Result) bool {
		if e.Get("action_id").Str == action {
			id = b.Get("block_id").Str
		}
		return id == ""
	})
	return id
}

func (st state) set(block, action string, value answer) {
	if st[block] == nil {
		st[block] = map[string]answer{}
	}
	st[block][action] = value
}

// chosen is an element as it stands in a state or an action, with what was
// entered or chosen: the value of an option, an id, a date, or text.
func chosen(e gjson.Result, values []string) (answer, error) {
	kind := e.Get("type").Str
	out := answer{"type": kind}
	first := ""
	if len(values) > 0 {
		first = values[0]
	}
	if name, ok := several[kind]; ok {
		out[name] = append([]string{}, values...)
		return out, nil
	}
	switch kind {
	case "button", "workflow_button", "feedback_buttons", "icon_button":
		if v := e.Get("value"); v.Exists() {
			out["value"] = v.Str
		}
		if v := e.Get("text"); v.Exists() {
			out["text"] = json.RawMessage(v.Raw)
		}
	case "static_select", "radio_buttons", "overflow", "external_select":
		list, err := options(e, values[:min(1, len(values))])
		out["selected_option"] = nil // what Slack says of nothing
		if len(list) > 0 && first != "" {
			out["selected_option"] = list[0]
		}
		return out, err
	case "multi_static_select", "checkboxes", "multi_external_select":
		list, err := options(e, values)
		out["selected_options"] = list
		return out, err
	case "datetimepicker":
		return out, moment(out, first)
	case "rich_text_input":
		if first != "" {
			out["rich_text_value"] = answer{"type": "rich_text", "elements": []answer{{"type": "rich_text_section", "elements": []answer{{"type": "text", "text": first}}}}}
		}
	default:
		name := cmp.Or(single[kind], "value")
		out[name] = nil
		if first != "" {
			out[name] = first
		}
	}
	return out, nil
}

// single and several are where the value of an element stands, and the list of
// values, where that is all there is to it.
var (
	single = map[string]string{
		"users_select": "selected_user", "conversations_select": "selected_conversation", "channels_select": "selected_channel",
		"datepicker": "selected_date", "timepicker": "selected_time",
	}
	several = map[string]string{
		"multi_users_select": "selected_users", "multi_conversations_select": "selected_conversations", "multi_channels_select": "selected_channels",
	}
)

// moment puts a time in seconds since 1970 into what was chosen.
func moment(out answer, entered string) error {
	out["selected_date_time"] = nil
	if entered == "" {
		return nil
	}
	n, err := strconv.ParseInt(entered, 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no time in seconds since 1970", entered)
	}
	out["selected_date_time"] = n
	return nil
}

// options returns the options of an element that have those values.
func options(e gjson.Result, values []string) ([]json.RawMessage, error) {
	list := []json.RawMessage{}
	for _, v := range values {
		if v == "" {
			continue
		}
		o, err := option(e, v)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

// option returns the option of an element that has that value.
func option(e gjson.Result, value string) (json.RawMessage, error) {
	all := e.Get("options").Array()
	for _, g := range e.Get("option_groups").Array() {
		all = append(all, g.Get("options").Array()...)
	}
	for _, o := range all {
		if o.Get("value").Str == value {
			return json.RawMessage(o.Raw), nil
		}
	}
	if kind := e.Get("type").Str; kind == "external_select" || kind == "multi_external_select" {
		return json.Marshal(answer{"text": answer{"type": "plain_text", "text": value, "emoji": true}, "value": value})
	}
	return nil, fmt.Errorf("there is no option with the value %q", value)
}

// initial is what an element shows before anybody touched it.
func initial(e gjson.Result) []string {
	for _, name := range []string{"initial_value", "initial_user", "initial_conversation", "initial_channel", "initial_date", "initial_time", "initial_date_time", "initial_option.value"} {
		if v := e.Get(name); v.Exists() {
			return []string{v.String()}
		}
	}
	var out []string
	for _, name := range []string{"initial_users", "initial_conversations", "initial_channels", "initial_options.#.value"} {
		for _, v := range e.Get(name).Array() {
			out = append(out, v.String())
		}
	}
	return out
}

// stateful reports whether what is in an element is part of a state.
func stateful(e gjson.Result) bool {
	switch e.Get("type").Str {
	case "button", "overflow", "workflow_button", "feedback_buttons", "icon_button", "image":
		return false
	}
	return true
}

// entered is what stands in the inputs of a view.
func (s *Server) entered(v *View) state { return fullState(v.Body, v.state) }

func fullState(body []byte, st state) state {
	out := state{}
	each(body, func(b, e gjson.Result) bool {
		block, action := b.Get("block_id").Str, e.Get("action_id").Str
		if value, ok := st[block][action]; ok {
			out.set(block, action, value)
		} else if stateful(e) {
			if value, err := chosen(e, initial(e)); err == nil {
				out.set(block, action, value)
			}
		}
		return true
	})
	return out
}

// blank reports whether a value of a state is empty.
func blank(v answer) bool {
	for k, x := range v {
		if k == "type" || x == nil {
			continue
		}
		switch x := x.(type) {
		case []string:
			if len(x) == 0 {
				continue
			}
		case []json.RawMessage:
			if len(x) == 0 {
				continue
			}
		}
		return false
	}
	return true
}
