package store

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestPauseGrowsToAMinute(t *testing.T) {
	require.Equal(t, 250*time.Millisecond, pause(0))
	require.Equal(t, 250*time.Millisecond, pause(1))
	require.Equal(t, 4*time.Second, pause(5))
	var sum time.Duration
	for n := 1; n < 40; n++ {
		require.LessOrEqual(t, pause(n), pause(n+1))
		require.LessOrEqual(t, pause(n), time.Minute)
		sum += pause(n)
	}
	require.Equal(t, time.Minute, pause(maxAttempts))
	require.Greater(t, sum, 20*time.Minute)
}

func TestNewRowKeepsBothClocks(t *testing.T) {
	wall := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	domain := time.Date(2021, 7, 5, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		at    time.Time
		state string
		wait  int64
		due   int64
		text  string
	}{
		{"now", time.Time{}, "available", 0, 0, "2026-03-02 10:00:00.000"},
		{"in the past", wall.Add(-time.Hour), "available", 0, 0, "2026-03-02 10:00:00.000"},
		{"soon", wall.Add(1500 * time.Millisecond), "available", 1_500_000, domain.Add(1500 * time.Millisecond).UnixMicro(), "2026-03-02 10:00:01.500"},
		{"later", wall.Add(time.Hour), "scheduled", 3_600_000_000, domain.Add(time.Hour).UnixMicro(), "2026-03-02 11:00:00.000"},
	} {
		r := newRow(job{Kind: sendJob, Arg: "m\x001", At: c.at}, wall, domain)
		require.Equal(t, row{Args: args{Arg: "m\uFFFD1"}, Kind: sendJob, Lane: usualLane, Meta: metadata{At: c.due}, State: c.state, At: c.text, Wait: c.wait}, r, c.name)
	}
}

func TestShortKeepsWholeCharacters(t *testing.T) {
	require.Equal(t, "a", short("a"))
	long := strings.Repeat("ä", 400)
	require.Equal(t, strings.Repeat("ä", 300)+"...", short(long))
	err := failure{errors.Join(errors.New(long), ErrStale)}
	require.Len(t, []rune(err.Error()), 303)
	require.ErrorIs(t, err, ErrStale)
}

func TestRiverTime(t *testing.T) {
	want := time.Date(2026, 11, 22, 12, 24, 0, 500_000_000, time.UTC)
	for _, s := range []string{
		"2026-11-22 12:24:00.5", "2026-11-22 12:24:00.500", "2026-11-22 12:24:00.5 +0000 UTC",
		"2026-11-22 12:24:00.5 +0000 UTC m=+3.1", "2026-11-22T12:24:00.5Z", "2026-11-22 12:24:00.500+00:00",
	} {
		got, err := riverTime(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
	}
	_, err := riverTime("yesterday")
	require.Error(t, err)
}

func TestFetchArg(t *testing.T) {
	arg, err := fetchArg("jira/acme", "10|17")
	require.NoError(t, err)
	require.Equal(t, "jira/acme|10|17", arg)
	for _, c := range [][2]string{{"", "1"}, {"jira", ""}, {"ji|ra", "1"}} {
		_, err := fetchArg(c[0], c[1])
		require.Error(t, err, c)
	}
}

func TestTaskDue(t *testing.T) {
	now := time.UnixMicro(1_000_000_000_000)
	for _, c := range []struct {
		name string
		row  taskRow
		want bool
	}{
		{"its time has come", taskRow{Next: now.UnixMicro()}, true},
		{"not yet", taskRow{Next: now.UnixMicro() + 1}, false},
		{"queued already", taskRow{Next: 1, Queued: true}, false},
		{"the interval was shortened", taskRow{Next: now.Add(time.Hour).UnixMicro(), Last: now.Add(-time.Minute).UnixMicro()}, true},
		{"ran just now", taskRow{Next: now.Add(time.Hour).UnixMicro(), Last: now.Add(-time.Second).UnixMicro()}, false},
	} {
		require.Equal(t, c.want, c.row.due(time.Minute, now), c.name)
	}
}

func TestQuietPassesWarningsOnly(t *testing.T) {
	var out strings.Builder
	log := quiet(slog.New(slog.NewJSONHandler(&out, nil))).With("a", 1).WithGroup("g")
	log.Info("chat")
	require.Empty(t, out.String())
	log.Warn("careful", "b", 2)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(out.String()), &line))
	require.Equal(t, "careful", line["msg"])
	require.Equal(t, map[string]any{"b": 2.0}, line["g"])
}

func TestQueuesOnlyForHandlers(t *testing.T) {
	db := &DB{}
	s := db.settings()
	require.Equal(t, 8, s.workers)
	require.LessOrEqual(t, s.stop+s.cancel, 10*time.Second)
	require.Greater(t, s.rescue, shortLimit)
	require.Greater(t, s.rescue, 2*s.beat)
	require.Empty(t, s.queues(Handlers{}))
	qs := s.queues(Handlers{
		Look:  func(context.Context, signals.Key) error { return nil },
		Tasks: map[string]Task{"x": {}},
	})
	require.Len(t, qs, 2)
	require.Equal(t, 8*ahead, qs["look"].MaxWorkers)
	require.Equal(t, 4, qs["task"].MaxWorkers)
}
