package fakejira

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/tidwall/gjson"
)

// remoteLink is a link of an issue to something elsewhere.
type remoteLink struct {
	id, globalID string
	raw          json.RawMessage // what the client sent
}

func (l *remoteLink) json(c *call, issue string) map[string]any {
	out := map[string]any{}
	each(gjson.ParseBytes(l.raw), func(k, v gjson.Result) bool {
		out[k.Str] = json.RawMessage(v.Raw)
		return true
	})
	out["id"] = json.Number(l.id)
	out["self"] = c.url("/rest/api/2/issue/" + issue + "/remotelink/" + l.id)
	return out
}

// remoteLinks answers GET issue/{id}/remotelink: all, or the one with the
// globalId that is asked for.
func (c *call) remoteLinks() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	want := c.form("globalId")
	out := []map[string]any{}
	for _, l := range c.remote[is.id] {
		if want == "" {
			out = append(out, l.json(c, is.id))
		} else if l.globalID == want {
			return ok(l.json(c, is.id))
		}
	}
	if want != "" {
		return fail(http.StatusNotFound, "No remote link with the global id '"+want+"'.")
	}
	return ok(out)
}

// addRemoteLink answers POST issue/{id}/remotelink. A link with a known
// globalId is put in the place of the old one. A new one stands in the
// changelog, as Jira writes it.
func (c *call) addRemoteLink() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	ask := gjson.ParseBytes(c.body)
	if !gjson.ValidBytes(c.body) || ask.Get("object.url").String() == "" || ask.Get("object.title").String() == "" {
		return failFields(map[string]string{"object": "'url' and 'title' are required."})
	}
	l := remoteLink{globalID: ask.Get("globalId").String(), raw: c.body}
	for i, old := range c.remote[is.id] {
		if l.globalID != "" && old.globalID == l.globalID {
			l.id = old.id
			c.remote[is.id][i] = l
			return reply{http.StatusOK, l.made(c, is.id)}
		}
	}
	l.id = c.nextID()
	shown := "This issue links to \"" + ask.Get("object.title").String() + " (" + cmp.Or(ask.Get("application.name").String(), "Web Link") + ")\""
	if err := c.apply(is, []change{{name: "RemoteIssueLink", id: l.id, text: shown}}); err != nil {
		return fail(http.StatusInternalServerError, err.Error())
	}
	c.remote[is.id] = append(c.remote[is.id], l)
	return reply{http.StatusCreated, l.made(c, is.id)}
}

// made is the answer to a client who wrote a link.
func (l *remoteLink) made(c *call, issue string) map[string]any {
	return map[string]any{"id": json.Number(l.id), "self": c.url("/rest/api/2/issue/" + issue + "/remotelink/" + l.id)}
}
