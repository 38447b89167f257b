package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

const (
	latest   = 50 // issues of a project that are looked through for a ticket
	maxGaps  = 10 // keys between them that the index does not show and that are asked for
	maxAhead = 20 // keys after them that are asked for
	maxMiss  = 3  // keys in a row that are not there, after which none is expected any more
)

func ticketLabel(key string) string { return labelPrefix + noteMark("ticket", key) }

// findTicket looks whether the issue of a ticket is there: by its label in the
// search index, in whatever project it is now, then, because the index may be minutes late, in what is near the
// end of the project.
func (c *Client) findTicket(ctx context.Context, t Ticket) (Created, bool, error) {
	mark := noteMark("ticket", t.Key)
	issues, err := c.firstPage(ctx, fmt.Sprintf("labels = %q", ticketLabel(t.Key)), 2)
	if err != nil {
		return Created{}, false, err
	}
	for _, raw := range issues {
		if doc := gjson.ParseBytes(raw); hasMark(doc, mark) {
			return c.foundTicket(doc), true, nil
		}
	}
	return c.nearby(ctx, t.Project, mark)
}

// firstPage searches for issues with their labels.
func (c *Client) firstPage(ctx context.Context, jql string, size int) ([]json.RawMessage, error) {
	p, err := c.search(ctx, query{jql: jql, fields: "labels", size: size}, mark{})
	return p.issues, err
}

// nearby asks for issues by key, which is not late: those between the latest
// that the index shows and those right after them. So a ticket is missed only
// when the index is behind by more than maxAhead issues of the project.
func (c *Client) nearby(ctx context.Context, project, mark string) (Created, bool, error) {
	issues, err := c.firstPage(ctx, fmt.Sprintf("project = %q ORDER BY created DESC, key DESC", project), latest)
	if err != nil {
		return Created{}, false, err
	}
	seen := map[int64]bool{}
	for _, raw := range issues {
		doc := gjson.ParseBytes(raw)
		if hasMark(doc, mark) {
			return c.foundTicket(doc), true, nil
		}
		if n, ok := strings.CutPrefix(plain(doc.Get("key")), project+"-"); ok && isNumber(n) {
			seen[number(n)] = true
		}
	}
	gaps, after := unseen(seen)
	for _, n := range gaps {
		if doc, err := c.ticketAt(ctx, project, n); err != nil || hasMark(doc, mark) {
			return c.foundTicket(doc), err == nil, err
		}
	}
	for n, miss := after, 0; n < after+maxAhead && miss < maxMiss; n++ {
		doc, err := c.ticketAt(ctx, project, n)
		if err != nil || hasMark(doc, mark) {
			return c.foundTicket(doc), err == nil, err
		}
		if miss++; doc.Exists() {
			miss = 0
		}
	}
	return Created{}, false, nil
}

// unseen returns the numbers that are missing among those seen, the highest
// first, and the number that follows them all.
func unseen(seen map[int64]bool) (gaps []int64, after int64) {
	if len(seen) == 0 {
		return nil, 1
	}
	numbers := slices.Sorted(maps.Keys(seen))
	lowest, highest := numbers[0], numbers[len(numbers)-1]
	for n := highest - 1; n > lowest && len(gaps) < maxGaps; n-- {
		if !seen[n] {
			gaps = append(gaps, n)
		}
	}
	return gaps, highest + 1
}

// ticketAt reads the marks of an issue; the result does not exist when the issue
// is not there.
func (c *Client) ticketAt(ctx context.Context, project string, n int64) (gjson.Result, error) {
	key := project + "-" + strconv.FormatInt(n, 10)
	q := url.Values{"fields": {"labels"}, "properties": {ticketProperty}}
	raw, err := c.call(ctx, http.MethodGet, "issue/{id}", "issue/"+key, q, nil)
	if hidden(err) {
		return gjson.Result{}, nil
	}
	if err != nil {
		return gjson.Result{}, err
	}
	return gjson.ParseBytes(raw), nil
}

// hasMark reports whether an issue bears the mark of a ticket, as label or as
// property.
func hasMark(doc gjson.Result, mark string) (ok bool) {
	each(doc.Get("fields.labels"), func(_, v gjson.Result) bool { ok = ok || v.Str == labelPrefix+mark; return !ok })
	each(doc.Get("properties"), func(k, v gjson.Result) bool {
		ok = ok || k.Str == ticketProperty && plain(v.Get("id")) == mark
		return !ok
	})
	return ok
}

func (c *Client) foundTicket(doc gjson.Result) Created {
	if !doc.Exists() {
		return Created{}
	}
	out := c.created(plain(doc.Get("id")), plain(doc.Get("key")), "")
	out.Before = true
	return out
}

// isLinked reports whether from is linked to as LinkIssue does it. Types that
// read the same in both directions count in both.
func (c *Client) isLinked(ctx context.Context, from, to, linkType string) (ok bool, err error) {
	raw, err := c.call(ctx, http.MethodGet, "issue/{id}", "issue/"+escape(from), url.Values{"fields": {"issuelinks"}}, nil)
	if err != nil {
		return false, err
	}
	is := func(end gjson.Result) bool { return plain(end.Get("id")) == to || plain(end.Get("key")) == to }
	each(gjson.GetBytes(raw, "fields.issuelinks"), func(_, l gjson.Result) bool {
		same := plain(l.Get("type.inward")) == plain(l.Get("type.outward"))
		if strings.EqualFold(plain(l.Get("type.name")), linkType) {
			ok = is(l.Get("outwardIssue")) || same && is(l.Get("inwardIssue"))
		}
		return !ok
	})
	return ok, nil
}

func issueRef(named string) map[string]any {
	if isNumber(named) {
		return map[string]any{"id": named}
	}
	return map[string]any{"key": named}
}

// labelsOf joins the labels that a ticket's further fields set with others.
func labelsOf(set any, more []string) (out []string) {
	list, _ := set.([]any)
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return append(out, more...)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
