package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"andon/cmd/andon/internal/config"
	"andon/integrations/jira"
	"andon/integrations/slack"
	"andon/signals"
)

const (
	firstWord = 10 * time.Second // that a site has for a first answer
	patience  = time.Minute      // that a site or Slack has for everything
)

func siteName(j config.Jira) string { return cmp.Or(j.Site, "jira") }

// jira checks one site.
func (d *doctor) jira(ctx context.Context, j config.Jira) {
	site := siteName(j)
	if j.URL == "" {
		d.ok("jira %s: it has no url, so it is not watched; exports of it can be read", site)
		return
	}
	if j.WebhookSecret == "" {
		d.warn("set webhook_secret, see docs/jira.md; until then changes are known after the next poll, within "+pollOf(j).String(), "jira %s: webhooks are refused, for there is no secret", site)
	}
	if err := reachable(ctx, j.URL); err != nil {
		d.fail("check url, the network and the proxy", "jira %s: %v", site, err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := jira.Dial(ctx, jiraSite(j, d.now, slog.New(slog.DiscardHandler)))
	if err != nil {
		d.fail("mend it in the configuration; docs/jira.md tells what the account needs", "jira %s: %v", site, err)
		return
	}
	defer c.Close()
	d.greeting(c, j)
	bad := false
	for _, f := range c.Check(ctx) {
		if bad = bad || f.Bad; f.Bad {
			d.fail(f.Do, "jira %s: %s", site, f.What)
		} else {
			d.warn(f.Do, "jira %s: %s", site, f.What)
		}
	}
	if !bad {
		d.ok("jira %s: fields, scopes and permissions are in order", site)
	}
}

// greeting tells who we are there.
func (d *doctor) greeting(c *jira.Client, j config.Jira) {
	kind := "Data Center"
	if c.Cloud() {
		kind = "Cloud"
	}
	if me := c.Myself(); me.Local() == "" {
		d.warn("set user and token: an anonymous reader sees what is public on the internet", "jira %s: %s, and we are nobody there", c.Site(), kind)
	} else {
		d.ok("jira %s: %s, as %s", c.Site(), kind, cmp.Or(me.DisplayName, me.Local()))
	}
	if j.TokenExpires == "" && c.Cloud() && j.Token != "" {
		d.warn("set token_expires, and a warning comes 30 days before", "jira %s: tokens of Jira Cloud end within a year, and when this one does is not known", c.Site())
	}
}

// reachable asks a site for anything at all, once: the client proper repeats a
// call that failed for a minute.
func reachable(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, firstWord)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+"/rest/api/2/serverInfo", nil)
	if err != nil {
		return fmt.Errorf("reach the site: %w", err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("reach the site: %w", err)
	}
	client.CloseIdleConnections()
	return res.Body.Close()
}

// slack checks the workspace that is written to, and where notices go.
func (d *doctor) slack(ctx context.Context) {
	var with []config.Slack
	for _, w := range d.c.Slack {
		if w.BotToken != "" {
			with = append(with, w)
		}
	}
	if d.c.Admin == "" {
		d.warn("set admin to the id of a channel", "slack: there is no admin channel, so notices about andon itself reach nobody but the log")
	}
	if len(with) == 0 {
		d.warn("set slack[].bot_token", "slack: there is no bot token, so signals are found and stored, and nobody is told")
		return
	}
	if len(with) > 1 {
		d.warn("run one andon for each workspace", "slack: %d workspaces have a bot token; only the first, %s, is written to", len(with), teamName(with[0]))
	}
	w := with[0]
	p, err := slack.NewPoster(slack.Workspace{Team: teamName(w), Token: string(w.BotToken), URL: w.URL, Now: d.now, AdminChannel: d.c.Admin})
	if err != nil {
		d.fail("mend team, url and admin in the configuration", "slack: %v", err)
		return
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := p.Check(ctx); err != nil {
		d.fail(slackAdvice(err), "slack: %v", err)
		return
	}
	d.ok("slack: workspace %s takes the token, with the scopes that sending needs", teamName(w))
	d.inspect(ctx, p)
	d.listening(ctx, w)
}

// inspect tells which scopes are missing or too many, and where andon is.
func (d *doctor) inspect(ctx context.Context, p *slack.Poster) {
	in, err := p.Inspect(ctx, slack.Scopes...)
	if err != nil {
		d.warn("see whether Slack can be reached from here", "slack: %v", err)
		return
	}
	for _, s := range in.Missing {
		switch {
		case s.Private:
			d.ok("slack: private channels are not watched, for the token has not %s", s.Name)
		default:
			d.warn("add it under OAuth & Permissions and install the app again; docs/slack.md tells what goes without it", "slack: the token has not %s, to %s", s.Name, s.Use)
		}
	}
	if len(in.Extra) > 0 {
		d.warn("take them out of the app's bot scopes", "slack: the token may do more than andon needs: %s", few(in.Extra))
	}
	var names []string
	for _, c := range in.Channels {
		if !c.Archived {
			names = append(names, "#"+cmp.Or(c.Name, c.ID))
		}
	}
	if len(names) == 0 {
		d.warn("/invite the app in a channel, or name patterns under slack[].channels", "slack: andon is in no channel, so nothing is heard")
		return
	}
	d.ok("slack: andon is in %s: %s", signals.Counted(len(names), "channel"), few(names))
}

// listening checks the way in.
func (d *doctor) listening(ctx context.Context, w config.Slack) {
	switch {
	case w.AppToken != "":
		if err := slack.CheckAppToken(ctx, w.URL, string(w.AppToken), nil); err != nil {
			d.fail("make an app-level token with connections:write, and switch Socket Mode on in the app's settings", "slack: %v", err)
			return
		}
		d.ok("slack: Socket Mode is on, and takes the app token")
	case w.SigningSecret != "":
		d.ok("slack: requests over HTTP are checked with the signing secret; whether Slack reaches /slack/events shows under Event Subscriptions")
	default:
		d.warn("set app_token for Socket Mode, or signing_secret for HTTP", "slack: nothing is heard from there: there is neither app_token nor signing_secret")
	}
	if w.SigningSecretOld != "" {
		d.warn("take signing_secret_old out when Slack has the new one", "slack: an old signing secret is still accepted")
	}
	d.ok("slack: the Home tab has to be switched on under App Home, which a token cannot tell; andon manifest has it on")
}

func teamName(w config.Slack) string { return cmp.Or(w.Team, "slack") }

func slackAdvice(err error) string {
	if f := (*slack.Failure)(nil); errors.As(err, &f) && f.Auth {
		return "make a token with the bot scopes chat:write, im:write, im:history and channels:history, and set bot_token"
	}
	return "see whether Slack can be reached from here"
}

// alerts tells which senders have to show a token; the configuration's own
// hints tell of the others.
func (d *doctor) alerts() {
	for _, a := range d.c.Alerts {
		if a.Token != "" {
			d.ok("alerts %s: a token is wanted", cmp.Or(a.Site, "alertmanager"))
		}
	}
}

// roster looks whether people can be told.
func (d *doctor) roster() {
	events, err := d.c.OrgEvents()
	if err != nil {
		d.fail("mend the roster in the configuration", "roster: %v", err)
		return
	}
	org, err := signals.FoldOrg(d.c.Policy, events, d.now())
	if err != nil {
		d.fail("mend the roster in the configuration", "roster: %v", err)
		return
	}
	var deaf []string
	here := 0
	for _, id := range sortedKeys(org.People) {
		p := org.Person(id)
		if p.Left || p.External || p.OptedOut || p.Bot {
			continue
		}
		if here++; !hasSlack(p, d.c.SlackTeam()) {
			deaf = append(deaf, id)
		}
	}
	switch {
	case here == 0:
		d.warn("write who is who: roster.people, see docs/configuration.md", "roster: it names nobody, so no person can be told")
	case len(deaf) > 0:
		d.warn("give each of them slack: [user id]", "roster: %d of %d people cannot be told, for want of a Slack account: %s", len(deaf), here, few(deaf))
	default:
		d.ok("roster: everybody in it, %d, has a Slack account", here)
	}
	var unowned []string
	for _, id := range sortedKeys(org.Teams) {
		t := org.Team(id)
		if t.Channel != "" && !slices.ContainsFunc(t.Owns, func(o signals.Owned) bool { return o.Channel == t.Channel }) {
			unowned = append(unowned, id)
		}
	}
	if len(unowned) > 0 {
		d.warn("give each of them owns: [{channel: ...}] if they answer for it", "roster: %d of %d teams have a channel that they do not own, so a cord pulled there does not reach them: %s", len(unowned), len(org.Teams), few(unowned))
	}
}

func hasSlack(p *signals.Person, team string) bool {
	for _, a := range p.Accounts {
		if strings.HasPrefix(a, signals.Slack+"/"+team+"/") {
			return true
		}
	}
	return false
}

// few lists the first of many names.
func few(names []string) string {
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
