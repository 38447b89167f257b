package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// layer is one row of the import table: what a folder may import besides the
// standard library, and what of the standard library it must not.
type layer struct {
	dir    string   // the longest matching prefix of a package's folder applies
	may    []string // import path prefixes; a trailing $ means exactly
	banned []string // standard library packages, with everything below them
	why    string   // the reason, printed with a violation
}

// impure is what the domain must not touch: it is given the time, holds no
// locks and does no work of its own, so that it can be replayed.
var impure = []string{"context", "net", "os", "database/sql", "log", "sync", "io/ioutil", "math/rand"}

const pure = "signals is pure: time, files, network and concurrency are given to it by others, so that live, replay and test agree"

var layers = []layer{
	{"signals", nil, impure, pure + "; the nouns import nothing"},
	{"signals/snap", nil, impure, pure},
	{"signals/text", []string{"andon/signals/snap$", "github.com/kljensen/snowball"}, impure, pure},
	{"signals/detect", []string{"andon/signals$", "andon/signals/text$"}, impure, pure + "; detectors see only nouns and words"},
	{"signals/route", []string{"andon/signals$", "andon/signals/snap$", "andon/signals/text$"}, impure, pure},
	{"signals/lint", []string{"andon/signals$"}, impure, pure},
	{"signals/risk", []string{"andon/signals$", "andon/signals/snap$"}, impure, pure},
	{"signals/decide", []string{"andon/signals$", "andon/signals/snap$", "andon/signals/text$", "andon/signals/detect$", "andon/signals/route$", "andon/signals/risk$"}, impure, pure},
	{"signals/replay", []string{"andon/signals"}, append(slices.Clone(impure), "html", "image"), pure + "; a report is a value, drawing is the console's"},
	{"store", []string{"andon/signals$", "github.com/jmoiron/sqlx", "modernc.org/sqlite", "github.com/jackc/pgx", "github.com/pressly/goose", "github.com/riverqueue/river"}, nil, "storage knows neither the loop nor the sources"},
	{"integrations/jira", []string{"andon/signals$", "andon/integrations/jira", "github.com/andygrunwald/go-jira", "github.com/tidwall/gjson", "golang.org/x/time", "github.com/cenkalti/backoff"}, nil, "sources do not know each other, the store or the loop"},
	{"integrations/slack", []string{"andon/signals$", "andon/bot/view", "andon/integrations/slack", "github.com/slack-go/slack", "github.com/tidwall/gjson", "gonum.org/v1/plot", "golang.org/x/time"}, nil, "sources do not know each other, the store or the loop; neutral cards come from bot/view"},
	{"integrations/slack/fakeslack", []string{"andon/signals$", "andon/bot/view", "andon/integrations/slack", "github.com/tidwall/gjson", "github.com/gorilla/websocket"}, nil, "the fake Slack speaks WebSocket; the client leaves that to slack-go"},
	{"integrations/alertmanager", []string{"andon/signals$"}, nil, "sources do not know each other, the store or the loop"},
	{"integrations/eventlog", []string{"andon/signals$"}, nil, "sources do not know each other, the store or the loop"},
	{"integrations/oncall", []string{"andon/signals$"}, nil, "sources do not know each other, the store or the loop"},
	{"integrations/ownership", []string{"go.yaml.in/yaml"}, nil, "two file formats; who is who is the configuration's business"},
	{"bot", []string{"andon/signals", "andon/bot/view"}, nil, "the loop declares its ports for itself and sees no Slack, Jira, SQL or queue type"},
	{"bot/view", nil, nil, "neutral things to show import nothing"},
	{"bot/console", []string{"andon/signals", "andon/bot/view", "gonum.org/v1/plot", "gonum.org/v1/gonum", "golang.org/x/image"}, nil, "pages are read-mostly and know neither store nor sources"},
	{"cmd/andon/internal/company", nil, nil, "the invented company must not know what the detectors look for"},
	{"cmd/andon", []string{""}, nil, ""},
}

func TestLayers(t *testing.T) {
	root := moduleRoot(t)
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		checkFile(t, root, path)
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, seen, 50, "the walk must have seen the code")
}

func checkFile(t *testing.T, root, path string) {
	rel, err := filepath.Rel(root, path)
	require.NoError(t, err)
	dir := filepath.ToSlash(filepath.Dir(rel))
	l, ok := layerOf(dir)
	require.True(t, ok, "%s: Go code lives in cmd, bot, signals, integrations and store only, in the packages of the table", rel)
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	require.NoError(t, err)
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		if !allowed(l, name) {
			t.Errorf("%s imports %s: %s", rel, name, l.why)
		}
	}
}

// layerOf finds the row with the longest folder that holds dir.
func layerOf(dir string) (best layer, ok bool) {
	for _, l := range layers {
		if (dir == l.dir || strings.HasPrefix(dir, l.dir+"/")) && (!ok || len(l.dir) > len(best.dir)) {
			best, ok = l, true
		}
	}
	return best, ok
}

func allowed(l layer, name string) bool {
	if standard(name) {
		return !slices.ContainsFunc(l.banned, func(b string) bool { return name == b || strings.HasPrefix(name, b+"/") })
	}
	return slices.ContainsFunc(l.may, func(m string) bool {
		if exact, only := strings.CutSuffix(m, "$"); only {
			return name == exact
		}
		return name == m || m == "" || strings.HasPrefix(name, m+"/")
	})
}

// standard reports whether an import path is of the standard library: its first
// element has no dot, and it is not ours.
func standard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".") && first != "andon"
}

// TestPurePackagesReadNoClock looks for what an import alone does not show.
func TestPurePackagesReadNoClock(t *testing.T) {
	root := moduleRoot(t)
	err := filepath.WalkDir(filepath.Join(root, "signals"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(src), "\n") {
			code, _, _ := strings.Cut(line, "//")
			for _, banned := range []string{"time.Now(", "time.Since(", "time.Until(", "time.Sleep(", "time.After(", "\tgo func", "go func("} {
				if strings.Contains(code, banned) {
					t.Errorf("%s:%d: %s is not for the domain: %s", path, i+1, strings.TrimSpace(banned), pure)
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
}

// moduleRoot is the folder of go.mod.
func moduleRoot(t testing.TB) string {
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		require.NotEqual(t, up, dir, "no go.mod above the test")
		dir = up
	}
}

// TestLayerRules tries the rules themselves, so that the walk cannot pass by
// being blind.
func TestLayerRules(t *testing.T) {
	for _, c := range []struct {
		dir, imports string
		want         bool
	}{
		{"signals", "strings", true},
		{"signals", "os", false},
		{"signals", "os/exec", false},
		{"signals", "andon/signals/text", false},
		{"signals/detect", "andon/signals/text", true},
		{"signals/detect", "andon/signals/decide", false},
		{"signals/replay", "andon/signals/decide", true},
		{"signals/replay", "sync", false},
		{"integrations/jira", "andon/integrations/slack", false},
		{"integrations/slack", "andon/bot/view", true},
		{"integrations/slack", "andon/bot", false},
		{"bot", "github.com/slack-go/slack", false},
		{"store", "andon/bot", false},
		{"bot/console", "andon/store", false},
		{"cmd/andon", "andon/store", true},
	} {
		l, ok := layerOf(c.dir)
		require.True(t, ok)
		require.Equal(t, c.want, allowed(l, c.imports), "%s imports %s", c.dir, c.imports)
	}
	_, ok := layerOf("pkg/util")
	require.False(t, ok)
}
