package bot

import (
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// mostDeeds is how many things that people did since are shown, the latest.
const mostDeeds = 4

// deeds tells who did what when since a nudge was found, oldest first.
func (c *composer) deeds(it item) []string {
	m := c.w.Case(it.n.Signal.Case)
	if m == nil || c.reader.shared && decide.AsksAnew(it.n) {
		return nil // what it asks for is one more hand; who took it up when is for them
	}
	var done []*signals.Event
	for _, x := range c.w.Problem(m).Cases {
		for _, e := range x.Events() {
			if !e.At.Before(it.r.Signal.At) && !c.alone(it, e) && (c.reader.of(x.Key).Sees(e.Audience) || c.own(e) || isOwn(e) && e.Audience == it.n.Signal.Audience && !c.reader.viewer.Guest) {
				done = append(done, e)
			}
		}
	}
	done = signals.Sort(done)
	var out []string
	said := make(map[string]bool)
	settled := false // by the reader, or for everybody: nobody is told again
	for _, e := range slices.Backward(done) {
		text := c.deed(e)
		what := text
		switch {
		case e.Kind == signals.Snoozed && settled:
			continue
		case e.Kind == signals.Closed, c.own(e) && (e.Kind == signals.Claimed || e.Kind == signals.Refused):
			settled = true
		}
		if e.Kind == signals.Snoozed {
			what = string(e.Kind) // the latest one counts
		}
		if text == "" || said[what] || len(out) == mostDeeds {
			continue
		}
		said[what] = true
		out = append(out, c.reader.clock(e.At)+": "+text)
	}
	slices.Reverse(out)
	if len(out) == 0 && it.n.State == signals.Acted {
		out = append(out, c.name(it.n.To)+" is on it.")
	}
	if at := it.r.Ledger.Times[signals.Corrected]; over(it.r) && !at.IsZero() && !slices.ContainsFunc(done, saysSolved) {
		out = append(out, "It counts as solved since "+c.reader.clock(at)+".")
	}
	if c.gathered[it.n.Key()] {
		out = append(out, "Those who raised it and who can help were brought together.")
	}
	return out
}

// saysSolved reports whether an event tells by itself that it is solved.
func saysSolved(e *signals.Event) bool {
	return e.Kind == signals.Closed || e.Kind == signals.Confirmed
}

// alone reports whether somebody turned down in a direct message what is shown
// to several people now.
func (c *composer) alone(it item, e *signals.Event) bool {
	return e.Kind == signals.Refused && c.reader.shared && slices.ContainsFunc(it.r.Nudges, func(n *signals.Nudge) bool {
		return n.To != "" && !isPlace(c.w, n.To) && c.w.Org.Who(n.To) == c.w.Org.Who(e.Actor)
	})
}

// own reports whether an event is the reader's own doing.
func (c *composer) own(e *signals.Event) bool {
	return !c.reader.shared && c.w.Org.Who(e.Actor) == c.w.Org.Who(c.reader.id)
}

// deed is what an event tells of what somebody did, "" where it tells nothing.
// What a person thinks of a nudge, or when they want to be told again, is shown
// to them alone.
func (c *composer) deed(e *signals.Event) string {
	who := c.name(e.Actor)
	switch e.Kind {
	case signals.Claimed:
		return who + " is on it."
	case signals.Refused:
		switch {
		case !c.own(e) && !c.reader.shared:
			return ""
		case e.To != "":
			return who + " said that it is rather for " + c.name(e.To) + "."
		}
		return who + " said that it is not for them."
	case signals.Snoozed:
		if at, err := time.Parse(time.RFC3339, e.To); err == nil && c.own(e) && at.After(c.now) {
			return "You are told again on " + c.reader.clock(at) + "."
		}
	case signals.Useless:
		if c.own(e) {
			return "You said that it was not useful. Thank you."
		}
	case signals.Helped:
		switch {
		case !c.own(e):
		case e.Field == "no":
			return "You said that what was seen before was something else. Thank you."
		default:
			return "You said that what was seen before helped. Thank you."
		}
	case signals.Closed:
		if e.To == saidSolved {
			return who + " says that it is solved."
		}
		return "It was closed."
	case signals.Reopened:
		return "It was opened again."
	case signals.Confirmed:
		if e.To == saidSolved {
			return who + " says that it is solved."
		}
		return who + " confirmed that it is solved."
	case signals.Denied:
		if e.Field != signals.Partly {
			return who + " says that it still happens."
		}
		if left := view.Line(e.Text, mostQuoted); left != "" {
			return who + " says that a part of it is left: “" + left + "”"
		}
		return who + " says that a part of it is left."
	case signals.Linked:
		switch {
		case e.To == "" || !isOwn(e):
		case c.knows(e):
			return who + " linked it to " + e.To + "."
		default:
			return who + " linked it to an issue."
		}
	}
	return ""
}

// isOwn reports whether an event was made by andon of what somebody clicked.
func isOwn(e *signals.Event) bool {
	return strings.HasPrefix(e.ID, signals.Own+"/")
}
