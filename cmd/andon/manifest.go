package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"andon/bot"
	"andon/integrations/slack"
)

type manifestCmd struct {
	HTTP    string `help:"Base address that Slack reaches andon at, for HTTP mode; without it the app uses Socket Mode." placeholder:"URL" name:"http"`
	Command string `help:"The slash command." default:"/andon"`
	Name    string `help:"The app's name." default:"andon"`
	Private bool   `help:"Ask for private channels too." default:"true" negatable:""`
}

// Help is shown by andon manifest --help.
func (manifestCmd) Help() string {
	return `Prints the manifest of the Slack app, with the least scopes that andon needs. Paste it at
api.slack.com/apps, "Create New App", "From a manifest". What each scope is for stands in docs/slack.md.

Examples:
  andon manifest > manifest.json
  andon manifest --http https://andon.example.com --no-private`
}

// shortcuts are what can be done from a message's menu, and from anywhere.
var shortcuts = []struct{ name, kind, id, does string }{
	{"Raise a signal", "message", bot.RaiseShortcut, "Tell who can help that something is wrong here"},
	{"Not a signal", "message", bot.NotShortcut, "Tell andon that this was nothing"},
	{"Pull the cord", "global", bot.PullShortcut, "Say that something is wrong, by name or without"},
}

// Run prints the manifest.
func (m *manifestCmd) Run(e *env) error {
	if m.HTTP != "" {
		if u, err := url.Parse(m.HTTP); err != nil || u.Scheme != "https" || u.Host == "" {
			return usageError{fmt.Errorf("--http %q is no address such as https://andon.example.com: Slack wants https", m.HTTP)}
		}
	}
	if !strings.HasPrefix(m.Command, "/") || len(m.Command) > 32 || strings.ContainsAny(m.Command, " \t") {
		return usageError{fmt.Errorf("--command %q is no slash command of at most 32 characters such as /andon", m.Command)}
	}
	out, err := json.MarshalIndent(m.manifest(), "", "  ")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	_, err = fmt.Fprintln(e.out, string(out))
	return err
}

func (m *manifestCmd) manifest() map[string]any {
	var rights, events []string
	for _, s := range slack.Scopes {
		if s.Private && !m.Private {
			continue
		}
		rights, events = append(rights, s.Name), append(events, s.Events...)
	}
	events = append(events, "app_home_opened")
	var menu []any
	for _, s := range shortcuts {
		menu = append(menu, map[string]any{"name": s.name, "type": s.kind, "callback_id": s.id, "description": s.does})
	}
	base := strings.TrimSuffix(m.HTTP, "/")
	command := map[string]any{"command": m.Command, "description": "Pull the cord, see where it stands, find who can help", "usage_hint": "help | pull ... | status PAY-17", "should_escape": true}
	subscriptions := map[string]any{"bot_events": events}
	interactivity := map[string]any{"is_enabled": true}
	if base != "" {
		command["url"] = base + "/slack/commands"
		subscriptions["request_url"] = base + "/slack/events"
		interactivity["request_url"] = base + "/slack/interactive"
	}
	return map[string]any{
		"display_information": map[string]any{"name": m.Name, "description": "Finds weak failure signals and tells the one who can help."},
		"features": map[string]any{
			"app_home":       map[string]any{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
			"bot_user":       map[string]any{"display_name": m.Name, "always_online": true},
			"slash_commands": []any{command},
			"shortcuts":      menu,
		},
		"oauth_config": map[string]any{"scopes": map[string]any{"bot": rights}},
		"settings": map[string]any{
			"event_subscriptions": subscriptions, "interactivity": interactivity,
			"org_deploy_enabled": false, "socket_mode_enabled": base == "", "token_rotation_enabled": false,
		},
	}
}
