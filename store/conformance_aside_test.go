package store_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

func snapshot(t testing.TB, db *store.DB, name, version string) (int64, []byte, bool) {
	t.Helper()
	pos, body, ok, err := db.Snapshot(t.Context(), name, version)
	require.NoError(t, err)
	if !ok {
		require.Nil(t, body)
		return 0, nil, false
	}
	all, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	return pos, all, true
}

func TestSnapshots(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		_, _, ok := snapshot(t, db, "models", "1")
		require.False(t, ok)
		big := bytes.Repeat([]byte("0123456789abcdef"), 1_200_000) // many chunks
		require.NoError(t, db.SaveSnapshot(ctx, "models", "1", 7, big))
		require.NoError(t, db.SaveSnapshot(ctx, "other", "1", 1, nil))
		pos, body, ok := snapshot(t, db, "models", "1")
		require.True(t, ok)
		require.EqualValues(t, 7, pos)
		require.True(t, bytes.Equal(big, body))
		_, body, ok = snapshot(t, db, "other", "1")
		require.True(t, ok)
		require.Empty(t, body)

		_, reader, ok, err := db.Snapshot(ctx, "models", "1")
		require.NoError(t, err)
		require.True(t, ok)
		require.NoError(t, db.SaveSnapshot(ctx, "models", "2", 8, []byte("next")))
		all, err := io.ReadAll(reader)
		require.NoError(t, err, "a reader is not disturbed by the next one")
		require.Len(t, all, len(big))
		pos, _, ok = snapshot(t, db, "models", "1")
		require.True(t, ok, "of the version that is asked for")
		require.EqualValues(t, 7, pos)

		_, reader, _, err = db.Snapshot(ctx, "models", "1")
		require.NoError(t, err)
		require.NoError(t, db.SaveSnapshot(ctx, "models", "2", 9, []byte("latest")))
		_, _, ok = snapshot(t, db, "models", "1")
		require.False(t, ok, "the latest two are kept")
		_, err = io.ReadAll(reader)
		require.Error(t, err, "a snapshot that went while it was read is no snapshot")
		pos, body, _ = snapshot(t, db, "models", "2")
		require.EqualValues(t, 9, pos)
		require.Equal(t, "latest", string(body))
		var chunks int
		require.NoError(t, db.Writer().Get(&chunks, "SELECT COUNT(*) FROM snapshot_chunks"))
		require.Equal(t, 2, chunks)
	})
}

// A snapshot that was not finished is never found.
func TestSnapshotCutShort(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		_, err := db.Writer().Exec("INSERT INTO snapshots (name, version, pos, size, at) VALUES ('models', '1', 5, -1, 0)")
		require.NoError(t, err)
		_, _, ok := snapshot(t, db, "models", "1")
		require.False(t, ok)
		require.NoError(t, db.SaveSnapshot(t.Context(), "models", "1", 6, []byte("x")))
		var n int
		require.NoError(t, db.Writer().Get(&n, "SELECT COUNT(*) FROM snapshots"))
		require.Equal(t, 1, n, "and goes with a later one")
	})
}

func TestFeedback(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		a := signals.Opinion{Nudge: "n1", By: bob, Verdict: "useful", Why: "thanks\x00", At: monday.Add(time.Minute)}
		b := signals.Opinion{Nudge: "n2", By: bob, Verdict: "noise", At: monday}
		require.NoError(t, db.AddOpinion(ctx, a))
		require.NoError(t, db.AddOpinion(ctx, b))
		a.Why = "thanks\uFFFD"
		got, err := db.Opinions(ctx, time.Time{})
		require.NoError(t, err)
		require.Equal(t, []signals.Opinion{b, a}, got)
		got, err = db.Opinions(ctx, monday.Add(time.Second))
		require.NoError(t, err)
		require.Equal(t, []signals.Opinion{a}, got)
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		require.Error(t, db.PutToken(ctx, "", "s1", bob, monday))
		require.Error(t, db.PutToken(ctx, "t1", "s1", "", monday))
		require.NoError(t, db.PutToken(ctx, "t1", "", bob, monday))
		require.NoError(t, db.PutToken(ctx, "t1", "s1", bob, monday))
		for range 2 {
			who, ok, err := db.TakeToken(ctx, "s1")
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, bob, who)
		}
		require.NoError(t, db.DropToken(ctx, "s1"))
		require.NoError(t, db.DropToken(ctx, "s1"))
		_, ok, err := db.TakeToken(ctx, "s1")
		require.NoError(t, err)
		require.False(t, ok)
	})
}
