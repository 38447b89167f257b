package slack

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"andon/signals"
)

// Watcher keeps andon in the channels that it is to watch, and tells when it
// comes into one or has to leave. Poster and Directory are needed. It is not to
// be copied.
type Watcher struct {
	Poster    *Poster
	Directory *Directory
	Log       *slog.Logger // nil: none

	// Invited is told that andon came into a channel that it watches, and who
	// brought it: "" where it came by itself, Unknown where nobody says. Left is
	// told that it is no longer in one. Met is told once, with the first list, of
	// every channel that andon is in and watches: it may have been invited while
	// nobody listened. The same may be told again. nil: nobody is told.
	Invited func(ctx context.Context, channel, by string)
	Left    func(ctx context.Context, channel string)
	Met     func(ctx context.Context, channel, by string)

	mu     sync.Mutex
	listed bool // the channels were listed before
	denied bool // it was said that the scope to join is missing
}

// Unknown stands for somebody who invited andon while nobody listened.
const Unknown = "unknown"

// watchLimit is for what an event asks for.
const watchLimit = 30 * time.Second

// Sync asks Slack for the channels, and joins the public ones that are to be
// watched. What has changed since it was asked last is told to Invited and Left,
// because events may have been lost. A channel that cannot be joined is logged,
// and the others are joined all the same. Errors are of type *Failure.
func (w *Watcher) Sync(ctx context.Context) error {
	ctx = WithLane(ctx, LaneNotice)
	all, err := w.Poster.Conversations(ctx)
	if err != nil {
		return err
	}
	before := w.members()
	w.Directory.SetChannels(all)
	w.mu.Lock()
	known := w.listed
	w.listed = true
	w.mu.Unlock()
	if known {
		w.compare(ctx, before, w.members())
	} else if w.Met != nil {
		for _, c := range w.Directory.Watched() {
			w.Met(ctx, c.ID, w.brought(c, ""))
		}
	}
	for _, c := range all {
		if err := w.join(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watcher) members() map[string]bool {
	w.Directory.mu.Lock()
	defer w.Directory.mu.Unlock()
	out := make(map[string]bool)
	for _, c := range w.Directory.rooms {
		if c.Member && (c.Kind == PublicChannel || c.Kind == PrivateChannel) {
			out[c.ID] = true
		}
	}
	return out
}

func (w *Watcher) compare(ctx context.Context, before, now map[string]bool) {
	for id := range now {
		if !before[id] {
			w.arrived(ctx, id, "")
		}
	}
	for id := range before {
		if !now[id] {
			w.left(ctx, id)
		}
	}
}

// brought is who brought andon into a channel, as far as is known.
func (w *Watcher) brought(c Conversation, by string) string {
	if watch, _, _ := w.Directory.about(signals.Bare(c.ID)); by == "" && !watch.wants(c) {
		return Unknown
	}
	return by
}

// join joins a channel that is to be watched and can be joined. Only what would
// hold for the next channel too is an error.
func (w *Watcher) join(ctx context.Context, c Conversation) error {
	watch, _, _ := w.Directory.about(signals.Bare(c.ID))
	if c.Member || c.Archived || c.Kind != PublicChannel || !watch.wants(c) || !w.Directory.Watches(c.ID) || w.mayNot() {
		return nil
	}
	err := w.Poster.Join(ctx, c.ID)
	var refused slackgo.SlackErrorResponse
	var f *Failure
	switch {
	case err == nil:
		w.Directory.mu.Lock()
		w.Directory.change(signals.Bare(c.ID), func(n *Conversation) { n.Member = true })
		w.Directory.mu.Unlock()
		w.log().Info("andon joined a channel that the configuration names", "team", w.Poster.w.Team, "channel", c.ID)
		return nil
	case errors.As(err, &refused) && refused.Err == "missing_scope":
		w.mu.Lock()
		w.denied = true
		w.mu.Unlock()
		w.log().Warn("andon joins no channel by itself, because the token lacks the scope channels:join: add it, or invite andon", "team", w.Poster.w.Team)
		return nil
	case errors.As(err, &f) && f.Terminal != "":
		w.log().Warn("a channel cannot be joined", "team", w.Poster.w.Team, "channel", c.ID, "error", err)
		return nil
	}
	return err
}

func (w *Watcher) mayNot() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.denied
}

// heard does what an event asks for. It is called after the Directory has learnt
// of it.
func (w *Watcher) heard(ctx context.Context, env outer) {
	e, id := env.Event, roomOf(env.Event)
	if env.Type != "event_callback" || !isID(id, "CG") {
		return
	}
	channel := signals.ID(signals.Slack, w.Directory.team, id)
	switch kind := scalar(e.Get("type")); {
	case kind == "channel_created", kind == "channel_rename":
		if err := w.named(ctx, channel); err != nil {
			w.log().Warn("a channel could not be joined; it is tried again with the next list", "team", w.Poster.w.Team, "channel", channel, "error", err)
		}
	case kind == "member_joined_channel" && selfIn(e, w.Directory.Options().Self):
		by := ""
		if s := scalar(e.Get("inviter")); isID(s, "UW") {
			by = signals.ID(signals.Slack, w.Directory.team, s)
		}
		w.arrived(ctx, channel, by)
	case kind == "member_left_channel" && selfIn(e, w.Directory.Options().Self), kind == "channel_left", kind == "group_left":
		w.left(ctx, channel)
	}
}

// named joins a channel that got its name, where it is to be watched. Events come
// in any order, so Slack is asked what it is called now.
func (w *Watcher) named(ctx context.Context, channel string) error {
	watch, _, _ := w.Directory.about(signals.Bare(channel))
	if len(watch.Patterns) == 0 && len(watch.List) == 0 {
		return nil
	}
	c, err := w.Poster.Channel(ctx, channel)
	if err != nil {
		return err
	}
	w.Directory.learn(c)
	return w.join(ctx, c)
}

// stirs reports whether heard does anything for such an event.
func stirs(env outer, self Self) bool {
	switch scalar(env.Event.Get("type")) {
	case "channel_created", "channel_rename", "channel_left", "group_left":
		return true
	case "member_joined_channel", "member_left_channel":
		return selfIn(env.Event, self)
	}
	return false
}

// arrived tells of a channel that andon came into. The event does not say what
// channel that is, so Slack is asked.
func (w *Watcher) arrived(ctx context.Context, channel, by string) {
	c, err := w.Poster.Channel(ctx, channel)
	if err != nil {
		w.log().Warn("Slack does not describe a channel that andon came into", "team", w.Poster.w.Team, "channel", channel, "error", err)
	} else {
		c.Member = true
		w.Directory.learn(c)
	}
	if !w.Directory.Watches(channel) {
		w.log().Info("andon is in a channel that it does not watch", "team", w.Poster.w.Team, "channel", channel)
		return
	}
	if w.Invited != nil {
		_, c, _ := w.Directory.about(signals.Bare(channel))
		w.Invited(ctx, channel, w.brought(c, by))
	}
}

func (w *Watcher) left(ctx context.Context, channel string) {
	if w.Left != nil {
		w.Left(ctx, channel)
	}
}

func (w *Watcher) log() *slog.Logger {
	if w.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return w.Log
}
