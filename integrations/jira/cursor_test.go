package jira

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func TestCursorErrors(t *testing.T) {
	for _, s := range []string{
		"x", "{}", `{"v":2}`, `{"v":1,"scopes":{"a":{"high":-1}}}`, `{"v":1,"scopes":{"a":{"high":1,"seen":"17"}}}`,
		`{"v":1,"scopes":{"a":{"high":1,"seen":"17.x"}}}`, `{"v":1,"scopes":{"a":{"high":1,"seen":".1"}}}`, `{"v":1,"scopes":{"a":{"high":1e30}}}`,
	} {
		_, err := decodeCursor(s)
		require.ErrorIs(t, err, ErrCursor, s)
	}
	_, err := decodeCursor(string(make([]byte, maxCursor+1)))
	require.ErrorIs(t, err, ErrCursor)
}

// What lies within the overlap is remembered, through any number of writings.
func TestCursorRemembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		overlap := 15 * time.Minute
		c := &cursor{scopes: map[string]*progress{}}
		p := c.of(scope{id: "a"})
		want := map[string]int64{}
		at := wireStart.UnixMilli()
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			at += int64(rapid.IntRange(0, 200_000).Draw(t, "step"))
			id := fmt.Sprint(rapid.IntRange(1, 20).Draw(t, "id"))
			p.mark(id, at)
			p.high = max(p.high, at)
			want[id] = at
			if rapid.Bool().Draw(t, "write") {
				s := c.encode(overlap)
				var err error
				c, err = decodeCursor(s)
				require.NoError(t, err)
				p = c.of(scope{id: "a"})
				require.Equal(t, s, c.encode(overlap))
			}
		}
		_ = c.encode(overlap)
		for id, at := range want {
			if at >= p.since(overlap) {
				require.True(t, p.has(id, at))
				require.False(t, p.has(id, at+1))
			} else {
				require.NotContains(t, p.seen, id)
			}
		}
		require.Len(t, p.order, len(p.seen))
	})
}

// More issues than can be remembered change within minutes: each comes once, the
// cursor stays small, and the next looks do not fetch them again.
func TestCursorOverflow(t *testing.T) {
	for _, step := range []time.Duration{0, 20 * time.Millisecond} {
		if step > 0 && testing.Short() {
			t.Skip("the second half takes seconds under the race detector: run without -short")
		}
		w := newWire(t, false)
		w.pageMax = 1000
		const n = maxSeen + 700
		for i := 1; i <= n; i++ {
			w.add(fmt.Sprint(i))
			w.advance(step)
		}
		w.advance(2 * time.Minute)
		p := &poller{t: t, c: w.client(nil)}
		seen := map[string]bool{}
		var err error
		count := 0
		p.cursor, err = p.c.Poll(context.Background(), "", func(_ context.Context, d signals.Delivery, cursor string) error {
			seen[d.Envelope.ID] = true
			count++
			require.LessOrEqual(t, len(cursor), 30*briefSeen)
			return nil
		})
		require.NoError(t, err)
		require.Len(t, seen, n)
		require.Equal(t, n, count)
		require.LessOrEqual(t, len(p.cursor), 20*maxSeen)
		require.Empty(t, p.poll())
		w.change("3", 1)
		w.advance(2 * time.Minute)
		require.Equal(t, []string{"3"}, p.poll())
		require.Empty(t, p.poll())
	}
}

// The process dies in the middle of such a change: nothing is skipped.
func TestCursorOverflowInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds under the race detector: run without -short")
	}
	w := newWire(t, false)
	w.pageMax = 1000
	const n = maxSeen + 700
	for i := 1; i <= n; i++ {
		w.add(fmt.Sprint(i))
	}
	w.advance(2 * time.Minute)
	p := &poller{t: t, c: w.client(nil)}
	seen := map[string]bool{}
	stop := maxSeen + 300
	emit := func(_ context.Context, d signals.Delivery, cursor string) error {
		if stop--; stop == 0 {
			return context.Canceled
		}
		seen[d.Envelope.ID] = true
		p.cursor = cursor
		return nil
	}
	_, err := p.c.Poll(context.Background(), "", emit)
	require.Equal(t, context.Canceled, err)
	_, err = p.c.Poll(context.Background(), p.cursor, emit)
	require.NoError(t, err)
	require.Len(t, seen, n)
}

// A scope that is no longer watched is forgotten, a new one starts at the
// beginning and does not fetch again what the cursor remembers.
func TestCursorScopesChange(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	w.advance(time.Hour)
	w.add("2")
	w.advance(2 * time.Minute)
	p := &poller{t: t, c: w.client(func(s *Site) { s.Watch = []string{"a"} })}
	require.Equal(t, []string{"1", "2"}, p.poll())
	p.c = w.client(func(s *Site) { s.Watch = []string{"a", "b"} })
	require.Equal(t, []string{"1"}, p.poll(), "1 is behind the overlap and forgotten")
	p.c = w.client(func(s *Site) { s.Watch = []string{"b"} })
	require.Empty(t, p.poll())
	cur, err := decodeCursor(p.cursor)
	require.NoError(t, err)
	require.Len(t, cur.scopes, 1)
}

// FuzzCursor: a cursor is refused, or reads the same after writing.
func FuzzCursor(f *testing.F) {
	f.Add(`{"v":1,"scopes":{"a":{"high":1793613600000,"floor":1,"seen":"17.0 18.-5 19.900001 17.3"}}}`)
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := decodeCursor(s)
		if err != nil {
			require.ErrorIs(t, err, ErrCursor)
			return
		}
		once := c.encode(time.Hour)
		again, err := decodeCursor(once)
		require.NoError(t, err)
		require.Equal(t, once, again.encode(time.Hour))
		for _, p := range c.scopes {
			require.LessOrEqual(t, len(p.seen), maxSeen)
			require.GreaterOrEqual(t, p.since(time.Hour), int64(0))
			require.LessOrEqual(t, p.since(time.Hour), max(p.high, p.floor))
		}
	})
}
