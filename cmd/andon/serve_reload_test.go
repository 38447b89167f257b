//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// loud is a log that can be read while it is written.
type loud struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *loud) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *loud) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.buf.String(), what)
}

// TestReload changes the configuration of a running service: a fault changes
// nothing, a database that cannot be opened leads back to the file before, and
// what is right takes effect.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "andon.yaml")
	write := func(text string) {
		require.NoError(t, os.WriteFile(file, []byte("listen: off\ndatabase: sqlite:"+filepath.Join(dir, "a.db")+"\n"+text), 0o600))
	}
	write("policy: {budget: 3}\n")
	ctx, stop := context.WithCancel(t.Context())
	var out loud
	done := make(chan int, 1)
	go func() { done <- Main(ctx, []string{"serve", "--config", file}, &out, &out) }()
	seen := func(what string, n int) {
		t.Helper()
		require.Eventually(t, func() bool { return out.count(what) >= n }, 20*time.Second, 5*time.Millisecond, "%s", &out.buf)
	}
	hup := func() { require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP)) }
	seen("andon is ready", 1)

	write("policy: {budgt: 3}\n")
	hup()
	seen("not taken, for it has faults", 1)
	require.Equal(t, 1, out.count("andon is ready"))

	write("policy: {budget: 2}\n")
	hup()
	seen("andon is ready", 2)
	require.Equal(t, 2, out.count("organisation_changes=1"), "the policy, once at the start and once changed")

	require.NoError(t, os.WriteFile(file, []byte("listen: off\ndatabase: sqlite:"+dir+"\n"), 0o600))
	hup()
	seen("the one before is taken again", 1)
	seen("andon is ready", 3)
	stop()
	require.Contains(t, []int{exitOK, exitInterrupted}, <-done)
}
