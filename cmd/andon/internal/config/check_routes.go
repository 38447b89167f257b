package config

import (
	"strings"

	"andon/signals"
)

// route checks a standing route: it leads from one team to another, and ends.
func (r *rosterCheck) route(x *Route, at string, entries map[string]string) {
	for _, end := range []struct{ path, team, what string }{{at + ".from", x.From, "the team that sees it"}, {at + ".to", x.To, "the team that can solve it"}} {
		r.need(end.team, end.path, end.what)
		if !r.isTeam(end.team) {
			r.fault(end.path, "there is no team %s in roster.teams", r.show(end.path))
		}
	}
	if x.From != "" && r.teams[strings.ToLower(x.From)] == r.teams[strings.ToLower(x.To)] && r.isTeam(x.From) {
		r.fault(at+".to", "a route leads from one team to another")
	}
	r.need(x.For, at+".for", "the detector")
	if x.For != "" && r.o.Detectors != nil && !contains(r.o.Detectors, x.For) {
		r.fault(at+".for", "there is no such detector%s", suggest(x.For, r.o.Detectors))
	}
	if x.How != "" {
		r.oneOf(x.How, at+".how", signals.Agreed)
	}
	r.need(x.Until, at+".until", "the day on which it ends")
	since, ok := r.date(x.Since, at+".since")
	until, ok2 := r.date(x.Until, at+".until")
	if ok && ok2 && x.Until != "" && !until.After(since) {
		r.fault(at+".until", "%s is not after since", r.show(at+".until"))
	}
	key := strings.ToLower(r.teams[strings.ToLower(x.From)] + "\x00" + r.teams[strings.ToLower(x.To)] + "\x00" + x.For)
	if first, ok := entries[key]; ok {
		r.fault(at, "this route stands there twice, first as %s", first)
	}
	entries[key] = at
}
