package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// errDuration says what a duration looks like, without repeating the value.
var errDuration = errors.New("expected a duration such as 30m, 4h, 1h30m, 14d or 2w")

// most is the longest duration that is taken: ten years.
const most = 10 * 366 * 24 * time.Hour

// ParseDuration reads durations as Go writes them, and with days and weeks in
// front: 1w, 14d, 1d12h. A day is 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	var sum time.Duration
	rest := s
	for _, u := range []struct {
		mark string
		unit time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		before, after, ok := strings.Cut(rest, u.mark)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(before, 10, 16)
		if err != nil {
			return 0, errDuration
		}
		sum += time.Duration(n) * u.unit
		rest = after
	}
	if rest != "" || s == "" {
		d, err := time.ParseDuration(rest)
		if err != nil || (rest[0] < '0' || rest[0] > '9') && rest != s || d > most {
			return 0, errDuration
		}
		sum += d
	}
	return sum, nil
}

// FormatDuration is the inverse of ParseDuration, with whole days as days from
// two days on.
func FormatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
