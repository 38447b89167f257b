package replay

import (
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// send does what the sender does after a look: what is to be said is said at
// once, or fails for want of an address, after which the case is looked at again.
func (r *run) send(k signals.Key, l *decide.Looked, now time.Time) {
	if r.o.posts == nil {
		return
	}
	keys := []signals.Key{k}
	for _, also := range l.Also {
		keys = append(keys, also.Case)
	}
	for _, k := range keys {
		for _, rec := range r.w.Book.Running(k) {
			for _, n := range rec.Nudges {
				if n.State == signals.Sending && !r.sent(rec, n, now) {
					r.times.sooner(k, nanos(now))
				}
			}
		}
	}
}

// sent marks one nudge, and its ledger, as the service marks it.
func (r *run) sent(rec *decide.Record, n *signals.Nudge, now time.Time) bool {
	if why := r.o.posts(r.w.Org, n.To); why != "" {
		n.State, n.Why = signals.Failed, why
		rec.Ledger.Die(signals.Transmitted, why, now)
		return false
	}
	n.State = signals.Sent
	rec.Ledger.Reach(signals.Transmitted, n.At, false)
	return true
}
