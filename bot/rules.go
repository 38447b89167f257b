package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// A standing route is what two teams agree on when who raised something and who
// can solve it are brought together: see signals.Rule.

const (
	wire   = "wire"   // keep the way that a nudge took as a standing route
	unwire = "unwire" // take the standing route back
	wired  = "wired"  // kind of the message that tells who raised it of the standing route
)

// ruleOf is the standing route that bringing who raised a signal together with a
// helper makes: from the team of the one to that of the other. ok is false where
// they are in no team, or in one, and where not both may see the signal.
func (b *Bot) ruleOf(w *decide.World, it item, helper string) (rule signals.Rule, ok bool) {
	now := b.c.Now().UTC().Truncate(time.Microsecond)
	from, to, last := w.Seeing(w.Case(it.r.Signal.Case), it.r), w.Org.TeamOf(helper), w.Org.Policy.Routes.Last
	if from == "" || to == "" || from == to || last <= 0 {
		return rule, false
	}
	if _, sees := w.Seen(it.r, both(w.Org.Viewer(raiser(w, it.r)), w.Org.Viewer(helper))); !sees {
		return rule, false
	}
	rule = signals.Rule{From: from, To: to, Kind: it.r.Signal.Detector, At: now, Until: now.Add(last), How: signals.Agreed, Audience: it.r.Signal.Audience}
	return rule, true
}

// standing is the standing route between who raised a signal and a helper that
// counts now.
func (b *Bot) standing(w *decide.World, it item, helper string) (rule signals.Rule, ok bool) {
	to := w.Org.TeamOf(helper)
	for _, r := range w.Org.RulesFor(w.Seeing(w.Case(it.r.Signal.Case), it.r), it.r.Signal.Detector, b.c.Now()) {
		if to != "" && r.To == to {
			return r, true
		}
	}
	return rule, false
}

// setRule makes an event of a standing route.
func setRule(e *signals.Event, r signals.Rule) error {
	r.By = ""
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the standing route: %w", err)
	}
	e.Kind, e.Field, e.To, e.Text = signals.RosterSet, "rule", r.ID(), string(text)
	return nil
}

// agree makes a standing route of a nudge whose sides are brought together, where
// there is none: the event is the same however often that is pressed. had says that
// there was one, which another press may have made a moment ago.
func (b *Bot) agree(ctx context.Context, a view.Asked, it item, helper, once string) (made, had bool, err error) {
	var e *signals.Event
	err = b.inWorld(ctx, func(w *decide.World) error {
		rule, ok := b.ruleOf(w, it, helper)
		if _, had = b.standing(w, it, helper); !ok || had {
			return nil
		}
		e = byHand(a, "rule", "", rule.At)
		e.ID = signals.Own + "/rule/" + besideID("", rule.ID()+"|"+once)
		return setRule(e, rule)
	})
	if err != nil || e == nil {
		return false, had, err
	}
	return true, false, b.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}})
}

// keepRoute is "Keep this route" on a nudge that its reader has taken up.
func (b *Bot) keepRoute(ctx context.Context, a view.Asked, it item) (view.Reply, error) {
	made, _, err := b.agree(ctx, a, it, it.n.To, a.ID)
	if err != nil {
		return view.Reply{}, err
	}
	if !made {
		return tell(a, "That cannot be a standing route, or it is one already. Say "+b.slash()+" routes for all of them."), nil
	}
	who := ""
	if err := b.inWorld(ctx, func(w *decide.World) error { who = raiser(w, it.r); return nil }); err != nil {
		return view.Reply{}, err
	}
	id := besideID(wiredID, it.n.Key())
	card := &view.Card{Key: id, Kind: "notice", Title: wiredTitle}
	if err := b.tellLive(ctx, id, who, card, live{Kind: wired, Nudge: it.n.Key(), People: []string{who}, Helper: it.n.To}); err != nil {
		return view.Reply{}, err
	}
	b.redraw(ctx, id) // it was told of an earlier one
	b.redraw(ctx, it.n.Message)
	return view.Reply{}, nil
}

// takeBack ends the standing route that a message tells of: either side may.
func (b *Bot) takeBack(ctx context.Context, a view.Asked, v value, p *pressing) (view.Reply, error) {
	it := p.held[0]
	helper := p.helper
	var events []*signals.Event
	err := b.inWorld(ctx, func(w *decide.World) error {
		if helper == "" {
			helper = helperOf(w, it, b.c.Now())
		}
		if rule, ok := b.standing(w, it, helper); ok {
			events = endings(w.Org, a, rule, b.c.Now())
		}
		return nil
	})
	if err != nil {
		return view.Reply{}, err
	}
	if len(events) == 0 {
		return tell(a, "It is no standing route any more."), nil
	}
	if err := b.Accept(ctx, signals.Delivery{Events: events}); err != nil {
		return view.Reply{}, err
	}
	for _, id := range append(companions(it.r), it.n.Message, v.message) {
		b.redraw(ctx, id)
	}
	return tell(a, "The route is taken back: the next one goes its usual way."), nil
}

// endings are the events that end a standing route, under every name that its
// teams had.
func endings(org *signals.Org, a view.Asked, rule signals.Rule, now time.Time) (out []*signals.Event) {
	for _, id := range org.RulesLike(rule) {
		e := byHand(a, "rule", "end/"+id, now)
		e.Kind, e.Field, e.To = signals.RosterSet, "rule", id
		out = append(out, e)
	}
	return out
}

// wiredTitle stands above what who raised something is told of a standing route.
const wiredTitle = "A standing route"

// ruleWords says what a standing route means.
func ruleWords(r signals.Rule, zone *time.Location) string {
	return sentence(r.Said()) + " The next " + r.Kind + " from " + r.From + " goes to " + r.To + " first, until " + r.Until.In(zone).Format("2 January") + ". Either team can take that back."
}

// ruled adds to a card of both sides that a route stands, with the button that
// takes it back. stood says that one stood when it was written: then also that it
// ended.
func (c *composer) ruled(card *view.Card, it item, helper, id string, stood bool) {
	rule, ok := c.standing(c.w, it, helper)
	switch {
	case ok:
		card.Lines = append(card.Lines, view.Paragraph{Text: ruleWords(rule, c.reader.zone)})
		card.Actions = append(card.Actions, view.Action{ID: unwire, Text: "Take the route back", Value: id})
	case stood:
		card.Lines = append(card.Lines, view.Paragraph{Text: "The standing route has ended."})
	}
}

// wiredCard tells who raised something that the way to who took it up stands now.
func (b *Bot) wiredCard(w *decide.World, id string, l live, it item) *view.Card {
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: readerOf(w, strings.Join(l.People, ""))}
	card := &view.Card{Key: id, Kind: "notice", Title: wiredTitle}
	if !c.sees(it) {
		card.Lines = []view.Paragraph{{Text: "Something in a place that you are not in concerns you."}}
		return card
	}
	card.Facts = []view.Fact{{Name: "About", Value: c.title(it.n.Signal.Case)}}
	c.ruled(card, it, l.Helper, id, true)
	card.Links = c.links(it, nil)
	return card
}

// wiring are the buttons of a nudge about its way: to keep it, or to take it back.
func (c *composer) wiring(it item) []button {
	if c.reader.shared {
		return nil
	}
	if _, ok := c.standing(c.w, it, it.n.To); ok {
		return []button{{id: unwire, text: "Take the route back"}}
	}
	if _, ok := c.ruleOf(c.w, it, it.n.To); ok && c.c.Rooms != nil {
		return []button{{id: wire, text: "Keep this route"}}
	}
	return nil
}
