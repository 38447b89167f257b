package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
)

// TestWhatIsDueWaitsForWhatIsUnread lets an ask come due while what was said
// beside it is not read yet: nobody is told before it is, and an answer that is
// found then was in time.
func TestWhatIsDueWaitsForWhatIsUnread(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: run without -short")
	}
	for _, c := range []struct {
		name     string
		answered time.Duration // after the ask, 0 for never
		found    bool
		told     int
	}{
		{name: "nobody answered", found: true, told: 1},
		{name: "it was answered before it was due", answered: time.Hour},
		{name: "it was answered after it was due", answered: 16*time.Hour + 10*time.Minute, found: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			deaf := true
			f := newFloor(t, func(b *bot.Config) {
				b.Unread = func(k signals.Key) bool { return deaf && k.Source == signals.Slack && k.Site == "T1" }
			})
			asked := f.clock.now()
			e := wondered("C1", 100, asked, "U3", askWords)
			f.accept(e)
			f.drain()
			f.until(asked.Add(16*time.Hour+30*time.Minute), true) // it was due half an hour ago
			f.drain()
			require.Empty(t, f.records("C1", 100))
			require.Empty(t, f.fake.Messages())
			if c.answered > 0 {
				a := wondered("C1", 100, asked.Add(c.answered), "U2", "You need the role billing-read. I have just given it to you, try again.")
				a.ID += "/answer"
				f.accept(a)
				f.drain()
				require.Empty(t, f.fake.Messages())
			}
			deaf = false
			f.until(asked.Add(23*time.Hour), true)
			f.drain()
			require.Equal(t, c.found, len(f.records("C1", 100)) > 0)
			require.Len(t, f.fake.Messages(), c.told)
		})
	}
}
