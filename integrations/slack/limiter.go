package slack

import (
	"cmp"
	"context"
	"errors"
	"slices"
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
	"conversations.members": 100, "conversations.join": 50, "conversations.leave": 50, "chat.getPermalink": 100,
	"files.getUploadURLExternal": 100, "files.completeUploadExternal": 100, "files.info": 100,
	"users.profile.get": 100, "team.profile.get": 50,
}

// tier is the rate of a method that is not known: Slack's second lowest.
const tier = 20

// manyChannels is how many channels are remembered before those are forgotten
// that may be written to at once anyway.
const manyChannels = 1000

// limiter keeps the rates of one workspace. Calls that wait for the same rate go
// one after the other, those of the more urgent lane first.
type limiter struct {
	Limits
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error

	mu       sync.Mutex
	serial   int
	methods  map[string]*queue
	channels map[string]*queue
	paused   map[string]Hold // by method and channel
}

// queue is one rate, and the calls that wait for it.
type queue struct {
	rate    *rate.Limiter
	spare   float64 // calls at once that are left to more urgent lanes by the least urgent
	waiting []*turn
}

// turn is one call that waits.
type turn struct {
	lane   Lane
	serial int
}

// Hold is a method, or a method in one channel, that is not called because Slack
// has asked to wait.
type Hold struct {
	Method  string
	Channel string    // bare id; "" for all of them
	Since   time.Time // on real time
	Until   time.Time
}

func newLimiter(l Limits) *limiter {
	l.Channel = cmp.Or(l.Channel, time.Second)
	return &limiter{Limits: l, now: time.Now, sleep: sleep, methods: map[string]*queue{}, channels: map[string]*queue{}, paused: map[string]Hold{}}
}

// longestNap is after how long a call that waits looks again: others before it
// may have given up.
const longestNap = 5 * time.Second

var (
	errPaused = errors.New("not tried: Slack has asked to wait")
	errTooFar = errors.New("not tried: its turn under Slack's rates comes after the deadline")
)

// wait returns when it is the call's turn. When that is after the deadline of
// ctx, or Slack has asked to wait, it returns at once with the time that is
// still to pass and the reason. While it waits, more urgent calls may come in
// between.
func (l *limiter) wait(ctx context.Context, op, channel string) (time.Duration, error) {
	if err := ctx.Err(); err != nil || l.Off {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serial++
	t := &turn{laneOf(ctx), l.serial}
	queues := []*queue{l.method(op)}
	if channel != "" {
		queues = append(queues, l.channel(l.now(), channel))
	}
	for _, q := range queues {
		q.waiting = append(q.waiting, t)
	}
	defer func() {
		for _, q := range queues {
			q.waiting = slices.DeleteFunc(q.waiting, func(w *turn) bool { return w == t })
		}
	}()
	for {
		now, d := l.now(), time.Duration(0)
		if left := l.left(now, op, channel); left > 0 {
			return left, errPaused
		}
		for _, q := range queues {
			d = max(d, q.delay(now, t))
		}
		if d == 0 {
			for _, q := range queues {
				q.rate.ReserveN(now, 1)
			}
			return 0, nil
		}
		if end, ok := ctx.Deadline(); ok && d > end.Sub(now) {
			return d, errTooFar
		}
		l.mu.Unlock()
		err := l.sleep(ctx, min(d, longestNap))
		l.mu.Lock()
		if err != nil {
			return d, err
		}
	}
}

// delay is how long a call has to wait, as it looks now: until there are enough
// calls free for those before it and for itself. Nothing is reserved, so that
// whoever is more urgent can still come before it.
func (q *queue) delay(now time.Time, t *turn) time.Duration {
	const hair = 1e-6 // of a call: what rounding may take away
	wanted := 1.0
	for _, w := range q.waiting {
		if w.lane < t.lane || w.lane == t.lane && w.serial < t.serial {
			wanted++
		}
	}
	if t.lane == LaneDigest {
		wanted += q.spare
	}
	missing := wanted - q.rate.TokensAt(now)
	if missing <= hair {
		return 0
	}
	return time.Duration(missing / float64(q.rate.Limit()) * float64(time.Second))
}

// pause keeps further calls of a method, to that channel unless it is "", back
// for d.
func (l *limiter) pause(op, channel string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for k, h := range l.paused {
		if !h.Until.After(now) {
			delete(l.paused, k)
		}
	}
	h := Hold{Method: op, Channel: channel, Since: now, Until: now.Add(d)}
	if old, ok := l.paused[op+" "+channel]; ok {
		h.Since = old.Since
	}
	l.paused[op+" "+channel] = h
}

// left is how long a call is still kept back.
func (l *limiter) left(now time.Time, op, channel string) time.Duration {
	h, ok := l.paused[op+" "+channel]
	if !ok {
		return 0
	}
	return h.Until.Sub(now)
}

// held lists what is not called for now.
func (l *limiter) held() []Hold {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var out []Hold
	for _, h := range l.paused {
		if h.Until.After(now) {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b Hold) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Channel, b.Channel))
	})
	return out
}

func (l *limiter) method(op string) *queue {
	if l.methods[op] == nil {
		n := cmp.Or(l.Minute[op], tiers[op], tier)
		burst := max(1, n/10)
		l.methods[op] = &queue{rate: rate.NewLimiter(rate.Limit(float64(n)/60), burst), spare: float64(burst / 4)}
	}
	return l.methods[op]
}

func (l *limiter) channel(now time.Time, id string) *queue {
	if len(l.channels) >= manyChannels {
		for k, q := range l.channels {
			if len(q.waiting) == 0 && q.rate.TokensAt(now) >= 1 {
				delete(l.channels, k) // a new one would be the same
			}
		}
	}
	if l.channels[id] == nil {
		l.channels[id] = &queue{rate: rate.NewLimiter(rate.Every(l.Channel), 1)}
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
