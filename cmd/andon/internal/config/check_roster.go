package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// roster checks who is who: every reference leads somewhere, at any time.
func (k *checker) roster() {
	r := &rosterCheck{checker: k, people: make(map[string]bool), teams: make(map[string]string)}
	for i := range k.c.Roster.People {
		r.people[k.c.Roster.People[i].ID] = true
	}
	r.names()
	entries, accounts := make(map[string]string), make(map[string]owner)
	for i := range k.c.Roster.People {
		r.person(&k.c.Roster.People[i], fmt.Sprintf("roster.people[%d]", i), entries, accounts)
	}
	entries = make(map[string]string)
	for i := range k.c.Roster.Teams {
		r.team(&k.c.Roster.Teams[i], fmt.Sprintf("roster.teams[%d]", i), entries)
	}
	for i := range k.c.Roster.Away {
		r.away(&k.c.Roster.Away[i], fmt.Sprintf("roster.away[%d]", i))
	}
	entries = make(map[string]string)
	for i := range k.c.Roster.Routes {
		r.route(&k.c.Roster.Routes[i], fmt.Sprintf("roster.routes[%d]", i), entries)
	}
	for i, a := range r.c.Admins {
		r.isPerson(a, fmt.Sprintf("admins[%d]", i))
	}
	r.cycles()
}

type rosterCheck struct {
	*checker
	people map[string]bool
	teams  map[string]string // lower-case name or alias -> team id
}

// owner is whose an account is, and where that stands.
type owner struct{ person, path string }

// names collects the names of the teams; one name for two teams is a fault.
func (r *rosterCheck) names() {
	for i, t := range r.c.Roster.Teams {
		at := fmt.Sprintf("roster.teams[%d]", i)
		r.teamName(t.ID, t.ID, at+".id")
		for j, a := range t.Aliases {
			r.teamName(a, t.ID, fmt.Sprintf("%s.aliases[%d]", at, j))
		}
	}
}

func (r *rosterCheck) teamName(name, id, path string) {
	name = strings.ToLower(name)
	if other, ok := r.teams[name]; ok && other != id && name != "" {
		r.fault(path, "%s is a name of another team too", r.show(path))
	}
	r.teams[name] = id
}

func (r *rosterCheck) person(p *Person, at string, entries map[string]string, accounts map[string]owner) {
	r.need(p.ID, at+".id", "the id")
	r.part(p.ID, at+".id")
	r.entry(entries, p.ID, p.Since, at)
	r.isPerson(p.Manager, at+".manager")
	r.backup(p.Backup, p.ID, at+".backup")
	if !r.isTeam(p.Team) {
		r.fault(at+".team", "there is no team %s in roster.teams", r.show(at+".team"))
	}
	r.email(p, at)
	r.zone(p.Zone, at+".zone")
	r.hours(p.Hours, at+".hours")
	r.days(p.Days, at+".days")
	for i, a := range p.Jira {
		path := fmt.Sprintf("%s.jira[%d]", at, i)
		r.account(a, qualified(signals.Jira, r.c.JiraSite(), a), p.ID, path, accounts)
		r.site(a, path, r.c.sites(), "jira site")
	}
	for i, a := range p.Slack {
		path := fmt.Sprintf("%s.slack[%d]", at, i)
		r.account(a, qualified(signals.Slack, r.c.SlackTeam(), a), p.ID, path, accounts)
		r.site(a, path, r.c.workspaces(), "slack team")
	}
	if _, ok := r.c.Policy.Holidays[p.Region]; !ok && p.Region != "" {
		r.hint(at+".region", "policy.holidays has no such region")
	}
}

// isTeam says that a team may be called so; a team without a readable name may
// be called anything.
// email checks that an address is one, and nobody else's.
func (r *rosterCheck) email(p *Person, at string) {
	if p.Email == "" {
		return
	}
	if local, host, ok := strings.Cut(p.Email, "@"); !ok || local == "" || host == "" || strings.ContainsAny(p.Email, " \t<>,") {
		r.fault(at+".email", "%s is no e-mail address", r.show(at+".email"))
		return
	}
	for _, o := range r.c.Roster.People {
		if strings.EqualFold(o.Email, p.Email) && o.ID != p.ID {
			r.fault(at+".email", "%s is the address of %s too", r.show(at+".email"), o.ID)
			return
		}
	}
}

func (r *rosterCheck) isTeam(name string) bool {
	_, ok := r.teams[strings.ToLower(name)]
	_, any := r.teams[""]
	return ok || any || name == ""
}

// entry checks the date of an entry: one entry for each id and date.
func (r *rosterCheck) entry(entries map[string]string, id, since, at string) {
	t, ok := r.date(since, at+".since")
	if id == "" || !ok || r.broken[at+".since"] {
		return
	}
	key := id + "\x00" + t.UTC().Format(time.RFC3339)
	if first, ok := entries[key]; ok {
		r.fault(at+".id", "%s stands there twice, first as %s; a change over time needs since with its date", r.show(at+".id"), first)
		return
	}
	entries[key] = at
}

func (r *rosterCheck) date(s, path string) (time.Time, bool) {
	t, err := Date(s)
	if err != nil {
		r.fault(path, "%s is no date such as 2026-03-01 or 2026-03-01T09:00:00Z", r.show(path))
	}
	return t, err == nil
}

// isPerson checks a reference to a person. Where an entry of a person is
// broken, references may lead there, and nothing is said.
func (r *rosterCheck) isPerson(id, path string) {
	if id == "" || r.people[id] || r.people[""] {
		return
	}
	names := make([]string, 0, len(r.people))
	for p := range r.people {
		names = append(names, p)
	}
	slices.Sort(names)
	hint := ""
	if near := nearest(id, names); near != "" {
		hint = "; did you mean " + near + "?"
	}
	r.fault(path, "there is no person %s in roster.people%s", r.show(path), hint)
}

func (r *rosterCheck) backup(id, of, path string) {
	r.isPerson(id, path)
	if id != "" && id == of {
		r.fault(path, "nobody is their own backup")
	}
}

func (r *rosterCheck) account(local, full, person, path string, accounts map[string]owner) {
	if strings.TrimSpace(local) == "" {
		r.fault(path, "the entry is empty")
		return
	}
	if o, ok := accounts[full]; ok && o.person != person {
		r.fault(path, "the account is that of %s too (%s)", o.person, o.path)
		return
	}
	accounts[full] = owner{person, path}
}

// site checks the first part of SITE/ID.
func (r *rosterCheck) site(id, path string, sites []string, what string) {
	if s, _, ok := strings.Cut(id, "/"); ok && !contains(sites, s) {
		r.fault(path, "%s names no %s of this file", r.show(path), what)
	}
}

func (c *Config) sites() (out []string) {
	for _, j := range c.Jira {
		out = append(out, or(j.Site, "jira"))
	}
	return append(out, c.JiraSite())
}

func (c *Config) workspaces() (out []string) {
	for _, s := range c.Slack {
		out = append(out, or(s.Team, "slack"))
	}
	return append(out, c.SlackTeam())
}

func (r *rosterCheck) team(t *Team, at string, entries map[string]string) {
	r.need(t.ID, at+".id", "the id")
	r.entry(entries, t.ID, t.Since, at)
	r.isPerson(t.Lead, at+".lead")
	r.zone(t.Zone, at+".zone")
	r.channel(t.Channel, at+".channel")
	r.filled(t.Aliases, at+".aliases")
	for i, o := range t.Owns {
		path := fmt.Sprintf("%s.owns[%d]", at, i)
		if o.Project == "" && o.Component == "" && o.Channel == "" && len(o.Words) == 0 {
			r.fault(path, "this owns everything; give project, component, channel or words")
		}
		r.filled(o.Words, path+".words")
		r.channel(o.Channel, path+".channel")
		r.isPerson(o.Person, path+".person")
	}
}

func (r *rosterCheck) channel(id, path string) {
	if strings.HasPrefix(id, "#") {
		r.fault(path, "%s is a channel's name; its id is wanted, such as C0123456789", r.show(path))
	}
	r.site(id, path, r.c.workspaces(), "slack team")
}

func (r *rosterCheck) away(a *Away, at string) {
	r.need(a.Person, at+".person", "the person")
	r.isPerson(a.Person, at+".person")
	r.backup(a.Backup, a.Person, at+".backup")
	r.need(a.From, at+".from", "the first day")
	r.need(a.Until, at+".until", "the day of the return")
	from, ok := r.date(a.From, at+".from")
	until, ok2 := r.date(a.Until, at+".until")
	if ok && ok2 && a.From != "" && a.Until != "" && !until.After(from) {
		r.fault(at+".until", "%s is not after from", r.show(at+".until"))
	}
}

// cycles looks for people who are above themselves, at each date at which the
// chart changes.
func (r *rosterCheck) cycles() {
	type entry struct {
		at       time.Time
		id, boss string
		path     string
	}
	var entries []entry
	for i, p := range r.c.Roster.People {
		if t, err := Date(p.Since); err == nil {
			entries = append(entries, entry{t, p.ID, p.Manager, fmt.Sprintf("roster.people[%d].manager", i)})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return a.at.Compare(b.at) })
	boss, told := make(map[string]string), make(map[string]bool)
	for i, e := range entries {
		boss[e.id] = e.boss
		if i+1 < len(entries) && entries[i+1].at.Equal(e.at) {
			continue // the chart of a date is judged when all its entries are in
		}
		for _, x := range entries[:i+1] {
			loop := above(boss, x.id)
			if name := circle(loop); len(loop) > 0 && !told[name] && boss[x.id] == x.boss {
				told[name] = true
				r.fault(x.path, "the chain of managers runs in a circle: %s", strings.Join(append(loop, loop[0]), ", "))
			}
		}
	}
}

// above returns the circle that a person is part of, beginning with them, or nil.
func above(boss map[string]string, id string) []string {
	loop := []string{id}
	for at := boss[id]; at != "" && len(loop) <= len(boss); at = boss[at] {
		if at == id {
			return loop
		}
		loop = append(loop, at)
	}
	return nil
}

// circle names a circle wherever it begins.
func circle(loop []string) string {
	s := slices.Clone(loop)
	slices.Sort(s)
	return strings.Join(s, "\x00")
}
