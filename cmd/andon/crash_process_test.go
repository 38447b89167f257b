package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
)

// The crash tests run the service and the fakes that it talks to as processes of
// their own: this test binary, which is told by its environment what to be.
const (
	envRole  = "ANDON_CRASH_ROLE"  // serve, jira, slack
	envClock = "ANDON_CRASH_CLOCK" // a crashClock as JSON
)

func init() {
	role := os.Getenv(envRole)
	if role == "" {
		return
	}
	go func() { // a test that ends, however it ends, takes its processes with it
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var ck crashClock
	if err := json.Unmarshal([]byte(os.Getenv(envClock)), &ck); err != nil {
		fmt.Fprintln(os.Stderr, "read", envClock+":", err)
		os.Exit(2)
	}
	switch role {
	case "serve":
		os.Exit(crashServe(ctx, &ck, os.Args[1:]))
	case "jira":
		os.Exit(crashFake(ctx, &ck, func(now func() time.Time) (http.Handler, error) { return crashJira(now, os.Args[1]) }))
	case "slack":
		os.Exit(crashFake(ctx, &ck, func(now func() time.Time) (http.Handler, error) {
			return fakeslack.New(fakeslack.Options{Token: "xoxb-crash", Team: crashTeam, Now: now}), nil
		}))
	}
	os.Exit(2)
}

// crashClock is a virtual clock that all processes of a run have in common.
type crashClock struct {
	mu    sync.Mutex
	Real  time.Time // when it was From on it
	From  time.Time
	Speed float64
}

func (c *crashClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.From.Add(time.Duration(float64(time.Since(c.Real)) * c.Speed)).UTC()
}

// set makes the clock go on at another speed, from where it is or from a time.
func (c *crashClock) set(from time.Time, speed float64) {
	if from.IsZero() {
		from = c.now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Real, c.From, c.Speed = time.Now().Round(0), from, speed
}

func (c *crashClock) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := json.Marshal(struct {
		Real, From time.Time
		Speed      float64
	}{c.Real, c.From, c.Speed})
	if err != nil {
		panic(err) // times and a number
	}
	return string(b)
}

// crashServe is andon serve. Its clock is behind the common one by the time
// that reading the configuration takes, and never runs back at a restart.
func crashServe(ctx context.Context, ck *crashClock, args []string) int {
	deadline, lease = crashDeadline, crashLease
	args = append([]string{"serve", "--as-live", "--tick", "50ms", "--speed", fmt.Sprint(ck.Speed), "--from", ck.now().Format(time.RFC3339Nano)}, args...)
	return Main(ctx, args, os.Stdout, os.Stderr)
}

const (
	crashDeadline = 2 * time.Second // Slack lets an app open 50 conversations a minute: a turn comes within this
	crashLease    = 3500 * time.Millisecond
)

// process is one of the processes of a run.
type process struct {
	t    testing.TB
	name string
	cmd  *exec.Cmd
	log  string // file that gets what it writes
	done chan struct{}
	err  error // how it ended, once done is closed

	mu      sync.Mutex
	address string
	ready   bool
}

// spawn starts a process. What it writes is appended to NAME.log in dir.
func spawn(t testing.TB, dir, name, role string, ck *crashClock, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &process{t: t, name: name, log: filepath.Join(dir, name+".log"), done: make(chan struct{})}
	p.cmd = exec.Command(self, args...)
	p.cmd.Env = append(os.Environ(), envRole+"="+role, envClock+"="+ck.text())
	_, err = p.cmd.StdinPipe() // closed when this process ends
	require.NoError(t, err)
	out, err := p.cmd.StderrPipe()
	require.NoError(t, err)
	file, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	go func() {
		defer file.Close()
		p.read(out, file)
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p
}

// read takes the log, and the words in it that matter.
func (p *process) read(out io.Reader, file io.Writer) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		_, _ = fmt.Fprintln(file, line) // it is for people
		p.mu.Lock()
		if _, at, ok := strings.Cut(line, "address="); ok && strings.Contains(line, "listening") {
			p.address = "http://" + at
		}
		if strings.Contains(line, "andon is ready") {
			p.ready = true
		}
		p.mu.Unlock()
	}
}

func (p *process) url() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.address
}

func (p *process) isReady() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready
}

// over reports whether the process has ended by itself.
func (p *process) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// await waits until something is so.
func await(t testing.TB, limit time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			require.FailNow(t, "it did not come to pass in time", "%s within %s", what, limit)
		}
	}
}

// awaitURL waits until a process listens.
func (p *process) awaitURL() string {
	p.t.Helper()
	await(p.t, 20*time.Second, p.name+" listens", func() bool { return p.url() != "" || p.over() })
	require.NotEmpty(p.t, p.url(), "%s ended: %s", p.name, p.tail())
	return p.url()
}

func (p *process) awaitReady() {
	p.t.Helper()
	await(p.t, 20*time.Second, p.name+" is ready", func() bool { return p.isReady() || p.over() })
	require.True(p.t, p.isReady(), "%s ended: %s", p.name, p.tail())
}

// kill ends a process as a power cut does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// stop ends a process as an operator does, and wants it to end well.
func (p *process) stop() {
	p.t.Helper()
	began := time.Now()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
		require.NoError(p.t, p.err, "%s did not end well: %s", p.name, p.tail())
	case <-time.After(12 * time.Second):
		p.kill()
		require.FailNow(p.t, "the stop took too long", "%s: %s", p.name, p.tail())
	}
	require.Less(p.t, time.Since(began), grace+time.Second, "the stop of %s", p.name)
}

// tail is the end of a process's log.
func (p *process) tail() string {
	raw, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-15):], []byte("\n")))
}
