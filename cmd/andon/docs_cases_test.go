package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheTableOfFailingCasesIsTrue finds every test that the table of CONTRIBUTING.md
// names, and no cell without a word.
func TestTheTableOfFailingCasesIsTrue(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join(moduleRoot(t), "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, part, found := strings.Cut(string(guide), "## Where the loop fails\n")
	require.True(t, found)
	part, _, _ = strings.Cut(part, "\n## ")
	var code strings.Builder
	for _, dir := range []string{filepath.Join("cmd", "andon"), "bot"} {
		files, err := filepath.Glob(filepath.Join(moduleRoot(t), dir, "*_test.go"))
		require.NoError(t, err)
		for _, f := range files {
			raw, err := os.ReadFile(f)
			require.NoError(t, err)
			code.Write(raw)
		}
	}
	names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(part, -1)
	require.Greater(t, len(names), 40)
	for _, n := range names {
		require.Contains(t, code.String(), "func "+n[1]+"(t *testing.T)", "CONTRIBUTING.md names a test that is not there")
	}
	rows := 0
	for line := range strings.Lines(part) {
		if strings.HasPrefix(line, "|") {
			rows++
			require.Equal(t, 6, strings.Count(line, "|"), line)
			require.NotContains(t, line, "|  |")
		}
	}
	require.Equal(t, 2+12, rows, "twelve parts")
}
