//go:build unix

package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestStopWhileReloading stops a service that is just told, twice, to read its
// configuration again: it ends well, and leaves nothing running.
func TestStopWhileReloading(t *testing.T) {
	late := make(chan os.Signal, 1) // one that comes when nobody else waits for it must not end the test
	signal.Notify(late, syscall.SIGHUP)
	defer signal.Stop(late)
	before := goleak.IgnoreCurrent()
	dir := t.TempDir()
	file := filepath.Join(dir, "andon.yaml")
	require.NoError(t, os.WriteFile(file, []byte("listen: off\ndatabase: sqlite:"+filepath.Join(dir, "a.db")+"\n"), 0o600))
	for i := range 8 {
		ctx, stop := context.WithCancel(t.Context())
		var out loud
		done := make(chan int, 1)
		go func() { done <- Main(ctx, []string{"serve", "--config", file}, &out, &out) }()
		ready := func(n int) {
			t.Helper()
			require.Eventually(t, func() bool { return out.count("andon is ready") >= n }, 20*time.Second, time.Millisecond, "%s", &out.buf)
		}
		ready(1)
		if i%2 == 0 {
			require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
			require.Eventually(t, func() bool { return out.count("is read again") >= 1 }, 20*time.Second, time.Millisecond)
			if i%4 == 0 {
				require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
				ready(2)
			}
		} else {
			require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
		}
		stop()
		require.Zero(t, <-done, "%s", &out.buf)
	}
	goleak.VerifyNone(t, before)
}
