package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/signals"
)

const (
	findSkew  = time.Minute    // how far Slack's clock may be behind ours
	findBack  = 24 * time.Hour // how far is looked back where it is not said
	findPage  = 200            // messages a page, the most that Slack recommends
	findPages = 200            // more are not read
)

// Find returns where our messages with that key stand, of those that were
// posted since a time, oldest first: in the channel, in the direct message, or,
// for the target of a thread, in the thread. Nothing found, without an error,
// means that all there is was read.
func (p *Poster) Find(ctx context.Context, target, key string, since time.Time) ([]signals.Copy, error) {
	const op = "conversations.history"
	if key == "" {
		return nil, &Failure{Op: op, Err: errors.New("there is no key to look for")}
	}
	s, err := p.place(ctx, op, target)
	if err != nil {
		return nil, err
	}
	if since.IsZero() {
		since = p.w.Now().Add(-findBack)
	}
	search := &search{spot: s, oldest: formatTS(since.Add(-findSkew))}
	var found []signals.Copy
	for cursor, page := "", 1; ; page++ {
		body, err := p.page(ctx, search, cursor)
		if err != nil {
			return nil, err
		}
		for _, m := range body.Get("messages").Array() {
			if p.ours(m, key) {
				found = append(found, signals.Copy{Channel: signals.ID(signals.Slack, p.w.Team, s.channel), TS: m.Get("ts").Str})
			}
		}
		next := body.Get("response_metadata.next_cursor").Str
		if !body.Get("has_more").Bool() && next == "" {
			break
		}
		if next == "" || next == cursor || page == findPages {
			return nil, &Failure{Op: search.op(), Err: fmt.Errorf("the history of %s could not be read to its end: stopped after %d pages", s.channel, page)}
		}
		cursor = next
	}
	slices.SortFunc(found, func(a, b signals.Copy) int { return cmp.Compare(a.TS, b.TS) })
	return slices.Compact(found), nil
}

// search is what Find looks through.
type search struct {
	spot
	oldest string
}

func (s *search) op() string {
	if s.thread != "" {
		return "conversations.replies"
	}
	return "conversations.history"
}

// page reads one page. Replies are in no history, so those of a thread are
// asked for as such.
func (p *Poster) page(ctx context.Context, s *search, cursor string) (gjson.Result, error) {
	return p.do(ctx, call{op: s.op()}, func(ctx context.Context, api *slackgo.Client) error {
		if s.thread != "" {
			_, _, _, err := api.GetConversationRepliesContext(ctx, &slackgo.GetConversationRepliesParameters{
				ChannelID: s.channel, Timestamp: s.thread, Cursor: cursor, Oldest: s.oldest, Limit: findPage, IncludeAllMetadata: true,
			})
			return err
		}
		_, err := api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
			ChannelID: s.channel, Cursor: cursor, Oldest: s.oldest, Limit: findPage, IncludeAllMetadata: true,
		})
		return err
	})
}

// ours reports whether a message carries the key and is not known to be of
// somebody else, who may have copied it.
func (p *Poster) ours(m gjson.Result, key string) bool {
	meta := m.Get("metadata")
	if meta.Get("event_type").Str != eventType || meta.Get("event_payload.key").Str != key {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bot == "" || m.Get("bot_id").Str == p.bot
}

// formatTS is the inverse of ParseTS.
func formatTS(t time.Time) string {
	us := max(t.UnixMicro(), 0)
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}
