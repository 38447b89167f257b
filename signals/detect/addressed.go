package detect

import (
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// addressed lists whom a post addresses: those it mentions, and the person of
// the roster whose name it begins with ("Ada: have you seen this?").
func (t *Talk) addressed(p *signals.Post, d *text.Doc) []string {
	var out []string
	site := p.Event.Case.Site
	for _, m := range d.Mentions {
		id := signals.ID(p.Event.Case.Source, site, m)
		if id != p.Event.Actor && !slices.Contains(broadcast, m) {
			out = append(out, id)
		}
	}
	if len(out) > 0 || t.org == nil || len(t.org.People) == 0 {
		return out
	}
	if name := leadingName(d.Prose); name != "" {
		for _, q := range t.speakers() {
			if who := t.org.Person(q); q != p.Event.Actor && who != nil && called(who, name) {
				return append(out, q)
			}
		}
	}
	return out
}

// broadcast are mentions that address everybody.
var broadcast = []string{"here", "channel", "everyone"}

// speakers lists who wrote in the conversation so far, the author first.
func (t *Talk) speakers() []string {
	if t.talkers != nil {
		return t.talkers
	}
	out := []string{t.Author}
	for _, list := range [][]*signals.Post{t.flat, t.Thread} {
		for _, p := range list {
			if !slices.Contains(out, p.Event.Actor) {
				out = append(out, p.Event.Actor)
			}
		}
	}
	t.talkers = out
	return out
}

// leadingName is the lower-case word that a text begins with when a colon or a
// comma follows it, else "".
func leadingName(prose string) string {
	i := strings.IndexAny(prose, ":, \n")
	if i <= 0 || prose[i] != ':' && prose[i] != ',' {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(prose[:i], "@"))
}

// called reports whether a lower-case word is a name of the person.
func called(p *signals.Person, word string) bool {
	name := strings.ToLower(p.Name)
	first, _, _ := strings.Cut(name, " ")
	return word == name || word == first || word == strings.ReplaceAll(name, " ", "")
}
