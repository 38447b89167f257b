package demo

import (
	"slices"
	"strings"

	"andon/cmd/andon/internal/config"
	"andon/integrations/slack/fakeslack"
)

// Company is what the invented company is called. It sells furniture.
const Company = "Thimble & Oak"

// person is somebody who works there. The id is also their name in Slack.
type person struct {
	ID, Name, Team, Title string
	Zone                  string // Europe/London where it is empty
}

// slackID is the account of a person in Slack.
func slackID(id string) string { return "U" + strings.ToUpper(id) }

// jiraID is the account of a person in Jira.
func jiraID(id string) string { return "acc-" + id }

// The people, team by team; the first of each team leads it.
var people = []person{
	{"nora", "Nora Whitlock", "Leadership", "CTO", ""},
	{"felix", "Felix Arden", "Leadership", "VP Engineering", ""},
	{"greta", "Greta Solheim", "Leadership", "VP Customer Care", "Europe/Oslo"},

	{"ines", "Ines Calloway", "Support", "Lead, Support", ""},
	{"omar", "Omar Haddad", "Support", "Support engineer", ""},
	{"lotte", "Lotte Vries", "Support", "Support engineer", "Europe/Amsterdam"},
	{"pavel", "Pavel Dvorsky", "Support", "Support engineer", ""},
	{"june", "June Okafor", "Support", "Support engineer", ""},
	{"sunil", "Sunil Rao", "Support", "Support engineer", ""},
	{"wren", "Wren Castellan", "Support", "Support engineer", ""},

	{"tess", "Tess Maddox", "Checkout", "Lead, Checkout", ""},
	{"milo", "Milo Brandt", "Checkout", "Engineer", "Europe/Berlin"},
	{"anya", "Anya Petrova", "Checkout", "Engineer", ""},
	{"jonas", "Jonas Weir", "Checkout", "Engineer", ""},
	{"priya", "Priya Nambiar", "Checkout", "Engineer", ""},
	{"hugo", "Hugo Lambert", "Checkout", "Engineer", "Europe/Paris"},
	{"elle", "Elle Thorne", "Checkout", "Designer", ""},

	{"dana", "Dana Kovac", "Payments", "Lead, Payments", ""},
	{"viktor", "Viktor Lindqvist", "Payments", "Engineer", ""},
	{"rosa", "Rosa Delgado", "Payments", "Engineer", "Europe/Madrid"},
	{"kofi", "Kofi Mensah", "Payments", "Engineer", ""},
	{"mei", "Mei Tanaka", "Payments", "Engineer", ""},
	{"arlo", "Arlo Finch", "Payments", "Analyst", ""},

	{"stellan", "Stellan Roth", "Platform", "Lead, Platform", ""},
	{"raj", "Raj Bhatt", "Platform", "Engineer", ""},
	{"keiko", "Keiko Mori", "Platform", "Engineer", ""},
	{"dov", "Dov Levin", "Platform", "Engineer", ""},
	{"sana", "Sana Qureshi", "Platform", "Engineer", ""},
	{"bram", "Bram Hollis", "Platform", "Engineer", ""},

	{"tom", "Tom Ashby", "Identity", "Lead, Identity", ""},
	{"bea", "Bea Fontaine", "Identity", "Engineer", ""},
	{"luca", "Luca Moretti", "Identity", "Engineer", ""},
	{"yara", "Yara Nasser", "Identity", "Engineer", ""},
	{"finn", "Finn Gallagher", "Identity", "Engineer", ""},

	{"carmen", "Carmen Ibarra", "Mobile", "Lead, Mobile", ""},
	{"otis", "Otis Reed", "Mobile", "Engineer", ""},
	{"hana", "Hana Sedlak", "Mobile", "Engineer", ""},
	{"ravi", "Ravi Menon", "Mobile", "Engineer", ""},
	{"zoe", "Zoe Aldridge", "Mobile", "Engineer", ""},

	{"marek", "Marek Zelen", "Search", "Lead, Search", ""},
	{"ingrid", "Ingrid Dahl", "Search", "Engineer", ""},
	{"theo", "Theo Quill", "Search", "Engineer", ""},

	{"amara", "Amara Obi", "Data", "Lead, Data", ""},
	{"silas", "Silas Crane", "Data", "Analyst", ""},
	{"noor", "Noor Jansen", "Data", "Engineer", ""},
}

// team is a team and what it answers for.
type team struct {
	ID, Channel string
	Owns        []config.Owned
}

var teams = []team{
	{"Leadership", "leads", []config.Owned{{Channel: channelID("leads"), Person: "felix"}}},
	{"Support", "support", []config.Owned{{Project: "SUP"}, {Channel: channelID("support")}}},
	{"Checkout", "help-checkout", []config.Owned{{Project: "SHOP", Component: "basket"}, {Project: "SHOP", Component: "vouchers"}, {Channel: channelID("help-checkout")}}},
	{"Payments", "payments", []config.Owned{{Component: "settlement"}, {Component: "refunds"}, {Channel: channelID("payments"), Person: "kofi"}, {Channel: channelID("payments"), Person: "rosa"}, {Channel: channelID("inc-0312-settlement")}}},
	{"Platform", "platform", []config.Owned{{Project: "PLAT"}, {Channel: channelID("platform")}}},
	{"Identity", "identity", []config.Owned{{Component: "token-vault", Person: "bea"}, {Component: "login"}, {Channel: channelID("identity")}}},
	{"Mobile", "mobile", []config.Owned{{Component: "app"}, {Channel: channelID("mobile")}}},
	{"Search", "search", []config.Owned{{Component: "search"}, {Channel: channelID("search")}}},
	{"Data", "", []config.Owned{{Component: "reports"}}},
}

// find returns a person by id, nil for none.
func find(id string) *person {
	i := slices.IndexFunc(people, func(p person) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &people[i]
}

// nameOf is what a person is called, "somebody" where they are unknown.
func nameOf(id string) string {
	if p := find(id); p != nil {
		first, _, _ := strings.Cut(p.Name, " ")
		return first
	}
	return "somebody"
}

// leadOf is the id of who leads a team.
func leadOf(team string) string {
	for _, p := range people {
		if p.Team == team {
			return p.ID
		}
	}
	return ""
}

// members lists the ids of the people of a team, the lead first.
func members(team string) (out []string) {
	for _, p := range people {
		if p.Team == team {
			out = append(out, p.ID)
		}
	}
	return out
}

// slackPeople are the people as the workspace knows them.
func slackPeople() (out []fakeslack.Person) {
	for _, p := range people {
		out = append(out, fakeslack.Person{
			ID: slackID(p.ID), Name: p.ID, RealName: p.Name, Title: p.Title, Email: p.ID + "@thimbleandoak.example", Zone: zoneOf(&p),
		})
	}
	return out
}

func zoneOf(p *person) string {
	if p.Zone == "" {
		return "Europe/London"
	}
	return p.Zone
}

// manager is whose report somebody is: of the lead, who is of a vice president.
func manager(p *person) string {
	switch {
	case p.ID == "nora":
		return ""
	case p.Team == "Leadership":
		return "nora"
	case p.Team == "Support" && p.ID == leadOf("Support"):
		return "greta"
	case p.ID == leadOf(p.Team):
		return "felix"
	}
	return leadOf(p.Team)
}
