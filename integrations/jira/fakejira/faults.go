package fakejira

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Kind is a kind of fault.
type Kind string

// The kinds of faults.
const (
	Busy        Kind = "busy"        // 429
	Unavailable Kind = "unavailable" // 503
	Login       Kind = "login"       // the HTML of a login page with status 200
	Slow        Kind = "slow"        // the answer comes after Delay, or never when the client leaves
	Truncated   Kind = "truncated"   // the body ends in the middle; what was asked is done
	Reset       Kind = "reset"       // the connection is reset before anything is answered
	NearLimit   Kind = "nearlimit"   // a good answer that warns that the limit is near
)

// Fault is one fault that is injected. It comes with every request of its
// route until it is switched off, or as Probability and Count say.
type Fault struct {
	Kind        Kind     `json:"kind"`
	Route       string   `json:"route,omitempty"`       // as in Server.Requests, with or without the method; "" = all
	Probability float64  `json:"probability,omitempty"` // 0 = always
	Count       int      `json:"count,omitempty"`       // how often; 0 = until it is switched off
	RetryAfter  string   `json:"retryAfter,omitempty"`  // header Retry-After: seconds or a date; "" = none
	Reason      string   `json:"reason,omitempty"`      // header RateLimit-Reason
	Delay       Duration `json:"delay,omitempty"`       // of Slow, in real time
}

// Duration is a time.Duration that reads "1.5s" from JSON.
type Duration time.Duration

// UnmarshalText reads the form of time.ParseDuration.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// MarshalText writes the form that UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Faults injects faults. It is safe for concurrent use; its zero value injects
// none.
type Faults struct {
	mu     sync.Mutex
	active []*Fault
	rnd    *rand.Rand
	served map[Kind]int
	lag    time.Duration
	lagged bool
}

// Add switches a fault on. off switches it off again.
func (f *Faults) Add(x Fault) (off func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active = append(f.active, &x)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		for i, y := range f.active {
			if y == &x {
				f.active = append(f.active[:i:i], f.active[i+1:]...)
				return
			}
		}
	}
}

// Set puts faults in the place of all that were there.
func (f *Faults) Set(faults ...Fault) error {
	for _, x := range faults {
		if err := x.check(); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active = nil
	for _, x := range faults {
		f.active = append(f.active, &x)
	}
	return nil
}

// check tells what is wrong with a fault that came from outside.
func (x Fault) check() error {
	switch x.Kind {
	case Busy, Unavailable, Login, Slow, Truncated, Reset, NearLimit:
	default:
		return fmt.Errorf("no such kind of fault: %q", x.Kind)
	}
	if x.Probability < 0 || x.Probability > 1 {
		return fmt.Errorf("the probability of fault %q is %g: it must be from 0 to 1", x.Kind, x.Probability)
	}
	return nil
}

// Clear switches all faults off, the late index too.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active, f.lagged = nil, false
}

// Indexing puts d in the place of Options.Indexing until Clear.
func (f *Faults) Indexing(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lag, f.lagged = d, true
}

// Served tells how often each kind of fault was injected.
func (f *Faults) Served() map[Kind]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[Kind]int{}
	for k, n := range f.served {
		out[k] = n
	}
	return out
}

// indexing is how late the search index is.
func (f *Faults) indexing(normal time.Duration) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lagged {
		return f.lag
	}
	return normal
}

// pick takes the first fault that strikes this request. Its randomness begins
// at the same point in every run.
func (f *Faults) pick(method, route string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, x := range f.active {
		if x.Route != "" && x.Route != route && x.Route != method+" "+route {
			continue
		}
		if f.rnd == nil {
			f.rnd, f.served = rand.New(rand.NewPCG(1, 2)), map[Kind]int{}
		}
		if x.Probability > 0 && f.rnd.Float64() >= x.Probability {
			continue
		}
		f.served[x.Kind]++
		if x.Count > 0 {
			if x.Count--; x.Count == 0 {
				f.active = append(f.active[:i:i], f.active[i+1:]...)
			}
		}
		return *x, true
	}
	return Fault{}, false
}

// before injects what comes in the place of an answer; stop reports that it
// did. What must be done to the answer is the fault that it returns.
func (f *Faults) before(w http.ResponseWriter, r *http.Request, route string) (x Fault, stop bool) {
	x, hit := f.pick(r.Method, route)
	if !hit {
		return x, false
	}
	switch x.Kind {
	case Busy, Unavailable:
		x.refuse(w)
		return x, true
	case Login:
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><head><title>Log in - Jira</title></head><body><form id=\"login-form\"></form></body></html>"))
		return x, true
	case Reset:
		reset(w)
		return x, true
	case Slow:
		return x, !wait(r.Context(), time.Duration(x.Delay))
	case NearLimit:
		w.Header().Set("X-RateLimit-NearLimit", "true")
	}
	return x, false
}

// refuse answers 429 or 503.
func (x Fault) refuse(w http.ResponseWriter) {
	if x.RetryAfter != "" {
		w.Header().Set("Retry-After", x.RetryAfter)
	}
	code := http.StatusServiceUnavailable
	if x.Kind == Busy {
		code = http.StatusTooManyRequests
		w.Header().Set("X-RateLimit-Remaining", "0")
		if x.Reason != "" {
			w.Header().Set("RateLimit-Reason", x.Reason)
		}
	}
	x.Kind = ""
	x.write(w, fail(code, http.StatusText(code)))
}

// wait waits until d has passed, and reports false when ctx ended before.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset ends the connection so that the client gets a reset, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 or a recorder: ending the stream is the nearest thing
		panic(http.ErrAbortHandler)
	}
	if tcp, isTCP := conn.(*net.TCPConn); isTCP {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// write sends the answer, half of it where the fault is Truncated.
func (x Fault) write(w http.ResponseWriter, out reply) {
	body, err := out.encode()
	if err != nil {
		out.code, body = http.StatusInternalServerError, encoded(map[string][]string{"errorMessages": {err.Error()}})
	}
	if body == nil {
		w.WriteHeader(out.code)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(out.code)
	if x.Kind != Truncated {
		_, _ = w.Write(body)
		return
	}
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// ReadFaults reads a JSON list of faults, as fakejirad is sent.
func ReadFaults(data []byte) ([]Fault, error) {
	var out []Fault
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("read faults: %w", err)
	}
	for _, x := range out {
		if err := x.check(); err != nil {
			return nil, fmt.Errorf("read faults: %w", err)
		}
	}
	return out, nil
}
