package slack

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are the rates that calls keep to. They run on real time whatever clock
// the rest runs on, because Slack's do. The zero value has those of Slack.
type Limits struct {
	Channel time.Duration  // least time between two posts to one channel, default 1 s
	Minute  map[string]int // calls a minute by method, for all channels together; methods that are missing have Slack's tier
	Off     bool           // no rates, and no waiting after a 429: against a fake
}

// tiers are the calls a minute that Slack allows per method and workspace, and
// does not count for others. Of chat.postMessage it says only that a workspace
// may have "several hundred".
var tiers = map[string]int{
	"chat.postMessage": 240, "chat.update": 50, "chat.delete": 50, "conversations.open": 50,
	"conversations.history": 50, "conversations.replies": 50, "auth.test": 100,
	"users.list": 20, "conversations.list": 20, "conversations.info": 50, "usergroups.list": 20, "dnd.teamInfo": 20, "dnd.info": 50,
	"views.open": 100, "views.publish": 100, "chat.postEphemeral": 100,
}

// tier is the rate of a method that is not known: Slack's second lowest.
const tier = 20

// manyChannels is how many channels are remembered before those are forgotten
// that may be written to at once anyway.
const manyChannels = 1000

// limiter keeps the rates of one workspace.
type limiter struct {
	Limits
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error

	mu       sync.Mutex
	methods  map[string]*rate.Limiter
	channels map[string]*rate.Limiter
	paused   map[string]time.Time // by method and channel: not before
}

func newLimiter(l Limits) *limiter {
	l.Channel = cmp.Or(l.Channel, time.Second)
	return &limiter{Limits: l, now: time.Now, sleep: sleep, methods: map[string]*rate.Limiter{}, channels: map[string]*rate.Limiter{}, paused: map[string]time.Time{}}
}

var (
	errPaused = errors.New("not tried: Slack has asked to wait")
	errTooFar = errors.New("not tried: its turn under Slack's rates comes after the deadline")
)

// wait returns when it is the call's turn. When that is after the deadline of
// ctx, or Slack has asked to wait, it returns at once with the time that is
// still to pass and the reason.
func (l *limiter) wait(ctx context.Context, op, channel string) (time.Duration, error) {
	if err := ctx.Err(); err != nil || l.Off {
		return 0, err
	}
	l.mu.Lock()
	now := l.now()
	if left := l.left(now, op, channel); left > 0 {
		l.mu.Unlock()
		return left, errPaused
	}
	turns := []*rate.Reservation{l.method(op).ReserveN(now, 1)}
	if channel != "" {
		turns = append(turns, l.channel(now, channel).ReserveN(now, 1))
	}
	l.mu.Unlock()
	d := time.Duration(0)
	for _, t := range turns {
		d = max(d, t.DelayFrom(now))
	}
	give := func() {
		for _, t := range turns {
			t.CancelAt(now)
		}
	}
	if end, ok := ctx.Deadline(); ok && d > end.Sub(now) {
		give()
		return d, errTooFar
	}
	if d == 0 {
		return 0, nil
	}
	if err := l.sleep(ctx, d); err != nil {
		give()
		return d, err
	}
	return 0, nil
}

// pause keeps further calls of a method, to that channel unless it is "", back
// for d.
func (l *limiter) pause(op, channel string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for k, until := range l.paused {
		if !until.After(now) {
			delete(l.paused, k)
		}
	}
	l.paused[op+" "+channel] = now.Add(d)
}

// left is how long a call is still kept back.
func (l *limiter) left(now time.Time, op, channel string) time.Duration {
	until, ok := l.paused[op+" "+channel]
	if !ok {
		return 0
	}
	return until.Sub(now)
}

func (l *limiter) method(op string) *rate.Limiter {
	if l.methods[op] == nil {
		n := cmp.Or(l.Minute[op], tiers[op], tier)
		l.methods[op] = rate.NewLimiter(rate.Limit(float64(n)/60), max(1, n/10))
	}
	return l.methods[op]
}

func (l *limiter) channel(now time.Time, id string) *rate.Limiter {
	if len(l.channels) >= manyChannels {
		for k, r := range l.channels {
			if r.TokensAt(now) >= 1 {
				delete(l.channels, k) // a new one would be the same
			}
		}
	}
	if l.channels[id] == nil {
		l.channels[id] = rate.NewLimiter(rate.Every(l.Channel), 1)
	}
	return l.channels[id]
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
