package replay

import (
	"fmt"

	"andon/signals"
	"andon/signals/decide"
)

// AtOnce runs jobs that share nothing, in any order or beside each other, and
// returns when all have ended, with an error of one of them.
type AtOnce func(jobs ...func() error) error

// learn takes history that is known from the start, and with it what was known
// of the organisation by then; the rest of the organisation's events is played.
func (r *run) learn(in *Input) error {
	events := in.Learn.ordered()
	var org Log
	for _, e := range in.Org.events {
		if n := len(events); n > 0 && !e.At.After(events[n-1].At) {
			org.events = append(org.events, e)
		} else {
			in.Play.events = append(in.Play.events, e)
		}
	}
	in.Learn.events, in.Org.events = nil, nil
	events = merge(events, org.ordered())
	if r.o.AtOnce == nil || r.w.Memory.Routes == nil || len(events) == 0 {
		return r.fold(events)
	}
	return r.foldBeside(events)
}

// fold lets everything learn.
func (r *run) fold(events []*signals.Event) error {
	if err := history(r.w, events, r.observe); err != nil {
		return err
	}
	for _, c := range r.w.Cases {
		r.w.Learnt(c.Events()[len(c.Events())-1])
	}
	return nil
}

// foldBeside lets a world of its own learn the routes, which take more than
// half of the time, while the rest learns beside it. What a model learns depends on
// the events alone, so both end with what one world would know.
func (r *run) foldBeside(events []*signals.Event) error {
	aside := decide.NewWorld(signals.NewOrg(r.o.Policy), decide.Options{Lexicon: r.o.Lexicon, Detectors: []string{}, Routes: true, Silent: true})
	r.w.Memory.Routes = nil
	err := r.o.AtOnce(
		func() error { return history(aside, events, aside.Observe) },
		func() error { return r.fold(events) },
	)
	r.w.Memory.Routes = aside.Memory.Routes
	return err
}

// history brings events to a world and has observe called for those of cases.
func history(w *decide.World, events []*signals.Event, observe func(*signals.Case, *signals.Event)) error {
	for _, e := range events {
		c, err := w.Take(e)
		if err != nil {
			return fmt.Errorf("learn event %s: %w", e.ID, err)
		}
		if c != nil {
			observe(c, e)
		}
	}
	return nil
}
