package fakejira

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
)

// addComment answers POST issue/{id}/comment.
func (c *call) addComment() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	if !gjson.ValidBytes(c.body) {
		return fail(http.StatusBadRequest, "The body is no JSON.")
	}
	raw, why := c.newComment(gjson.ParseBytes(c.body))
	if why != "" {
		return failFields(map[string]string{"comment": why})
	}
	if err := c.comment(is, raw); err != nil {
		return fail(http.StatusInternalServerError, err.Error())
	}
	return reply{http.StatusCreated, json.RawMessage(raw)}
}

// newComment makes a comment of what a client sent.
func (c *call) newComment(v gjson.Result) (raw []byte, why string) {
	body := v.Get("body")
	if body.Type != gjson.String || body.Str == "" {
		return nil, "Comment body can not be empty!"
	}
	me := c.userJSON(serviceID, "")
	out := map[string]any{"id": c.nextID(), "author": me, "updateAuthor": me, "body": body.Str, "created": c.stamp(c.millis()), "updated": c.stamp(c.millis())}
	for _, k := range []string{"visibility", "properties"} {
		if x := v.Get(k); x.Exists() {
			out[k] = json.RawMessage(x.Raw)
		}
	}
	return encoded(out), ""
}

// comment writes a comment into an issue, after the ones before it in time.
func (c *call) comment(is *issue, raw []byte) error {
	top, fields, histories := is.whole()
	var all []json.RawMessage
	n := 0
	for i := range is.comments {
		all = append(all, json.RawMessage(is.comments[i].raw))
		if is.comments[i].at <= c.now {
			n = i + 1
		}
	}
	all = slices.Insert(all, n, json.RawMessage(raw))
	fields["comment"] = map[string]any{"comments": all, "total": len(all)}
	return c.store(top, histories)
}

// edit answers PUT issue/{id}: the fields that can be set.
func (c *call) edit() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	if !gjson.ValidBytes(c.body) {
		return fail(http.StatusBadRequest, "The body is no JSON.")
	}
	changes, bad := c.changes(gjson.ParseBytes(c.body).Get("fields"))
	if len(bad) > 0 {
		return failFields(bad)
	}
	if len(changes) > 0 {
		if err := c.apply(is, changes); err != nil {
			return fail(http.StatusInternalServerError, err.Error())
		}
	}
	return reply{code: http.StatusNoContent}
}

// changes reads the fields that a client sets.
func (c *call) changes(fields gjson.Result) (out []change, bad map[string]string) {
	bad = map[string]string{}
	each(fields, func(k, v gjson.Result) bool {
		ch, why := c.settable(k.Str, v)
		if why != "" {
			bad[k.Str] = why
		}
		out = append(out, ch)
		return true
	})
	return out, bad
}

// transitionIDs is where the ids of transitions begin.
const transitionIDs = 11

// transitions answers GET issue/{id}/transitions: every status can be reached
// from every other.
func (c *call) transitions() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	now := text(c.see(is, c.now).now("status"))
	out := []map[string]any{}
	for i, name := range sortedKeys(c.site.values["status"]) {
		if name != now {
			out = append(out, map[string]any{"id": strconv.Itoa(transitionIDs + i), "name": name, "to": c.site.values["status"][name].json("status")})
		}
	}
	return ok(map[string]any{"transitions": out})
}

// transition answers POST issue/{id}/transitions. Entering a closed status sets
// a resolution, leaving it clears it.
func (c *call) transition() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	if !gjson.ValidBytes(c.body) {
		return fail(http.StatusBadRequest, "The body is no JSON.")
	}
	ask := gjson.ParseBytes(c.body)
	names := sortedKeys(c.site.values["status"])
	n, err := strconv.Atoi(ask.Get("transition.id").String())
	if err != nil || n < transitionIDs || n-transitionIDs >= len(names) || names[n-transitionIDs] == text(c.see(is, c.now).now("status")) {
		return fail(http.StatusBadRequest, fmt.Sprintf("It seems that you have tried to perform an illegal workflow operation: transition %.40q.", ask.Get("transition.id").String()))
	}
	to := c.site.values["status"][names[n-transitionIDs]]
	changes, bad := c.changes(ask.Get("fields"))
	if len(bad) > 0 {
		return failFields(bad)
	}
	changes = append([]change{{field: "status", name: "status", value: to.json("status"), id: to.id, text: to.name}}, changes...)
	if err := c.apply(is, c.resolved(is, to, changes)); err != nil {
		return fail(http.StatusInternalServerError, err.Error())
	}
	if add := ask.Get("update.comment.0.add"); add.Exists() {
		if raw, why := c.newComment(add); why == "" {
			if err := c.comment(c.lookup(c.vars["id"], c.now), raw); err != nil {
				return fail(http.StatusInternalServerError, err.Error())
			}
		}
	}
	return reply{code: http.StatusNoContent}
}

// resolved adds the change of the resolution that a status brings.
func (c *call) resolved(is *issue, to value, changes []change) []change {
	has := text(c.see(is, c.now).now("resolution")) != ""
	done := to.statusCategory() == "done"
	if slices.ContainsFunc(changes, func(ch change) bool { return ch.field == "resolution" }) || has == done {
		return changes
	}
	ch := change{field: "resolution", name: "resolution"}
	if done {
		if _, known := c.site.values["resolution"]["Done"]; !known {
			c.site.value("resolution", "", "Done", "")
		}
		o := c.site.values["resolution"]["Done"]
		ch.value, ch.id, ch.text = o.json("resolution"), o.id, o.name
	}
	return append(changes, ch)
}
