package jira

import (
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// comment is one comment as it reads now.
type comment struct {
	id, author  string
	at, updated time.Time // updated is zero unless it was clearly later
	body        gjson.Result
	audience    signals.Audience
}

// editGrace is how long after its creation a comment may be touched without
// counting as edited; Jira itself writes both times within a second.
const editGrace = time.Minute

func (p *parser) readComments(v gjson.Result) {
	is := &p.iss
	var list, total gjson.Result
	if v.IsObject() {
		each(v, func(k, x gjson.Result) bool {
			switch k.Str {
			case "comments":
				list = x
			case "total":
				total = x
			}
			return true
		})
	} else {
		list = v
	}
	if !list.IsArray() {
		return
	}
	n := 0
	each(list, func(_, c gjson.Result) bool {
		n++
		if c.IsObject() {
			p.readComment(c)
		}
		return true
	})
	is.dropRepeated()
	if total.Type == gjson.Number && total.Num > float64(n) {
		is.note("%d of its %s comments are there", n, total.Raw)
	}
}

// dropRepeated drops comments that were told twice, as overlapping pages do.
func (is *issue) dropRepeated() {
	grows := true
	for i := 1; i < len(is.comments) && grows; i++ {
		grows = number(is.comments[i].id) > number(is.comments[i-1].id)
	}
	if grows {
		return
	}
	seen := map[string]bool{}
	is.comments = slices.DeleteFunc(is.comments, func(c comment) bool {
		repeated := c.id != "" && seen[c.id]
		seen[c.id] = true
		if repeated {
			is.note("comment %.40q occurs twice, the first counts", c.id)
		}
		return repeated
	})
}

func (p *parser) readComment(v gjson.Result) {
	is := &p.iss
	c := comment{audience: is.audience}
	var created, updated gjson.Result
	each(v, func(k, x gjson.Result) bool {
		switch k.Str {
		case "id":
			c.id = plain(x)
		case "author":
			c.author = localPerson(x)
		case "body":
			c.body = x
		case "created":
			created = x
		case "updated":
			updated = x
		case "visibility":
			p.limit(&c, x)
		case "jsdPublic":
			if x.Type == gjson.False {
				c.audience = signals.Restricted
			}
		case "properties":
			if isInternal(x) {
				c.audience = signals.Restricted
			}
		}
		return true
	})
	var err error
	if c.at, err = when(created); err != nil {
		is.note("comment %.40q is left out: %v", c.id, err)
		return
	}
	c.at = is.notBefore(c.at)
	if u, err := when(updated); err == nil && u.Sub(c.at) > editGrace {
		c.updated = u
	}
	is.comments = append(is.comments, c)
}

// audienceOf sets who may see the issue.
func (p *parser) audienceOf() {
	is := &p.iss
	is.audience = p.o.Audience
	if is.security.Type == gjson.Null {
		return
	}
	is.audience = signals.Restricted
	id := plain(is.security)
	if is.security.IsObject() {
		id = plain(is.security.Get("id"))
	}
	if id != "" {
		is.audience = p.members("security:" + id)
	}
}

// limit narrows the audience of a comment to a role or a group. A comment that
// is limited within a limited issue is for those in both, which no audience can
// say: it is restricted.
func (p *parser) limit(c *comment, visibility gjson.Result) {
	if !visibility.IsObject() || c.audience == signals.Restricted {
		if visibility.Type != gjson.Null {
			c.audience = signals.Restricted
		}
		return
	}
	kind, value := plain(visibility.Get("type")), plain(visibility.Get("value"))
	if value == "" {
		value = plain(visibility.Get("identifier"))
	}
	if c.audience != signals.Public || kind == "" || value == "" {
		c.audience = signals.Restricted
		return
	}
	c.audience = p.members(kind + ":" + value)
}

func (p *parser) members(local string) signals.Audience {
	return signals.Audience(p.word(string(signals.MembersOf(signals.ID(signals.Jira, p.o.Site, local)))))
}

// isInternal reports whether the properties of a service desk comment mark it
// as one that customers do not see.
func isInternal(properties gjson.Result) (internal bool) {
	if !properties.IsArray() {
		return false
	}
	each(properties, func(_, x gjson.Result) bool {
		if x.Get("key").Str == "sd.public.comment" && plain(x.Get("value.internal")) == "true" {
			internal = true
		}
		return !internal
	})
	return internal
}
