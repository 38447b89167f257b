package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/company"
)

// smallCompany writes a small invented company, its issues in two files, and
// returns the folder.
func smallCompany(t *testing.T) string {
	dir := t.TempDir()
	c, err := company.Generate(company.Options{Seed: 5, Weeks: 2, Issues: 100, Messages: 1000})
	require.NoError(t, err)
	require.NoError(t, c.WriteTo(dir))
	cfg, err := exampleConfig(c)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "andon.yaml"), cfg, 0o600))
	raw, err := os.ReadFile(filepath.Join(dir, "jira.jsonl"))
	require.NoError(t, err)
	lines := strings.SplitAfter(string(raw), "\n")
	half := len(lines) / 2
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.jsonl"), []byte(strings.Join(lines[:half], "")), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.jsonl"), []byte(strings.Join(lines[half:], "")), 0o600))
	return dir
}

// run runs one command line and fails the test when it does not end well.
func run(t *testing.T, args ...string) string {
	var out, errOut bytes.Buffer
	require.Equal(t, exitOK, Main(context.Background(), args, &out, &errOut), errOut.String())
	return out.String()
}

// TestSameToTheByte: the order in which inputs are named does not matter, and
// the same inputs give the same bytes each time.
func TestSameToTheByte(t *testing.T) {
	dir := smallCompany(t)
	a, b, chat, cfg := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.jsonl"), filepath.Join(dir, "slack"), filepath.Join(dir, "andon.yaml")
	one, two, three := filepath.Join(dir, "one"), filepath.Join(dir, "two"), filepath.Join(dir, "three")
	run(t, "replay", "--jira", a, "--jira", b, "--slack", chat, "--config", cfg, "--as-live", "--out", one)
	run(t, "replay", "--slack", chat, "--jira", b, "--jira", a, "--config", cfg, "--as-live", "--out", two)
	run(t, "replay", "--jira", a, "--jira", b, "--slack", chat, "--config", cfg, "--as-live", "--out", three)
	for _, name := range outputs {
		want, err := os.ReadFile(filepath.Join(one, name+".jsonl"))
		require.NoError(t, err)
		require.NotEmpty(t, want, name)
		for _, other := range []string{two, three} {
			got, err := os.ReadFile(filepath.Join(other, name+".jsonl"))
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, got), "%s differs", name)
		}
	}
}

// TestBacktestOfTheExample runs the command that the README names, and reads
// the judged sample back.
func TestBacktestOfTheExample(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole example: run without -short")
	}
	dir := t.TempDir()
	page, sample := filepath.Join(dir, "r.html"), filepath.Join(dir, "s.csv")
	text := run(t, "backtest", "--html", page, "--sample", sample)
	for _, want := range []string{"the bundled example", "Would it have been early?", "Against what is known to be there", "The longest paths", page} {
		require.Contains(t, text, want)
	}
	html, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(html), "</html>")
	raw, err := os.ReadFile(sample)
	require.NoError(t, err)
	rows := strings.Split(strings.TrimSpace(string(raw)), "\n")
	require.Greater(t, len(rows), 20)
	judged := strings.Join(append([]string{rows[0]}, answered(rows[1:])...), "\n")
	require.NoError(t, os.WriteFile(sample, []byte(judged), 0o600))
	text = run(t, "backtest", "--html", "", "--judged", sample)
	require.Contains(t, text, "Judged by hand")
	require.Contains(t, text, "useful, 100 %")
}

// answered fills yes into the last column of the rows that end a record.
func answered(rows []string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r
		if strings.HasSuffix(r, ",") {
			out[i] += "yes"
		}
	}
	return out
}

func TestBlindSampleHidesTheVerdicts(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole example: run without -short")
	}
	dir := t.TempDir()
	sample := filepath.Join(dir, "s.csv")
	run(t, "backtest", "--html", "", "--sample", sample, "--blind")
	raw, err := os.ReadFile(sample)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "long_path")
	require.NotContains(t, string(raw), "unanswered")
}

func TestReadSample(t *testing.T) {
	got, err := readSample(strings.NewReader("id,useful\na,yes\nb,No\nc,\n"))
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"a": true, "b": false}, got)
	for in, want := range map[string]string{
		"":                       "empty",
		"who,what\n":             "id and useful",
		"id,useful\na,perhaps\n": "line 2 says",
		"id,text,useful\na,b\n":  "line 2 has 2 columns",
	} {
		_, err := readSample(strings.NewReader(in))
		require.ErrorContains(t, err, want)
	}
}

func TestFormulasAreDefused(t *testing.T) {
	require.Equal(t, "'=HYPERLINK(1)", safe("=HYPERLINK(1)"))
	require.Equal(t, "plain", safe("plain"))
}

func TestCancelled(t *testing.T) {
	dir := smallCompany(t)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	require.Equal(t, exitInterrupted, Main(ctx, []string{"replay", "--jira", filepath.Join(dir, "a.jsonl"), "--out", filepath.Join(dir, "out")}, io.Discard, io.Discard))
}
