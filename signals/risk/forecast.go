package risk

import "andon/signals"

// Forecast is what the model says of one outcome of a case.
type Forecast struct {
	Outcome Outcome
	P       float64  // probability, 0 to 1
	Usual   float64  // the share of cases at large that come to it, 0 to 1
	Facts   []string // the at most three facts that raise P most, in words; none of them is about a person
}

// Silent reports whether too little was seen of the n-th of Outcomes to foretell
// it: fewer than 100 closed cases, or than 20 that came to it.
func (m *Model) Silent(n int) bool {
	m.ready()
	return m.judges[n].linear == nil
}

// Forecasts returns what is foretold of a case as it stands, in the order of
// Outcomes. Outcomes that have come already are left out, and those of which
// too little was seen: fewer than 20 cases that came to them. The facts name what c
// shows, so c has to be the case as its reader may see it; see signals.Case.For.
func (m *Model) Forecasts(c *signals.Case) []Forecast {
	m.ready()
	var out []Forecast
	s := m.stories[c.Key]
	for o, name := range Outcomes {
		j := &m.judges[o]
		if j.linear == nil || s != nil && s.came[o] > 0 {
			continue
		}
		if out == nil {
			m.ask(c)
		}
		m.encoder.row(&m.now, o, m.got, m.row)
		f := Forecast{Outcome: name, P: j.scale.of(j.score(m.row)), Usual: j.base}
		if f.P > f.Usual {
			f.Facts = j.facts(c, &m.trail, m.row)
		}
		out = append(out, f)
	}
	return out
}
