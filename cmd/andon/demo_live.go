package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"andon/cmd/andon/internal/demo"
	"andon/store"
)

// glance is how often it is looked whether something of the story is due.
const glance = 25 * time.Millisecond

// opening is what is printed first.
const opening = `%s, an invented company, in the week from %s. Open

    %s/

in a browser. The bar on top of the page has a pause, and leads to what happens. It is told here, too:
* is the story, > is what somebody answers andon. Ctrl-C ends it.

`

// live lets the week pass beside the running service until the context ends.
func (s *show) live(ctx context.Context, d *demoCmd) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- s.svc.run(ctx) }()
	err := s.heard(ctx)
	if err == nil {
		fmt.Fprintf(s.out, opening, demo.Company, demo.Begin.Format("Monday 2 January 2006"), s.url)
		if !d.Paused {
			s.world.Clock.Run()
		}
		err = s.play(ctx, served)
	}
	stop()
	if rerr := <-served; err == nil {
		err = rerr
	}
	if ctx.Err() != nil && err == nil {
		fmt.Fprintln(s.out, "The demonstration is over.")
	}
	return err
}

// play does what is due until the context ends or the service fails.
func (s *show) play(ctx context.Context, served chan error) error {
	t := time.NewTicker(glance)
	defer t.Stop()
	over, held := false, time.Time{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-served:
			served <- err // for who waits for its end
			return err
		case <-t.C:
		}
		held = s.brake(ctx, held)
		if err := s.world.Turn(ctx, nil); err != nil && ctx.Err() == nil {
			return err
		}
		if !over && !s.world.Clock.Now().Before(demo.End) {
			over = true
			s.world.Clock.Pause()
			fmt.Fprintln(s.out, "The week is over and the clock stands. Everything can still be clicked; Run lets it go on. Ctrl-C ends it.")
		}
	}
}

// longestHold is how long the clock waits for the service, in real time, and as
// long it goes on then: what takes longer is not worth the wait.
const longestHold = 2 * time.Second

// brake lets the clock stand while the service is behind, so that what
// is told at some hour is told at that hour on a slow machine, too. held is since
// when it stands; it returns that, the zero time where it goes.
func (s *show) brake(ctx context.Context, held time.Time) time.Time {
	now := time.Now()
	if since := now.Sub(held); !held.IsZero() && since > longestHold {
		s.world.Clock.Hold(false)
		if since > 2*longestHold {
			return time.Time{}
		}
		return held
	}
	busy := false
	if queues, err := s.svc.db.Queue(ctx); err == nil {
		rate := s.world.Clock.Rate()
		busy = slices.ContainsFunc(queues, func(q store.QueueState) bool { return q.Age.Seconds()*rate > lateWork.Seconds() })
	}
	for _, st := range s.svc.bot.States() {
		busy = busy || !st.Heard.IsZero() && st.Failed == 0 && s.world.Clock.Now().Sub(st.Heard) > latePoll
	}
	s.world.Clock.Hold(busy)
	switch {
	case !busy:
		return time.Time{}
	case held.IsZero():
		return now
	}
	return held
}

// How late work may be begun, and how long ago a source may have answered last,
// before the clock waits, in virtual time.
const (
	lateWork = 5 * time.Minute
	latePoll = 30 * time.Minute
)

// heard waits until the service listens to Slack.
func (s *show) heard(ctx context.Context) error {
	end := time.Now().Add(30 * time.Second)
	for s.world.Slack.Deliveries().Sockets == 0 {
		if time.Now().After(end) {
			return fmt.Errorf("wait for the service: it does not listen to Slack after 30 seconds")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
