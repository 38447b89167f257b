package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/replay"
	"andon/store/storetest"
)

// lonely writes an issue that goes through four teams, a thread and a roster.
func lonely(t *testing.T) (issues, chat, cfg string) {
	dir := t.TempDir()
	issues, chat = filepath.Join(dir, "issues.jsonl"), filepath.Join(dir, "chat")
	move := func(id, at, from, to string) string {
		return `{"id":"` + id + `","author":{"accountId":"a-ann"},"created":"` + at + `","items":[{"field":"Team","fromString":"` + from + `","toString":"` + to + `"}]}`
	}
	line := `{"id":"10001","key":"PAY-1","fields":{"summary":"Card payments fail","created":"2026-03-02T07:00:00.000+0000","creator":{"accountId":"a-ann"},"reporter":{"accountId":"a-ann"},` +
		`"status":{"name":"Open"},"priority":{"name":"Medium"},"issuetype":{"name":"Bug"},"project":{"key":"PAY"},"assignee":{"accountId":"a-bob"},"Team":"D"},"changelog":{"histories":[` +
		strings.Join([]string{move("1", "2026-03-02T08:00:00.000+0000", "A", "B"), move("2", "2026-03-02T09:00:00.000+0000", "B", "C"), move("3", "2026-03-02T10:00:00.000+0000", "C", "D")}, ",") + `]}}`
	require.NoError(t, os.WriteFile(issues, []byte(line+"\n"), 0o600))
	for name, text := range map[string]string{
		"users.json":                  `[{"id":"U1","name":"ann"}]`,
		"channels.json":               `[{"id":"C1","name":"payments","members":["U1"]}]`,
		"payments/2026-03-02.json":    `[{"type":"message","user":"U1","text":"good morning","ts":"1772442000.000100"}]`,
		"payments/2026-03-03.json":    `[{"type":"message","user":"U1","text":"hello","ts":"1772528400.000100"}]`,
		"integration_logs/ignored.md": "",
	} {
		path := filepath.Join(chat, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	cfg = configFile(t, dir, `jira:
  - {site: main, url: "https://jira.example.com", team_field: Team}
slack:
  - {team: T1}
policy:
  zone: Europe/Oslo
roster:
  people:
    - {id: ann, name: Ann Example, jira: [a-ann], slack: [U1]}
    - {id: bob, name: Bob Example, jira: [a-bob], slack: [U2]}
    - {id: cat, name: Cat Example, slack: [U3]}
  teams:
    - {id: D, lead: cat}
`)
	return issues, chat, cfg
}

func TestSimulate(t *testing.T) {
	issues, chat, cfg := lonely(t)
	args := func(more ...string) []string {
		return append([]string{"simulate", "--jira", issues, "--slack", chat, "--config", cfg}, more...)
	}
	text := run(t, args("--case", "PAY-1", "--at", "2026-03-02 12:00")...)
	for _, want := range []string{
		"What andon would do about jira:PAY-1: Card payments fail\n",
		"As of Mon 2 Mar 2026 12:00 CET, as if every detector that is not off were live; from then on nothing happens and nobody answers.",
		"1. long_path fires on Mon 2 Mar 11:00 (score 1.00; its mode is shadow)",
		"rests on team of Mon 2 Mar 11:00: jira:PAY-1/3",
		"Mon 2 Mar 11:00  step 1: Cat Example (cat), as lead: leads D, which holds it",
		"passed over: Ann Example (ann) raised it",
		"could be asked besides: Bob Example (bob) holds it now",
		"said: nothing stood in the way",
		"-- Mon 2 Mar 12:00, from here on nobody answers --",
		"Tue 3 Mar 10:00  no answer within 8 hours of working time",
		"step 2: Bob Example (bob), as holder: holds it now",
		"ends on Tue 3 Mar 18:00 before received: no answer within 8 hours of working time; nobody is left who could be asked",
		"when it is solved, Ann Example (ann) is asked whether it holds\n",
		"ping_pong lacks a return to C",
		"By itself nothing more comes of it after",
	} {
		require.Contains(t, text, want)
	}
	require.Equal(t, text, run(t, args("--case", "PAY-1", "--at", "2026-03-02T11:00:00Z", "--as-live")...), "the same moment, the same text")
	modes := run(t, args("--case", "PAY-1", "--at", "2026-03-02 12:00", "--modes")...)
	require.Contains(t, modes, "not said, written down: long_path is in shadow mode")
	require.NotContains(t, modes, "step 2")
	require.NotContains(t, modes, "is asked whether it holds", "nobody was told of it")

	raw, err := os.ReadFile(cfg)
	require.NoError(t, err)
	gone := configFile(t, t.TempDir(), strings.Replace(string(raw), "slack: [U3]", "slack: [U3], left: true", 1))
	text = run(t, "simulate", "--jira", issues, "--slack", chat, "--config", gone, "--case", "PAY-1", "--at", "2026-03-02 12:00")
	require.Contains(t, text, "passed over: Cat Example (cat) has left the company")
	require.Contains(t, text, "step 1: Bob Example (bob), as holder: holds it now")

	var sim replay.Simulation
	require.NoError(t, json.Unmarshal([]byte(run(t, args("--case", "PAY-1", "--at", "2026-03-02 12:00", "--json")...)), &sim))
	require.Equal(t, "long_path", sim.Found[0].Detector)
	require.Equal(t, "cat", sim.Found[0].Steps[0].To)
	require.Equal(t, signals.ReceivedBy, sim.Found[0].Died)

	for _, ref := range []string{"https://jira.example.com/browse/PAY-1?focus=1", "jira:PAY-1", "jira/main/10001", "pay-1"} {
		require.Contains(t, run(t, args("--case", ref)...), "about jira:PAY-1", ref)
	}
	for _, ref := range []string{"https://x.slack.com/archives/C1/p1772528400000100", "C1/1772528400.000100", "#payments/1772528400.000100", "slack:C1/1772528400.000100"} {
		text := run(t, args("--case", ref)...)
		require.Contains(t, text, "about slack:C1/1772528400.000100: hello", ref)
		require.Contains(t, text, "No detector fires: nobody would be nudged.")
	}
}

func TestSimulateRefuses(t *testing.T) {
	issues, chat, cfg := lonely(t)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--case", "PAY-2"}, "--case PAY-2 is in no input; the nearest are PAY-1"},
		{[]string{"--case", "https://elsewhere.example.com/browse/PAX-1"}, "the nearest are PAY-1"},
		{[]string{"--case", "C1/1772528400.000200"}, "the nearest are C1/1772528400.000100, C1/1772442000.000100"},
		{[]string{"--case", "PAY-1", "--at", "tomorrow"}, `--at is "tomorrow": write it as`},
		{[]string{"--case", "PAY-1", "--at", "2026-03-02"}, "PAY-1 was first heard of on 2026-03-02 08:00:00 CET, after --at 2026-03-02 00:00:00 CET: give a later --at"},
		{[]string{"--case", "PAY-1", "--for", "soon"}, `--for is "soon": expected a duration`},
		{[]string{"--case", "PAY-1", "--for", "1m"}, "from 1h to 366d"},
		{[]string{"--case", "PAY-1", "--journal"}, "--journal takes the database in place of files"},
		{[]string{"--case", "PAY-1", "--as-live", "--modes"}, "--as-live and --modes can't be used together"},
		{nil, "missing flags: --case=KEY"},
	} {
		code, _, errOut := commandLine(t, append([]string{"simulate", "--jira", issues, "--slack", chat, "--config", cfg}, c.args...)...)
		require.Equal(t, exitUsage, code, "%q: %s", c.args, errOut)
		require.Contains(t, errOut, c.says)
	}
	code, _, errOut := commandLine(t, "simulate", "--learn", issues, "--case", "PAY-1")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errOut, "--learn alone")
	code, _, errOut = commandLine(t, "simulate", "--learn", issues, "--slack", chat, "--case", "PAY-1", "--config", cfg)
	require.Equal(t, exitOK, code)
	require.Contains(t, errOut, "PAY-1 is given to --learn alone")
}

// TestSimulateTheJournal asks about what was imported: what is learnt is never said.
func TestSimulateTheJournal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		issues, _, cfg := lonely(t)
		raw, err := os.ReadFile(cfg)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(cfg, append(raw, "database: "+strconv.Quote(url)+"\n"...), 0o600))
		run(t, "import", "--jira", issues, "--config", cfg)
		text := run(t, "simulate", "--journal", "--config", cfg, "--case", "PAY-1")
		require.Contains(t, text, "it began in history that was learnt, not watched")
		require.NotContains(t, text, "step 2")
		require.Equal(t, text, run(t, "simulate", "--journal", "--config", cfg, "--case", "PAY-1"), "it changes nothing")
	})
}

// TestSimulateTheExample takes the case of the guide's example.
func TestSimulateTheExample(t *testing.T) {
	text := run(t, "simulate", "--case", "PAY-102", "--at", "2026-03-05")
	require.Contains(t, text, "1. stall fires on Thu 5 Mar 10:56")
	require.Equal(t, text, run(t, "simulate", "--case", "PAY-102", "--at", "2026-03-05"), "the same each time")
	require.Contains(t, simulateCmd{}.Help(), "andon simulate --case PAY-102 --at 2026-03-05\n")
}

// TestSimulationIsPlain prints names and words that want to be more.
func TestSimulationIsPlain(t *testing.T) {
	at := time.Date(2026, 12, 31, 10, 0, 0, 0, time.UTC)
	bad := "A\x1b[31m\nB"
	s := &replay.Simulation{Case: bad, Title: bad, At: at, End: at.AddDate(0, 0, 1), More: at.AddDate(0, 0, 2), Joined: []string{bad}, Found: []replay.Finding{{
		Detector: "stall", Reason: bad, At: at, Evidence: []replay.Ground{{At: at, Event: bad, Kind: "said"}}, Died: signals.ReceivedBy, Why: bad, DiedAt: at,
		Steps: []replay.Step{{To: bad, Name: bad, Owner: bad, Route: bad, Reason: bad + "!", Passed: []replay.Other{{Who: bad, Name: bad, Why: bad}},
			Moments: []replay.Moment{{At: at, State: signals.Held, Why: bad, Until: at.AddDate(0, 0, 1)}}}},
	}}, Near: []replay.Near{{Detector: "climb", Lacks: bad}}}
	var out strings.Builder
	require.NoError(t, writeSimulation(&out, s, time.UTC))
	require.NotContains(t, out.String(), "\x1b")
	require.NotContains(t, out.String(), "\nB")
	require.Contains(t, out.String(), "held until Fri 1 Jan 2027 10:00")
	require.Contains(t, out.String(), "A longer --for goes on.")
}

func TestMoment(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	require.NoError(t, err)
	for text, want := range map[string]string{
		"2026-03-10T14:00:00Z": "2026-03-10T14:00:00Z", "2026-03-10T14:00:00+02:00": "2026-03-10T12:00:00Z", "2026-07-10 14:00": "2026-07-10T12:00:00Z",
		"2026-03-10": "2026-03-09T23:00:00Z", "2026-03-10T14:00": "2026-03-10T13:00:00Z", "2026-03-10 14:00:30": "2026-03-10T13:00:30Z",
	} {
		at, err := moment(text, oslo)
		require.NoError(t, err)
		require.Equal(t, want, at.Format(time.RFC3339), text)
	}
	at, err := moment("", oslo)
	require.NoError(t, err)
	require.True(t, at.IsZero())
	require.Equal(t, time.UTC, zoneOf(&config.Config{}))
}

// TestSimulateGuideNamesEveryFlag keeps docs/simulate.md and the command together.
func TestSimulateGuideNamesEveryFlag(t *testing.T) {
	guide := page(t, "docs", "simulate.md")
	namesFlags(t, guide, "simulate")
}

func TestSimulationTellsOfTheQuestion(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	ann := replay.Confirmation{Who: "ann", Name: "Ann Example"}
	gone := replay.Confirmation{Who: "ann", Name: "Ann Example", Why: "who raised it has left the company"}
	solved := []replay.Reached{{Stage: signals.Corrected, At: at}}
	again := []replay.Moment{{At: at, State: signals.Sent, Why: "it was corrected"}}
	for want, f := range map[string]replay.Finding{
		"   Mon 2 Mar 10:00  Ann Example (ann), whether it is solved: said: it was corrected\n   when it is solved, Ann Example (ann) is asked whether it holds\n": {Confirm: ann, Asked: again},
		"   when it is solved, Ann Example (ann) is asked whether it holds\n":                                                                                      {Confirm: ann},
		"   when it is solved, whoever raised it without their name is asked whether it holds\n":                                                                   {Confirm: replay.Confirmation{Name: "whoever raised it without their name"}},
		"   when it is solved, nobody is asked whether it holds: who raised it has left the company\n":                                                             {Confirm: gone},
		"   Mon 2 Mar 10:00  Ann Example (ann), whether it is solved: said: it was corrected\n":                                                                    {Confirm: ann, Stages: solved, Asked: []replay.Moment{{At: at, State: signals.Sent, Why: "it was corrected"}}},
		"   Mon 2 Mar 10:00  Ann Example (ann), whether it is solved: dropped: who raised it solved it\n":                                                          {Confirm: gone, Stages: solved, Asked: []replay.Moment{{At: at, State: signals.Superseded, Why: "who raised it solved it"}}},
		"   Mon 2 Mar 10:00  Ann Example (ann), whether it is solved: held until Tue 3 Mar 09:00: at night\n":                                                      {Confirm: ann, Stages: solved, Asked: []replay.Moment{{At: at, State: signals.Held, Why: "at night", Until: at.Add(23 * time.Hour)}}},
		"": {},
	} {
		w := simText{zone: time.UTC, at: at}
		w.confirm(&f)
		require.Equal(t, want, w.b.String())
	}
}
