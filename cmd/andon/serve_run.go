package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/store"
)

// handlers is the loop as the queue calls it.
func (s *service) handlers() store.Handlers {
	h := store.Handlers{Tasks: make(map[string]store.Task)}
	h.Look = func(ctx context.Context, k signals.Key) error {
		return s.timed("look", func() error { return s.bot.Look(ctx, k) })
	}
	h.Fetch = func(ctx context.Context, source, ref string) error {
		return s.timed("fetch", func() error { return s.bot.Fetch(ctx, source, ref) })
	}
	if s.poster != nil || s.writes {
		h.Send = func(ctx context.Context, id string) error {
			return s.timed("send", func() error { return s.bot.Send(ctx, id) })
		}
	}
	for name, t := range s.bot.Tasks() {
		kind, _, _ := strings.Cut(name, " ") // not one series per source
		h.Tasks[name] = store.Task{Every: t.Every, Do: func(ctx context.Context) error {
			return s.timed(kind, func() error { return t.Do(ctx) })
		}}
	}
	if s.ears != nil {
		h.Tasks["directory"] = store.Task{Every: 24 * time.Hour, Do: func(ctx context.Context) error { s.ears.learn(ctx, s); return nil }}
	}
	h.Tasks["oncall"] = store.Task{Every: time.Hour, Do: func(ctx context.Context) error { return s.rotas.syncRota(ctx, port{s.db}, s.bot.Accept, s.now()) }}
	h.Tasks["retention"] = store.Task{Every: 24 * time.Hour, Do: s.expire}
	return h
}

// timed measures how long a job took.
func (s *service) timed(kind string, do func() error) error {
	began := time.Now()
	err := do()
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	s.meter.Observe("job_seconds", time.Since(began).Seconds(), "kind", kind, "outcome", outcome)
	return err
}

// expire drops message text that is older than it may be kept.
func (s *service) expire(ctx context.Context) error {
	if err := s.bot.Save(ctx); err != nil { // the models keep what they learnt of the text
		return err
	}
	gone, err := s.db.Expire(ctx, s.now().Add(-s.c.KeepText))
	if err != nil {
		return err
	}
	s.log.Info("old text is gone", "rows", gone)
	return nil
}

// run works until the context ends, and then stops within the grace period.
func (s *service) run(ctx context.Context) error {
	h := s.handlers()
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	failed := make(chan error, 3)
	var wg sync.WaitGroup
	wg.Go(func() { failed <- s.db.Work(work, h) })
	wg.Go(func() { s.ticking(work, h) })
	if s.ears != nil {
		wg.Go(func() { s.ears.swept.Run(work) })
		wg.Go(func() {
			s.ears.first(work, s)
			s.ears.relearn(work, s)
		})
		if s.ears.socket != nil {
			wg.Go(func() { s.ears.run(work, s) })
		}
	}
	wg.Go(func() { s.homes(work) })
	if s.http != nil {
		wg.Go(func() {
			if err := s.http.Serve(s.ln); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve %s: %w", s.ln.Addr(), err)
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
		s.log.Info("stopping")
	case err = <-failed:
	}
	s.mu.Lock()
	s.stop = true
	s.mu.Unlock()
	bye, done := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer done()
	if s.http != nil {
		err = errors.Join(err, s.http.Shutdown(bye))
	}
	cancel()
	wg.Wait()
	if s.ears != nil {
		s.ears.inbox.Wait() // answers that came over HTTP use the database, too
	}
	if serr := s.bot.Save(bye); serr != nil { // it makes the next start quicker, no more
		s.log.Warn("the models could not be stored on the way out; they are built from the journal", "error", serr)
	}
	return err
}

// ticking is the one ticker of the process.
func (s *service) ticking(ctx context.Context, h store.Handlers) {
	t := time.NewTicker(s.tick)
	defer t.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		err := s.db.Tick(ctx, h, s.now())
		if err == nil && n%20 == 0 {
			err = s.bot.Follow(ctx)
		}
		if err != nil {
			if ctx.Err() == nil {
				s.log.Error("the waker could not do its round", "error", err)
			}
			continue
		}
		s.mu.Lock()
		s.ticked = time.Now()
		s.mu.Unlock()
		if n%20 == 0 {
			s.gauge(ctx)
		}
	}
}

// homes keeps the Home tabs of people up to date. Every replica does so: what
// changed is known where it was looked at.
func (s *service) homes(ctx context.Context) {
	t := time.NewTicker(5 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := s.bot.Homes(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("a Home tab could not be brought up to date", "error", err)
		}
	}
}

func (s *service) close() {
	if s.ln != nil {
		_ = s.ln.Close()
	}
	for _, src := range s.sources {
		src.close()
	}
	if s.poster != nil {
		s.poster.Close()
	}
	if err := s.db.Close(); err != nil {
		s.log.Error("the database did not close well", "error", view.Plain(err.Error()))
	}
}
