package decide

import (
	"math"
	"time"

	"andon/signals"
	"andon/signals/detect"
)

// enough is how many cases a habit has to rest on. Where a project has fewer,
// that of all projects together is taken.
const enough = 20

// habit is what is learnt of one project.
type habit struct {
	closed, held int
	answers      spans
	waits        map[string]*spans // by priority
}

// spans counts durations in classes that grow by a quarter.
type spans struct {
	by    [spanClasses]int32
	total int
}

const spanClasses = 72 // from one minute up to more than ten years

func spanClass(d time.Duration) int {
	if d <= time.Minute {
		return 0
	}
	return min(spanClasses-1, 1+int(math.Log(d.Minutes())/math.Log(1.25)))
}

func (s *spans) add(d time.Duration) {
	s.by[spanClass(d)]++
	s.total++
}

// quantile is the upper end of the class that holds the share q, 0 where the
// figure would rest on fewer than enough.
func (s *spans) quantile(q float64) time.Duration {
	if s == nil || s.total < enough {
		return 0
	}
	sum := int32(0)
	for i, n := range s.by {
		if sum += n; float64(sum) >= q*float64(s.total) {
			return time.Duration(math.Pow(1.25, float64(i)) * float64(time.Minute))
		}
	}
	return 0
}

// observeHabit learns from a case after e was applied to it, for the project
// and for all projects together, which stand under "".
func (m *Memory) observeHabit(c *signals.Case, e *signals.Event) {
	if c.Key.Source == signals.Slack || signals.IsBot(e.Actor) {
		return
	}
	for _, project := range [...]string{c.Project, ""} {
		h := m.habits[project]
		if h == nil {
			h = &habit{waits: make(map[string]*spans)}
			m.habits[project] = h
		}
		h.observe(c, e)
	}
}

func (h *habit) observe(c *signals.Case, e *signals.Event) {
	if e.Kind == signals.Closed && c.Closes == 1 {
		h.closed++
		if heldBefore(c, e) {
			h.held++
		}
	}
	if last := before(c, e); last != nil && (last.Kind == signals.Assigned || last.Kind == signals.TeamMoved || last.Kind == signals.Status) {
		h.answers.add(e.At.Sub(last.At))
	}
	if e.Kind == signals.Assigned && e.From == "" && e.To != "" {
		if since := unheldSince(c, e); since != nil {
			w := h.waits[c.Priority]
			if w == nil {
				w = &spans{}
				h.waits[c.Priority] = w
			}
			w.add(e.At.Sub(since.At))
		}
	}
}

// heldBefore reports whether a person held the case before the entry of e.
func heldBefore(c *signals.Case, e *signals.Event) bool {
	for i := range c.Path {
		if c.Path[i].Person != "" && c.Path[i].Since.Before(e.At) {
			return true
		}
	}
	return false
}

// before is the latest event by a person in an entry before that of e, nil
// where e is not the first event of its own entry.
func before(c *signals.Case, e *signals.Event) *signals.Event {
	events := c.Events()
	for i := len(events) - 2; i >= 0; i-- {
		switch o := events[i]; {
		case o.Seq.Entry == e.Seq.Entry && o.At.Equal(e.At):
			return nil
		case !signals.IsBot(o.Actor):
			return o
		}
	}
	return nil
}

// unheldSince is the event since which a case that e gives a holder had none.
func unheldSince(c *signals.Case, e *signals.Event) *signals.Event {
	events := c.Events()
	for i := len(events) - 2; i >= 0; i-- {
		switch o := events[i]; o.Kind {
		case signals.Opened, signals.Reopened, signals.Assigned, signals.TeamMoved, signals.Priority:
			if o.At.Before(e.At) || o.Kind == signals.Opened {
				return o
			}
		}
	}
	return nil
}

// Habit implements detect.Models.
func (m *Memory) Habit(project, priority string) detect.Habit {
	own, all := m.habits[project], m.habits[""]
	if all == nil {
		return detect.Habit{}
	}
	if own == nil {
		own = all
	}
	out := detect.Habit{Closed: own.closed, Held: own.held, Answer: own.answers.quantile(0.9), Wait: own.waits[priority].quantile(0.75)}
	if out.Closed < enough {
		out.Closed, out.Held = all.closed, all.held
	}
	if out.Answer == 0 {
		out.Answer = all.answers.quantile(0.9)
	}
	if out.Wait == 0 {
		out.Wait = all.waits[priority].quantile(0.75)
	}
	return out
}
