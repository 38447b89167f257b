package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
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

// scopes are what the app may do, and which events need it. Private ones are
// asked for only where private channels are to be watched.
var scopes = []struct {
	name    string
	private bool
	events  []string
}{
	{"app_mentions:read", false, []string{"app_mention"}},
	{"channels:history", false, []string{"message.channels"}},
	{"channels:read", false, []string{"member_joined_channel", "member_left_channel", "channel_rename", "channel_archive", "channel_unarchive", "channel_deleted", "channel_id_changed", "channel_created"}},
	{"chat:write", false, nil},
	{"commands", false, nil},
	{"dnd:read", false, nil},
	{"groups:history", true, []string{"message.groups"}},
	{"groups:read", true, []string{"group_rename", "group_archive", "group_unarchive"}},
	{"im:history", false, []string{"message.im"}},
	{"im:write", false, nil},
	{"reactions:read", false, []string{"reaction_added", "reaction_removed"}},
	{"usergroups:read", false, nil},
	{"users:read", false, []string{"user_change", "team_join"}},
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
	var bot, events []string
	for _, s := range scopes {
		if s.private && !m.Private {
			continue
		}
		bot, events = append(bot, s.name), append(events, s.events...)
	}
	base := strings.TrimSuffix(m.HTTP, "/")
	command := map[string]any{"command": m.Command, "description": "Ask andon: help, status, path, who", "usage_hint": "help", "should_escape": true}
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
			"app_home":       map[string]any{"home_tab_enabled": false, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
			"bot_user":       map[string]any{"display_name": m.Name, "always_online": true},
			"slash_commands": []any{command},
		},
		"oauth_config": map[string]any{"scopes": map[string]any{"bot": bot}},
		"settings": map[string]any{
			"event_subscriptions": subscriptions, "interactivity": interactivity,
			"org_deploy_enabled": false, "socket_mode_enabled": base == "", "token_rotation_enabled": false,
		},
	}
}
