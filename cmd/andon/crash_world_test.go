package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
	"andon/integrations/jira"
	"andon/integrations/jira/fakejira"
	"andon/integrations/slack/fakeslack"
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

var crashClient = &http.Client{Timeout: 10 * time.Second}

func (r *crashRun) call(method, url, body string) []byte {
	r.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := crashClient.Do(req)
	require.NoError(r.t, err)
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	require.Less(r.t, resp.StatusCode, 300, "%s: %s", url, out)
	return out
}

func (r *crashRun) post(url, body string) { r.t.Helper(); r.call(http.MethodPost, url, body) }

// upset injects faults into the fakes, others than before.
func (r *crashRun) upset() {
	chosen := []fakejira.Fault{}
	for _, f := range []fakejira.Fault{
		{Kind: fakejira.Busy, Probability: .2, RetryAfter: "1", Count: 5}, {Kind: fakejira.Unavailable, Probability: .2, Count: 5}, {Kind: fakejira.Login, Probability: .1, Count: 2},
		{Kind: fakejira.Truncated, Probability: .2, Count: 3}, {Kind: fakejira.Slow, Probability: .2, Delay: fakejira.Duration(300 * time.Millisecond)}, {Kind: fakejira.Reset, Probability: .1, Count: 3},
	} {
		if r.rnd.IntN(4) == 0 {
			chosen = append(chosen, f)
		}
	}
	r.post(r.jira.url()+"/_fake/faults", r.json(chosen))
	r.call(http.MethodDelete, r.slack.url()+"/_fake/faults", "")
	for _, f := range []fakeslack.Fault{
		{Kind: fakeslack.HangStored, Method: "chat.postMessage", Count: 1}, {Kind: fakeslack.ResetStored, Method: "chat.postMessage", Count: 2}, {Kind: fakeslack.CutStored, Method: "chat.postMessage", Count: 1},
		{Kind: fakeslack.Limited, RetryAfter: 1, Count: 1}, {Kind: fakeslack.Unavailable, Method: "chat.postMessage", RetryAfter: 1, Count: 2}, {Kind: fakeslack.GatewayStored, Method: "chat.postMessage", Count: 1},
		{Kind: fakeslack.Slow, DelayMS: 200, Count: 4}, {Kind: fakeslack.Reset, Count: 2}, {Kind: fakeslack.Unavailable, Method: "conversations.history", Count: 1},
	} {
		if r.rnd.IntN(4) == 0 {
			r.post(r.slack.url()+"/_fake/faults", r.json(f))
		}
	}
}

// calm ends all faults.
func (r *crashRun) calm() {
	r.post(r.jira.url()+"/_fake/faults", "[]")
	r.call(http.MethodDelete, r.slack.url()+"/_fake/faults", "")
}

func (r *crashRun) json(v any) string {
	b, err := json.Marshal(v)
	require.NoError(r.t, err)
	return string(b)
}

// said is every message that stands in Slack or stood there.
func (r *crashRun) said() (out []fakeslack.Message) {
	require.NoError(r.t, json.Unmarshal(r.call(http.MethodGet, r.slack.url()+"/_fake/messages", ""), &out))
	return out
}

func (r *crashRun) requests(of *process) (out map[string]int) {
	require.NoError(r.t, json.Unmarshal(r.call(http.MethodGet, of.url()+"/_fake/requests", ""), &out))
	return out
}

// db is a connection to the database beside the service's.
func (r *crashRun) db() *sql.DB {
	if r.sql == nil {
		driver, at := "pgx", r.url
		if path, ok := sqliteFile(r.url); ok {
			driver, at = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)"
		}
		db, err := sql.Open(driver, at)
		require.NoError(r.t, err)
		db.SetMaxOpenConns(1)
		r.sql = db
		r.t.Cleanup(r.hangUp)
	}
	return r.sql
}

// hangUp ends that connection.
func (r *crashRun) hangUp() {
	if r.sql != nil {
		_ = r.sql.Close() // it only read
		r.sql = nil
	}
}

// count runs a query for one number; -1 while the database cannot be asked.
func (r *crashRun) count(query string) int {
	var n sql.NullInt64
	if err := r.db().QueryRow(query).Scan(&n); err != nil {
		return -1
	}
	return int(n.Int64)
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
	"SELECT COUNT(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')",
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

// alerter sends alerts as an Alertmanager does: what is not answered with 200 is
// sent again.
type alerter struct {
	mu    sync.Mutex
	urls  []*process
	acked []string // fingerprints
	no    int      // how often the service refused one
	done  chan struct{}
	wg    sync.WaitGroup
}

func (a *alerter) to(p *process) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.urls = append(a.urls, p)
}

// begin sends one alert every so often until end is called.
func (a *alerter) begin(now func() time.Time, every time.Duration) {
	a.done = make(chan struct{})
	a.wg.Go(func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for n := 0; ; n++ {
			select {
			case <-a.done:
				return
			case <-t.C:
			}
			a.send(fmt.Sprintf("%016x", n+1), now())
		}
	})
}

func (a *alerter) end() []string {
	close(a.done)
	a.wg.Wait()
	return a.accepted()
}

func (a *alerter) send(fingerprint string, at time.Time) {
	a.mu.Lock()
	var url string
	for _, p := range slices.Backward(a.urls) {
		if url = p.url(); url != "" && !p.over() {
			break
		}
	}
	a.mu.Unlock()
	if url == "" {
		return
	}
	body := fmt.Sprintf(`{"version":"4","groupKey":"{}:{n=%s}","status":"firing","receiver":"andon","alerts":[{"status":"firing","labels":{"alertname":"Disk%s"},"annotations":{},"startsAt":%q,"endsAt":"0001-01-01T00:00:00Z","fingerprint":%q}]}`,
		fingerprint, fingerprint, at.Format(time.RFC3339), fingerprint)
	resp, err := crashClient.Post(url+"/alerts", "application/json", strings.NewReader(body))
	if err != nil {
		return // the process died: nothing was promised
	}
	defer resp.Body.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch resp.StatusCode {
	case http.StatusOK:
		a.acked = append(a.acked, fingerprint)
	case http.StatusServiceUnavailable:
		a.no++
	}
}

// accepted are the alerts that the service promised to keep.
func (a *alerter) accepted() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.acked)
}

func (a *alerter) count() int { return len(a.accepted()) }

func (a *alerter) refused() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.no
}
