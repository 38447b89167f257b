package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"andon/cmd/andon/internal/config"
)

func page(t *testing.T, name ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{moduleRoot(t)}, name...)...))
	require.NoError(t, err)
	return string(raw)
}

// TestServiceGuidesAreTrue reads every configuration in the guides of the
// service.
func TestServiceGuidesAreTrue(t *testing.T) {
	secrets := t.TempDir() + "/"
	o := configOptions()
	o.Env = func(name string) (string, bool) { return "x", strings.HasPrefix(name, "ANDON_") }
	read := 0
	for _, text := range []string{page(t, "docs", "deploy.md"), page(t, "docs", "jira.md"), page(t, "README.md")} {
		for _, p := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(p[1], "services:") {
				require.NoError(t, yaml.Unmarshal([]byte(p[1]), new(any)))
				continue
			}
			for _, name := range regexp.MustCompile(`/run/secrets/(\w+)`).FindAllStringSubmatch(p[1], -1) {
				require.NoError(t, os.WriteFile(secrets+name[1], []byte("secret"), 0o600))
			}
			_, err := config.Parse("guide", []byte(strings.ReplaceAll(p[1], "/run/secrets/", secrets)), o)
			require.NoError(t, err, "%s", p[1])
			read++
		}
	}
	require.GreaterOrEqual(t, read, 4)
}

// TestDeployGuideNamesEveryMetric keeps docs/deploy.md and the meter together.
func TestDeployGuideNamesEveryMetric(t *testing.T) {
	text := page(t, "docs", "deploy.md")
	for name := range help {
		require.Regexp(t, "andon_"+name+`(_total)?[{\x60]`, text)
	}
	for _, m := range regexp.MustCompile(`andon_([a-z_]+)`).FindAllStringSubmatch(text, -1) {
		_, plain := help[m[1]]
		_, counter := help[strings.TrimSuffix(m[1], "_total")]
		require.True(t, plain || counter, "there is no metric %s", m[0])
	}
}

// TestEveryCommandIsInTheREADME keeps the list of commands whole, and the links
// of the guides leading somewhere.
func TestEveryCommandIsInTheREADME(t *testing.T) {
	readme := page(t, "README.md")
	for _, c := range model(t).Model.Leaves(true) {
		if c.Name != "version" {
			require.Contains(t, readme, "| `andon "+c.Name+"` |")
		}
	}
	root := moduleRoot(t)
	for _, from := range []string{"README.md", "docs/deploy.md", "docs/jira.md", "docs/configuration.md"} {
		for _, link := range regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`).FindAllStringSubmatch(page(t, filepath.FromSlash(from)), -1) {
			if !strings.HasPrefix(link[1], "https://") {
				require.FileExists(t, filepath.Join(root, filepath.Dir(from), link[1]), from)
			}
		}
	}
}

// TestDockerfileIsTrue keeps the image's commands and Go's version right.
func TestDockerfileIsTrue(t *testing.T) {
	text := page(t, "Dockerfile")
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(page(t, "go.mod"))
	require.Len(t, version, 2)
	require.Contains(t, text, "FROM golang:"+version[1]+" AS build")
	require.Regexp(t, `(?m)^USER \d+:\d+$`, text)
	names := map[string]bool{}
	for _, c := range model(t).Model.Leaves(true) {
		names[c.Name] = true
	}
	for _, m := range regexp.MustCompile(`(?m)(?:^CMD \[|"/andon", )"(\w+)"`).FindAllStringSubmatch(text, -1) {
		require.True(t, names[m[1]], "andon %s", m[1])
		names[m[1]] = false
	}
	require.False(t, names["serve"] || names["healthcheck"])
}
