package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// drills reads the drills that were planned or moved lately, by their cases.
func (b *Bot) drills(ctx context.Context, now time.Time) (out []*signals.Case, err error) {
	keys, err := b.c.Store.Moved(ctx, []signals.Kind{signals.Drilled}, now.Add(-drillAhead-lookBack), now.Add(time.Second))
	if err != nil {
		return nil, fmt.Errorf("look for drills: %w", err)
	}
	found, err := b.c.Store.CaseEvents(ctx, 0, keys...)
	if err != nil {
		return nil, fmt.Errorf("read the drills: %w", err)
	}
	for _, k := range keys {
		if k.IsDrill() && len(found[k]) > 0 {
			out = append(out, fold(found[k]))
		}
	}
	return out, nil
}

// loadDrills takes what list and cancel tell of.
func (q *question) loadDrills() (err error) {
	if q.drilled, err = q.Bot.drills(q.ctx, q.words.now); err != nil || len(q.drilled) == 0 {
		return err
	}
	keys := make([]signals.Key, len(q.drilled))
	for i, c := range q.drilled {
		keys[i] = c.Key
	}
	q.drillBook, err = q.c.Store.Records(q.ctx, keys...)
	return err
}

// goesOn reports whether a drill is planned or under way.
func (q *question) goesOn(c *signals.Case, d *signals.Drill) bool {
	if d.Waits() {
		return true
	}
	over := slices.ContainsFunc(q.drillBook, func(r *signals.Record) bool { return r.Signal.Case == c.Key && r.Over })
	return d.Off.IsZero() && !over
}

// listDrills lists the drills that are planned or under way.
func (q *question) listDrills() (*view.Card, error) {
	card := &view.Card{Title: "Drills"}
	for _, c := range q.drilled {
		d, ok := signals.DrillOf(c)
		if seen, visible := q.visible(c); !ok || !visible || !q.goesOn(seen, &d) {
			continue
		}
		when := "planned for " + q.words.tell(d.At)
		switch {
		case !d.Began.IsZero():
			when = "under way since " + q.words.tell(d.Began)
		case d.Hidden:
			when = "planned for some time that nobody is told"
		}
		if d.Postponed && d.Waits() {
			when += "; it was postponed, for " + d.Why
		}
		card.Facts = append(card.Facts, view.Fact{Name: q.drillPlace(d.Scope) + " · " + c.Key.ID, Value: when})
	}
	if len(card.Facts) == 0 {
		return say("No drill is planned that you may see."), nil
	}
	card.Footer = "To call one off say drill cancel and its ID."
	return card, nil
}

// cancelDrill calls a drill off, be it under way.
func (q *question) cancelDrill(args []string) (*view.Card, error) {
	if len(args) != 1 {
		return nil, unclear("Tell me which one: drill cancel k3xq7a. The IDs stand in drill list.")
	}
	id := strings.ToLower(strings.Trim(args[0], "#,.:;!?"))
	i := slices.IndexFunc(q.drilled, func(c *signals.Case) bool { return c.Key.ID == id })
	if i < 0 || len(q.drilled[i].For(q.viewer).Events()) == 0 {
		return nil, unclearf("I know no drill %s. The IDs stand in drill list.", brief(id))
	}
	c := q.drilled[i]
	d, _ := signals.DrillOf(c)
	if !q.goesOn(c, &d) {
		return say("That drill is over already."), nil
	}
	if q.words.org.Who(d.By) != q.who() {
		aim := q.brain.w.AimOf(drillProbe(c.Key, &d, c.Events(), q.words.now, c.Events()[0].Audience), q.words.now)
		if err := q.mayDrill(&aim); err != nil {
			return nil, err
		}
	}
	e := q.happensTo(signals.Drilled, c.Key, c.Events()[0].Audience)
	e.Field, e.Ref, e.Text = signals.DrillOff, d.Scope, drillCancelled
	return say("The drill of " + q.drillPlace(d.Scope) + " is called off."), nil
}

// drillCancelled is why a drill ended that somebody called off.
const drillCancelled = "the drill was called off"
