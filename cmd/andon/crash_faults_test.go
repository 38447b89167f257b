package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/jira/fakejira"
	"andon/integrations/slack/fakeslack"
	"andon/store/storetest"
)

// smallDisk is a file system of its own of so many megabytes.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "tmpfs", dir).CombinedOutput()
	if err != nil {
		t.Skipf("a small disk cannot be mounted here: run this as a user who may mount a tmpfs: %s", out)
	}
	t.Cleanup(func() {
		out, err := exec.Command("umount", "-l", dir).CombinedOutput()
		if err != nil {
			t.Errorf("unmount %s: %s", dir, out)
		}
	})
	return dir
}

// readyz is what the service says of itself.
func (p *process) readyz() (code int, body string) {
	resp, err := crashClient.Get(p.awaitURL() + "/readyz")
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(out)
}

// TestCrashDiskFull fills the disk of the database: the service refuses what it
// cannot store, says so, and goes on when there is room again.
func TestCrashDiskFull(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes for some seconds: run without -short")
	}
	t.Parallel()
	disk := smallDisk(t, 24)
	r := newCrashRun(t, "sqlite:"+filepath.Join(disk, "andon.db"), crashPlot(t, 150, 2))
	speed := r.speed(12 * time.Second)
	r.meet(0)
	r.tick(speed)
	p := r.serve()
	p.awaitReady()
	r.alerts.begin(r.clock.now, 5*time.Millisecond)
	await(t, 10*time.Second, "alerts are accepted", func() bool { return r.alerts.count() > 50 })

	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	await(t, 20*time.Second, "alerts are refused", func() bool { return r.alerts.refused() > 20 })
	why := ""
	await(t, 40*time.Second, "/readyz says so", func() bool {
		code, body := p.readyz()
		why = body
		return code == http.StatusServiceUnavailable && strings.Contains(body, "database")
	})
	require.Contains(t, why, "full", "/readyz names what to mend")
	require.False(t, p.over(), "the service ended: %s", p.tail())

	require.NoError(t, os.Remove(filler))
	n := r.alerts.count()
	await(t, 20*time.Second, "alerts are accepted again", func() bool { return r.alerts.count() > n+20 })
	await(t, 20*time.Second, "/readyz is well", func() bool { code, _ := p.readyz(); return code == http.StatusOK })
	acked := r.alerts.end()
	p.stop()
	r.outlive()
	r.settle()
	r.check(acked)
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	for _, size := range []int{1 << 20, 1 << 12, 1} {
		for part := make([]byte, size); err == nil; {
			_, err = f.Write(part)
		}
		require.ErrorContains(t, err, "no space")
		err = nil
	}
}

// TestCrashReadOnly makes the disk of the database read-only: the service says
// so and ends; when that is mended it goes on.
func TestCrashReadOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes for some seconds: run without -short")
	}
	t.Parallel()
	disk := smallDisk(t, 24)
	r := newCrashRun(t, "sqlite:"+filepath.Join(disk, "andon.db"), crashPlot(t, 150, 1))
	speed := r.speed(5 * time.Second)
	r.meet(0)
	remount := func(how string) {
		out, err := exec.Command("mount", "-o", "remount,"+how, disk).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	r.hangUp()
	remount("ro")
	p := r.serve()
	await(t, 30*time.Second, "the service ends", p.over)
	require.Error(t, p.err)
	require.Regexp(t, "read-only|this user may write there", p.tail())
	remount("rw")
	r.tick(speed)
	r.outlive()
	r.settle()
	r.check(nil)
}

// TestCrashTornTail leaves half a page behind the write-ahead log, as a power
// cut in the midst of a write does.
func TestCrashTornTail(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes for some seconds: run without -short")
	}
	t.Parallel()
	url := storetest.SQLite(t)
	r := newCrashRun(t, url, crashPlot(t, 150, 2))
	speed := r.speed(10 * time.Second)
	r.meet(0)
	r.tick(speed)
	r.alerts.begin(r.clock.now, 5*time.Millisecond)
	torn := 0
	for range 4 {
		p := r.serve()
		p.awaitReady()
		n := r.alerts.count()
		await(t, 10*time.Second, "alerts are accepted", func() bool { return r.alerts.count() > n+10 })
		time.Sleep(time.Duration(r.rnd.IntN(500)) * time.Millisecond)
		p.kill()
		r.kills++
		torn += tear(t, strings.TrimPrefix(url, "sqlite:")+"-wal", r.rnd.IntN(4096))
	}
	require.Positive(t, torn, "no log was left to be torn")
	acked := r.alerts.end()
	r.outlive()
	r.settle()
	r.check(acked)
}

// tear appends the beginning of a frame to a log: that of its latest frame.
func tear(t *testing.T, path string, size int) int {
	t.Helper()
	const head, frame = 32, 24 + 4096
	raw, err := os.ReadFile(path)
	if err != nil || len(raw) < head+frame {
		return 0
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.Write(raw[len(raw)-frame : len(raw)-frame+24+size])
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return 1
}

// TestCrashGracefulStop stops the service while it has as much to do as it can:
// it ends in time, and everything that it took is there.
func TestCrashGracefulStop(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes for some seconds: run without -short")
	}
	t.Parallel()
	r := newCrashRun(t, storetest.SQLite(t), crashPlot(t, 300, 2))
	speed := r.speed(8 * time.Second)
	r.meet(0)
	r.tick(speed)
	for range 2 {
		r.post(r.slack.url()+"/_fake/faults", r.json(fakeslack.Fault{Kind: fakeslack.HangStored, Method: "chat.postMessage", Count: 1}))
		r.post(r.jira.url()+"/_fake/faults", r.json([]fakejira.Fault{{Kind: fakejira.Slow, Delay: fakejira.Duration(5 * time.Second), Count: 1}}))
		p := r.serve()
		p.awaitReady()
		var load sync.WaitGroup
		for i := range 4 {
			load.Go(func() {
				for n := 0; n < 5000 && !p.over(); n++ {
					r.alerts.send(fmt.Sprintf("%08x%04x%04x", len(r.serving), i, n), r.clock.now())
				}
			})
		}
		time.Sleep(time.Duration(500+r.rnd.IntN(1000)) * time.Millisecond)
		p.stop()
		load.Wait()
	}
	r.calm()
	r.outlive()
	r.settle()
	r.check(r.alerts.accepted())
}

// TestCrashPostgresRestart restarts PostgreSQL under load. Others may share the
// server, so it runs only when it is asked for.
func TestCrashPostgresRestart(t *testing.T) {
	if os.Getenv("ANDON_TEST_PG_RESTART") != "1" {
		t.Skip("it restarts the PostgreSQL of this machine, under everybody: set ANDON_TEST_PG_RESTART=1 to run it")
	}
	r := newCrashRun(t, storetest.Postgres(t), crashPlot(t, 300, 2))
	speed := r.speed(20 * time.Second)
	r.meet(0)
	r.tick(speed)
	p := r.serve()
	p.awaitReady()
	r.alerts.begin(r.clock.now, 5*time.Millisecond)
	for range 2 {
		time.Sleep(2 * time.Second)
		out, err := exec.Command("sh", "-c", `pg_ctlcluster --skip-systemctl-redirect "$(ls /etc/postgresql)" main restart`).CombinedOutput()
		require.NoError(t, err, "%s", out)
		n := r.alerts.count()
		await(t, 30*time.Second, "alerts are accepted again", func() bool { return r.alerts.count() > n+20 })
		await(t, 30*time.Second, "/readyz is well", func() bool { code, _ := p.readyz(); return code == http.StatusOK })
	}
	acked := r.alerts.end()
	require.False(t, p.over(), "%s", p.tail())
	p.stop()
	r.outlive()
	r.settle()
	r.check(acked)
}

// jiraFaults are what can go wrong with a Jira for a while.
var jiraFaults = map[string][]fakejira.Fault{
	"429":          {{Kind: fakejira.Busy, RetryAfter: "1"}},
	"503":          {{Kind: fakejira.Unavailable}},
	"login page":   {{Kind: fakejira.Login}},
	"truncated":    {{Kind: fakejira.Truncated}},
	"reset":        {{Kind: fakejira.Reset}},
	"slow":         {{Kind: fakejira.Slow, Delay: fakejira.Duration(700 * time.Millisecond)}},
	"late index":   {},
	"now and then": {{Kind: fakejira.Busy, RetryAfter: "1", Probability: .2}, {Kind: fakejira.Truncated, Probability: .2}, {Kind: fakejira.Login, Probability: .2}, {Kind: fakejira.NearLimit}},
}

// TestCrashJiraFaults lets Jira go wrong in each way for more than a second,
// which is more than an hour of its own time. Afterwards the service has caught up, has
// lost nothing, and has asked no more than its budget.
func TestCrashJiraFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes for half a minute: run without -short")
	}
	t.Parallel()
	r := newCrashRun(t, storetest.SQLite(t), crashPlot(t, 300, 2))
	speed := r.speed(30 * time.Second)
	r.meet(0)
	r.tick(speed)
	p := r.serve()
	p.awaitReady()
	from, first := r.clock.now(), r.requests(r.jira)["total"]
	for _, name := range slices.Sorted(maps.Keys(jiraFaults)) {
		faults := jiraFaults[name]
		before := r.requests(r.jira)["total"]
		r.post(r.jira.url()+"/_fake/faults", r.json(faults))
		if name == "late index" {
			r.post(r.jira.url()+"/_fake/indexing", "2m")
		}
		struck := r.served()
		time.Sleep(1500 * time.Millisecond)
		await(t, 20*time.Second, name+" strikes", func() bool { return len(faults) == 0 || r.served() > struck })
		during := r.requests(r.jira)["total"] - before
		r.post(r.jira.url()+"/_fake/faults", "[]")
		r.post(r.jira.url()+"/_fake/indexing", "0s")
		polls := r.polls()
		began := time.Now()
		await(t, 60*time.Second, "Jira is read again after "+name, func() bool { return r.polls() >= polls+2 })
		t.Logf("%s: %d requests, read again %s after it was over", name, during, time.Since(began).Round(100*time.Millisecond))
	}
	total, passed := r.requests(r.jira)["total"]-first, r.clock.now().Sub(from)
	// A poll that goes well is one list and one page of issues, and the greeting of a
	// site takes five requests. What fails may not add to that.
	budget := 2*int(passed/r.interval) + 5*(1+int(passed/(24*time.Hour)))
	t.Logf("%d requests in %s of Jira's time, where %d are the budget", total, passed.Round(time.Hour), budget)
	require.LessOrEqual(t, total, budget)
	require.False(t, p.over(), "%s", p.tail())
	p.stop()
	r.outlive()
	r.settle()
	r.check(nil)
}

// served is how many requests to Jira met a fault.
func (r *crashRun) served() (sum int) {
	var by map[fakejira.Kind]int
	require.NoError(r.t, json.Unmarshal(r.call(http.MethodGet, r.jira.url()+"/_fake/served", ""), &by))
	for _, n := range by {
		sum += n
	}
	return sum
}
