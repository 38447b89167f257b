package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/signals"
)

// sweepBack is how much older than the gap a thread may be whose replies are
// looked for: Slack lists threads by their first message only.
const sweepBack = 14 * 24 * time.Hour

// Sweep reads what was said in a channel since a time, replies included, and
// gives a delivery for each message to emit, oldest first, with the event ids
// that the live ones have. It is for after a gap: what was heard already is
// heard again, without effect.
//
// What a history does not tell: messages that were deleted, reactions that were
// taken away, when a reaction was put on, what an edited message said before,
// and replies to a message that is more than 14 days older than the gap.
//
// channel is made by signals.ID. What emit returns ends the sweep; every other
// error is of type *Failure.
func (p *Poster) Sweep(ctx context.Context, channel string, oldest time.Time, o LiveOptions, emit func(ctx context.Context, d signals.Delivery) error) error {
	s, err := p.resolve("conversations.history", channel)
	if err != nil {
		return err
	}
	if s.channel == "" || s.thread != "" {
		return never("conversations.history", elsewhere, "%q is no channel", clip(channel))
	}
	w := &sweep{p: p, spot: s, oldest: oldest, seen: make(map[string]bool)}
	if err := w.read(ctx); err != nil {
		return err
	}
	slices.SortStableFunc(w.found, func(a, b swept) int { return a.at.Compare(b.at) })
	for _, m := range w.found {
		if err := ctx.Err(); err != nil {
			return &Failure{Op: "conversations.history", Err: err}
		}
		d, unread := deliveryOf(p.w.Team, m.envelope(s.channel, o), p.w.Now(), o)
		if unread != nil {
			p.w.Log.Warn("a message of the history is not understood", "team", p.w.Team, "channel", s.channel, "ts", m.ts, "error", unread)
		}
		if err := emit(ctx, d); err != nil {
			return fmt.Errorf("sweep %s: %w", s.channel, err)
		}
	}
	return nil
}

// sweep is one reading of a channel.
type sweep struct {
	p      *Poster
	spot   spot
	oldest time.Time
	seen   map[string]bool // by ts: a broadcast reply stands in both lists
	found  []swept
}

// swept is a message of the history.
type swept struct {
	at  time.Time
	ts  string
	raw string
}

func (w *sweep) read(ctx context.Context) error {
	var threads []string
	err := w.list(ctx, &search{spot: w.spot, oldest: formatTS(w.oldest.Add(-sweepBack))}, func(m gjson.Result) {
		w.take(m)
		if latest, err := ParseTS(scalar(m.Get("latest_reply"))); m.Get("reply_count").Int() > 0 && (err != nil || !latest.Before(w.oldest)) {
			threads = append(threads, strings.Clone(scalar(m.Get("ts"))))
		}
	})
	if err != nil {
		return err
	}
	for _, root := range threads {
		err := w.list(ctx, &search{spot: spot{channel: w.spot.channel, thread: root}, oldest: formatTS(w.oldest)}, w.take)
		var refused slackgo.SlackErrorResponse
		if errors.As(err, &refused) && refused.Err == "thread_not_found" {
			continue // deleted since
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list goes through all pages.
func (w *sweep) list(ctx context.Context, s *search, each func(gjson.Result)) error {
	for cursor, page := "", 1; ; page++ {
		body, err := w.p.page(ctx, s, cursor)
		if err != nil {
			return err
		}
		for _, m := range body.Get("messages").Array() {
			each(m)
		}
		next := body.Get("response_metadata.next_cursor").Str
		if !body.Get("has_more").Bool() && next == "" {
			return nil
		}
		if next == "" || next == cursor || page == findPages {
			return &Failure{Op: s.op(), Err: fmt.Errorf("the history of %s could not be read to its end: stopped after %d pages", w.spot.channel, page)}
		}
		cursor = next
	}
}

// take keeps a message that lies in the gap, or was edited in it.
func (w *sweep) take(m gjson.Result) {
	ts := scalar(m.Get("ts"))
	at, err := ParseTS(ts)
	if err != nil || w.seen[ts] {
		return
	}
	edited, err := ParseTS(scalar(m.Get("edited.ts")))
	if at.Before(w.oldest) && (err != nil || edited.Before(w.oldest)) {
		return
	}
	ts = strings.Clone(ts)
	w.seen[ts] = true
	w.found = append(w.found, swept{at: at, ts: ts, raw: strings.Clone(m.Raw)})
}

// envelope wraps a message as a live delivery is, so that it can be read again
// in the same way. Its id changes with the message: an edit is news.
func (m swept) envelope(channel string, o LiveOptions) []byte {
	event := make(map[string]json.RawMessage)
	if json.Unmarshal([]byte(m.raw), &event) != nil {
		event = map[string]json.RawMessage{"ts": quoted(m.ts)}
	}
	event["type"], event["channel"] = quoted(cmp.Or(gjson.Get(m.raw, "type").Str, "message")), quoted(channel)
	if t := channelTypes[o.Kinds[channel]]; t != "" {
		event["channel_type"] = quoted(t)
	}
	inner, err := json.Marshal(event)
	if err != nil {
		inner = []byte("{}")
	}
	out, err := json.Marshal(map[string]any{
		"type": "event_callback", "event_id": "history/" + channel + "/" + m.ts + "/" + strings.TrimPrefix(fingerprint(m.raw), "hash:"),
		"event_time": m.at.Unix(), "api_app_id": o.Self.App, "event": json.RawMessage(inner),
	})
	if err != nil {
		return inner
	}
	return out
}

var channelTypes = map[Kind]string{PublicChannel: "channel", PrivateChannel: "group", GroupMessage: "mpim", DirectMessage: "im"}

func quoted(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return b
}
