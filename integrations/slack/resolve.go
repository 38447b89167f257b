package slack

import (
	"context"
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"

	"andon/signals"
)

// Admin is the target that stands for the admin channel of the workspace.
const Admin = "admin"

const elsewhere = "this is nobody and nowhere in this Slack workspace"

// spot is where a message goes, in bare ids: to a person or to a channel, and
// there perhaps into a thread.
type spot struct{ user, channel, thread string }

// resolve reads a target:
//
//	admin                    the admin channel
//	slack/TEAM/U123          the direct message with that person
//	slack/TEAM/C123          that channel
//	slack/TEAM/C123/ROOT_TS  the thread of that message
func (p *Poster) resolve(op, target string) (spot, error) {
	if target == Admin {
		if p.admin == "" {
			return spot{}, never(op, "no admin channel is configured", "target %q: name the workspace's admin channel", target)
		}
		target = p.admin
	}
	k, ok := signals.ParseKey(target)
	if !ok || k.Source != signals.Slack || k.Site != p.w.Team {
		return spot{}, never(op, elsewhere, "target %q: want %s/%s/ and the id of a person or a channel", clip(target), signals.Slack, p.w.Team)
	}
	if signals.IsBot(target) {
		return spot{}, never(op, "a program cannot be told anything", "target %q", clip(target))
	}
	id, thread, threaded := strings.Cut(k.ID, "/")
	if threaded {
		if _, err := ParseTS(thread); err != nil {
			return spot{}, never(op, elsewhere, "target %q: the thread: %w", clip(target), err)
		}
	}
	switch {
	case isID(id, "UW"):
		return spot{user: id, thread: thread}, nil
	case isID(id, "CGD"):
		return spot{channel: id, thread: thread}, nil
	}
	return spot{}, never(op, elsewhere, "target %q: ids of people begin with U or W, of channels with C, G or D", clip(target))
}

// isID reports whether s looks like a bare id with one of the first letters.
// What it lets pass may stand in markup as it is.
func isID(s, firsts string) bool {
	if len(s) < 2 || len(s) > 64 || !strings.Contains(firsts, s[:1]) {
		return false
	}
	for _, r := range s[1:] {
		if !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}

// place returns the channel and the thread of a target. For a person that is
// the direct message, which is opened when it is not known; opening it twice is
// harmless, and nobody notices it.
func (p *Poster) place(ctx context.Context, op, target string) (spot, error) {
	s, err := p.resolve(op, target)
	if err != nil || s.user == "" {
		return s, err
	}
	p.mu.Lock()
	s.channel = p.direct[s.user]
	p.mu.Unlock()
	if s.channel != "" {
		return s, nil
	}
	body, err := p.do(ctx, call{op: "conversations.open"}, func(ctx context.Context, api *slackgo.Client) error {
		_, _, _, err := api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{s.user}})
		return err
	})
	if err != nil {
		return spot{}, err
	}
	if s.channel = body.Get("channel.id").Str; !isID(s.channel, "CGD") {
		return spot{}, &Failure{Op: "conversations.open", Err: fmt.Errorf("the answer has no channel but %q", clip(s.channel))}
	}
	p.mu.Lock()
	p.direct[s.user] = s.channel
	p.mu.Unlock()
	return s, nil
}

// stands returns the bare channel of a copy. Copies that were stored without
// the workspace are taken to be of this one.
func (p *Poster) stands(op string, at signals.Copy) (string, error) {
	id := at.Channel
	if strings.Contains(id, "/") {
		s, err := p.resolve(op, id)
		if err != nil {
			return "", err
		}
		id = s.channel
	}
	if !isID(id, "CGD") {
		return "", never(op, elsewhere, "copy in channel %q: want the id of a channel", clip(at.Channel))
	}
	if _, err := ParseTS(at.TS); err != nil {
		return "", never(op, gone, "copy in channel %s: %w", id, err)
	}
	return id, nil
}
