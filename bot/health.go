package bot

import (
	"time"
)

// LastLook is when the loop last judged a case, zero for never.
func (b *Bot) LastLook() time.Time {
	n := b.lastLook.Load()
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// Position is the place in the journal up to which the models have learnt.
func (b *Bot) Position() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.brain.pos
}

// measure counts what came of a look.
func (b *Bot) measure(l *look) {
	b.meter.Add("looks", 1)
	if l.st.Case.IsDrill() {
		for _, r := range l.out.Records { // drills are counted apart
			if r.Over {
				b.meter.Add("drills", 1, "stage", string(r.Ledger.At()))
			}
		}
		return
	}
	for _, r := range l.found {
		b.meter.Add("signals", 1, "detector", r.Signal.Detector)
	}
	for _, r := range l.out.Records {
		b.meter.Add("ledger_stages", 1, "stage", string(r.Ledger.At()), "detector", r.Signal.Detector)
		for _, n := range r.Nudges {
			b.meter.Add("nudge_states", 1, "state", string(n.State), "detector", r.Signal.Detector)
		}
	}
}
