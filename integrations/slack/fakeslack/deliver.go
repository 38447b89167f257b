package fakeslack

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"time"
)

// What a person is told when the app does not answer.
var (
	ErrNoApp   = errors.New("dispatch_failed: no app is connected")
	ErrTimeout = errors.New("operation_timeout: the app did not answer in time")
	ErrClosed  = errors.New("fakeslack: the server is closed")
)

// The kinds of deliveries, as Socket Mode names them.
const (
	kindEvent    = "events_api"
	kindCommand  = "slash_commands"
	kindInteract = "interactive"
)

// waits are the times before an event is delivered again.
var waits = []time.Duration{0, time.Minute, 5 * time.Minute}

// maxResponse is the size of a response in Socket Mode from which on Slack drops
// it without a word.
const maxResponse = 20_000

// delivery is one thing to tell the app.
type delivery struct {
	kind    string
	name    string // type of the event, for faults
	payload json.RawMessage
	form    string       // over HTTP: the body, where it is no JSON
	id      string       // of its envelope, another one each time
	attempt int          // 0 for the first
	reason  string       // why it is delivered again
	done    chan outcome // somebody waits; nil for events
	sock    *socket
	timer   *time.Timer
	expires time.Time // when it counts as not acknowledged
	due     time.Time // when it is delivered again, of Options.Now
}

// outcome is what came of a delivery that somebody waits for.
type outcome struct {
	payload json.RawMessage
	err     error
}

// Deliveries counts what became of deliveries to the app.
type Deliveries struct {
	Sent    int `json:"sent"`    // on a socket or by HTTP, each attempt
	Acked   int `json:"acked"`   // acknowledged in time
	Late    int `json:"late"`    // acknowledged when it was given up, or twice
	Missed  int `json:"missed"`  // attempts that were not acknowledged
	Lost    int `json:"lost"`    // events given up after the last attempt
	Dropped int `json:"dropped"` // responses of 20 KB or more
	Pending int `json:"pending"` // not acknowledged yet
	Waiting int `json:"waiting"` // to be delivered again
	Sockets int `json:"sockets"`
	Opened  int `json:"opened"` // sockets, ever
}

// line is what stands between the workspace and the app.
type line struct {
	listening bool // somebody was there once to take events
	linkOff   bool // Socket Mode is switched off
	tickets   map[string]bool
	sockets   []*socket
	pending   map[string]*delivery
	later     []*delivery
	outbox    []*delivery // events that go over HTTP, one after the other
	posting   bool
	held      *delivery // by a fault, until after the next event
	ticking   *time.Timer
	count     Deliveries
	dice      *rand.Rand
}

func newLine() line {
	return line{tickets: map[string]bool{}, pending: map[string]*delivery{}, dice: rand.New(rand.NewPCG(1, 2))}
}

// Deliveries returns the counts so far.
func (s *Server) Deliveries() Deliveries {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.count
	c.Pending, c.Waiting, c.Sockets = len(s.pending)+len(s.outbox), len(s.later), len(s.sockets)
	return c
}

// moment is the time that deadlines of the protocol are measured with.
func (s *Server) moment() time.Time {
	if s.o.Manual {
		return s.o.Now()
	}
	return time.Now()
}

// dispatch delivers something, with the faults that are due. Events over HTTP go
// one after the other; what somebody waits for goes at once.
func (s *Server) dispatch(d *delivery) {
	if s.closed {
		s.finish(d, outcome{err: ErrClosed})
		return
	}
	f := s.nextDelivery(d.name)
	if f == nil {
		s.send(d)
		s.release()
		return
	}
	switch f.Kind {
	case Duplicate:
		twin := *d
		twin.done = nil
		s.send(d)
		s.send(&twin)
	case Reorder:
		if d.done == nil && s.held == nil {
			s.held = d
			return
		}
		s.send(d)
	case Disconnect:
		s.miss(d, "connection_failed")
		s.disconnect(f.Error)
	case Cut:
		s.send(d)
		if d.sock != nil {
			d.sock.cut()
		}
	}
	s.release()
}

// release delivers what a fault held back.
func (s *Server) release() {
	if d := s.held; d != nil {
		s.held = nil
		s.send(d)
	}
}

func (s *Server) send(d *delivery) {
	if s.address(d.kind) != "" {
		s.sendHTTP(d)
		return
	}
	c := s.pick()
	if c == nil {
		s.miss(d, "connection_failed")
		return
	}
	d.id, d.sock, d.expires = s.id("env-"), c, s.moment().Add(s.o.Ack)
	s.pending[d.id] = d
	s.count.Sent++
	if !s.o.Manual {
		id := d.id
		d.timer = time.AfterFunc(s.o.Ack, func() { s.expire(id) })
	}
	if !c.push(envelope(d)) {
		delete(s.pending, d.id)
		d.stop()
		s.miss(d, "connection_failed")
	}
}

func (d *delivery) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}

// envelope is the frame of Socket Mode.
func envelope(d *delivery) answer {
	out := answer{"type": d.kind, "envelope_id": d.id, "payload": d.payload, "accepts_response_payload": d.kind != kindEvent}
	if d.kind == kindEvent {
		out["retry_attempt"], out["retry_reason"] = d.attempt, d.reason
	}
	return out
}

// acknowledge takes what came back on a socket.
func (s *Server) acknowledge(id string, size int, payload json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if size >= maxResponse {
		s.count.Dropped++
		return
	}
	d := s.pending[id]
	if d == nil {
		s.count.Late++
		return
	}
	delete(s.pending, id)
	d.stop()
	s.count.Acked++
	s.finish(d, outcome{payload: payload})
}

func (s *Server) finish(d *delivery, o outcome) {
	if d.done != nil {
		d.done <- o // has room for the one outcome that there is
	}
}
