package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"andon/bot"
	"andon/cmd/andon/internal/config"
)

// errReload ends a run because the configuration is to be read again.
var errReload = errors.New("the configuration is read again")

// serve serves until the context ends. After SIGHUP it goes on with what the
// configuration says then: it stops as at any other end and starts anew in the
// same process, so that everything in the file takes effect. A file with a fault
// changes nothing; one with which it cannot start is left for the one before.
func (s *serveCmd) serve(ctx context.Context, c *config.Config, log *slog.Logger, now func() time.Time) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	before := (*config.Config)(nil) // with which it ran
	for {
		next, err := s.once(ctx, c, log, now, hup)
		switch {
		case ctx.Err() != nil && (errors.Is(err, errReload) || before != nil && errors.Is(err, context.Canceled)):
			return nil // it was stopped while it took the configuration again
		case errors.Is(err, errReload):
			before, c = c, next
		case err != nil && before != nil && next == nil && ctx.Err() == nil:
			log.Error("the new configuration does not start; the one before is taken again", "error", err)
			c, before = before, nil
		default:
			return err
		}
	}
}

// once serves with one configuration. It returns errReload with the next one
// when that is to be taken, and c itself when it ran to its end.
func (s *serveCmd) once(ctx context.Context, c *config.Config, log *slog.Logger, now func() time.Time, hup <-chan os.Signal) (*config.Config, error) {
	svc, err := newService(ctx, c, log, now, wiring{more: func(b *bot.Config) { b.AsLive = s.AsLive }})
	if err != nil {
		return nil, err
	}
	defer svc.close()
	svc.tick = s.Tick
	if err := svc.start(ctx); err != nil {
		return nil, err
	}
	run, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := c
	done := make(chan struct{})
	go func() {
		defer close(done)
		if fresh := s.reread(run, log, hup); fresh != nil {
			next = fresh
			stop(errReload)
		}
	}()
	err = svc.run(run)
	stop(nil)
	<-done
	if err == nil && next != c {
		return next, errReload
	}
	return c, err
}

// reread waits for a signal after which the configuration is right, and returns
// it; nil when the context ends first.
func (s *serveCmd) reread(ctx context.Context, log *slog.Logger, hup <-chan os.Signal) *config.Config {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
		}
		fresh, err := config.Load(s.Config, configOptions())
		if err != nil {
			log.Error("the configuration is not taken, for it has faults", "error", err)
			continue
		}
		log.Info("the configuration is read again", "file", fmt.Sprintf("%q", s.Config))
		return &fresh
	}
}
