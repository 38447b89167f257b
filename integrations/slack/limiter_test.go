package slack

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
)

// stopped is a limiter whose clock moves only when it sleeps.
func stopped(l Limits) (*limiter, *time.Time, *[]time.Duration) {
	now, slept := monday, []time.Duration{}
	lim := newLimiter(l)
	lim.now = func() time.Time { return now }
	lim.sleep = func(ctx context.Context, d time.Duration) error {
		slept = append(slept, d)
		now = now.Add(d)
		return ctx.Err()
	}
	return lim, &now, &slept
}

func TestLimiterOfAChannel(t *testing.T) {
	l, now, slept := stopped(Limits{})
	for range 3 {
		_, err := l.wait(t.Context(), "chat.postMessage", "C1")
		require.NoError(t, err)
	}
	_, err := l.wait(t.Context(), "chat.postMessage", "C2")
	require.NoError(t, err)
	require.Equal(t, []time.Duration{time.Second, time.Second}, *slept, "the second and the third wait, another channel does not")
	*now = now.Add(time.Hour)
	_, err = l.wait(t.Context(), "chat.postMessage", "C1")
	require.NoError(t, err)
	require.Len(t, *slept, 2, "nothing is saved up, nothing is owed")
}

func TestLimiterOfAMethod(t *testing.T) {
	l, _, slept := stopped(Limits{Minute: map[string]int{"chat.update": 20}})
	for range 5 {
		_, err := l.wait(t.Context(), "chat.update", "")
		require.NoError(t, err)
	}
	require.Equal(t, []time.Duration{3 * time.Second, 3 * time.Second, 3 * time.Second}, *slept, "two at once, then twenty a minute")
}

// until is a context with a deadline that never comes.
type until struct {
	context.Context
	at time.Time
}

func (u until) Deadline() (time.Time, bool) { return u.at, true }

func TestLimiterRefusesBeyondTheDeadline(t *testing.T) {
	l, now, slept := stopped(Limits{Channel: time.Hour})
	_, err := l.wait(t.Context(), "chat.postMessage", "C1")
	require.NoError(t, err)
	*now = now.Add(time.Hour)
	ctx := until{t.Context(), now.Add(time.Minute)}
	_, err = l.wait(ctx, "chat.postMessage", "C1")
	require.NoError(t, err)
	for range 3 {
		d, err := l.wait(ctx, "chat.postMessage", "C1")
		require.ErrorIs(t, err, errTooFar)
		require.Equal(t, time.Hour, d, "who is refused takes nobody's turn")
	}
	require.Empty(t, *slept)
}

func TestLimiterPauses(t *testing.T) {
	l, now, _ := stopped(Limits{})
	l.pause("chat.postMessage", "C1", 10*time.Second)
	d, err := l.wait(t.Context(), "chat.postMessage", "C1")
	require.ErrorIs(t, err, errPaused)
	require.Equal(t, 10*time.Second, d)
	_, err = l.wait(t.Context(), "chat.postMessage", "C2")
	require.NoError(t, err)
	*now = now.Add(10 * time.Second)
	_, err = l.wait(t.Context(), "chat.postMessage", "C1")
	require.NoError(t, err)
	l.pause("chat.update", "", time.Second)
	require.Len(t, l.paused, 1, "what is over is forgotten")
}

func TestLimiterCancelledWhileWaiting(t *testing.T) {
	l, _, _ := stopped(Limits{})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := l.wait(ctx, "chat.postMessage", "C1")
	require.NoError(t, err)
	l.sleep = func(context.Context, time.Duration) error { cancel(); return ctx.Err() }
	_, err = l.wait(ctx, "chat.postMessage", "C1")
	require.ErrorIs(t, err, context.Canceled)
	_, err = l.wait(ctx, "chat.postMessage", "C3")
	require.ErrorIs(t, err, context.Canceled)
}

func TestLimiterForgetsChannels(t *testing.T) {
	l, now, _ := stopped(Limits{Minute: map[string]int{"chat.postMessage": 1e9}})
	for i := range 3 * manyChannels {
		_, err := l.wait(t.Context(), "chat.postMessage", fmt.Sprint("C", i))
		require.NoError(t, err)
		*now = now.Add(time.Millisecond * 2)
	}
	require.LessOrEqual(t, len(l.channels), manyChannels)
}

// The poster asks the limiter: a second post into a channel waits its turn, and
// after a 429 none is made before its time.
func TestPosterKeepsTheRates(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{}, func(w *Workspace) { w.Limits = Limits{} })
	l, now, slept := stopped(Limits{})
	p.limits = l
	for i := range 3 {
		_, err := p.Post(t.Context(), "slack/T1/C1", card(fmt.Sprint(i)))
		require.NoError(t, err)
	}
	require.Len(t, *slept, 2)
	*now = now.Add(time.Minute)
	require.NoError(t, fake.Inject(fakeslack.Fault{Kind: fakeslack.Limited, RetryAfter: 20, Count: 1}))
	_, err := p.Post(t.Context(), "slack/T1/C1", card("4"))
	require.Equal(t, 20*time.Second, failure(t, err).RetryAfter())
	before := fake.Requests()["chat.postMessage"]
	*now = now.Add(5 * time.Second)
	_, err = p.Post(t.Context(), "slack/T1/C1", card("5"))
	f := failure(t, err)
	require.Equal(t, 15*time.Second, f.RetryAfter())
	require.False(t, f.IsAmbiguous())
	require.Equal(t, before, fake.Requests()["chat.postMessage"], "it was not tried")
	*now = now.Add(15 * time.Second)
	_, err = p.Post(t.Context(), "slack/T1/C1", card("6"))
	require.NoError(t, err)
}

func TestSleep(t *testing.T) {
	require.NoError(t, sleep(t.Context(), 0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, sleep(ctx, time.Hour), context.Canceled)
}
