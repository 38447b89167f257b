package detect

import "andon/signals"

// Drill finds that a drill began. It is no weakness, so it stands in no table and
// has no mode: whoever started the drill switched it on.
var Drill = Detector{
	Name:    "drill",
	Doc:     "a drill of the chain: nothing is broken",
	Sources: []string{signals.Drills},
	Detect:  drill,
}

func drill(s *Snapshot) []signals.Signal {
	d, ok := signals.DrillOf(s.Case)
	switch {
	case !ok || !d.Off.IsZero():
		return nil
	case d.Began.IsZero():
		s.LookAt(d.At)
		return nil
	}
	for _, e := range s.Case.Events() {
		if e.Kind == signals.Opened {
			return []signals.Signal{s.Signal("drill", e.ID, 1, "this is a drill: somebody practises the way that a signal from here takes", e.ID)}
		}
	}
	return nil
}
