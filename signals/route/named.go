package route

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// Named is the choice of somebody who was named for a signal, or of who stands in
// for them: as Pick, never who raised the case or whom the signal is about. It is
// empty where nobody of them can be asked.
func Named(org *signals.Org, c *signals.Case, s *signals.Signal, id, why string, now time.Time) []Choice {
	p := picker{org: org, c: c, s: s, now: now, seen: make(map[string]bool, 4)}
	p.barParties()
	p.offer(id, why, 1)
	return p.out
}

// PickWords chooses who could help with something that is described in free
// words, best first, as Pick does for a case with that title in a channel ("" for
// none). Projects and components of the roster that the words name count as its own.
func PickWords(m *Model, org *signals.Org, title, channel string, now time.Time) []Choice {
	c := &signals.Case{Title: title}
	if source, rest, ok := strings.Cut(channel, "/"); ok && source == signals.Slack {
		if site, local, ok := strings.Cut(rest, "/"); ok {
			c.Key, c.Project = signals.SlackThread(site, local, ""), channel
		}
	}
	words := text.Tokens(title, []string{})
	for _, id := range slices.Sorted(maps.Keys(org.Teams)) {
		for _, o := range org.Teams[id].Owns {
			if o.Component != "" && hasPhrase(words, o.Component) && !slices.Contains(c.Components, o.Component) {
				c.Components = append(c.Components, o.Component)
			}
			if o.Project != "" && hasPhrase(words, o.Project) {
				c.Project = cmp.Or(c.Project, o.Project)
			}
		}
	}
	return Pick(m, org, c, &signals.Signal{Case: c.Key, Need: signals.NeedResolver}, now)
}

// NotTheOne is why somebody is passed over of whom people taught it.
const NotTheOne = "is not the one for this"

// hints lets count what people taught about cases like this one: who said that
// it is not for them is left out, unless they hold the case and its holder is
// asked for, or the question was put to them.
func (p *picker) hints() {
	p.taught = p.org.Hints(p.c, p.now)
	for _, h := range p.taught {
		if not := p.org.Who(h.Not); h.Not == "" || p.s.Need == signals.NeedHolder && (not == p.org.Who(p.c.Holder) || p.s.Asked != "" && not == p.org.Who(p.s.Asked)) {
			continue
		}
		p.bar(h.Not, NotTheOne)
	}
}

// hinted is the score of who was named for cases like this one.
const hinted = 0.9

// named proposes those who were named for cases like this one.
func (p *picker) named() {
	for _, h := range p.taught {
		why := "was named for this"
		if h.By != "" {
			why += " by " + p.name(p.org.Who(h.By))
		}
		p.offer(h.Instead, why+" on "+h.At.Format("2 January"), hinted)
	}
}
