package oncall

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rule is what is understood of an RRULE.
type rule struct {
	weekly   bool
	interval int
	count    int       // 0: no end by number
	until    time.Time // zero: no end by time; else the last moment at which an instance may begin
	days     [7]bool   // BYDAY
	byDay    bool
	week     time.Weekday // the first day of a week
}

// maxSteps bounds how many days of a rule are gone through, more than two
// centuries, and maxWork those of all rules of a feed.
const (
	maxSteps = 100_000
	maxWork  = 5_000_000
)

var weekdays = map[string]time.Weekday{
	"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday,
}

// parseRule reads an RRULE of an event that begins at start.
func parseRule(v string, start time.Time, whole bool) (*rule, error) {
	r := &rule{interval: 1, week: time.Monday}
	freq := ""
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(v)), ";") {
		k, val, _ := strings.Cut(part, "=")
		var err error
		switch k {
		case "FREQ":
			freq = val
		case "INTERVAL":
			r.interval, err = number(val, 1000)
		case "COUNT":
			r.count, err = number(val, maxSteps)
		case "UNTIL":
			r.until, err = ruleEnd(val, start, whole)
		case "BYDAY":
			err = r.readDays(val)
		case "WKST":
			day, ok := weekdays[val]
			if r.week = day; !ok {
				err = fmt.Errorf("WKST=%s is no day", cut(val))
			}
		case "":
		default:
			err = fmt.Errorf("%s of a rule is not understood", cut(k))
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case freq != "DAILY" && freq != "WEEKLY":
		return nil, fmt.Errorf("a rule with FREQ=%s is not understood, only DAILY and WEEKLY", cut(freq))
	case r.count > 0 && !r.until.IsZero():
		return nil, errors.New("a rule has COUNT or UNTIL, not both")
	case r.byDay && !r.days[start.Weekday()]:
		return nil, errors.New("the event begins on a day that is none of its BYDAY")
	}
	if r.weekly = freq == "WEEKLY"; r.weekly && !r.byDay {
		r.days[start.Weekday()] = true
	}
	return r, nil
}

func number(v string, most int) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("%q of a rule is no number from 1 to %d", cut(v), most)
	}
	return n, nil
}

// ruleEnd reads UNTIL: a day lasts until its end, in the zone of the event.
func ruleEnd(v string, start time.Time, whole bool) (time.Time, error) {
	l := line{value: v}
	t, day, err := l.time(start.Location())
	if day && err == nil {
		t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, start.Location()).Add(-1)
	} else if whole && err == nil {
		t = t.In(start.Location())
	}
	return t, err
}

func (r *rule) readDays(v string) error {
	r.byDay = true
	for d := range strings.SplitSeq(v, ",") {
		day, ok := weekdays[d]
		if !ok {
			return fmt.Errorf("BYDAY=%s is not understood, only days such as MO,TH", cut(d))
		}
		r.days[day] = true
	}
	return nil
}

// starts gives the beginnings of the instances until the end of what was asked
// for to emit, in order, by the wall clock of the event's zone, until emit
// returns false. Without a count it may leave out those that are over.
func (p *parser) starts(e *event, emit func(time.Time) bool) {
	if e.rule == nil {
		if e.start.Before(p.until) {
			emit(e.start)
		}
		return
	}
	r, n, day := e.rule, 0, 0
	if r.count == 0 {
		day = max(0, int(p.from.Add(-e.length.rest).Sub(e.start)/(24*time.Hour))-e.length.days-2)
	}
	first := (int(e.start.Weekday()) - int(r.week) + 7) % 7 // days since the first day of its week
	for ; day < maxSteps; day++ {
		if p.work++; p.work > maxWork {
			p.aside(e.line, "RRULE", errors.New("the rules of the feed take too long to follow"))
			return
		}
		t, before := e.start.AddDate(0, 0, day), p.until
		if !t.Before(before) || !r.until.IsZero() && t.After(r.until) || r.count > 0 && n >= r.count {
			return
		}
		if r.weekly && (!r.days[t.Weekday()] || (first+day)/7%r.interval != 0) || !r.weekly && (day%r.interval != 0 || r.byDay && !r.days[t.Weekday()]) {
			continue
		}
		n++
		if !emit(t) {
			return
		}
	}
}

// expand makes shifts of the events: every series without its exceptions, and
// what took the place of an instance.
func (p *parser) expand() {
	moved := make(map[string][]time.Time)
	for _, e := range p.events {
		if !e.recurs.IsZero() {
			moved[e.uid] = append(moved[e.uid], e.recurs)
		}
	}
	for _, e := range p.events {
		if e.cancelled || e.bad {
			continue
		}
		p.starts(e, func(t time.Time) bool {
			if e.recurs.IsZero() && (among(e.except, t) || among(moved[e.uid], t)) {
				return true
			}
			end := e.length.after(t)
			if end.After(p.from) && end.After(t) {
				p.out.Shifts = append(p.out.Shifts, Shift{From: t, Until: end, Emails: e.emails, Summary: e.summary, Line: e.line})
			}
			return len(p.out.Shifts) < maxShifts
		})
	}
}

// among reports whether a moment is one of some; a day is the midnight at which
// it begins.
func among(list []time.Time, t time.Time) bool {
	return slices.ContainsFunc(list, t.Equal)
}
