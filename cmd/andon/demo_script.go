package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"andon/cmd/andon/internal/demo"
	"andon/store"
)

// The steps of the script: by day and by night.
const (
	dayStep   = 10 * time.Minute
	nightStep = time.Hour
)

// script plays the week to its end, step by step: what is due happens, one thing
// at a time, and the service deals with it before the next. Nothing depends on
// how fast the machine is.
func (s *show) script(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	h := s.svc.handlers()
	end := s.serve(ctx)
	err := s.heard(ctx)
	if err == nil {
		err = s.learn(ctx, h)
	}
	if err == nil {
		fmt.Fprintf(s.out, "%s, a week from %s.\n", demo.Company, demo.Begin.Format("Monday 2 January 2006"))
		err = s.steps(ctx, h)
	}
	if err == nil {
		err = s.report(ctx)
	}
	stop()
	return errors.Join(err, end())
}

// learn reads what was said before the week, as the service does by itself where
// it runs freely: what is usual in a channel is judged by it.
func (s *show) learn(ctx context.Context, h store.Handlers) error {
	if err := s.svc.ears.swept.Sweep(ctx, time.Time{}); err != nil {
		return fmt.Errorf("read what was said before: %w", err)
	}
	return s.settle(ctx, h)
}

// serve runs what the service runs besides its queue: that is stepped. end waits
// until it has stopped.
func (s *show) serve(ctx context.Context) (end func() error) {
	var wg sync.WaitGroup
	wg.Go(func() { s.svc.ears.run(ctx, s.svc) })
	failed := make(chan error, 1)
	wg.Go(func() {
		err := s.svc.http.Serve(s.svc.ln)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		failed <- err
	})
	return func() error {
		bye, done := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer done()
		err := s.svc.http.Shutdown(bye)
		wg.Wait()
		return errors.Join(err, <-failed)
	}
}

// steps lets the week pass from where the clock stands.
func (s *show) steps(ctx context.Context, h store.Handlers) error {
	clock, day := s.world.Clock, time.Time{}
	settle := func() error { return s.settle(ctx, h) }
	for now := clock.Now(); !now.After(s.end); now = s.after(now) {
		clock.Set(now)
		if today := now.Truncate(24 * time.Hour); !today.Equal(day) && s.world.Busy(today) {
			day = today
			fmt.Fprintf(s.out, "\n%s\n", now.Format("Monday 2 January"))
		}
		if err := s.svc.db.Tick(ctx, h, now); err != nil {
			return fmt.Errorf("at %s: %w", now.Format("Mon 15:04"), err)
		}
		if err := settle(); err != nil {
			return fmt.Errorf("at %s: %w", now.Format("Mon 15:04"), err)
		}
		if err := s.world.Turn(ctx, settle); err != nil {
			return fmt.Errorf("at %s: %w", now.Format("Mon 15:04"), err)
		}
	}
	return nil
}

// after is the next step after a moment: the next of the grid, or the next beat
// of the story where that is sooner.
func (s *show) after(now time.Time) time.Time {
	if s.step > 0 {
		return now.Add(s.step)
	}
	step := dayStep
	if !demo.Working(now) {
		step = nightStep
	}
	next := now.Truncate(step).Add(step)
	if beat := s.world.Next(); beat.After(now) && beat.Before(next) {
		return beat
	}
	return next
}

// settle waits until the service has dealt with everything that it was told: what
// Slack delivers is acknowledged, which means stored, every answer has arrived,
// and no job is due.
func (s *show) settle(ctx context.Context, h store.Handlers) error {
	for {
		if err := s.acknowledged(ctx); err != nil {
			return err
		}
		s.svc.ears.inbox.Wait()
		jobs, err := s.svc.db.Drain(ctx, h)
		if err != nil {
			return err
		}
		if jobs == 0 && s.world.Slack.Deliveries().Pending == 0 {
			return nil
		}
	}
}

// acknowledged waits until Slack has nothing on its way to the service.
func (s *show) acknowledged(ctx context.Context) error {
	for end := time.Now().Add(time.Minute); s.world.Slack.Deliveries().Pending > 0; {
		if time.Now().After(end) {
			return errors.New("wait for the service: it does not acknowledge what Slack delivers")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Microsecond):
		}
	}
	return nil
}
