package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"andon/bot/view"
	"andon/signals"
)

// Accept stores a delivery: it returns nil only when the delivery is safe. One
// that was stored before is accepted again, without effect.
type Accept = func(ctx context.Context, d signals.Delivery) error

// Interact answers what a person asks by hand. It is given 2.5 seconds, so that
// Slack has the answer within the three that it waits; an answer that comes
// later is delivered where that is still possible. What changes something is
// stored by it before it returns. The same asking may be heard twice, with the
// same Asked.ID.
type Interact = func(ctx context.Context, in view.Asked) (view.Reply, error)

// Inbox is where deliveries go, however they come: by Socket Mode or by HTTP.
// Team, Accept and Directory are needed. It is not to be copied.
type Inbox struct {
	Team      string // the workspace, as in ids
	Accept    Accept
	Interact  Interact     // nil: nothing can be asked
	Directory *Directory   // what is known of the workspace
	Watcher   *Watcher     // told of channels that come and go; nil: none
	Poster    *Poster      // opens modals and delivers answers; nil: only what fits into the acknowledgement is answered
	Log       *slog.Logger // nil: none
	Now       func() time.Time
	Patience  time.Duration // that Slack has for an answer, default 2.5 s

	once    sync.Once
	pending sync.WaitGroup
	mu      sync.Mutex
	heard   recent // askings that came as events
}

const (
	patience   = 2500 * time.Millisecond
	storeLimit = 10 * time.Second // for storing one delivery: later than Slack waits, for its retry is harmless
	lateLimit  = 30 * time.Second // for an answer that came too late
	manyAsks   = 5000
)

func (in *Inbox) setup() {
	in.once.Do(func() {
		in.Patience = cmp.Or(in.Patience, patience)
		in.heard.most = manyAsks
		if in.Log == nil {
			in.Log = slog.New(slog.DiscardHandler)
		}
		if in.Now == nil {
			in.Now = time.Now
		}
		if in.Directory == nil {
			in.Directory = NewDirectory(in.Team, LiveOptions{})
		}
	})
}

func (in *Inbox) check() error {
	switch {
	case !isTeam(in.Team):
		return errors.New("slack inbox: want the workspace's name as in ids, without a slash or a blank")
	case in.Accept == nil:
		return errors.New("slack inbox: there is nobody to accept deliveries")
	}
	in.setup()
	return nil
}

func isTeam(s string) bool {
	for _, r := range s {
		if r == '/' || r <= ' ' {
			return false
		}
	}
	return s != ""
}

// Wait returns when all late answers were delivered or given up.
func (in *Inbox) Wait() { in.pending.Wait() }

// take stores one delivery of the Events API. An error means that it is not
// safe and is not to be acknowledged.
func (in *Inbox) take(ctx context.Context, raw []byte) error {
	if !in.Directory.Listed() {
		in.placed(ctx, raw)
	}
	d, unread := deliveryOf(in.Team, raw, in.Now(), in.Directory.Options())
	toUs(raw, &d)
	ctx, cancel := context.WithTimeout(ctx, storeLimit)
	defer cancel()
	if err := in.Accept(ctx, d); err != nil {
		in.Log.Error("a Slack delivery could not be stored; Slack sends it again", "team", in.Team, "event", d.Envelope.ID, "error", err)
		return err
	}
	if unread != nil {
		in.Log.Warn("a Slack delivery is stored but not understood", "team", in.Team, "event", d.Envelope.ID, "error", unread)
	}
	in.Directory.Heard(raw, d.Events)
	in.notice(raw, d.Envelope.ID)
	return nil
}

// toUs takes out of a delivery what somebody wrote to andon alone: it is answered,
// and is neither watched nor kept. That it was heard is kept.
func toUs(raw []byte, d *signals.Delivery) {
	env, err := openEnvelope(raw)
	if err != nil || scalar(env.Event.Get("type")) != "message" || !strings.HasPrefix(roomOf(env.Event), "D") {
		return
	}
	d.Envelope.Body, d.Events = nil, nil
}

// interact asks once. One asking that cannot be answered does not end the rest.
func (in *Inbox) interact(ctx context.Context, asked view.Asked) (r view.Reply, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			in.Log.Error("an asking broke off", "team", in.Team, "kind", asked.Kind, "action", asked.Action, "stack", string(debug.Stack()))
			r, err = view.Reply{}, fmt.Errorf("answer %s %q: %v", asked.Kind, clip(asked.Action), broken)
		}
	}()
	return in.Interact(ctx, asked)
}

// notice does what some events ask for besides being stored.
func (in *Inbox) notice(raw []byte, id string) {
	env, err := openEnvelope(raw)
	if err != nil {
		return
	}
	if in.Watcher != nil && stirs(env, in.Directory.Options().Self) && in.first("watch/"+id) {
		in.pending.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), watchLimit)
			defer cancel()
			in.Watcher.heard(ctx, env)
		})
	}
	switch kind := scalar(env.Event.Get("type")); {
	case env.Type == "app_rate_limited":
		in.Log.Warn("Slack sends no more than 30,000 events an hour: some are lost, a sweep of the history brings them", "team", in.Team)
	case kind == "app_uninstalled", kind == "tokens_revoked":
		in.Log.Error("Slack says that andon is not installed any more", "team", in.Team, "event", kind)
	case in.Interact != nil:
		if asked, ok := askedByEvent(in.Team, env, in.Directory.Options().Self); ok && in.first(id) {
			asked.ID = id
			in.follow(asked, way{}, func(ctx context.Context) (view.Reply, error) { return in.interact(ctx, asked) })
		}
	}
}

// first reports whether an asking is new, as far as this process remembers.
func (in *Inbox) first(id string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.heard.get(id) != "" {
		return false
	}
	in.heard.put(id, "x")
	return true
}

// outcome is what Interact returned.
type outcome struct {
	reply view.Reply
	err   error
}

// ask answers what came by hand. What it returns goes into the acknowledgement;
// nil is an empty one. An error means that nothing was done, and that Slack is
// to show the person so, by having no acknowledgement. What does not fit into
// the acknowledgement follows it, so that nothing waits for it.
func (in *Inbox) ask(v gjson.Result, accepts bool) (ack any, err error) {
	asked, way := parseAsked(in.Team, v)
	way.accepts = accepts
	if asked.Kind == "" || in.Interact == nil {
		return nil, nil
	}
	done := make(chan outcome, 1)
	in.pending.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), lateLimit)
		defer cancel()
		if asked.Kind == view.Command {
			in.place(ctx, signals.Bare(asked.Channel))
		}
		r, err := in.interact(ctx, asked)
		done <- outcome{r, err}
	})
	timer := time.NewTimer(in.Patience)
	defer timer.Stop()
	select {
	case o := <-done:
		if o.err != nil {
			return in.sorry(asked, way, o.err)
		}
		ack, rest, err := in.inline(asked, o.reply, way)
		if err != nil {
			return in.sorry(asked, way, err)
		}
		in.follow(asked, way, func(context.Context) (view.Reply, error) { return rest, nil })
		return ack, nil
	case <-timer.C:
		in.Log.Warn("an answer takes longer than Slack waits", "team", in.Team, "kind", asked.Kind, "action", asked.Action)
		in.follow(asked, way, func(context.Context) (view.Reply, error) { o := <-done; return o.reply, o.err })
		return tooSlow(asked, way), nil
	}
}

// follow delivers an answer apart from the acknowledgement.
func (in *Inbox) follow(asked view.Asked, w way, reply func(context.Context) (view.Reply, error)) {
	in.pending.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), lateLimit)
		defer cancel()
		r, err := reply(ctx)
		if err == nil {
			err = in.deliver(ctx, asked, r, w)
		}
		if err != nil {
			in.Log.Error("an answer did not arrive", "team", in.Team, "kind", asked.Kind, "action", asked.Action, "error", err)
		}
	})
}

// sorry is what is said when it could not be done. A command is answered in
// words; for the rest Slack marks that it did not work.
func (in *Inbox) sorry(asked view.Asked, w way, err error) (any, error) {
	in.Log.Error("what a person asked for could not be done", "team", in.Team, "kind", asked.Kind, "action", asked.Action, "error", err)
	if asked.Kind == view.Command && w.accepts {
		return plainAnswer("andon could not do this just now. Please try again."), nil
	}
	return nil, err
}
