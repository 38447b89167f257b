package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// press does what a button says. It may be pressed twice, weeks later, or from a
// copy of the message: what counts is what the store says now.
func (b *Bot) press(ctx context.Context, a view.Asked) (view.Reply, error) {
	v, verb := parseValue(a.Value), a.Action
	if verb == more {
		verb = v.verb
	}
	var r view.Reply
	var err error
	if verb == approve || verb == decline {
		r, err = b.judged(ctx, a, v, verb == approve)
	} else {
		var p *pressing
		if p, err = b.pressing(ctx, a.User, v); err == nil {
			r, err = b.do(ctx, a, verb, v, p)
		}
	}
	if err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", verb, err)
	}
	return r, nil
}

// pressing is what somebody pressed on: the nudges that they may answer. no is
// what they are told where there is none.
type pressing struct {
	held   []item
	no     string
	titles map[signals.Key]string // of their cases, as the presser may see them
	raiser map[*signals.Record]string
	again  map[*signals.Record]bool // closed where they stand, while who raised them says that they are not solved
	shared bool                     // others read the message too
	place  bool                     // it stands in a channel
	helper string                   // who can solve it, as a message beside the nudge has it; "" for others
}

// pressing finds the nudges behind a button.
func (b *Bot) pressing(ctx context.Context, user string, v value) (*pressing, error) {
	p := &pressing{titles: make(map[signals.Key]string), raiser: make(map[*signals.Record]string), again: make(map[*signals.Record]bool)}
	out, ok, err := b.c.Store.Message(ctx, v.message)
	if err != nil {
		return nil, err
	}
	if !ok {
		p.no = "I do not have that message any more, so the button does nothing."
		return p, nil
	}
	nudges, l := out.Nudges, live{}
	if len(nudges) == 0 {
		if l, err = b.liveOf(ctx, v.message); err != nil {
			return nil, err
		}
		nudges = []string{l.Nudge}
		if l.Kind == confirming {
			l.People = []string{out.Target}
		}
	}
	records, err := b.c.Store.RecordsOf(ctx, nudges...)
	if err != nil {
		return nil, err
	}
	var all []item
	for _, r := range records {
		for _, n := range r.Nudges {
			if slices.Contains(nudges, n.Key()) && (n.Message == out.ID || l.Kind == gathered || l.Kind == confirming || l.Kind == wired) && n.To != "" && standing(n) {
				all = append(all, item{r, n})
			}
		}
	}
	if len(all) == 0 {
		p.no = "What this was about is not kept any more, so the button does nothing."
		return p, nil
	}
	err = b.inWorld(ctx, func(w *decide.World) error { p.narrow(w, b, user, v, l, all); return nil })
	return p, err
}

// narrow keeps the nudges that somebody may answer: their own, those to a
// channel that they may see, and those of a group that they are in.
func (p *pressing) narrow(w *decide.World, b *Bot, user string, v value, l live, all []item) {
	p.helper = l.Helper
	who := w.Org.Who(user)
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: readerOf(w, user)}
	c.reader.id = user
	mine := false
	var meant signals.Key // the case, where one of several is
	for _, it := range all {
		if v.which != "" && v.which == shortID(it.n.Signal.Key()) {
			meant = it.n.Signal.Case
		}
	}
	for _, it := range all {
		in := slices.ContainsFunc(l.People, func(x string) bool { return w.Org.Who(x) == who })
		switch {
		case l.Kind == gathered:
			p.shared = true
		case l.Kind == confirming: // their own word about what they raised
			if in {
				mine = true
				p.hold(c, it)
			}
			continue
		case l.Kind == wired:
		case isPlace(w, it.n.To):
			p.shared, p.place, in = true, true, true
		default:
			in = w.Org.Who(it.n.To) == who
		}
		mine = mine || in
		if !in || !p.place && !c.sees(it) || p.place && !b.readsThere(w, it) && !c.sees(it) {
			continue
		}
		if v.which == "" || meant == it.n.Signal.Case {
			p.hold(c, it)
		}
	}
	switch {
	case len(p.held) > 0:
	case mine && v.which == "":
		p.no = "It is in a place that you are not in, so the button does nothing for you."
	case mine:
		p.no = "That is not part of this message any more, so the button does nothing."
	default:
		p.no = "This is for somebody else, so the button does nothing for you."
	}
}

// hold keeps a nudge that may be answered.
func (p *pressing) hold(c *composer, it item) {
	p.held = append(p.held, it)
	p.titles[it.n.Signal.Case] = c.title(it.n.Signal.Case)
	p.raiser[it.r] = raiser(c.w, it.r)
	p.again[it.r] = c.disputed(it)
}

// readsThere reports whether everybody in the channel that was told of a nudge
// may see what it is about.
func (b *Bot) readsThere(w *decide.World, it item) bool {
	r := b.readerOf(w, it.n.To)
	return r.maySee(w, it.n.Signal)
}

func (p *pressing) title(k signals.Key) string { return p.titles[k] }

// do does one thing about what was pressed on.
func (b *Bot) do(ctx context.Context, a view.Asked, verb string, v value, p *pressing) (view.Reply, error) {
	switch {
	case p.no != "":
		return tell(a, p.no), nil
	case verb == notMe || verb == useless || verb == passOn || verb == linkTo || verb == partly:
		return b.form(a, verb, v, p), nil
	case verb == ticket:
		return b.ticketProject(ctx, a, v, p)
	case verb == snooze:
		return b.snoozed(ctx, a, v, p)
	case (verb == solved || verb == gather || strings.HasPrefix(verb, helped)) && len(things(p.held)) > 1:
		return b.form(a, verb, v, p), nil
	case verb == onIt:
		return b.claim(ctx, a, p)
	case verb == solved:
		return b.solve(ctx, a, p)
	case verb == denied:
		return b.deny(ctx, a, p, "", "")
	case verb == wire:
		return b.keepRoute(ctx, a, p.held[0])
	case verb == unwire:
		return b.takeBack(ctx, a, v, p)
	case strings.HasPrefix(verb, helped):
		return b.wasIt(ctx, a, verb, p)
	case verb == gather:
		return b.bringTogether(ctx, a, p.held[0])
	}
	return tell(a, "I do not know that button. The message may be of an older time."), nil
}

// tell answers somebody in a sentence, where they asked: in place of a form, else
// so that only they see it.
func tell(a view.Asked, text string) view.Reply {
	if a.Kind == view.Submit {
		return view.Reply{Modal: &view.Modal{ID: "told", Title: "andon", Lines: []view.Paragraph{{Text: text}}}}
	}
	return view.Reply{Card: say(text), Ephemeral: true}
}

// claim is "I'm on it".
func (b *Bot) claim(ctx context.Context, a view.Asked, p *pressing) (view.Reply, error) {
	left := slices.DeleteFunc(slices.Clone(p.held), func(it item) bool { return over(it.r) })
	if len(left) == 0 {
		return tell(a, "It is solved already. Thank you all the same."), nil
	}
	return view.Reply{}, b.happened(ctx, a, left, func(e *signals.Event, _ item) bool { e.Kind = signals.Claimed; return true })
}

// pressedOn begins an event of the case of a signal, made by what somebody
// pressed.
func pressedOn(a view.Asked, s *signals.Signal, now time.Time) *signals.Event {
	e := byHand(a, "pressed", s.Case.String(), now)
	e.Case, e.Audience = s.Case, s.Audience
	return e
}

// happened writes into the journal what somebody did about some nudges, one
// event for each of their cases; fill says what, or false for nothing.
func (b *Bot) happened(ctx context.Context, a view.Asked, held []item, fill func(e *signals.Event, it item) bool) error {
	var d signals.Delivery
	now := b.c.Now().Truncate(time.Microsecond)
	for _, it := range held {
		e := pressedOn(a, it.n.Signal, now)
		if fill(e, it) && !slices.ContainsFunc(d.Events, func(o *signals.Event) bool { return o.ID == e.ID }) {
			d.Events = append(d.Events, e)
		}
	}
	if len(d.Events) == 0 {
		return nil
	}
	return b.Accept(ctx, d)
}
