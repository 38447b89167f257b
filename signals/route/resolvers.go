package route

import (
	"cmp"
	"slices"
	"time"

	"andon/signals"
)

// resolvers proposes who can solve the case.
func (p *picker) resolvers() {
	if p.s.Need != signals.NeedHolder {
		p.barParties()
		p.named()
	}
	people, teams := p.known()
	own := owners(p.org, p.c)
	if p.contradicted(own, people, teams) {
		p.history(people, teams)
		p.owning(own)
	} else {
		p.owning(own)
		p.history(people, teams)
	}
	p.regulars()
}

// known asks the model, under the names that the roster has now.
func (p *picker) known() (people, teams []Candidate) {
	if p.m == nil {
		return nil, nil
	}
	people = p.m.Suggest(p.c, p.now, Person, 10, nil)
	return merge(people, p.org.Who), p.m.Teams(p.c, p.org, p.now, 5)
}

// Teams is Suggest for teams, with the answers under the present names of the
// teams: what a team did under a former name counts as its own.
func (m *Model) Teams(c *signals.Case, org *signals.Org, now time.Time, n int) []Candidate {
	list := merge(m.Suggest(c, now, Team, 2*n, nil), org.TeamName)
	return list[:min(n, len(list))]
}

// merge puts candidates together that have one name now.
func merge(list []Candidate, name func(string) string) []Candidate {
	out := list[:0]
	for _, x := range list {
		x.Who = name(x.Who)
		if i := slices.IndexFunc(out, func(y Candidate) bool { return y.Who == x.Who }); i >= 0 {
			out[i].Score += x.Score
			out[i].rank = logAdd(out[i].rank, x.rank)
		} else {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.rank, a.rank) })
	return out
}

// logAdd is log(exp(a)+exp(b)).
func logAdd(a, b float32) float32 { return max(a, b) + softplus(min(a, b)-max(a, b)) }

// contradicted reports whether the history is sure of somebody whom the roster
// does not name, and hardly knows the one whom it does.
func (p *picker) contradicted(own []owner, people, teams []Candidate) bool {
	if len(own) == 0 {
		return false
	}
	o := own[0]
	if o.person != "" && len(people) > 0 {
		return people[0].Score >= sure && scoreOf(people, p.org.Who(o.person)) < unlikely && !p.inTeam(people[0].Who, o.team)
	}
	if len(teams) > 0 {
		return teams[0].Score >= sure && scoreOf(teams, o.team.ID) < unlikely
	}
	return len(people) > 0 && people[0].Score >= sure && !p.inTeam(people[0].Who, o.team)
}

func scoreOf(list []Candidate, who string) float64 {
	for _, x := range list {
		if x.Who == who {
			return x.Score
		}
	}
	return 0
}

func (p *picker) inTeam(who string, t *signals.Team) bool {
	x := p.org.Person(who)
	return x != nil && p.org.Team(x.Team) == t
}

// owning proposes the contacts and leads whom the roster names.
func (p *picker) owning(own []owner) {
	for _, o := range own {
		p.onCall(o.team, o.why, 0.6)
		if o.person != "" {
			p.offer(o.person, "is the contact of "+o.team.ID+", which "+o.why, 0.6)
		}
		p.offer(o.team.Lead, "leads "+o.team.ID+", which "+o.why, 0.5)
	}
}

// history proposes the likely resolvers, and the leads of likely teams. Who is
// unlikely even if the present holder does not resolve it is not proposed.
func (p *picker) history(people, teams []Candidate) {
	others := 1 - scoreOf(people, p.org.Who(p.c.Holder))
	for i := range people {
		x := &people[i]
		if x.Score < unlikely*others {
			continue // that is not knowing
		}
		if id := p.m.tracks[persons].names.find(x.Who); id >= 0 && p.m.lastSeen(id) < p.now.Add(-silent).Unix() {
			p.bar(x.Who, "was not seen for long")
			continue
		}
		p.offer(x.Who, x.Why(p.m), x.Score)
	}
	for i := range teams {
		if t := p.org.Team(teams[i].Who); t != nil && teams[i].Score >= 0.1 {
			p.first(t, teams[i].Why(p.m), teams[i].Score)
		}
	}
}

// lastSeen is when a person last held, solved or said something, in unix seconds.
func (m *Model) lastSeen(id int32) int64 {
	n := &m.tracks[persons].names
	return max(n.seen[id], n.alive[id])
}
