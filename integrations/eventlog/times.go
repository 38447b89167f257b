package eventlog

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// layouts are the forms of time that are read without configuration. Forms in
// which day and month can be mistaken for each other are not among them.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05-0700",
	"2006-01-02 15:04", "2006-01-02T15:04", "2006/01/02 15:04:05", "2006/01/02 15:04", "02.01.2006 15:04:05", "02.01.2006 15:04",
	"2 Jan 2006 15:04:05", "Jan 2, 2006 15:04:05", time.DateOnly, "2006/01/02", "02.01.2006",
}

// The years that a row may lie in. Earlier and later ones stand for "no date".
var (
	earliest = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// clock reads the times of a log.
type clock struct {
	layouts []string
	zone    *time.Location
}

// parse returns microseconds UTC. Ten digits are seconds, thirteen milliseconds.
func (c clock) parse(s string) (int64, error) {
	if s == "" {
		return 0, errors.New("the time is empty")
	}
	t, ok := epoch(s)
	for i := 0; !ok && i < len(c.layouts); i++ {
		var err error
		t, err = time.ParseInLocation(c.layouts[i], s, c.zone)
		ok = err == nil
	}
	switch {
	case !ok:
		return 0, fmt.Errorf("time %q has none of the known forms", clip(s))
	case t.Before(earliest) || !t.Before(latest):
		return 0, fmt.Errorf("time %q: the year %d is absurd", clip(s), t.Year())
	}
	return t.UnixMicro(), nil
}

func epoch(s string) (time.Time, bool) {
	if len(s) != 10 && len(s) != 13 {
		return time.Time{}, false
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return time.Time{}, false
	}
	if len(s) == 10 {
		n *= 1000
	}
	return time.UnixMilli(int64(n)), true
}
