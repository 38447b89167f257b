package bot

import (
	"context"

	"andon/signals"
	"andon/signals/lint"
)

// digestRoutes puts the standing routes that the reader may know of, and pairs of
// teams for a liaison, into a digest. The lock of the world is held.
func (b *Bot) digestRoutes(d *digest, f *digestFacts, v signals.Viewer, sizes map[string]int) {
	org := b.brain.w.Org
	var uses []lint.RuleUse
	team := org.TeamOf(v.Person)
	for _, r := range org.Rules(d.Week.until) {
		if v.Sees(r.Audience) || team != "" && (team == r.From || team == r.To) {
			uses = append(uses, f.ruled.use(org, r, v))
		}
	}
	if len(uses) > 0 {
		d.Rules = ruleRows(uses, sizes, d.Group)
	}
	if f.pairs == nil {
		return
	}
	for _, t := range lint.Liaisons(&org.Policy, f.pairs.traffic) {
		if large := d.large(t.A) && d.large(t.B); large || v.Person != "" && (leads(org, t.A, v.Person) || leads(org, t.B, v.Person)) {
			d.Liaisons = append(d.Liaisons, t)
		}
	}
}

// liaisonMark is the cursor that holds in which week a liaison was proposed to
// somebody: once for each pair.
const liaisonMark = "liaison/"

func liaisonCursor(t digestTarget, x lint.Traffic) string {
	return liaisonMark + t.mark + "/" + personMark(x.A+"|"+x.B)
}

// unproposed leaves what was not proposed to a reader before, and so many that a
// digest has room for: the others come with the next one.
func (b *Bot) unproposed(ctx context.Context, t digestTarget, d *digest) error {
	week := weekName(d.Due, t.zone)
	var fresh []lint.Traffic
	for _, x := range d.Liaisons {
		said, err := b.c.Store.Cursor(ctx, liaisonCursor(t, x))
		if err != nil {
			return err
		}
		if said == "" || said == week { // of an attempt that was not finished
			fresh = append(fresh, x)
		}
	}
	d.Liaisons = digestTop(fresh)
	return nil
}

// proposedTo keeps what a digest proposed.
func (b *Bot) proposedTo(ctx context.Context, t digestTarget, d *digest) error {
	for _, x := range d.Liaisons {
		if err := b.c.Store.SetCursor(ctx, liaisonCursor(t, x), weekName(d.Due, t.zone)); err != nil {
			return err
		}
	}
	return nil
}
