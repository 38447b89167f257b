package main

import (
	"cmp"
	"context"
	"runtime"
	"sync"

	"andon/signals/replay"
)

// exitInterrupted is the exit code after Ctrl-C, as shells count it: 128 and
// the number of the signal.
const exitInterrupted = 130

// interruptible does work that knows of no context, and stops waiting for it
// when the context ends. The work itself then goes on until the process ends:
// after an error nothing that it uses may be touched.
func interruptible[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := work()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// atOnce does jobs beside each other, as many as there are, and returns the
// error of the first of them that has one.
func atOnce(jobs ...func() error) error {
	errs := make([]error, len(jobs))
	var all sync.WaitGroup
	for i, job := range jobs {
		all.Go(func() { errs[i] = job() })
	}
	all.Wait()
	return cmp.Or(errs...)
}

// beside is how a replay runs what it can do at once: on one processor one after
// the other, which then takes less time.
func beside() replay.AtOnce {
	if runtime.GOMAXPROCS(0) == 1 {
		return nil
	}
	return atOnce
}
