package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"andon/bot"
	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/integrations/slack"
	"andon/signals"
)

// greet says what is watched in a channel that we came into.
func (s *service) greet(ctx context.Context, channel, by string) {
	if err := s.bot.Welcome(ctx, channel, by); err != nil {
		s.log.Warn("nothing could be said on coming into a channel", "channel", channel, "error", err)
	}
}

// invited greets a channel that andon came into, and takes in who is there.
func (s *service) invited(ctx context.Context, channel, by string) {
	s.greet(ctx, channel, by)
	s.enrol(ctx, channel)
}

// enrol takes in who is in a channel, where it is not public.
func (s *service) enrol(ctx context.Context, channel string) {
	if public, known := s.ears.directory.Public(channel); public || !known {
		return
	}
	if err := s.bot.Enrol(ctx, channel); err != nil {
		s.log.Warn("who is in a private channel could not be asked; they are known when they write, or with the next list", "channel", channel, "error", err)
	}
}

// meet greets a channel that andon is in at a start, where it came there while
// nobody listened: nothing of it was ever read, or andon was known to have left it.
func (s *service) meet(ctx context.Context, channel, by string) {
	if s.settled {
		return
	}
	known, err := s.knows(ctx, channel)
	gone, gerr := s.bot.Gone(ctx, channel)
	if err := errors.Join(err, gerr); err != nil {
		s.log.Warn("whether a channel was known before could not be looked up", "channel", channel, "error", err)
	} else if gone || !known {
		s.greet(ctx, channel, by)
	}
}

// knows reports whether the history of a channel was read, or imported.
func (s *service) knows(ctx context.Context, channel string) (bool, error) {
	read, err := s.db.Cursor(ctx, slack.CursorOf(channel))
	if err != nil || read != "" {
		return err == nil, err
	}
	_, _, count, err := s.db.RoomCases(ctx, channel, 0, 1)
	return count > 0, err
}

// leave forgets that a channel was greeted.
func (s *service) leave(ctx context.Context, channel string) {
	if err := s.bot.Goodbye(ctx, channel); err != nil {
		s.log.Warn("leaving a channel could not be noted", "channel", channel, "error", err)
	}
}

// unreadMost is how long what is due in a workspace's channels waits at most for
// what was said there and is not read yet: an answer may be among it.
const unreadMost = time.Hour

// unread reports whether something may have been said in a case's workspace that
// is not read yet, because nobody listened or what was missed is still read.
func (s *service) unread(k signals.Key) bool {
	e := s.ears
	if e == nil || k.Source != signals.Slack || k.Site != e.team {
		return false
	}
	since, is := e.swept.Behind()
	if !is && e.socket != nil {
		since, is = e.socket.Silent()
	}
	return is && s.now().Sub(since) < unreadMost
}

// hear makes the way from Slack into the journal, where one is configured.
func (s *service) hear(b *bot.Config, w config.Slack, team string, p *slack.Poster) {
	if w.AppToken == "" && w.SigningSecret == "" {
		s.log.Warn("Slack is not listened to: neither app_token nor signing_secret is given", "team", team)
		return
	}
	e := &ears{poster: p, team: team, conf: w, owners: make(map[string]string), missed: make(chan struct{}, 1)}
	for _, person := range s.c.Roster.People {
		for _, id := range person.Slack {
			e.owners[signals.ID(signals.Slack, team, id)] = person.ID
		}
	}
	e.directory = slack.NewDirectory(team, slack.LiveOptions{
		Listed: e.listed,
		Thread: func(channel, ts string) string { return s.threadOf(team, channel, ts) },
		Again:  s.takenAway,
	})
	e.directory.SetWatch(slack.Watch{Patterns: w.Channels, Named: w.Shared, On: func(channel string) (on, said bool) { return s.bot.Watches(channel) }})
	b.Public = e.directory.Public
	e.watcher = &slack.Watcher{Poster: p, Directory: e.directory, Log: s.log, Invited: s.invited, Left: s.leave, Met: s.meet}
	e.swept = &slack.Swept{
		Poster: p, Directory: e.directory, Cursor: s.db.Cursor, SetCursor: s.db.SetCursor, Log: s.log,
		Accept: func(ctx context.Context, d signals.Delivery) error { return s.bot.Accept(ctx, d) },
	}
	e.inbox = &slack.Inbox{
		Team: team, Directory: e.directory, Poster: p, Log: s.log, Now: s.now, Watcher: e.watcher,
		Accept:   func(ctx context.Context, d signals.Delivery) error { return s.bot.Accept(ctx, d) },
		Interact: func(ctx context.Context, a view.Asked) (view.Reply, error) { return s.bot.Ask(ctx, a) },
	}
	if w.AppToken != "" {
		e.socket = &slack.Socket{Inbox: e.inbox, AppToken: string(w.AppToken), URL: w.URL, Now: s.now, OnGap: func(from, _ time.Time) { e.swept.Want(from) }}
	} else {
		secrets := []string{string(w.SigningSecret)}
		if w.SigningSecretOld != "" {
			secrets = append(secrets, string(w.SigningSecretOld))
		}
		h, err := (&slack.HTTPMode{Inbox: e.inbox, Secrets: secrets}).Handler()
		if err != nil {
			s.log.Error("Slack cannot be listened to over HTTP", "error", err)
			return
		}
		e.http = h
	}
	s.ears = e
}

// isApp reports whether an account of the workspace that is listened to is an
// app's.
func (s *service) isApp(account string) bool {
	return s.ears != nil && s.ears.directory.IsApp(account)
}

// threadOf is the root of the thread that a message stands in, as the journal
// has it; "" where it has not.
func (s *service) threadOf(team, channel, ts string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	k, ok, err := s.db.CaseOf(ctx, signals.SlackThread(team, channel, ts).String())
	if err != nil || !ok {
		return ""
	}
	_, root, _ := strings.Cut(k.ID, "/")
	return root
}

// takenAway reports whether a reaction was taken away before, as the journal has
// it: another process may have heard that, or this one before its start.
func (s *service) takenAway(reaction string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	is, err := s.db.Heard(ctx, reaction+"/removed/")
	if err != nil {
		s.log.Warn("whether a reaction was taken away before could not be looked up", "error", err)
	}
	return is
}

// How long the first asking for who is who may take before what was missed is
// read: it takes minutes where there are thousands of managers to be asked for. How long Slack is left alone
// after it did not tell, at first and at most. The former two are shorter in a
// test.
var (
	learnFirst = 30 * time.Second
	learnRest  = time.Minute
)

const learnMost = time.Hour

// rest is how long Socket Mode is left alone after Slack has refused it.
const rest = 5 * time.Minute
