package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// manyHomes is of how many people is remembered what their Home tab shows.
const manyHomes = 10_000

// homeRest is how long nothing is published after Slack has said that the app
// has no Home tab.
const homeRest = time.Hour

// PublishHome makes the Home tab of a person show cards, one below the other. It
// is published only when it would change. Where the app's Home tab is switched
// off nothing is done, and that is no error: see Inspect. A Home tab takes neither
// tables nor charts, so these are told in words.
func (p *Poster) PublishHome(ctx context.Context, person string, cards []*view.Card) error {
	const op = "views.publish"
	user, _ := mentioned(p.w.Team, person)
	if user == "" {
		return never(op, elsewhere, "target %q", clip(person))
	}
	blocks, err := homeBlocks(p.w.Team, cards)
	if err != nil {
		return never(op, malformed, "the Home tab: %w", err)
	}
	raw, err := json.Marshal(blocks)
	if err != nil {
		return never(op, malformed, "write the Home tab: %w", err)
	}
	shown := fingerprint(string(raw))
	if p.homeRests() || p.shows(user) == shown {
		return nil
	}
	_, err = p.do(ctx, call{op: op, write: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.PublishViewContext(ctx, slackgo.PublishViewContextRequest{UserID: user, View: slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: blocks}}})
		return err
	})
	return p.published(user, shown, err)
}

// published remembers what came of publishing.
func (p *Poster) published(user, shown string, err error) error {
	var refused slackgo.SlackErrorResponse
	off := errors.As(err, &refused) && refused.Err == "not_enabled"
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case off:
		p.home, p.homeUntil = "off", p.w.Now().Add(homeRest)
		p.w.Log.Warn("the app has no Home tab: switch it on in the app's settings, App Home", "team", p.w.Team)
		return nil
	case err != nil:
		p.homes.put(user, "") // it is not known what it shows
		return fmt.Errorf("the Home tab of %s: %w", user, err)
	}
	p.home = "on"
	p.homes.put(user, shown)
	return nil
}

func (p *Poster) homeRests() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.home == "off" && p.w.Now().Before(p.homeUntil)
}

// shows is the hash of what the Home tab of a person shows, "" where that is not
// known.
func (p *Poster) shows(user string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.homes.get(user)
}
