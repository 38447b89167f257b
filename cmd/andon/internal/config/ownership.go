package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"andon/integrations/ownership"
	"andon/signals"
)

// Dispute is something that a file of ownership says and that does not hold:
// the roster says otherwise, two files do, or its owner is no team.
type Dispute struct {
	Place string // such as "project PAY"
	What  string
}

// Disputes are what the files of ownership say and what does not hold.
func (c *Config) Disputes() []Dispute { return c.disputes }

// ownership reads the files of ownership, and lays what they say beside the roster.
func (k *checker) ownership() {
	o := &owning{checker: k, taken: make(map[string]claimed)}
	for _, t := range k.c.Roster.Teams {
		for _, x := range t.Owns {
			if x.Channel == "" && len(x.Words) == 0 {
				o.taken[thing(x.Project, x.Component)] = claimed{t.ID, "the roster"}
			}
		}
	}
	k.c.claims = make(map[string][]signals.Owned)
	for i := range k.c.Owning {
		o.file(&k.c.Owning[i], fmt.Sprintf("ownership[%d]", i))
	}
	if len(k.c.claims) == 0 {
		k.c.claims = nil
	}
}

type owning struct {
	*checker
	taken map[string]claimed // thing -> who has it already
}

type claimed struct{ team, by string }

// thing names a project with a component, or one of the two.
func thing(project, component string) string {
	return strings.ToLower(project) + "\x00" + strings.ToLower(component)
}

func (o *owning) file(f *Ownership, at string) {
	path, what, read, key := f.Backstage, "the catalog", ownership.Backstage, ".backstage"
	if f.Codeowners != "" {
		path, what, read, key = f.Codeowners, "CODEOWNERS", ownership.Codeowners, ".codeowners"
	}
	if (f.Backstage == "") == (f.Codeowners == "") {
		o.fault(at, "either backstage or codeowners is wanted")
		return
	}
	for _, name := range sorted(f.Teams) {
		if o.team(f.Teams[name]) == "" {
			o.fault(join(at+".teams", name), "there is no team %q in roster.teams", f.Teams[name])
		}
	}
	body, err := whole(path)
	if err != nil {
		o.fault(at+key, "%v", err)
		return
	}
	claims, err := read(body)
	if err != nil {
		o.fault(at+key, "%v", err)
		return
	}
	for _, c := range claims {
		o.claim(&c, f.Teams, what)
	}
}

// claim gives something to a team, unless somebody has it already.
func (o *owning) claim(c *ownership.Claim, names map[string]string, what string) {
	place := "component " + c.Component
	switch {
	case c.Component == "":
		place = "project " + c.Project
	case c.Project != "":
		place = "component " + c.Component + " of " + c.Project
	}
	dispute := func(text string) {
		d := Dispute{place, text}
		if !slices.Contains(o.c.disputes, d) {
			o.c.disputes = append(o.c.disputes, d)
		}
	}
	team := ""
	for _, name := range c.Owners {
		if team = o.team(mapped(names, name)); team != "" {
			break
		}
	}
	key := thing(c.Project, c.Component)
	had, taken := o.taken[key]
	switch {
	case len(c.Owners) == 0:
		return // nobody is meant to own it
	case team == "":
		dispute(fmt.Sprintf("%s (line %d) gives it to %q, which is no team of the roster", what, c.Line, c.Owners[0]))
	case taken && had.team != team:
		dispute(fmt.Sprintf("%s (line %d) gives it to %s, and %s to %s: that counts", what, c.Line, team, had.by, had.team))
	case !taken:
		o.taken[key] = claimed{team, what}
		o.c.claims[team] = append(o.c.claims[team], signals.Owned{Project: c.Project, Component: c.Component, Of: what})
	}
}

// mapped is what an owner of a file is called in the roster.
func mapped(names map[string]string, owner string) string {
	for _, from := range sorted(names) {
		if strings.EqualFold(from, owner) {
			return names[from]
		}
	}
	owner = strings.TrimPrefix(owner, "@")
	return owner[strings.LastIndexByte(owner, '/')+1:]
}

// team is the id of a team of the roster by one of its names, "" for none.
func (o *owning) team(name string) string {
	for _, t := range o.c.Roster.Teams {
		if strings.EqualFold(t.ID, name) || slices.ContainsFunc(t.Aliases, func(a string) bool { return strings.EqualFold(a, name) }) {
			return t.ID
		}
	}
	return ""
}

// whole reads a file of bounded size.
func whole(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", cause(err))
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(body) > maxFile {
		err = errors.New("it is larger than 4 MiB")
	}
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", cause(err))
	}
	return body, nil
}
