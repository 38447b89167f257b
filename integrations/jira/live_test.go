package jira_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/jira"
	"andon/integrations/jira/fakejira"
	"andon/signals"
)

// follower polls a fake Jira while its history is played, and keeps the events
// as a journal does: the first one with an id counts.
type follower struct {
	t      *testing.T
	now    time.Time
	fake   *fakejira.Server
	c      *jira.Client
	cursor string
	got    map[string]*signals.Event
	pass   func(time.Duration)
	failed int // polls that did not come to their end
}

func follow(t *testing.T, dialect fakejira.Dialect, issues []byte) *follower {
	f := &follower{t: t, now: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), got: map[string]*signals.Event{}}
	clock := func() time.Time { return f.now }
	f.fake = fakejira.New(fakejira.Options{Dialect: dialect, Now: clock, Indexing: 4 * time.Minute, Token: "secret"})
	_, err := f.fake.Load(bytes.NewReader(issues))
	require.NoError(t, err)
	srv := httptest.NewServer(f.fake)
	t.Cleanup(srv.Close)
	f.c, err = jira.Dial(context.Background(), jira.Site{URL: srv.URL, Token: "secret", Now: clock})
	require.NoError(t, err)
	t.Cleanup(f.c.Close)
	f.pass = f.c.Hurry()
	return f
}

// want is what the whole histories tell, and the times at which it happened.
func (f *follower) want(issues []byte) (map[string]*signals.Event, []time.Time) {
	o := f.c.Options()
	want, times := map[string]*signals.Event{}, []time.Time(nil)
	lines := bufio.NewScanner(bytes.NewReader(issues))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		events, err := jira.Normalize(lines.Bytes(), &o)
		require.NoError(f.t, err)
		for _, e := range events {
			want[e.ID] = e
			times = append(times, e.At)
		}
	}
	require.NoError(f.t, lines.Err())
	slices.SortFunc(times, time.Time.Compare)
	return want, times
}

// poll polls until nothing fails. The process may die after any delivery: then
// the cursor that came with it is all that is left.
func (f *follower) poll() {
	for try := 0; ; try++ {
		require.Less(f.t, try, 200)
		n, stored := 0, f.cursor
		out, err := f.c.Poll(context.Background(), f.cursor, func(_ context.Context, d signals.Delivery, cursor string) error {
			if n++; try%3 == 0 && n%13 == 0 {
				return errDied
			}
			for _, e := range d.Events {
				if f.got[e.ID] == nil {
					f.got[e.ID] = e
				}
			}
			stored = cursor
			return nil
		})
		f.cursor = stored
		if err == nil {
			f.cursor = out
			return
		}
		f.failed++
		f.pass(30 * time.Second)
	}
}

var errDied = errors.New("the process died")

// play moves through the history in steps and compares in the end.
func (f *follower) play(issues []byte, steps int) {
	want, times := f.want(issues)
	for i := range steps {
		f.now = times[(len(times)-1)*i/steps]
		f.poll()
	}
	f.fake.Faults().Clear()
	for range 2 {
		f.now = f.now.Add(times[len(times)-1].Sub(f.now) + 10*time.Minute)
		f.poll()
	}
	f.t.Logf("%d events, %d polls of which %d failed, %+v, faults %v", len(f.got), steps+f.failed, f.failed, f.c.Stats(), f.fake.Faults().Served())
	require.Len(f.t, f.got, len(want))
	for id, e := range want {
		require.Equal(f.t, e, f.got[id])
	}
	before := f.fake.Requests()["total"]
	f.poll()
	require.Equal(f.t, before+1, f.fake.Requests()["total"], "an idle look is one request")
}

func faults() []fakejira.Fault {
	return []fakejira.Fault{
		{Kind: fakejira.Busy, Probability: 0.04, RetryAfter: "20", Reason: "jira-burst-based"},
		{Kind: fakejira.Busy, Probability: 0.04},
		{Kind: fakejira.Unavailable, Probability: 0.04, RetryAfter: "120"},
		{Kind: fakejira.Unavailable, Probability: 0.04},
		{Kind: fakejira.Login, Probability: 0.03},
		{Kind: fakejira.Truncated, Probability: 0.04},
		{Kind: fakejira.Reset, Probability: 0.04},
		{Kind: fakejira.NearLimit, Probability: 0.1},
	}
}

// What is followed live, through faults and deaths, gives the same events as the
// whole history read at its end: long changelogs, many comments, late indexing.
func TestLiveEqualsHistory(t *testing.T) {
	issues := longIssues()
	for _, dialect := range []fakejira.Dialect{fakejira.Cloud, fakejira.DataCenter} {
		for _, faulty := range []bool{false, true} {
			if !faulty && testing.Short() {
				continue
			}
			t.Run(fmt.Sprintf("%s, faults %t", dialect, faulty), func(t *testing.T) {
				f := follow(t, dialect, issues)
				if faulty {
					require.NoError(t, f.fake.Faults().Set(faults()...))
				}
				f.play(issues, 25)
			})
		}
	}
}

// longIssues are forty issues with up to 150 changes and 150 comments each.
func longIssues() []byte {
	var b bytes.Buffer
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	stamp := func(t time.Time) string { return t.Format("2006-01-02T15:04:05.000-0700") }
	ines := map[string]any{"accountId": "ines", "name": "ines", "key": "ines", "displayName": "Ines Invented"}
	for n := 1; n <= 40; n++ {
		created := at.Add(time.Duration(n) * 37 * time.Minute)
		histories, comments := []any{}, []any{}
		status, last := "Open", created
		for k := 1; k <= n*4-10; k++ {
			last = created.Add(time.Duration(k) * 61 * time.Second)
			to := fmt.Sprint("step ", k%7)
			histories = append(histories, map[string]any{"id": fmt.Sprint(n*1000 + k), "created": stamp(last), "author": ines, "items": []any{
				map[string]any{"field": "status", "fieldId": "status", "fieldtype": "jira", "from": "1" + status[len(status)-1:], "fromString": status, "to": "1" + to[len(to)-1:], "toString": to},
			}})
			status = to
		}
		for k := 1; k <= n*4-10; k++ {
			said := created.Add(time.Duration(k) * 59 * time.Second)
			comments = append(comments, map[string]any{"id": fmt.Sprint(n*1000 + k), "created": stamp(said), "updated": stamp(said), "author": ines, "body": fmt.Sprint("text ", k)})
		}
		issue := map[string]any{
			"id": fmt.Sprint(n), "key": fmt.Sprint("PAY-", n),
			"fields": map[string]any{
				"created": stamp(created), "updated": stamp(last), "summary": fmt.Sprint("bill ", n), "status": map[string]any{"id": "1" + status[len(status)-1:], "name": status},
				"reporter": ines, "project": map[string]any{"key": "PAY"}, "comment": map[string]any{"comments": comments, "total": len(comments)},
			},
			"changelog": map[string]any{"histories": histories, "total": len(histories)},
		}
		_ = json.NewEncoder(&b).Encode(issue)
	}
	return b.Bytes()
}

// The same on a real history, where there is one.
func TestLiveEqualsRealHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds: run without -short")
	}
	file, err := os.Open("../../../shared/data/storm.jsonl.gz")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no real history: put the development data at ../shared/data beside the repository")
	}
	require.NoError(t, err)
	defer file.Close()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	issues, err := io.ReadAll(z)
	require.NoError(t, err)
	f := follow(t, fakejira.Cloud, issues)
	require.NoError(t, f.fake.Faults().Set(faults()...))
	f.play(issues, 20)
}
