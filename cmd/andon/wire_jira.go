package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/integrations/jira"
	"andon/signals"
	"andon/store"
)

// jiraOptions is how the issues of a configured site are read.
func jiraOptions(j config.Jira) jira.Options {
	o := jira.Options{Site: cmp.Or(j.Site, "jira"), Team: j.TeamField, Level: j.LevelField, Fields: j.Fields, Done: j.Done, Audience: signals.Public}
	if j.Audience == "restricted" {
		o.Audience = signals.MembersOf(signals.ID(signals.Jira, o.Site, "browse")) // nobody is known to be in it
	}
	return o
}

// jiraSite is how a configured site is reached.
func jiraSite(j config.Jira, now func() time.Time, log *slog.Logger) jira.Site {
	expires, err := config.Date(j.TokenExpires)
	if err != nil || j.TokenExpires == "" {
		expires = time.Time{}
	}
	return jira.Site{
		URL: j.URL, User: j.User, Token: string(j.Token), TokenExpires: expires, Watch: j.Watch, Read: jiraOptions(j), Now: now, Log: log,
	}
}

// jiraSource is a Jira site as the loop asks it. It is dialled when it is first
// asked, so that a site that is down does not keep the rest from starting.
type jiraSource struct {
	conf config.Jira
	site jira.Site
	db   *store.DB

	mu     sync.Mutex
	client *jira.Client
}

func (s *jiraSource) dial(ctx context.Context) (*jira.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		return s.client, nil
	}
	c, err := jira.Dial(ctx, s.site)
	if err != nil {
		return nil, err
	}
	if s.conf.Audience == "project" {
		c.FollowAudiences(0)
	}
	for _, f := range c.Check(ctx) {
		s.site.Log.Warn("Jira is not as the configuration says", "site", c.Site(), "bad", f.Bad, "what", f.What, "do", f.Do)
	}
	s.client = c
	return c, nil
}

// Poll implements bot.Source.
func (s *jiraSource) Poll(ctx context.Context, cursor string, emit func(context.Context, signals.Delivery, string) error) (string, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return cursor, err
	}
	return c.Poll(ctx, cursor, func(ctx context.Context, d signals.Delivery, cursor string) error {
		c.MarkOwn(d.Events, true)
		return emit(ctx, d, cursor)
	})
}

// Fetch implements bot.Source.
func (s *jiraSource) Fetch(ctx context.Context, ref string) (signals.Delivery, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return signals.Delivery{}, err
	}
	d, err := c.Fetch(ctx, ref)
	c.MarkOwn(d.Events, true)
	return d, err
}

// lookBack is how far a nightly comparison goes back: two days, so that one
// that was missed is made up for.
const lookBack = 48 * time.Hour

// Reconcile implements bot.Reconciler.
func (s *jiraSource) Reconcile(ctx context.Context, emit func(context.Context, signals.Delivery) error) error {
	c, err := s.dial(ctx)
	if err != nil {
		return err
	}
	var failed error
	known := func(id string) (time.Time, bool) {
		body, ok, err := s.db.LatestEnvelope(ctx, c.Source(), id+"@")
		if err != nil {
			failed = err
		}
		_, at, whole := jira.Updated(body)
		return at, ok && whole
	}
	open := func(yield func(string) bool) {
		failed = errors.Join(failed, s.db.Wishes(ctx, signals.Jira, func(k signals.Key) bool {
			return k.Site != c.Site() || strings.HasPrefix(k.ID, "label:") || yield(k.ID)
		}))
	}
	marked := func(ctx context.Context, d signals.Delivery) error {
		c.MarkOwn(d.Events, true)
		return emit(ctx, d)
	}
	if err := c.Reconcile(ctx, s.site.Now().Add(-lookBack), known, open, marked); err != nil {
		return err
	}
	if failed != nil {
		return fmt.Errorf("compare with what is stored of %s: %w", c.Source(), failed)
	}
	return nil
}

// Write implements bot.Writer.
func (s *jiraSource) Write(ctx context.Context, k signals.Key, label string, n bot.Note) error {
	c, err := s.dial(ctx)
	if err != nil {
		return err
	}
	w := jira.Writer{C: c, Projects: make(map[string]jira.WriteBack)}
	for _, p := range s.conf.WriteBack {
		set := jira.WriteBack{Comment: p.Comment, RemoteLink: p.RemoteLink, Customers: p.Customers}
		if p.Role != "" {
			set.Visibility = jira.Visibility{Type: "role", Value: p.Role}
		}
		w.Projects[p.Project] = set
	}
	return w.Confirmed(ctx, k.ID, label, jira.Note{ID: n.ID, Text: n.Text, URL: n.URL, Title: n.Title})
}

// stats tells how many requests were sent to the site, and how many of its
// issues could not be read; ok is false while it was not reached yet.
func (s *jiraSource) stats() (site string, requests, quarantined int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return "", 0, 0, false
	}
	st := s.client.Stats()
	return s.client.Site(), st.Requests, st.Quarantined, true
}

func (s *jiraSource) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		s.client.Close()
	}
}
