package demo

import (
	"strings"

	"andon/integrations/slack/fakeslack"
)

// channelID is the id of a channel of that name.
func channelID(name string) string {
	return "C" + strings.ToUpper(strings.NewReplacer("-", "", "_", "").Replace(name))
}

// room is a channel.
type room struct {
	Name, Topic string
	Private     bool
	Members     []string // of a private one
	Absent      bool     // andon is not in it
}

// Digest and Admin are the channels in which the weekly digest is said, and what
// concerns andon itself.
const (
	Digest = "eng-weekly"
	Admin  = "andon-admin"
)

var rooms = []room{
	{Name: "general", Topic: "Everybody"},
	{Name: Digest, Topic: "What the week was like"},
	{Name: "help-checkout", Topic: "Questions about basket, vouchers and checkout"},
	{Name: "payments", Topic: "Cards, refunds, settlement"},
	{Name: "platform", Topic: "Builds, deploys, clusters"},
	{Name: "identity", Topic: "Sign-in, sessions, the token vault"},
	{Name: "mobile", Topic: "The apps"},
	{Name: "search", Topic: "Finding things"},
	{Name: "support", Topic: "What customers tell us"},
	{Name: "random", Topic: "Not work"},
	{Name: "leads", Topic: "Leads only", Private: true, Members: []string{"nora", "felix", "greta", "ines", "tess", "dana", "stellan", "tom", "carmen", "marek", "amara"}},
	{Name: Admin, Topic: "What andon says of itself", Private: true, Members: []string{"felix", "stellan", "keiko"}},
}

func slackChannels() (out []fakeslack.Channel) {
	for _, r := range rooms {
		out = append(out, r.channel())
	}
	return out
}

func (r *room) channel() fakeslack.Channel {
	c := fakeslack.Channel{ID: channelID(r.Name), Name: r.Name, Topic: r.Topic, Private: r.Private, Absent: r.Absent}
	for _, m := range r.Members {
		c.Members = append(c.Members, slackID(m))
	}
	return c
}
