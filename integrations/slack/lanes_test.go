package slack

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
)

// TestLanes: of calls that wait for one channel the more urgent go first, and
// those of one lane in the order in which they came.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{})
		begin := time.Now()
		_, err := l.wait(t.Context(), "chat.postMessage", "C1")
		require.NoError(t, err)
		type done struct {
			name string
			at   time.Duration
		}
		var mu sync.Mutex
		var order []done
		var wg sync.WaitGroup
		ask := func(name string, lane Lane) {
			wg.Go(func() {
				_, err := l.wait(WithLane(context.Background(), lane), "chat.postMessage", "C1")
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					name = err.Error()
				}
				order = append(order, done{name, time.Since(begin)})
			})
			synctest.Wait()
		}
		ask("digest 1", LaneDigest)
		ask("digest 2", LaneDigest)
		ask("nudge", LaneNudge)
		ask("notice", LaneNotice)
		time.Sleep(500 * time.Millisecond)
		ask("answer", LaneAnswer)
		wg.Wait()
		require.Equal(t, []done{{"answer", time.Second}, {"nudge", 2 * time.Second}, {"notice", 3 * time.Second}, {"digest 1", 4 * time.Second}, {"digest 2", 5 * time.Second}}, order)
		require.Empty(t, l.channels["C1"].waiting)
		require.Empty(t, l.methods["chat.postMessage"].waiting)
	})
}

// TestLanesLeaveRoom: a digest leaves some of a method's calls to others.
func TestLanesLeaveRoom(t *testing.T) {
	l, _, slept := stopped(Limits{})
	for range 18 { // of 24 at once
		_, err := l.wait(WithLane(t.Context(), LaneDigest), "chat.postMessage", "")
		require.NoError(t, err)
	}
	require.Empty(t, *slept)
	for range 6 {
		_, err := l.wait(WithLane(t.Context(), LaneAnswer), "chat.postMessage", "")
		require.NoError(t, err)
	}
	require.Empty(t, *slept)
	_, err := l.wait(WithLane(t.Context(), LaneDigest), "chat.postMessage", "")
	require.NoError(t, err)
	require.NotEmpty(t, *slept)
}

func TestLaneOfACard(t *testing.T) {
	ctx := t.Context()
	require.Equal(t, LaneNotice, laneOf(ctx))
	require.Equal(t, LaneNudge, laneOf(withKind(ctx, "nudge")))
	require.Equal(t, LaneDigest, laneOf(withKind(ctx, "digest")))
	require.Equal(t, LaneNotice, laneOf(withKind(ctx, "something")))
	require.Equal(t, LaneAnswer, laneOf(withKind(WithLane(ctx, LaneAnswer), "digest")), "what was chosen stays")
}

// TestHeld: what Slack has asked to wait for is visible, with since when.
func TestHeld(t *testing.T) {
	_, p := stand(t, fakeslack.Options{}, func(w *Workspace) { w.Limits = Limits{} })
	l, now, _ := stopped(Limits{})
	p.limits = l
	require.Empty(t, p.Held())
	l.pause("chat.postMessage", "C1", 30*time.Second)
	*now = now.Add(10 * time.Second)
	l.pause("chat.postMessage", "C1", 60*time.Second)
	l.pause("users.list", "", time.Second)
	require.Equal(t, []Hold{
		{Method: "chat.postMessage", Channel: "C1", Since: monday, Until: monday.Add(70 * time.Second)},
		{Method: "users.list", Since: monday.Add(10 * time.Second), Until: monday.Add(11 * time.Second)},
	}, p.Held())
	*now = now.Add(time.Hour)
	require.Empty(t, p.Held())
}
