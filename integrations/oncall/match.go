package oncall

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// The ways in which a feed names who is on call.
const (
	ByEmail   = "email"   // the attendees' addresses
	BySummary = "summary" // a name in the title, as whole words
)

// Person is somebody whom a feed may name.
type Person struct{ ID, Name, Email string }

// Match finds who a shift is of: by the addresses of its attendees, or by the
// longest name or address that stands in its title, else by an id. Where nobody is found,
// or two are named alike, why says so.
func Match(people []Person, s *Shift, by string) (ids []string, why string) {
	if by == ByEmail {
		return byEmail(people, s)
	}
	title := words(s.Summary)
	ids = named(people, title, func(p *Person) []string { return []string{p.Name, p.Email} })
	if ids == nil {
		ids = named(people, title, func(p *Person) []string { return []string{p.ID} })
	}
	switch len(ids) {
	case 0:
		return nil, fmt.Sprintf("nobody of the roster is named in %q", cut(s.Summary))
	case 1:
		return ids, ""
	}
	slices.Sort(ids)
	return nil, fmt.Sprintf("%q may be %s", cut(s.Summary), strings.Join(ids, " or "))
}

// named lists the people one of whose names stands in a title, the longest that does.
func named(people []Person, title []string, names func(p *Person) []string) (ids []string) {
	longest := 0
	for i := range people {
		for _, name := range names(&people[i]) {
			n := words(name)
			switch {
			case len(n) == 0 || len(n) < longest || !within(title, n):
				continue
			case len(n) > longest:
				longest, ids = len(n), nil
			}
			if !slices.Contains(ids, people[i].ID) {
				ids = append(ids, people[i].ID)
			}
		}
	}
	return ids
}

func byEmail(people []Person, s *Shift) (ids []string, why string) {
	var unknown []string
	for _, e := range s.Emails {
		i := slices.IndexFunc(people, func(p Person) bool { return p.Email != "" && strings.EqualFold(p.Email, e) })
		if i < 0 {
			unknown = append(unknown, e)
		} else if !slices.Contains(ids, people[i].ID) {
			ids = append(ids, people[i].ID)
		}
	}
	switch {
	case len(s.Emails) == 0:
		return nil, "a shift names nobody by address; try person: summary"
	case len(unknown) > 0:
		return ids, "the roster knows no address " + strings.Join(unknown, ", ")
	}
	return ids, ""
}

// words splits a text at what is neither letter nor digit, in lower case. An
// address stays one word.
func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("@._'’+", r)
	})
}

// within reports whether some words stand in a text one after another. A full
// stop at the end of a word of the text is none of it.
func within(text, name []string) bool {
	for i := 0; i+len(name) <= len(text); i++ {
		same := true
		for j, w := range name {
			same = same && (text[i+j] == w || strings.Trim(text[i+j], "._'’") == w)
		}
		if same {
			return true
		}
	}
	return false
}
