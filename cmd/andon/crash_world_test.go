package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
	"andon/integrations/jira"
	"andon/signals"
	"andon/signals/replay"
)

const crashTeam = "pennyfern" // the workspace and the Jira site of the invented company

// crashHistory is what happens in the company: what is known at the start and
// what comes while processes are killed.
type crashHistory struct {
	issues []byte // JSON Lines
	config config.Config
	learn  []*signals.Event
	play   []*signals.Event
	at     time.Time // the virtual time at which the service begins to watch
	end    time.Time // of the latest event
}

// crashPlot makes a history of about so many issues whose last days are played.
func crashPlot(t testing.TB, issues int, days float64) *crashHistory {
	c, err := company.Generate(company.Options{Seed: 3, Weeks: 2, Issues: issues, Messages: 1000})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, c.WriteJira(&b))
	h := &crashHistory{issues: b.Bytes(), config: companyConfig(c)}
	h.config.Policy.Modes = map[string]signals.Mode{"person_ping_pong": signals.Live}
	h.config.Policy.Mode = signals.Live
	h.config.Policy.Hours, h.config.Policy.Days = "00:00-24:00", "mon-sun" // a late message would wait for the morning, and the clock stands at the end
	for i := range h.config.Roster.People {
		p := &h.config.Roster.People[i]
		p.Hours, p.Days, p.Region = "", "", ""
	}
	h.config.Policy.Holidays = nil
	for _, e := range crashEvents(t, h) {
		h.end = e.At
	}
	h.at = h.end.Add(-time.Duration(days * 24 * float64(time.Hour))).Truncate(time.Second)
	for _, e := range crashEvents(t, h) {
		if e.At.Before(h.at) {
			h.learn = append(h.learn, e)
		} else {
			h.play = append(h.play, e)
		}
	}
	require.NotEmpty(t, h.learn)
	require.NotEmpty(t, h.play)
	return h
}

// crashEvents are the events of the whole history as an export of it gives them.
func crashEvents(t testing.TB, h *crashHistory) []*signals.Event {
	var all replay.Log
	path := filepath.Join(t.TempDir(), "issues.jsonl")
	require.NoError(t, os.WriteFile(path, h.issues, 0o600))
	_, err := jira.ReadFile(t.Context(), path, jiraOptions(h.config.Jira[0]), all.Add)
	require.NoError(t, err)
	return all.Ordered()
}

// crashRun is one service with its database and its surroundings.
type crashRun struct {
	t        testing.TB
	h        *crashHistory
	dir      string
	url      string        // of the database
	config   string        // path
	interval time.Duration // of the polls, in virtual time
	clock    *crashClock
	rnd      *rand.Rand
	jira     *process
	slack    *process
	sql      *sql.DB
	serving  []*process
	alerts   alerter
	kills    int
	hangs    int // kills while a message stood in Slack whose post had no answer
}

// newCrashRun starts the surroundings; the clock stands at the beginning.
func newCrashRun(t testing.TB, url string, h *crashHistory) *crashRun {
	r := &crashRun{t: t, h: h, dir: t.TempDir(), url: url, clock: &crashClock{}, rnd: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))}
	r.clock.set(h.at, 1)
	issues := filepath.Join(r.dir, "issues.jsonl")
	require.NoError(t, os.WriteFile(issues, h.issues, 0o600))
	r.jira = spawn(t, r.dir, "jira", "jira", r.clock, issues)
	t.Cleanup(r.jira.kill)
	r.slack = spawn(t, r.dir, "slack", "slack", r.clock)
	t.Cleanup(r.slack.kill)
	r.jira.awaitURL()
	r.slack.awaitURL()
	t.Cleanup(func() {
		for _, p := range r.serving {
			p.kill()
		}
		if t.Failed() {
			r.keep()
		}
	})
	return r
}

// keep leaves the files of a run that failed where ANDON_CRASH_KEEP says.
func (r *crashRun) keep() {
	to := os.Getenv("ANDON_CRASH_KEEP")
	if to == "" {
		r.t.Logf("ANDON_CRASH_KEEP=DIR keeps the logs and the database of a run that fails")
		return
	}
	to = filepath.Join(to, strings.ReplaceAll(r.t.Name(), "/", "_"))
	if err := os.CopyFS(to, os.DirFS(r.dir)); err != nil {
		r.t.Logf("keep the files: %v", err)
		return
	}
	if path, ok := sqliteFile(r.url); ok {
		if err := os.CopyFS(filepath.Join(to, "db"), os.DirFS(filepath.Dir(path))); err != nil {
			r.t.Logf("keep the database: %v", err)
		}
	}
	r.t.Logf("the files are in %s", to)
}

// configure writes the configuration. poll is virtual time.
func (r *crashRun) configure(poll time.Duration) {
	c := r.h.config
	c.Database, c.Listen, c.Admin = r.url, "127.0.0.1:0", "C0ANDONADM"
	c.Jira = slices.Clone(c.Jira)
	r.interval = max(poll.Truncate(time.Second), 10*time.Second)
	c.Jira[0].URL, c.Jira[0].Poll = r.jira.url(), r.interval
	c.Slack = []config.Slack{{Team: crashTeam, URL: r.slack.url() + "/api/"}}
	c.Alerts = []config.Alerts{{Site: "metrics"}}
	text, err := c.YAML()
	require.NoError(r.t, err)
	text = bytes.Replace(text, []byte("jira:\n    - "), []byte("jira:\n    - user: andon\n      token: secret\n      "), 1)
	text = bytes.Replace(text, []byte("slack:\n    - "), []byte("slack:\n    - bot_token: xoxb-crash\n      "), 1)
	r.config = filepath.Join(r.dir, "andon.yaml")
	require.NoError(r.t, os.WriteFile(r.config, text, 0o600))
	_, err = config.Load(r.config, configOptions())
	require.NoError(r.t, err)
}

// serve starts one more process of the service.
func (r *crashRun) serve() *process {
	p := spawn(r.t, r.dir, fmt.Sprintf("serve%d", len(r.serving)%2), "serve", r.clock, "--config", r.config)
	r.serving = append(r.serving, p)
	r.alerts.to(p)
	return p
}

// tick sets the common clock to another speed; no service may be running.
func (r *crashRun) tick(speed float64) {
	r.clock.set(time.Time{}, speed)
	for _, p := range []*process{r.jira, r.slack} {
		r.post(p.url()+"/_crash/clock", r.clock.text())
	}
}

// meet lets the service meet Jira for the first time, with some kills on the
// way, while the clock nearly stands: what is there is learnt.
func (r *crashRun) meet(kills int) {
	for range kills {
		p := r.serve()
		time.Sleep(time.Duration(20+r.rnd.IntN(400)) * time.Millisecond)
		p.kill()
		r.kills++
	}
	p := r.serve()
	p.awaitReady()
	await(r.t, 120*time.Second, "the first contact is over", func() bool {
		require.False(r.t, p.over(), "%s", p.tail())
		return r.count("SELECT COUNT(*) FROM cursors WHERE name LIKE 'contact/%' AND value = 'watching'") == 1
	})
	require.Zero(r.t, r.count("SELECT COUNT(*) FROM records"), "what is learnt is not judged")
	p.stop()
}

// busy are the rows that say that something is still to be done.
var busy = []string{
	"SELECT COUNT(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded') AND NOT (kind = 'send' AND state = 'scheduled')", // whether a message waits is asked below
	"SELECT COUNT(*) FROM cases c WHERE queued = 1 OR last > 0 AND looked < (SELECT MAX(pos) FROM events e WHERE e.case_id = c.id AND e.learn = 0)",
	"SELECT COUNT(*) FROM messages WHERE claimed = 1 OR queued = 1 OR state = 'sending'",
}

// settle lets a service do what there is to do while the clock nearly stands,
// and stops it.
func (r *crashRun) settle() {
	r.t.Helper()
	r.tick(1)
	p := r.serve()
	p.awaitReady()
	quiet := 0
	what := ""
	for end := time.Now().Add(150 * time.Second); quiet < 10; time.Sleep(100 * time.Millisecond) {
		quiet++
		what = ""
		for _, q := range busy {
			if n := r.count(q); n != 0 {
				what += fmt.Sprintf("%s: %d; ", q, n)
				quiet = 0
			}
		}
		require.False(r.t, p.over(), "the service ended: %s", p.tail())
		if time.Now().After(end) {
			require.FailNow(r.t, "the service did not come to rest", "%s\n%s", what, p.tail())
		}
	}
	p.stop()
}
