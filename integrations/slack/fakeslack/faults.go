package fakeslack

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is the kind of a fault.
type Kind string

// The kinds of faults. "Stored" means that the call takes effect all the same.
const (
	Limited       Kind = "limited"        // 429 with Retry-After
	LimitedBare   Kind = "limited-bare"   // 429 without it
	LimitedOK     Kind = "limited-ok"     // 200 with the error "ratelimited"
	Unavailable   Kind = "unavailable"    // 503, with Retry-After when it is given
	Hang          Kind = "hang"           // no answer, nothing stored
	HangStored    Kind = "hang-stored"    // stored, but no answer
	Reset         Kind = "reset"          // connection reset, nothing stored
	ResetStored   Kind = "reset-stored"   // stored, then the connection is reset
	Slow          Kind = "slow"           // answered after Delay
	Refused       Kind = "refused"        // 200 with the error that is named
	Page          Kind = "page"           // 200 with HTML, as from a proxy
	CutStored     Kind = "cut-stored"     // stored, but half of the answer is missing
	GatewayStored Kind = "gateway-stored" // stored, then 504
	Behind        Kind = "behind"         // history and replies lack what is younger than Delay
	NoReplies     Kind = "no-replies"     // replies lack all but the root
)

// The kinds of faults that hit deliveries to the app, not requests. Method is the
// type of the event then, such as message, or slash_commands or interactive.
const (
	Duplicate  Kind = "duplicate"  // delivered twice
	Reorder    Kind = "reorder"    // an event is delivered after the next one
	Disconnect Kind = "disconnect" // not delivered: all sockets are told to leave, Error says why
	Cut        Kind = "cut"        // delivered, and its socket breaks without a word
)

var kinds = []Kind{Limited, LimitedBare, LimitedOK, Unavailable, Hang, HangStored, Reset, ResetStored, Slow, Refused, Page, CutStored, GatewayStored, Behind, NoReplies}

var deliveryKinds = []Kind{Duplicate, Reorder, Disconnect, Cut}

// Fault says what goes wrong with which requests. The first fault in the order
// of their injection that fits a request and is due hits it.
type Fault struct {
	Kind       Kind   `json:"kind"`
	Method     string `json:"method,omitempty"`      // "" fits all
	Channel    string `json:"channel,omitempty"`     // the channel or the people it is about, as the call names them; "" fits all
	Error      string `json:"error,omitempty"`       // for Refused; for Disconnect its reason
	RetryAfter int    `json:"retry_after,omitempty"` // seconds
	DelayMS    int    `json:"delay_ms,omitempty"`    // for Slow and Behind; for Hang the longest time, 0 for until the client gives up
	Skip       int    `json:"skip,omitempty"`        // so many that fit pass first
	Every      int    `json:"every,omitempty"`       // then every n-th, default each
	Count      int    `json:"count,omitempty"`       // so many are hit, 0 for until cleared
}

type fault struct {
	Fault
	seen, hit int
}

// Check says what is wrong with a fault.
func (f Fault) Check() error {
	switch {
	case !slices.Contains(kinds, f.Kind) && !slices.Contains(deliveryKinds, f.Kind):
		return fmt.Errorf("fault: no kind %q; there are %v and %v", f.Kind, kinds, deliveryKinds)
	case (f.Kind == Refused || f.Kind == Disconnect) != (f.Error != ""):
		return fmt.Errorf("fault %s: error goes with the kinds %s and %s, and only with them", f.Kind, Refused, Disconnect)
	case f.Kind == Disconnect && !slices.Contains(reasons, f.Error):
		return fmt.Errorf("fault %s: no reason %q; there are %v", f.Kind, f.Error, reasons)
	case f.RetryAfter < 0 || f.DelayMS < 0 || f.Skip < 0 || f.Every < 0 || f.Count < 0:
		return fmt.Errorf("fault %s: no number may be below 0", f.Kind)
	case f.Kind == Slow && f.DelayMS == 0:
		return errors.New("fault slow: delay_ms says how slow")
	}
	return nil
}

// Inject adds faults to those there are. None is added when one is wrong.
func (s *Server) Inject(faults ...Fault) error {
	for _, f := range faults {
		if err := f.Check(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &fault{Fault: f})
	}
	return nil
}

// Heal takes all faults away. What one of them held back is delivered.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	s.release()
}

// next returns the fault that hits this request, or nil. It counts.
func (s *Server) next(method, channel string) *Fault { return s.due(kinds, method, channel) }

// nextDelivery returns the fault that hits this delivery, or nil. It counts.
func (s *Server) nextDelivery(name string) *Fault { return s.due(deliveryKinds, name, "") }

func (s *Server) due(of []Kind, method, channel string) *Fault {
	for _, f := range s.faults {
		if !slices.Contains(of, f.Kind) {
			continue
		}
		if f.Method != "" && f.Method != method || f.Channel != "" && f.Channel != channel || f.Count > 0 && f.hit == f.Count {
			continue
		}
		f.seen++
		if n := f.seen - f.Skip; n > 0 && (n-1)%max(f.Every, 1) == 0 {
			f.hit++
			return &f.Fault
		}
	}
	return nil
}

// serve answers a request by doing it, in the way that the fault says.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, f *Fault, do func() answer) {
	if s.o.Scopes != nil {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.o.Scopes, ","))
	}
	if f == nil {
		write(w, do())
		return
	}
	if f.RetryAfter > 0 || f.Kind == Limited {
		w.Header().Set("Retry-After", strconv.Itoa(max(f.RetryAfter, 1)))
	}
	switch f.Kind {
	case Limited, LimitedBare:
		if f.Kind == LimitedBare {
			w.Header().Del("Retry-After")
		}
		w.WriteHeader(http.StatusTooManyRequests)
	case LimitedOK:
		write(w, refuse("ratelimited"))
	case Unavailable:
		w.WriteHeader(http.StatusServiceUnavailable)
	case Refused:
		write(w, refuse(f.Error))
	case Page:
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<html><body>Please sign in</body></html>") // the client may be gone
	case Behind, NoReplies:
		write(w, do())
	case Slow:
		s.wait(r, f)
		write(w, do())
	case Hang, Reset:
		s.abandon(w, r, f)
	default:
		do()
		s.abandon(w, r, f)
	}
}

// abandon ends a request without a proper answer.
func (s *Server) abandon(w http.ResponseWriter, r *http.Request, f *Fault) {
	switch f.Kind {
	case Hang, HangStored:
		s.wait(r, f)
		panic(http.ErrAbortHandler) // closes the connection, without a log line
	case Reset, ResetStored:
		reset(w)
	case GatewayStored:
		w.WriteHeader(http.StatusGatewayTimeout)
	case CutStored:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		_, _ = fmt.Fprint(w, `{"ok":true,"chan`)
		_ = http.NewResponseController(w).Flush() // the head must be out before the connection breaks
		panic(http.ErrAbortHandler)
	}
}

// wait holds a request until the delay is over, the client gives up or the
// server closes.
func (s *Server) wait(r *http.Request, f *Fault) {
	var over <-chan time.Time
	if f.DelayMS > 0 {
		timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-r.Context().Done():
	case <-s.quit:
	}
}

// reset closes the connection so that the client sees a reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // not a plain connection: closing it has to do
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a close then sends RST; where it cannot, a close will do
	}
	_ = conn.Close() // it is meant to break
}
