package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWriteWholeKeepsTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	broken := errors.New("no space")
	err := writeWhole(path, "report file", func(f *os.File) error {
		_, err := f.WriteString("half")
		require.NoError(t, err)
		return broken
	})
	require.ErrorIs(t, err, broken)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(b))
	require.NoFileExists(t, path+".part")

	require.NoError(t, writeWhole(path, "report file", func(f *os.File) error {
		_, err := f.WriteString("new")
		return err
	}))
	b, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "new", string(b))
}

func TestWriteWholeFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	link, real := filepath.Join(dir, "link"), filepath.Join(dir, "real")
	require.NoError(t, os.WriteFile(real, []byte("old"), 0o644))
	if err := os.Symlink(real, link); err != nil {
		t.Skip("no symbolic links here: run this on a file system that has them: ", err)
	}
	require.NoError(t, writeWhole(link, "report file", func(f *os.File) error {
		_, err := f.WriteString("new")
		return err
	}))
	b, err := os.ReadFile(real)
	require.NoError(t, err)
	require.Equal(t, "new", string(b))
}

// TestReplayDropsWhatIsHalfDone gives up in the middle, as after Ctrl-C.
func TestReplayDropsWhatIsHalfDone(t *testing.T) {
	dir := t.TempDir()
	w, err := newWriter(dir, outputs)
	require.NoError(t, err)
	require.NoError(t, w.line("signals", map[string]int{"a": 1}))
	w.drop()
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestInterruptibleStopsWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	begun, end := make(chan struct{}), make(chan struct{})
	go func() { <-begun; cancel() }()
	_, err := interruptible(ctx, func() (int, error) {
		close(begun)
		<-end
		return 1, nil
	})
	require.ErrorIs(t, err, context.Canceled)
	close(end)
	n, err := interruptible(context.Background(), func() (int, error) { return 2, nil })
	require.NoError(t, err)
	require.Equal(t, 2, n)
}
