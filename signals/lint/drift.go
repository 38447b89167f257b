package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"andon/signals"
)

// Share is how likely a team is to be the one that resolves something, from 0 to
// 1, by who resolved such things lately.
type Share struct {
	Team  string
	Score float64
}

// Where history is so sure of another team, and expects so little of the owner,
// the map has drifted. Chosen: sixty cases in a row that another team resolved
// come to 0.69 and 0.13, for the model never rules out who opens them.
const (
	driftSure     = 0.6
	driftUnlikely = 0.2
)

// drift looks for what one team owns and another one resolves. Figures are of
// teams of enough people only, and only of what everybody in the company may see.
func (c *checker) drift() {
	if c.Resolves == nil || c.Seen == nil {
		return
	}
	members, _ := c.members()
	for _, id := range slices.Sorted(maps.Keys(c.Org.Teams)) {
		t := c.Org.Teams[id]
		for i := range t.Owns {
			o := &t.Owns[i]
			if o.Project == "" || o.Channel != "" || len(o.Words) > 0 || !c.current(c.Seen.Projects[strings.ToUpper(o.Project)]) {
				continue
			}
			c.drifted(t, o, members)
		}
	}
}

func (c *checker) drifted(t *signals.Team, o *signals.Owned, members map[string]int) {
	shares := c.Resolves(o.Project, o.Component)
	if len(shares) == 0 || shares[0].Score < driftSure || c.Org.TeamName(shares[0].Team) == t.ID {
		return
	}
	for _, s := range shares {
		if c.Org.TeamName(s.Team) == t.ID && s.Score >= driftUnlikely {
			return
		}
	}
	other := c.Org.TeamName(shares[0].Team)
	what := "it owns " + described(o) + ", and history shows that " + other + " resolves it these days"
	if members[other] >= c.Org.Policy.Group && members[t.ID] >= c.Org.Policy.Group {
		what += fmt.Sprintf(" (%d of 100 next ones, by what it learnt)", int(shares[0].Score*100+0.5))
	}
	c.find(Note, "team "+t.ID, "map-drift", described(o), what, "ask both teams whose it is, and mend the roster or the catalog")
}
