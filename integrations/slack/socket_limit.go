package slack

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	shortLife   = 10 * time.Second // a connection that lives for less makes the next one wait longer
	longestGap  = time.Minute      // between two openings of one line
	openTimeout = 15 * time.Second // of one call of apps.connections.open
)

// pacer is the transport of one line. slack-go opens the next connection at
// once when Slack closes one, for whatever reason: thousands of times a second
// where Socket Mode is switched off.
type pacer struct {
	base  http.RoundTripper
	gate  *gate
	least time.Duration
	now   func() time.Time

	mu   sync.Mutex
	last time.Time
	gap  time.Duration
}

// RoundTrip implements http.RoundTripper.
func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(req.URL.Path, "/"+openSocket) {
		return p.base.RoundTrip(req)
	}
	if err := p.gate.pass(req.Context(), p.notBefore()); err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // nothing was read of it
		}
		return nil, err
	}
	p.mu.Lock()
	p.last = p.now()
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(req.Context(), openTimeout) // not counting the waiting
	defer cancel()
	resp, err := p.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	body, err := readAll(resp.Body) // before the time-out is over
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// notBefore is when the line may be opened again: at once after a long life,
// ever later after short ones.
func (p *pacer) notBefore() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	switch {
	case p.last.IsZero():
		return now
	case now.Sub(p.last) >= shortLife:
		p.gap = 0
		return now
	case p.gap == 0:
		p.gap = p.least
	default:
		p.gap = min(2*p.gap, longestGap)
	}
	return p.last.Add(p.gap)
}

// gate spaces the openings of all lines.
type gate struct {
	least time.Duration
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error

	mu   sync.Mutex
	next time.Time
}

// pass returns when it is the caller's turn, which is not before a time.
func (g *gate) pass(ctx context.Context, notBefore time.Time) error {
	g.mu.Lock()
	now := g.now()
	at := now
	for _, t := range []time.Time{notBefore, g.next} {
		if t.After(at) {
			at = t
		}
	}
	if at.Sub(now) < longestGap { // one that waits for long does not keep the others waiting
		g.next = at.Add(g.least)
	}
	g.mu.Unlock()
	if d := at.Sub(now); d > 0 {
		return g.sleep(ctx, d)
	}
	return ctx.Err()
}
