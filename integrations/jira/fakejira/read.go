package fakejira

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// found is the issue of the route, or the answer that there is none.
func (c *call) found() (*issue, reply, bool) {
	is := c.lookup(c.vars["id"], c.now)
	if is == nil {
		return nil, fail(http.StatusNotFound, noIssue), false
	}
	return is, reply{}, true
}

// issue answers GET issue/{id}.
func (c *call) issue() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	want := fieldsWanted(strings.Split(c.form("fields"), ","))
	if c.form("fields") == "" {
		want = fieldSet{all: true}
	}
	return ok(c.issueJSON(c.see(is, c.now), want, strings.Split(c.form("expand"), ","), changelogPage, true))
}

// pageOf cuts a page out of n things.
func (c *call) pageOf(n, greatest int) (from, to, size int) {
	size = c.number("maxResults", greatest)
	if size < 0 || size > greatest {
		size = greatest
	}
	from = min(max(c.number("startAt", 0), 0), n)
	return from, min(from+size, n), size
}

// changelog answers GET issue/{id}/changelog, the oldest first.
func (c *call) changelog() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	v := c.see(is, c.now)
	from, to, size := c.pageOf(len(v.histories), changelogPage)
	values := []json.RawMessage{}
	for i := from; i < to; i++ {
		values = append(values, c.shownHistory(&v.histories[i], false))
	}
	self := c.url("/rest/api/2/issue/" + is.id + "/changelog?maxResults=" + strconv.Itoa(size) + "&startAt=")
	body := map[string]any{"self": self + strconv.Itoa(from), "startAt": from, "maxResults": size, "total": len(v.histories), "isLast": to >= len(v.histories), "values": values}
	if to < len(v.histories) {
		body["nextPage"] = self + strconv.Itoa(to)
	}
	return ok(body)
}

const (
	bulkIssues = 1000
	bulkFields = 10
	bulkPage   = 1000 // entries, when nothing is asked for
	bulkMost   = 10_000
)

// bulkChangelog answers POST changelog/bulkfetch: the changelogs of many
// issues, the oldest entries first, issue by issue.
func (c *call) bulkChangelog() reply {
	var ask struct {
		IssueIDsOrKeys []string
		FieldIDs       []string
		MaxResults     int
		NextPageToken  string
	}
	if bad, good := c.decode(&ask); !good {
		return bad
	}
	if len(ask.IssueIDsOrKeys) == 0 || len(ask.IssueIDsOrKeys) > bulkIssues || len(ask.FieldIDs) > bulkFields {
		return fail(http.StatusBadRequest, "issueIdsOrKeys must have from 1 to 1000 elements, and fieldIds at most 10.")
	}
	size, skip := bulkPage, 0
	if ask.MaxResults > 0 {
		size = min(ask.MaxResults, bulkMost)
	}
	if ask.NextPageToken != "" {
		raw, err := base64.RawURLEncoding.DecodeString(ask.NextPageToken)
		if err == nil {
			skip, err = strconv.Atoi(string(raw))
		}
		if err != nil || skip < 0 {
			return fail(http.StatusBadRequest, "The provided next page token is invalid or expired.")
		}
	}
	logs, more := c.bulk(ask.IssueIDsOrKeys, ask.FieldIDs, skip, size)
	body := map[string]any{"issueChangeLogs": logs, "nextPageToken": nil}
	if more {
		body["nextPageToken"] = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(skip + size)))
	}
	return ok(body)
}

// bulkLog is the part of one issue's changelog that is on the page.
type bulkLog struct {
	IssueID         string            `json:"issueId"`
	ChangeHistories []json.RawMessage `json:"changeHistories"`
}

// bulk collects size entries after the first skip ones. Issues that are not
// there are left out.
func (c *call) bulk(ids, fields []string, skip, size int) (logs []bulkLog, more bool) {
	logs = []bulkLog{}
	seen := map[string]bool{}
	for _, id := range ids {
		is := c.lookup(id, c.now)
		if is == nil || seen[is.id] {
			continue
		}
		seen[is.id] = true
		v := c.see(is, c.now)
		for i := range v.histories {
			h := &v.histories[i]
			if !h.touches(is, fields) {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if size == 0 {
				return logs, true
			}
			size--
			if n := len(logs); n == 0 || logs[n-1].IssueID != is.id {
				logs = append(logs, bulkLog{IssueID: is.id})
			}
			l := &logs[len(logs)-1]
			l.ChangeHistories = append(l.ChangeHistories, c.shownHistory(h, true))
		}
	}
	return logs, false
}

// touches reports whether the entry changed one of the fields; none means any.
func (h *history) touches(is *issue, fields []string) bool {
	hit := len(fields) == 0
	h.items(func(it item) {
		for _, f := range fields {
			hit = hit || it.fieldID == f || it.target(is) == f
		}
	})
	return hit
}

// comments answers GET issue/{id}/comment.
func (c *call) comments() reply {
	is, none, found := c.found()
	if !found {
		return none
	}
	all := c.see(is, c.now).comments()
	from, to, size := c.pageOf(len(all), c.o.PageSize)
	part := []json.RawMessage{}
	for _, x := range all[from:to] {
		part = append(part, x)
	}
	return ok(map[string]any{"startAt": from, "maxResults": size, "total": len(all), "comments": part})
}
