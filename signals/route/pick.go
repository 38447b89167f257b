package route

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// Choice is one target of a nudge. An empty To says that there is nobody; then
// Why says for what reason.
type Choice struct {
	To     string // person or channel id
	Owner  string // the one named owner, where To is a channel
	Why    string // why this target: the rest of a sentence that begins with who it is
	Score  float64
	Backup bool // asked in place of somebody else

	Refused []Refusal // who was passed over on the way to this choice
}

// Refusal is somebody who was passed over, and why.
type Refusal struct{ Who, Why string }

// The numbers of a choice.
const (
	maxChoices = 5
	sure       = 0.6                  // from this score on the history may contradict the roster
	unlikely   = 0.05                 // if it gives the roster's owner less than this; nor does it name anybody below
	silent     = 270 * 24 * time.Hour // who was not seen for so long is not proposed from history
)

// Pick chooses whom to nudge because of a signal, best first. What the roster
// says goes before what the history says, unless the history contradicts it
// strongly; who was asked by name goes before both. People who are away, have left, are external, opted out or are bots
// are never chosen; their backup is, and says so. The one who raised the case
// and the one whom the signal is about are not asked to solve it. There is
// always at least one choice; with nobody to ask it has an empty To.
func Pick(m *Model, org *signals.Org, c *signals.Case, s *signals.Signal, now time.Time) []Choice {
	p := picker{m: m, org: org, c: c, s: s, now: now, seen: make(map[string]bool, 8)}
	p.hints()
	switch s.Need {
	case signals.NeedHolder:
		p.askedOne()
		p.holder()
		p.lead(c.Team)
		p.resolvers()
	case signals.NeedLead:
		p.leads()
		p.resolvers()
	case signals.NeedChannel:
		return p.channel()
	default:
		p.resolvers()
		p.lead(c.Team)
		p.offer(c.Holder, "holds it now", 0.3)
	}
	return p.done()
}

type picker struct {
	m       *Model
	org     *signals.Org
	c       *signals.Case
	s       *signals.Signal
	now     time.Time
	seen    map[string]bool
	out     []Choice
	refused []Refusal
	taught  []signals.Hint
}

func (p *picker) done() []Choice {
	switch n := len(p.out); {
	case n == 0:
		why := "nobody is known who could help"
		if len(p.refused) > 0 {
			why = "nobody who could help can be asked now"
		}
		return []Choice{{Why: why, Refused: p.refused}}
	case len(p.refused) > 0:
		p.out[n-1].Refused = append(p.out[n-1].Refused, p.refused...)
	}
	return p.out
}

// offer proposes a person, or their backup when they cannot be asked.
func (p *picker) offer(id, why string, score float64) {
	if id == "" || len(p.out) == maxChoices {
		return
	}
	who := p.org.Who(id)
	backup := false
	for range 4 {
		if p.seen[who] {
			return
		}
		p.seen[who] = true
		ok, not, next := p.org.Available(who, p.now)
		if ok {
			p.out = append(p.out, Choice{To: who, Why: why, Score: score, Backup: backup, Refused: p.refused})
			p.refused = nil
			return
		}
		p.refused = append(p.refused, Refusal{who, not})
		if next == "" {
			return
		}
		why, backup = p.standIn(who, not, why, backup), true
		who = p.org.Who(next)
	}
}

// standIn is the sentence of a backup. That somebody opted out or is external
// is nobody else's business.
func (p *picker) standIn(who, not, why string, again bool) string {
	if again {
		return why
	}
	reason := ""
	if strings.HasPrefix(not, "is away") || strings.HasPrefix(not, "has left") {
		reason = ", who " + not
	}
	return "stands in for " + p.name(who) + reason + " and " + why
}

func (p *picker) name(who string) string {
	if x := p.org.Person(who); x != nil && x.Name != "" {
		return x.Name
	}
	return signals.Bare(who)
}

// bar marks somebody as not to be asked for this signal.
func (p *picker) bar(id, why string) {
	if id == "" {
		return
	}
	if who := p.org.Who(id); !p.seen[who] {
		p.seen[who] = true
		p.refused = append(p.refused, Refusal{who, why})
	}
}

// barParties keeps those apart whom the signal is about.
func (p *picker) barParties() {
	p.bar(p.c.Opener, "raised it")
	p.bar(p.s.About, "is the one whom it is about")
}

// holder proposes who holds the case, be it the one who raised it.
func (p *picker) holder() {
	if p.org.Who(p.c.Holder) != p.org.Who(p.c.Opener) {
		p.bar(p.c.Opener, "raised it")
	}
	p.offer(p.c.Holder, "holds it now", 1)
	p.bar(p.c.Opener, "raised it")
	p.named()
}

// askedOne proposes the person to whom a question was put, be it who raised the
// case; never who asked.
func (p *picker) askedOne() {
	if p.s.Asked == "" {
		return
	}
	if p.org.Who(p.s.Asked) != p.org.Who(p.c.Holder) { // who holds it is asked as such
		p.offer(p.s.Asked, WasAsked, 1)
	}
	p.bar(p.s.About, "asked it")
}

// WasAsked is why somebody is chosen to whom a question was put.
const WasAsked = "was asked in a comment"

// lead proposes the lead of a team.
func (p *picker) lead(team string) {
	if t := p.org.Team(team); t != nil {
		p.first(t, "holds it", 0.5)
	}
}

// first proposes whoever is on call for a team, then its lead.
func (p *picker) first(t *signals.Team, why string, score float64) {
	p.onCall(t, why, score)
	p.offer(t.Lead, "leads "+t.ID+", which "+why, score)
}

// onCall proposes whoever is on call for a team: they are its first contact as
// long as they are.
func (p *picker) onCall(t *signals.Team, why string, score float64) {
	for _, who := range p.org.OnCall(t.ID, p.now) {
		p.offer(who, "is on call for "+t.ID+", which "+why, score)
	}
}

// leads proposes the lead of the team that holds the case, else the manager of
// the holder, else the lead of the team that owns it.
func (p *picker) leads() {
	p.barParties()
	p.named()
	p.lead(p.c.Team)
	if x := p.org.Person(p.c.Holder); x != nil {
		p.lead(x.Team)
		p.offer(x.Manager, "is the manager of who holds it", 0.5)
	}
	for _, o := range owners(p.org, p.c) {
		p.first(o.team, o.why, 0.4)
	}
}

// channel proposes the channel of the case with one named owner, or the channel
// of the team that owns it.
func (p *picker) channel() []Choice {
	p.resolvers()
	to, why := p.c.Channel(), "is where it is spoken of"
	if to == "" {
		to, why = p.teamChannel()
	}
	if to == "" {
		return p.done()
	}
	ch := Choice{To: to, Why: why, Score: 1, Refused: p.refused}
	if len(p.out) > 0 {
		ch.Owner, ch.Score, ch.Backup = p.out[0].To, p.out[0].Score, p.out[0].Backup
		ch.Why += "; " + p.name(ch.Owner) + " " + p.out[0].Why
		ch.Refused = p.out[0].Refused
	}
	return []Choice{ch}
}

func (p *picker) teamChannel() (to, why string) {
	for _, ch := range TeamChannels(p.org, p.c) {
		return ch.To, ch.Why
	}
	return "", ""
}

// TeamChannels are the channels of the teams that own a case, the most special
// entry first, then of the team that holds it.
func TeamChannels(org *signals.Org, c *signals.Case) (out []Choice) {
	add := func(t *signals.Team, why string) {
		if t.Channel != "" && !slices.ContainsFunc(out, func(ch Choice) bool { return ch.To == t.Channel }) {
			out = append(out, Choice{To: t.Channel, Why: "is the channel of " + t.ID + ", which " + why, Score: 0.5})
		}
	}
	for _, o := range owners(org, c) {
		add(o.team, o.why)
	}
	if t := org.Team(c.Team); t != nil {
		add(t, "holds it")
	}
	return out
}
