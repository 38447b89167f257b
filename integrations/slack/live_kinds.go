package slack

import (
	"context"
	"time"

	"andon/signals"
)

// Public reports whether a channel is public, as Slack said last; channel is made
// by signals.ID. Where Slack has not said, known is false.
func (d *Directory) Public(channel string) (public, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kind := d.now.Kinds[signals.Bare(channel)]
	return kind == PublicChannel, kind != UnknownChannel
}

// Listed reports whether the channels were listed. Until then it is not known in
// which ones andon is, and of what kind those are that events do not tell of.
func (d *Directory) Listed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.listed
}

// placing is how long a delivery waits for Slack to say what channel it is about.
const placing = time.Second

// place asks Slack what channel something happened in, by its bare id, where that
// is not known: before the channels are listed, a reaction would be seen by nobody.
func (in *Inbox) place(ctx context.Context, channel string) {
	if in.Poster == nil || !isID(channel, "CG") || in.Directory.Listed() {
		return
	}
	id := signals.ID(signals.Slack, in.Team, channel)
	if _, known := in.Directory.Public(id); known {
		return
	}
	ctx, cancel := context.WithTimeout(WithLane(ctx, LaneAnswer), placing)
	defer cancel()
	c, err := in.Poster.Channel(ctx, id)
	if err != nil {
		in.Log.Warn("Slack does not describe a channel: what happens there is shown to nobody for now", "team", in.Team, "channel", id, "error", err)
		return
	}
	in.Directory.learn(c)
}

// placed is place for a delivery that does not say of what kind its channel is.
func (in *Inbox) placed(ctx context.Context, raw []byte) {
	env, err := openEnvelope(raw)
	if err != nil || env.Type != "event_callback" {
		return
	}
	if room := roomOf(env.Event); kindOf(room, scalar(env.Event.Get("channel_type"))) == UnknownChannel {
		in.place(ctx, room)
	}
}
