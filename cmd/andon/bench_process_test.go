package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/store"
)

// BenchmarkProcess measures andon serve as a process of its own: its memory when
// it has nothing, and when 200,000 issues were learnt, 1,000,000 events in all
// (a tenth of both without ANDON_BENCH_BIG=1); and the time from its start until
// /readyz says that it is ready, with the snapshot that andon import leaves and
// without one. Memory is read a while after the start, when the runtime has
// given back what the start needed.
func BenchmarkProcess(b *testing.B) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("memory is read from /proc: run this on Linux")
	}
	binary := filepath.Join(b.TempDir(), "andon")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(b, err, "%s", out)
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) { benchProcess(b, binary, d.url(b)) })
	}
}

func benchProcess(b *testing.B, binary, url string) {
	const steps = 5
	issues, settles := 20_000, 20*time.Second
	if big() {
		issues, settles = 200_000, 3*time.Minute
	}
	c := benchConfig(url)
	c.KeepText = 10 * 365 * 24 * time.Hour // what a first start expires is not what is measured
	var idle, full, cold memory
	var warm, bare time.Duration
	for b.Loop() {
		idle, _ = observed(b, binary, c, 5*time.Second)
		db, err := store.Open(b.Context(), url, store.Options{Migrate: true, Log: troubles()})
		require.NoError(b, err)
		began := time.Now()
		newBenchSite(3).load(b, db, issues, steps, 0)
		filled := time.Now()
		_, err = learnt(b.Context(), db, c, troubles())
		require.NoError(b, err)
		require.NoError(b, db.Close())
		b.Logf("%d events stored in %v, learnt in %v", issues*steps, filled.Sub(began).Round(time.Millisecond), time.Since(filled).Round(time.Millisecond))
		full, warm = observed(b, binary, c, settles)
		dropSnapshots(b, url)
		cold, bare = observed(b, binary, c, time.Second)
	}
	b.Logf("idle %v; with %d issues %v, ready after %v; without a snapshot %v, ready after %v", idle, issues, full, warm.Round(time.Millisecond), cold, bare.Round(time.Millisecond))
	b.ReportMetric(idle.now, "idle-MB")
	b.ReportMetric(full.now, "learnt-MB")
	b.ReportMetric(full.peak, "learnt-peak-MB")
	b.ReportMetric(warm.Seconds(), "ready-s")
	b.ReportMetric(bare.Seconds(), "ready-without-snapshot-s")
	b.ReportMetric(0, "ns/op")
}

// memory is what a process holds resident, in MB of a million bytes.
type memory struct{ now, peak float64 }

func (m memory) String() string { return fmt.Sprintf("%.0f MB, peak %.0f MB", m.now, m.peak) }

// memoryOf reads the memory of a process.
func memoryOf(b testing.TB, pid int) (m memory) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "VmRSS:" && f[0] != "VmHWM:" {
			continue
		}
		kb, err := strconv.ParseFloat(f[1], 64)
		require.NoError(b, err)
		if f[0] == "VmRSS:" {
			m.now = kb * 1024 / 1e6
		} else {
			m.peak = kb * 1024 / 1e6
		}
	}
	return m
}

// observed starts andon serve, waits until it is ready, lets it settle and
// stops it. It returns its memory then, and how long it took to be ready.
func observed(b testing.TB, binary string, c *config.Config, settle time.Duration) (m memory, ready time.Duration) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	address := l.Addr().String()
	require.NoError(b, l.Close())
	path := filepath.Join(b.TempDir(), "andon.yaml")
	text := fmt.Sprintf("database: %s\nlisten: %s\nkeep_text: %dh\n", c.Database, address, int(c.KeepText.Hours()))
	require.NoError(b, os.WriteFile(path, []byte(text), 0o600))
	cmd := exec.CommandContext(b.Context(), binary, "serve", "--config", path, "--log-level", "error")
	cmd.Stderr = os.Stderr
	began := time.Now()
	require.NoError(b, cmd.Start())
	stopped := false
	defer func() {
		if !stopped {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}()
	for !answers(b, "http://"+address+"/readyz") {
		require.Less(b, time.Since(began), 10*time.Minute, "it does not get ready")
		time.Sleep(10 * time.Millisecond)
	}
	ready = time.Since(began)
	time.Sleep(settle)
	m = memoryOf(b, cmd.Process.Pid)
	require.NoError(b, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(b, cmd.Wait())
	stopped = true
	return m, ready
}

func answers(b testing.TB, url string) bool {
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	require.NoError(b, err)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode == http.StatusOK
}

// dropSnapshots removes the snapshots of the models past the store.
func dropSnapshots(b testing.TB, url string) {
	driver, address := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, address = "sqlite", path
	}
	db, err := sqlx.Open(driver, address)
	require.NoError(b, err)
	defer db.Close()
	for _, t := range []string{"snapshot_chunks", "snapshots"} {
		_, err := db.ExecContext(b.Context(), "DELETE FROM "+t)
		require.NoError(b, err)
	}
}
