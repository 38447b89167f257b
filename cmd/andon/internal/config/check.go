package config

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"andon/signals"
)

// checker judges what the values mean.
type checker struct {
	*walker
	c *Config
	o Options
}

func (k *checker) check() {
	k.service()
	k.jira()
	k.slack()
	k.alerts()
	for i := range k.c.Events {
		k.events(&k.c.Events[i], fmt.Sprintf("events[%d]", i))
	}
	k.policy()
	k.roster()
	k.oncall()
	k.words()
}

// show is a value as the file writes it, for a sentence: an environment
// variable by its name, cut when long.
func (k *checker) show(path string) string {
	raw := k.place(path).raw
	if utf8.RuneCountInString(raw) > 60 {
		raw = string([]rune(raw)[:60]) + "…"
	}
	return fmt.Sprintf("%q", raw)
}

// given says that a key stands in the file, right or wrong.
func (k *checker) given(path string) bool { return k.places[path].line > 0 }

// need notes a missing value.
func (k *checker) need(value, path, what string) {
	if value == "" {
		k.fault(path, "%s is missing", what)
	}
}

// oneOf checks a value against the words that are allowed.
func (k *checker) oneOf(value, path string, allowed ...string) {
	for _, a := range allowed {
		if value == a {
			return
		}
	}
	k.fault(path, "%s is none of %s", k.show(path), strings.Join(allowed, ", "))
}

// unique notes values that stand twice; the second one is the fault.
func (k *checker) unique(seen map[string]string, value, path, what string) {
	if first, ok := seen[value]; ok {
		k.fault(path, "the %s is that of %s too", what, first)
		return
	}
	seen[value] = path
}

func (k *checker) jira() {
	sites := make(map[string]string)
	for i, j := range k.c.Jira {
		at := fmt.Sprintf("jira[%d]", i)
		site := or(j.Site, "jira")
		k.unique(sites, site, at+".site", "site")
		k.part(site, at+".site")
		k.oneOf(or(j.Audience, string(signals.Public)), at+".audience", string(signals.Public), "project", "restricted")
		k.live(&j, at)
		k.url(j.URL, at+".url")
		k.filled(j.Fields, at+".fields")
		k.filled(j.Done, at+".done")
		if j.Token != "" && j.URL == "" {
			k.hint(at+".token", "there is a token and no url to use it with")
		}
		if j.Token != "" && j.User == "" {
			k.hint(at+".token", "a token without user is sent as a personal access token; Jira Cloud wants the user too")
		}
	}
}

func (k *checker) slack() {
	teams := make(map[string]string)
	for i, s := range k.c.Slack {
		at := fmt.Sprintf("slack[%d]", i)
		team := or(s.Team, "slack")
		k.unique(teams, team, at+".team", "team")
		k.part(team, at+".team")
		k.url(s.URL, at+".url")
		k.listening(&s, at)
		if s.Command != "" && (!strings.HasPrefix(s.Command, "/") || strings.ContainsAny(s.Command, " \t")) {
			k.fault(at+".command", "%s is no slash command such as /andon", k.show(at+".command"))
		}
		for _, t := range []struct {
			value Secret
			key   string
			begin string
		}{{s.BotToken, ".bot_token", "xoxb-"}, {s.AppToken, ".app_token", "xapp-"}} {
			switch other := map[string]string{"xoxb-": "xapp-", "xapp-": "xoxb-"}[t.begin]; {
			case strings.HasPrefix(string(t.value), other):
				k.fault(at+t.key, "this is a token of the other kind: it begins with %s, and this one begins with %s", other, t.begin)
			case t.value != "" && !strings.HasPrefix(string(t.value), t.begin):
				k.hint(at+t.key, "tokens of this kind begin with %s", t.begin)
			}
		}
	}
}

// part checks a name that becomes a part of ids.
func (k *checker) part(name, path string) {
	if strings.ContainsAny(name, "/ \t\n") {
		k.fault(path, "%s holds a slash or a blank, and it is part of ids", k.show(path))
	}
}

// url checks an address. The faults do not repeat it, for it may hold a password.
func (k *checker) url(s, path string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		k.fault(path, "this is no address such as https://example.atlassian.net")
	case u.User != nil:
		k.fault(path, "the address holds a user or a password; user and token have keys of their own")
	case u.Scheme == "http":
		k.hint(path, "http sends the token unprotected")
	}
}

// filled notes empty entries of a list.
func (k *checker) filled(list []string, path string) {
	for i, s := range list {
		if strings.TrimSpace(s) == "" {
			k.fault(fmt.Sprintf("%s[%d]", path, i), "the entry is empty")
		}
	}
}

func (k *checker) events(e *Events, at string) {
	k.need(e.Case, at+".case", "the name of the column with the case")
	k.need(e.Time, at+".time", "the name of the column with the time")
	if e.Case != "" && strings.EqualFold(e.Case, e.Time) {
		k.fault(at+".time", "the time is the column of the case too")
	}
	k.part(e.Site, at+".site")
	k.zone(e.Zone, at+".zone")
	if k.given(at+".comma") && (utf8.RuneCountInString(e.Comma) != 1 || e.Comma[0] > 127 || strings.ContainsAny(e.Comma, "\"\r\n")) {
		k.fault(at+".comma", "%s is not one character that can separate columns, such as \";\" or \"\\t\"", k.show(at+".comma"))
	}
	for i, l := range e.Layouts {
		if path := fmt.Sprintf("%s.time_layouts[%d]", at, i); !layoutWorks(l) {
			k.fault(path, "%s is no layout with a year, such as \"2006-01-02 15:04:05\"", k.show(path))
		}
	}
	k.filled(e.Fields, at+".fields")
	k.filled(e.Closed, at+".closed")
}

// layoutWorks tells a layout by what it does to a date: the day survives.
func layoutWorks(layout string) bool {
	day := time.Date(2019, 11, 23, 0, 0, 0, 0, time.UTC)
	t, err := time.Parse(layout, day.Format(layout))
	return err == nil && t.Format(time.DateOnly) == day.Format(time.DateOnly)
}

func (k *checker) zone(name, path string) {
	if name == "" {
		return
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		k.fault(path, "%s is no IANA time zone such as Europe/Berlin", k.show(path))
	}
}

func (k *checker) hours(s, path string) {
	if _, _, err := signals.ParseHours(s); err != nil {
		k.fault(path, "%s are no hours such as 09:00-17:30", k.show(path))
	}
}

func (k *checker) days(s, path string) {
	if _, err := signals.ParseDays(s); err != nil {
		k.fault(path, "%s are no days such as mon-fri or sun,mon,tue", k.show(path))
	}
}

// words tries the phrases of each list.
func (k *checker) words() {
	for _, list := range sorted(k.c.Words) {
		path := join("words", list)
		if k.o.Lists != nil && !contains(k.o.Lists, list) {
			k.fault(path, "there is no such word list%s", suggest(list, k.o.Lists))
			continue
		}
		phrases := k.c.Words[list]
		if k.o.Words == nil || k.o.Words(list, phrases) == nil {
			continue
		}
		k.phrases(list, phrases, path)
	}
}

// phrases finds which phrases of a list are wrong, by leaving them out one by one.
func (k *checker) phrases(list string, phrases []string, path string) {
	var good []string
	for i, p := range phrases {
		if err := k.o.Words(list, append(good, p)); err != nil {
			at := fmt.Sprintf("%s[%d]", path, i)
			k.fault(at, "%s does not work: %s", k.show(at), reason(err))
			continue
		}
		good = append(good, p)
	}
}

// reason is the innermost sentence of an error, or its last part.
func reason(err error) string {
	s := err.Error()
	if i := strings.LastIndex(s, ": "); i >= 0 {
		s = s[i+2:]
	}
	return s
}
