package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// canary must never come out.
const canary = "c4nary-0f-secrets"

func TestSecretsAreNeverPrinted(t *testing.T) {
	var c Config
	c.Jira = []Jira{{Token: canary}}
	c.Slack = []Slack{{BotToken: canary, AppToken: canary, SigningSecret: canary}}
	var b bytes.Buffer
	for _, v := range []any{c, &c, c.Jira, c.Jira[0], c.Jira[0].Token, &c.Jira[0].Token, map[string]Secret{"a": canary}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s", "%U"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		fmt.Fprintln(&b, v)
		text := slog.New(slog.NewTextHandler(&b, nil))
		text.Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v, slog.Group("g", "v", v))
		require.NoError(t, json.NewEncoder(&b).Encode(v))
		out, err := yaml.Marshal(v)
		require.NoError(t, err)
		b.Write(out)
		fmt.Fprintln(&b, fmt.Errorf("wrap %v: %w", v, errors.New("x")))
	}
	out, err := c.YAML()
	require.NoError(t, err)
	b.Write(out)
	hex := fmt.Sprintf("%x", canary)
	for _, form := range []string{canary, hex, strings.ToUpper(hex), "can"} {
		require.False(t, strings.Contains(b.String(), form), form)
	}
	require.Equal(t, "(set) (not set)", fmt.Sprint(Secret(canary), " ", Secret("")))
	require.Equal(t, canary, string(c.Jira[0].Token))
}

// TestNoFaultRepeatsASecret puts the canary wherever a hand may slip.
func TestNoFaultRepeatsASecret(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "two"), []byte(canary+"\n"+canary), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one"), []byte(canary+"\n"), 0o644))
	const broken = "\npolicy: {mode: loud, budgt: 3}"
	for _, text := range []string{
		"jira: [{token: CANARY}]", "jira: [{token: [CANARY]}]", "jira: [{token: {CANARY: CANARY}}]", "jira: [{token: {a: [CANARY]}}]", "jira: [{token: !CANARY x}]",
		"jira: [{token: !!binary CANARY}]", "jira: [{token: '${CANARY}'}]", "jira: [{token: '${CANARY'}]", "jira: [{token: '${NONE:-CANARY}', site: a/b}]",
		"jira: [{token: '${SECRET}', site: 'a/${SECRET}'}]", "jira: [{token: &t CANARY, site: *t, user: *t, audience: *t, url: *t}]", "jira: [{token: *CANARY}]",
		"jira:\n  - token: @CANARY", "jira:\n  - token: CANARY: x", "jira:\n  - token:CANARY", "jira: [{token:CANARY}]", "jira: [{tokn: CANARY}]", "jira: [CANARY]", "jira: CANARY", "CANARY",
		"jira: [{token: CANARY, token: CANARY}]", "jira: [{CANARY: token}]", "jira: [{token_file: CANARY}]", "jira: [{token: CANARY, token_file: CANARY}]", "jira: [{token_file: /CANARY/x}]",
		"jira: [{token_file: two}]", "jira: [{token_file: one, audience: CANARY}]", "jira: [{url: 'https://user:CANARY@example.com'}]", "jira: [{url: CANARY}]",
		"slack: {bot_token: CANARY}", "slack: [{bot_token: CANARY, app_token: [CANARY], signing_secret: {x: CANARY}, command: x}]", "slack: [{bot_token: CANARY, team: *CANARY}]",
		"slack: [{bot_token: 'CANARY}]", "slack: [{bot_token: \"CANARY\\z\"}]", "slack: [{bot_token: |\n   CANARY\n\tx", "slack: [{bot_token: CANARY\x01}]", "slack: [{bot_token: CANARY\xff}]",
		"slack: [{<<: CANARY}]", "slack: [{<<: {bot_token: CANARY}, <<: CANARY}]", "? {bot_token: CANARY}\n: x", "token: CANARY", "words: {token:CANARY}", "words: {token=CANARY: [x]}",
		"---\njira: [{token: CANARY}]\n---\nCANARY", "jira: [{token: CANARY}, {site: CANARY}, {site: CANARY}]",
		"roster: {people: [{id: a, manager: CANARY}]}\njira: [{token: CANARY}]",
	} {
		for _, tail := range []string{"", broken} {
			raw := strings.ReplaceAll(text, "CANARY", canary) + tail
			f, err := Parse(filepath.Join(dir, "andon.yaml"), []byte(raw), options(map[string]string{"SECRET": canary}))
			if tail != "" {
				require.Error(t, err, text)
			}
			require.NotContains(t, fmt.Sprint(err), canary, text)
			require.NotContains(t, fmt.Sprintf("%#v %+v", err, f.Secrets), canary, text)
			require.NotContains(t, fmt.Sprint(f.Hints), canary, text)
			out, _ := json.Marshal(err)
			require.NotContains(t, string(out), canary, text)
		}
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), mode))
		require.NoError(t, os.Chmod(filepath.Join(dir, name), mode))
	}
	write("good", canary+"\n", 0o600)
	write("windows", canary+"\r\n", 0o600)
	write("bare", canary, 0o600)
	write("open", canary, 0o644)
	write("empty", "\n", 0o600)
	write("lines", "a\nb\n", 0o600)
	write("large", strings.Repeat("x", maxSecret+1), 0o600)
	parse := func(text string) (File, error) {
		return Parse(filepath.Join(dir, "andon.yaml"), []byte(text), options(map[string]string{"DIR": dir}))
	}
	for _, name := range []string{"good", "windows", "bare", "open", "${DIR}/good"} {
		f, err := parse("jira: [{url: 'https://x.example', user: u, token_file: '" + name + "'}]")
		require.NoError(t, err, name)
		require.Equal(t, canary, string(f.Config.Jira[0].Token), name)
		require.Equal(t, map[string]string{"jira[0].token": "file"}, f.Secrets)
		require.Equal(t, name == "open", len(f.Hints) == 1, "%s: %v", name, f.Hints)
	}
	for name, want := range map[string]string{
		"empty": "the secret's file is empty", "lines": "the secret's file is not one line of text", "large": "the secret's file is larger than 64 KiB",
		"absent": "read the secret's file: no such file or directory", ".": "read the secret's file: it is no regular file",
	} {
		_, err := parse("slack: [{bot_token_file: " + name + "}]")
		require.ErrorContains(t, err, "slack[0].bot_token_file: "+want, name)
	}
	_, err := parse("slack: [{bot_token: a, bot_token_file: good}]")
	require.ErrorContains(t, err, "both bot_token and bot_token_file are given; one is enough")
	f, err := parse("slack: [{bot_token: '${NONE:-}', bot_token_file: good}]")
	require.NoError(t, err)
	require.Equal(t, canary, string(f.Config.Slack[0].BotToken))

	path := filepath.Join(dir, "andon.yaml")
	write("andon.yaml", "slack: [{bot_token: xoxb-1}]", 0o644)
	f, err = Read(path, options(nil))
	require.NoError(t, err)
	require.Contains(t, f.Hints[len(f.Hints)-1].Problem, "everybody on this machine can read it")
}
