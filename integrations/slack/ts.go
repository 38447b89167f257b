package slack

import (
	"fmt"
	"time"
)

// The years that a timestamp may lie in. Chats older than Slack are imported
// into it, so the bound is well before its first year.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// ParseTS returns the time of a Slack timestamp, seconds with up to six
// decimals such as "1700000000.000100", exact to the microsecond, in UTC. Times
// before 2000 or from 2200 on are errors.
func ParseTS(ts string) (time.Time, error) {
	micros, ok := microsOf(ts)
	if !ok {
		return time.Time{}, fmt.Errorf("ts %q: not seconds with decimals", clip(ts))
	}
	t := time.UnixMicro(micros).UTC()
	if t.Before(earliest) || !t.Before(latest) {
		return time.Time{}, fmt.Errorf("ts %q: the year %d is absurd", clip(ts), t.Year())
	}
	return t, nil
}

// microsOf reads up to eleven digits of seconds and up to six decimals; more
// decimals are cut.
func microsOf(ts string) (micros int64, ok bool) {
	decimals := -1
	for i := range len(ts) {
		c := ts[i]
		switch {
		case c == '.' && decimals < 0 && i > 0:
			decimals = 0
		case c < '0' || c > '9' || i > 24 || (decimals < 0 && i > 10):
			return 0, false
		case decimals < 0:
			micros = micros*10 + int64(c-'0')
		case decimals < 6:
			micros = micros*10 + int64(c-'0')
			decimals++
		}
	}
	for d := max(decimals, 0); d < 6; d++ {
		micros *= 10
	}
	return micros, ts != ""
}

// clip bounds a value that is quoted in an error.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}
