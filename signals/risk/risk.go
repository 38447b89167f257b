package risk

import "andon/signals"

// Outcome is something bad that a case may come to.
type Outcome string

// The outcomes.
const (
	Escalate Outcome = "escalate"  // a transition that the policy calls an escalation
	LongPath Outcome = "long_path" // so many team hand-offs as the model calls long
	PingPong Outcome = "ping_pong" // it returns straight to the team that handed it over (A-B-A)
)

// Outcomes lists the outcomes in the order in which they are reported.
var Outcomes = [...]Outcome{Escalate, LongPath, PingPong}

// Prediction is the probability of each outcome, 0 to 1, in the order of
// Outcomes. An outcome that has come already has probability 1.
type Prediction [len(Outcomes)]float64

// Model foretells outcomes. Long paths are those of Long team hand-offs or more.
// The zero value is not usable; see New. It is not safe for concurrent use, not
// even for questions alone: the first question after a training fell due trains.
type Model struct {
	Long int

	stories map[signals.Key]*story
	closed  int64     // cases that closed so far
	due     int64     // so many of them make the next training due
	base    []*record // what the latest training sees, in the order of closing
	fresh   []*record // what was learnt since
	stale   bool      // base changed since the judges were fitted

	flows flows

	encoder *encoder
	judges  [len(Outcomes)]judge

	trail trail // scratch, as are those below
	now   sample
	keys  []uint64
	got   []lifts
	row   []float32
}

// firstDue is how many closed cases the first training takes.
const firstDue = 100

// New returns an empty model for which a path of long team hand-offs is long.
func New(long int) *Model {
	return &Model{Long: long, stories: make(map[signals.Key]*story), due: firstDue, flows: flows{of: make(map[uint64]flow)}, row: make([]float32, columns)}
}

// Observe takes note of a case after event e was applied to it. When the case
// closes, or goes on after it was closed, the model learns from it. Chat has no
// path and is left out.
func (m *Model) Observe(c *signals.Case, e *signals.Event, p *signals.Policy) {
	if c.Key.Source == signals.Slack || !e.Counts() {
		return
	}
	s := m.stories[c.Key]
	if s == nil {
		// What was closed before was learnt then, and nothing had come of it: it
		// is kept from now on if something comes after all.
		s = &story{learnt: c.Closes > 1 || c.Closes == 1 && e.Kind != signals.Closed}
		s.begin(c, e)
		m.stories[c.Key] = s
	}
	m.mark(s, c, e, p)
	m.flow(s, c, e)
	if e.Kind == signals.Closed && !s.learnt || s.record != nil && c.Entries <= lastTaken {
		m.learn(s, c)
	}
	m.settle(c.Key, s)
}

func (m *Model) mark(s *story, c *signals.Case, e *signals.Event, p *signals.Policy) {
	if s.came[0] == 0 {
		if _, ok := p.Escalates(c, e); ok {
			s.came[0] = c.Entries
		}
	}
	if e.Kind != signals.TeamMoved {
		return
	}
	teams := c.Path.Teams()
	if s.came[1] == 0 && teams.Handoffs() >= m.Long {
		s.came[1] = c.Entries
	}
	if s.came[2] == 0 && len(teams.Returns(signals.ByTeam)) > 0 {
		s.came[2] = c.Entries
	}
}

// Predict returns the probabilities for a case as it stands. Before enough was
// seen of an outcome they are its general rate, with nothing learnt 0.
func (m *Model) Predict(c *signals.Case) Prediction {
	var out Prediction
	m.ready()
	s := m.stories[c.Key]
	asked := false
	for o := range Outcomes {
		j := &m.judges[o]
		switch {
		case s != nil && s.came[o] > 0:
			out[o] = 1
		case j.linear == nil:
			out[o] = j.base
		default:
			if !asked {
				m.ask(c)
				asked = true
			}
			m.encoder.row(&m.now, o, m.got, m.row)
			out[o] = j.scale.of(j.score(m.row))
		}
	}
	return out
}

// ready trains when a training is due. It sees what was learnt up to the closing that
// made it due, so it does not matter when it is done.
func (m *Model) ready() {
	if t := m.Training(); t != nil {
		t.Fit()
		t.Done()
	}
}

// ask looks up what is known of a case as it stands.
func (m *Model) ask(c *signals.Case) {
	m.trail.walk(c, nil)
	m.trail.fill(&m.now)
	flow := m.flows.look(flowing(c, c.Team))
	copy(m.now.num[fFlow:], flow[:])
	m.keys = keys(&m.now, m.keys)
	m.got = m.encoder.look(m.keys, m.got)
}
