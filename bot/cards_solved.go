package bot

import (
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// wordsExpired is said in place of what solved a case, where the words are not
// kept any more.
const wordsExpired = "the words have expired"

// mostSolving is how many letters of what solved a case are shown.
const mostSolving = 200

// solvedBefore tells of the solved cases that are like this one, each once.
func (c *composer) solvedBefore(t thing) (out []string) {
	for _, it := range t {
		for _, x := range it.n.Signal.Seen {
			if s := c.seenBefore(x); s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// seenBefore tells of one solved case what the reader may see of it now: which it
// was, which team solved it when, and how. "" where that is nothing.
func (c *composer) seenBefore(x signals.Seen) string {
	name, seen := c.seenName(x)
	if seen == nil {
		return ""
	}
	text := "Seen before: " + name + ", solved"
	by := c.solver(x, seen)
	if team := c.solvingTeam(by, seen); team != "" {
		text += " by " + team
	}
	text += " in " + c.month(x.At)
	switch p := seen.Post(x.Said); {
	case p != nil && strings.Trim(p.Text, "… ") == "":
		text += "; " + wordsExpired
	case p != nil:
		text += ": “" + strings.TrimSpace(view.Line(readable(c.w, seen.Key.Site, p.Text), mostSolving)) + "”"
	case x.Said != "": // it was taken back since
	case seen.Resolution != "":
		text += " as " + seen.Resolution
	}
	if !strings.HasSuffix(text, "”") {
		text += "."
	}
	if who := c.mayKnow(by); who != "" {
		text += " " + who + " may know more."
	}
	return text
}

// seenName is what a solved case is called, with the part of it that the reader
// sees; nil where they see nothing, or not all that it was offered for.
func (c *composer) seenName(x signals.Seen) (string, *signals.Case) {
	m := c.w.Case(x.Case)
	if m == nil || m.Gone {
		return "", nil
	}
	seen := c.reader.part(m)
	if len(seen.Events()) == 0 {
		return "", nil
	}
	if x.Case.Channel() == "" {
		return caseName(seen), seen
	}
	name := threadName(c.w, x.Case.Channel())
	return lowerFirst(name), seen
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// solver is who solved a case, as its source calls them, "" for nobody known.
func (c *composer) solver(x signals.Seen, seen *signals.Case) string {
	if p := seen.Post(x.Said); p != nil {
		return p.Event.Actor
	}
	return seen.Closer
}

// solvingTeam is the team of who solved a case, else the last that held it. Where
// more than one person reads, a team of few would be as good as a name.
func (c *composer) solvingTeam(by string, seen *signals.Case) string {
	team := seen.Team
	if p := c.w.Org.Person(by); p != nil && p.Team != "" {
		team = p.Team
	}
	team = c.w.Org.TeamName(team)
	if team == "" || c.reader.shared && teamSizes(c.w.Org)[team] < c.w.Org.Policy.Group {
		return ""
	}
	return team
}

// mayKnow is who solved it, as somebody to ask: told to one person alone, and of
// people who are there to be asked.
func (c *composer) mayKnow(by string) string {
	p := c.w.Org.Person(by)
	if c.reader.shared || p == nil || p.Name == "" || p.External || c.w.Org.Who(by) == c.w.Org.Who(c.reader.id) {
		return ""
	}
	if ok, _, _ := c.w.Org.Available(by, c.now); !ok {
		return ""
	}
	return p.Name
}

// month is when something was, as people speak of it.
func (c *composer) month(at time.Time) string {
	at = at.In(c.reader.zone)
	if at.Year() != c.now.In(c.reader.zone).Year() {
		return at.Format("January 2006")
	}
	return at.Format("January")
}

// linkSolved adds where the solved cases stand.
func (c *composer) linkSolved(it item, had []view.Link) []view.Link {
	for _, x := range it.n.Signal.Seen {
		_, seen := c.seenName(x)
		if seen == nil {
			continue
		}
		k, name, label := x.Case, seen.Label, seen.Label
		if x.Case.Channel() != "" {
			name, label = "The answer of then", ""
			if at, ok := signals.ParseKey(x.Said); ok && seen.Post(x.Said) != nil {
				k = at
			}
		}
		url := c.url(k, label)
		if url != "" && !slices.ContainsFunc(had, func(l view.Link) bool { return l.URL == url }) {
			had = append(had, view.Link{Text: name, URL: url})
		}
	}
	return had
}
