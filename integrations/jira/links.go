package jira

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// link is one of the final links of an issue.
type link struct {
	id, kind, phrase, other string
}

// LabelPrefix begins the ID of a key in Event.Ref whose numeric issue id is not
// known: the changelog names the other end of a link by its label only. The
// whole ID is LabelPrefix and the label, such as label:PAY-17.
const LabelPrefix = "label:"

func (is *issue) readLinks(v gjson.Result) {
	if !v.IsArray() {
		return
	}
	each(v, func(_, x gjson.Result) bool {
		l := link{id: plain(x.Get("id")), kind: plain(x.Get("type.name"))}
		end, dir := x.Get("outwardIssue"), "type.outward"
		if !end.Exists() {
			end, dir = x.Get("inwardIssue"), "type.inward"
		}
		l.other, l.phrase = plain(end.Get("key")), plain(x.Get(dir))
		if l.other != "" && !slices.ContainsFunc(is.links, func(o link) bool { return l.id != "" && o.id == l.id }) {
			is.links = append(is.links, l)
		}
		return true
	})
}

// linkTypes maps how Jira's own link types read, in both directions, to their
// names.
var linkTypes = map[string]string{
	"duplicates": "Duplicate", "is duplicated by": "Duplicate",
	"blocks": "Blocks", "is blocked by": "Blocks",
	"clones": "Cloners", "is cloned by": "Cloners",
	"relates to": "Relates", "is related to": "Relates", "related to": "Relates",
	"causes": "Problem/Incident", "is caused by": "Problem/Incident",
	"supercedes": "Supercedes", "is superceded by": "Supercedes",
	"depends upon": "Dependency", "is depended upon by": "Dependency",
	"depends on": "Dependent", "is a clone of": "Cloners",
}

// linkType returns the name of the type of a link with what the changelog says
// of it, such as "This issue duplicates PAY-3". The text comes first, since it
// never changes; the present links only help where it cannot be understood.
func (p *parser) linkType(text, to string) string {
	phrase, ok := strings.CutPrefix(text, "This issue ")
	if ok {
		phrase, ok = strings.CutSuffix(phrase, " "+to)
	}
	if ok && phrase != "" {
		if t := linkTypes[strings.ToLower(phrase)]; t != "" {
			return t
		}
		return p.word(phrase)
	}
	for _, l := range p.iss.links {
		if l.other == to {
			return p.word(l.kind)
		}
	}
	return ""
}

// labelRef is the reference to an issue of which only the label is known.
func (p *parser) labelRef(to string) string {
	return signals.Key{Source: signals.Jira, Site: p.o.Site, ID: LabelPrefix + to}.String()
}

// hasLinkItems reports whether the changelog tells of any link.
func (is *issue) hasLinkItems() bool {
	for i := range is.slots {
		if is.slots[i].role == linked {
			return true
		}
	}
	return false
}
