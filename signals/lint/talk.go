package lint

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// Talk is who wrote in which channel on which day: channel -> day -> accounts,
// sorted. What stands in a thread counts on the day on which the thread began, so
// that whoever answers there is together with who asked. Days are counted from
// 1970, in UTC. It holds no words.
type Talk map[string]map[int32][]string

// remembered is for how many days talk is kept: what is looked at, and some more
// for what comes late; chosen.
const remembered = 100

func dayOf(t time.Time) int32 { return int32(t.Unix() / 86400) } //nolint:gosec // some tens of thousands

// observe takes a message in. last is the time of the latest event so far.
func (t *Talk) observe(e *signals.Event, last time.Time) {
	if e.Kind != signals.Said || e.Actor == "" || signals.IsBot(e.Actor) || signals.IsGone(e.Actor) {
		return
	}
	ch, day := e.Case.Channel(), dayOf(began(e))
	if day < dayOf(last)-remembered {
		return
	}
	if *t == nil {
		*t = make(Talk)
	}
	days := (*t)[ch]
	if days == nil {
		days = make(map[int32][]string)
		(*t)[ch] = days
	}
	if i, had := slices.BinarySearch(days[day], e.Actor); !had {
		days[day] = slices.Insert(days[day], i, e.Actor)
	}
}

// began is when the thread of a message began: its root bears that time as its
// name.
func began(e *signals.Event) time.Time {
	_, ts, _ := strings.Cut(e.Case.ID, "/")
	seconds, _, _ := strings.Cut(ts, ".")
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil && n > 0 && n <= e.At.Unix() {
		return time.Unix(n, 0)
	}
	return e.At
}

// prune lets go of what is too old.
func (t Talk) prune(last time.Time) {
	for ch, days := range t {
		for day := range days {
			if day < dayOf(last)-remembered {
				delete(days, day)
			}
		}
		if len(days) == 0 {
			delete(t, ch)
		}
	}
}

// span is the first and the last day of talk; ok is false where nobody wrote.
func (t Talk) span() (first, last int32, ok bool) {
	for _, days := range t {
		for day := range days {
			if !ok {
				first, last, ok = day, day, true
			}
			first, last = min(first, day), max(last, day)
		}
	}
	return first, last, ok
}
