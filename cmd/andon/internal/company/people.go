package company

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	_ "time/tzdata" // the story needs the same zones on every machine
)

// Person is someone who works, or worked, at the company. Bots are not persons.
type Person struct {
	Name      string `json:"name"`
	AccountID string `json:"account_id"` // Jira
	SlackID   string `json:"slack_id"`
	Email     string `json:"email"`
	Title     string `json:"title"`
	Team      string `json:"team"`              // name of a Team
	Manager   string `json:"manager,omitempty"` // the manager's email; empty at the top
	Zone      string `json:"time_zone"`         // IANA name
	From      int    `json:"work_from"`         // local hour, Monday to Friday
	To        int    `json:"work_to"`
	// Components the person knows, best first: a list of names in the Jira sense.
	Components []string   `json:"components,omitempty"`
	LeftAt     *time.Time `json:"left_at,omitempty"` // set for who left during the history
	Away       []Span     `json:"away,omitempty"`

	style   style
	loc     *time.Location
	manager *Person
	days    map[int64]bool // holidays, as day numbers in the person's zone
}

// Span is [From, To).
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Team is a group that owns components, or helps customers, or leads.
type Team struct {
	Name       string   `json:"name"`
	Lead       string   `json:"lead"`    // the lead's email
	Channel    string   `json:"channel"` // its Slack channel's name
	ChannelID  string   `json:"channel_id"`
	Level      string   `json:"level"`             // value of the field Support Level while the team holds an issue
	Project    string   `json:"project,omitempty"` // Jira project of the team
	Components []string `json:"components,omitempty"`
}

// Holiday is a day off, for everyone or for the zones named.
type Holiday struct {
	Date  string   `json:"date"` // 2026-03-20
	Name  string   `json:"name"`
	Zones []string `json:"zones,omitempty"`
}

const (
	desk    = "Service Desk"
	product = "Product Support"
	leads   = "Engineering Leads"
)

// plan of the organisation: team, director (0 or 1 for engineering, 2 for customers), size.
var orgPlan = []struct {
	team, project, channel, level string
	director, size                int
}{
	{"Payments", "PAY", "team-payments", "L3", 0, 6},
	{"Parcels", "PAR", "team-parcels", "L3", 0, 6},
	{"Routing", "ROU", "team-routing", "L3", 0, 5},
	{"Platform", "PLT", "team-platform", "L3", 1, 6},
	{"Apps", "APP", "team-apps", "L3", 1, 5},
	{"Data", "DAT", "team-data", "L3", 1, 5},
	{desk, "SUP", "service-desk", "L1", 2, 6},
	{product, "", "product-support", "L2", 2, 4},
}

var zones = []string{"Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata"}

func (w *world) makePeople() {
	r := w.rng("people")
	names := append([]string(nil), w.g.list("names")...)
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	next := func(team, title string, boss *Person, zone string) *Person {
		p := w.newPerson(r, names[len(w.people)], team, title, boss, zone)
		w.people = append(w.people, p)
		return p
	}
	vp := next(leads, "VP Engineering and Service", nil, zones[1])
	var directors []*Person
	for i, title := range []string{"Director Logistics Engineering", "Director Platform Engineering", "Director Customer Service"} {
		directors = append(directors, next(leads, title, vp, zones[i%3]))
	}
	w.c.Teams = append(w.c.Teams, Team{Name: leads, Lead: vp.Email, Channel: "leads-private", Level: "Management"})
	for i, plan := range orgPlan {
		home := zones[i%3]
		lead := next(plan.team, "Team Lead", directors[plan.director], home)
		t := Team{Name: plan.team, Lead: lead.Email, Channel: plan.channel, Level: plan.level, Project: plan.project}
		t.Components = w.ownTopics(plan.team)
		members := []*Person{lead}
		for n := 1; n < plan.size; n++ {
			zone := home
			if chance(r, 0.4) || plan.team == desk {
				zone = zones[(i+n)%len(zones)]
			}
			members = append(members, next(plan.team, title(plan.level), lead, zone))
		}
		shareTopics(t.Components, members)
		w.c.Teams = append(w.c.Teams, t)
	}
	w.makeHolidays()
	w.makeAbsences(r)
}

func title(level string) string {
	return map[string]string{"L1": "Service Agent", "L2": "Product Specialist", "L3": "Engineer"}[level]
}

func (w *world) newPerson(r *rand.Rand, name, team, title string, boss *Person, zone string) *Person {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err) // the zones are embedded
	}
	from := 8 + r.IntN(3)
	p := &Person{Name: name, Team: team, Title: title, Zone: zone, From: from, To: from + 9, loc: loc, manager: boss, style: makeStyle(r)}
	p.AccountID = fmt.Sprintf("5e%022x", r.Uint64())
	p.SlackID = fmt.Sprintf("U0%s", code36(r, 8))
	p.Email = strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@" + w.c.Domain
	p.days = map[int64]bool{}
	if boss != nil {
		p.Manager = boss.Email
	}
	return p
}

// shareTopics gives every engineer a main component and two more; the lead knows a little of everything.
func shareTopics(components []string, members []*Person) {
	n := len(components)
	for i, p := range members {
		if n == 0 {
			return
		}
		p.Components = []string{components[i%n], components[(i+1)%n]}
		if i == 0 {
			p.Components = append([]string(nil), components...)
		}
	}
}

func (w *world) makeHolidays() {
	add := func(day int, name string, in ...string) {
		date := w.start.AddDate(0, 0, day)
		if !date.Before(w.end) {
			return
		}
		w.c.Holidays = append(w.c.Holidays, Holiday{date.Format(time.DateOnly), name, in})
		for _, p := range w.people {
			if len(in) == 0 || contains(in, p.Zone) {
				p.days[date.Unix()/86400] = true
			}
		}
	}
	add(11, "Founders' day")
	add(21, "Monsoon eve", zones[3])
	add(30, "Harbour day", zones[0], zones[1])
}

// makeAbsences sends a few people away for a week and lets two leave for good.
func (w *world) makeAbsences(r *rand.Rand) {
	staff := w.people[4:]
	for _, i := range r.Perm(len(staff))[:8] {
		from := w.start.AddDate(0, 0, 7*r.IntN(w.o.Weeks))
		staff[i].Away = []Span{{from, from.AddDate(0, 0, 7)}}
	}
	for n, team := range []string{"Platform", "Payments"} {
		at := w.start.AddDate(0, 0, 7*w.o.Weeks*(n+1)/3-3).Add(17 * time.Hour)
		last := w.team(team)
		last[len(last)-1].LeftAt = &at
	}
}

// team lists the members of a team, the lead first.
func (w *world) team(name string) []*Person {
	var out []*Person
	for _, p := range w.people {
		if p.Team == name {
			out = append(out, p)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func code36(r *rand.Rand, n int) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}
