package bot

import (
	"slices"
	"time"

	"andon/signals"
)

// step is one entry of a case's history: its events are judged together.
type step struct {
	events []*signals.Event
	last   *signals.Event
	at     time.Time
	pos    int64 // greatest place of its events
}

// steps groups what is to be judged as the source made it, in the order of its
// time: the new events, and those judged before that come after a new one, for
// it was heard late.
func (l *look) steps(news []signals.Entry) []step {
	news = slices.DeleteFunc(slices.Clone(news), func(e signals.Entry) bool { return e.Learn })
	if len(news) == 0 {
		return nil
	}
	slices.SortFunc(news, func(a, b signals.Entry) int { return signals.CompareEvents(a.Event, b.Event) })
	if c := l.brain.w.Case(l.st.Case); c != nil {
		at, _ := slices.BinarySearchFunc(c.Events(), news[0].Event, signals.CompareEvents)
		for _, e := range c.Events()[at:] {
			i, had := slices.BinarySearchFunc(news, e, func(n signals.Entry, e *signals.Event) int { return signals.CompareEvents(n.Event, e) })
			if !had {
				news = slices.Insert(news, i, signals.Entry{Event: e})
			}
		}
	}
	var out []step
	for _, e := range news {
		n := len(out)
		if n == 0 || out[n-1].last.Seq.Entry != e.Seq.Entry || !out[n-1].at.Equal(e.At) {
			out = append(out, step{at: e.At})
			n++
		}
		s := &out[n-1]
		s.events, s.last, s.pos = append(s.events, e.Event), e.Event, max(s.pos, e.Pos)
	}
	return out
}
