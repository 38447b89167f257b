package signals

import (
	"slices"
	"strings"
)

// Rank is the urgency of a priority name, 0 for the most urgent; ok is false
// for a name that says nothing. A site's own order comes first, then a leading
// number as in "2 - High", P1 or SEV-1, then the names that trackers ship with.
func (p *Policy) Rank(name string) (rank int, ok bool) {
	if i := slices.IndexFunc(p.Ranks, func(s string) bool { return strings.EqualFold(s, name) }); i >= 0 {
		return i, true
	}
	name = strings.ToLower(strings.TrimSpace(name))
	digits := strings.TrimPrefix(name, "p")
	if rest, ok := strings.CutPrefix(name, "sev"); ok {
		digits = strings.TrimLeft(rest, " -")
	}
	if digits != "" && digits[0] >= '0' && digits[0] <= '9' {
		return int(digits[0] - '0'), true
	}
	rank, ok = ranks[name]
	return rank, ok
}

var ranks = map[string]int{
	"blocker": 0, "highest": 0, "urgent": 0, "critical": 1, "high": 2, "major": 2, "medium": 3, "moderate": 3, "normal": 3,
	"minor": 4, "low": 4, "trivial": 5, "lowest": 5, "planning": 5,
}

// IsUrgent reports whether a priority is high.
func (p *Policy) IsUrgent(priority string) bool {
	return slices.ContainsFunc(p.Urgent, func(s string) bool { return strings.EqualFold(s, priority) })
}

// WaitsForOpener reports whether a status says that it is the originator's turn.
func (p *Policy) WaitsForOpener(status string) bool {
	status = strings.ToLower(status)
	return status != "" && slices.ContainsFunc(p.Waiting, func(s string) bool { return strings.Contains(status, strings.ToLower(s)) })
}

// LevelHeight is the height of a support level: its place in the policy's list,
// else the digits of its name ("L2" is 2, "L2/L3" is 3: the highest it names).
func (p *Policy) LevelHeight(level string) (height int, ok bool) {
	if i := slices.IndexFunc(p.Levels, func(s string) bool { return strings.EqualFold(s, level) }); i >= 0 {
		return i, true
	}
	for _, r := range level {
		if r >= '0' && r <= '9' {
			height, ok = max(height, int(r-'0')), true
		}
	}
	return height, ok
}

// Escalates reports whether event e, just applied to case c, is an escalation
// under the policy; why names the transition.
func (p *Policy) Escalates(c *Case, e *Event) (why string, ok bool) {
	for i := range p.Escalate {
		if why, ok := p.Escalate[i].matches(p, c, e); ok {
			return why, true
		}
	}
	return "", false
}

func (t *Pattern) matches(p *Policy, c *Case, e *Event) (string, bool) {
	switch {
	case t.Times > 0:
		return t.Field + " changed often", t.recurs(c, e)
	case t.Handoffs > 0:
		if e.Kind == TeamMoved && c.Path.Teams().Handoffs() >= t.Handoffs {
			return "it changed teams often", true
		}
		return "", false
	case t.Raised:
		if e.Kind != Priority {
			return "", false
		}
		from, okFrom := p.Rank(e.From)
		to, okTo := p.Rank(e.To)
		return "its priority rose to " + e.To, okFrom && okTo && to < from
	case e.Kind == Opened:
		i := slices.IndexFunc(e.Set, func(v Value) bool { return t.field(v.Field) && len(t.To) > 0 && has(t.To, v.To) })
		return "it was opened as " + t.Field, i >= 0 && len(t.From) == 0
	case !t.field(e.fieldName()) || e.From == e.To:
		return "", false
	}
	return t.Field + " became " + e.To, t.fits(e)
}

// fits reports whether the values of a change are those of the pattern.
func (t *Pattern) fits(e *Event) bool {
	return (len(t.From) == 0 || has(t.From, e.From)) && (len(t.To) == 0 || has(t.To, e.To))
}

// recurs reports whether e is a change that happened so often since the case was opened.
func (t *Pattern) recurs(c *Case, e *Event) bool {
	changes := func(e *Event) bool {
		return e.Kind != Opened && t.field(e.fieldName()) && e.From != e.To && t.fits(e)
	}
	if !changes(e) {
		return false
	}
	n := 0
	for _, o := range c.events {
		if changes(o) {
			n++
		}
	}
	return n >= t.Times
}

func (t *Pattern) field(name string) bool { return strings.EqualFold(t.Field, name) }

func has(list []string, s string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}

// fieldName is the name of the field that an event changes.
func (e *Event) fieldName() string {
	switch e.Kind {
	case Assigned:
		return FieldHolder
	case TeamMoved:
		return FieldTeam
	case LevelMoved:
		return FieldLevel
	case Status:
		return FieldStatus
	case Priority:
		return FieldPriority
	case Closed, Reopened:
		return FieldResolution
	}
	return e.Field
}
