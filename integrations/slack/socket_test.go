package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// journal is where a test stores deliveries.
type journal struct {
	mu   sync.Mutex
	ids  []string
	seen map[string]signals.Delivery
	err  error
	hold chan struct{} // storing waits for it, when set
}

func (j *journal) accept(ctx context.Context, d signals.Delivery) error {
	if j.hold != nil {
		select {
		case <-j.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return j.err
	}
	if j.seen == nil {
		j.seen = map[string]signals.Delivery{}
	}
	if _, ok := j.seen[d.Envelope.ID]; !ok {
		j.ids = append(j.ids, d.Envelope.ID)
	}
	j.seen[d.Envelope.ID] = d
	return nil
}

func (j *journal) fail(err error) { j.mu.Lock(); j.err = err; j.mu.Unlock() }

func (j *journal) stored() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string{}, j.ids...)
}

func (j *journal) get(id string) signals.Delivery {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seen[id]
}

// listening runs a Socket against a script until the test ends.
func listening(t testing.TB, s *script, change ...func(*Socket)) (*Socket, *journal, chan error) {
	t.Helper()
	j := &journal{}
	socket := &Socket{
		Inbox: &Inbox{Team: "T1", Accept: j.accept, Directory: NewDirectory("T1", LiveOptions{Self: Self{User: "UANDON"}})}, AppToken: "xapp-1",
		URL: s.URL + "/api/", Connections: 1, Gap: time.Millisecond, Ping: time.Hour, Watchdog: time.Hour,
	}
	for _, c := range change {
		c(socket)
	}
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- socket.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		s.CloseClientConnections()
		select {
		case err := <-end:
			end <- err
		case <-time.After(10 * time.Second):
			t.Error("Run does not end")
		}
		socket.Inbox.Wait()
		if tr, ok := socket.Transport.(*http.Transport); ok {
			tr.CloseIdleConnections()
		}
	})
	return socket, j, end
}

func said1(text string) []byte {
	return delivered(fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": text, "ts": "1600000100.000200"}, fields{"event_id": "Ev" + text})
}

func TestSocketStoresThenAcknowledges(t *testing.T) {
	s := newScript(t)
	socket, j, _ := listening(t, s)
	p := s.next(t)
	p.event("e1", said1("one"))
	require.Equal(t, "e1", p.acked(t).ID)
	d := j.get("Evone")
	require.Equal(t, "slack/T1", d.Envelope.Source)
	require.JSONEq(t, string(said1("one")), string(d.Envelope.Body))
	require.Equal(t, "one", d.Events[0].Text)

	p.send(envelope("events_api", "e1", said1("one"), `,"retry_attempt":1,"retry_reason":"timeout"`)) // S7: heard again, it is acknowledged again
	require.Equal(t, "e1", p.acked(t).ID)
	p.send(envelope("events_api", "e2", said1("late"), `,"retry_attempt":3,"retry_reason":"timeout"`)) // the retry is the only one that arrives
	require.Equal(t, "e2", p.acked(t).ID)
	require.Equal(t, []string{"Evone", "Evlate"}, j.stored())
	require.True(t, socket.Lines()[0].Open)
}

// TestSocketAcknowledgesWhatIsNotUnderstood: S5, slack-go refuses these.
func TestSocketAcknowledgesWhatIsNotUnderstood(t *testing.T) {
	s := newScript(t)
	_, j, _ := listening(t, s)
	p := s.next(t)
	inner := delivered(fields{"type": "hologram_projected", "event_ts": "1600000100.0"}, fields{"event_id": "EvHolo"})
	block := delivered(fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "x", "ts": "1600000100.000200", "blocks": []any{fields{"type": "section", "text": 7}}}, fields{"event_id": "EvBlock"})
	limited := []byte(`{"type":"app_rate_limited","team_id":"T1","minute_rate_limited":1600000000,"api_app_id":"A1"}`)
	p.event("a", inner)
	p.event("b", block)
	p.event("c", limited)
	p.send(envelope("holograms", "d", []byte(`{"x":1}`), ""))
	p.send(`{"type":"holograms","envelope_id":"e"}`)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		require.Equal(t, id, p.acked(t).ID)
	}
	require.Len(t, j.stored(), 5)
	require.Equal(t, "x", j.get("EvBlock").Events[0].Text, "what we understand is read all the same")
	require.Empty(t, j.get("EvHolo").Events)
	require.Equal(t, inner, j.get("EvHolo").Envelope.Body)
}

func TestSocketDoesNotAcknowledgeWhatIsNotStored(t *testing.T) {
	s := newScript(t)
	socket, j, _ := listening(t, s)
	p := s.next(t)
	j.fail(errors.New("the disk is full"))
	p.event("e1", said1("one"))
	require.Eventually(t, func() bool { return socket.Lines()[0].Refused == 1 }, 10*time.Second, time.Millisecond)
	j.fail(nil)
	p.event("e2", said1("two"))
	require.Equal(t, "e2", p.acked(t).ID, "and nothing for e1")
	require.Equal(t, []string{"Evtwo"}, j.stored())
}

// TestSocketStaysAwakeWhileStoringIsSlow: S1 and S2. The store stands still while
// far more comes than slack-go's buffer holds; the connection stays, and what is
// too much is not acknowledged.
func TestSocketStaysAwakeWhileStoringIsSlow(t *testing.T) {
	s := newScript(t)
	socket, j, _ := listening(t, s, func(k *Socket) { k.Inbox.Team = "T1" })
	hold := make(chan struct{})
	j.hold = hold
	p := s.next(t)
	const extra = 100
	for i := range pumpQueue + extra {
		p.event(fmt.Sprint("e", i), said1(fmt.Sprint(i)))
	}
	require.Eventually(t, func() bool { return socket.Lines()[0].Refused >= extra-1 }, 20*time.Second, time.Millisecond)
	close(hold)
	for range pumpQueue {
		p.acked(t)
	}
	require.Equal(t, 1, socket.Lines()[0].Opened, "still the first connection")
	require.Equal(t, 1, s.opened())
}

// TestLogHoldsNoText: neither messages nor tokens get into the log.
func TestLogHoldsNoText(t *testing.T) {
	var b lockedBuffer
	s := newScript(t)
	socket, _, _ := listening(t, s, func(k *Socket) {
		k.AppToken = "xapp-hush"
		k.Inbox.Log = slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	p := s.next(t)
	p.event("e1", said1("private"))
	p.event("e2", delivered(fields{"type": "message", "channel": "C1", "text": "private"}))
	p.acked(t)
	p.acked(t)
	p.send(`{"type":"disconnect","reason":"too_many_websockets"}`)
	s.next(t)
	require.Equal(t, 2, socket.Lines()[0].Delivered)
	require.Contains(t, b.String(), "not understood")
	require.NotContains(t, b.String(), "private")
	require.NotContains(t, b.String(), "hush")
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Clone(l.b.String())
}
