package bot

import (
	"context"
	"slices"
)

// inside reports whether the asker is in a channel, as Slack says now. Where
// Slack does not say, what was heard of joining and leaving counts.
func (q *question) inside(channel string) bool {
	heard := q.viewer.Groups[channel]
	if q.c.Rooms == nil {
		return heard
	}
	ctx, cancel := context.WithTimeout(q.ctx, asking)
	defer cancel()
	ids, err := q.c.Rooms.Members(ctx, channel)
	if err != nil {
		q.log.Warn("who is in a channel could not be asked", "channel", channel, "error", err)
		return heard
	}
	return slices.ContainsFunc(ids, q.mine)
}
