package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/jira/fakejira"
	"andon/integrations/slack/fakeslack"
)

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
