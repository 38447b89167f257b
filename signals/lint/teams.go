package lint

import (
	"maps"
	"slices"
	"strings"

	"andon/signals"
)

// teams looks at every team that answers for something, and at whom it names.
func (c *checker) teams() {
	roles := make(map[string][]role)
	add := func(id, what string, t *signals.Team) {
		if id != "" {
			who := c.Org.Who(id)
			if !slices.ContainsFunc(roles[who], func(r role) bool { return r.team == t && r.what == what }) {
				roles[who] = append(roles[who], role{t, what})
			}
		}
	}
	members, any := c.members()
	for _, id := range slices.Sorted(maps.Keys(c.Org.Teams)) {
		t := c.Org.Teams[id]
		if len(t.Owns) == 0 && !c.holds(t) {
			continue
		}
		contacts := 0
		for i := range t.Owns {
			if p := t.Owns[i].Person; p != "" {
				contacts++
				add(p, "is a first contact of ", t)
			}
		}
		add(t.Lead, "leads ", t)
		c.duty(t)
		c.team(t, contacts, any && members[t.ID] == 0)
	}
	for _, who := range slices.Sorted(maps.Keys(roles)) {
		c.person(who, roles[who])
	}
}

// role is what somebody is to a team.
type role struct {
	team *signals.Team
	what string
}

// members counts who is in each team and stays; any is false where the roster
// puts nobody into any team.
func (c *checker) members() (n map[string]int, any bool) {
	n = make(map[string]int)
	for _, id := range slices.Sorted(maps.Keys(c.Org.People)) {
		p := c.Org.Person(id)
		t := c.Org.Team(p.Team)
		any = any || t != nil
		if t != nil && !p.Left && !p.Bot {
			n[t.ID]++
		}
	}
	return n, any
}

// holds reports whether cases come to a team these days.
func (c *checker) holds(t *signals.Team) bool {
	if c.Seen == nil {
		return false
	}
	for name, p := range c.Seen.Teams {
		if c.Org.TeamName(name) == t.ID && c.current(p) {
			return true
		}
	}
	return false
}

func (c *checker) team(t *signals.Team, contacts int, empty bool) {
	place := "team " + t.ID
	if empty {
		c.find(Broken, place, "empty-team", "", "nobody is in it"+owning(t), "put people into it, or give what it owns to another team")
	}
	switch {
	case t.Lead == "" && contacts == 0:
		c.find(Broken, place, "no-lead", "", "it has neither a lead nor a first contact"+owning(t), "name a lead of it")
	case t.Lead == "":
		c.find(Weak, place, "no-lead", "", "it has no lead: who holds up a case there is told to nobody above", "name a lead of it")
	}
	if t.Channel == "" {
		return
	}
	if _, ok := c.seenRoom(t.Channel); !ok && c.Slack && c.knows() && len(c.Seen.Channels) > 0 {
		c.find(Note, place, "silent-channel", t.Channel, "nothing was ever heard in its channel "+c.room(t.Channel), "invite andon there, or name another channel")
	}
}

// duty looks whether whoever is on call can be told: they come and go, so more
// is not asked of them.
func (c *checker) duty(t *signals.Team) {
	for _, who := range c.Org.OnCall(t.ID, c.Now) {
		subject := c.name(who) + ", who is on call for " + t.ID + ", "
		switch ok, why, _ := c.Org.Available(who, c.Now); {
		case !c.stays(who):
			c.find(Weak, "team "+t.ID, "gone-on-call", who, subject+"cannot be asked: the lead is asked instead", "mend the calendar or the roster")
		case !ok:
			c.find(Weak, "team "+t.ID, "away-on-call", who, subject+why, "have somebody else take the shift")
		case c.Reach != nil && c.Reach(who) != "":
			c.find(Broken, "team "+t.ID, "deaf-on-call", who, subject+"cannot be told anything: "+c.Reach(who), "give them a Slack account in the roster")
		}
	}
}

// owning says what a team owns, in a few words.
func owning(t *signals.Team) string {
	var out []string
	for i := range t.Owns {
		if s := described(&t.Owns[i]); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	const most = 3
	switch n := len(out); {
	case n == 0:
		return ""
	case n > most:
		return ", and it owns " + strings.Join(out[:most], ", ") + " and more"
	}
	return ", and it owns " + strings.Join(out, ", ")
}

// stays reports whether somebody is there to be asked, be it after an absence.
func (c *checker) stays(id string) bool {
	p := c.Org.Person(id)
	return p != nil && !signals.IsGone(id) && !p.Left && !p.Bot && !p.External && !p.OptedOut
}

// person looks at somebody who is asked because of what they are to a team.
func (c *checker) person(who string, roles []role) {
	place := "team " + roles[0].team.ID
	subject := c.name(who) + ", who " + told(roles) + ", "
	ok, why, backup := c.Org.Available(who, c.Now)
	p := c.Org.Person(who)
	if p == nil {
		c.find(Broken, place, "unknown-contact", who, subject+"is not in the roster", "add them to roster.people, or name somebody else")
		return
	}
	standIn := backup != "" && c.stays(backup) && (c.Reach == nil || c.Reach(backup) == "")
	if !c.stays(who) {
		c.departed(place, subject, who, p.Left, standIn)
		return
	}
	if !ok && !standIn {
		c.find(Broken, place, "away-alone", who, subject+why+", and nobody stands in", "name a backup: away ... backup, or backup in the roster")
	}
	c.backups(place, subject, p, ok)
	c.reached(place, subject, p)
	c.known(place, subject, p)
	c.lastSeen(place, subject, p)
}

// told says what somebody is, such as "leads Payments and Web".
func told(roles []role) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = r.what + r.team.ID
	}
	return strings.Join(out, " and ")
}

// departed says that somebody cannot be asked any more. Why is told only of
// those who have left.
func (c *checker) departed(place, subject, who string, left, standIn bool) {
	what, level := "cannot be asked", Broken
	if left {
		what = "has left the company"
	}
	if standIn {
		level, what = Weak, what+"; the backup is asked until somebody else is named"
	}
	c.find(level, place, "gone-contact", who, subject+what, "name somebody else")
}

// backups looks at who stands in for somebody. Of one who is away already
// without anybody that is said before.
func (c *checker) backups(place, subject string, p *signals.Person, here bool) {
	switch {
	case p.Backup == "" && here:
		c.find(Weak, place, "no-backup", p.ID, subject+"has no backup", "name one: backup in the roster, or /andon settings backup")
	case p.Backup == "":
	case !c.stays(p.Backup):
		c.find(Weak, place, "gone-backup", p.ID, subject+"has a backup who cannot be asked any more: "+c.name(p.Backup), "name another backup")
	case c.Reach != nil && c.Reach(p.Backup) != "":
		c.find(Weak, place, "deaf-backup", p.ID, subject+"has a backup who cannot be told anything: "+c.name(p.Backup)+": "+c.Reach(p.Backup), "give the backup a Slack account in the roster")
	}
}

// reached looks whether somebody can be told, and the step above them.
func (c *checker) reached(place, subject string, p *signals.Person) {
	if c.Reach != nil {
		if why := c.Reach(p.ID); why != "" {
			c.find(Broken, place, "no-slack", p.ID, subject+"cannot be told anything: "+why, "give them a Slack account in the roster, or the e-mail address by which it is found")
		}
	}
	_, placed := c.Org.Height(p.ID)
	switch {
	case p.Manager == "" && !placed:
		c.find(Note, place, "no-manager", p.ID, subject+"has no manager and manages nobody: climbs are not seen, and the last step is missing", "name the manager in the roster")
	case p.Manager != "" && !c.stays(p.Manager):
		c.find(Weak, place, "gone-manager", p.ID, subject+"has a manager who cannot be asked any more: the last step reaches nobody", "name the manager of now in the roster")
	}
}

// known looks whether what somebody does is known to be theirs, and when they work.
func (c *checker) known(place, subject string, p *signals.Person) {
	if c.Jira && !slices.ContainsFunc(c.Org.AccountsOf(p.ID), func(a string) bool { return strings.HasPrefix(a, signals.Jira+"/") }) {
		c.find(Weak, place, "no-jira", p.ID, subject+"has no Jira account that is known: their work on a case is taken for somebody else's", "add it to jira in the roster; or they say /andon link")
	}
	if s := c.Org.Settings(p.ID); s.Zone.From == signals.OfPolicy {
		c.find(Note, place, "no-zone", p.ID, subject+"has no time zone: that of the policy counts, "+s.Zone.Value, "give them, or the team, a zone in the roster")
	}
}

// lastSeen looks whether somebody was heard of at all lately. For how long not
// is nobody's business.
func (c *checker) lastSeen(place, subject string, p *signals.Person) {
	if c.Seen == nil || c.Seen.Last.Sub(c.Seen.First) < longAgo {
		return
	}
	accounts := c.Org.AccountsOf(p.ID)
	if len(accounts) == 0 || !p.OptedOut && slices.ContainsFunc(accounts, func(a string) bool { return c.Now.Sub(c.Seen.Actors[a]) < longAgo }) {
		return
	}
	c.find(Note, place, "quiet-contact", p.ID, subject+"was not heard of lately, neither in Jira nor in Slack", "if they moved on, name somebody else")
}
