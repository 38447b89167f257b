package jira

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tidwall/gjson"
)

// How many history entries Jira Cloud gives with an issue at most; the answer
// does not tell that there are more.
const (
	capSearch = 40  // search with expand=changelog
	capIssue  = 100 // one issue with expand=changelog
)

const (
	pageSize = 100  // of a changelog or of comments
	bulkSize = 1000 // entries per page of changelog/bulkfetch
)

// part is one issue while it is put together.
type part struct {
	id, key string
	fields  map[string]json.RawMessage
	names   map[string]json.RawMessage

	histories []json.RawMessage
	total     int // entries that there are, as Jira tells
	cut       bool

	comment  map[string]json.RawMessage // fields.comment without its list
	comments []json.RawMessage
	said     int // comments that there are, as Jira tells

	raw []byte // in place of all that, when it is no issue
}

// newPart takes an issue as Jira sent it apart. limit is how many history
// entries this kind of answer holds at most, 0 for no limit.
func newPart(raw []byte, names map[string]json.RawMessage, limit int) *part {
	p := &part{raw: raw}
	m, err := object(raw)
	if err != nil {
		return p
	}
	p.id, p.key = textAt(raw, "id"), textAt(raw, "key")
	fields, err := object(m["fields"])
	if err != nil {
		return p
	}
	p.fields, p.names = fields, names
	if own, err := object(m["names"]); err == nil {
		p.names = own
	}
	if log, err := object(m["changelog"]); err == nil {
		p.histories = elements(log["histories"])
		p.total = countOf(log["total"])
		_, told := log["total"]
		full := !told && len(p.histories) >= max(countOf(log["maxResults"]), 1)
		p.cut = p.total > len(p.histories) || limit > 0 && (len(p.histories) >= limit || full)
	} else {
		p.cut = true
	}
	if p.comment, err = object(fields["comment"]); err == nil {
		p.comments, p.said = elements(p.comment["comments"]), countOf(p.comment["total"])
	}
	p.raw = nil
	return p
}

// updated is when the issue changed last, zero where it does not tell.
func (p *part) updated() time.Time {
	t, err := when(gjson.ParseBytes(p.fields["updated"]))
	if err != nil {
		return time.Time{}
	}
	return t
}

// elements returns the elements of a JSON array, raw; nil for anything else.
func elements(raw json.RawMessage) (list []json.RawMessage) {
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

func countOf(raw json.RawMessage) int {
	n, err := strconv.ParseFloat(string(bytes.Trim(raw, `" `)), 64)
	if err != nil || !(n >= 0 && n < maxSteps) {
		return 0
	}
	return int(n)
}

// complete fetches what the answers left out of the changelogs and comments.
func (c *Client) complete(ctx context.Context, parts []*part) error {
	var cut []*part
	for _, p := range parts {
		if p.raw == nil && p.cut {
			cut = append(cut, p)
		}
	}
	if err := c.completeLogs(ctx, cut); err != nil {
		return err
	}
	for _, p := range parts {
		if p.raw == nil && p.said > len(p.comments) {
			if err := c.completeComments(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Client) completeComments(ctx context.Context, p *part) error {
	all, err := c.list(ctx, "issue/{id}/comment", "issue/"+escape(p.id)+"/comment", "comments", url.Values{"orderBy": {"created"}})
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusForbidden:
		return nil // what is there stays; Normalize tells that it is not all
	}
	if err != nil {
		return err
	}
	if len(all) >= len(p.comments) {
		p.comments = all
	}
	return nil
}

// list reads all pages of a list of an issue. It stops at the total that Jira
// tells, at an empty page, or when a page brings nothing new.
func (c *Client) list(ctx context.Context, route, path, member string, params url.Values) ([]json.RawMessage, error) {
	var all []json.RawMessage
	seen := map[string]bool{}
	for start := 0; start < maxSteps; {
		q := url.Values{"startAt": {strconv.Itoa(start)}, "maxResults": {strconv.Itoa(pageSize)}}
		for k, v := range params {
			q[k] = v
		}
		raw, err := c.call(ctx, http.MethodGet, route, path, q, nil)
		if err != nil {
			return nil, err
		}
		m, err := object(raw)
		if err != nil {
			return nil, &Error{Method: http.MethodGet, Route: route, Status: http.StatusOK, Err: err}
		}
		page, fresh := elements(m[member]), false
		for _, x := range page {
			id := textAt(x, "id")
			if id == "" || !seen[id] {
				seen[id], fresh = true, true
				all = append(all, x)
			}
		}
		start += len(page)
		total, told := m["total"]
		last := string(m["isLast"]) == "true" && !told
		if !fresh || last || told && start >= countOf(total) {
			break
		}
	}
	return inOrderOfTime(all), nil
}

// inOrderOfTime sorts entries or comments by time and id and drops repeated
// ones, so that they read the same by whichever way they came. Where one has no
// date it leaves the order alone.
func inOrderOfTime(list []json.RawMessage) []json.RawMessage {
	type dated struct {
		at  time.Time
		num int64
		id  string
		raw json.RawMessage
	}
	all := make([]dated, 0, len(list))
	seen := map[string]bool{}
	for _, x := range list {
		at, err := when(gjson.GetBytes(x, "created"))
		id := textAt(x, "id")
		if err != nil || id == "" {
			return list
		}
		if !seen[id] {
			seen[id] = true
			all = append(all, dated{at, number(id), id, x})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.num, b.num))
	})
	out := make([]json.RawMessage, len(all))
	for i := range all {
		out[i] = all[i].raw
	}
	return out
}

var errNoIssue = errors.New("what Jira sent is no issue")
