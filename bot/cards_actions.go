package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// What a button of a nudge does: the ids of the actions, and the first part of
// the value of a choice under more.
const (
	onIt    = "claim"
	notMe   = "refuse"
	gather  = "together"
	passOn  = "pass" // to somebody who wished not to be named
	snooze  = "snooze"
	solved  = "solved"
	denied  = "denied"
	ticket  = "ticket"
	linkTo  = "link"
	useless = "useless"
	helped  = "helped" // with the number of the solved case, see wasThisIt
	useful  = "useful"
	more    = "more"

	helpedNot = "helped-not"
	approve   = "approve"
	decline   = "decline"
	gathered  = "gathered" // kind of a card in a group, see live
)

// value is what a button carries: the message and, where it carries several
// nudges, which one.
type value struct {
	verb    string // of a choice under more, or how long of one under snooze
	message string
	which   string // short id of a signal, for all that is told of its case; "" for all that the message carries
}

func (v value) String() string {
	s := v.message
	if v.which != "" {
		s += "|" + v.which
	}
	if v.verb != "" {
		s = v.verb + ":" + s
	}
	return s
}

// parseValue is the inverse of value.String. The ids of messages hold neither
// sign.
func parseValue(s string) (v value) {
	if verb, rest, ok := strings.Cut(s, ":"); ok {
		v.verb, s = verb, rest
	}
	v.message, v.which, _ = strings.Cut(s, "|")
	return v
}

// button is what can be done, with the cases about which it can.
type button struct {
	id, text string
	primary  bool
	numbers  []int // of the cases, from 1
	whole    bool  // asks itself which case is meant
}

// actions are the buttons of a message. What most people want stands open, the
// rest in a menu.
func (c *composer) actions(message string, list []thing) []view.Action {
	var open, rest []*button
	place := func(into *[]*button, number int, b button) {
		for _, had := range *into {
			if had.id == b.id {
				had.numbers = append(had.numbers, number)
				if len(b.text) < len(had.text) { // such as without "after all", which is not so for all of them
					had.text = b.text
				}
				return
			}
		}
		b.numbers = []int{number}
		*into = append(*into, &b)
	}
	for i, t := range list {
		if !c.sees(t.lead()) {
			continue
		}
		first, second := c.can(t.lead())
		for _, b := range first {
			place(&open, i+1, b)
		}
		for _, b := range second {
			place(&rest, i+1, b)
		}
	}
	for _, b := range slices.Concat(open, rest) {
		if len(list) > 1 && len(b.numbers) == 1 {
			b.text = strconv.Itoa(b.numbers[0]) + ". " + b.text
		}
	}
	if len(rest) == 1 && !slices.ContainsFunc(open, func(b *button) bool { return b.id == rest[0].id }) {
		open, rest = append(open, rest[0]), nil
	}
	var out []view.Action
	for _, b := range open {
		out = append(out, c.action(message, b, list))
	}
	if len(rest) > 0 {
		a := view.Action{ID: more, Text: "More"}
		for _, b := range rest {
			a.Options = append(a.Options, view.Option{Text: b.text, Value: value{verb: b.id, message: message, which: c.only(b, list)}.String()})
		}
		out = append(out, a)
	}
	return out
}

// only is the case that a button is for where there is one of several, "" where
// there is nothing to choose from or the button asks itself.
func (c *composer) only(b *button, list []thing) string {
	if len(list) < 2 || len(b.numbers) > 1 {
		return ""
	}
	return shortID(list[b.numbers[0]-1][0].n.Signal.Key())
}

// action draws a button; one that is for several cases is a menu of them.
func (c *composer) action(message string, b *button, list []thing) view.Action {
	a := view.Action{ID: b.id, Text: b.text, Primary: b.primary}
	if b.id == snooze {
		a.Options = snoozeOptions(func(id string) string {
			return value{verb: id, message: message, which: c.only(b, list)}.String()
		})
		return a
	}
	if len(b.numbers) < 2 || b.whole {
		a.Value = value{message: message, which: c.only(b, list)}.String()
		return a
	}
	a.Primary = false // a menu is never that
	for _, n := range b.numbers {
		s := list[n-1][0].n.Signal
		a.Options = append(a.Options, view.Option{Text: view.Line(strconv.Itoa(n)+". "+c.title(s.Case), 70), Value: value{message: message, which: shortID(s.Key())}.String()})
	}
	return a
}

// can is what can be done about a nudge now: what stands open, and what stands
// in the menu.
func (c *composer) can(it item) (open, rest []button) {
	chat := c.disputed(it) || it.n.Signal.Case.Source != signals.Jira
	if it.n.Signal.IsDrill() {
		return canDrill(it, c.reader.shared), nil
	}
	if over(it.r) {
		if c.heardBy(it) && !it.r.Over {
			return []button{{id: denied, text: "Still happening"}}, nil
		}
		return nil, nil
	}
	meet, canMeet := c.meeting(it)
	switch it.n.State {
	case signals.Declined:
		return []button{{id: onIt, text: "I'm on it after all"}}, nil
	case signals.Acted:
		if chat {
			open = append(open, button{id: solved, text: "Solved", primary: true})
		}
		if !c.reader.shared {
			open = append(open, button{id: notMe, text: "Not me after all ...", whole: true})
		}
		if canMeet {
			open = append(open, meet)
		}
		return append(open, c.tracking(it)...), append(c.wiring(it), c.wasThisIt(it)...)
	}
	return c.canTake(it)
}

// canTake is can for what waits for somebody to take it up.
func (c *composer) canTake(it item) (open, rest []button) {
	open = append(open, button{id: onIt, text: "I'm on it", primary: true})
	if c.reader.shared {
		open = append(open, button{id: notMe, text: "Somebody else ...", whole: true})
	} else {
		open = append(open, button{id: notMe, text: "Not me ...", whole: true})
	}
	if meet, canMeet := c.meeting(it); canMeet {
		open = append(open, meet)
	}
	if !c.reader.shared {
		open = append(open, button{id: snooze, text: "Snooze"})
	}
	if c.disputed(it) {
		open = append(open, button{id: solved, text: "Solved"})
	} else if it.n.Signal.Case.Source != signals.Jira {
		rest = append(rest, button{id: solved, text: "Solved"})
	}
	rest = append(rest, c.tracking(it)...)
	if it.r.Rule != "" { // it came by a standing route
		rest = append(rest, c.wiring(it)...)
	}
	rest = append(rest, c.wasThisIt(it)...)
	return open, append(rest, button{id: useless, text: "Not useful ...", whole: true})
}

// over reports whether nothing is left to be done about a signal, unless who
// raised it says otherwise.
func over(r *signals.Record) bool { return r.Over || r.Ledger.Reached(signals.Corrected) }

// disputed reports whether it is closed where it stands, while who raised it says
// that it is not solved.
func (c *composer) disputed(it item) bool {
	return !over(it.r) && decide.Disputed(c.w.Case(it.n.Signal.Case), it.r)
}

// heardBy reports whether who raised it reads the message too.
func (c *composer) heardBy(it item) bool {
	who := raiser(c.w, it.r)
	return who != "" && (c.reader.shared || c.w.Org.Who(who) == c.w.Org.Who(c.reader.id))
}

// meeting is the button that brings those together who see it and who can solve
// it. Who wished not to be named can be passed a message.
func (c *composer) meeting(it item) (button, bool) {
	who := raiser(c.w, it.r)
	switch {
	case who == "" || c.c.Rooms == nil || c.gathered[it.n.Key()], c.w.Org.Who(who) == c.w.Org.Who(c.reader.id):
		return button{}, false
	case anonymous(who):
		return button{id: passOn, text: "Pass a message on ...", whole: true}, true
	}
	return button{id: gather, text: "Bring us together"}, true
}

// tracking are the buttons that give what was found in a chat an issue of its
// own, where it has none.
func (c *composer) tracking(it item) []button {
	if it.n.Signal.Case.Channel() == "" || len(c.c.Tickets) == 0 {
		return nil
	}
	if m := c.w.Case(it.n.Signal.Case); m == nil || hasIssue(c.w, m) {
		return nil
	}
	return []button{{id: ticket, text: "Create ticket ...", whole: true}, {id: linkTo, text: "Link to issue ...", whole: true}}
}

// which is the question that a form asks where a message is about several cases.
func which(held []item, title func(signals.Key) string) []view.Input {
	list := things(held)
	if len(list) < 2 {
		return nil
	}
	in := view.Input{ID: inWhich, Kind: view.ChoiceInput, Label: "Which one?"}
	for i, t := range list {
		in.Options = append(in.Options, view.Option{Text: fmt.Sprintf("%d. %s", i+1, title(t[0].n.Signal.Case)), Value: shortID(t[0].n.Signal.Key())})
	}
	return []view.Input{in}
}
