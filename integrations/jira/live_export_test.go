package jira

import (
	"context"
	"sync"
	"time"
)

// Hurry makes the waiting of a client cost no time, for tests from outside of the
// package. What it returns lets time pass without waiting.
func (c *Client) Hurry() (pass func(time.Duration)) {
	var mu sync.Mutex
	now := time.Now()
	c.clock = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	c.sleep = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
		return ctx.Err()
	}
	return func(d time.Duration) { _ = c.sleep(context.Background(), d) }
}
