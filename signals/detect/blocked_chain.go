package detect

import (
	"fmt"
	"slices"
	"strings"

	"andon/signals"
)

// BlockedChain finds issues that wait for a row of others, across teams, of
// which the last one does not move; and issues that wait for each other in a
// circle. It speaks of the first issue of a row and of one issue of a circle:
// the others wait for the same.
var BlockedChain = Detector{
	Name:    "blocked_chain",
	Doc:     "it waits for a chain of issues across teams, and the last one does not move",
	Sources: []string{signals.Jira},
	Detect:  blockedChain,
}

func blockedChain(s *Snapshot) []signals.Signal {
	c := s.Case
	if s.Kin == nil || len(c.Links) == 0 || !c.Open() || !s.waitsAtAll() {
		return nil
	}
	var best *standing
	for _, chain := range signals.Chains(c, s.Kin, s.Policy().LinkWords()) {
		st := s.stands(chain)
		if st != nil && (best == nil || st.worse(best)) {
			best = st
		}
	}
	if best == nil {
		return nil
	}
	return []signals.Signal{best.signal(s)}
}

// waitsAtAll reports whether a link of the case says that it waits.
func (s *Snapshot) waitsAtAll() bool {
	links := s.Policy().LinkWords()
	return slices.ContainsFunc(s.Case.Links, func(l signals.Link) bool { return links.Waits(l.Phrase) })
}

// standing is a chain that does not move.
type standing struct {
	signals.Chain
	end  *signals.Case
	last *signals.Event // of a person, in the end
}

// worse orders chains that stand: circles first, then longer ones, then those
// whose end is silent for longer.
func (a *standing) worse(b *standing) bool {
	switch {
	case a.Circle != b.Circle:
		return a.Circle
	case len(a.Waits) != len(b.Waits):
		return len(a.Waits) > len(b.Waits)
	}
	return a.last.At.Before(b.last.At)
}

// stands judges one chain: it is nil where it may still move, or is not of the
// kind that is looked for.
func (s *Snapshot) stands(chain signals.Chain) *standing {
	st := &standing{Chain: chain, end: chain.Waits[len(chain.Waits)-1].Case}
	if st.end == nil {
		return nil // who could act is not known
	}
	if st.last = lastSign(s.Org, st.end); st.last == nil {
		return nil
	}
	if chain.Circle {
		if chain.Back >= 0 || !s.leastOf(chain) {
			return nil // the signal is one of the circle itself
		}
		return st
	}
	if !s.across(chain) || s.waitedFor() || s.Policy().WaitsForOpener(st.end.Status) {
		return nil
	}
	since := st.last.At
	if closed := chain.Latest().At; closed.After(since) {
		since = closed // who linked the two knows how the last one stands
	}
	turn := signals.Turn{Person: st.end.Holder, Team: st.end.Team}
	if due := calendarOf(s.Org, turn).Add(since, s.Policy().Detect.BlockedChain.After); s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	return st
}

// across reports whether a chain is long enough, and goes beyond the issue's own
// team. Where nothing is known of teams its length alone counts.
func (s *Snapshot) across(chain signals.Chain) bool {
	own, known := s.teamOf(s.Case), false
	var others []string
	for _, w := range chain.Waits {
		if w.Case == nil {
			continue
		}
		team := s.teamOf(w.Case)
		known = known || team != ""
		if team != "" && team != own && !slices.Contains(others, team) {
			others = append(others, team)
		}
	}
	t := &s.Policy().Detect.BlockedChain
	return len(others) >= max(1, t.Teams) || len(chain.Waits) >= max(1, t.Issues) && (len(others) > 0 || !known)
}

// teamOf is the team that has a case: its own, else that of who holds it.
func (s *Snapshot) teamOf(c *signals.Case) string {
	if c.Team != "" {
		return s.Org.TeamName(c.Team)
	}
	if p := s.Org.Person(c.Holder); p != nil && p.Team != "" {
		return s.Org.TeamName(p.Team)
	}
	return ""
}

// waitedFor reports whether an open issue that everybody may see waits for the
// case: then the signal is that one's.
func (s *Snapshot) waitedFor() bool {
	links := s.Policy().LinkWords()
	return slices.ContainsFunc(signals.WaitingFor(s.Case, s.Kin, links), func(k signals.Key) bool {
		_, c := s.Kin.Find(k)
		return c != nil && c.Open() && len(c.For(signals.Viewer{}).Events()) == len(c.Events())
	})
}

// leastOf reports whether the case is the one of a circle that speaks for it.
func (s *Snapshot) leastOf(chain signals.Chain) bool {
	return !slices.ContainsFunc(chain.Waits, func(w signals.Wait) bool { return signals.CompareKeys(w.Key, s.Case.Key) < 0 })
}

func (a *standing) signal(s *Snapshot) signals.Signal {
	evidence := []string{a.last.ID}
	add := func(id string) {
		if !slices.Contains(evidence, id) {
			evidence = append(evidence, id)
		}
	}
	for _, w := range a.Waits {
		add(w.Event)
	}
	if a.Circle {
		add(a.Last.Event)
	}
	for _, w := range a.Waits { // what is told of an issue rests on what was last said of it
		if w.Case != nil {
			add(w.Case.Events()[len(w.Case.Events())-1].ID)
		}
	}
	out := s.Signal("blocked_chain", a.Latest().Event, 0.8, a.reason(s), evidence...)
	out.Need, out.About = signals.NeedEnd, s.Case.Opener
	return out
}

// unseen stands for an issue of which nothing may be told.
const unseen = "an issue that you may not see"

func (a *standing) reason(s *Snapshot) string {
	var b strings.Builder
	b.WriteString("it waits ")
	if a.Circle {
		b.WriteString("in a circle: ")
	}
	stops := a.stops(s)
	for i, stop := range stops {
		b.WriteString("for " + stop.name)
		if i == len(stops)-1 && !a.Circle {
			break
		}
		if stop.thing {
			b.WriteString(", which waits ")
		} else {
			b.WriteString(", who waits ")
		}
	}
	if a.Circle {
		return b.String() + "for it again"
	}
	return fmt.Sprintf("%s, where nothing has moved for %s", b.String(), lasted(s.Now.Sub(a.last.At)))
}

// stop is one part of the sentence: a team, or an issue, which is a thing.
type stop struct {
	name  string
	thing bool
}

// stops are the parts of the sentence. Issues of one team that stand in a row are
// one part.
func (a *standing) stops(s *Snapshot) (out []stop) {
	last, n := "", 0
	for _, w := range a.Waits {
		next := stop{unseen, true}
		if w.Case != nil {
			next = stop{s.teamOf(w.Case), false}
			if next.name == "" {
				next = stop{w.Case.Label, true}
			}
		}
		if !next.thing && next.name == last {
			n++
			out[len(out)-1].name = fmt.Sprintf("%s (%d issues)", last, n)
			continue
		}
		out = append(out, next)
		last, n = "", 1
		if !next.thing {
			last = next.name
		}
	}
	return out
}
