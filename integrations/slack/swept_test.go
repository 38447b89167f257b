package slack

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// broom is a Swept in a fake workspace with a clock of its own.
type broom struct {
	*Swept
	fake    *fakeslack.Server
	journal *journal
	now     time.Time

	mu      sync.Mutex
	cursors map[string]string
	met     []string
}

func newBroom(t *testing.T, channels ...fakeslack.Channel) *broom {
	b := &broom{now: noon, cursors: map[string]string{}, journal: &journal{}}
	clock := func() time.Time { return b.now }
	fake, p := stand(t, fakeslack.Options{Now: clock, Channels: channels, PageSize: 2}, func(w *Workspace) { w.Now = clock })
	p.limits.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	d := NewDirectory("T1", LiveOptions{Self: Self{User: "UANDON"}})
	d.SetWatch(Watch{})
	w := &Watcher{Poster: p, Directory: d}
	require.NoError(t, w.Sync(t.Context()))
	b.fake = fake
	b.Swept = &Swept{
		Poster: p, Directory: d, Accept: b.journal.accept,
		Cursor: func(_ context.Context, name string) (string, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.cursors[name], nil
		},
		SetCursor: func(_ context.Context, name, value string) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.cursors[name] = value
			return nil
		},
		First: func(_ context.Context, channel string) { b.met = append(b.met, channel) },
	}
	return b
}

// texts are what was found, learnt or not.
func (b *broom) texts(learnt bool) (out []string) {
	b.journal.mu.Lock()
	defer b.journal.mu.Unlock()
	for _, id := range b.journal.ids {
		for _, e := range b.journal.seen[id].Events {
			if e.Kind == signals.Said && b.journal.seen[id].Learn == learnt {
				out = append(out, e.Text)
			}
		}
	}
	return out
}

// TestSweptLearnsFirst: what stands in a channel when andon meets it is learnt;
// what comes after is delivered as if it had been heard.
func TestSweptLearnsFirst(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "general"}, fakeslack.Channel{ID: "C2", Name: "absent", Absent: true})
	root := b.fake.Say("C1", "U1", "", "long known")
	b.fake.Say("C2", "U1", "", "nobody hears this")
	b.now = b.now.Add(time.Hour)
	b.fake.Say("C1", "U1", "", "said just now")
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	require.Equal(t, []string{"long known"}, b.texts(true), "the latest is no history yet")
	require.Empty(t, b.texts(false))
	require.Equal(t, []string{"slack/T1/C1"}, b.met)
	require.Len(t, b.cursors, 1)

	b.now = b.now.Add(time.Hour)
	b.fake.Say("C1", "U2", root, "a reply in an old thread")
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	require.Equal(t, []string{"said just now", "a reply in an old thread"}, b.texts(false))
	require.Len(t, b.met, 1)
	cursor := b.cursors[CursorOf("slack/T1/C1")]

	b.now = b.now.Add(time.Hour)
	gap := b.now
	b.fake.Say("C1", "U2", "", "in the gap")
	b.now = b.now.Add(10 * time.Minute)
	before := b.fake.Requests()["total"]
	require.NoError(t, b.Sweep(t.Context(), gap))
	require.Contains(t, b.texts(false), "in the gap")
	require.Equal(t, cursor, b.cursors[CursorOf("slack/T1/C1")], "from the cursor to the gap nothing was read")
	require.NotZero(t, b.fake.Requests()["total"]-before)
}

// TestSweptGoesOn: a channel that cannot be read keeps its cursor, and the others
// are read all the same.
func TestSweptGoesOn(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "a"}, fakeslack.Channel{ID: "C2", Name: "b"})
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	was := b.cursors[CursorOf("slack/T1/C1")]
	b.now = b.now.Add(time.Hour)
	b.fake.Say("C1", "U1", "", "one")
	b.fake.Say("C2", "U1", "", "two")
	require.NoError(t, b.fake.Inject(fakeslack.Fault{Kind: fakeslack.Refused, Error: "internal_error", Channel: "C1", Count: 1}))
	b.now = b.now.Add(time.Hour)
	require.ErrorContains(t, b.Sweep(t.Context(), time.Time{}), "slack/T1/C1")
	require.Equal(t, []string{"two"}, b.texts(false))
	require.Equal(t, was, b.cursors[CursorOf("slack/T1/C1")])
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	require.Equal(t, []string{"two", "one"}, b.texts(false))
}

// TestSweptWaits: when Slack asks to wait it is waited, not given up, and not for
// ever.
func TestSweptWaits(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "a"})
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	b.now = b.now.Add(time.Hour)
	b.fake.Say("C1", "U1", "", "one")
	require.NoError(t, b.fake.Inject(fakeslack.Fault{Kind: fakeslack.Limited, RetryAfter: 30, Count: 2}))
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	require.Equal(t, []string{"one"}, b.texts(false))
	require.NoError(t, b.fake.Inject(fakeslack.Fault{Kind: fakeslack.Limited, RetryAfter: 30}))
	before := b.fake.Requests()["conversations.history"]
	require.Error(t, b.Sweep(t.Context(), time.Time{}))
	require.Equal(t, sweptTries, b.fake.Requests()["conversations.history"]-before)
}

// TestSweptStopsWhenNothingCanBeStored: the cursor stays, so that it is read
// again.
func TestSweptStopsWhenNothingCanBeStored(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "a"})
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	was := b.cursors[CursorOf("slack/T1/C1")]
	b.now = b.now.Add(time.Hour)
	b.fake.Say("C1", "U1", "", "one")
	broken := errors.New("the disk is full")
	b.journal.err = broken
	require.ErrorIs(t, b.Sweep(t.Context(), time.Time{}), broken)
	require.Equal(t, was, b.cursors[CursorOf("slack/T1/C1")])
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, b.Sweep(ctx, time.Time{}), context.Canceled)
}

// TestSweptRuns: what is wanted while another sweep runs is not lost, and a gap
// that could not be read is read with the next thing that is wanted.
func TestSweptRuns(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "a"})
	require.NoError(t, b.Sweep(t.Context(), time.Time{}))
	b.now = b.now.Add(time.Hour)
	gap := b.now
	for i := range 3 {
		b.fake.Say("C1", "U1", "", fmt.Sprint("missed ", i))
	}
	b.now = b.now.Add(time.Hour)
	require.NoError(t, b.fake.Inject(fakeslack.Fault{Kind: fakeslack.Refused, Error: "internal_error", Count: 1}))
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan struct{})
	go func() { defer close(end); b.Run(ctx) }()
	b.Want(gap)
	require.Eventually(t, func() bool { b.Swept.mu.Lock(); defer b.Swept.mu.Unlock(); return b.want != nil && len(b.bell) == 0 }, 10*time.Second, time.Millisecond)
	b.Want(b.now)
	require.Eventually(t, func() bool { return len(b.texts(false)) == 3 }, 10*time.Second, time.Millisecond)
	cancel()
	<-end
}
