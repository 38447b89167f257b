package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/signals"
)

// maxTogether is how many people Slack takes into one direct message, besides
// who opens it.
const maxTogether = 8

// Together opens a direct message of some people with andon, or finds the one
// that there is, and returns its channel as a target for Post. People are ids of
// this workspace. Nobody notices it before something is posted there. It takes
// the scope mpim:write. When Slack does not let them meet, the Failure says why
// as its TerminalReason.
func (p *Poster) Together(ctx context.Context, people []string) (string, error) {
	const op = "conversations.open"
	users, err := p.accounts(op, people)
	if err != nil {
		return "", err
	}
	switch {
	case len(users) == 0:
		return "", never(op, noPerson, "nobody is named")
	case len(users) > maxTogether:
		return "", never(op, noTogether+": they are too many", "%d people; Slack takes %d", len(users), maxTogether)
	case len(users) == 1:
		s, err := p.place(ctx, op, signals.ID(signals.Slack, p.w.Team, users[0]))
		if err != nil {
			return "", err
		}
		return signals.ID(signals.Slack, p.w.Team, s.channel), nil
	}
	body, err := p.do(ctx, call{op: op}, func(ctx context.Context, api *slackgo.Client) error {
		_, _, _, err := api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: users})
		return err
	})
	if err != nil {
		return "", err
	}
	id := body.Get("channel.id").Str
	if !isID(id, "CGD") {
		return "", &Failure{Op: op, Err: fmt.Errorf("the answer has no channel but %q", clip(id))}
	}
	return signals.ID(signals.Slack, p.w.Team, strings.Clone(id)), nil
}

// accounts are the bare ids of people, sorted and each once.
func (p *Poster) accounts(op string, people []string) ([]string, error) {
	var users []string
	for _, id := range people {
		s, err := p.resolve(op, id)
		if err != nil {
			return nil, err
		}
		if s.user == "" || s.thread != "" {
			return nil, never(op, noPerson, "%q is no person", clip(id))
		}
		users = append(users, s.user)
	}
	slices.Sort(users)
	return slices.Compact(users), nil
}

// Members lists who is in a channel now, as ids made by signals.ID, sorted;
// andon itself is left out.
func (p *Poster) Members(ctx context.Context, channel string) ([]string, error) {
	const op = "conversations.members"
	id, err := p.room(op, channel)
	if err != nil {
		return nil, err
	}
	self, out := p.Self().User, []string{}
	err = p.pages(ctx, op, "members", func(ctx context.Context, api *slackgo.Client, cursor string) error {
		_, _, err := api.GetUsersInConversationContext(ctx, &slackgo.GetUsersInConversationParameters{ChannelID: id, Cursor: cursor, Limit: listPage})
		return err
	}, func(v gjson.Result) {
		if u := scalar(v); isID(u, "UW") && u != self {
			out = append(out, signals.ID(signals.Slack, p.w.Team, strings.Clone(u)))
		}
	})
	slices.Sort(out)
	return out, err
}

// Join makes andon a member of a public channel. Being one already is no error.
// It takes the scope channels:join.
func (p *Poster) Join(ctx context.Context, channel string) error {
	const op = "conversations.join"
	id, err := p.room(op, channel)
	if err != nil {
		return err
	}
	_, err = p.do(ctx, call{op: op, optional: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, _, _, err := api.JoinConversationContext(ctx, id)
		return err
	})
	return err
}

// Leave ends andon's membership of a channel. Having none is no error.
func (p *Poster) Leave(ctx context.Context, channel string) error {
	const op = "conversations.leave"
	id, err := p.room(op, channel)
	if err != nil {
		return err
	}
	_, err = p.do(ctx, call{op: op, optional: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.LeaveConversationContext(ctx, id)
		return err
	})
	var refused slackgo.SlackErrorResponse
	if errors.As(err, &refused) && refused.Err == "not_in_channel" {
		return nil
	}
	return err
}

// Permalink returns the address of a message.
func (p *Poster) Permalink(ctx context.Context, at signals.Copy) (string, error) {
	const op = "chat.getPermalink"
	channel, err := p.stands(op, at)
	if err != nil {
		return "", err
	}
	body, err := p.do(ctx, call{op: op}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.GetPermalinkContext(ctx, &slackgo.PermalinkParameters{Channel: channel, Ts: at.TS})
		return err
	})
	if err != nil {
		return "", err
	}
	if link := body.Get("permalink").Str; isWeb(link) {
		return strings.Clone(link), nil
	}
	return "", &Failure{Op: op, Err: errors.New("the answer has no address")}
}

// room is the bare id of a channel, made by signals.ID.
func (p *Poster) room(op, channel string) (string, error) {
	s, err := p.resolve(op, channel)
	if err != nil {
		return "", err
	}
	if s.channel == "" || s.thread != "" {
		return "", never(op, elsewhere, "%q is no channel", clip(channel))
	}
	return s.channel, nil
}
