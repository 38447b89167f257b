package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/detect"
)

// TestExampleFileIsTrue loads the commented example as it stands.
func TestExampleFileIsTrue(t *testing.T) {
	path := filepath.Join(moduleRoot(t), "docs", "andon.example.yaml")
	o := configOptions()
	o.Env = func(string) (string, bool) { return "", false }
	f, err := config.Read(path, o)
	require.NoError(t, err)
	want := signals.DefaultPolicy()
	want.Holidays, want.Ranks, want.Levels = f.Config.Policy.Holidays, f.Config.Policy.Ranks, f.Config.Policy.Levels
	require.Empty(t, want.Holidays)
	require.Empty(t, want.Ranks)
	require.Empty(t, want.Levels)
	require.Equal(t, want, f.Config.Policy, "the policy states the defaults")
	for _, h := range f.Hints {
		// The example leaves the holidays empty, and here the environment the tokens.
		require.Regexp(t, "policy.holidays has no such region|without a token", h.Problem, h.Error())
	}
	_, err = f.Config.OrgEvents()
	require.NoError(t, err)
	_, err = (&inputs{}).readWith(t.Context(), f.Config, func(string) {})
	require.NoError(t, err)
}

// TestExampleFileIsWhole finds every key of the configuration in the example:
// those of the policy as they stand, the others commented out at least.
func TestExampleFileIsWhole(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(moduleRoot(t), "docs", "andon.example.yaml"))
	require.NoError(t, err)
	var doc yaml.Node
	require.NoError(t, yaml.Unmarshal(raw, &doc))
	there := make(map[string]bool)
	nodePaths(doc.Content[0], "", there)
	var all []string
	keyPaths(reflect.TypeFor[config.Config](), "", &all)
	require.Greater(t, len(all), 100)
	for _, p := range all {
		key := p[1+lastDot(p):]
		commented := regexp.MustCompile(`(?m)^ *# (- )?` + key + `:`).Match(raw)
		inPattern := regexp.MustCompile(`^\.policy\.escalate\.`).MatchString(p) && regexp.MustCompile(`(?m)^ *#.*[{ ]`+key+`:`).Match(raw)
		require.True(t, there[p] || commented && !regexp.MustCompile(`^\.policy\.`).MatchString(p) || inPattern, "%s is not in the example", p)
	}
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}

// nodePaths notes every key of a YAML tree, lists passed through.
func nodePaths(n *yaml.Node, path string, out map[string]bool) {
	for i := 0; i < len(n.Content); i++ {
		if n.Kind != yaml.MappingNode {
			nodePaths(n.Content[i], path, out)
			continue
		}
		p := path + "." + n.Content[i].Value
		out[p] = true
		i++
		nodePaths(n.Content[i], p, out)
	}
}

// keyPaths lists every key that the configuration's types have.
func keyPaths(t reflect.Type, path string, out *[]string) {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return
	}
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("koanf"); tag != "" {
			*out = append(*out, path+"."+tag)
			keyPaths(t.Field(i).Type, path+"."+tag, out)
		}
	}
}

// TestGuideIsTrue reads every piece of YAML in the guides to the configuration.
func TestGuideIsTrue(t *testing.T) {
	o := configOptions()
	o.Env = func(name string) (string, bool) { return "x", name == "ANDON_JIRA_TOKEN" }
	for _, guide := range []string{"configuration.md", "roster.md"} {
		raw, err := os.ReadFile(filepath.Join(moduleRoot(t), "docs", guide))
		require.NoError(t, err)
		pieces := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(raw, -1)
		require.NotEmpty(t, pieces)
		for _, p := range pieces {
			_, err := config.Parse("guide", p[1], o)
			require.NoError(t, err, "%s", p[1])
		}
	}
}

// TestReplayGuideNamesEveryField keeps docs/replay.md and the lines together.
func TestReplayGuideNamesEveryField(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(moduleRoot(t), "docs", "replay.md"))
	require.NoError(t, err)
	for _, line := range []any{signalLine{}, riskLine{}, matchLine{}, matchItem{}, nudgeLine{}, ledgerLine{}, died{}} {
		for i := range reflect.TypeOf(line).NumField() {
			name, _, _ := strings.Cut(reflect.TypeOf(line).Field(i).Tag.Get("json"), ",")
			require.Regexp(t, "[`\"]"+name+"[`\"]", string(raw), "%T", line)
		}
	}
	for _, name := range outputs {
		require.Contains(t, string(raw), "## "+name+".jsonl")
	}
}

// TestDetectorsGuideIsTrue finds every detector in docs/detectors.md, and every
// threshold with its default in the detector's section.
func TestDetectorsGuideIsTrue(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(moduleRoot(t), "docs", "detectors.md"))
	require.NoError(t, err)
	policy := signals.DefaultPolicy()
	sections := map[string]string{}
	for _, s := range strings.Split(string(raw), "\n## ")[1:] {
		name, body, _ := strings.Cut(s, "\n")
		sections[name] = body
	}
	for _, d := range detect.All() {
		require.Contains(t, sections, d.Name)
		rows := thresholds(&policy.Detect, d.Name)
		for _, row := range rows {
			require.Contains(t, sections[d.Name], "| `"+row.Key+"` | "+row.Value+" |", d.Name)
		}
		require.Equal(t, len(rows), strings.Count(sections[d.Name], "\n| `"), "%s: thresholds that are no more", d.Name)
		delete(sections, d.Name)
	}
	require.Len(t, sections, 1, "besides the detectors only their limits have a section")
}
