package signals

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseHours reads "09:00-17:30" as times since midnight. An empty string is
// zero and zero, which Calendar takes for nine to six.
func ParseHours(s string) (from, to time.Duration, err error) {
	if s == "" {
		return 0, 0, nil
	}
	a, b, ok := strings.Cut(s, "-")
	from, errA := clock(a)
	to, errB := clock(b)
	if !ok || errA != nil || errB != nil || to <= from {
		return 0, 0, fmt.Errorf("hours %q are not of the form 09:00-17:30", s)
	}
	return from, to, nil
}

func clock(s string) (time.Duration, error) {
	h, m, ok := strings.Cut(strings.TrimSpace(s), ":")
	hours, errH := strconv.Atoi(h)
	minutes, errM := strconv.Atoi(m)
	if !ok || errH != nil || errM != nil || hours < 0 || hours > 24 || minutes < 0 || minutes > 59 {
		return 0, fmt.Errorf("time of day %q is not of the form 09:00", s)
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute, nil
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseDays reads "mon-fri" or "sun,mon,tue" as days of the week. An empty
// string is none, which Calendar takes for Monday to Friday.
func ParseDays(s string) (days [7]bool, err error) {
	if s == "" {
		return days, nil
	}
	for part := range strings.SplitSeq(strings.ToLower(s), ",") {
		a, b, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			b = a
		}
		from, to := weekday(a), weekday(b)
		if from < 0 || to < 0 {
			return [7]bool{}, fmt.Errorf("days %q are not of the form mon-fri or sun,mon", s)
		}
		for d := from; ; d = (d + 1) % 7 {
			days[d] = true
			if d == to {
				break
			}
		}
	}
	return days, nil
}

func weekday(s string) int {
	for i, w := range weekdays {
		if len(s) >= 3 && strings.HasPrefix(s, w) {
			return i
		}
	}
	return -1
}
