package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/tidwall/gjson"
)

// wire is one connection, opened again and again.
type wire struct {
	s     *Socket
	pacer *pacer

	mu       sync.Mutex
	st       LineState
	beat     time.Time // when the client last did anything, on real time
	offSince time.Time // since when Slack says that Socket Mode is switched off
	fatal    error
	cancel   context.CancelFunc // of the client that runs
}

func newWire(s *Socket) *wire {
	return &wire{s: s, pacer: &pacer{base: s.Transport, gate: s.gate, least: s.Gap, now: s.now}}
}

func (l *wire) state() LineState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.st
}

// run keeps the line open until ctx ends or waiting is of no use.
func (l *wire) run(ctx context.Context) error {
	for {
		err := l.once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		l.mu.Lock()
		fatal := l.fatal
		l.mu.Unlock()
		if fatal == nil {
			fatal = fatalOf(err)
		}
		if fatal != nil {
			l.s.log().Error("Slack lets nobody listen any more", "team", l.s.Inbox.Team, "error", fatal)
			return fatal
		}
		// The next opening is kept back by the pacer: nothing is to be waited for here.
		l.s.log().Warn("a Socket Mode client ended and is started again", "team", l.s.Inbox.Team, "error", err)
	}
}

// fatalOf returns the failure that no waiting mends, or nil.
func fatalOf(err error) error {
	if err == nil {
		return nil
	}
	code := err.Error()
	var refused slackgo.SlackErrorResponse
	if errors.As(err, &refused) {
		code = refused.Err
	}
	if known := socketErrors[code]; known != nil {
		return &Failure{Op: openSocket, Auth: true, Err: fmt.Errorf("%s: %w", code, known)}
	}
	if auth[code] {
		return &Failure{Op: openSocket, Auth: true, Err: err}
	}
	return nil
}

// once runs one client until it ends, or until the watchdog ends it.
func (l *wire) once(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	l.beat, l.cancel = time.Now(), cancel
	l.mu.Unlock()
	api := slackgo.New("", slackgo.OptionAppLevelToken(l.s.AppToken), slackgo.OptionAPIURL(l.s.URL), slackgo.OptionHTTPClient(&http.Client{
		Transport: l.pacer, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))
	client := socketmode.New(api, socketmode.OptionPingInterval(l.s.Ping), socketmode.OptionReadLimit(maxFrame),
		// Only its debug log tells of pings and why Slack closes a connection.
		socketmode.OptionDebug(true), socketmode.OptionLog(listener{l}))
	var wg sync.WaitGroup
	p := newPump(l, client)
	wg.Go(func() { p.drain(ctx) })
	wg.Go(func() { p.store(ctx) })
	wg.Go(func() { l.watch(ctx, cancel) })
	err := client.RunContext(ctx)
	cancel()
	wg.Wait()
	l.closed("")
	return err
}

// maxFrame bounds one frame.
const maxFrame = 16 << 20

// watch ends a client that does nothing any more. While it waits to open a
// connection it does nothing for up to five minutes, and that is right.
func (l *wire) watch(ctx context.Context, cancel context.CancelFunc) {
	const opening = 7 * time.Minute
	tick := time.NewTicker(max(l.s.Watchdog/4, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			l.mu.Lock()
			limit := l.s.Watchdog
			if !l.st.Open {
				limit += opening
			}
			silent := now.Sub(l.beat)
			l.mu.Unlock()
			if silent > limit {
				l.s.log().Warn("a Socket Mode connection is silent and is opened anew", "team", l.s.Inbox.Team, "silent", silent.Round(time.Second))
				cancel()
				return
			}
		}
	}
}

// alive notes that something came from Slack.
func (l *wire) alive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beat = time.Now()
	l.st.Heard = l.s.now()
	l.s.dark.hears(l.s.Now())
}

// working notes that the client does something.
func (l *wire) working() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beat = time.Now()
}

func (l *wire) opened() {
	l.mu.Lock()
	now := l.s.now()
	l.st.Open, l.st.Since, l.beat = true, now, time.Now()
	l.st.Opened++
	l.mu.Unlock()
	until := l.s.Now()
	if from, gap := l.s.dark.opens(l, until); gap {
		l.s.log().Warn("Slack was not heard for a while", "team", l.s.Inbox.Team, "from", from, "until", until)
		if l.s.OnGap != nil {
			l.s.OnGap(from, until)
		}
		l.s.dark.told()
	}
}

func (l *wire) closed(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.st.Open {
		l.st.Open, l.st.Since = false, l.s.now()
		l.s.dark.closes(l)
	}
	if reason != "" {
		l.st.Reason = reason
	}
}

// told takes the reason for which Slack is about to close the connection.
func (l *wire) told(reason string) {
	if reason == "warning" {
		l.s.log().Debug("Slack will close a Socket Mode connection soon", "team", l.s.Inbox.Team)
	}
	l.closed(reason)
	l.mu.Lock()
	defer l.mu.Unlock()
	if reason != "link_disabled" {
		l.offSince = time.Time{}
		if reason == "too_many_websockets" {
			l.s.log().Warn("Slack allows 10 Socket Mode connections for one app, and there are more", "team", l.s.Inbox.Team)
		}
		return
	}
	if l.offSince.IsZero() {
		l.offSince = l.s.now()
		l.s.log().Error("Slack says that Socket Mode is switched off in the app's settings", "team", l.s.Inbox.Team)
	}
	if l.s.now().Sub(l.offSince) >= l.s.Off {
		l.end(&Failure{Op: openSocket, Auth: true, Err: fmt.Errorf("link_disabled: %w", ErrSocketModeOff)})
	}
}

// end ends the client for good. It is called with the lock held.
func (l *wire) end(err error) {
	if l.fatal == nil {
		l.fatal = err
	}
	l.cancel()
}

// count changes the figures of the line.
func (l *wire) count(change func(*LineState)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.st)
}

// listener reads slack-go's debug log. Nothing of it is kept: messages stand in
// it.
type listener struct{ l *wire }

const (
	frameLog = "Received WebSocket message: "
	pingLog  = "WebSocket ping message received"
)

// Output is called for every line.
func (r listener) Output(_ int, s string) error {
	if raw, ok := strings.CutPrefix(s, frameLog); ok {
		r.l.alive()
		// A frame with a payload is no word about the connection.
		if gjson.Get(raw, "type").Str == socketmode.RequestTypeDisconnect && !gjson.Get(raw, "payload").Exists() {
			r.l.told(gjson.Get(raw, "reason").Str)
		}
		return nil
	}
	if strings.HasPrefix(s, pingLog) {
		r.l.alive()
	}
	return nil
}
