package main

import "context"

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
