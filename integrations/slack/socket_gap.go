package slack

import (
	"sync"
	"time"
)

// dark tells when no connection was open. What was heard last counts, not when a
// connection was closed: one that is half open hears nothing for a while before
// that is noticed.
type dark struct {
	mu    sync.Mutex
	open  map[*wire]bool
	heard time.Time // when something was heard last, on any connection
	since time.Time // of the gap; zero while a connection is open, and before the first
	began time.Time // when the first connection was asked for; zero once there was one
	owed  time.Time // since of a gap that is over, until OnGap was told of it
}

// firstOpening is how long the first connection may take before the time until then
// counts as a gap: what is read at a start may have been read before it.
const firstOpening = 30 * time.Second

// begins notes that connections are asked for.
func (d *dark) begins(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.began.IsZero() && d.heard.IsZero() {
		d.began = now
	}
}

// opens notes that a line is open, and returns when the gap began that ends with
// it; ok is false when there was none.
func (d *dark) opens(l *wire, now time.Time) (from time.Time, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		d.open = make(map[*wire]bool)
	}
	from, ok = d.since, !d.since.IsZero()
	if !d.began.IsZero() && now.Sub(d.began) > firstOpening {
		from, ok = d.began, true
	}
	d.began = time.Time{}
	d.open[l], d.since, d.heard = true, time.Time{}, now
	if ok {
		d.owed = from
	}
	return from, ok
}

// told notes that OnGap knows of the gap that is over.
func (d *dark) told() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.owed = time.Time{}
}

// silent tells since when nothing was heard that nobody else knows of yet.
func (d *dark) silent() (since time.Time, is bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	since = d.since
	if since.IsZero() {
		since = d.owed
	}
	return since, !since.IsZero()
}

// hears notes that something came.
func (d *dark) hears(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.After(d.heard) {
		d.heard = now
	}
}

// closes notes that a line is closed.
func (d *dark) closes(l *wire) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.open[l] {
		return
	}
	delete(d.open, l)
	if len(d.open) == 0 {
		d.since = d.heard
	}
}
