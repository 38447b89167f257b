package jira

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"
)

// completeLogs fetches changelogs, all at once where Jira can do that and one
// by one otherwise.
func (c *Client) completeLogs(ctx context.Context, parts []*part) error {
	if len(parts) == 0 {
		return nil
	}
	bulk, err := c.bulkLogs(ctx, parts)
	if err != nil {
		return err
	}
	for _, p := range parts {
		log := bulk[p.id]
		if len(log) < max(len(p.histories), p.total) || len(log) == 0 {
			if log, err = c.pagedLog(ctx, p, log); err != nil {
				return err
			}
		}
		if len(log) >= len(p.histories) {
			p.histories = p.until(log)
			p.total = max(len(p.histories), p.total)
		}
		c.checkLog(p)
	}
	return nil
}

// bulkLogs fetches the changelogs of many issues by issue id. The result lacks
// what Jira did not give; it is nil where there is no such endpoint.
func (c *Client) bulkLogs(ctx context.Context, parts []*part) (map[string][]json.RawMessage, error) {
	if !c.cloud || c.unbulked.Load() {
		return nil, nil
	}
	ids := make([]string, len(parts))
	for i, p := range parts {
		ids[i] = p.id
	}
	out, seen := map[string][]json.RawMessage{}, map[string]bool{}
	body := map[string]any{"issueIdsOrKeys": ids, "maxResults": bulkSize}
	for range maxPages {
		raw, err := c.call(ctx, http.MethodPost, routeBulk, routeBulk, nil, body)
		switch statusOf(err) {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			c.unbulked.Store(true)
			return nil, nil
		case http.StatusBadRequest, http.StatusForbidden, http.StatusInternalServerError:
			return nil, nil // one issue of them may be the cause
		}
		if err != nil {
			return nil, err
		}
		m, err := object(raw)
		if err != nil {
			return nil, nil
		}
		for _, x := range elements(m["issueChangeLogs"]) {
			if o, err := object(x); err == nil {
				id := textAt(x, "issueId")
				out[id] = append(out[id], elements(o["changeHistories"])...)
			}
		}
		token := textAt(raw, "nextPageToken")
		if token == "" || seen[token] {
			break
		}
		seen[token], body["nextPageToken"] = true, token
	}
	for id, log := range out {
		out[id] = inOrderOfTime(log)
	}
	return out, nil
}

// pagedLog fetches one changelog page by page. Older Data Center versions have
// no such endpoint, for they leave nothing out: so is what was there already.
func (c *Client) pagedLog(ctx context.Context, p *part, log []json.RawMessage) ([]json.RawMessage, error) {
	paged, err := c.list(ctx, "issue/{id}/changelog", "issue/"+escape(p.id)+"/changelog", "values", nil)
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusForbidden:
		return log, nil
	}
	if err != nil {
		return nil, err
	}
	if len(paged) < len(log) {
		return log, nil
	}
	return paged, nil
}

// until leaves out entries that were made after the rest of the issue was read:
// its fields do not know of them, and the next look will bring both.
func (p *part) until(log []json.RawMessage) []json.RawMessage {
	updated, last := p.updated(), int64(0)
	for _, h := range p.histories {
		last = max(last, number(textAt(h, "id")))
	}
	if updated.IsZero() || last == 0 {
		return log
	}
	return slices.DeleteFunc(slices.Clone(log), func(h json.RawMessage) bool {
		at, err := when(gjson.GetBytes(h, "created"))
		return err == nil && at.After(updated) && number(textAt(h, "id")) > last
	})
}

// checkLog tells of a changelog that stays short, once for each issue.
func (c *Client) checkLog(p *part) {
	if p.total <= len(p.histories) {
		return
	}
	if _, told := c.short.LoadOrStore(p.id, true); !told {
		c.log.Warn("the changelog of an issue is not to be had whole", "issue", p.id, "has", len(p.histories), "of", p.total)
	}
}
