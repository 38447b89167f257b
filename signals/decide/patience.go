package decide

import (
	"time"

	"andon/signals"
)

// patient is until when a nudge about a standstill is waited for; zero when there
// is nothing to wait for any more.
func (w *World) patient(n *signals.Nudge, now time.Time) time.Time {
	switch n.State {
	case signals.Held:
		return n.Look
	case signals.Proposed:
		return n.At.Add(w.Org.Policy.HeldFor)
	case signals.Sending: // nobody can answer what is not said yet
		return now.Add(w.Org.Policy.Patience)
	case signals.Sent, signals.Received:
		end := w.Org.Calendar(n.To).Add(n.At, w.Org.Policy.Patience)
		if now.Before(end) {
			return end
		}
		if n.State == signals.Received { // of one to a channel: somebody spoke there, and took nothing up
			break
		}
		n.State, n.Why = signals.Ignored, "no answer within "+signals.Lasted(w.Org.Policy.Patience)+" of working time"
	}
	return time.Time{}
}

// passes reports whether somebody else is asked after a nudge about a standstill.
func passes(n *signals.Nudge) bool {
	switch n.State {
	case signals.Ignored, signals.Received:
		return true
	case signals.Declined:
		return !notUseful(n)
	case signals.Failed:
		return n.To != ""
	}
	return false
}
