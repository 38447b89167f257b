package oncall

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// event is one VEVENT.
type event struct {
	line  int
	lines []line

	uid       string
	start     time.Time
	whole     bool // a whole day: no time of its own
	length    span
	rule      *rule
	except    []time.Time
	recurs    time.Time // of which instance of the series it takes the place; zero for a series
	cancelled bool
	bad       bool // it was not understood
	summary   string
	emails    []string
}

// span is how long something takes: days by the calendar, and a time.
type span struct {
	days int
	rest time.Duration
}

func (s span) after(t time.Time) time.Time { return t.AddDate(0, 0, s.days).Add(s.rest) }

// read understands the lines of an event. It returns the line that it did not
// understand with the error.
func (e *event) read(zone *time.Location) (at line, err error) {
	at = line{n: e.line, name: "BEGIN", value: "VEVENT"}
	var end, duration, rule *line
	var excepted []line
	for i := range e.lines {
		switch l := &e.lines[i]; l.name {
		case "UID":
			e.uid = l.value
		case "SUMMARY":
			e.summary = unescape(l.value)
		case "STATUS":
			e.cancelled = l.is("STATUS", "CANCELLED")
		case "ATTENDEE":
			e.attendee(l)
		case "DTSTART":
			if e.start, e.whole, err = l.time(zone); err != nil {
				return *l, err
			}
		case "RECURRENCE-ID":
			if e.recurs, _, err = l.time(zone); err != nil {
				return *l, err
			}
			if l.params["RANGE"] != "" {
				return *l, errors.New("a change of one and all later instances is not understood")
			}
		case "DTEND":
			end = l
		case "DURATION":
			duration = l
		case "RRULE":
			if rule != nil {
				return *l, errors.New("more than one rule is not understood")
			}
			rule = l
		case "EXDATE":
			excepted = append(excepted, *l)
		case "RDATE", "EXRULE":
			return *l, fmt.Errorf("%s is not understood", l.name)
		}
	}
	if e.start.IsZero() {
		if e.cancelled && !e.recurs.IsZero() {
			return at, nil
		}
		return at, errors.New("it has no DTSTART")
	}
	return e.times(at, end, duration, rule, excepted, zone)
}

// times reads what needs the beginning of the event.
func (e *event) times(at line, end, duration, rule *line, excepted []line, zone *time.Location) (line, error) {
	var err error
	switch {
	case end != nil:
		if e.length, err = e.until(end, zone); err != nil {
			return *end, err
		}
	case duration != nil:
		if e.length, err = parseDuration(duration.value); err != nil {
			return *duration, err
		}
	case e.whole:
		e.length = span{days: 1}
	}
	if rule != nil {
		if e.rule, err = parseRule(rule.value, e.start, e.whole); err != nil {
			return *rule, err
		}
	}
	for _, l := range excepted {
		for one := range strings.SplitSeq(l.value, ",") {
			l.value = one
			t, _, err := l.time(zone)
			if err != nil {
				return l, err
			}
			e.except = append(e.except, t)
		}
	}
	return at, nil
}

// until reads DTEND: an end is as long after each beginning of the series as
// after the first; of whole days the calendar counts.
func (e *event) until(l *line, zone *time.Location) (span, error) {
	t, whole, err := l.time(zone)
	switch {
	case err != nil:
		return span{}, err
	case whole != e.whole:
		return span{}, errors.New("it begins with a time and ends with a day, or the other way round")
	case t.Before(e.start):
		return span{}, errors.New("it ends before it begins")
	case whole:
		a, b := e.start, t
		return span{days: int(time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC).Sub(time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)).Hours() / 24)}, nil
	}
	return span{rest: t.Sub(e.start)}, nil
}

// attendee notes the address of somebody who did not decline.
func (e *event) attendee(l *line) {
	if strings.EqualFold(l.params["PARTSTAT"], "DECLINED") {
		return
	}
	address := l.params["EMAIL"]
	if v := strings.TrimSpace(l.value); len(v) > 7 && strings.EqualFold(v[:7], "mailto:") {
		address = v[7:]
	}
	if address = strings.ToLower(strings.TrimSpace(address)); strings.Contains(address, "@") && !slices.Contains(e.emails, address) {
		e.emails = append(e.emails, address)
	}
}

// time reads a moment or, with VALUE=DATE, a day.
func (l *line) time(zone *time.Location) (t time.Time, whole bool, err error) {
	v := strings.TrimSpace(l.value)
	if id := l.params["TZID"]; id != "" {
		if zone, err = loadZone(strings.TrimPrefix(id, "/")); err != nil {
			return t, false, err
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	form, whole := "20060102T150405", false
	switch {
	case strings.EqualFold(l.params["VALUE"], "DATE") || len(v) == 8:
		form, whole = "20060102", true
	case strings.HasSuffix(v, "Z"):
		form, zone = "20060102T150405Z", time.UTC
	}
	if t, err = time.ParseInLocation(form, v, zone); err != nil {
		return time.Time{}, false, fmt.Errorf("%q is no time such as 20260302T090000Z", cut(v))
	}
	if t.Year() < 1970 || t.Year() > 2200 {
		return time.Time{}, false, fmt.Errorf("%q is not of our time", cut(v))
	}
	return t, whole, nil
}

func cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// parseDuration reads P1W, P1D, PT12H and the like.
func parseDuration(v string) (out span, err error) {
	bad := fmt.Errorf("%q is no duration such as P1D or PT12H", cut(v))
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(v)), "P")
	if !ok || rest == "" {
		return out, bad
	}
	timed := false
	for rest != "" {
		if rest[0] == 'T' && !timed {
			timed, rest = true, rest[1:]
			continue
		}
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i <= 0 || i > 6 {
			return out, bad
		}
		n, _ := strconv.Atoi(rest[:i]) // digits only
		switch unit := rest[i]; {
		case unit == 'W' && !timed:
			out.days += 7 * n
		case unit == 'D' && !timed:
			out.days += n
		case unit == 'H' && timed:
			out.rest += time.Duration(n) * time.Hour
		case unit == 'M' && timed:
			out.rest += time.Duration(n) * time.Minute
		case unit == 'S' && timed:
			out.rest += time.Duration(n) * time.Second
		default:
			return out, bad
		}
		rest = rest[i+1:]
	}
	return out, nil
}
