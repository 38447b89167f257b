package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// Finding is one thing that a check found, with what to do about it. Bad means
// that watching does not work like that.
type Finding struct {
	Bad      bool
	What, Do string
}

const (
	maxSkew     = 30 * time.Second
	tokenNotice = 30 * 24 * time.Hour
	nearest     = 3 // fields that are proposed in place of one that is not there
)

// Check looks for what keeps the client from seeing all that it should: fields
// that do not exist, scopes that Jira refuses, missing permissions, a clock that
// goes wrong, a token that ends soon. It returns nothing when all is well.
func (c *Client) Check(ctx context.Context) []Finding {
	var out []Finding
	out = append(out, c.checkFields()...)
	out = append(out, c.checkScopes(ctx)...)
	out = append(out, c.checkPermissions(ctx)...)
	out = append(out, c.checkToken()...)
	return append(out, c.checkClock()...)
}

// checkFields finds fields of the options that the site does not have.
func (c *Client) checkFields() (out []Finding) {
	named := []struct{ option, field string }{{"team", c.opts.Team}, {"level", c.opts.Level}}
	for _, f := range c.opts.Fields {
		named = append(named, struct{ option, field string }{"fields", f})
	}
	for _, n := range named {
		if n.field == "" {
			continue
		}
		switch found := c.fieldsNamed(n.field); len(found) {
		case 1:
		case 0:
			out = append(out, Finding{
				Bad:  true,
				What: fmt.Sprintf("%s: Jira site %s has no field %q", n.option, c.Site(), n.field),
				Do:   c.propose(n.field),
			})
		default:
			out = append(out, Finding{
				What: fmt.Sprintf("%s: Jira site %s has %d fields called %q: %s", n.option, c.Site(), len(found), n.field, strings.Join(found, ", ")),
				Do:   "name the field by its id; of several with one name the oldest is taken",
			})
		}
	}
	return out
}

// fieldsNamed returns the ids of the fields with an id or a name.
func (c *Client) fieldsNamed(named string) (ids []string) {
	for _, f := range c.fields {
		if f.ID == named {
			return []string{f.ID}
		}
		if strings.EqualFold(f.Name, named) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// propose names the fields nearest to what was meant.
func (c *Client) propose(meant string) string {
	if len(c.fields) == 0 {
		return "the account sees no field at all: check its permissions"
	}
	type guess struct {
		Field
		far int
	}
	want := strings.ToLower(meant)
	all := make([]guess, 0, len(c.fields))
	for _, f := range c.fields {
		all = append(all, guess{f, min(signals.Distance(want, strings.ToLower(f.Name)), signals.Distance(want, strings.ToLower(f.ID)))})
	}
	slices.SortStableFunc(all, func(a, b guess) int { return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.ID, b.ID)) })
	var names []string
	for _, g := range all[:min(nearest, len(all))] {
		names = append(names, fmt.Sprintf("%q (%s)", g.Name, g.ID))
	}
	return "the nearest are " + strings.Join(names, ", ")
}

// checkScopes asks each scope for one issue.
func (c *Client) checkScopes(ctx context.Context) (out []Finding) {
	for _, s := range c.scopes {
		name := fmt.Sprintf("watch %q on Jira site %s", s.jql, c.Site())
		p, err := c.search(ctx, query{jql: s.window(time.Time{}), fields: "updated", size: 1}, mark{})
		switch {
		case err != nil && statusOf(err) == http.StatusBadRequest:
			out = append(out, Finding{true, name + ": Jira refuses this JQL: " + said(err), "correct it; Jira's own search page shows where it is wrong"})
		case err != nil:
			out = append(out, Finding{true, name + ": " + err.Error(), "see whether Jira can be reached and whether the account may search"})
		case len(p.issues) == 0:
			out = append(out, Finding{false, name + " finds no issue", "check it, and that the account may browse these projects"})
		}
	}
	return out
}

// said returns Jira's own words in an error.
func said(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && len(e.Messages) > 0 {
		return strings.Join(e.Messages, "; ")
	}
	return err.Error()
}

// checkPermissions asks whether the account may browse anything.
func (c *Client) checkPermissions(ctx context.Context) []Finding {
	const browse = "BROWSE_PROJECTS"
	raw, err := c.call(ctx, http.MethodGet, "mypermissions", "mypermissions", url.Values{"permissions": {browse}}, nil)
	if err != nil {
		return []Finding{{true, "the permissions of the account on Jira site " + c.Site() + " cannot be asked for: " + err.Error(), "check user and token"}}
	}
	var answer struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return []Finding{{false, "the permissions of the account on Jira site " + c.Site() + " have another form than expected", "nothing, unless issues are missing"}}
	}
	if p, told := answer.Permissions[browse]; told && !p.Have {
		return []Finding{{true, "the account may not browse any project on Jira site " + c.Site(), "give it the permission Browse Projects in the projects to watch"}}
	}
	return nil
}

// checkToken warns of a token that ends soon.
func (c *Client) checkToken() []Finding {
	if c.site.TokenExpires.IsZero() {
		return nil
	}
	left, day := c.site.TokenExpires.Sub(c.site.Now()), c.site.TokenExpires.Format(time.DateOnly)
	const do = "make a new token, and set it with its last day"
	switch {
	case left <= 0:
		return []Finding{{true, fmt.Sprintf("the token of Jira site %s has expired on %s", c.Site(), day), do}}
	case left < tokenNotice:
		return []Finding{{false, fmt.Sprintf("the token of Jira site %s expires in %d days, on %s", c.Site(), int(left/(24*time.Hour)), day), do}}
	}
	return nil
}

// checkClock compares the clocks, by the Date header of the last answer.
func (c *Client) checkClock() []Finding {
	skew := time.Duration(c.skew.Load())
	if !c.dated.Load() || skew.Abs() <= maxSkew {
		return nil
	}
	which := "behind"
	if skew < 0 {
		which = "ahead of"
	}
	return []Finding{{false, fmt.Sprintf("this machine's clock is %s %s that of Jira site %s", skew.Abs().Round(time.Second), which, c.Site()), "let both follow a time server"}}
}
