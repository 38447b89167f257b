package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// Enrol takes in who is in a private channel now: what is said there may be
// shown to them, though they never wrote a word. Nothing is written of those who
// are known already. It is for channels whose history is read; of a public one
// everybody may see what is said.
func (b *Bot) Enrol(ctx context.Context, channel string) error {
	k, ok := signals.ParseKey(channel)
	if !ok || b.c.Rooms == nil {
		return nil
	}
	if err := b.toHead(ctx); err != nil {
		return fmt.Errorf("take in who is in %s: %w", channel, err)
	}
	now, err := b.c.Rooms.Members(ctx, channel)
	if err != nil {
		return fmt.Errorf("take in who is in %s: %w", channel, err)
	}
	var had []string
	if err := b.inWorld(ctx, func(w *decide.World) error { had = w.Org.Inside(channel); return nil }); err != nil {
		return err
	}
	at := b.c.Now().UTC()
	var news []*signals.Event
	for _, id := range now {
		if !slices.Contains(had, id) {
			news = append(news, membershipOf(k, id, "", at))
		}
	}
	for _, id := range had {
		if !slices.Contains(now, id) && !signals.IsBot(id) {
			news = append(news, membershipOf(k, id, "left", at))
		}
	}
	if len(news) == 0 {
		return nil
	}
	return b.Accept(ctx, signals.Delivery{Events: news})
}

// membershipOf says that somebody is in a channel, or "left".
func membershipOf(channel signals.Key, id, field string, at time.Time) *signals.Event {
	what := "joined"
	if field != "" {
		what = field
	}
	return &signals.Event{
		ID: channel.String() + "/" + what + "/" + signals.Bare(id) + "/listed/" + strconv.FormatInt(at.UnixMicro(), 10), Case: channel, Kind: signals.Joined,
		Field: field, Actor: id, To: id, At: at, Seq: signals.Seq{Entry: at.UnixMicro()}, Audience: signals.MembersOf(channel.String()),
	}
}

// asking is how long who fills in a form waits for what Slack is asked.
const asking = 1500 * time.Millisecond

// here lets who asks in a private channel see what is said there, though nobody
// heard that they came: Slack tells whether they are in it.
func (q *question) here() {
	channel := q.words.here
	if channel == "" || q.viewer.Groups[channel] || q.c.Public == nil || q.c.Rooms == nil {
		return
	}
	if public, known := q.c.Public(channel); public || !known {
		return
	}
	ctx, cancel := context.WithTimeout(q.ctx, asking)
	defer cancel()
	ids, err := q.members(ctx, channel)
	if err != nil || !slices.ContainsFunc(ids, q.mine) {
		return
	}
	if q.viewer.Groups == nil {
		q.viewer.Groups = make(map[string]bool)
	}
	q.viewer.Groups[channel] = true
}
