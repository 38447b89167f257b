package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// wall is a real clock that the test moves.
type wall struct{ at time.Time }

func (w *wall) now() time.Time { return w.at }

func (w *wall) pass(d time.Duration) { w.at = w.at.Add(d) }

func clockAt(moment string, speed float64) (*Clock, *wall) {
	w := &wall{time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	return NewClock(on(moment), speed, w.now), w
}

func TestClockPasses(t *testing.T) {
	for _, c := range []struct {
		name, from string
		seconds    int
		want       string
	}{
		{"within a day", "Mon 09:00", 60, "Mon 10:00"},
		{"into the night, which passes faster", "Mon 18:00", 60 + 10, "Mon 20:00"},
		{"through a night", "Mon 19:00", 120, "Tue 07:00"},
		{"out of a night", "Tue 06:00", 10 + 60, "Tue 08:00"},
		{"through a weekend", "Fri 19:00", 10 * 60, "Next 07:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock, w := clockAt(c.from, 60)
			w.pass(time.Hour)
			require.Equal(t, on(c.from), clock.Now(), "it stands until it is told to run")
			clock.Run()
			w.pass(time.Duration(c.seconds) * time.Second)
			require.Equal(t, on(c.want), clock.Now())
		})
	}
}

func TestClockPausesAndSteps(t *testing.T) {
	clock, w := clockAt("Mon 09:00", 60)
	clock.Run()
	w.pass(10 * time.Second)
	clock.Pause()
	w.pass(time.Hour)
	require.Equal(t, on("Mon 09:10"), clock.Now(), "a pause stops the time")
	require.False(t, clock.Running())

	clock.Step(on("Mon 11:10"))
	w.pass(500 * time.Millisecond)
	require.Equal(t, on("Mon 10:10"), clock.Now(), "a step goes quickly")
	w.pass(time.Minute)
	require.Equal(t, on("Mon 11:10"), clock.Now(), "and stops where it was to")
	require.False(t, clock.Running())

	clock.Step(on("Mon 11:00"))
	w.pass(time.Second)
	require.Equal(t, on("Mon 11:10"), clock.Now(), "a step never goes back")

	clock.SetSpeed(600)
	clock.Run()
	w.pass(6 * time.Second)
	require.Equal(t, on("Mon 12:10"), clock.Now())
	require.InDelta(t, 600, clock.Speed(), 0)
}

// TestClockNeverGoesBack asks at any times, whatever is done to the clock.
func TestClockNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock, w := clockAt("Mon 08:00", rapid.Float64Range(0.5, 5000).Draw(t, "speed"))
		last := clock.Now()
		for range rapid.IntRange(1, 40).Draw(t, "deeds") {
			switch rapid.IntRange(0, 4).Draw(t, "deed") {
			case 0:
				clock.Run()
			case 1:
				clock.Pause()
			case 2:
				clock.Step(last.Add(time.Duration(rapid.Int64Range(-1e12, 1e14).Draw(t, "to"))))
			case 3:
				clock.SetSpeed(rapid.Float64Range(0.5, 5000).Draw(t, "new speed"))
			}
			w.pass(time.Duration(rapid.Int64Range(0, 1e11).Draw(t, "pass")))
			now := clock.Now()
			require.False(t, now.Before(last), "%s after %s", now, last)
			last = now
		}
	})
}

func TestClockHoldsAndHalts(t *testing.T) {
	clock, w := clockAt("Mon 09:00", 60)
	clock.Run()
	w.pass(time.Minute)
	clock.Hold(true)
	w.pass(time.Hour)
	require.Equal(t, on("Mon 10:00"), clock.Now())
	require.True(t, clock.Running(), "it is only waiting")
	clock.Halt()
	clock.Hold(false)
	w.pass(time.Minute)
	require.Equal(t, on("Mon 11:00"), clock.Now(), "it was at no step")
	clock.Step(on("Mon 15:00"))
	w.pass(time.Second)
	clock.Halt()
	w.pass(time.Hour)
	require.Equal(t, on("Mon 13:00"), clock.Now())
	require.False(t, clock.Running())
}
