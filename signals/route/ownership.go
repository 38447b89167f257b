package route

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// owner is a team, or a contact in it, that the roster names for a case.
type owner struct {
	team   *signals.Team
	person string
	why    string // "owns component Checkout"
	weight int    // how special the entry is
}

// The weight of each part of an entry: the more special one wins.
const (
	byComponent = 8
	byWord      = 4
	byChannel   = 2
	byProject   = 1
)

// owners lists who owns a case according to the roster, the most special entry
// first, then by team.
func owners(org *signals.Org, c *signals.Case) []owner {
	var out []owner
	var title []string
	for _, id := range slices.Sorted(maps.Keys(org.Teams)) {
		t := org.Teams[id]
		for i := range t.Owns {
			if len(t.Owns[i].Words) > 0 && title == nil {
				title = text.Tokens(subject(c), []string{})
			}
			if why, weight, ok := owns(&t.Owns[i], c, title); ok {
				out = append(out, owner{t, t.Owns[i].Person, why, weight})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b owner) int { return cmp.Compare(b.weight, a.weight) })
	return out
}

// subject is what a case is about in words: its title, or in chat, which has none,
// how it begins.
func subject(c *signals.Case) string {
	if c.Title == "" && c.Key.Source == signals.Slack && len(c.Posts) > 0 {
		return text.Parse(c.Posts[0].Text).Prose
	}
	return c.Title
}

func owns(o *signals.Owned, c *signals.Case, title []string) (why string, weight int, ok bool) {
	why = "owns everything that nobody else owns"
	if o.Project != "" {
		if !strings.EqualFold(o.Project, c.Project) {
			return "", 0, false
		}
		why, weight = "owns project "+o.Project, weight+byProject
	}
	if o.Channel != "" {
		ch := c.Channel()
		if ch == "" || o.Channel != ch && o.Channel != signals.Bare(ch) {
			return "", 0, false
		}
		why, weight = "owns this channel", weight+byChannel
	}
	if len(o.Words) > 0 {
		i := slices.IndexFunc(o.Words, func(w string) bool { return hasPhrase(title, w) })
		if i < 0 {
			return "", 0, false
		}
		why, weight = "owns what is called “"+o.Words[i]+"”", weight+byWord
	}
	if o.Component != "" {
		i := slices.IndexFunc(c.Components, func(s string) bool { return strings.EqualFold(s, o.Component) })
		if i < 0 {
			return "", 0, false
		}
		why, weight = "owns component "+c.Components[i], weight+byComponent
	}
	return why, weight, true
}

// hasPhrase reports whether the words of a phrase stand in the title one after
// another.
func hasPhrase(title []string, phrase string) bool {
	words := strings.Fields(strings.ToLower(phrase))
	for i := 0; len(words) > 0 && i+len(words) <= len(title); i++ {
		if slices.Equal(title[i:i+len(words)], words) {
			return true
		}
	}
	return false
}

// Owners lists the names of the teams that own a case according to the roster,
// the most special entry first.
func Owners(org *signals.Org, c *signals.Case) (out []string) {
	for _, o := range owners(org, c) {
		if !slices.Contains(out, o.team.ID) {
			out = append(out, o.team.ID)
		}
	}
	return out
}
