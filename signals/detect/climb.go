package detect

import (
	"fmt"

	"andon/signals"
)

// Climb finds escalations up the chart or the support levels that ended where
// they began: somebody below could have been asked at once. Every rise and
// fall is a signal of its own.
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
	explicit := s.Case.Level != ""
	of := heights(s, explicit)
	if h, ok := of(&p[n]); !ok || !sank(p, of, h, least) {
		return nil
	}
	low, top, ok := lastClimb(p, of, least)
	if !ok {
		return nil
	}
	up, down := rise(of, &p[low], &p[top]), rise(of, &p[n], &p[top])
	reason := fmt.Sprintf("it rose %s and came down %d again in %s", counted(up, "level"), down, lasted(s.Now.Sub(p[low].Since)))
	if explicit {
		reason = fmt.Sprintf("it rose from %s to %s and came down to %s again in %s", p[low].Level, p[top].Level, p[n].Level, lasted(s.Now.Sub(p[low].Since)))
	}
	score := 0.7 // a chart tells less than a level does
	if explicit {
		score = 0.9
	}
	return []signals.Signal{s.Signal("climb", p[n].Event, score, reason, p[n].Event, p[top].Event, p[low].Event)}
}

// heights measures hops by the support level where the case has one, else by
// the place of the holder in the chart.
func heights(s *Snapshot, explicit bool) height {
	if explicit {
		return func(h *signals.Hop) (int, bool) { return s.Policy().LevelHeight(h.Level) }
	}
	return func(h *signals.Hop) (int, bool) {
		if h.Person == "" {
			return 0, false
		}
		return s.Org.Height(h.Person)
	}
}

func rise(of height, from, to *signals.Hop) int {
	a, _ := of(from)
	b, _ := of(to)
	return b - a
}

// sank is the quick question: was any hop before at least so much higher than
// the present one?
func sank(p signals.Path, of height, now, least int) bool {
	for i := len(p) - 2; i >= 0; i-- {
		if h, ok := of(&p[i]); ok && h-now >= least {
			return true
		}
	}
	return false
}

// lastClimb reports whether the last hop ends a climb: a rise of least levels
// from low to top and a fall of least levels after it. A climb that ended
// before plays no further part.
func lastClimb(p signals.Path, of height, least int) (low, top int, ended bool) {
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
		if peak-bottom >= least && peak-at >= least {
			if i == len(p)-1 {
				return low, top, true
			}
			low, top, bottom, peak = i, i, h, h
		}
	}
	return 0, 0, false
}
