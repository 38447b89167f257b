package jira

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"
)

// serverInfo is what a site says of itself.
type serverInfo struct {
	BaseURL        string `json:"baseUrl"`
	Version        string `json:"version"`
	DeploymentType string `json:"deploymentType"`
}

// Myself is the account that the client uses. Cloud knows accounts by an id,
// Data Center by key and name.
type Myself struct {
	AccountID   string `json:"accountId"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	Email       string `json:"emailAddress"`
	DisplayName string `json:"displayName"`
}

// Local returns what events call the account, without the source and the site.
func (m Myself) Local() string {
	switch {
	case m.AccountID != "":
		return m.AccountID
	case m.Key != "":
		return m.Key
	}
	return m.Name
}

// Field is one field of a site.
type Field struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Custom bool   `json:"custom"`
}

type siteStatus struct {
	Name     string `json:"name"`
	Category struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

// Dial makes a client and greets the site: it asks whether it is Cloud or Data
// Center, who the account is, and which fields and statuses there are. It fails
// when the URL is not that of a Jira (the error tells what was found instead),
// when the credentials are refused (ErrAuth) or lead to a login page (ErrLogin).
// When the error is Temporary, dialling may succeed later. Close the client
// when it is no longer used.
func Dial(ctx context.Context, s Site) (*Client, error) {
	c, err := newClient(s)
	if err != nil {
		return nil, err
	}
	if err := c.greet(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("reach Jira site %s at %s: %w", c.site.Name, c.site.URL, err)
	}
	return c, nil
}

// Fields returns the fields of the site, as they were when it was dialled.
func (c *Client) Fields() []Field { return c.fields }

// Myself returns the account that the client uses; it is zero for an anonymous one.
func (c *Client) Myself() Myself { return c.me }

func (c *Client) greet(ctx context.Context) error {
	if err := c.get(ctx, "serverInfo", &c.about); err != nil {
		return c.explain(err)
	}
	switch {
	case strings.EqualFold(c.about.DeploymentType, "cloud"):
		c.cloud = true
	case c.about.Version == "" && c.about.DeploymentType == "":
		return errors.New("it answers, but not as a Jira does: serverInfo tells no version; check the URL and its context path")
	}
	if c.site.User != "" || c.site.Token != "" {
		if err := c.get(ctx, "myself", &c.me); err != nil {
			return c.explain(err)
		}
	}
	if err := c.get(ctx, "field", &c.fields); err != nil {
		return c.explain(err)
	}
	if err := c.get(ctx, "status", &c.statuses); err != nil {
		return c.explain(err)
	}
	c.opts.Done = closedNames(c.site.Read.Done, c.statuses)
	return nil
}

// get reads what needs neither parameters nor paging. Lists are decoded one
// element at a time: an odd one is left out.
func (c *Client) get(ctx context.Context, route string, into any) error {
	raw, err := c.call(ctx, http.MethodGet, route, route, nil, nil)
	if err != nil {
		return err
	}
	switch into := into.(type) {
	case *[]Field:
		*into, err = decodeEach[Field](raw)
	case *[]siteStatus:
		*into, err = decodeEach[siteStatus](raw)
	default:
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return &Error{Method: http.MethodGet, Route: route, Status: http.StatusOK, Err: fmt.Errorf("the answer has another form than Jira's: %w", err)}
	}
	return nil
}

// decodeEach decodes a list whose odd elements do not spoil the others.
func decodeEach[T any](raw []byte) ([]T, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	out := make([]T, 0, len(list))
	for _, x := range list {
		var v T
		if json.Unmarshal(x, &v) == nil {
			out = append(out, v)
		}
	}
	return out, nil
}

// explain adds to an error of the greeting what to do about it.
func (c *Client) explain(err error) error {
	what := ""
	switch status := statusOf(err); {
	case errors.Is(err, ErrLogin):
		what = "the URL leads to a login page: check url, and user and token (a scoped token needs https://api.atlassian.com/ex/jira/CLOUDID as URL)"
	case status == http.StatusUnauthorized && c.site.User == "":
		what = "check token (without a user it is sent as a personal access token of Data Center; Cloud needs the e-mail as user)"
	case status == http.StatusUnauthorized:
		what = "check user and token; tokens of Cloud end within a year"
	case status == http.StatusForbidden:
		what = "the account may not use this Jira, or must solve a CAPTCHA in the browser first"
	case status == http.StatusNotFound:
		what = "there is no Jira at this URL: check its path"
	default:
		return err
	}
	return fmt.Errorf("%w; %s", err, what)
}

// closedNames are the names of the statuses that mean closed: those that the
// operator named, or else the usual ones that the site does not use for
// something else, and all that the site files under done.
func closedNames(named []string, of []siteStatus) []string {
	seen, done, other := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range of {
		if s.Category.Key == "done" {
			done[strings.ToLower(s.Name)] = true
		} else {
			other[strings.ToLower(s.Name)] = true
		}
	}
	var out []string
	add := func(name string) {
		if k := strings.ToLower(name); name != "" && !seen[k] {
			seen[k] = true
			out = append(out, name)
		}
	}
	if named == nil {
		for _, name := range DefaultDone {
			if done[name] || !other[name] {
				add(name)
			}
		}
	}
	for _, name := range named {
		add(name)
	}
	for _, s := range of {
		if s.Category.Key == "done" {
			add(s.Name)
		}
	}
	return out
}

// escape makes one part of a path.
func escape(part string) string { return url.PathEscape(part) }

// object returns the members of a JSON object, raw.
func object(raw []byte) (map[string]json.RawMessage, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return nil, errors.New("no JSON object")
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	return m, nil
}

// textAt returns a scalar member of a JSON object as text.
func textAt(raw []byte, path string) string { return plain(gjson.GetBytes(raw, path)) }
