package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
)

// Socket hears from Slack by Socket Mode. Inbox and AppToken are needed. It is
// not to be copied once it runs.
//
// Slack gives each delivery to one of the connections, and closes each of them
// every few hours; with two there is always one that is open. What arrives while
// none is open is sent again after a minute and after five; what is older is in
// the history only, see Poster.Sweep.
type Socket struct {
	Inbox       *Inbox
	AppToken    string            // xapp-, with the scope connections:write
	URL         string            // of the Web API, must end in /; default Slack's
	Connections int               // default 2; Slack allows 10 for an app, of all replicas together
	Watchdog    time.Duration     // a connection on which nothing came for so long, no ping either, is opened anew; default 90 s
	Ping        time.Duration     // a connection on which no ping came for so long is opened anew by the client itself; default 30 s
	Gap         time.Duration     // least time between two openings, default 500 ms; it doubles while connections live for less than 10 s
	Off         time.Duration     // for how long Slack may say that Socket Mode is switched off before Run gives up, default 10 min
	Transport   http.RoundTripper // nil: one of its own

	// OnGap is told that no connection was open from one time until another, as
	// soon as there is one again: what was said meanwhile may have to be read from
	// the history, see Swept.Want. It must not block. nil: nobody is told.
	OnGap func(from, until time.Time)
	Now   func() time.Time // the clock of what OnGap is told; everything else is by real time. nil: time.Now

	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error

	mu    sync.Mutex
	lines []*wire
	gate  *gate
	dark  dark
}

// What ends Run besides its context. They are wrapped in a *Failure, whose Auth
// is set, because somebody has to mend the credentials or the app.
var (
	ErrInvalidAuth     = errors.New("the app token is not valid")
	ErrNotAuthed       = errors.New("there is no app token")
	ErrAccountInactive = errors.New("the app was uninstalled, or its workspace is gone")
	ErrTokenRevoked    = errors.New("the app token was revoked")
	ErrSocketModeOff   = errors.New("Socket Mode is switched off in the app's settings") //nolint:staticcheck // a proper name
)

var socketErrors = map[string]error{
	"invalid_auth": ErrInvalidAuth, "not_authed": ErrNotAuthed, "account_inactive": ErrAccountInactive, "token_revoked": ErrTokenRevoked,
}

const openSocket = "apps.connections.open"

// LineState is how one of the connections fares.
type LineState struct {
	Open      bool
	Since     time.Time // when it was opened or closed
	Heard     time.Time // when the last frame or ping came
	Opened    int       // how often it was opened
	Reason    string    // why it was last closed, as Slack says it
	Delivered int       // deliveries stored and acknowledged
	Refused   int       // not acknowledged, because they could not be stored or there were too many: Slack sends them again
	Lost      int       // acknowledgements that did not get out: Slack sends again what is stored already
}

// Lines returns how the connections fare.
func (s *Socket) Lines() []LineState {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]LineState, len(s.lines))
	for i, l := range s.lines {
		out[i] = l.state()
	}
	return out
}

// Silent tells since when, by Now, no connection is open: what was said since is
// not known. Before the first connection there is no such time.
func (s *Socket) Silent() (since time.Time, is bool) { return s.dark.silent() }

// Run listens until ctx ends, and then returns nil. It opens connections anew
// whatever closes them, ever more slowly while they do not last. It returns an
// error only when no waiting would help: see ErrInvalidAuth and the others.
func (s *Socket) Run(ctx context.Context) error {
	if err := s.setup(); err != nil {
		return err
	}
	s.dark.begins(s.Now())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	ends := make(chan error, len(s.lines))
	for _, l := range s.lines {
		wg.Go(func() {
			err := l.run(ctx)
			if err != nil {
				cancel() // the others would end so too
			}
			ends <- err
		})
	}
	wg.Wait()
	close(ends)
	var first error
	for err := range ends {
		first = cmp.Or(first, err)
	}
	return first
}

func (s *Socket) setup() error {
	s.URL = cmp.Or(s.URL, slackgo.APIURL)
	s.Watchdog, s.Ping = cmp.Or(s.Watchdog, 90*time.Second), cmp.Or(s.Ping, 30*time.Second)
	s.Gap, s.Off = cmp.Or(s.Gap, 500*time.Millisecond), cmp.Or(s.Off, 10*time.Minute)
	if s.Transport == nil {
		s.Transport = ownTransport()
	}
	if s.now == nil {
		s.now, s.sleep = time.Now, sleep
	}
	if s.Now == nil {
		s.Now = s.now
	}
	s.Connections = cmp.Or(s.Connections, 2)
	if err := s.check(); err != nil {
		return fmt.Errorf("slack Socket Mode: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate, s.lines = &gate{least: s.Gap, now: s.now, sleep: s.sleep}, nil
	for range s.Connections {
		s.lines = append(s.lines, newWire(s))
	}
	return nil
}

func (s *Socket) check() error {
	if s.Inbox == nil {
		return errors.New("there is no inbox")
	}
	if err := s.Inbox.check(); err != nil {
		return err
	}
	u, err := url.Parse(s.URL)
	switch {
	case !strings.HasPrefix(s.AppToken, "xapp-"):
		return fmt.Errorf("the app token of workspace %s begins with %q: want one that begins with xapp-, of the app's Basic Information", s.Inbox.Team, clip(s.AppToken[:min(len(s.AppToken), 5)]))
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !strings.HasSuffix(s.URL, "/"):
		return fmt.Errorf("API URL %q: want http or https with a / at its end", clip(s.URL))
	case s.Connections < 1 || s.Connections > 10:
		return fmt.Errorf("%d connections: want 1 to 10", s.Connections)
	case s.Gap < 0 || s.Ping < 0 || s.Watchdog < 0 || s.Off < 0:
		return errors.New("a time is negative")
	}
	return nil
}

func (s *Socket) log() *slog.Logger { return s.Inbox.Log }
