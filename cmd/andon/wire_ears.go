package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"andon/cmd/andon/internal/config"
	"andon/integrations/slack"
	"andon/signals"
)

// ears is what listens to a Slack workspace: by Socket Mode where there is an
// app token, else over HTTP where there is a signing secret.
type ears struct {
	poster    *slack.Poster
	directory *slack.Directory
	watcher   *slack.Watcher
	swept     *slack.Swept
	inbox     *slack.Inbox
	socket    *slack.Socket
	http      http.Handler
	team      string
	conf      config.Slack
	owners    map[string]string // account -> person of the written roster
	missed    chan struct{}     // holds a value while Slack did not tell all that was asked of it
	once      sync.Once         // see first
}

// listed reports whether the written roster describes whose account it is.
func (e *ears) listed(account string) bool { return e.owners[account] != "" }

// who is the person behind an account, as far as the written roster tells.
func (e *ears) who(account string) string { return cmp.Or(e.owners[account], account) }

// begins readies the ears before anything is heard: what we say ourselves is not
// read, and what was missed while nobody listened is still to be read, so that what
// is due waits for it.
func (e *ears) begins() {
	e.directory.SetSelf(e.poster.Self())
	e.swept.Want(time.Time{})
}

// first learns once, at the start of a process. What takes longer than learnFirst
// is asked again, while what was missed is read.
func (e *ears) first(ctx context.Context, s *service) {
	e.once.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, learnFirst)
		defer cancel()
		e.learn(ctx, s)
	})
}

// learn asks Slack who is who, who is away, and which channels there are, joins
// those that are to be watched, and lets the history be read for what was missed.
// What cannot be asked is learnt from what is heard.
func (e *ears) learn(ctx context.Context, s *service) {
	e.directory.SetSelf(e.poster.Self())
	if err := errors.Join(e.watcher.Sync(ctx), e.names(ctx, s), e.people(ctx, s)); err != nil {
		s.log.Warn("Slack does not tell who is who and which channels there are; it is asked again", "error", err)
		select {
		case e.missed <- struct{}{}:
		default:
		}
	}
	for _, c := range e.directory.Watched() {
		s.enrol(ctx, c.ID)
	}
	e.swept.Want(time.Time{})
}

// relearn asks Slack again for what it did not tell, until the context ends: a
// service that is started while Slack is away must not be deaf until tomorrow.
func (e *ears) relearn(ctx context.Context, s *service) {
	for pause := learnRest; ; pause = min(2*pause, learnMost) {
		select {
		case <-ctx.Done():
			return
		case <-e.missed:
		case <-time.After(2 * learnMost):
			pause = learnRest / 2 // it went well for long
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		e.learn(ctx, s)
	}
}

// names takes in what the watched channels are called.
func (e *ears) names(ctx context.Context, s *service) error {
	names := make(map[string]string)
	for _, c := range e.directory.Watched() {
		names[c.ID] = c.Name
	}
	if len(names) == 0 {
		return nil
	}
	return s.bot.Accept(ctx, signals.Delivery{Rooms: names})
}

// people takes in what profiles say of people now.
func (e *ears) people(ctx context.Context, s *service) error {
	found, err := s.db.CaseEvents(ctx, 0, slack.ProfilesKey)
	if err != nil {
		return err
	}
	had := make([]*signals.Event, len(found[slack.ProfilesKey]))
	for i, entry := range found[slack.ProfilesKey] {
		had[i] = entry.Event
	}
	o := slack.PeopleOptions{Had: had, Listed: e.listed, Who: e.who, Manager: cmp.Or(e.conf.ManagerField, "-")}
	news, accounts, err := e.poster.PeopleEvents(ctx, o, s.now())
	if err != nil {
		return err
	}
	e.directory.SetPeople(accounts)
	if len(news) == 0 {
		return nil
	}
	return s.bot.Accept(ctx, signals.Delivery{Events: news})
}

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
