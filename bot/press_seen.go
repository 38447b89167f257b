package bot

import (
	"context"
	"fmt"
	"strconv"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// asked is "Was this it?": the choices about the solved cases that a nudge
// offers, as far as this reader did not answer yet.
func (c *composer) wasThisIt(it item) (out []button) {
	if c.saidOf(it) {
		return nil
	}
	for i, x := range it.n.Signal.Seen {
		name, seen := c.seenName(x)
		if seen == nil {
			continue
		}
		if x.Case.Channel() == "" {
			name = seen.Label
		}
		out = append(out, button{id: helped + strconv.Itoa(i), text: view.Line("Yes, "+name+" helped", 70), whole: true})
	}
	if len(out) > 0 {
		out = append(out, button{id: helpedNot, text: "No, that was something else", whole: true})
	}
	return out
}

// saidOf reports whether the reader answered "Was this it?" of a nudge.
func (c *composer) saidOf(it item) bool {
	m := c.w.Case(it.n.Signal.Case)
	if m == nil {
		return false
	}
	for _, e := range m.Events() {
		if e.Kind == signals.Helped && e.Ref == it.n.Key() && (c.reader.shared || c.own(e)) {
			return true
		}
	}
	return false
}

// wasIt keeps whether a solved case that was offered was it. That it helped
// counts for the nudge; that it did not says nothing against it.
func (b *Bot) wasIt(ctx context.Context, a view.Asked, verb string, p *pressing) (view.Reply, error) {
	by := a.User
	if err := b.inWorld(ctx, func(w *decide.World) error { by = w.Org.Who(a.User); return nil }); err != nil {
		return view.Reply{}, err
	}
	var d signals.Delivery
	now := b.c.Now()
	for _, it := range p.held {
		for i, x := range it.n.Signal.Seen {
			if verb != helpedNot && verb != helped+strconv.Itoa(i) {
				continue
			}
			e := pressedOn(a, it.n.Signal, now)
			e.Kind, e.Ref, e.To = signals.Helped, it.n.Key(), x.Case.String()
			e.ID += "/" + shortID(it.n.Key()) + "/" + strconv.Itoa(i)
			e.Seq.Item = int32(i)
			if verb == helpedNot {
				e.Field = "no"
			}
			d.Events = append(d.Events, e)
		}
		if verb == helpedNot {
			continue
		}
		if err := b.c.Store.AddOpinion(ctx, signals.Opinion{Nudge: it.n.Key(), By: by, Verdict: useful, Why: helped, At: now}); err != nil {
			return view.Reply{}, fmt.Errorf("keep that it helped: %w", err)
		}
	}
	if len(d.Events) == 0 {
		return tell(a, "That is not offered any more, so the choice does nothing."), nil
	}
	return view.Reply{}, b.Accept(ctx, d)
}
