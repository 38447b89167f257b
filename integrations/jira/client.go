package jira

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gojira "github.com/andygrunwald/go-jira"

	"andon/signals"
)

// Site says how to reach one Jira site and what to watch there.
type Site struct {
	Name string // as in keys and ids (Options.Site); default Read.Site, then "jira"
	URL  string // base URL, with a context path if there is one; also https://api.atlassian.com/ex/jira/CLOUDID

	// User and Token are the credentials. With a user they are sent as basic
	// auth (Cloud: e-mail and API token), without one the token is sent as
	// Bearer (Data Center: personal access token). Neither means anonymous.
	User, Token  string
	TokenExpires time.Time // zero: unknown

	Watch   []string      // JQL, each one a scope to watch, without ORDER BY; empty stands for every issue
	Read    Options       // how to read issues; Done is completed from the statuses of the site
	Overlap time.Duration // how far each poll looks back behind its cursor; default 15m
	Timeout time.Duration // of one request with its answer; default 30s

	Now       func() time.Time  // what time it is for cursors and deliveries; default time.Now. Waiting is done in real time
	Transport http.RoundTripper // nil: a transport of its own, which Close shuts
	Log       *slog.Logger      // default: nothing is logged
}

const (
	defaultOverlap = 15 * time.Minute
	defaultTimeout = 30 * time.Second
)

// Client talks to one Jira site. It is made by Dial and safe for concurrent use.
type Client struct {
	site   Site
	scopes []scope
	api    *gojira.Client
	own    *http.Transport // nil when the transport was given
	log    *slog.Logger
	gates  *gates

	cloud    bool
	about    serverInfo
	me       Myself
	fields   []Field
	statuses []siteStatus
	opts     Options // Site.Read with the site's name and its closed statuses

	// reading tells how one assembled issue is to be read. It may be replaced
	// before the client is used, to narrow the audience by the issue's project.
	reading func(ctx context.Context, body []byte) (Options, error)

	// Real time and waiting in it; tests put their own here.
	clock func() time.Time
	sleep func(ctx context.Context, d time.Duration) error

	skew     atomic.Int64 // nanoseconds that Jira's clock is ahead of ours, by the Date header
	dated    atomic.Bool  // skew is known
	unbulked atomic.Bool  // changelog/bulkfetch is not there
	stats    stats
	short    sync.Map // issue ids whose changelog stayed incomplete, so that it is said once
}

// Stats counts what a client did since it was made.
type Stats struct {
	Requests    int64 // requests sent, repetitions included
	Retries     int64 // repetitions among them
	Refused     int64 // calls that were not sent, since Jira had asked to wait for longer
	Issues      int64 // issues that were fetched whole
	Quarantined int64 // issues among them that could not be read
}

type stats struct{ requests, retries, refused, issues, quarantined atomic.Int64 }

// Stats returns the present counts.
func (c *Client) Stats() Stats {
	return Stats{
		Requests: c.stats.requests.Load(), Retries: c.stats.retries.Load(), Refused: c.stats.refused.Load(),
		Issues: c.stats.issues.Load(), Quarantined: c.stats.quarantined.Load(),
	}
}

// Cloud reports whether the site is Jira Cloud and not Data Center.
func (c *Client) Cloud() bool { return c.cloud }

// Site returns the name of the site, as in keys and ids.
func (c *Client) Site() string { return c.opts.Site }

// Source is the Envelope.Source of the site's deliveries.
func (c *Client) Source() string { return signals.Jira + "/" + c.opts.Site }

// Options returns how the client reads issues: those of Site.Read with the
// closed statuses of the site. Normalize with them derives the same events from
// the body of an envelope again.
func (c *Client) Options() Options {
	o := c.opts
	o.Done, o.Fields, o.AudienceOf = slices.Clone(o.Done), slices.Clone(o.Fields), maps.Clone(o.AudienceOf)
	return o
}

// Close shuts idle connections. The client must not be used afterwards.
func (c *Client) Close() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}

// newClient makes a client that has not spoken to its site yet.
func newClient(s Site) (*Client, error) {
	if s.Name == "" {
		s.Name = s.Read.Site
	}
	s.Read.Site = s.Name
	opts := s.Read.withDefaults()
	s.Name = opts.Site
	if s.Overlap <= 0 {
		s.Overlap = defaultOverlap
	}
	if s.Timeout <= 0 {
		s.Timeout = defaultTimeout
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if strings.Contains(s.Name, "/") {
		return nil, fmt.Errorf("the name of Jira site %q must not hold a slash", s.Name)
	}
	base, err := baseURL(s.URL)
	if err != nil {
		return nil, fmt.Errorf("the URL of Jira site %s: %w", s.Name, err)
	}
	scopes, err := newScopes(s.Watch)
	if err != nil {
		return nil, fmt.Errorf("what to watch on Jira site %s: %w", s.Name, err)
	}
	c := &Client{site: s, scopes: scopes, opts: opts, log: s.Log.With("site", s.Name), clock: time.Now, sleep: sleep}
	c.gates = newGates(base.Host)
	c.reading = func(context.Context, []byte) (Options, error) { return c.opts, nil }
	rt := s.Transport
	if rt == nil {
		c.own = newTransport(s.Timeout)
		rt = c.own
	}
	// A redirect leads to a login page or to another address of the site, and
	// would carry the credentials there. It is reported instead.
	hc := &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if c.api, err = gojira.NewClient(hc, base.String()); err != nil {
		return nil, fmt.Errorf("the URL of Jira site %s: %w", s.Name, err)
	}
	return c, nil
}

// baseURL checks the address of a site.
func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case err != nil:
		return nil, err
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%q is not of the form https://HOST/PATH", s)
	case u.User != nil:
		return nil, errors.New("it holds a user or a password; set user and token instead")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q must end with the path", s)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/rest/api/2")
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	return u, nil
}

// sleep waits for d in real time, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
