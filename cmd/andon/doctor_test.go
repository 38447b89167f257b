package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/integrations/jira/fakejira"
	"andon/integrations/slack/fakeslack"
)

// surroundings are a Jira and a Slack to be asked.
type surroundings struct{ jira, slack string }

const (
	jiraToken  = "jira-token-never-to-be-shown"
	slackToken = "xoxb-never-to-be-shown"
)

func surround(t *testing.T, dialect fakejira.Dialect, scopes ...string) surroundings {
	j := fakejira.New(fakejira.Options{Dialect: dialect, Token: jiraToken, User: "andon@north.example"})
	_, err := j.Load(bytes.NewReader(exampleIssues(t, 100)))
	require.NoError(t, err)
	js := httptest.NewServer(j)
	t.Cleanup(js.Close)
	ss := httptest.NewServer(fakeslack.New(fakeslack.Options{Team: "T1", Token: slackToken, Scopes: scopes}))
	t.Cleanup(ss.Close)
	return surroundings{js.URL, ss.URL + "/api/"}
}

var allScopes = []string{"chat:write", "im:write", "im:history", "channels:history"}

// commandLine runs a command line and returns its exit code and what it printed.
func commandLine(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func configFile(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "andon.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

const goodRoster = `
roster:
  people:
    - {id: ann, name: Ann Birchwood, jira: [a1], slack: [U1], team: Payments}
    - {id: ben, name: Ben Oakley, slack: [U2]}
  teams:
    - {id: Payments, lead: ben}
`

func TestDoctorOnAGoodConfiguration(t *testing.T) {
	for _, dialect := range []fakejira.Dialect{fakejira.Cloud, fakejira.DataCenter} {
		t.Run(string(dialect), func(t *testing.T) {
			at, dir := surround(t, dialect, allScopes...), t.TempDir()
			path := configFile(t, dir, `
database: sqlite:`+filepath.Join(dir, "andon.db")+`
admin: C1
jira:
  - site: north
    url: `+at.jira+`
    user: andon@north.example
    token: `+jiraToken+`
    token_expires: 2999-01-01
    team_field: Team
    watch: [project = PAR]
    webhook_secret: hook-never-to-be-shown
slack: [{team: T1, bot_token: `+slackToken+`, url: "`+at.slack+`"}]
alerts: [{site: metrics, token: alerts-never-to-be-shown}]
`+goodRoster)
			code, out, errOut := commandLine(t, "doctor", "--config", path)
			require.Zero(t, code, "%s%s", out, errOut)
			require.Contains(t, out, "warn  database: "+filepath.Join(dir, "andon.db")+" is not there yet — andon serve")
			require.NoFileExists(t, filepath.Join(dir, "andon.db"), "the doctor makes nothing")

			code, out, errOut = commandLine(t, "migrate", "--config", path)
			require.Zero(t, code, "%s%s", out, errOut)
			code, out, errOut = commandLine(t, "doctor", "--config", path)
			require.Zero(t, code, "%s%s", out, errOut)
			require.NotContains(t, out, "FAIL")
			kind := map[fakejira.Dialect]string{fakejira.Cloud: "Cloud", fakejira.DataCenter: "Data Center"}[dialect]
			for _, line := range []string{
				"ok    database: sqlite:" + filepath.Join(dir, "andon.db") + " answers; 0 events of 0 cases",
				"ok    disk: ",
				"ok    queue: nothing waits for long, and nothing keeps failing",
				"warn  source jira/north: never heard yet — start andon serve",
				"ok    jira north: " + kind + ", as andon",
				"ok    jira north: fields, scopes and permissions are in order",
				"ok    slack: workspace T1 takes the token",
				"ok    alerts metrics: a token is wanted",
				"ok    roster: everybody in it, 2, has a Slack account",
				"ok    text: people's words are kept for 30 days",
			} {
				require.Contains(t, out, line)
			}
			require.NotContains(t, out+errOut, "never-to-be-shown")

			code, out, _ = commandLine(t, "doctor", "--config", path, "--fix-nothing", "--json")
			require.Zero(t, code)
			var said struct {
				OK     bool
				Checks []checked
			}
			require.NoError(t, json.Unmarshal([]byte(out), &said))
			require.True(t, said.OK)
			require.Greater(t, len(said.Checks), 9)
		})
	}
}

func TestDoctorOnABadConfiguration(t *testing.T) {
	at, dir := surround(t, fakejira.Cloud, "chat:write"), t.TempDir()
	broken := filepath.Join(dir, "broken.db")
	require.NoError(t, os.WriteFile(broken, bytes.Repeat([]byte("this is no database "), 1000), 0o600))
	path := configFile(t, dir, `
database: sqlite:`+broken+`
listen: "off"
keep_text: 500d
jira:
  - site: north
    url: `+at.jira+`
    user: andon@north.example
    token: `+jiraToken+`
    team_field: Teem
    watch: ["flavour = sweet"]
  - {site: south, url: "`+at.jira+`", user: andon@north.example, token: wrong-never-to-be-shown}
  - {site: east, url: "http://127.0.0.1:1", user: a, token: b}
  - {site: west}
  - {site: up, url: "`+at.jira+`", user: a, token: b, watch: ["project = ("]}
slack: [{team: T1, bot_token: `+slackToken+`, url: "`+at.slack+`"}]
alerts: [{site: metrics}]
roster:
  people:
    - {id: ann, name: Ann Birchwood, jira: [a1]}
    - {id: ben, name: Ben Oakley, slack: [U2]}
    - {id: cleo, left: true}
  teams:
    - {id: Payments, lead: ben, channel: C1}
    - {id: Search, lead: ben, channel: C2, owns: [{channel: C2}]}
    - {id: Web, lead: ben, owns: [{channel: C3}]}
`)
	code, out, errOut := commandLine(t, "doctor", "--config", path)
	require.Equal(t, exitFailed, code, "%s%s", out, errOut)
	require.Contains(t, errOut, "checks failed")
	for _, line := range []string{
		"warn  listen: off",
		"warn  text: people's words are kept for 500 days",
		"FAIL  database: sqlite:" + broken + ": ",
		"FAIL  jira north: team: Jira site north has no field \"Teem\" — the nearest are \"Team\"",
		"FAIL  jira north: watch \"flavour = sweet\" on Jira site north: Jira refuses this JQL",
		"warn  jira north: tokens of Jira Cloud end within a year",
		"warn  jira north: webhooks are refused, for there is no secret — set webhook_secret",
		"FAIL  jira south: reach Jira site south",
		"FAIL  jira east: reach the site: ",
		"FAIL  jira up: what to watch on Jira site up: JQL \"project = (\": a closing parenthesis is missing — mend it in the configuration",
		"ok    jira west: it has no url",
		"warn  slack: there is no admin channel",
		"FAIL  slack: Slack auth.test: the token lacks im:write",
		"alerts[0].token: without a token whoever reaches the address can send alerts — see docs/configuration.md",
		"warn  roster: 1 of 2 people cannot be told, for want of a Slack account: ann",
		"warn  roster: 1 of 3 teams have a channel that they do not own, so a cord pulled there does not reach them: Payments — give each",
	} {
		require.Contains(t, out, line)
	}
	require.NotContains(t, out+errOut, "never-to-be-shown")
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, levelFail) || strings.HasPrefix(line, levelWarn) {
			require.Contains(t, line, " — ", "every warning and failure says what to do")
		}
	}

	code, out, _ = commandLine(t, "doctor", "--config", path, "--json")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, `"ok": false`)

	require.NoError(t, os.WriteFile(path, []byte("listne: off\n"), 0o600))
	code, _, errOut = commandLine(t, "doctor", "--config", path)
	require.Equal(t, exitUsage, code)
	require.Contains(t, errOut, "did you mean listen?")
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1 << 10: "1.0 KiB", 3 << 19: "1.5 MiB", 75 << 30: "75.0 GiB", 1 << 50: "1024.0 TiB"} {
		require.Equal(t, want, size(n))
	}
}
