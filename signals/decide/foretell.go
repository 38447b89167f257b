package decide

import (
	"andon/signals"
	"andon/signals/detect"
	"andon/signals/risk"
)

// longPath is from how many team hand-offs on the early warning calls a path
// long: one in twenty incidents of two public service-desk logs has as many.
const longPath = 4

// Foretell implements detect.Foreteller. What came of a case in private only is
// known from c itself.
func (m *Memory) Foretell(c *signals.Case) []detect.Foretold {
	if m.Risk == nil {
		return nil
	}
	var out []detect.Foretold
	for _, f := range m.Risk.Forecasts(m.wordless(c)) {
		if !m.hasCome(c, f.Outcome) {
			out = append(out, detect.Foretold{Outcome: string(f.Outcome), P: f.P, Usual: f.Usual, Facts: f.Facts})
		}
	}
	return out
}

// hasCome reports whether a case shows an outcome already.
func (m *Memory) hasCome(c *signals.Case, o risk.Outcome) bool {
	switch o {
	case risk.LongPath:
		return c.Path.Teams().Handoffs() >= m.Risk.Long
	case risk.PingPong:
		return len(c.Path.Teams().Returns(signals.ByTeam)) > 0
	}
	return false
}

// Training returns the training of the models that is due, nil for none. It may
// be fitted beside the world; a question does what nobody else has done.
func (w *World) Training() *risk.Training {
	if w.Memory.Risk == nil {
		return nil
	}
	return w.Memory.Risk.Training()
}
