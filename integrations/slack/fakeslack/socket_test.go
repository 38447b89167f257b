package fakeslack

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// clock is a time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// wire is one plain WebSocket connection of an app.
type wire struct {
	t    *testing.T
	conn *websocket.Conn
}

func dial(t *testing.T, server *httptest.Server) *wire {
	t.Helper()
	api := slackgo.New("xoxb-1", slackgo.OptionAppLevelToken("xapp-1"), slackgo.OptionAPIURL(server.URL+"/api/"), slackgo.OptionHTTPClient(server.Client()))
	_, address, err := api.StartSocketModeContext(t.Context())
	require.NoError(t, err)
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), address, http.Header{"Origin": {"https://api.slack.com"}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return &wire{t, conn}
}

func (w *wire) next() gjson.Result {
	w.t.Helper()
	require.NoError(w.t, w.conn.SetReadDeadline(time.Now().Add(30*time.Second)))
	_, b, err := w.conn.ReadMessage()
	require.NoError(w.t, err)
	return gjson.ParseBytes(b)
}

func (w *wire) ack(frame gjson.Result, payload any) {
	w.t.Helper()
	require.NoError(w.t, w.conn.WriteJSON(map[string]any{"envelope_id": frame.Get("envelope_id").Str, "payload": payload}))
}

func TestHelloAndTickets(t *testing.T) {
	fake, _, server := stand(t, Options{Manual: true, AppToken: "xapp-1", Ping: time.Millisecond})
	a, b := dial(t, server), dial(t, server)
	hello := a.next()
	require.Equal(t, []string{"hello", "1", "18060", "AANDON"}, []string{hello.Get("type").Str, hello.Get("num_connections").Raw, hello.Get("debug_info.approximate_connection_time").Raw, hello.Get("connection_info.app_id").Str})
	require.Equal(t, "2", b.next().Get("num_connections").Raw)
	pinged := make(chan struct{})
	var once sync.Once
	a.conn.SetPingHandler(func(string) error { once.Do(func() { close(pinged) }); return nil })
	go func() { _, _, _ = a.conn.ReadMessage() }()
	<-pinged

	resp, err := server.Client().Get(server.URL + "/link/?ticket=ticket-00000001")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusForbidden, resp.StatusCode, "a ticket is good once")
	_, _, err = slackgo.New("", slackgo.OptionAppLevelToken("xapp-2"), slackgo.OptionAPIURL(server.URL+"/api/"), slackgo.OptionHTTPClient(server.Client())).StartSocketModeContext(t.Context())
	require.EqualError(t, err, "invalid_auth")
	require.Equal(t, 2, fake.Deliveries().Opened)
}

// An event goes to one connection only; without an acknowledgement it comes again
// at once, after a minute and after five, and then never.
func TestEventsAreDeliveredAgain(t *testing.T) {
	c := newClock()
	fake, _, server := stand(t, Options{Manual: true, Now: c.Now})
	w := dial(t, server)
	w.next()
	fake.Say("C1", "U1", "", "hello")
	first := w.next()
	require.Equal(t, []string{"events_api", "0", "", "false"}, []string{first.Get("type").Str, first.Get("retry_attempt").Raw, first.Get("retry_reason").Str, first.Get("accepts_response_payload").Raw})
	id := first.Get("payload.event_id").Str
	for attempt, wait := range []time.Duration{0, time.Minute, 5 * time.Minute} {
		c.add(2 * time.Second)
		fake.Tick()
		require.Equal(t, 1, fake.Deliveries().Pending, "3 s are not over")
		c.add(time.Second)
		fake.Tick()
		if wait > 0 {
			require.Equal(t, Deliveries{Sent: attempt + 1, Missed: attempt + 1, Waiting: 1, Sockets: 1, Opened: 1}, fake.Deliveries())
			c.add(wait - time.Second)
			fake.Tick()
			require.Equal(t, 1, fake.Deliveries().Waiting, "not yet due")
			c.add(time.Second)
		}
		fake.Tick()
		again := w.next()
		require.Equal(t, id, again.Get("payload.event_id").Str)
		require.NotEqual(t, first.Get("envelope_id").Str, again.Get("envelope_id").Str)
		require.Equal(t, int64(attempt+1), again.Get("retry_attempt").Int())
		require.Equal(t, "timeout", again.Get("retry_reason").Str)
	}
	c.add(time.Hour)
	fake.Tick()
	fake.Tick()
	require.Equal(t, Deliveries{Sent: 4, Missed: 4, Lost: 1, Sockets: 1, Opened: 1}, fake.Deliveries())
	w.ack(first, nil)
	require.Eventually(t, func() bool { return fake.Deliveries().Late == 1 }, time.Minute, time.Millisecond)
}

func TestEventsBetweenConnections(t *testing.T) {
	c := newClock()
	fake, _, server := stand(t, Options{Manual: true, Now: c.Now})
	fake.Say("C1", "U1", "", "before anybody listened")
	w := dial(t, server)
	w.next()
	require.NoError(t, w.conn.Close())
	require.Eventually(t, func() bool { return fake.Deliveries().Sockets == 0 }, time.Minute, time.Millisecond)
	fake.Say("C1", "U1", "", "nobody is there")
	fake.Tick()
	require.Equal(t, 1, fake.Deliveries().Waiting)
	w = dial(t, server)
	w.next()
	c.add(time.Minute)
	fake.Tick()
	got := w.next()
	require.Equal(t, []string{"nobody is there", "2", "connection_failed"}, []string{got.Get("payload.event.text").Str, got.Get("retry_attempt").Raw, got.Get("retry_reason").Str})
	w.ack(got, nil)
	require.Eventually(t, func() bool { return fake.Deliveries().Acked == 1 }, time.Minute, time.Millisecond)
	require.ErrorIs(t, clickAway(fake), ErrNoApp)
}

// clickAway asks for a command when nobody is connected.
func clickAway(fake *Server) error {
	fake.mu.Lock()
	fake.linkOff = true
	for _, s := range fake.sockets {
		s.leaving = true
	}
	fake.mu.Unlock()
	return fake.Command(context.Background(), "U1", "C1", "/andon help")
}

func TestDisconnectReasons(t *testing.T) {
	for _, reason := range reasons {
		t.Run(reason, func(t *testing.T) {
			fake, _, server := stand(t, Options{Manual: true})
			w := dial(t, server)
			w.next()
			require.NoError(t, fake.Disconnect(reason))
			got := w.next()
			require.Equal(t, []string{"disconnect", reason, "applink-fake"}, []string{got.Get("type").Str, got.Get("reason").Str, got.Get("debug_info.host").Str})
			if reason == "warning" {
				fake.Say("C1", "U1", "", "x")
				require.Equal(t, 1, fake.Deliveries().Waiting, "it gets nothing any more, but stays")
				require.Equal(t, 1, fake.Deliveries().Sockets)
				return
			}
			_, _, err := w.conn.ReadMessage()
			require.True(t, websocket.IsCloseError(err, websocket.CloseNormalClosure), "%v", err)
			again := dial(t, server).next()
			if reason == "link_disabled" {
				require.Equal(t, "disconnect", again.Get("type").Str, "until it is enabled")
				fake.EnableLink()
				again = dial(t, server).next()
			}
			require.Equal(t, "hello", again.Get("type").Str)
		})
	}
	fake, _, server := stand(t, Options{Manual: true})
	require.ErrorContains(t, fake.Disconnect("boredom"), "no reason")
	for range maxSockets {
		require.Equal(t, "hello", dial(t, server).next().Get("type").Str)
	}
	require.Equal(t, "too_many_websockets", dial(t, server).next().Get("reason").Str)
}

func TestBigResponsesAreDropped(t *testing.T) {
	c := newClock()
	fake, _, server := stand(t, Options{Manual: true, Now: c.Now})
	w := dial(t, server)
	w.next()
	ended := make(chan error, 1)
	go func() { ended <- fake.Command(context.Background(), "U1", "C1", "/andon help") }()
	got := w.next()
	require.Equal(t, []string{"slash_commands", "true", "help", "c1"}, []string{got.Get("type").Str, got.Get("accepts_response_payload").Raw, got.Get("payload.text").Str, got.Get("payload.channel_name").Str})
	w.ack(got, map[string]string{"text": strings.Repeat("x", 20_000)})
	require.Eventually(t, func() bool { return fake.Deliveries().Dropped == 1 }, time.Minute, time.Millisecond)
	c.add(4 * time.Second)
	fake.Tick()
	require.ErrorIs(t, <-ended, ErrTimeout)
	require.Empty(t, fake.Messages())
}

func TestFaultsOfDeliveries(t *testing.T) {
	fake, _, server := stand(t, Options{Manual: true})
	w := dial(t, server)
	w.next()
	texts := func(n int) (out []string) {
		for range n {
			out = append(out, w.next().Get("payload.event.text").Str)
		}
		return out
	}
	require.NoError(t, fake.Inject(Fault{Kind: Duplicate, Count: 1}, Fault{Kind: Reorder, Count: 1}))
	for _, text := range []string{"a", "b", "c", "d"} {
		fake.Say("C1", "U1", "", text)
	}
	require.Equal(t, []string{"a", "a", "c", "b", "d"}, texts(5))
	require.NoError(t, fake.Inject(Fault{Kind: Disconnect, Error: "refresh_requested", Method: "reaction_added", Count: 1}))
	ts := fake.Say("C1", "U1", "", "e")
	texts(1)
	require.NoError(t, fake.React("C1", "U1", ts, "eyes", true))
	require.Equal(t, "refresh_requested", w.next().Get("reason").Str)
	require.Equal(t, 1, fake.Deliveries().Waiting, "the event was not delivered")
	require.NoError(t, w.conn.Close())
	w = dial(t, server)
	w.next()
	fake.Tick()
	require.Equal(t, "reaction_added", w.next().Get("payload.event.type").Str)
	require.NoError(t, fake.Inject(Fault{Kind: Cut, Count: 1}))
	fake.Say("C1", "U1", "", "f")
	require.Eventually(t, func() bool { return fake.Deliveries().Sockets == 0 }, time.Minute, time.Millisecond)
	require.ErrorContains(t, fake.Inject(Fault{Kind: Disconnect, Error: "x"}), "no reason")
}
