package jira

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tidwall/gjson"
)

// Years outside of this range are taken for a fault of the export.
const (
	firstYear = 1970
	lastYear  = 2200
)

// when reads a time as Jira writes it: 2026-11-22T10:00:00.000+0000, RFC 3339,
// or milliseconds since 1970 as a number or a string. Without a zone it is UTC.
func when(v gjson.Result) (time.Time, error) {
	switch v.Type {
	case gjson.Number:
		return epoch(v.Num)
	case gjson.String:
		if t, ok := stamp(v.Str); ok {
			return inRange(t, v.Str)
		}
		if ms, err := strconv.ParseInt(v.Str, 10, 64); err == nil {
			return epoch(float64(ms))
		}
		return time.Time{}, fmt.Errorf("date %.40q is in no known form", v.Str)
	}
	return time.Time{}, fmt.Errorf("no date but %.40q", v.Raw)
}

func epoch(ms float64) (time.Time, error) {
	if !(ms >= -1e15 && ms <= 1e15) {
		return time.Time{}, fmt.Errorf("date %g is outside of the years %d to %d", ms, firstYear, lastYear)
	}
	return inRange(time.UnixMilli(int64(ms)).UTC(), strconv.FormatFloat(ms, 'f', -1, 64))
}

func inRange(t time.Time, s string) (time.Time, error) {
	if y := t.Year(); y < firstYear || y > lastYear {
		return time.Time{}, fmt.Errorf("date %.40q is outside of the years %d to %d", s, firstYear, lastYear)
	}
	return t, nil
}

// stamp reads YYYY-MM-DDThh:mm[:ss[.fraction]][Z|±hh[:]mm].
func stamp(s string) (time.Time, bool) {
	if len(s) < 16 || s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != ' ') || s[13] != ':' {
		return time.Time{}, false
	}
	year, ok1 := digits(s[:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	hour, ok4 := digits(s[11:13])
	minute, ok5 := digits(s[14:16])
	if !(ok1 && ok2 && ok3 && ok4 && ok5) || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 {
		return time.Time{}, false
	}
	s = s[16:]
	sec, nano := 0, 0
	if len(s) > 2 && s[0] == ':' {
		var ok bool
		if sec, ok = digits(s[1:3]); !ok || sec > 60 {
			return time.Time{}, false
		}
		s = s[3:]
		nano, s = fraction(s)
	}
	east, ok := zone(s)
	if !ok {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, sec, nano, time.UTC)
	if t.Day() != day && sec < 60 { // 30 February
		return time.Time{}, false
	}
	return t.Add(-east), true
}

// fraction reads .ddd and returns nanoseconds and the rest.
func fraction(s string) (int, string) {
	if s == "" || s[0] != '.' {
		return 0, s
	}
	i, nano, unit := 1, 0, 100_000_000
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		nano += int(s[i]-'0') * unit
		unit /= 10
	}
	return nano, s[i:]
}

// zone reads Z, ±hhmm, ±hh:mm or ±hh.
func zone(s string) (east time.Duration, ok bool) {
	if s == "" || s == "Z" || s == "z" || s == "+0000" {
		return 0, true
	}
	if s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	var h, m int
	var ok1, ok2 bool
	switch len(s) {
	case 3:
		h, ok1 = digits(s[1:3])
		ok2 = true
	case 5:
		h, ok1 = digits(s[1:3])
		m, ok2 = digits(s[3:5])
	case 6:
		h, ok1 = digits(s[1:3])
		m, ok2 = digits(s[4:6])
		ok2 = ok2 && s[3] == ':'
	}
	if !ok1 || !ok2 || h > 18 || m > 59 {
		return 0, false
	}
	east = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[0] == '-' {
		east = -east
	}
	return east, true
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
