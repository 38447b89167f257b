package fakejira

import (
	"slices"
	"strconv"
	"time"

	"github.com/tidwall/gjson"
)

// keyAt is the key that the issue had at t.
func (is *issue) keyAt(t int64) string {
	for _, k := range is.keys {
		if t < k.until {
			return k.key
		}
	}
	return is.key
}

// seen reports whether the issue is there at t.
func (is *issue) seen(t int64) bool {
	return is.created <= t && (is.deleted == 0 || t < is.deleted)
}

// updatedAt is the latest thing that happened until t.
func (is *issue) updatedAt(t int64) int64 {
	n, found := slices.BinarySearch(is.moments, t)
	if found {
		return t
	}
	return is.moments[max(n-1, 0)]
}

// place is the project and the number of the key that the issue had at t.
func (is *issue) place(t int64) (project string, number int) {
	if key := is.keyAt(t); key != is.key {
		return splitKey(key)
	}
	return is.project, is.number
}

var layouts = []string{
	"2006-01-02T15:04:05.999999999-0700", time.RFC3339Nano, "2006-01-02T15:04:05.999999999-07", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04-0700", "2006-01-02T15:04Z07:00",
}

// when reads a date of Jira: a text in one of several forms, or milliseconds
// since 1970.
func when(v gjson.Result) (int64, bool) {
	switch v.Type {
	case gjson.Number:
		return int64(v.Num) * int64(time.Millisecond), v.Num > -1e13 && v.Num < 7e12
	case gjson.String:
		for _, l := range layouts {
			if t, err := time.Parse(l, v.Str); err == nil {
				return t.UnixNano(), t.Year() >= 1970 && t.Year() <= 2200
			}
		}
		if ms, err := strconv.ParseInt(v.Str, 10, 64); err == nil && ms < 7e12 && ms > -1e13 {
			return ms * int64(time.Millisecond), true
		}
	}
	return 0, false
}
