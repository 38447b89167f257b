package slack

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
)

// TestSweptTriesAgain: what could not be read is read after a rest, not only
// when somebody asks the next time.
func TestSweptTriesAgain(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "payments", Members: []string{"UANDON"}})
	require.NoError(t, b.SetCursor(t.Context(), CursorOf("slack/T1/C1"), noon.Add(-time.Hour).Format(time.RFC3339Nano)))
	b.fake.Say("C1", "U1", "", "said while nobody listened")
	b.now = noon.Add(time.Minute)
	rests, over := make(chan time.Duration, 9), make(chan time.Time)
	b.timer = func(d time.Duration) <-chan time.Time { rests <- d; return over }
	require.NoError(t, b.fake.Inject(fakeslack.Fault{Method: "conversations.history", Kind: fakeslack.Unavailable}))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	b.Want(time.Time{})
	require.Equal(t, sweptRest, <-rests)
	over <- noon
	require.Equal(t, 2*sweptRest, <-rests)
	require.Empty(t, b.texts(false))
	b.fake.Heal()
	over <- noon
	require.Eventually(t, func() bool { return len(b.texts(false)) == 1 }, 10*time.Second, time.Millisecond)
	stop()
	<-done
	require.Empty(t, rests)
}

// TestSweptKnowsThatItIsBehind: from a start or a gap on, until all of it was read.
func TestSweptKnowsThatItIsBehind(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "payments", Members: []string{"UANDON"}})
	rests, over := make(chan time.Duration, 9), make(chan time.Time)
	b.timer = func(d time.Duration) <-chan time.Time { rests <- d; return over }
	b.Want(time.Time{})
	_, is := b.Behind()
	require.False(t, is, "nobody reads it")
	require.NoError(t, b.fake.Inject(fakeslack.Fault{Method: "conversations.history", Kind: fakeslack.Unavailable}))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	<-rests // it could not be read
	since, is := b.Behind()
	require.True(t, is)
	require.Equal(t, noon, since)
	b.fake.Heal()
	over <- noon
	read := func() bool { _, is := b.Behind(); return !is }
	require.Eventually(t, read, 10*time.Second, time.Millisecond)
	b.Want(time.Time{})
	require.True(t, read(), "what is read to be sure")
	require.NoError(t, b.fake.Inject(fakeslack.Fault{Method: "conversations.history", Kind: fakeslack.Unavailable}))
	b.Want(noon.Add(-time.Minute))
	require.False(t, read(), "a gap")
	stop()
	<-done
}

// TestSweptWaitsForTheChannels: as long as it is not known which channels there
// are, what is wanted is not read, and it is known to be missing.
func TestSweptWaitsForTheChannels(t *testing.T) {
	b := newBroom(t, fakeslack.Channel{ID: "C1", Name: "payments", Members: []string{"UANDON"}})
	b.Directory = NewDirectory("T1", LiveOptions{Self: Self{User: "UANDON"}})
	b.Directory.SetWatch(Watch{})
	require.NoError(t, b.SetCursor(t.Context(), CursorOf("slack/T1/C1"), noon.Add(-time.Hour).Format(time.RFC3339Nano)))
	b.fake.Say("C1", "U1", "", "said while nobody listened")
	b.now = noon.Add(time.Minute)
	b.Want(time.Time{})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	require.Eventually(t, func() bool { _, is := b.Behind(); return is && len(b.bell) == 0 }, 10*time.Second, time.Millisecond)
	b.Want(noon) // a gap
	require.Eventually(t, func() bool { return len(b.bell) == 0 }, 10*time.Second, time.Millisecond)
	_, is := b.Behind()
	require.True(t, is)
	require.NoError(t, (&Watcher{Poster: b.Poster, Directory: b.Directory}).Sync(t.Context()))
	b.Want(time.Time{})
	require.Eventually(t, func() bool { _, is := b.Behind(); return !is }, 10*time.Second, time.Millisecond)
	require.Len(t, b.texts(false), 1)
	stop()
	<-done
}

// TestTheFirstConnectionThatTakesLong: what is said until then is read from the
// history, because the reading at the start may have been before it.
func TestTheFirstConnectionThatTakesLong(t *testing.T) {
	for took, want := range map[time.Duration]bool{time.Second: false, time.Hour: true} {
		var d dark
		d.begins(noon)
		d.begins(noon.Add(took / 2)) // tried anew
		from, gap := d.opens(&wire{}, noon.Add(took))
		require.Equal(t, want, gap)
		if want {
			require.Equal(t, noon, from)
		}
		_, gap = d.opens(&wire{}, noon.Add(took+time.Hour))
		require.False(t, gap, "once")
	}
}
