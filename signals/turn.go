package signals

import "time"

// Role is a part somebody plays in a case.
type Role string

// The roles of a turn.
const (
	Originator Role = "originator" // the one who raised it
	Holder     Role = "holder"     // the one who holds it
	TeamRole   Role = "team"       // the team that holds it, nobody in person
	Others     Role = "others"     // whoever can answer
	Nobody     Role = "nobody"     // it is closed, or nobody holds it
)

// Turn is whose turn it is in a case, and since when.
type Turn struct {
	Role   Role
	Person string // the originator or the holder, where known
	Team   string
	Since  time.Time
	Why    string // a sentence
}

// TurnOf tells whose turn it is. It walks back from the latest event to the
// first that settles it: a closing, a status that waits for the originator, a
// hand-off, a word of the holder or of the originator.
func TurnOf(c *Case, p *Policy) Turn {
	if !c.Open() {
		return Turn{Role: Nobody, Since: c.ClosedAt, Why: "it is closed"}
	}
	if c.Key.Source == Slack {
		return threadTurn(c)
	}
	for i := len(c.events) - 1; i >= 0; i-- {
		e := c.events[i]
		switch e.Kind {
		case Status:
			if e.From != e.To && p.WaitsForOpener(c.Status) && e.To == c.Status {
				return Turn{Role: Originator, Person: c.Opener, Since: e.At, Why: "the status is " + e.To}
			}
			if e.From != e.To && p.WaitsForOpener(e.From) {
				return c.holders(e.At, "it no longer waits for who raised it")
			}
		case Assigned, TeamMoved, Opened, Reopened:
			return c.holders(e.At, "it was handed over")
		case Said:
			switch {
			case e.Actor == c.Opener && e.Actor != c.Holder:
				return c.holders(e.At, "who raised it wrote last")
			case e.Actor == c.Holder && e.Actor != c.Opener && endsInQuestion(e.Text):
				return Turn{Role: Originator, Person: c.Opener, Since: e.At, Why: "the holder asked a question"}
			}
		}
	}
	return c.holders(c.Opened, "it was opened")
}

// holders gives the turn to the holder, else to the team, else to nobody.
func (c *Case) holders(since time.Time, why string) Turn {
	switch {
	case c.Holder != "":
		return Turn{Role: Holder, Person: c.Holder, Team: c.Team, Since: since, Why: why}
	case c.Team != "":
		return Turn{Role: TeamRole, Team: c.Team, Since: since, Why: why}
	}
	return Turn{Role: Nobody, Since: since, Why: "nobody holds it"}
}

func threadTurn(c *Case) Turn {
	var t Turn
	for _, p := range c.Posts {
		switch {
		case IsBot(p.Event.Actor) && p.Event.Actor != c.Opener:
		case p.Event.Actor != c.Opener:
			t = Turn{Role: Originator, Person: c.Opener, Since: p.Event.At, Why: "somebody answered"}
		case t.Role != Others:
			t = Turn{Role: Others, Since: p.Event.At, Why: "who raised it wrote last"}
		}
	}
	if t.Role == "" {
		return Turn{Role: Nobody, Since: c.Opened, Why: "nothing was said"}
	}
	return t
}

func endsInQuestion(s string) bool {
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ' ', '\n', '\r', '\t', ')', '.', '!':
			continue
		}
		return s[i] == '?'
	}
	return false
}
