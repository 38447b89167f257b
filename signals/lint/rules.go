package lint

import (
	"maps"
	"slices"
	"strings"

	"andon/signals"
)

// owned is one rule of ownership, and whose it is.
type owned struct {
	*signals.Owned
	team *signals.Team
}

// rules looks for rules of ownership that can never decide anything.
func (c *checker) rules() {
	var before []owned
	for _, id := range slices.Sorted(maps.Keys(c.Org.Teams)) {
		t := c.Org.Teams[id]
		for i := range t.Owns {
			o := owned{&t.Owns[i], t}
			c.rule(o, before)
			before = append(before, o)
		}
	}
}

func (c *checker) rule(o owned, before []owned) {
	place, says := "team "+o.team.ID, "its rule for "+described(o.Owned)
	if o.Channel != "" && (o.Project != "" || o.Component != "") {
		c.find(Idle, place, "impossible-rule", described(o.Owned), says+" asks for a channel and for something of Jira: no case is both", "make two rules of it")
		return
	}
	// Rules that ask for the same are taken in the order of their teams, so only
	// the first is ever the first to be asked.
	if i := slices.IndexFunc(before, func(b owned) bool { return covers(b.Owned, o.Owned) }); i >= 0 {
		by := "another rule of its own"
		if before[i].team != o.team {
			by = "a rule of " + before[i].team.ID
		}
		c.find(Idle, place, "shadowed-rule", described(o.Owned), says+" is never first: "+by+" takes all of it", "take one of the two away, or make it more special")
	}
	c.unseen(o, place, says)
}

// unseen looks for names in a rule that history does not know.
func (c *checker) unseen(o owned, place, says string) {
	if !c.knows() || o.Of != "" { // catalogs name much that has no case
		return
	}
	never := func(what string) {
		c.find(Idle, place, "never-seen", described(o.Owned), says+" never fired: "+what, "see how it is written at the source, or take the rule away")
	}
	s := c.Seen
	_, project := s.Projects[strings.ToUpper(o.Project)]
	projects := s.Components[strings.ToLower(o.Component)]
	switch {
	case o.Project != "" && len(s.Projects) > 0 && !project:
		never("no case of that project was ever seen")
	case o.Component != "" && len(s.Components) > 0 && len(projects) == 0:
		never("no case of that component was ever seen")
	case o.Component != "" && o.Project != "" && len(projects) > 0 && !projects[""] && !projects[strings.ToUpper(o.Project)]:
		never("that project never had that component")
	case o.Channel != "" && len(s.Channels) > 0:
		if _, ok := c.seenRoom(o.Channel); !ok {
			never("nothing was ever heard in that channel")
		}
	}
}

// seenRoom finds a channel of a rule among those in which something was said.
func (c *checker) seenRoom(rule string) (Place, bool) {
	if p, ok := c.Seen.rooms()[rule]; ok {
		return p, true
	}
	for id, p := range c.Seen.rooms() {
		if sameRoom(rule, id) {
			return p, true
		}
	}
	return Place{}, false
}

func (s *Seen) rooms() map[string]Place {
	if s == nil {
		return nil
	}
	return s.Channels
}

// covers reports whether a rule takes everything that another one takes, and
// weighs as much: it has the same parts, with the same names and all its words.
func covers(a, b *signals.Owned) bool {
	if !strings.EqualFold(a.Project, b.Project) || !strings.EqualFold(a.Component, b.Component) {
		return false
	}
	if (a.Channel == "") != (b.Channel == "") || signals.Bare(a.Channel) != signals.Bare(b.Channel) || (len(a.Words) == 0) != (len(b.Words) == 0) {
		return false
	}
	return !slices.ContainsFunc(b.Words, func(w string) bool {
		return !slices.ContainsFunc(a.Words, func(x string) bool { return strings.EqualFold(x, w) })
	})
}

// described names what a rule is about, as the roster writes it.
func described(o *signals.Owned) string {
	var out []string
	add := func(what, s string) {
		if s != "" {
			out = append(out, what+" "+s)
		}
	}
	add("project", o.Project)
	add("component", o.Component)
	add("channel", signals.Bare(o.Channel))
	add("words", strings.Join(o.Words, ", "))
	return strings.Join(out, " with ")
}
