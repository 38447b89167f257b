package fakeslack

import (
	"maps"
	"slices"
	"time"
)

// expire gives up the attempt with that envelope.
func (s *Server) expire(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.pending[id]; d != nil && !s.closed {
		delete(s.pending, id)
		s.miss(d, "timeout")
	}
}

// miss counts an attempt that was not acknowledged. Events are delivered again,
// nothing else is.
func (s *Server) miss(d *delivery, reason string) {
	s.count.Missed++
	switch {
	case d.done != nil && reason == "connection_failed":
		s.finish(d, outcome{err: ErrNoApp})
	case d.done != nil:
		s.finish(d, outcome{err: ErrTimeout})
	case d.kind != kindEvent:
	case d.attempt >= len(waits):
		s.count.Lost++
	default:
		d.due = s.o.Now().Add(waits[d.attempt])
		d.attempt++
		d.reason = reason
		s.later = append(s.later, d)
		s.arm()
	}
}

// arm sees to it that somebody looks at what is due later.
func (s *Server) arm() {
	if s.o.Manual || s.ticking != nil || s.closed {
		return
	}
	s.ticking = time.AfterFunc(50*time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ticking = nil
		s.tick()
	})
}

// Tick delivers what is due again and, with Options.Manual, gives up what was not
// acknowledged in time.
func (s *Server) Tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
}

func (s *Server) tick() {
	if s.closed {
		return
	}
	now := s.o.Now()
	if s.o.Manual {
		for _, id := range slices.Sorted(maps.Keys(s.pending)) {
			if d := s.pending[id]; !d.expires.After(now) {
				delete(s.pending, id)
				s.miss(d, "timeout")
			}
		}
	}
	var due []*delivery
	kept := s.later[:0]
	for _, d := range s.later {
		if d.due.After(now) {
			kept = append(kept, d)
		} else {
			due = append(due, d)
		}
	}
	s.later = kept
	for _, d := range due {
		s.send(d)
	}
	if len(s.later) > 0 {
		s.arm()
	}
}

// stopLine ends what is under way.
func (s *Server) stopLine() {
	if s.ticking != nil {
		s.ticking.Stop()
	}
	for _, d := range s.pending {
		d.stop()
		s.finish(d, outcome{err: ErrClosed})
	}
	clear(s.pending)
	s.outbox = nil
	for _, c := range s.sockets {
		c.cut()
	}
}
