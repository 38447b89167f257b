package demo

import (
	"time"

	"andon/cmd/andon/internal/config"
	"andon/signals"
)

// The names under which andon knows the workspace and the Jira site.
const (
	slackTeam = "T1"
	jiraSite  = "jira"
)

// Config is what a customer like this one would have written, for a Jira and a
// Slack at an address. Every detector is live; that is for a demonstration, at
// home one begins in shadow mode.
func Config(url string) config.Config {
	c := config.Default()
	c.Listen, c.KeepText = "127.0.0.1:0", 30*24*time.Hour
	c.Admin, c.Admins = channelID(Admin), []string{"stellan", "keiko"}
	c.Digest = config.Digest{Channel: channelID(Digest), Leads: true, Day: "mon", Hour: 9, Zone: "Europe/London"}
	c.Jira = []config.Jira{{
		Site: jiraSite, URL: url, User: "andon", Token: "demo", TeamField: "Team", LevelField: "Support Level", Audience: "public",
		Watch: []string{"project in (SUP, SHOP, PAY, PLAT, IDN)"}, Poll: pollEvery, Tickets: []string{"SUP", "SHOP", "PAY", "PLAT", "IDN"},
	}}
	c.Slack = []config.Slack{{Team: slackTeam, BotToken: "xoxb-demo", AppToken: "xapp-demo", URL: url + "/api/", Channels: []string{"inc-*"}}}
	c.Alerts = []config.Alerts{{Site: "alertmanager", Token: alertToken, TeamLabel: "team", SeverityLabel: "severity", Audience: "public"}}
	c.Roster = roster()
	p := &c.Policy
	p.Mode, p.Modes = signals.Live, map[string]signals.Mode{"person_ping_pong": signals.Off}
	p.Pause.Votes, p.Load.Nudges = 2, 1 // elsewhere ten and six: a week has not that many
	p.Zone, p.Hours = "Europe/London", "09:00-17:30"
	return c
}

// alertToken is what the sender of alerts shows.
const alertToken = "demo-alerts"

// pollEvery is how often Jira is asked, in virtual time.
const pollEvery = 10 * time.Minute

func roster() (r config.Roster) {
	for i := range people {
		p := &people[i]
		r.People = append(r.People, config.Person{
			ID: p.ID, Name: p.Name, Jira: []string{jiraID(p.ID)}, Slack: []string{slackID(p.ID)}, Team: p.Team, Manager: manager(p), Zone: zoneOf(p),
		})
	}
	for _, t := range teams {
		x := config.Team{ID: t.ID, Lead: leadOf(t.ID), Owns: t.Owns}
		if t.Channel != "" {
			x.Channel = channelID(t.Channel)
		}
		r.Teams = append(r.Teams, x)
	}
	return r
}
