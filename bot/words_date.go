package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// namedDay is a date as it was named; anew gives the next one of the kind, where it
// comes again and again.
type namedDay struct {
	y     int
	m     time.Month
	d     int
	every int // days until the like comes again, 0 for never
}

// moment reads a day with or without a time of it, or a time alone.
func (g *grammar) moment(words []string) (at time.Time, n int, err error) {
	if len(words) == 0 {
		return time.Time{}, 0, nil
	}
	if date, clock, ok := strings.Cut(words[0], "T"); ok && dateForm.MatchString(date) { // 2026-12-01T09:00
		words = slices.Concat([]string{date, clock}, words[1:])
		at, n, err = g.moment(words)
		return at, max(0, n-1), err
	}
	if d, used, err := g.date(words); err != nil || used > 0 {
		if err != nil {
			return time.Time{}, 0, err
		}
		n, skip := used, 0
		if n < len(words) && strings.EqualFold(words[n], "at") {
			skip = 1
		}
		clock, more, err := clockOf(words[min(n+skip, len(words)):], true)
		if err != nil {
			return time.Time{}, 0, err
		}
		if more == 0 {
			clock, skip = g.morning(), 0
		}
		return g.on(d, clock), n + skip + more, nil
	}
	clock, n, err := clockOf(words, false)
	if err != nil || n == 0 {
		return time.Time{}, 0, err
	}
	skip := 0
	if n < len(words) && strings.EqualFold(words[n], "on") {
		skip = 1
	}
	if d, more, err := g.date(words[n+skip:]); err == nil && more > 0 {
		return g.on(d, clock), n + skip + more, nil
	}
	return g.on(g.today(1), clock), n, nil
}

// on is a day at a time of it: the next one that is still to come, where the day
// comes again.
func (g *grammar) on(d namedDay, clock time.Duration) time.Time {
	at := func(more int) time.Time {
		return time.Date(d.y, d.m, d.d+more, int(clock/time.Hour), int(clock%time.Hour/time.Minute), 0, 0, g.zone())
	}
	t := at(0)
	for more := d.every; d.every > 0 && !t.After(g.now) && more <= 2*d.every; more += d.every {
		t = at(more)
	}
	return t
}

func (g *grammar) today(every int) namedDay {
	y, m, d := g.now.In(g.zone()).Date()
	return namedDay{y, m, d, every}
}

var dateForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$`)

// date reads a day: today, tomorrow, monday, next week, 2026-12-01, 1 december.
func (g *grammar) date(words []string) (d namedDay, n int, err error) {
	if len(words) == 0 {
		return d, 0, nil
	}
	first := strings.ToLower(strings.Trim(words[0], ",.;!?"))
	next := ""
	if len(words) > 1 {
		next = strings.ToLower(strings.Trim(words[1], ",.;!?"))
	}
	today := g.today(0)
	shifted := func(days int) namedDay { d := today; d.d += days; return d }
	switch {
	case first == "today":
		return today, 1, nil
	case first == "tomorrow" || first == "tmrw":
		return shifted(1), 1, nil
	case first == "next" && next == "week":
		return shifted(ahead(g.now.In(g.zone()).Weekday(), time.Monday)), 2, nil
	case first == "next" || first == "this":
		if w, ok := weekdayOf(next); ok {
			return shifted(ahead(g.now.In(g.zone()).Weekday(), w)), 2, nil
		}
		return d, 0, nil
	case dateForm.MatchString(first):
		t, err := time.ParseInLocation("2006-1-2", first, g.zone())
		if err != nil {
			return d, 0, unclearf("There is no day %s. "+timeExamples, brief(first))
		}
		return namedDay{t.Year(), t.Month(), t.Day(), 0}, 1, nil
	}
	if w, ok := weekdayOf(first); ok {
		d := shifted((int(w) - int(g.now.In(g.zone()).Weekday()) + 7) % 7)
		d.every = 7
		return d, 1, nil
	}
	return g.calendarDay(first, next)
}

// calendarDay reads 1 december and december 1, of this year or else of the next.
func (g *grammar) calendarDay(first, next string) (namedDay, int, error) {
	month, ok := monthOf(next)
	number := first
	if !ok {
		if month, ok = monthOf(first); !ok {
			return namedDay{}, 0, nil
		}
		number = next
	}
	number = strings.TrimRight(number, "stndrh")
	n, err := strconv.Atoi(number)
	if err != nil || len(number) > 2 {
		return namedDay{}, 0, nil
	}
	y, _, _ := g.now.In(g.zone()).Date()
	for year := y; year <= y+1; year++ {
		t := time.Date(year, month, n, 0, 0, 0, 0, time.UTC)
		if t.Day() != n || n < 1 {
			continue
		}
		if !time.Date(year, month, n, 23, 59, 0, 0, g.zone()).Before(g.now) {
			return namedDay{year, month, n, 0}, 2, nil
		}
	}
	return namedDay{}, 0, unclearf("There is no day %s soon. "+timeExamples, brief(first+" "+next))
}

// ahead is how many days from one day of the week to the next other one; a week
// where they are the same.
func ahead(from, to time.Weekday) int {
	return (int(to)-int(from)+6)%7 + 1
}

func weekdayOf(s string) (time.Weekday, bool) {
	for w := time.Sunday; len(s) >= 3 && w <= time.Saturday; w++ {
		name := strings.ToLower(w.String())
		if s == name || s == name[:3] || (s == "tues" && w == time.Tuesday) || (s == "thurs" && w == time.Thursday) {
			return w, true
		}
	}
	return 0, false
}

func monthOf(s string) (time.Month, bool) {
	for m := time.January; len(s) >= 3 && m <= time.December; m++ {
		if name := strings.ToLower(m.String()); s == name || s == name[:3] {
			return m, true
		}
	}
	return 0, false
}

var (
	clockForm = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})(am|pm)?$`)
	hourForm  = regexp.MustCompile(`^([0-9]{1,2})(am|pm)$`)
	bareHour  = regexp.MustCompile(`^[0-9]{1,2}$`)
)

// clockOf reads a time of day: 9am, 17:30, noon; and a bare 9 where a day stands
// before it.
func clockOf(words []string, bare bool) (since time.Duration, n int, err error) {
	if len(words) == 0 {
		return 0, 0, nil
	}
	word := strings.ToLower(strings.Trim(words[0], ",;!?"))
	word = strings.TrimRight(word, ".")
	n = 1
	if bareHour.MatchString(word) || clockForm.MatchString(word) { // 9 am
		if len(words) > 1 && (strings.EqualFold(words[1], "am") || strings.EqualFold(words[1], "pm")) {
			word, n = word+strings.ToLower(words[1]), 2
		}
	}
	hour, minute, half := "", "0", ""
	switch {
	case word == "noon":
		return 12 * time.Hour, 1, nil
	case clockForm.MatchString(word):
		m := clockForm.FindStringSubmatch(word)
		hour, minute, half = m[1], m[2], m[3]
	case hourForm.MatchString(word):
		m := hourForm.FindStringSubmatch(word)
		hour, half = m[1], m[2]
	case bare && bareHour.MatchString(word):
		hour = word
	default:
		return 0, 0, nil
	}
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if h > 23 || m > 59 || half != "" && (h > 12 || h == 0) {
		return 0, 0, unclearf("There is no time of day %s. "+timeExamples, brief(strings.Join(words[:n], " ")))
	}
	if half == "pm" && h < 12 {
		h += 12
	} else if half == "am" && h == 12 {
		h = 0
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, n, nil
}
