package demo

import (
	"sync"
	"time"
)

// The hours of a working day in which the clock keeps to its speed, in UTC. At
// night and on days off it runs faster by Hurry.
const (
	dayBegins = 7 * time.Hour
	dayEnds   = 19 * time.Hour
	Hurry     = 6
)

// rush is the least speed, in virtual seconds a second, of a step to the next beat.
const rush = 7200

// fastest is the speed beyond which nights pass no faster than days.
const fastest = 14400

// Clock is a virtual clock. It stands until Run. It is safe for concurrent use.
type Clock struct {
	real func() time.Time

	mu      sync.Mutex
	at      time.Time // virtual time at mark
	mark    time.Time // real time
	speed   float64
	running bool
	until   time.Time // where it stops by itself, zero for nowhere
	rushing bool      // until is the end of a step
	held    bool      // see Hold
}

// NewClock makes a clock that stands at a time. speed is how many virtual seconds
// pass in a second of a working day; now is the real time.
func NewClock(at time.Time, speed float64, now func() time.Time) *Clock {
	return &Clock{real: now, at: at.UTC(), mark: now(), speed: speed}
}

// Now is the virtual time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	return c.at
}

// Set puts the clock to a time, later or earlier.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	c.at = t.UTC()
}

// Run lets the clock go.
func (c *Clock) Run() { c.set(func() { c.running, c.until, c.rushing = true, time.Time{}, false }) }

// Pause stops the clock.
func (c *Clock) Pause() { c.set(func() { c.running, c.until, c.rushing = false, time.Time{}, false }) }

// Step lets the clock run quickly to a time, where it stops.
func (c *Clock) Step(to time.Time) { c.set(func() { c.running, c.until, c.rushing = true, to, true }) }

// Halt ends a step before its time. A clock that is not at a step goes on as it
// was.
func (c *Clock) Halt() {
	c.set(func() {
		if c.rushing {
			c.running, c.until, c.rushing = false, time.Time{}, false
		}
	})
}

// Hold lets a clock that runs stand as long as on is true, so that who works by it
// is not left behind.
func (c *Clock) Hold(on bool) { c.set(func() { c.held = on }) }

// SetSpeed changes how many virtual seconds pass in a second of a working day.
func (c *Clock) SetSpeed(speed float64) { c.set(func() { c.speed = speed }) }

// Speed is how many virtual seconds pass in a second of a working day.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// Running reports whether the clock goes.
func (c *Clock) Running() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	return c.running
}

func (c *Clock) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	change()
}

// advance brings the virtual time up to the real one, stretch by stretch: each
// ends where day becomes night or night day.
func (c *Clock) advance() {
	now := c.real()
	left := now.Sub(c.mark).Seconds()
	c.mark = now
	for c.running && !c.held && left > 0 {
		rate := c.rate()
		_, end := stretch(c.at)
		if !c.until.IsZero() && c.until.Before(end) {
			end = c.until
		}
		room := end.Sub(c.at)
		step := time.Duration(left * rate * float64(time.Second))
		if step < room {
			c.at = c.at.Add(step)
			return
		}
		c.at = c.at.Add(max(room, 0))
		left -= room.Seconds() / rate
		if !c.until.IsZero() && !c.at.Before(c.until) {
			c.running, c.until, c.rushing = false, time.Time{}, false
		}
	}
}

// rate is how many virtual seconds pass in a second now.
func (c *Clock) rate() float64 {
	rate := c.speed
	if c.rushing {
		rate = max(rate, rush)
	}
	if working, _ := stretch(c.at); !working {
		rate = max(rate, min(rate*Hurry, fastest))
	}
	return rate
}

// Rate is how many virtual seconds pass in a second when it goes on now.
func (c *Clock) Rate() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	return c.rate()
}

// stretch reports whether t lies in the hours of a working day, and when that
// changes.
func stretch(t time.Time) (working bool, end time.Time) {
	day := t.UTC().Truncate(24 * time.Hour)
	off := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	switch since := t.Sub(day); {
	case off || since >= dayEnds:
		return false, day.Add(24*time.Hour + boolTo(!restDay(day.Add(24*time.Hour)), dayBegins))
	case since < dayBegins:
		return false, day.Add(dayBegins)
	}
	return true, day.Add(dayEnds)
}

func restDay(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

func boolTo(yes bool, d time.Duration) time.Duration {
	if yes {
		return d
	}
	return 0
}
