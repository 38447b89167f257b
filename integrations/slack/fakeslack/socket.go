package fakeslack

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxSockets is how many connections an app may have.
const maxSockets = 10

// lifetime is what hello says of how long a connection lasts, in seconds.
const lifetime = 18060

// upgrader takes connections from anywhere: clients say that they come from
// https://api.slack.com, which is never this server.
var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// openSocket answers with the address of a WebSocket, good for one connection.
// It wants an app token.
func (s *Server) openSocket(a args) answer {
	switch {
	case !strings.HasPrefix(a.token, "xapp-"):
		return refuse("not_allowed_token_type")
	case s.o.AppToken != "" && a.token != s.o.AppToken:
		return refuse("invalid_auth")
	}
	s.listening = true
	ticket := s.id("ticket-")
	s.tickets[ticket] = true
	base := "ws" + strings.TrimPrefix(s.base, "http") // https becomes wss
	return answer{"ok": true, "url": base + "/link/?ticket=" + ticket + "&app_id=" + s.appID()}
}

// socket is one connection of the app.
type socket struct {
	conn *websocket.Conn
	out  chan answer
	once sync.Once
	gone chan struct{} // closed when the connection is to end

	leaving bool // gets nothing any more; guarded by the server's lock
}

// push queues a frame; it returns false when the client does not read.
func (c *socket) push(frame answer) bool {
	select {
	case c.out <- frame:
		return true
	default:
		return false
	}
}

// cut ends the connection without a word.
func (c *socket) cut() { c.once.Do(func() { close(c.gone) }) }

// link is the endpoint of the sockets.
func (s *Server) link(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	known := s.tickets[ticket] && !s.closed
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !known {
		http.Error(w, "no such ticket, or used before: ask apps.connections.open for another", http.StatusForbidden)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := &socket{conn: conn, out: make(chan answer, 1024), gone: make(chan struct{})}
	if !s.admit(c) {
		_ = conn.Close() // the server is closing
		return
	}
	defer s.busy.Done()
	var writer sync.WaitGroup
	writer.Go(func() { s.write(c) })
	s.listen(c)
	c.cut()
	writer.Wait()
	s.dismiss(c)
}

// admit adds a connection, or sends it away when there are too many.
func (s *Server) admit(c *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.busy.Add(1)
	s.count.Opened++
	s.sockets = append(s.sockets, c)
	switch {
	case s.linkOff:
		s.part(c, "link_disabled")
	case len(s.sockets) > maxSockets:
		s.part(c, "too_many_websockets")
	default:
		c.push(answer{
			"type": "hello", "num_connections": len(s.sockets), "connection_info": answer{"app_id": s.appID()},
			"debug_info": answer{"host": "applink-fake", "build_number": 1, "approximate_connection_time": lifetime},
		})
	}
	return true
}

// dismiss forgets a connection. What it did not acknowledge is missed.
func (s *Server) dismiss(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets = slices.DeleteFunc(s.sockets, func(x *socket) bool { return x == c })
	if s.closed {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(s.pending)) {
		if d := s.pending[id]; d.sock == c {
			delete(s.pending, id)
			d.stop()
			s.miss(d, "timeout")
		}
	}
}

// pick returns one connection by chance, or nil.
func (s *Server) pick() *socket {
	open := slices.DeleteFunc(slices.Clone(s.sockets), func(c *socket) bool { return c.leaving })
	if len(open) == 0 {
		return nil
	}
	return open[s.dice.IntN(len(open))]
}

// listen reads acknowledgements until the connection ends.
func (s *Server) listen(c *socket) {
	alive := func() { _ = c.conn.SetReadDeadline(time.Now().Add(3*s.o.Ping + 5*time.Second)) } // fails with the connection, as the read will
	alive()
	c.conn.SetPongHandler(func(string) error { alive(); return nil })
	c.conn.SetReadLimit(maxBody)
	for {
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		alive()
		var got struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(frame, &got) == nil && got.ID != "" {
			s.acknowledge(got.ID, len(frame), got.Payload)
		}
	}
}

// write sends frames and pings until the connection is to end. A nil frame says
// goodbye and waits for the client to leave.
func (s *Server) write(c *socket) {
	ping := time.NewTicker(s.o.Ping)
	defer ping.Stop()
	defer func() { _ = c.conn.Close() }() // ends the reader too
	for {
		var err error
		_ = c.conn.SetWriteDeadline(time.Now().Add(10 * time.Second)) // fails with the connection, as the write will
		select {
		case <-c.gone:
			return
		case frame := <-c.out:
			if frame == nil {
				err = c.conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
				_ = c.conn.SetReadDeadline(time.Now().Add(time.Second)) // a client that does not leave is left
			} else {
				err = c.conn.WriteJSON(frame)
			}
		case <-ping.C:
			err = c.conn.WriteMessage(websocket.PingMessage, []byte("Ping from applink-fake"))
		}
		if err != nil {
			return
		}
	}
}

// reasons are those of a disconnect.
var reasons = []string{"refresh_requested", "warning", "link_disabled", "too_many_websockets"}

// Disconnect tells every connection to leave. After "warning" they stay open, but
// get nothing any more; after "link_disabled" Socket Mode is off, and new
// connections are told so, until EnableLink.
func (s *Server) Disconnect(reason string) error {
	if !slices.Contains(reasons, reason) {
		return fmt.Errorf("disconnect: no reason %q; there are %v", reason, reasons)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disconnect(reason)
	return nil
}

func (s *Server) disconnect(reason string) {
	if reason == "link_disabled" {
		s.linkOff = true
	}
	for _, c := range s.sockets {
		s.part(c, reason)
	}
}

// part tells one connection to leave.
func (s *Server) part(c *socket, reason string) {
	c.leaving = true
	c.push(answer{"type": "disconnect", "reason": reason, "debug_info": answer{"host": "applink-fake"}})
	if reason != "warning" {
		c.push(nil)
	}
}

// EnableLink switches Socket Mode on again.
func (s *Server) EnableLink() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.linkOff = false
}

// Deliver sends one frame of Socket Mode or one body over HTTP as it stands,
// whatever it is, to see what the app makes of it. kind is events_api,
// slash_commands, interactive or one that there is not.
func (s *Server) Deliver(kind string, payload json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(&delivery{kind: kind, name: kind, payload: payload})
}
