package jira

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"
)

// gates keep calls away from where Jira has asked to wait. There is one for
// everything, one per method and route, and one per method and path, since
// Jira limits each of these by itself: one busy endpoint must not stop the
// others. No limit is known beforehand; all come from the headers of answers.
// A gate outlives the call that shut it, so that the number of requests during
// an outage depends on its length and not on the number of calls.
type gates struct {
	host string

	mu sync.Mutex
	by map[string]*gate
}

type gate struct {
	until time.Time                   // shut until then
	since time.Time                   // when it was shut last
	why   *Error                      // what shut it
	back  *backoff.ExponentialBackOff // how long the next fault shuts it; nil while all is well
	pace  *rate.Limiter               // nil: as fast as wanted
	near  int                         // how often in a row Jira told that the limit is near
}

const (
	firstWait  = time.Second
	longestGap = time.Minute     // between two tries of one route during an outage, by half more or less
	probing    = 5 * time.Second // how long others wait for the one who tries a gate again
	maxGates   = 1000
)

func newGates(host string) *gates { return &gates{host: host, by: map[string]*gate{}} }

// keys returns the gates that a call must pass, the widest first.
func (g *gates) keys(method, route, path string) []string {
	return []string{g.host, g.host + " " + method + " " + route, g.host + " " + method + " " + path + " "}
}

// enter asks for passage. A zero wait grants it; otherwise the caller has to
// ask again afterwards, and why tells what the wait is for, nil for pacing.
func (g *gates) enter(keys []string, now time.Time) (wait time.Duration, why *Error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, k := range keys {
		if x := g.by[k]; x != nil && x.until.After(now) && x.until.Sub(now) > wait {
			wait, why = x.until.Sub(now), x.why
		}
	}
	if wait > 0 {
		return wait, why
	}
	for _, k := range keys {
		x := g.by[k]
		if x != nil && x.pace != nil {
			r := x.pace.ReserveN(now, 1)
			if d := r.DelayFrom(now); d > 0 {
				r.CancelAt(now)
				return d, nil
			}
		}
	}
	for _, k := range keys {
		if x := g.by[k]; x != nil && x.back != nil {
			x.until = now.Add(probing)
		}
	}
	return 0, nil
}

// shut closes the gate that a fault concerns. entered is when the call passed.
func (g *gates) shut(keys []string, e *Error, h http.Header, entered, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.release(keys, entered)
	x := g.gate(keys[concerns(e, h)], now)
	if x.back == nil {
		x.back = &backoff.ExponentialBackOff{InitialInterval: firstWait, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: longestGap}
	}
	wait := max(e.RetryAfter, x.back.NextBackOff())
	x.since, x.why = now, e
	if t := now.Add(wait); t.After(x.until) {
		x.until = t
	}
}

// abandon notes that a call was given up by its caller, which proves nothing:
// the next one may try at once.
func (g *gates) abandon(keys []string, entered time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.release(keys, entered)
}

// release takes back what keeps others away while a call tries a gate again.
func (g *gates) release(keys []string, entered time.Time) {
	for _, k := range keys {
		if x := g.by[k]; x != nil && x.back != nil && x.until.Equal(entered.Add(probing)) && !x.since.After(entered) {
			x.until = entered
		}
	}
}

// concerns tells which of the gates of a call a fault is about.
func concerns(e *Error, h http.Header) int {
	const everything, route, path = 0, 1, 2
	switch {
	case e.Status == http.StatusInternalServerError, strings.Contains(e.Reason, "per-issue"):
		return path
	case strings.Contains(e.Reason, "quota"), e.Status == http.StatusTooManyRequests && h.Get("X-RateLimit-FillRate") != "":
		return everything // Data Center counts per user
	}
	return route
}

// open notes an answer: the gates that the call passed are open again, unless
// another call shut them meanwhile, and the pace follows the headers.
func (g *gates) open(keys []string, h http.Header, entered, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, k := range keys {
		if x := g.by[k]; x != nil && x.back != nil && !x.since.After(entered) {
			x.back, x.why, x.until = nil, nil, time.Time{}
			if x.pace == nil {
				delete(g.by, k)
			}
		}
	}
	g.slow(keys[1], h, now)
	g.bucket(keys[0], h, now)
}

// slow doubles the distance of calls of a route each time Jira says that their
// limit is near, and halves it each time Jira does not.
func (g *gates) slow(key string, h http.Header, now time.Time) {
	near := strings.EqualFold(h.Get("X-RateLimit-NearLimit"), "true")
	x := g.by[key]
	if !near && (x == nil || x.near == 0) {
		return
	}
	x = g.gate(key, now)
	if near {
		x.near = min(x.near+1, 6)
	} else {
		x.near--
	}
	if x.near == 0 {
		x.pace = nil
		return
	}
	every := 100 * time.Millisecond << x.near // 200 ms to 6.4 s
	x.setPace(rate.Every(every), now)
}

// bucket follows the token bucket of Data Center: under a fifth of it, calls go
// no faster than it fills.
func (g *gates) bucket(key string, h http.Header, now time.Time) {
	read := func(name string) float64 {
		f, err := strconv.ParseFloat(h.Get("X-RateLimit-"+name), 64)
		if err != nil || !(f >= 0) {
			return -1
		}
		return f
	}
	limit, left, fill, interval := read("Limit"), read("Remaining"), read("FillRate"), read("Interval-Seconds")
	if limit <= 0 || left < 0 || fill <= 0 || interval <= 0 {
		return
	}
	x := g.gate(key, now)
	if left*5 >= limit {
		x.pace = nil
		return
	}
	x.setPace(rate.Limit(max(fill/interval, 1/longestGap.Seconds())), now)
}

// setPace keeps the limiter, so that what it has granted counts.
func (x *gate) setPace(l rate.Limit, now time.Time) {
	if x.pace == nil {
		x.pace = rate.NewLimiter(l, 1)
		x.pace.AllowN(now, 1) // the call that was just answered
		return
	}
	x.pace.SetLimitAt(now, l)
}

// gate finds or makes a gate. Those of paths are many: what is over is dropped.
func (g *gates) gate(key string, now time.Time) *gate {
	if x := g.by[key]; x != nil {
		return x
	}
	if len(g.by) >= maxGates {
		for k, x := range g.by {
			if !x.until.After(now) && x.pace == nil {
				delete(g.by, k)
			}
		}
	}
	x := &gate{}
	g.by[key] = x
	return x
}
