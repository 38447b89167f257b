package bot

import (
	"context"
	"errors"
	"fmt"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// What asks who started a drill whether it is solved: the kind of the notice, as
// the first letters of its id too, and its buttons.
const (
	drillAsk    = "drillask"
	drillAskID  = "d"
	drillSolved = "drill.solved"
	drillStill  = "drill.still"
)

// drill writes the message of a drill. It always stands alone.
func (c *composer) drill(card *view.Card, it item) {
	m := c.w.Case(it.n.Signal.Case)
	if it.r.Over || m == nil || !c.sees(it) {
		card.Title = drillMark + "The drill is over"
		card.Lines = []view.Paragraph{{Text: "Nothing was broken. Thank you for taking part: there is nothing left to do."}}
		card.Footer = "andon · drill"
		return
	}
	card.Title = c.title(m.Key)
	card.Lines = []view.Paragraph{{Text: drillCalm}, {Text: "Somebody practises the way that a signal from " + c.drillPlace(m) + " takes."}}
	if name, why := c.why(it); why != "" {
		card.Facts = append(card.Facts, view.Fact{Name: name, Value: why})
	}
	for _, deed := range c.deeds(it) {
		card.Lines = append(card.Lines, view.Paragraph{Text: deed})
	}
	card.Footer = "andon · drill: " + drillCalm
	card.Actions = c.actions(card.Key, []thing{{it}})
}

func (c *composer) drillPlace(m *signals.Case) string {
	return drillPlace(c.w, m.Project, audienceOf(m), c.reader.viewer)
}

// canDrill is what can be done in a drill: what leaves nothing behind. There is no
// ticket, no meeting and no verdict.
func canDrill(it item, shared bool) []button {
	solve := button{id: solved, text: "Solved"}
	switch {
	case over(it.r):
		return nil
	case it.n.State == signals.Declined:
		return []button{{id: onIt, text: "I'm on it after all"}}
	case it.n.State == signals.Acted:
		solve.primary = true
		return []button{solve, {id: notMe, text: "Not me after all ...", whole: true}}
	}
	if shared {
		return []button{{id: onIt, text: "I'm on it", primary: true}, {id: notMe, text: "Somebody else ...", whole: true}, solve}
	}
	return []button{{id: onIt, text: "I'm on it", primary: true}, {id: notMe, text: "Not me ...", whole: true}, {id: snooze, text: "Snooze"}, solve}
}

// drillAsks asks who started a drill, when somebody said that it is solved,
// whether it is. The lock of the world is held.
func (b *Bot) drillAsks(ctx context.Context, w *decide.World, changed []*signals.Record) error {
	var all []error
	for _, r := range changed {
		if !r.IsDrill() || r.Over || !r.Ledger.Reached(signals.Corrected) || r.Raiser == "" || whoLeft(w.Org, r.Raiser) || len(r.Nudges) == 0 {
			continue
		}
		id := besideID(drillAskID, r.Nudges[0].Key())
		all = append(all, b.tellLive(ctx, id, r.Raiser, b.drillAskCard(w, id, r), live{Kind: drillAsk, Nudge: r.Nudges[0].Key()}))
	}
	return errors.Join(all...)
}

// drillAskCard asks it, or says what became of it.
func (b *Bot) drillAskCard(w *decide.World, id string, r *signals.Record) *view.Card {
	card := &view.Card{Key: id, Kind: "notice", Title: drillMark + "Is it solved?", Footer: "andon · drill: " + drillCalm}
	if c := w.Case(r.Signal.Case); c != nil {
		card.Lines = []view.Paragraph{{Text: "Whoever was asked in your drill of " + drillPlace(w, c.Project, audienceOf(c), w.Org.Viewer(r.Raiser)) + " says that it is solved. Answer as you would if it had been real."}}
	}
	switch {
	case r.Over:
		card.Title = drillMark + "The drill is over"
		card.Lines = []view.Paragraph{{Text: "Nothing was broken. I tell you how far it came."}}
	case !r.Ledger.Reached(signals.Corrected):
		card.Title = drillMark + "It goes on"
		card.Lines = []view.Paragraph{{Text: "You said that it still happens. I ask you again when it is solved."}}
	default:
		card.Actions = []view.Action{{ID: drillSolved, Text: "Solved", Value: r.Signal.Key(), Primary: true}, {ID: drillStill, Text: "Still happening", Value: r.Signal.Key()}}
	}
	return card
}

// pressDrill takes the answer of who started a drill.
func (b *Bot) pressDrill(ctx context.Context, a view.Asked) (view.Reply, error) {
	r, err := b.recordOf(ctx, a.Value)
	switch {
	case err != nil:
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	case r == nil || !r.IsDrill() || len(r.Nudges) == 0:
		return tell(a, "That drill is not kept any more, so the button does nothing."), nil
	}
	_, own, err := b.isRaiser(ctx, a.User, r.Raiser)
	switch {
	case err != nil:
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	case !own:
		return tell(a, "Only who started the drill can say that."), nil
	case r.Over:
		return tell(a, "The drill is over already. Thank you all the same."), nil
	}
	kind := signals.Confirmed
	if a.Action == drillStill {
		kind = signals.Denied
	}
	return view.Reply{}, b.happened(ctx, a, []item{{r, r.Nudges[0]}}, func(e *signals.Event, _ item) bool { e.Kind = kind; return true })
}
