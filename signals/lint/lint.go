package lint

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// Level says how bad a finding is. It is a string so that stored values are
// immune to renumbering.
type Level string

// The levels, worst first.
const (
	Broken Level = "broken" // a signal that comes now reaches nobody
	Weak   Level = "weak"   // it does until somebody is away or moves on
	Idle   Level = "idle"   // a rule that never fires: somebody relies on it in vain
	Note   Level = "note"   // a guess stands in for what nobody wrote down
)

// Levels lists the levels, worst first.
var Levels = []Level{Broken, Weak, Idle, Note}

// Finding is one thing that is not in order.
type Finding struct {
	Level Level  `json:"level"`
	Place string `json:"place"` // such as "team Payments" or "project PAY"
	Rule  string `json:"rule"`  // which check found it, such as no-backup
	What  string `json:"what"`  // a sentence without its full stop
	Do    string `json:"do"`    // how it is mended
	About string `json:"about,omitempty"`
}

// ID is the same as long as the finding is the same.
func (f *Finding) ID() string {
	return strings.Join([]string{string(f.Level), f.Rule, f.Place, f.About}, "|")
}

// Input is what is checked.
type Input struct {
	Org       *signals.Org // as of Now
	Now       time.Time
	Seen      *Seen    // nil: what needs history is not checked
	Detectors []string // those that there are; nil: their names are not checked
	Admins    []string // people who may change how loud andon is

	Jira, Slack bool                        // whether they are watched
	Reach       func(person string) string  // why somebody cannot be told, "" where they can; nil: nobody is asked for it
	Room        func(channel string) string // what a channel is called; nil: by its id
	// Resolves tells which teams are likely to resolve what comes to a project and,
	// where given, a component, the likeliest first; nil: nobody asked history.
	Resolves func(project, component string) []Share

	Restricted bool      // places are named, too, of which only restricted events tell
	Extra      []Finding // what others found, such as a feed that does not answer
}

// The figures of the checks; chosen, not measured.
const (
	lately  = 90 * 24 * time.Hour  // a place where nothing happened for a quarter is not watched any more
	settled = 14 * 24 * time.Hour  // history shorter than two weeks does not tell what never happens
	longAgo = 180 * 24 * time.Hour // a contact who did nothing anywhere for half a year may be gone
)

// Check returns what is not in order, worst first.
func Check(in *Input) []Finding {
	c := &checker{Input: in, Org: in.Org}
	c.teams()
	c.admins()
	c.places()
	c.rules()
	c.drift()
	c.policy()
	out := append(c.out, in.Extra...)
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(Levels, a.Level), slices.Index(Levels, b.Level)), cmp.Compare(a.Place, b.Place),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.About, b.About), cmp.Compare(a.What, b.What))
	})
	return slices.CompactFunc(out, func(a, b Finding) bool { return a.ID() == b.ID() && a.What == b.What })
}

type checker struct {
	*Input
	Org *signals.Org
	out []Finding
}

func (c *checker) find(level Level, place, rule, about, what, do string) {
	c.out = append(c.out, Finding{Level: level, Place: place, Rule: rule, About: about, What: what, Do: do})
}

// knows reports whether history is long enough to tell what never happens.
func (c *checker) knows() bool { return c.Seen != nil && c.Seen.Last.Sub(c.Seen.First) >= settled }

// current reports whether something happens in a place these days, and whether
// it may be named.
func (c *checker) current(p Place) bool {
	return (p.Public || c.Restricted) && c.Now.Sub(p.Last) < lately
}

// room is what a channel is called; a private one is called by its id.
func (c *checker) room(id string) string {
	if p := c.Seen.rooms()[id]; c.Room != nil && (p.Public || c.Restricted) {
		if name := c.Room(id); name != "" {
			return name
		}
	}
	return signals.Bare(id)
}

func (c *checker) name(id string) string {
	if p := c.Org.Person(id); p != nil && p.Name != "" {
		return p.Name
	}
	return signals.Bare(c.Org.Who(id))
}

// admins looks whether somebody can change how loud andon is.
func (c *checker) admins() {
	if c.Admins == nil {
		return
	}
	for _, id := range c.Admins {
		if c.stays(id) {
			return
		}
	}
	c.find(Broken, "andon", "no-admin", "", "nobody who may change how loud it is can be asked", "name somebody under admins")
}

// places looks for projects and channels that nobody answers for. What only alerts
// are filed under is no project: an alert says itself whose it is.
func (c *checker) places() {
	if c.Seen == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(c.Seen.Projects)) {
		if p := c.Seen.Projects[key]; !p.Alerts && c.current(p) {
			c.project(key)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Seen.Channels)) {
		if on, said := c.Org.Watches(id); c.current(c.Seen.Channels[id]) && (on || !said) {
			c.channel(id)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Seen.Teams)) {
		if c.current(c.Seen.Teams[name]) && len(c.Org.Teams) > 0 && c.Org.Team(name) == nil {
			c.find(Weak, "team "+name, "unknown-team", "", "cases are handed to it, and the roster does not know it", "add it to roster.teams, or its name to the aliases of the team that it is")
		}
	}
}

func (c *checker) project(key string) {
	partly := false
	for _, t := range c.Org.Teams {
		for i := range t.Owns {
			o := &t.Owns[i]
			whole := o.Component == "" && len(o.Words) == 0 && o.Channel == ""
			if o.Project == "" || strings.EqualFold(o.Project, key) {
				if whole {
					return
				}
				partly = partly || o.Channel == "" && o.Project != ""
			}
		}
	}
	if partly {
		c.find(Note, "project "+key, "partly-owned", "", "only some of its components and words have an owner", "give the rest to a team: owns: [{project: "+key+"}]")
		return
	}
	c.find(Weak, "project "+key, "no-owner", "", "no team owns it: only history tells who can help", "give it to a team: owns: [{project: "+key+"}]")
}

func (c *checker) channel(id string) {
	for _, t := range c.Org.Teams {
		if t.Channel == id {
			return
		}
		for i := range t.Owns {
			if o := &t.Owns[i]; o.Channel != "" && sameRoom(o.Channel, id) {
				return
			}
		}
	}
	c.find(Note, "channel "+c.room(id), "no-owner", id, "no team owns it: only history tells who can help", "give it to a team: owns: [{channel: "+signals.Bare(id)+"}]")
}

// sameRoom reports whether a rule's channel is one, by id or by its local part.
func sameRoom(rule, id string) bool { return rule == id || rule == signals.Bare(id) }
