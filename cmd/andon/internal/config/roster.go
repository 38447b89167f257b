package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"andon/signals"
)

// begin is the time of roster entries without a date of their own.
var begin = time.Unix(0, 0).UTC()

// OrgEvents turns the roster into the events of the organisation that it
// stands for. The configuration must have been checked.
func (c *Config) OrgEvents() ([]*signals.Event, error) {
	var out []*signals.Event
	add := func(kind signals.Kind, field, to string, since string, body any) error {
		at, err := Date(since)
		if err != nil {
			return err
		}
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode roster entry %s: %w", to, err)
		}
		n := len(out)
		out = append(out, &signals.Event{
			ID: fmt.Sprintf("%s/config/%s/%s/%d", signals.Own, field, to, n), Case: signals.Key{Source: signals.Own, Site: "config", ID: "org"},
			Seq: signals.Seq{Entry: int64(n)}, Kind: kind, At: at, Field: field, From: since, To: to, Text: string(raw), Audience: signals.Restricted,
		})
		return nil
	}
	for _, p := range c.Roster.People {
		if err := add(signals.RosterSet, "person", p.ID, p.Since, c.person(p)); err != nil {
			return nil, err
		}
	}
	for _, t := range c.Roster.Teams {
		if err := add(signals.RosterSet, "team", t.ID, t.Since, c.team(t)); err != nil {
			return nil, err
		}
	}
	for _, r := range c.Roster.Routes {
		rule, err := standing(r)
		if err != nil {
			return nil, err
		}
		if err := add(signals.RosterSet, "rule", rule.ID(), r.Since, rule); err != nil {
			return nil, err
		}
	}
	for i, a := range c.Roster.Away {
		e, err := absence(a, i)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// standing is a standing route of the file.
func standing(r Route) (signals.Rule, error) {
	since, err := Date(r.Since)
	if err != nil {
		return signals.Rule{}, err
	}
	until, err := Date(r.Until)
	return signals.Rule{From: r.From, To: r.To, Kind: r.For, At: since, Until: until, How: r.How, Audience: signals.Public}, err
}

func (c *Config) person(p Person) signals.Person {
	out := signals.Person{
		ID: p.ID, Name: p.Name, Team: p.Team, Manager: p.Manager, Backup: p.Backup, Zone: p.Zone, Hours: p.Hours, Days: p.Days,
		Region: p.Region, External: p.External, Left: p.Left, OptedOut: p.OptedOut,
	}
	for _, a := range p.Jira {
		out.Accounts = append(out.Accounts, qualified(signals.Jira, c.JiraSite(), a))
	}
	for _, a := range p.Slack {
		out.Accounts = append(out.Accounts, qualified(signals.Slack, c.SlackTeam(), a))
	}
	return out
}

func (c *Config) team(t Team) signals.Team {
	out := signals.Team{ID: t.ID, Aliases: t.Aliases, Lead: t.Lead, Zone: t.Zone, Channel: qualified(signals.Slack, c.SlackTeam(), t.Channel)}
	for _, o := range t.Owns {
		out.Owns = append(out.Owns, signals.Owned{Project: o.Project, Component: o.Component, Channel: qualified(signals.Slack, c.SlackTeam(), o.Channel), Words: o.Words, Person: o.Person})
	}
	out.Owns = append(out.Owns, c.claims[t.ID]...)
	return out
}

// qualified makes an id of a local name; SITE/LOCAL names another site.
func qualified(source, site, local string) string {
	if s, l, ok := strings.Cut(local, "/"); ok {
		site, local = s, l
	}
	return signals.ID(source, site, local)
}

// JiraSite is the name of the first Jira site.
func (c *Config) JiraSite() string {
	if len(c.Jira) > 0 {
		return cmp.Or(c.Jira[0].Site, "jira")
	}
	return "jira"
}

// SlackTeam is the name of the first Slack workspace.
func (c *Config) SlackTeam() string {
	if len(c.Slack) > 0 {
		return cmp.Or(c.Slack[0].Team, "slack")
	}
	return "slack"
}

func absence(a Away, i int) (*signals.Event, error) {
	from, err := Date(a.From)
	if err != nil {
		return nil, err
	}
	until, err := Date(a.Until)
	if err != nil {
		return nil, err
	}
	return &signals.Event{
		ID: fmt.Sprintf("%s/config/away/%s/%d", signals.Own, a.Person, i), Case: signals.Key{Source: signals.Own, Site: "config", ID: "org"},
		Seq: signals.Seq{Entry: int64(1_000_000 + i)}, Kind: signals.AwaySet, At: begin, To: a.Person, Ref: a.Backup,
		From: from.Format(time.RFC3339), Text: until.Format(time.RFC3339),
	}, nil
}

// Date reads 2026-03-01 or an RFC 3339 time; "" is the beginning of all.
func Date(s string) (time.Time, error) {
	if s == "" {
		return begin, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%q is not a date such as 2026-03-01", s)
	}
	return t, nil
}

// Link is the web address of a case, or "" where none can be made: an issue by
// its label, a thread by its ids.
func (c *Config) Link(k signals.Key, label string) string {
	switch k.Source {
	case signals.Jira:
		for _, j := range c.Jira {
			if cmp.Or(j.Site, "jira") == k.Site && j.URL != "" && label != "" {
				return strings.TrimSuffix(j.URL, "/") + "/browse/" + url.PathEscape(label)
			}
		}
	case signals.Slack:
		channel, ts, ok := strings.Cut(k.ID, "/")
		if ok {
			return "https://slack.com/archives/" + url.PathEscape(channel) + "/p" + strings.ReplaceAll(ts, ".", "")
		}
	}
	return ""
}
