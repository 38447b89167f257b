package slack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// script is a Slack that speaks Socket Mode as it is told to.
type script struct {
	*httptest.Server
	conns chan *peer                       // connections, as they are opened
	meet  func(*peer)                      // called for each instead, when set
	open  func(w http.ResponseWriter) bool // answers apps.connections.open; false: as usual
	api   func(method, body string) []byte // other methods, nil: ok
	mute  bool                             // no pings

	mu    sync.Mutex
	opens int
	asked []string // other methods with their bodies
}

// peer is one connection as the server has it.
type peer struct {
	c    *websocket.Conn
	acks chan ack
	gone chan struct{}
	once sync.Once
	mu   sync.Mutex
}

type ack struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
}

func newScript(t testing.TB) *script {
	s := &script{conns: make(chan *peer, 100)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Server.Close()
	})
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	switch {
	case r.URL.Path == "/ws":
		s.connect(w, r)
	case method == openSocket:
		s.mu.Lock()
		s.opens++
		s.mu.Unlock()
		if s.open != nil && s.open(w) {
			return
		}
		_, _ = fmt.Fprintf(w, `{"ok":true,"url":"ws%s/ws"}`, strings.TrimPrefix(s.URL, "http"))
	default:
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path+" "+string(body))
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		answer := []byte(`{"ok":true,"channel":{"id":"D7"},"ts":"1600000000.000100"}`)
		if s.api != nil {
			answer = s.api(method, string(body))
		}
		_, _ = w.Write(answer)
	}
}

func (s *script) connect(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // it says that it comes from api.slack.com
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	p := &peer{c: c, acks: make(chan ack, 10_000), gone: make(chan struct{})}
	defer p.close()
	p.send(`{"type":"hello","num_connections":1,"connection_info":{"app_id":"AANDON"},"debug_info":{"host":"x"}}`)
	if !s.mute {
		p.ping()
	}
	if s.meet != nil {
		s.meet(p)
	} else {
		s.conns <- p
	}
	for {
		var a ack
		if c.ReadJSON(&a) != nil {
			return
		}
		p.acks <- a
	}
}

func (p *peer) close() { p.once.Do(func() { close(p.gone); _ = p.c.Close() }) }

func (p *peer) ping() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.c.WriteControl(websocket.PingMessage, []byte("x"), time.Now().Add(time.Second))
}

func (p *peer) send(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.c.WriteMessage(websocket.TextMessage, []byte(s))
}

// envelope wraps a payload as Socket Mode does.
func envelope(kind, id string, payload []byte, more string) string {
	return fmt.Sprintf(`{"type":%q,"envelope_id":%q,"payload":%s%s}`, kind, id, payload, more)
}

func (p *peer) event(id string, payload []byte) { p.send(envelope("events_api", id, payload, "")) }

// acked waits for one acknowledgement.
func (p *peer) acked(t testing.TB) ack {
	t.Helper()
	select {
	case a := <-p.acks:
		return a
	case <-p.gone:
		select {
		case a := <-p.acks:
			return a
		default:
		}
		require.FailNow(t, "the connection is gone")
	case <-time.After(10 * time.Second):
		require.FailNow(t, "nothing was acknowledged")
	}
	return ack{}
}

func (s *script) next(t testing.TB) *peer {
	t.Helper()
	select {
	case p := <-s.conns:
		return p
	case <-time.After(10 * time.Second):
		require.FailNow(t, "no connection was opened")
	}
	return nil
}

func (s *script) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opens
}

func (s *script) calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.asked...)
}
