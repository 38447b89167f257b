package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals/replay"
	"andon/store"
)

// TestEvalOfTheJournal scores what was imported, keeps the card, and lets doctor
// compare with it.
func TestEvalOfTheJournal(t *testing.T) {
	if testing.Short() {
		t.Skip("a history scored five times: run without -short")
	}
	t.Parallel()
	dir := t.TempDir()
	issues := filepath.Join(dir, "issues.jsonl")
	require.NoError(t, os.WriteFile(issues, exampleIssues(t, 700), 0o600))
	url := "sqlite:" + filepath.Join(dir, "andon.db")
	cfg := configFile(t, dir, "database: "+url+"\njira:\n  - {team_field: Team}\n")
	run(t, "import", "--jira", issues, "--config", cfg)

	var files, journal evalPage
	require.NoError(t, json.Unmarshal([]byte(run(t, "eval", "--jira", issues, "--config", cfg, "--boot", "20", "--json")), &files))
	require.NoError(t, json.Unmarshal([]byte(run(t, "eval", "--journal", "--config", cfg, "--boot", "20", "--json")), &journal))
	require.Equal(t, files.Rows, journal.Rows, "the database holds what the file does")

	doctor := func(args ...string) string {
		_, out, _ := commandLine(t, append([]string{"doctor", "--config", cfg}, args...)...)
		return out
	}
	require.NotContains(t, doctor(), "models:")
	require.Contains(t, doctor("--drift"), "no card is kept to compare with")
	run(t, "eval", "--journal", "--save", "--config", cfg, "--boot", "20")
	require.Regexp(t, `models: too few cases since the card of [-0-9]+ to compare with it: 0 opened since; it takes 20 hand-overs, or 10 that came to something and 10 that did not`, doctor())

	// A card of long ago that promised much, and one that did not. Some case went
	// on after all others, and one event is dated ahead.
	keep := func(level float64, learnt int) {
		c := savedCard{Saved: time.Now(), Seed: 1, To: time.Now().AddDate(1, 0, 0), Newest: files.From.Add(files.To.Sub(files.From) / 2), Learnt: learnt, Rows: files.Rows}
		for i := range c.Rows {
			r := &c.Rows[i]
			if r.Lower {
				r.Ours = replay.Figure{Value: 1 - level, Low: 1 - level, High: 1 - level, Known: r.Ours.Known}
			} else {
				r.Ours = replay.Figure{Value: level, Low: level, High: level, Known: r.Ours.Known}
			}
		}
		raw, err := json.Marshal(c)
		require.NoError(t, err)
		db, err := store.Open(t.Context(), url, store.Options{})
		require.NoError(t, err)
		require.NoError(t, db.SetCursor(t.Context(), cardCursor, string(raw)))
		require.NoError(t, db.Close())
	}
	keep(1, settledFrom)
	require.Regexp(t, `warn  models: .*: 1\.000 on the card of .* on the cases since`, doctor())
	keep(0, settledFrom)
	require.Contains(t, doctor(), "models: not shown to be worse than on the card of")
	keep(1, settledFrom-1)
	require.Regexp(t, `models: the card of .* was made when they had learnt from 299 closed cases, while they still change; save another when there are 300`, doctor())
}

func TestEvalOfTheJournalRefuses(t *testing.T) {
	for _, args := range [][]string{{"--journal", "--jira", "x"}, {"--save"}} {
		code, _, errOut := commandLine(t, append([]string{"eval"}, args...)...)
		require.Equal(t, exitUsage, code)
		require.Contains(t, errOut, "--journal")
	}
}

// TestACardKnowsUpToWhen: the newest case tells it; of a card that does not know
// it the last event does, unless that is dated ahead.
func TestACardKnowsUpToWhen(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 5, n, 0, 0, 0, 0, time.UTC) }
	require.Equal(t, day(3), (&savedCard{Saved: day(9), To: day(7), Newest: day(3)}).heard())
	require.Equal(t, day(7), (&savedCard{Saved: day(9), To: day(7)}).heard())
	require.Equal(t, day(9), (&savedCard{Saved: day(9), To: day(20)}).heard())
}
