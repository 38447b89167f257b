package fakejira

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// linkTypes are the types of links of the site: name, inward, outward.
var linkTypes = [][3]string{
	{"Blocks", "is blocked by", "blocks"}, {"Cloners", "is cloned by", "clones"}, {"Duplicate", "is duplicated by", "duplicates"}, {"Relates", "relates to", "relates to"},
}

// addLink answers POST issueLink: the inward issue "blocks" the outward one.
func (c *call) addLink() reply {
	if !gjson.ValidBytes(c.body) {
		return fail(http.StatusBadRequest, "The body is no JSON.")
	}
	ask := gjson.ParseBytes(c.body)
	from, to := c.end(ask.Get("inwardIssue")), c.end(ask.Get("outwardIssue"))
	if from == nil || to == nil {
		return fail(http.StatusNotFound, noIssue)
	}
	for _, t := range linkTypes {
		if !strings.EqualFold(t[0], ask.Get("type.name").Str) {
			continue
		}
		id := c.nextID()
		if err := c.linkEnd(from, to, id, "outwardIssue", t, t[2]); err != nil {
			return fail(http.StatusInternalServerError, err.Error())
		}
		if err := c.linkEnd(to, from, id, "inwardIssue", t, t[1]); err != nil {
			return fail(http.StatusInternalServerError, err.Error())
		}
		return reply{code: http.StatusCreated}
	}
	return fail(http.StatusNotFound, "No issue link type with name '"+ask.Get("type.name").Str+"' found.")
}

// end is the issue that one end of a link names.
func (c *call) end(v gjson.Result) *issue {
	if id := v.Get("id").String(); id != "" {
		return c.lookup(id, c.now)
	}
	return c.lookup(v.Get("key").String(), c.now)
}

// linkEnd writes a link into the issue at one end of it.
func (c *call) linkEnd(is, other *issue, id, end string, kind [3]string, phrase string) error {
	key := other.keyAt(c.now)
	all := []any{}
	each(gjson.Get(is.fields, "issuelinks"), func(_, x gjson.Result) bool {
		all = append(all, json.RawMessage(x.Raw))
		return true
	})
	all = append(all, map[string]any{
		"id": id, "type": map[string]string{"name": kind[0], "inward": kind[1], "outward": kind[2]}, end: map[string]string{"id": other.id, "key": key},
	})
	return c.apply(is, []change{{field: "issuelinks", name: "Link", value: all, id: key, text: "This issue " + phrase + " " + key}})
}

// setProperties keeps the properties that come with a new issue.
func (c *call) setProperties(id string, list gjson.Result) {
	each(list, func(_, p gjson.Result) bool {
		if key := p.Get("key").String(); key != "" {
			if c.properties[id] == nil {
				c.properties[id] = map[string]json.RawMessage{}
			}
			c.properties[id][key] = json.RawMessage(p.Get("value").Raw)
		}
		return true
	})
}

// wantedProperties are the properties of an issue that are asked for.
func (c *call) wantedProperties(id string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, k := range split(c.form("properties")) {
		if v, known := c.properties[id][k]; known {
			out[k] = v
		} else if k == "*all" {
			return c.properties[id]
		}
	}
	return out
}
