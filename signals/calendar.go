package signals

import "time"

// Calendar is the working time of a person or a team: a daily window in their
// zone on some days of the week, without holidays. The zero value works nine to
// six, Monday to Friday, in UTC.
type Calendar struct {
	Zone     *time.Location
	From, To time.Duration   // since midnight, wall clock; both zero means 9:00 to 18:00
	Days     [7]bool         // by time.Weekday; none set means Monday to Friday
	Holidays map[string]bool // dates as 2006-01-02
}

// horizon bounds every walk through days: two years.
const horizon = 2 * 366

func (c *Calendar) zone() *time.Location {
	if c == nil || c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

func (c *Calendar) window() (from, to time.Duration) {
	if c == nil || (c.From == 0 && c.To == 0) {
		return 9 * time.Hour, 18 * time.Hour
	}
	return c.From, c.To
}

// Workday reports whether the date of t, in the calendar's zone, is worked.
func (c *Calendar) Workday(t time.Time) bool {
	t = t.In(c.zone())
	if c == nil || c.Days == [7]bool{} {
		if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
			return false
		}
	} else if !c.Days[t.Weekday()] {
		return false
	}
	return c == nil || len(c.Holidays) == 0 || !c.Holidays[t.Format(time.DateOnly)]
}

// day returns the working window of the date of t; ok is false on a day off.
func (c *Calendar) day(t time.Time) (from, to time.Time, ok bool) {
	if !c.Workday(t) {
		return from, to, false
	}
	t = t.In(c.zone())
	y, m, d := t.Date()
	f, u := c.window()
	from, to = wall(y, m, d, f, c.zone()), wall(y, m, d, u, c.zone())
	return from, to, to.After(from)
}

// wall is a date at a time of day on the clock on the wall, so that a day with
// a clock change keeps its window. A reading that the change leaves out is the
// instant of the change.
func wall(y int, m time.Month, d int, at time.Duration, zone *time.Location) time.Time {
	hour, minute := int(at/time.Hour), int(at%time.Hour/time.Minute)
	t := time.Date(y, m, d, hour, minute, 0, 0, zone)
	if t.Hour() == hour%24 && t.Minute() == minute {
		return t
	}
	start, end := t.ZoneBounds()
	if ty, tm, td := t.Date(); time.Date(ty, tm, td, t.Hour(), t.Minute(), 0, 0, time.UTC).Before(time.Date(y, m, d, hour, minute, 0, 0, time.UTC)) {
		return end.In(zone)
	}
	return start.In(zone)
}

// nextDay returns noon of the next date. Noon, because midnight does not exist
// on the day on which some zones put their clocks forward.
func (c *Calendar) nextDay(t time.Time) time.Time {
	y, m, d := t.In(c.zone()).Date()
	return time.Date(y, m, d+1, 12, 0, 0, 0, c.zone())
}

// Working reports whether t is within working time.
func (c *Calendar) Working(t time.Time) bool {
	from, to, ok := c.day(t)
	return ok && !t.Before(from) && t.Before(to)
}

// Next returns the first working instant at or after t. Where there is none
// within two years it returns t.
func (c *Calendar) Next(t time.Time) time.Time {
	for day, i := t, 0; i < horizon; day, i = c.nextDay(day), i+1 {
		from, to, ok := c.day(day)
		switch {
		case !ok || !t.Before(to):
			continue
		case t.Before(from):
			return from
		}
		return t
	}
	return t
}

// Add returns the instant at which d of working time has passed since t. Where
// that is more than two years ahead it returns t plus d of wall-clock time.
func (c *Calendar) Add(t time.Time, d time.Duration) time.Time {
	left := d
	for day, i := t, 0; i < horizon; day, i = c.nextDay(day), i+1 {
		from, to, ok := c.day(day)
		if !ok || !t.Before(to) {
			continue
		}
		if t.After(from) {
			from = t
		}
		if left <= to.Sub(from) {
			return from.Add(left)
		}
		left -= to.Sub(from)
	}
	return t.Add(d)
}

// Between returns the working time from a to b, zero when b is not after a.
// Spans beyond two years are measured over their last two years.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Sub(a) > horizon*24*time.Hour {
		a = b.Add(-horizon * 24 * time.Hour)
	}
	var sum time.Duration
	// A day begins at most 15 hours before its noon, clock changes included.
	for day := a; day.Before(b.Add(15 * time.Hour)); day = c.nextDay(day) {
		from, to, ok := c.day(day)
		if !ok {
			continue
		}
		if a.After(from) {
			from = a
		}
		if b.Before(to) {
			to = b
		}
		if to.After(from) {
			sum += to.Sub(from)
		}
	}
	return sum
}
