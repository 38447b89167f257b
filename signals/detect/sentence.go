package detect

import (
	"fmt"
	"strconv"
	"time"

	"andon/signals"
)

// The helpers below put figures into the plain words of a reason.

// lasted tells a span of wall-clock time, rounded to what a reader needs.
func lasted(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return signals.Counted(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return signals.Counted(int(d/time.Hour), "hour")
	case d < 120*24*time.Hour:
		return signals.Counted(int(d/(24*time.Hour)), "day")
	}
	return signals.Counted(int(d/(30*24*time.Hour)), "month")
}

// times is "once", "twice", "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// handoffs is "3 hand-offs between teams".
func handoffs(n int, kind string) string {
	return fmt.Sprintf("%s %s", signals.Counted(n, "hand-off"), kind)
}

// on is a date as people write it.
func on(t time.Time) string { return t.Format("2 January") }
