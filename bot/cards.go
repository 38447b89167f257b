package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// item is one nudge of a message, with the record that holds it.
type item struct {
	r *signals.Record
	n *signals.Nudge
}

// card makes what a message says now: a notice, or its nudges that still stand.
// It returns nil when none does.
func (b *Bot) card(ctx context.Context, out *signals.Outgoing, records []*signals.Record) (*view.Card, error) {
	if len(out.Body) > 0 {
		return b.noticed(ctx, out)
	}
	shown := carried(out, records)
	if len(shown) == 0 {
		return nil, nil
	}
	gathered := b.gathered(ctx, shown)
	useful := b.usefulness(ctx)
	card := &view.Card{Key: out.ID, Kind: "nudge"}
	err := b.inWorld(ctx, func(w *decide.World) error {
		c := &composer{Bot: b, w: w, now: b.c.Now(), reader: b.readerOf(w, shown[0].n.To), useful: useful, gathered: gathered}
		c.write(card, shown)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("write the card: %w", err)
	}
	return card, nil
}

// carried are the nudges of a message that are to be shown.
func carried(out *signals.Outgoing, records []*signals.Record) (shown []item) {
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Message == out.ID && slices.Contains(out.Nudges, n.Key()) && standing(n) {
				shown = append(shown, item{r, n})
			}
		}
	}
	return shown
}

// standing reports whether a nudge is to be shown: said, or about to be.
func standing(n *signals.Nudge) bool {
	switch n.State {
	case signals.Superseded, signals.Failed, signals.Shadowed, signals.Held, signals.Proposed:
		return false
	}
	return true
}

// inWorld runs f under the lock of the world, with everything that was accepted
// so far taken in.
func (b *Bot) inWorld(ctx context.Context, f func(w *decide.World) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.catchHead(ctx); err != nil {
		return err
	}
	b.brain.begin(ctx)
	b.brain.catchUp()
	if err := f(b.brain.w); err != nil {
		return err
	}
	return b.brain.err
}

// composer writes cards for one reader, under the lock of the world. Everything
// that it writes is made from what that reader may see.
type composer struct {
	*Bot
	w        *decide.World
	now      time.Time
	reader   reader
	useful   map[string]usefulness
	gathered map[string]bool // by nudge key: those whom it concerns were brought together
}

// thing is what a message tells about one case: what was found there, and told
// to the same reader.
type thing []item

// things groups the nudges of a message by their case, in their order.
func things(shown []item) (out []thing) {
	for _, it := range shown {
		i := slices.IndexFunc(out, func(t thing) bool { return t[0].n.Signal.Case == it.n.Signal.Case })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], it)
	}
	return out
}

// lead is the nudge of a thing that decides what can be done: the first that is
// not over.
func (t thing) lead() item {
	for _, it := range t {
		if !over(it.r) {
			return it
		}
	}
	return t[0]
}

// write writes the nudges of a message into its card, a block for each case.
func (c *composer) write(card *view.Card, shown []item) {
	var ids []string
	for _, it := range shown {
		ids = append(ids, c.askWhy(it))
	}
	list := things(shown)
	if list[0][0].n.Signal.IsDrill() { // nothing else joins it
		c.drill(card, list[0][0])
		return
	}
	for i, t := range list {
		visible := slices.DeleteFunc(slices.Clone(t), func(it item) bool { return !c.sees(it) })
		switch {
		case len(visible) == 0:
			card.Lines = append(card.Lines, view.Paragraph{Text: c.elsewhere(t[0])})
		case len(list) == 1:
			c.one(card, visible)
		default:
			c.oneOf(card, visible, i+1)
		}
	}
	card.Title = cmp.Or(card.Title, "Something may need you")
	if len(list) > 1 {
		card.Title = strconv.Itoa(len(list)) + " things that may need you"
		if c.reader.shared {
			card.Title = strconv.Itoa(len(list)) + " things that may need somebody here"
		}
	}
	card.Footer = "andon · " + strings.Join(ids, " · ")
	card.Actions = c.actions(card.Key, list)
}

// askWhy is what a footer says of a nudge: which weakness it is, and how to ask
// for all that stands behind it.
func (c *composer) askWhy(it item) string {
	return it.n.Signal.Detector + " · " + c.slash() + " why " + shortID(it.n.Signal.Key())
}

// one writes the only case of a message: what happened, why it matters, why it
// is for this person, where to look, and who did what since.
func (c *composer) one(card *view.Card, t thing) {
	card.Title = c.title(t[0].n.Signal.Case)
	if c.reader.shared && t[0].n.Signal.Detector == "quiet_incident" {
		card.Title = "This incident may need an update"
	}
	path := c.reader.shared
	for _, it := range t {
		card.Lines = append(card.Lines, c.reason(it))
		path = path || walked[it.n.Signal.Detector]
		card.Links = c.links(it, card.Links)
	}
	if why := matters[t[0].n.Signal.Detector]; why != "" {
		card.Lines = append(card.Lines, view.Paragraph{Text: why})
	}
	for _, before := range c.before(t) {
		card.Lines = append(card.Lines, view.Paragraph{Text: before})
	}
	for _, s := range c.solvedBefore(t) {
		card.Lines = append(card.Lines, view.Paragraph{Text: s})
	}
	for _, it := range t {
		card.Links = c.linkSolved(it, card.Links)
	}
	if path {
		card.Stops = c.stops(t[0].n.Signal.Case)
	}
	card.Facts = append(card.Facts, c.facts(t)...)
	for _, deed := range c.deeds(t.lead()) {
		card.Lines = append(card.Lines, view.Paragraph{Text: deed})
	}
}

// facts are how it began, why it is for this reader, and how useful the like was.
func (c *composer) facts(t thing) (out []view.Fact) {
	if f, ok := c.words(t[0].n.Signal); ok {
		out = append(out, f)
	}
	for _, it := range t {
		name, why := c.why(it)
		if f := (view.Fact{Name: name, Value: why}); why != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
		if f, ok := c.handed(it); ok && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	if f, ok := c.alsoAsked(t[0].n.Signal); ok {
		out = append(out, f)
	}
	if s := c.lately(t[0]); s != "" {
		out = append(out, view.Fact{Name: "Lately", Value: s})
	}
	return out
}

// oneOf writes one of several cases, all of it as one paragraph with its title in
// front.
func (c *composer) oneOf(card *view.Card, t thing, number int) {
	line := view.Paragraph{Mention: c.reason(t[0]).Mention}
	text := []string{strconv.Itoa(number) + ". " + c.title(t[0].n.Signal.Case)}
	had := len(card.Links)
	for _, it := range t {
		text = append(text, c.reason(it).Text)
		card.Links = c.linkSolved(it, c.links(it, card.Links))
	}
	for i := range card.Links[had:] {
		l := &card.Links[had+i]
		l.Text = strconv.Itoa(number) + ". " + l.Text
	}
	text = append(append(text, matters[t[0].n.Signal.Detector]), append(c.before(t), c.solvedBefore(t)...)...)
	for _, f := range c.facts(t) {
		text = append(text, f.Line())
	}
	text = append(text, c.deeds(t.lead())...)
	text = slices.DeleteFunc(text, func(s string) bool { return s == "" })
	if !c.reader.shared {
		card.Facts = append(card.Facts, view.Fact{Name: text[0], Value: strings.Join(text[1:], "\n")})
		return
	}
	line.Text = strings.Join(text, "\n")
	card.Lines = append(card.Lines, line)
}

// before says when a thing was put aside before, each time once. In a place of
// several companies it is nobody's business.
func (c *composer) before(t thing) (out []string) {
	for _, it := range t {
		if s := it.n.Signal.Before; s != "" && !c.reader.viewer.Guest && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// title is what a case is called, as far as the reader may see it.
func (c *composer) title(k signals.Key) string {
	m := c.w.Case(k)
	if m == nil {
		return "Something may need you"
	}
	seen := c.reader.part(m)
	switch {
	case len(seen.Events()) == 0:
		return "Something may need you"
	case k.IsDrill():
		return drillMark + "Practice for " + c.drillPlace(m)
	case k.Channel() != "" && k.Channel() == c.reader.id:
		return "This thread may need somebody"
	case k.Channel() != "":
		if roomName(c.w, k.Channel()) == "" {
			return "A thread that may need you"
		}
		return threadName(c.w, k.Channel())
	}
	label := seen.Label
	if label == k.ID || k.Source == signals.Alerts && seen.Title != "" { // an alert has a name, and no key that people use
		label = ""
	}
	return cmp.Or(strings.TrimSpace(label+" "+seen.Title), "Something may need you")
}

// label is what people call a case, "" where it has no name of its own.
func (b *Bot) label(ctx context.Context, k signals.Key) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.begin(ctx)
	c := b.brain.w.Case(k)
	if b.brain.err != nil || c == nil || c.Label == k.ID {
		return "", b.brain.err
	}
	return c.Label, nil
}
