package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/cmd/andon/internal/company"
	"andon/integrations/slack"
	"andon/signals"
)

// ordeal is a town in which Slack, the way there or the service goes wrong for
// a while.
type ordeal struct {
	*town
	trouble trouble
	born    time.Time
	errs    *complaints
	store   *patient
	talk    int // moments of the trouble at which somebody said something
	opened  int // connections, before one of them was closed

	pressed map[string]bool // keys of messages
	mortal  bool            // the service dies when it has said something
	deaths  int
}

// The time of an ordeal, counted from its Monday: it is stepped by the minute
// from the afternoon of Tuesday on, when nudges are due, for as long as trouble
// may last, and ends on Wednesday morning, when what was late has been said.
const (
	closely = 36*time.Hour + 59*time.Minute
	loosely = closely + 75*time.Minute
	ended   = 58 * time.Hour
)

// newOrdeal founds a town and meets its Slack.
func newOrdeal(t testing.TB, database string, x trouble) *ordeal {
	o := &ordeal{trouble: x, errs: &complaints{}}
	o.town = newTown(t, database, company.Options{Seed: 3, Weeks: 2, Issues: 200, Messages: 1500}, func(w *town) {
		o.born = w.clock.now()
		w.log = slog.New(slog.NewTextHandler(o.errs, &slog.HandlerOptions{Level: slog.LevelError}))
		w.more = func(b *bot.Config) {
			o.store = &patient{port: b.Store.(port), now: w.clock.now, dies: o.dies}
			b.Store, b.Wall = o.store, w.clock.now
			if x.deadline > 0 {
				b.Deadline = x.deadline
			}
		}
		w.ready = func(s *service) {
			s.ears.socket.Gap, s.ears.socket.Now = time.Nanosecond, w.clock.now // it doubles while connections do not last
		}
	})
	o.met()
	require.NoError(t, o.slack.Inject(x.always...))
	return o
}

// patient is a store whose sends are repeated by the town's clock: that is what
// the loop takes for real time, while the queue counts from now. A process that
// dies does so just before it marks what it has said.
type patient struct {
	port
	now  func() time.Time
	dies func(out signals.Outgoing) bool
	dead bool
}

func (p *patient) Settle(ctx context.Context, out signals.Outgoing, records []*signals.Record, again time.Time) error {
	if p.dies(out) {
		p.dead = true
		return errors.Join(errors.New("the process is gone"), p.Close()) // nothing that it still does is stored
	}
	if !again.IsZero() {
		again = time.Now().Add(again.Sub(p.now()))
	}
	return p.port.Settle(ctx, out, records, again)
}

// complaints are the errors that were logged, for somebody to act upon.
type complaints struct {
	mu    sync.Mutex
	lines []string
	deaf  bool
}

// Write takes one line of the log.
func (c *complaints) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.deaf {
		c.lines = append(c.lines, string(bytes.TrimSpace(line)))
	}
	return len(line), nil
}

// hush says whether what is logged is heard by nobody.
func (c *complaints) hush(deaf bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf = deaf
}

// but returns the complaints without those that hold one of the words.
func (c *complaints) but(words []string) (left []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, line := range c.lines {
		known := false
		for _, w := range words {
			known = known || strings.Contains(line, w)
		}
		if !known {
			left = append(left, line)
		}
	}
	return left
}

// await polls until something is so. Nothing is measured: what is waited for
// takes real time, such as a connection.
func (o *ordeal) await(what string, ok func() bool) {
	o.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			require.FailNow(o.t, "waited in vain", "%s\n%s", what, strings.Join(o.errs.but(nil), "\n"))
		}
	}
}

// met waits until the history of every channel was read for the first time.
func (o *ordeal) met() {
	o.await("the channels are met", func() bool {
		for _, c := range o.c.Channels {
			at, err := o.svc.db.Cursor(o.t.Context(), slack.CursorOf(signals.ID(signals.Slack, "T1", c.ID)))
			if err != nil || at == "" {
				return false
			}
		}
		return true
	})
}

// into is how much of the ordeal is over.
func (o *ordeal) into() time.Duration { return o.clock.now().Sub(o.born) }

// next is the next moment at which something happens. It does not depend on
// what goes wrong, so that all towns are looked at in the same moments.
func (o *ordeal) next() time.Time {
	step := 30 * time.Minute
	switch d := o.into(); {
	case d >= closely && d < loosely:
		step = time.Minute
	case o.clock.now().Hour() < 6 || o.clock.now().Hour() >= 20:
		step = time.Hour
	}
	now := o.clock.now()
	next := now.Truncate(step).Add(step)
	if from := o.born.Add(closely); now.Before(from) && next.After(from) {
		next = from
	}
	if len(o.posts) > 0 && o.posts[0].at.After(now) && o.posts[0].at.Before(next) {
		return o.posts[0].at
	}
	return next
}

// live lets the days pass.
func (o *ordeal) live() {
	amid, done := false, false
	for ; o.into() < ended; o.clock.set(o.next()) {
		x, d := o.trouble, o.into()
		if !amid && !done && x.from > 0 && d >= x.from {
			amid = true
			if x.begin != nil {
				x.begin(o)
			}
		}
		if amid && d >= x.until {
			amid, done = false, true
			require.NoError(o.t, o.heal())
			if x.end != nil {
				x.end(o)
			}
		}
		said := len(o.posts) > 0 && !o.posts[0].at.After(o.clock.now())
		if amid && x.during != nil {
			x.during(o, said)
		}
		if o.post(); amid && said {
			o.talk++
		}
		if amid && x.after != nil {
			x.after(o)
		}
		o.turn(amid)
	}
	require.True(o.t, done || o.trouble.from == 0)
	require.NoError(o.t, o.heal())
	for range 3 { // nothing of a lost attempt can arrive any more, and doubles are looked for
		o.clock.set(o.clock.now().Add(6 * time.Minute))
		o.turn(false)
	}
}

// heal ends what is injected, but for what goes wrong all the time.
func (o *ordeal) heal() error {
	o.slack.Heal()
	if o.into() >= ended {
		return nil
	}
	return o.slack.Inject(o.trouble.always...)
}

// turn does what is due now. Amid trouble a task may fail: it is done again.
func (o *ordeal) turn(amid bool) {
	ctx := o.t.Context()
	h := o.svc.handlers()
	o.slack.Tick()
	err := o.svc.db.Tick(ctx, h, o.clock.now())
	if err == nil {
		err = o.show.settle(ctx, h)
	}
	if o.store.dead {
		o.revive()
		return
	}
	if err != nil && amid {
		o.t.Logf("%v: %v", o.into(), err)
		return
	}
	require.NoError(o.t, err)
}

// revive starts the service anew, as after the process was killed.
func (o *ordeal) revive() {
	o.deaths++
	o.stop()
	o.await("its connections are gone", func() bool { return o.slack.Deliveries().Sockets == 0 })
	o.errs.hush(false)
	o.start()
}
