package bot

import (
	"context"
	"errors"
	"strings"

	"andon/bot/view"
	"andon/signals"
)

// theRoom is the channel that watch and unwatch are about: the named one, else
// where it was said.
func (q *question) theRoom(what string) (string, error) {
	if len(q.args) == 0 {
		if q.words.here == "" {
			return "", unclearf("Tell me which channel: %s #payments.", what)
		}
		return q.words.here, nil
	}
	if len(q.args) > 1 {
		return "", unclearf("One channel at a time, please: %s #payments.", what)
	}
	word := q.args[0]
	if !isRoom(word) {
		word = "#" + word
	}
	return q.words.room(word)
}

func (q *question) watch() (*view.Card, error) {
	channel, err := q.theRoom("watch")
	if err != nil {
		return nil, err
	}
	if on, said := q.brain.w.Org.Watches(channel); said && !on && channel != q.words.here && !q.viewer.Groups[channel] && !q.admin() {
		return nil, unclearf("It was said there that it is not to be watched. Say watch in that channel itself: those who are in it decide, and admins.")
	}
	q.happens(signals.Watched).Ref = channel
	name := q.placeName(channel)
	q.then = func(ctx context.Context) (view.Reply, error) {
		if q.c.Rooms != nil {
			if why := refusal(q.c.Rooms.Join(ctx, channel)); why != "" {
				q.log.Warn("a channel could not be joined", "channel", channel, "why", why)
				return q.reply(say("I would watch " + name + ", but I cannot join it: " + why + ". Invite me there, then I watch it.")), nil
			}
		}
		return q.reply(say("I watch " + name + " from now on. To end that say unwatch there.")), nil
	}
	return nil, nil
}

func (q *question) unwatch() (*view.Card, error) {
	channel, err := q.theRoom("unwatch")
	if err != nil {
		return nil, err
	}
	if channel != q.words.here && !q.viewer.Groups[channel] && !q.admin() {
		return nil, unclearf("Say unwatch in that channel itself: those who are in it decide, and admins.")
	}
	e := q.happens(signals.Watched)
	e.Ref, e.Field = channel, "off"
	name := q.placeName(channel)
	q.then = func(ctx context.Context) (view.Reply, error) {
		text := "I do not watch " + name + " any more. What I kept of it goes when its time is over."
		if q.c.Rooms != nil {
			if why := refusal(q.c.Rooms.Leave(ctx, channel)); why != "" {
				q.log.Warn("a channel could not be left", "channel", channel, "why", why)
				text += " I could not leave it: " + why + ". Please remove me there."
			}
		}
		return q.reply(say(text)), nil
	}
	return nil, nil
}

// refusal is why Slack did not do something, in words for people; "" for nothing.
func refusal(err error) string {
	var term terminal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &term) && term.TerminalReason() != "":
		return term.TerminalReason()
	}
	return "Slack does not answer just now"
}

// digest says the weekly digest now.
func (q *question) digest() (*view.Card, error) {
	if len(q.args) != 1 || !strings.EqualFold(strings.Trim(q.args[0], ",.:;!?"), "now") {
		return nil, unclearf("Say digest now.")
	}
	q.then = func(ctx context.Context) (view.Reply, error) {
		return q.digestNow(ctx, q.asked)
	}
	return nil, nil
}
