package fakeslack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// glance is how often an open page has the bar looked at, on the wall clock.
const glance = 500 * time.Millisecond

// changed tells the pages that something is new.
func (s *Server) changed(string) {
	for w := range s.watchers {
		select {
		case w <- struct{}{}:
		default: // it knows already
		}
	}
}

// showChanges is a stream of server-sent events: a number whenever something
// changed, and an event named bar whenever the bar looks different.
func (s *Server) showChanges(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	news := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[news] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watchers, news)
		s.mu.Unlock()
	}()
	out := http.NewResponseController(w)
	tell := func(format string, args ...any) bool {
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && out.Flush() == nil
	}
	var look <-chan time.Time
	if !s.o.Bar.empty() {
		t := time.NewTicker(glance)
		defer t.Stop()
		look = t.C
	}
	last, n := "", 0
	ok := tell("data: %d\n\n", n)
	for ok {
		if b, err := json.Marshal(s.o.Bar.face()); look != nil && err == nil && string(b) != last {
			last = string(b)
			if !tell("event: bar\ndata: %s\n\n", b) {
				return
			}
		}
		select {
		case <-news:
			n++
			ok = tell("data: %d\n\n", n)
		case <-look:
		case <-r.Context().Done():
			return
		case <-s.quit:
			return
		}
	}
}
