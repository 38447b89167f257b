package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"andon/bot"
	"andon/signals"
)

// syncRota writes into the journal who is on call, as far as it says something
// new, and keeps what was found wrong for lint.
func (r *rotas) syncRota(ctx context.Context, store bot.Store, accept func(ctx context.Context, ds ...signals.Delivery) error, now time.Time) error {
	org, err := toldRota(ctx, store)
	if err != nil || len(r.c.OnCall) == 0 && len(org.Duties("")) == 0 {
		return err
	}
	plan := r.ask(ctx, now)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if news := plan.news(org, now); len(news) > 0 {
		if err := accept(ctx, signals.Delivery{Events: news}); err != nil {
			return fmt.Errorf("write who is on call into the journal: %w", err)
		}
	}
	body, err := json.Marshal(plan.findings)
	if err != nil {
		return fmt.Errorf("write what is wrong with the calendars: %w", err)
	}
	return store.SetCursor(ctx, rotaMark, string(body))
}

// toldRota is what the journal says of who is on call.
func toldRota(ctx context.Context, store bot.Store) (*signals.Org, error) {
	found, err := store.CaseEvents(ctx, 0, rotaKey)
	if err != nil {
		return nil, fmt.Errorf("read who was on call: %w", err)
	}
	org := signals.NewOrg(signals.DefaultPolicy())
	for _, e := range found[rotaKey] {
		if err := org.Apply(e.Event); err != nil {
			return nil, err
		}
	}
	return org, nil
}

// news are the events that make the journal say what the calendars say.
func (p *rotaPlan) news(told *signals.Org, now time.Time) (out []*signals.Event) {
	say := func(d *signals.Duty, text string) {
		out = append(out, &signals.Event{
			ID: fmt.Sprintf("%s/%s/%s/%s/%s", rotaKey, "duty", d.Team, d.Person, strconv.FormatInt(now.UnixMicro(), 36)), Case: rotaKey, Kind: signals.RosterSet, Field: "oncall",
			Seq: signals.Seq{Entry: now.UnixMicro(), Item: int32(len(out))}, At: now, To: d.Person, Ref: d.Team, Text: text, Audience: signals.Restricted, //nolint:gosec // a few
		})
	}
	for _, had := range told.Duties("") {
		ahead := len(clipped(had.Shifts, now, had.To)) > 0 // what is over needs not be taken back
		if ahead && !p.failed[had.Team] && !slices.ContainsFunc(p.duties, func(d signals.Duty) bool { return d.Team == had.Team && d.Person == had.Person }) {
			say(&had, "")
		}
	}
	for i := range p.duties {
		d := &p.duties[i]
		had := dutyOf(told, d)
		if p.failed[d.Team] || had != nil && had.Rank == d.Rank && had.To.Sub(now) >= renewed && samePlan(had, d, now) {
			continue
		}
		text, _ := json.Marshal(d) // times and numbers
		say(d, string(text))
	}
	return out
}

func dutyOf(org *signals.Org, d *signals.Duty) *signals.Duty {
	for _, had := range org.Duties(d.Team) {
		if had.Person == d.Person && had.Team == d.Team {
			return &had
		}
	}
	return nil
}

// samePlan reports whether two plans say the same of the time that both know,
// from now on.
func samePlan(a, b *signals.Duty, now time.Time) bool {
	to := a.To
	if b.To.Before(to) {
		to = b.To
	}
	return slices.Equal(clipped(a.Shifts, now, to), clipped(b.Shifts, now, to))
}

// clipped cuts shifts to a time.
func clipped(list []signals.Shift, from, to time.Time) (out []signals.Shift) {
	for _, s := range list {
		if s.From.Before(from) {
			s.From = from
		}
		if s.Until.After(to) {
			s.Until = to
		}
		if s.From.Before(s.Until) {
			out = append(out, signals.Shift{From: s.From.UTC(), Until: s.Until.UTC()})
		}
	}
	return out
}
