package jira

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// parser turns issues into events, one at a time. It keeps scratch memory and
// the strings it has seen, so that equal values of many issues are one string.
// It belongs to one goroutine.
type parser struct {
	o      *Options
	words  map[string]string // shared strings
	people map[string]string // local id of a person -> id
	done   map[string]bool   // status name -> closed

	namesRaw        string            // "names" of the issue before, most often the same again
	names           map[string]string // field id -> what people call it
	teamID, levelID string            // ids of the fields, where names tells them
	iss             issue
	b               builder
}

func newParser(o *Options) *parser {
	p := &parser{o: o, words: map[string]string{}, people: map[string]string{}, done: map[string]bool{}}
	for _, s := range o.Done {
		p.done[strings.ToLower(s)] = true
	}
	p.setNames("")
	return p
}

// word returns s as a string of its own, shared with equal ones before it.
func (p *parser) word(s string) string {
	if s == "" {
		return ""
	}
	if w, ok := p.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	if len(s) <= maxWord && len(p.words) < maxWords {
		p.words[s] = s
	}
	return s
}

// personID makes the id of a person of this site.
func (p *parser) personID(local string) string {
	if local == "" {
		return ""
	}
	if id, ok := p.people[local]; ok {
		return id
	}
	id := signals.ID(signals.Jira, p.o.Site, local)
	if len(p.people) < maxWords {
		p.people[strings.Clone(local)] = id
	}
	return id
}

// localPerson returns what Jira calls the person: the account id in the cloud,
// the user key (or else the name) in Data Center, whose changelog has keys.
func localPerson(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	if !v.IsObject() {
		return ""
	}
	var account, key, name string
	each(v, func(k, x gjson.Result) bool {
		switch k.Str {
		case "accountId":
			account = plain(x)
			return account == ""
		case "key":
			key = plain(x)
		case "name":
			name = plain(x)
		}
		return true
	})
	switch {
	case account != "":
		return account
	case key != "":
		return key
	}
	return name
}

// plain returns a scalar as Jira's changelog writes it, "" for anything else.
func plain(v gjson.Result) string {
	switch v.Type {
	case gjson.String:
		return v.Str
	case gjson.Number:
		if strings.ContainsAny(v.Raw, ".eE") {
			return strconv.FormatFloat(v.Num, 'f', -1, 64)
		}
		return v.Raw
	case gjson.True:
		return "true"
	case gjson.False:
		return "false"
	}
	return ""
}

// shown returns what people see of a value: a scalar itself, of an object its
// value, name or title. ok is false for lists and odd objects.
func shown(v gjson.Result) (s string, ok bool) {
	if v.Type == gjson.Null {
		return "", true
	}
	if v.Type != gjson.JSON {
		return plain(v), true
	}
	if !v.IsObject() {
		return "", false
	}
	rank := 4
	each(v, func(k, x gjson.Result) bool {
		r := 4
		switch k.Str {
		case "value":
			r = 0
		case "displayName":
			r = 1
		case "name":
			r = 2
		case "title":
			r = 3
		}
		if r < rank && x.Type != gjson.JSON && x.Type != gjson.Null {
			rank, s = r, plain(x)
		}
		return true
	})
	return s, rank < 4
}

// setNames learns the names of fields from raw, the "names" object.
func (p *parser) setNames(raw string) {
	if raw == p.namesRaw && p.names != nil {
		return
	}
	p.namesRaw, p.names = strings.Clone(raw), map[string]string{}
	each(gjson.Parse(p.namesRaw), func(k, v gjson.Result) bool {
		if v.Type == gjson.String && k.Str != "" {
			p.names[k.Str] = p.word(v.Str)
		}
		return true
	})
	p.teamID, p.levelID = p.fieldID(p.o.Team), p.fieldID(p.o.Level)
}

// fieldID resolves a field that the operator named. Of several fields with one
// name it takes the oldest, the one with the lowest number.
func (p *parser) fieldID(named string) string {
	if named == "" {
		return ""
	}
	if strings.HasPrefix(named, customPrefix) {
		return named
	}
	best := ""
	for id, name := range p.names {
		if !strings.EqualFold(name, named) && id != named {
			continue
		}
		if best == "" || len(id) < len(best) || len(id) == len(best) && id < best {
			best = id
		}
	}
	return best
}

const customPrefix = "customfield_"
