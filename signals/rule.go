package signals

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Rule is a standing route: signals of a kind that a team sees go straight to the
// team that can solve them, until it ends. To of the event is made by Rule.ID;
// a later one of the same id takes its place, and one without text takes it back.
type Rule struct {
	From  string    `json:"from"`          // id or alias of the team that sees it
	To    string    `json:"to"`            // of the team that can solve it
	Kind  string    `json:"for"`           // name of the detector
	At    time.Time `json:"at"`            // since when it stands, zero for always
	Until time.Time `json:"until"`         // it does not count from then on
	How   string    `json:"how,omitempty"` // Agreed, or "" where somebody wrote it down

	Audience Audience `json:"audience,omitempty"` // who may see what it was made of; for a written one everybody in the company
	By       string   `json:"by,omitempty"`       // account of who agreed to it, the event's actor; never part of its text
}

// Agreed is how a rule came about by which two teams were brought together.
const Agreed = "agreed"

// Renewed stands in From of the event of a rule that lasts longer: who agreed to
// it at first stays known.
const Renewed = "renewed"

// ID is what a rule is called: a later one of the same id takes its place.
func (r *Rule) ID() string {
	return strings.ToLower(r.From) + ">" + strings.ToLower(r.To) + "|" + r.Kind
}

// rule takes a rule in, or takes it back, and lets go of those that ran out a
// year ago.
func (o *Org) rule(e *Event) error {
	if e.Text == "" {
		delete(o.rules, e.To)
		return nil
	}
	r := Rule{}
	if err := json.Unmarshal([]byte(e.Text), &r); err != nil {
		return fmt.Errorf("read the standing route of event %s: %w", e.ID, err)
	}
	r.By = e.Actor
	if e.From == Renewed {
		r.By = o.rules[e.To].By
	}
	for id, old := range o.rules {
		if e.At.Sub(old.Until) > 365*24*time.Hour {
			delete(o.rules, id)
		}
	}
	if o.rules == nil {
		o.rules = make(map[string]Rule)
	}
	o.rules[e.To] = r
	return nil
}

// Rule returns the standing route of an id, whether it counts or ran out.
func (o *Org) Rule(id string) (Rule, bool) {
	r, ok := o.rules[id]
	return r, ok
}

// Rules lists the standing routes that count at now, in the order in which they
// came to be, under the present names of the teams.
func (o *Org) Rules(now time.Time) (out []Rule) {
	for _, id := range slices.Sorted(maps.Keys(o.rules)) {
		if r := o.rules[id]; !now.Before(r.At) && now.Before(r.Until) {
			r.From, r.To = o.TeamName(r.From), o.TeamName(r.To)
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Rule) int { return a.At.Compare(b.At) })
	return out
}

// RulesFor are the standing routes for what a team sees of a kind, the latest
// first.
func (o *Org) RulesFor(team, kind string, now time.Time) []Rule {
	if len(o.rules) == 0 || team == "" {
		return nil
	}
	name := o.TeamName(team)
	out := slices.DeleteFunc(o.Rules(now), func(r Rule) bool { return r.Kind != kind || r.From != name })
	slices.Reverse(out)
	return out
}

// RulesLike are the ids under which a standing route was written: several where a
// team was renamed since.
func (o *Org) RulesLike(r Rule) (ids []string) {
	for id, x := range o.rules {
		if x.Kind == r.Kind && o.TeamName(x.From) == o.TeamName(r.From) && o.TeamName(x.To) == o.TeamName(r.To) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Said says who agreed on the route and when, a whole sentence without its full
// stop.
func (r *Rule) Said() string {
	if r.How == Agreed {
		return r.From + " and " + r.To + " agreed on this route on " + r.At.Format("2 January")
	}
	text := "this is the standing route from " + r.From + " to " + r.To
	if r.At.Unix() > 0 {
		text += " since " + r.At.Format("2 January")
	}
	return text
}

// TeamOf is the present name of the team that somebody is in, "" for none.
func (o *Org) TeamOf(person string) string {
	if p := o.Person(person); p != nil && p.Team != "" {
		return o.TeamName(p.Team)
	}
	return ""
}

// RulesYAML writes standing routes as the roster of the configuration takes them.
func RulesYAML(rules []Rule) string {
	if len(rules) == 0 {
		return "roster:\n  routes: []\n"
	}
	var b strings.Builder
	b.WriteString("roster:\n  routes:\n")
	for i := range rules {
		r := &rules[i]
		fmt.Fprintf(&b, "    - {from: %s, to: %s, for: %s", quoted(r.From), quoted(r.To), r.Kind)
		if r.At.Unix() > 0 {
			b.WriteString(", since: " + r.At.UTC().Format(time.RFC3339))
		}
		b.WriteString(", until: " + r.Until.UTC().Format(time.RFC3339))
		if r.How != "" {
			b.WriteString(", how: " + r.How)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// quoted is a text as YAML reads it, in the quotes of JSON.
func quoted(s string) string {
	raw, err := json.Marshal(s)
	return cmp.Or(string(raw), fmt.Sprint(err)) // of a string there is none
}
