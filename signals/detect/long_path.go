package detect

import (
	"fmt"
	"strings"

	"andon/signals"
)

// LongPath finds cases that went through many teams. It fires once, at the
// hand-off that reaches the limit, and once more when a reopened case is handed
// on again.
var LongPath = Detector{
	Name:    "long_path",
	Doc:     "the case was handed from team to team more often than usual",
	Sources: []string{signals.Jira, signals.Log},
	Detect:  longPath,
}

func longPath(s *Snapshot) []signals.Signal {
	hop, before := began(s, signals.ByTeam)
	if hop < 0 {
		return nil
	}
	p := s.Case.Path
	t := &s.Policy().Detect.LongPath
	limit := pathLimit(s)
	hit := runStart(p, signals.ByTeam, limit)
	if hit < 0 {
		return nil
	}
	occasion := p[hit].Event
	switch {
	case hit == hop:
	case limit > t.Handoffs:
		// The limit moves with what is usual; the occasion must not.
		if first := runStart(p, signals.ByTeam, t.Handoffs); first > 0 {
			occasion = p[first].Event
		}
	default:
		r := lastReopened(s.Case)
		if r == nil || !r.At.After(p[hit].Since) || p[before].Since.After(r.At) {
			return nil
		}
		occasion = r.ID
	}
	teams := p.Teams()
	reason := fmt.Sprintf("it changed teams %s in %s: %s", times(teams.Handoffs()), lasted(s.Now.Sub(s.Case.Opened)), route(teams))
	if limit > t.Handoffs {
		reason += fmt.Sprintf("; most cases here need at most %d", limit-1)
	}
	return []signals.Signal{s.Signal("long_path", occasion, 1, reason, arrivals(teams, len(teams)-1)...)}
}

// pathLimit is the number of hand-offs at which a path is long: the policy's,
// or one more than what is usual in the project where that is higher and
// enough closed cases are known.
func pathLimit(s *Snapshot) int {
	t := &s.Policy().Detect.LongPath
	limit := max(1, t.Handoffs)
	if t.Percentile <= 0 {
		return limit
	}
	q := t.Percentile
	if q > 1 {
		q /= 100
	}
	if usual, cases := s.Models.Handoffs(s.Case.Project, q); cases >= t.Least {
		limit = max(limit, usual+1)
	}
	return limit
}

// began returns the last hop of the path when the history entry that led here
// began a new run of the track with it, and the last hop of the run before;
// else -1.
func began(s *Snapshot, t signals.Track) (hop, before int) {
	p := s.Case.Path
	i := len(p) - 1
	if s.Event == nil || i < 1 || p[i].N != s.Case.Entries || !p[i].Since.Equal(s.Event.At) || t(&p[i]) == "" {
		return -1, -1
	}
	j := setBefore(p, t, i)
	if j < 0 || t(&p[j]) == t(&p[i]) {
		return -1, -1
	}
	return i, j
}

// setBefore returns the nearest hop before i that has a value on the track, or -1.
func setBefore(p signals.Path, t signals.Track, i int) int {
	for i--; i >= 0 && t(&p[i]) == ""; i-- {
	}
	return i
}

// runStart returns the hop that began the run number n of a track, counted
// from 0, or -1. It needs no memory and stops there.
func runStart(p signals.Path, t signals.Track, n int) int {
	last := ""
	for i := range p {
		v := t(&p[i])
		if v == "" || v == last {
			continue
		}
		if n == 0 {
			return i
		}
		last = v
		n--
	}
	return -1
}

// lastReopened returns the latest reopening of the case, or nil.
func lastReopened(c *signals.Case) *signals.Event {
	if c.Reopens == 0 {
		return nil
	}
	events := c.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Kind == signals.Reopened {
			return events[i]
		}
	}
	return nil
}

// maxStops bounds how many stops of a path a sentence or the evidence names.
const maxStops = 8

// route names the teams of the latest runs in their order.
func route(teams signals.Path) string {
	var b strings.Builder
	from := max(0, len(teams)-maxStops)
	if from > 0 {
		b.WriteString("... then ")
	}
	for i := from; i < len(teams); i++ {
		if i > from {
			b.WriteString(", then ")
		}
		b.WriteString(teams[i].Team)
	}
	return b.String()
}

// arrivals lists the events with which the case came to run i and to the runs
// before it, latest first.
func arrivals(runs signals.Path, i int) []string {
	var out []string
	for ; i >= 0 && len(out) < maxStops; i-- {
		out = append(out, runs[i].Event)
	}
	return out
}
