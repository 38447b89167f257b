package main

import (
	"cmp"
	"context"
	"encoding/json"
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

	emails map[string]string // address in lower case -> person

	mu     sync.Mutex
	client *jira.Client
	people *jira.People
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
	s.people = &jira.People{Lookup: c.Account, Now: s.site.Now, ByEmail: func(email string) (string, bool) {
		p, ok := s.emails[strings.ToLower(email)]
		return p, ok
	}}
	return c, nil
}

// Poll implements bot.Source.
func (s *jiraSource) Poll(ctx context.Context, cursor string, emit func(context.Context, signals.Delivery, string) error) (string, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return cursor, err
	}
	out, err := s.poll(ctx, c, cursor, emit)
	if errors.Is(err, jira.ErrCursor) {
		s.site.Log.Warn("the place in Jira cannot be read: everything that is watched is read once more", "site", c.Site(), "error", err)
		return s.poll(ctx, c, "", emit)
	}
	return out, err
}

func (s *jiraSource) poll(ctx context.Context, c *jira.Client, cursor string, emit func(context.Context, signals.Delivery, string) error) (string, error) {
	return c.Poll(ctx, cursor, func(ctx context.Context, d signals.Delivery, cursor string) error {
		s.complete(ctx, c, &d)
		return emit(ctx, d, cursor)
	})
}

// HasAccount reports whether the site has an account of a person: none of an app,
// and none that was closed.
func (s *jiraSource) HasAccount(ctx context.Context, id string) (bool, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return false, err
	}
	a, err := c.Account(ctx, id)
	return err == nil && !a.Deleted && a.Type != "app", err
}

// Fetch implements bot.Source.
func (s *jiraSource) Fetch(ctx context.Context, ref string) (signals.Delivery, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return signals.Delivery{}, err
	}
	d, err := c.Fetch(ctx, ref)
	if err == nil {
		s.complete(ctx, c, &d)
	}
	return d, err
}

// complete makes of a delivery what the loop wants: what we wrote ourselves is
// nobody's word, and accounts whose person an address tells are linked to them.
func (s *jiraSource) complete(ctx context.Context, c *jira.Client, d *signals.Delivery) {
	c.MarkOwn(d.Events, true)
	if len(s.emails) == 0 {
		return
	}
	asked := make(map[string]bool)
	for _, e := range d.Events {
		ids := []string{e.Actor}
		if e.Kind == signals.Assigned {
			ids = append(ids, e.To)
		}
		for _, id := range ids {
			if id == "" || asked[id] || signals.IsBot(id) {
				continue
			}
			asked[id] = true
			if link := s.identify(ctx, id, e.At); link != nil {
				d.Events = append(d.Events, link)
			}
		}
	}
}

// identify returns the event that links an account to the person whose address
// it shows, or nil. A Jira that cannot be asked is asked again another time.
func (s *jiraSource) identify(ctx context.Context, id string, at time.Time) *signals.Event {
	person, how, ok, err := s.people.Who(ctx, signals.Bare(id))
	if err != nil {
		s.site.Log.Warn("Jira could not be asked whose an account is", "account", id, "error", err)
	}
	if err != nil || !ok || how != jira.ByEmail {
		return nil
	}
	text, err := json.Marshal(signals.Identity{Person: person, How: signals.ByEmail})
	if err != nil {
		return nil
	}
	return &signals.Event{
		ID: signals.Own + "/account/" + id + "/" + person, Case: accountsKey, Kind: signals.RosterSet, At: at, Field: "account", To: id, Text: string(text), Audience: signals.Restricted,
	}
}

// accountsKey is the key of the events that say whose an account is.
var accountsKey = signals.Key{Source: signals.Own, Site: "accounts", ID: "org"}

// addresses are the e-mail addresses of the roster.
func addresses(c *config.Config) map[string]string {
	out := make(map[string]string)
	for _, p := range c.Roster.People {
		if p.Email != "" {
			out[strings.ToLower(p.Email)] = p.ID
		}
	}
	return out
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
		s.complete(ctx, c, &d)
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
