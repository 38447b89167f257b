package company

import (
	"math/rand/v2"
	"time"
)

// gone says that the person has left by t.
func (p *Person) gone(t time.Time) bool { return p.LeftAt != nil && !t.Before(*p.LeftAt) }

// onDuty says whether t is in the person's working hours.
func (p *Person) onDuty(t time.Time) bool {
	if p.gone(t) {
		return false
	}
	for _, a := range p.Away {
		if !t.Before(a.From) && t.Before(a.To) {
			return false
		}
	}
	l := t.In(p.loc)
	if wd := l.Weekday(); wd == time.Saturday || wd == time.Sunday || p.days[dayNumber(l)] {
		return false
	}
	return l.Hour() >= p.From && l.Hour() < p.To
}

func dayNumber(local time.Time) int64 {
	y, m, d := local.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// nextWork is t, or when the person's next working time begins plus up to 40 minutes. Zero for who has left.
func (p *Person) nextWork(r *rand.Rand, t time.Time) time.Time {
	if p.onDuty(t) {
		return t
	}
	for range 24 * 30 {
		l := t.In(p.loc)
		t = t.Add(time.Hour - time.Duration(l.Minute())*time.Minute - time.Duration(l.Second())*time.Second)
		if p.gone(t) {
			return time.Time{}
		}
		if p.onDuty(t) {
			return t.Add(between(r, time.Minute, 40*time.Minute))
		}
	}
	return time.Time{}
}

// addWork moves on by d of the person's working time, counted in steps of ten minutes.
func (p *Person) addWork(r *rand.Rand, t time.Time, d time.Duration) time.Time {
	const step = 10 * time.Minute
	for ; d > step; d -= step {
		if !p.onDuty(t) {
			if t = p.nextWork(r, t); t.IsZero() {
				return t
			}
		}
		t = t.Add(step)
	}
	return p.nextWork(r, t.Add(d+time.Duration(r.IntN(50))*time.Second))
}

// duty picks who of the list works at t and for another hour, else nil.
func duty(r *rand.Rand, list []*Person, t time.Time, except ...*Person) *Person {
	var on []*Person
next:
	for _, p := range list {
		for _, e := range except {
			if p == e {
				continue next
			}
		}
		if p.onDuty(t) && p.onDuty(t.Add(time.Hour)) {
			on = append(on, p)
		}
	}
	if len(on) == 0 {
		return nil
	}
	return pick(r, on)
}

// workday is a random working moment of the person between from and to, else the zero time.
func (p *Person) workday(r *rand.Rand, from, to time.Time) time.Time {
	for range 60 {
		t := from.Add(time.Duration(r.Int64N(int64(to.Sub(from)/time.Second))) * time.Second)
		if p.onDuty(t) {
			return t
		}
	}
	return time.Time{}
}

// workdays counts Mondays to Fridays between two moments, in whole and part days of 24 hours.
func workdays(from, to time.Time) float64 {
	days := 0.0
	for t := from; t.Before(to); t = t.Add(time.Hour) {
		if wd := t.UTC().Weekday(); wd != time.Saturday && wd != time.Sunday {
			days += 1.0 / 24
		}
	}
	return days
}
