package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/integrations/slack"
	"andon/signals"
)

// ears is what listens to a Slack workspace: by Socket Mode where there is an
// app token, else over HTTP where there is a signing secret.
type ears struct {
	poster    *slack.Poster
	directory *slack.Directory
	inbox     *slack.Inbox
	socket    *slack.Socket
	http      http.Handler
}

// hear makes the way from Slack into the journal, where one is configured.
func (s *service) hear(w config.Slack, team string, p *slack.Poster) {
	if w.AppToken == "" && w.SigningSecret == "" {
		s.log.Warn("Slack is not listened to: neither app_token nor signing_secret is given", "team", team)
		return
	}
	listed := make(map[string]bool)
	for _, person := range s.c.Roster.People {
		for _, id := range person.Slack {
			listed[signals.ID(signals.Slack, team, id)] = true
		}
	}
	e := &ears{poster: p}
	e.directory = slack.NewDirectory(team, slack.LiveOptions{
		Listed: func(id string) bool { return listed[id] },
		Thread: func(channel, ts string) string { return s.threadOf(team, channel, ts) },
	})
	e.inbox = &slack.Inbox{
		Team: team, Directory: e.directory, Poster: p, Log: s.log, Now: s.now,
		Accept:   func(ctx context.Context, d signals.Delivery) error { return s.bot.Accept(ctx, d) },
		Interact: func(ctx context.Context, a view.Asked) (view.Reply, error) { return s.bot.Ask(ctx, a) },
	}
	if w.AppToken != "" {
		e.socket = &slack.Socket{Inbox: e.inbox, AppToken: string(w.AppToken), URL: w.URL}
	} else {
		h, err := (&slack.HTTPMode{Inbox: e.inbox, Secrets: []string{string(w.SigningSecret)}}).Handler()
		if err != nil {
			s.log.Error("Slack cannot be listened to over HTTP", "error", err)
			return
		}
		e.http = h
	}
	s.ears = e
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

// learn asks Slack who is who and which channels there are. What cannot be asked
// is learnt from what is heard.
func (e *ears) learn(ctx context.Context, s *service) {
	e.directory.SetSelf(e.poster.Self())
	people, err := e.poster.People(ctx)
	if err == nil {
		e.directory.SetPeople(people)
	}
	channels, cerr := e.poster.Channels(ctx)
	if cerr == nil {
		e.directory.SetChannels(channels)
	}
	if err := errors.Join(err, cerr); err != nil {
		s.log.Warn("Slack does not tell who is who and which channels there are; it is asked again tomorrow", "error", err)
	}
}

// rest is how long Socket Mode is left alone after Slack has refused it.
const rest = 5 * time.Minute

// run listens until the context ends. Credentials that Slack refuses may be
// mended while the service runs, so it tries again, seldom.
func (e *ears) run(ctx context.Context, s *service) {
	defer e.inbox.Wait()
	for {
		err := e.socket.Run(ctx)
		if ctx.Err() != nil {
			return
		}
		s.log.Error("Slack is not heard", "again_in", rest, "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
	}
}
