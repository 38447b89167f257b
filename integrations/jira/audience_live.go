package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// ProjectAudience tells who may see the issues of a project that have no
// security level, from the permission to browse it, and why in a sentence for
// the operator. What our own account may see says nothing of others and is not
// asked. Where the permissions cannot be read, or are of a kind that is not
// known, the project is signals.Restricted without an error; an error means that
// Jira could not be asked now.
//
//   - Everybody, or every user who is logged in, may browse it: signals.Public.
//   - One group alone may: members of the id "group:NAME", as for comments.
//   - Several groups, roles, people or the users of one product may: members of
//     the id "project:KEY", which stands for all who may browse the project.
//   - Only some may, each for their own issues (reporter, assignee, customers):
//     signals.Restricted.
func (c *Client) ProjectAudience(ctx context.Context, projectKey string) (a signals.Audience, why string, err error) {
	if !isProjectKey(projectKey) {
		return signals.Restricted, fmt.Sprintf("%.40q is no project key", projectKey), nil
	}
	private, err := c.isPrivate(ctx, projectKey)
	if hidden(err) {
		return signals.Restricted, "our account may not see project " + projectKey, nil
	}
	if err != nil {
		return signals.Restricted, "", fmt.Errorf("look at project %s: %w", projectKey, err)
	}
	grants, err := c.browseGrants(ctx, projectKey)
	switch {
	case hidden(err) && private:
		return c.membersOf("project:" + projectKey), "the project is private", nil
	case hidden(err):
		return signals.Restricted, "our account may not read who may browse the project; it needs the permission to administer it", nil
	case err != nil:
		return signals.Restricted, "", fmt.Errorf("read the permissions of project %s: %w", projectKey, err)
	}
	a, why = c.audienceOfGrants(projectKey, grants)
	if private && a == signals.Public { // its own setting is narrower than the scheme
		return c.membersOf("project:" + projectKey), "the project is private", nil
	}
	return a, why, nil
}

// hidden reports whether Jira withholds something from our account in
// particular. Refused credentials (401) are no such answer.
func hidden(err error) bool {
	return errors.Is(err, ErrGone) || statusOf(err) == http.StatusForbidden
}

func (c *Client) membersOf(local string) signals.Audience {
	return signals.MembersOf(signals.ID(signals.Jira, c.opts.Site, local))
}

// isPrivate reports whether the project is a private one of a team in Cloud.
// That it is not proves nothing.
func (c *Client) isPrivate(ctx context.Context, key string) (bool, error) {
	raw, err := c.call(ctx, http.MethodGet, "project/{key}", "project/"+escape(key), nil, nil)
	if err != nil {
		return false, err
	}
	return gjson.GetBytes(raw, "isPrivate").Bool(), nil
}

// grant is one line of a permission scheme.
type grant struct{ kind, name string }

// browseGrants reads who may browse a project. Schemes that come without their
// grants are read by their id.
func (c *Client) browseGrants(ctx context.Context, key string) ([]grant, error) {
	all := url.Values{"expand": {"permissions"}}
	raw, err := c.call(ctx, http.MethodGet, "project/{key}/permissionscheme", "project/"+escape(key)+"/permissionscheme", all, nil)
	if err != nil {
		return nil, err
	}
	list, id := gjson.GetBytes(raw, "permissions"), textAt(raw, "id")
	if !list.IsArray() && isNumber(id) {
		if raw, err = c.call(ctx, http.MethodGet, "permissionscheme/{id}", "permissionscheme/"+id, all, nil); err != nil {
			return nil, err
		}
		list = gjson.GetBytes(raw, "permissions")
	}
	var out []grant
	each(list, func(_, v gjson.Result) bool {
		if p := v.Get("permission").Str; p == "BROWSE_PROJECTS" || p == "BROWSE" {
			out = append(out, grant{kind: plain(v.Get("holder.type")), name: plain(v.Get("holder.parameter"))})
		}
		return true
	})
	return out, nil
}

// audienceOfGrants is the audience of a project that these may browse.
func (c *Client) audienceOfGrants(key string, grants []grant) (signals.Audience, string) {
	var groups, others []string
	for _, g := range grants {
		switch {
		case g.kind == "anyone":
			return signals.Public, "anyone may browse the project"
		case g.kind == "applicationRole" && g.name == "":
			return signals.Public, "every user who is logged in may browse the project"
		case g.kind == "group" && g.name != "":
			groups = append(groups, g.name)
		case slices.Contains([]string{"applicationRole", "projectRole", "user", "projectLead"}, g.kind):
			others = append(others, g.kind)
		}
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	switch {
	case len(groups) == 1 && len(others) == 0:
		return c.membersOf("group:" + groups[0]), "only the group " + groups[0] + " may browse the project"
	case len(groups)+len(others) > 0:
		return c.membersOf("project:" + key), "only some groups, roles or people may browse the project"
	case len(grants) > 0:
		return signals.Restricted, "people may browse the project for issues of their own only, or by a rule that is not understood"
	}
	return signals.Restricted, "nobody is told to be allowed to browse the project"
}

// isProjectKey reports whether s can be the key of a project.
func isProjectKey(s string) bool {
	return isLetter(s) && len(s) <= maxShort && !strings.ContainsFunc(s, func(r rune) bool { return !isKeyRune(r) })
}

// ProjectReach is who may see the issues of a project, and why that is so.
type ProjectReach struct {
	Audience signals.Audience
	Why      string
}

// Audiences returns the reach of each of the projects, by key; without any, of
// all that our account sees. It asks Jira twice or three times for each.
func (c *Client) Audiences(ctx context.Context, projects ...string) (map[string]ProjectReach, error) {
	if len(projects) == 0 {
		raw, err := c.call(ctx, http.MethodGet, "project", "project", nil, nil)
		if err != nil {
			return nil, fmt.Errorf("list the projects: %w", err)
		}
		each(gjson.ParseBytes(raw), func(_, v gjson.Result) bool {
			projects = append(projects, plain(v.Get("key")))
			return true
		})
	}
	out := make(map[string]ProjectReach, len(projects))
	for _, key := range projects {
		a, why, err := c.ProjectAudience(ctx, key)
		if err != nil {
			return nil, err
		}
		out[key] = ProjectReach{Audience: a, Why: why}
	}
	return out, nil
}

// FollowAudiences makes the client find out who may see the issues of each
// project when it meets the first one, and again after keep (default an hour).
// What Site.Read.AudienceOf names stays as the operator said. It is to be called
// before the client is used. A delivery waits, with an error, while Jira cannot
// be asked: an event keeps the audience that it is stored with.
func (c *Client) FollowAudiences(keep time.Duration) {
	if keep <= 0 {
		keep = time.Hour
	}
	f := &follower{c: c, keep: keep, known: map[string]reach{}}
	c.reading = f.options
}

// follower remembers the audiences of projects.
type follower struct {
	c    *Client
	keep time.Duration

	mu    sync.Mutex
	known map[string]reach
}

type reach struct {
	audience signals.Audience
	until    time.Time
}

// options tells how to read one issue.
func (f *follower) options(ctx context.Context, body []byte) (Options, error) {
	o := f.c.opts
	doc := gjson.ParseBytes(body)
	key := plain(doc.Get("fields.project.key"))
	if key == "" {
		key = projectOf(plain(doc.Get("key")))
	}
	a, err := f.audience(ctx, key)
	if err != nil {
		return o, err
	}
	o.AudienceOf = map[string]signals.Audience{key: a}
	return o, nil
}

func (f *follower) audience(ctx context.Context, key string) (signals.Audience, error) {
	if a, ok := f.c.opts.AudienceOf[key]; ok {
		return a, nil
	}
	now := f.c.clock()
	f.mu.Lock()
	got, ok := f.known[key]
	f.mu.Unlock()
	if ok && now.Before(got.until) {
		return got.audience, nil
	}
	a, why, err := f.c.ProjectAudience(ctx, key)
	if err != nil {
		return signals.Restricted, err
	}
	if !ok || got.audience != a {
		f.c.log.Info("who may see the issues of a project", "project", key, "audience", a, "why", why)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[key] = reach{audience: a, until: now.Add(f.keep)}
	return a, nil
}
