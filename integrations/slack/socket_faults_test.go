package slack

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
)

// TestSocketReconnects: each reason brings a new connection, and what comes on it is heard.
func TestSocketReconnects(t *testing.T) {
	s := newScript(t)
	socket, j, _ := listening(t, s)
	for i, reason := range []string{"refresh_requested", "too_many_websockets", "link_disabled", "hologram", ""} {
		p := s.next(t)
		p.event("e", said1(fmt.Sprint(i)))
		p.acked(t)
		if reason == "" {
			p.close() // without a word
		} else {
			p.send(fmt.Sprintf(`{"type":"disconnect","reason":%q,"debug_info":{"host":"x"}}`, reason))
			require.Eventually(t, func() bool { return socket.Lines()[0].Reason == reason }, 10*time.Second, time.Millisecond)
		}
	}
	p := s.next(t)
	p.event("e", said1("last"))
	p.acked(t)
	require.Len(t, j.stored(), 6)
	require.Equal(t, 6, socket.Lines()[0].Opened)
}

// clock is a time that passes only by sleeping.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept []time.Duration
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// TestSocketModeSwitchedOff: S3 and S4. slack-go would open thousands of
// connections a second; here the openings become rarer, and then it is said.
func TestSocketModeSwitchedOff(t *testing.T) {
	s := newScript(t)
	s.meet = func(p *peer) { p.send(`{"type":"disconnect","reason":"link_disabled"}`) }
	c := &clock{t: time.Unix(1600000000, 0)}
	_, _, end := listening(t, s, func(k *Socket) { k.Gap, k.Off, k.now, k.sleep = 500*time.Millisecond, 10*time.Minute, c.now, c.sleep })
	err := <-end
	end <- err
	require.ErrorIs(t, err, ErrSocketModeOff)
	require.True(t, failure(t, err).IsAuth())
	want := []time.Duration{500 * time.Millisecond}
	for d := time.Second; d < time.Minute; d *= 2 {
		want = append(want, d)
	}
	require.Equal(t, want, c.slept[:len(want)])
	require.Equal(t, time.Minute, c.slept[len(want)])
	require.Less(t, s.opened(), 25, "in ten minutes")
}

func TestPacerForgivesLongLives(t *testing.T) {
	c := &clock{t: time.Unix(1600000000, 0)}
	p := &pacer{least: time.Second, now: c.now, gate: &gate{least: time.Second, now: c.now, sleep: c.sleep}}
	p.last = c.now()
	require.Equal(t, time.Second, p.notBefore().Sub(c.now()))
	require.Equal(t, 2*time.Second, p.notBefore().Sub(c.now()))
	c.t = c.t.Add(shortLife)
	require.Equal(t, c.now(), p.notBefore())
	p.last = c.now()
	require.Equal(t, time.Second, p.notBefore().Sub(c.now()), "from the start")
}

func TestGateSpacesAllLines(t *testing.T) {
	c := &clock{t: time.Unix(1600000000, 0)}
	g := &gate{least: time.Second, now: c.now, sleep: func(context.Context, time.Duration) error { return nil }}
	start := c.now()
	require.NoError(t, g.pass(context.Background(), start))
	require.Equal(t, start.Add(time.Second), g.next)
	require.NoError(t, g.pass(context.Background(), start))
	require.Equal(t, start.Add(2*time.Second), g.next)
	require.NoError(t, g.pass(context.Background(), start.Add(time.Hour)))
	require.Equal(t, start.Add(2*time.Second), g.next, "a line that waits for an hour does not hold up the others")
}

// TestSocketGivesUp: S11, and the refusals that slack-go would repeat for ever.
func TestSocketGivesUp(t *testing.T) {
	for code, want := range map[string]error{
		"invalid_auth": ErrInvalidAuth, "account_inactive": ErrAccountInactive, "not_authed": ErrNotAuthed, "token_revoked": ErrTokenRevoked,
		"not_allowed_token_type": nil, "missing_scope": nil,
	} {
		t.Run(code, func(t *testing.T) {
			s := newScript(t)
			s.open = func(w http.ResponseWriter) bool { _, _ = fmt.Fprintf(w, `{"ok":false,"error":%q}`, code); return true }
			_, _, end := listening(t, s, func(k *Socket) { k.Connections = 2 })
			err := <-end
			end <- err
			require.True(t, failure(t, err).IsAuth())
			require.ErrorContains(t, err, code)
			if want != nil {
				require.ErrorIs(t, err, want)
			}
		})
	}
}

// TestSocketComesBack: what may pass is waited for.
func TestSocketComesBack(t *testing.T) {
	s := newScript(t)
	var mu sync.Mutex
	faults := []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, // slack-go's RunContext returns on it
		func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"ok":false,"error":"internal_error"}`)) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"ok":false,"error":"ratelimited"}`)) },
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) },
	}
	s.open = func(w http.ResponseWriter) bool {
		mu.Lock()
		defer mu.Unlock()
		if len(faults) == 0 {
			return false
		}
		faults[0](w)
		faults = faults[1:]
		return true
	}
	_, _, _ = listening(t, s)
	p := s.next(t)
	p.event("e", said1("x"))
	p.acked(t)
	require.Equal(t, 7, s.opened())
}

// TestSocketWatchdog: S13. The peer says nothing any more and does not close.
func TestSocketWatchdog(t *testing.T) {
	s := newScript(t)
	s.mute = true
	_, _, _ = listening(t, s, func(k *Socket) { k.Watchdog = 20 * time.Millisecond })
	s.next(t)
	s.next(t) // opened anew
}

// TestSocketWatchdogIsFed: pings alone keep a connection.
func TestSocketWatchdogIsFed(t *testing.T) {
	s := newScript(t)
	socket, _, _ := listening(t, s, func(k *Socket) { k.Watchdog = 2 * time.Second })
	p := s.next(t)
	require.Eventually(t, func() bool { return socket.Lines()[0].Opened == 1 }, 10*time.Second, time.Millisecond, "greeted")
	before := socket.Lines()[0].Heard
	require.Eventually(t, func() bool { p.ping(); return socket.Lines()[0].Heard.After(before) }, 10*time.Second, time.Millisecond)
	require.Equal(t, 1, socket.Lines()[0].Opened, "never opened anew")
}

// TestSocketUsesAllConnections: S12, and every line hears.
func TestSocketUsesAllConnections(t *testing.T) {
	s := newScript(t)
	socket, j, _ := listening(t, s, func(k *Socket) { k.Connections = 2 })
	a, b := s.next(t), s.next(t)
	a.send(`{"type":"disconnect","reason":"refresh_requested"}`)
	b.event("e", said1("meanwhile"))
	b.acked(t)
	s.next(t)
	require.Equal(t, []string{"Evmeanwhile"}, j.stored())
	require.Len(t, socket.Lines(), 2)
}

// TestAckWithoutConnection: S6. Acknowledging while nothing is connected ends.
func TestAckWithoutConnection(t *testing.T) {
	s := newScript(t)
	hold, asked := make(chan struct{}), make(chan view.Asked, 100)
	socket, _, _ := listening(t, s, func(k *Socket) {
		k.Gap = time.Hour // no second connection
		k.Inbox.Patience = time.Hour
		k.Inbox.Interact = func(_ context.Context, a view.Asked) (view.Reply, error) {
			asked <- a
			<-hold
			return view.Reply{}, nil
		}
	})
	p := s.next(t)
	command := []byte(`{"command":"/andon","user_id":"U1","channel_id":"C1","trigger_id":"x"}`)
	for i := range 40 {
		p.send(envelope("slash_commands", fmt.Sprint("s", i), command, ""))
	}
	for range 40 {
		<-asked
	}
	p.close()
	require.Eventually(t, func() bool { return !socket.Lines()[0].Open }, 10*time.Second, time.Millisecond)
	close(hold)
	socket.Inbox.Wait() // would never return with Ack
	require.Positive(t, socket.Lines()[0].Lost)
}

func TestSocketSetup(t *testing.T) {
	in := func() *Inbox { return &Inbox{Team: "T1", Accept: (&journal{}).accept} }
	for want, s := range map[string]*Socket{
		"no inbox":        {AppToken: "xapp-1"},
		"xapp-":           {AppToken: "xoxb-secret", Inbox: in()},
		"1 to 10":         {AppToken: "xapp-1", Inbox: in(), Connections: 11},
		"/ at its end":    {AppToken: "xapp-1", Inbox: in(), URL: "https://x.example"},
		"negative":        {AppToken: "xapp-1", Inbox: in(), Gap: -1},
		"nobody to":       {AppToken: "xapp-1", Inbox: &Inbox{Team: "T1"}},
		"without a slash": {AppToken: "xapp-1", Inbox: &Inbox{Team: "T/1", Accept: (&journal{}).accept}},
	} {
		err := s.Run(context.Background())
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "secret")
	}
}
