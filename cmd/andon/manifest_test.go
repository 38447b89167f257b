package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestManifest prints the manifest in both forms, and finds every scope in the guide.
func TestManifest(t *testing.T) {
	type manifest struct {
		OAuth struct {
			Scopes struct{ Bot []string } `json:"scopes"`
		} `json:"oauth_config"`
		Settings struct {
			Socket bool `json:"socket_mode_enabled"`
			Events struct {
				URL string   `json:"request_url"`
				Bot []string `json:"bot_events"`
			} `json:"event_subscriptions"`
		} `json:"settings"`
	}
	read := func(args ...string) (m manifest) {
		var out, errs bytes.Buffer
		require.Zero(t, Main(context.Background(), append([]string{"manifest"}, args...), &out, &errs), errs.String())
		require.NoError(t, json.Unmarshal(out.Bytes(), &m))
		return m
	}
	m := read()
	require.True(t, m.Settings.Socket)
	require.Empty(t, m.Settings.Events.URL)
	require.Contains(t, m.Settings.Events.Bot, "message.groups")
	guide, err := os.ReadFile(filepath.Join(moduleRoot(t), "docs", "slack.md"))
	require.NoError(t, err)
	for _, s := range m.OAuth.Scopes.Bot {
		require.Contains(t, string(guide), "`"+s+"`")
	}
	m = read("--http", "https://andon.example.com/", "--no-private")
	require.False(t, m.Settings.Socket)
	require.Equal(t, "https://andon.example.com/slack/events", m.Settings.Events.URL)
	require.False(t, slices.Contains(m.OAuth.Scopes.Bot, "groups:history"))
	require.NotContains(t, m.Settings.Events.Bot, "message.groups")
	for _, wrong := range [][]string{{"--http", "http://andon.example.com"}, {"--command", "andon"}} {
		var out, errs bytes.Buffer
		require.Equal(t, exitUsage, Main(context.Background(), append([]string{"manifest"}, wrong...), &out, &errs))
		require.NotEmpty(t, errs.String())
	}
}
