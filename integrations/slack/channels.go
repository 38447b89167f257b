package slack

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/signals"
)

// Conversation is a channel of a live workspace.
type Conversation struct {
	Channel       // Members and Folder are empty; Shared says: with another organisation
	Archived bool // nobody can write in it
	Member   bool // we are in it
}

// Channels lists the conversations that the token may see: public channels, and
// the private ones, group messages and direct messages that we are in. Without
// the scope for a kind Slack refuses the whole list, so kinds may be named:
// public_channel, private_channel, mpim, im. Errors are of type *Failure.
func (p *Poster) Channels(ctx context.Context, kinds ...string) ([]Conversation, error) {
	if len(kinds) == 0 {
		kinds = []string{"public_channel", "private_channel", "mpim", "im"}
	}
	var out []Conversation
	err := p.pages(ctx, "conversations.list", "channels", func(ctx context.Context, api *slackgo.Client, cursor string) error {
		_, _, err := api.GetConversationsContext(ctx, &slackgo.GetConversationsParameters{Cursor: cursor, Limit: listPage, Types: kinds})
		return err
	}, func(v gjson.Result) {
		if isID(scalar(v.Get("id")), "CGD") {
			out = append(out, p.conversation(v))
		}
	})
	return out, err
}

// Channel returns one conversation by its id, as made by signals.ID.
func (p *Poster) Channel(ctx context.Context, id string) (Conversation, error) {
	const op = "conversations.info"
	s, err := p.resolve(op, id)
	if err != nil {
		return Conversation{}, err
	}
	if s.channel == "" || s.thread != "" {
		return Conversation{}, never(op, elsewhere, "%q is no channel", clip(id))
	}
	body, err := p.do(ctx, call{op: op}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.GetConversationInfoContext(ctx, &slackgo.GetConversationInfoInput{ChannelID: s.channel})
		return err
	})
	if err != nil {
		return Conversation{}, err
	}
	return p.conversation(body.Get("channel")), nil
}

func (p *Poster) conversation(v gjson.Result) Conversation {
	id := strings.Clone(scalar(v.Get("id")))
	w := workspace{Team: p.w.Team}
	c := Conversation{Archived: v.Get("is_archived").Bool(), Member: v.Get("is_member").Bool() || v.Get("is_im").Bool() || v.Get("is_mpim").Bool()}
	c.Channel = Channel{
		ID: signals.ID(signals.Slack, p.w.Team, id), Name: strings.Clone(cmp.Or(scalar(v.Get("name")), id)), Kind: kindOfChannel(v),
		Created: created(v.Get("created")), Creator: w.person(scalar(v.Get("creator"))),
		Shared: isShared(v),
	}
	return c
}

// isShared reports whether a channel is shared with another organisation, or is
// about to be. One that is shared only within the own organisation is not.
func isShared(v gjson.Result) bool {
	return v.Get("is_ext_shared").Bool() || v.Get("is_pending_ext_shared").Bool() || len(v.Get("pending_shared").Array()) > 0 ||
		v.Get("is_shared").Bool() && !v.Get("is_org_shared").Bool()
}

// kindOfChannel reads the kind of a channel object. One that says nothing of
// being private is of unknown kind: nobody may see it.
func kindOfChannel(v gjson.Result) Kind {
	switch {
	case v.Get("is_im").Bool():
		return DirectMessage
	case v.Get("is_mpim").Bool():
		return GroupMessage
	case v.Get("is_private").Bool(), v.Get("is_group").Bool():
		return PrivateChannel
	case v.Get("is_private").Exists() && v.Get("is_channel").Bool():
		return PublicChannel
	}
	return UnknownChannel
}

// pages asks for a list page by page and gives every entry to each.
func (p *Poster) pages(ctx context.Context, op, list string, ask func(ctx context.Context, api *slackgo.Client, cursor string) error, each func(gjson.Result)) error {
	cursor := ""
	for page := 1; ; page++ {
		body, err := p.do(ctx, call{op: op, optional: true}, func(ctx context.Context, api *slackgo.Client) error { return ask(ctx, api, cursor) })
		if err != nil {
			return err
		}
		for _, v := range body.Get(list).Array() {
			each(v)
		}
		next := body.Get("response_metadata.next_cursor").Str
		if next == "" {
			return nil
		}
		if next == cursor || page == listPages {
			return &Failure{Op: op, Err: fmt.Errorf("the list could not be read to its end: stopped after %d pages", page)}
		}
		cursor = next
	}
}
