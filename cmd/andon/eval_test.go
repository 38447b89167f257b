package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/company"
	"andon/signals/replay"
)

// TestEvalOfTheExample runs the command as the guide names it, and looks for
// everybody who works at the company: nobody may be in the card.
func TestEvalOfTheExample(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole example, twice: run without -short")
	}
	text := run(t, "eval", "--boot", "20")
	for _, want := range []string{
		"the bundled example company, seed 1", "Early warning", "Who can solve it", "The same again", "Weak signals in talk and tickets",
		"Model card", "Where it is weak", "What it means", "unanswered_ask", "too few to say", "95 %",
	} {
		require.Contains(t, text, want)
	}
	c, err := company.Generate(company.Options{Seed: 1})
	require.NoError(t, err)
	for _, p := range c.People {
		for _, who := range []string{p.Name, p.AccountID, p.SlackID} {
			require.NotContains(t, text, who)
		}
	}
	require.Equal(t, text, run(t, "eval", "--boot", "20"), "the same each time")
}

func TestEvalOfFiles(t *testing.T) {
	dir := smallCompany(t)
	a, b, cfg := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "b.jsonl"), filepath.Join(dir, "andon.yaml")
	var page evalPage
	require.NoError(t, json.Unmarshal([]byte(run(t, "eval", "--jira", a, "--jira", b, "--config", cfg, "--boot", "20", "--json")), &page))
	require.False(t, page.Truth)
	require.Empty(t, page.Known)
	require.False(t, page.Cut.IsZero())
	require.Positive(t, page.Scored)
	require.Less(t, page.Scored, page.Cases/2)
	text := run(t, "eval", "--learn", a, "--jira", b, "--config", cfg, "--boot", "20")
	require.Contains(t, text, "what was given to --learn is known from the start")
	require.Contains(t, text, "andon backtest with --sample FILE --blind")
	text = run(t, "eval", "--slack", filepath.Join(dir, "slack"), "--boot", "20")
	require.Contains(t, text, "no tickets")
	require.Contains(t, text, "not there in this history")
}

func TestEvalRefuses(t *testing.T) {
	dir := smallCompany(t)
	bad := filepath.Join(dir, "bad.jsonl")
	raw, err := os.ReadFile(filepath.Join(dir, "a.jsonl"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(bad, append(raw, "{\"key\":\n"...), 0o600))
	empty := filepath.Join(dir, "empty.jsonl")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--split", "1"}, exitUsage, "between 0 and 1"},
		{[]string{"--split", "0"}, exitUsage, "between 0 and 1"},
		{[]string{"--boot", "3"}, exitUsage, "20 to 10000"},
		{[]string{"--learn", bad}, exitUsage, "--learn alone gives nothing to score"},
		{[]string{"--jira", filepath.Join(dir, "none.jsonl")}, exitUsage, "none.jsonl"},
		{[]string{"--jira", empty}, exitFailed, "it is empty"},
		{[]string{"--jira", bad, "--boot", "20", "--strict"}, exitRejected, "1 record rejected"},
		{[]string{"--jira", bad, "--boot", "20"}, exitOK, "1 record rejected"},
	} {
		var out, errOut bytes.Buffer
		require.Equal(t, c.code, Main(context.Background(), append([]string{"eval"}, c.args...), &out, &errOut), "%q: %s", c.args, errOut.String())
		require.Contains(t, errOut.String(), c.says)
	}
}

// TestCardIsPlain prints a card with a name that wants to be more than a name.
func TestCardIsPlain(t *testing.T) {
	f := replay.Figure{Value: 0.4, Low: 0.3, High: 0.45, Known: true}
	all := replay.Figure{Value: 0.8, Low: 0.7, High: 0.9, Known: true}
	card := &replay.Card{
		Cases: 50, MinCases: 20, Group: 5, People: 3, Handed: 30, Settled: 20, Small: 2, Compared: 1, Scored: 20, StillOpen: 1,
		Weak: []replay.WeakRow{{Kind: "team", Name: "A\x1b[31m\nTeam", Task: "AUC", Cases: 30, Here: f, All: all}},
		Alarms: []replay.AlarmRow{
			{Task: "wanders", Entries: 3, Threshold: 0.3, Alarms: 40, Right: f},
			{Task: "wanders", Entries: 3, Threshold: 0.5, Alarms: 4, Right: f},
		},
		Warnings: replay.WarnRow{Cases: 50, Came: 11, Warned: 30, Right: all, Caught: f, Ahead: 5 * time.Hour},
	}
	var out bytes.Buffer
	require.NoError(t, writeCard(&out, &evalPage{Inputs: []string{"x\x1b[2J"}, Card: card}))
	text := out.String()
	require.NotContains(t, text, "\x1b")
	require.NotContains(t, text, "\nTeam")
	for _, want := range []string{
		"wrong about 6 of 10 times (6 to 7)", "4 alarms, too few to say", "fewer than 5 people", "20 of 30 cases that changed teams have one holder",
		"30 warnings among 50 cases, 11 of which came to a bad end", "Of 10 warnings 8 came true (7 to 9), half of those 5 hours ahead or more; of 10 bad ends 4 were warned of",
		"2 further ones with fewer than 5 known people", "1 scored case had no end",
	} {
		require.Contains(t, text, want)
	}
}

// TestCardSaysWhatIsMissing: silence is told apart from strength.
func TestCardSaysWhatIsMissing(t *testing.T) {
	card := &replay.Card{Cases: 1, MinCases: 20, Group: 5, Scored: 1, Silent: []string{"wanders", "returns"}, Cut: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	var out bytes.Buffer
	require.NoError(t, writeCard(&out, &evalPage{Card: card}))
	for _, want := range []string{
		"what was opened from 2026-03-02 on is scored, 1 case.", "Not known: no figure of a team or project rests on enough",
		"No case has a team", "(team_field)", "foretold nothing of this, and at_risk is silent about it until 100 cases are closed and 20 came to it:\n    wanders; returns.",
	} {
		require.Contains(t, out.String(), want)
	}
	card.Teams, card.Silent, card.Compared = 2, nil, 3
	out.Reset()
	require.NoError(t, writeCard(&out, &evalPage{Card: card}))
	require.NotContains(t, out.String(), "No case has a team")
	require.NotContains(t, out.String(), "foretold nothing")
	require.Contains(t, out.String(), "Nowhere: none of 3 figures of teams and projects lies below that of all together.")
}

// TestEvalGuideNamesEveryFlag keeps docs/eval.md and the command together.
func TestEvalGuideNamesEveryFlag(t *testing.T) {
	guide := page(t, "docs", "eval.md")
	namesFlags(t, guide, "eval")
	for _, word := range marks {
		require.Contains(t, strings.ToLower(guide), word)
	}
}
