package slack

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"andon/bot/view"
	"andon/signals"
)

// way is how an answer gets back.
type way struct {
	url     string   // response_url: five answers within 30 minutes
	accepts bool     // the acknowledgement may say something
	inputs  []string // of the modal that was sent
	spot    spot     // where it was asked, bare
}

// parseAsked reads a slash command or an interaction. Asked.Kind is "" for what
// wants no answer but the acknowledgement.
func parseAsked(team string, v gjson.Result) (view.Asked, way) {
	p := asking{team: team, v: v, w: workspace{Team: team}}
	switch kind := p.str("type"); kind {
	case "":
		if p.str("command") != "" {
			return p.command()
		}
	case "block_actions":
		return p.action()
	case "shortcut", "message_action":
		return p.shortcut()
	case "view_submission":
		return p.submit()
	}
	return view.Asked{}, way{}
}

// asking is the reading of one interaction. Ids in it are Slack's, and taken
// for no more than ids.
type asking struct {
	team string
	v    gjson.Result
	w    workspace
}

func (p asking) str(path string) string { return clean(strings.Clone(scalar(p.v.Get(path)))) }

func (p asking) id(path, firsts string) string {
	if s := p.str(path); isID(s, firsts) {
		return signals.ID(signals.Slack, p.team, s)
	}
	return ""
}

// message makes the id of a message in a channel.
func (p asking) message(channel, ts string) string {
	if _, err := ParseTS(ts); err != nil || !isID(channel, "CGD") {
		return ""
	}
	return signals.ID(signals.Slack, p.team, channel+"/"+ts)
}

func (p asking) command() (view.Asked, way) {
	channel := p.str("channel_id")
	a := view.Asked{
		ID: fingerprint("command", p.str("team_id"), p.str("user_id"), channel, p.str("trigger_id"), p.str("command"), p.str("text")), Kind: view.Command,
		User: p.id("user_id", "UW"), Channel: p.id("channel_id", "CGD"), Action: p.str("command"), Text: strings.TrimSpace(p.str("text")),
		TriggerID: p.str("trigger_id"), Direct: strings.HasPrefix(channel, "D"),
	}
	return a, way{url: p.str("response_url"), spot: spot{user: p.str("user_id"), channel: channel}}
}

// action is a button or a menu. Slack sends one a time; of several the first is
// taken, as the others are of the same click.
func (p asking) action() (view.Asked, way) {
	act := p.v.Get("actions.0")
	channel := cmp.Or(p.str("container.channel_id"), p.str("channel.id"))
	ts := cmp.Or(p.str("container.message_ts"), p.str("message.ts"))
	thread := cmp.Or(p.str("container.thread_ts"), p.str("message.thread_ts"))
	a := view.Asked{
		ID: fingerprint("action", p.str("team.id"), p.str("user.id"), channel, ts, p.str("view.id"), scalar(act.Get("action_id")), scalar(act.Get("action_ts")), p.str("trigger_id")), Kind: view.Pressed,
		User: p.id("user.id", "UW"), Message: p.message(channel, ts), Thread: p.message(channel, thread), Hidden: p.str("view.private_metadata"),
		Action: clean(strings.Clone(scalar(act.Get("action_id")))), Value: p.value(act), TriggerID: p.str("trigger_id"), Direct: strings.HasPrefix(channel, "D"),
	}
	if isID(channel, "CGD") {
		a.Channel = signals.ID(signals.Slack, p.team, channel)
	}
	if a.Action == "" {
		return view.Asked{}, way{}
	}
	return a, way{url: p.str("response_url"), spot: spot{user: p.str("user.id"), channel: channel, thread: thread}}
}

func (p asking) shortcut() (view.Asked, way) {
	channel, ts, thread := p.str("channel.id"), cmp.Or(p.str("message.ts"), p.str("message_ts")), p.str("message.thread_ts")
	a := view.Asked{
		ID:   fingerprint("shortcut", p.str("team.id"), p.str("user.id"), channel, ts, p.str("callback_id"), p.str("action_ts"), p.str("trigger_id")),
		Kind: view.Shortcut, User: p.id("user.id", "UW"), Channel: p.id("channel.id", "CGD"), Message: p.message(channel, ts), Thread: p.message(channel, thread),
		Action: p.str("callback_id"), TriggerID: p.str("trigger_id"), Direct: strings.HasPrefix(channel, "D"),
	}
	if m := p.v.Get("message"); m.IsObject() {
		d := decode(m)
		a.Text, a.Author = d.body(), p.w.actor(d)
	}
	return a, way{url: p.str("response_url"), spot: spot{user: p.str("user.id"), channel: channel, thread: thread}}
}

// submit is a modal that was sent. Its id is that of the modal as it was then,
// so that sending it again unchanged is the same asking.
func (p asking) submit() (view.Asked, way) {
	a := view.Asked{
		ID: fingerprint("submit", p.str("team.id"), p.str("user.id"), p.str("view.id"), p.str("view.hash"), p.v.Get("view.state").Raw), Kind: view.Submit,
		User: p.id("user.id", "UW"), Action: p.str("view.callback_id"), Hidden: p.str("view.private_metadata"), TriggerID: p.str("trigger_id"), Entered: map[string]string{},
	}
	w := way{spot: spot{user: p.str("user.id")}, url: p.str("response_urls.0.response_url")}
	p.v.Get("view.state.values").ForEach(func(block, actions gjson.Result) bool {
		actions.ForEach(func(_, v gjson.Result) bool {
			id := strings.Clone(block.Str)
			a.Entered[id] = p.value(v)
			w.inputs = append(w.inputs, id)
			return false // our inputs have one element each
		})
		return true
	})
	return a, w
}

// value is what was pressed, chosen or entered; of several things one a line.
func (p asking) value(v gjson.Result) string {
	for path, firsts := range map[string]string{"selected_user": "UW", "selected_channel": "CGD", "selected_conversation": "CGDUW"} {
		if s := scalar(v.Get(path)); isID(s, firsts) {
			return signals.ID(signals.Slack, p.team, strings.Clone(s))
		}
	}
	if o := v.Get("selected_option"); o.IsObject() {
		return clean(strings.Clone(scalar(o.Get("value"))))
	}
	for _, path := range []string{"value", "selected_date", "selected_time"} {
		if s := scalar(v.Get(path)); s != "" {
			return clean(strings.Clone(s))
		}
	}
	var lines []string
	for _, o := range v.Get("selected_options").Array() {
		lines = append(lines, clean(scalar(o.Get("value"))))
	}
	for _, path := range []string{"selected_users", "selected_channels", "selected_conversations"} {
		for _, o := range v.Get(path).Array() {
			if s := scalar(o); isID(s, "CGDUW") {
				lines = append(lines, signals.ID(signals.Slack, p.team, s))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// askedByEvent reads the events by which somebody asks something: the Home tab
// was opened, or andon was spoken to in a direct message or by name.
func askedByEvent(team string, env outer, self Self) (view.Asked, bool) {
	if env.Type != "event_callback" || env.External {
		return view.Asked{}, false
	}
	p := asking{team: team, v: env.Event, w: workspace{Team: team}}
	user := p.id("user", "UW")
	if user == "" || p.str("user") == self.User || p.str("bot_id") != "" {
		return view.Asked{}, false
	}
	channel, direct := p.str("channel"), p.str("channel_type") == "im"
	switch kind := p.str("type"); {
	case kind == "app_home_opened" && p.str("tab") != "messages":
		return view.Asked{Kind: view.Home, User: user}, true
	case kind == "app_mention", kind == "message" && direct && (p.str("subtype") == "" || p.str("subtype") == "file_share"):
		m := decode(env.Event)
		a := view.Asked{
			Kind: view.Mention, User: user, Channel: p.id("channel", "CGD"), Message: p.message(channel, m.TS), Thread: p.message(channel, m.Thread),
			Text: strings.TrimSpace(strings.ReplaceAll(m.body(), "<@"+self.User+">", "")), Direct: strings.HasPrefix(channel, "D"),
		}
		return a, a.Message != "" && (kind == "message" || !a.Direct)
	}
	return view.Asked{}, false
}

// formJSON makes of a slash command that came as a form what Socket Mode sends.
func formJSON(form url.Values) gjson.Result {
	flat := make(map[string]string, len(form))
	for k, v := range form {
		if len(v) > 0 {
			flat[k] = v[0]
		}
	}
	delete(flat, "type") // a command has none
	b, err := json.Marshal(flat)
	if err != nil {
		return gjson.Result{}
	}
	return gjson.ParseBytes(b)
}
