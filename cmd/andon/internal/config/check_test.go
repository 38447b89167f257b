package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFaultsOfMeaning gives each file and what is said of it, without position.
func TestFaultsOfMeaning(t *testing.T) {
	for text, want := range map[string]string{
		"policy: {mode: Live}":                                                    `policy.mode: "Live" is none of off, shadow, preview, ask, live`,
		"policy: {modes: {stall: on}}":                                            `policy.modes.stall: "on" is none of off, shadow, preview, ask, live`,
		"policy: {modes: {stal: ask}}":                                            `policy.modes.stal: there is no such detector; did you mean stall?`,
		"policy: {modes: {nothing_like: ask}}":                                    `policy.modes.nothing_like: there is no such detector; known here: stall, cord, person_ping_pong`,
		"policy: {drill: {who: me}}":                                              `policy.drill.who: "me" is none of admins, leads, everybody, nobody`,
		"policy: {zone: Local}":                                                   `policy.zone: "Local" is no IANA time zone such as Europe/Berlin`,
		"policy: {hours: 9 to 5}":                                                 `policy.hours: "9 to 5" are no hours such as 09:00-17:30`,
		"policy: {hours: 18:00-09:00}":                                            `policy.hours: "18:00-09:00" are no hours such as 09:00-17:30`,
		"policy: {days: mo}":                                                      `policy.days: "mo" are no days such as mon-fri or sun,mon,tue`,
		"policy: {holidays: {all: [2026-02-30]}}":                                 `policy.holidays.all[0]: "2026-02-30" is no date such as 2026-12-25`,
		"policy: {holidays: {BE 1: [25.12.2026]}}":                                `policy.holidays.BE 1[0]: "25.12.2026" is no date such as 2026-12-25`,
		"policy: {escalate: [{}]}":                                                `policy.escalate[0]: the pattern is empty; give field, raised: true or handoffs`,
		"policy: {escalate: [{raised: false}]}":                                   `policy.escalate[0]: the pattern is empty; give field, raised: true or handoffs`,
		"policy: {escalate: [{to: [L3]}]}":                                        `policy.escalate[0]: from and to need a field`,
		"policy: {escalate: [{raised: true, to: [a]}]}":                           `policy.escalate[0]: from and to need a field`,
		"policy: {escalate: [{handoffs: 3, field: a}]}":                           `policy.escalate[0]: field, raised and handoffs are patterns of their own; any one of several patterns suffices`,
		"policy: {escalate: [{times: 3}]}":                                        `policy.escalate[0]: times needs a field`,
		"policy: {escalate: [{handoffs: 3, times: 3}]}":                           `policy.escalate[0]: times needs a field`,
		"policy: {escalate: [{field: team, times: 0}]}":                           `policy.escalate[0].times: expected a whole number of at least 1`,
		"policy: {escalate: [{handoffs: 0}]}":                                     `policy.escalate[0].handoffs: expected a whole number of at least 1`,
		"policy: {waiting: ['']}":                                                 `policy.waiting[0]: the entry is empty`,
		"policy: {levels: [L1, L2, l1]}":                                          `policy.levels[2]: the entry stands there twice, and the order counts`,
		"policy: {detect: {cord: {emoji: [':andon:']}}}":                          `policy.detect.cord.emoji[0]: ":andon:": names of emoji stand here without colons`,
		"policy: {detect: {quiet_incident: {channels: ['[']}}}":                   `policy.detect.quiet_incident.channels[0]: "[" is no pattern of channel names such as inc-*, without #`,
		"policy: {detect: {quiet_incident: {channels: ['#a']}}}":                  `policy.detect.quiet_incident.channels[0]: "#a" is no pattern of channel names such as inc-*, without #`,
		"jira: [{}, {}]":                                                          `jira[1].site: the site is that of jira[0].site too`,
		"jira: [{audience: all}]":                                                 `jira[0].audience: "all" is none of public, project, restricted`,
		"database: mysql://x":                                                     `database: this is neither sqlite:PATH nor postgres://USER@HOST/NAME`,
		"database: 'sqlite:'":                                                     `database: the path of the database file is missing behind sqlite:`,
		"database: postgres://h":                                                  `database: this is no address such as postgres://andon@db.example/andon`,
		"listen: '8080'":                                                          `listen: "8080" is no HOST:PORT such as 127.0.0.1:8080, nor off`,
		"keep_text: 1h":                                                           `keep_text: text has to be kept for a day at least, or nothing can be judged`,
		"admin: '#ops'":                                                           `admin: "#ops" is no id of a channel, such as C0123456789: Slack shows it at the foot of the channel's details`,
		"admin: general":                                                          `admin: "general" is no id of a channel, such as C0123456789: Slack shows it at the foot of the channel's details`,
		"slack: [{bot_token: xapp-1}]":                                            `slack[0].bot_token: this is a token of the other kind: it begins with xapp-, and this one begins with xoxb-`,
		"slack: [{app_token: xoxb-1}]":                                            `slack[0].app_token: this is a token of the other kind: it begins with xoxb-, and this one begins with xapp-`,
		"jira: [{url: 'https://j.example', poll: 1s}]":                            `jira[0].poll: asking more often than every 10s helps nobody; webhooks make it quicker`,
		"jira: [{url: 'https://j.example', watch: ['project = A order by key']}]": `jira[0].watch[0]: a scope has no ORDER BY: andon orders it itself`,
		"jira: [{write_back: [{comment: true}]}]":                                 `jira[0].write_back[0].project: the key of the project is missing`,
		"jira: [{token_expires: soon}]":                                           `jira[0].token_expires: "soon" is not a date such as 2026-03-01`,
		"roster: {people: [{id: a, email: ann}]}":                                 `roster.people[0].email: "ann" is no e-mail address`,
		"alerts: [{token: x, audience: all}]":                                     `alerts[0].audience: "all" is none of public, restricted`,
		"jira: [{url: example.com}]":                                              `jira[0].url: this is no address such as https://example.atlassian.net`,
		"jira: [{url: 'https://a:b@example.com'}]":                                `jira[0].url: the address holds a user or a password; user and token have keys of their own`,
		"oncall: [{file: a.ics}]":                                                 `oncall[0].team: the team is missing`,
		"{roster: {teams: [{id: A}]}, oncall: [{team: B, file: a.ics}]}":          `oncall[0].team: there is no team "B" in roster.teams`,
		"{roster: {teams: [{id: A}]}, oncall: [{team: A}]}":                       `oncall[0]: there is neither url nor file`,
		"{roster: {teams: [{id: A}]}, oncall: [{team: A, file: a, url: 'https://x.example/s3cr3t'}]}": `oncall[0]: both url and file are given; one is enough`,
		"{roster: {teams: [{id: A}]}, oncall: [{team: A, url: 's3cr3t'}]}":                            `oncall[0].url: this is no address such as https://rota.example/calendar.ics`,
		"{roster: {teams: [{id: A}]}, oncall: [{team: A, file: a, person: name}]}":                    `oncall[0].person: "name" is none of email, summary`,
		"jira: [{done: [a, ' ']}]":                                 `jira[0].done[1]: the entry is empty`,
		"slack: [{team: a}, {team: a}]":                            `slack[1].team: the team is that of slack[0].team too`,
		"slack: [{command: andon}]":                                `slack[0].command: "andon" is no slash command such as /andon`,
		"digest: {channel: '#week'}":                               `digest.channel: "#week" is the name of a channel; its id is wanted, such as C0123456789`,
		"digest: {day: monday}":                                    `digest.day: "monday" is none of mon, tue, wed, thu, fri, sat, sun`,
		"digest: {hour: 24}":                                       `digest.hour: "24" is no hour of a day, 0 to 23`,
		"digest: {zone: Mars}":                                     `digest.zone: "Mars" is no IANA time zone such as Europe/Berlin`,
		"admins: [ann]":                                            `admins[0]: there is no person "ann" in roster.people`,
		"slack: [{channels: ['#inc']}]":                            `slack[0].channels[0]: "#inc" is neither the id of a channel nor a pattern of names such as inc-*`,
		"slack: [{channels: ['[']}]":                               `slack[0].channels[0]: "[" is neither the id of a channel nor a pattern of names such as inc-*`,
		"slack: [{signing_secret_old: x}]":                         `slack[0].signing_secret_old: there is an old secret and no present one`,
		"policy: {looking: [':eyes:']}":                            `policy.looking[0]: ":eyes:": names of emoji stand here without colons`,
		"events: [{time: T}]":                                      `events[0].case: the name of the column with the case is missing`,
		"events: [{case: T}]":                                      `events[0].time: the name of the column with the time is missing`,
		"events: [{case: T, time: t}]":                             `events[0].time: the time is the column of the case too`,
		"events: [{case: C, time: T, comma: ', '}]":                `events[0].comma: ", " is not one character that can separate columns, such as ";" or "\t"`,
		"events: [{case: C, time: T, comma: ''}]":                  `events[0].comma: "" is not one character that can separate columns, such as ";" or "\t"`,
		"events: [{case: C, time: T, comma: '\"'}]":                `events[0].comma: "\"" is not one character that can separate columns, such as ";" or "\t"`,
		"events: [{case: C, time: T, zone: X}]":                    `events[0].zone: "X" is no IANA time zone such as Europe/Berlin`,
		"events: [{case: C, time: T, time_layouts: [dd.mm.yyyy]}]": `events[0].time_layouts[0]: "dd.mm.yyyy" is no layout with a year, such as "2006-01-02 15:04:05"`,
		"words: {hegde: [a]}":                                      `words.hegde: there is no such word list; did you mean hedge?`,
		"words: {ask: [fine, '(a', ok]}":                           `words.ask[1]: "(a" does not work: ( is not closed`,
	} {
		_, faults := read(t, text)
		if assert.Len(t, faults, 1, "%q: %v", text, faults) {
			_, got, _ := strings.Cut(faults[0], ": ")
			assert.Equal(t, want, got, "%q", text)
		}
	}
}

func TestFaultsOfTheRoster(t *testing.T) {
	const ann, bob = "{id: ann, jira: [j1], slack: [U1]}", "{id: bob, jira: [j2]}"
	people := func(list ...string) string { return "roster: {people: [" + strings.Join(list, ", ") + "]}" }
	teams := func(list ...string) string {
		return "roster: {people: [" + ann + "], teams: [" + strings.Join(list, ", ") + "]}"
	}
	away := func(entry string) string { return "roster: {people: [" + ann + "], away: [" + entry + "]}" }
	for text, want := range map[string]string{
		people("{name: Ann}"):                       "roster.people[0].id: the id is missing",
		people("{id: a/b}"):                         `roster.people[0].id: "a/b" holds a slash or a blank, and it is part of ids`,
		people(ann, ann):                            `roster.people[1].id: "ann" stands there twice, first as roster.people[0]; a change over time needs since with its date`,
		people(ann, "{id: ann, since: 2026-13-01}"): `roster.people[1].since: "2026-13-01" is no date such as 2026-03-01 or 2026-03-01T09:00:00Z`,
		people(ann, "{id: bob, jira: [j1]}"):        `roster.people[1].jira[0]: the account is that of ann too (roster.people[0].jira[0])`,
		people("{id: ann, jira: ['']}"):             `roster.people[0].jira[0]: the entry is empty`,
		people("{id: ann, jira: [other/j1]}"):       `roster.people[0].jira[0]: "other/j1" names no jira site of this file`,
		people(ann, "{id: bob, manager: an}"):       `roster.people[1].manager: there is no person "an" in roster.people; did you mean ann?`,
		people(ann, "{id: bob, backup: zoe}"):       `roster.people[1].backup: there is no person "zoe" in roster.people`,
		people("{id: bob, backup: bob}"):            `roster.people[0].backup: nobody is their own backup`,
		people("{id: bob, team: Pay}"):              `roster.people[0].team: there is no team "Pay" in roster.teams`,
		people("{id: bob, zone: Here}"):             `roster.people[0].zone: "Here" is no IANA time zone such as Europe/Berlin`,
		people("{id: bob, hours: all}"):             `roster.people[0].hours: "all" are no hours such as 09:00-17:30`,
		people("{id: bob, days: all}"):              `roster.people[0].days: "all" are no days such as mon-fri or sun,mon,tue`,
		people("{id: bob, manager: bob}"):           `roster.people[0].manager: the chain of managers runs in a circle: bob, bob`,
		people("{id: ann, manager: bob}", "{id: bob, manager: cat}", "{id: cat, manager: ann}"): `roster.people[0].manager: the chain of managers runs in a circle: ann, bob, cat, ann`,
		people("{id: ann, manager: bob}", bob, "{id: bob, manager: ann, since: 2026-01-01}"):    `roster.people[0].manager: the chain of managers runs in a circle: ann, bob, ann`,
		teams("{lead: ann}"):                                                    "roster.teams[0].id: the id is missing",
		teams("{id: Pay, lead: bob}"):                                           `roster.teams[0].lead: there is no person "bob" in roster.people`,
		teams("{id: Pay}", "{id: Pay}"):                                         `roster.teams[1].id: "Pay" stands there twice, first as roster.teams[0]; a change over time needs since with its date`,
		teams("{id: Pay}", "{id: pay}"):                                         `roster.teams[1].id: "pay" is a name of another team too`,
		teams("{id: A, aliases: [x]}", "{id: B, aliases: [X]}"):                 `roster.teams[1].aliases[0]: "X" is a name of another team too`,
		teams("{id: Pay, channel: '#pay'}"):                                     `roster.teams[0].channel: "#pay" is a channel's name; its id is wanted, such as C0123456789`,
		teams("{id: Pay, owns: [{}]}"):                                          `roster.teams[0].owns[0]: this owns everything; give project, component, channel or words`,
		teams("{id: Pay, owns: [{project: P, person: x}]}"):                     `roster.teams[0].owns[0].person: there is no person "x" in roster.people`,
		away("{from: 2026-01-01, until: 2026-01-02}"):                           "roster.away[0].person: the person is missing",
		away("{person: zoe, from: 2026-01-01, until: 2026-01-02}"):              `roster.away[0].person: there is no person "zoe" in roster.people`,
		away("{person: ann, until: 2026-01-02}"):                                "roster.away[0].from: the first day is missing",
		away("{person: ann, from: 2026-01-01}"):                                 "roster.away[0].until: the day of the return is missing",
		away("{person: ann, from: 2026-01-02, until: 2026-01-02}"):              `roster.away[0].until: "2026-01-02" is not after from`,
		away("{person: ann, from: 2026-01-02, until: 2026-01-03, backup: ann}"): `roster.away[0].backup: nobody is their own backup`,
		people("{id: [x]}", "{id: bob, manager: zoe}"):                          `roster.people[0].id: expected text, found a list`,
		"roster: {people: [{id: a, team: T}], teams: [{id: 5}]}":                `roster.teams[0].id: expected text, found a number; put it in quotes`,
	} {
		_, faults := read(t, text)
		if assert.Len(t, faults, 1, "%q: %v", text, faults) {
			_, got, _ := strings.Cut(faults[0], ": ")
			assert.Equal(t, want, got, "%q", text)
		}
	}
}

func TestRosterAsOfTime(t *testing.T) {
	c, faults := read(t, `
jira: [{site: north}, {site: south}]
roster:
  people:
    - {id: ann, jira: [j1, south/j1], manager: bob, team: billing}
    - {id: bob, manager: cat}
    - {id: cat}
    - {id: cat, manager: ann, since: 2026-05-01}
    - {id: ann, jira: [j1], since: 2026-05-01, left: true}
  teams:
    - {id: Payments, aliases: [Billing], lead: ann}
    - {id: Payments, aliases: [Billing], lead: bob, since: 2026-05-01}
  away:
    - {person: ann, from: 2026-02-01, until: 2026-02-08, backup: bob}
`)
	require.Empty(t, faults, "a circle that never exists at one time is none")
	events, err := c.OrgEvents()
	require.NoError(t, err)
	require.Len(t, events, 8)
}

func TestHints(t *testing.T) {
	f, err := Parse("a.yaml", []byte(`
jira: [{url: 'http://example.com', token: '${T}'}, {site: b, token: direct-token}]
slack: [{bot_token: '${T}', app_token: '${T}'}]
roster: {people: [{id: ann, region: north}]}
`), options(map[string]string{"T": "abcdefgh"}))
	require.NoError(t, err)
	var got []string
	for _, h := range f.Hints {
		got = append(got, h.Path+": "+h.Problem)
	}
	require.Equal(t, []string{
		"jira[0].url: http sends the token unprotected",
		"jira[0].token: a token without user is sent as a personal access token; Jira Cloud wants the user too",
		"jira[1].token: the secret stands in the file itself; token_file or ${ENV} keeps it out",
		"jira[1].token: there is a token and no url to use it with",
		"jira[1].token: a token without user is sent as a personal access token; Jira Cloud wants the user too",
		"slack[0].bot_token: tokens of this kind begin with xoxb-",
		"slack[0].app_token: tokens of this kind begin with xapp-",
		"roster.people[0].region: policy.holidays has no such region",
	}, got)
}
