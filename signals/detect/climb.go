package detect

import (
	"fmt"

	"andon/signals"
)

// Climb finds escalations up the support levels or the chart that were taken
// back: it rose two levels or more and then came down, so somebody below the
// top could have been asked at once. Where both tell, the levels are heard; a
// fall of one level is enough there, in the chart it has to be as deep as the
// least rise, since leads hand work to their people all the time. Every rise
// and fall is a signal of its own.
var Climb = Detector{
	Name:    "climb",
	Doc:     "the case rose several levels and came down again",
	Sources: []string{signals.Jira, signals.Log},
	Detect:  climb,
}

// height tells how high a hop stands, ok false where that is unknown.
type height func(*signals.Hop) (h int, ok bool)

func climb(s *Snapshot) []signals.Signal {
	p := s.Case.Path
	n := len(p) - 1
	if s.Event == nil || n < 2 || p[n].N != s.Case.Entries || !p[n].Since.Equal(s.Event.At) {
		return nil
	}
	least := max(1, s.Policy().Detect.Climb.Levels)
	levels := func(h *signals.Hop) (int, bool) { return s.Policy().LevelHeight(h.Level) }
	if low, top, ok := lastClimb(p, levels, least, 1); ok {
		reason := fmt.Sprintf("it rose from %s to %s and came down to %s in %s", p[low].Level, p[top].Level, p[n].Level, lasted(s.Now.Sub(p[low].Since)))
		return []signals.Signal{s.Signal("climb", p[n].Event, 0.9, reason, p[n].Event, p[top].Event, p[low].Event)}
	}
	chart := func(h *signals.Hop) (int, bool) { return heightOf(s, h) }
	if low, top, ok := lastClimb(p, chart, least, least); ok {
		up, down := rise(chart, &p[low], &p[top]), rise(chart, &p[n], &p[top])
		reason := fmt.Sprintf("it rose %s in the chart and came down %d again in %s", signals.Counted(up, "level"), down, lasted(s.Now.Sub(p[low].Since)))
		return []signals.Signal{s.Signal("climb", p[n].Event, 0.7, reason, p[n].Event, p[top].Event, p[low].Event)}
	}
	return nil
}

// heightOf is the place of the holder in the chart.
func heightOf(s *Snapshot, h *signals.Hop) (int, bool) {
	if h.Person == "" {
		return 0, false
	}
	return s.Org.Height(h.Person)
}

func rise(of height, from, to *signals.Hop) int {
	a, _ := of(from)
	b, _ := of(to)
	return b - a
}

// lastClimb reports whether the last hop ends a climb: a rise of at least so
// many levels from low to top and a fall of at least so many after it. A climb
// that ended before plays no further part.
func lastClimb(p signals.Path, of height, least, fall int) (low, top int, ended bool) {
	if _, ok := of(&p[len(p)-1]); !ok {
		return 0, 0, false
	}
	bottom, peak, at, started := 0, 0, 0, false
	for i := range p {
		h, ok := of(&p[i])
		if !ok {
			continue
		}
		at = h
		switch {
		case !started:
			low, top, bottom, peak, started = i, i, h, h, true
		case h > peak:
			top, peak = i, h
		case h < bottom && peak-bottom < least:
			low, top, bottom, peak = i, i, h, h
		}
		if peak-bottom >= least && peak-at >= fall {
			if i == len(p)-1 {
				return low, top, true
			}
			low, top, bottom, peak = i, i, h, h
		}
	}
	return 0, 0, false
}
