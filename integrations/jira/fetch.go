package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"andon/signals"
)

// fetched is what came of the fetching of one issue: a part, or an error that
// concerns it alone.
type fetched struct {
	part *part
	err  error
}

func (x fetched) delivery(ctx context.Context, c *Client, id string) (signals.Delivery, error) {
	switch {
	case errors.Is(x.err, ErrGone):
		return c.gone(id, x.err), nil
	case x.err != nil:
		return c.delivery(ctx, unreadable(id, x.err))
	}
	return c.delivery(ctx, x.part)
}

// settled reports whether an issue that was fetched at now cannot have changed
// again without a later time of update. Some databases under Jira keep whole
// seconds, and some indexes whole minutes. A time far in the future is a wrong
// clock's and would never settle.
func (x fetched) settled(updated, now time.Time, overlap time.Duration) bool {
	if x.err != nil {
		return errors.Is(x.err, ErrGone)
	}
	step := time.Millisecond
	switch ms := updated.UnixMilli(); {
	case ms%60_000 == 0:
		step = time.Minute
	case ms%1000 == 0:
		step = time.Second
	}
	return !now.Before(updated.Add(step)) || updated.Sub(now) > overlap
}

// fetch reads issues whole, by numeric id. The error concerns all of them.
func (c *Client) fetch(ctx context.Context, ids []string) (map[string]fetched, error) {
	got := map[string]fetched{}
	if err := c.fetchBatch(ctx, ids, got); err != nil {
		return nil, err
	}
	var parts []*part
	for _, id := range ids {
		if p := got[id].part; p != nil {
			parts = append(parts, p)
		}
	}
	return got, c.complete(ctx, parts)
}

// fetchBatch reads issues by one search. One of them may spoil the whole
// answer: it is gone and Jira refuses the query, or it is too large, or Jira
// breaks at it. Then the halves are tried, and at last the single one.
func (c *Client) fetchBatch(ctx context.Context, ids []string, got map[string]fetched) error {
	limit := 0
	if c.cloud {
		limit = capSearch
	}
	q := query{jql: byIDs(ids), fields: allFields, expand: wholeOne, size: len(ids)}
	err := c.pages(ctx, q, func(pg page) error {
		for _, raw := range pg.issues {
			if p := newPart(raw, pg.names, limit); p.id != "" {
				got[p.id] = fetched{part: p}
			}
		}
		return nil
	})
	switch {
	case err != nil && !isSpoilt(err):
		return err
	case err != nil && len(ids) > 1:
		half := len(ids) / 2
		if err := c.fetchBatch(ctx, ids[:half], got); err != nil {
			return err
		}
		return c.fetchBatch(ctx, ids[half:], got)
	}
	for _, id := range ids {
		if _, ok := got[id]; ok {
			continue
		}
		if err := c.fetchOne(ctx, id, got); err != nil {
			return err
		}
	}
	return nil
}

// isSpoilt reports whether an error of a search may come of one of its issues.
func isSpoilt(err error) bool {
	if errors.Is(err, errTooBig) || errors.Is(err, errDeep) || errors.Is(err, errTruncated) || errors.Is(err, errNoIssue) || errors.Is(err, context.DeadlineExceeded) && isTemporary(err) {
		return true
	}
	switch statusOf(err) {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusInternalServerError:
		return true
	}
	return false
}

// fetchOne reads one issue by itself. Where Jira breaks at this issue and
// answers otherwise, that is a fault of the issue: it must not stop the rest.
func (c *Client) fetchOne(ctx context.Context, id string, got map[string]fetched) error {
	p, err := c.one(ctx, id)
	switch {
	case err == nil:
		got[id] = fetched{part: p}
		return nil
	case errors.Is(err, ErrGone):
		got[id] = fetched{err: err}
		return nil
	case !isSpoilt(err):
		return err
	}
	if _, alive := c.call(ctx, http.MethodGet, "serverInfo", "serverInfo", nil, nil); alive != nil {
		return err
	}
	c.log.Error("Jira cannot tell an issue, which is left for later", "issue", id, "err", err)
	got[id] = fetched{err: err}
	return nil
}

// one reads an issue by id or key, with what its answer holds.
func (c *Client) one(ctx context.Context, id string) (*part, error) {
	raw, err := c.call(ctx, http.MethodGet, "issue/{id}", "issue/"+escape(id), url.Values{"fields": {allFields}, "expand": {wholeOne}}, nil)
	if err != nil {
		return nil, err
	}
	limit := 0
	if c.cloud {
		limit = capIssue
	}
	p := newPart(json.RawMessage(raw), nil, limit)
	if p.id == "" {
		return nil, &Error{Method: http.MethodGet, Route: "issue/{id}", Status: http.StatusOK, Err: errNoIssue}
	}
	return p, nil
}

// Fetch reads one issue whole, by numeric id or by key; a key that it had before
// it was moved is fine. An issue that Jira does not show any more, deleted or
// hidden, gives a delivery with one Deleted event when it is asked for by its
// numeric id; by a key it is ErrGone, since a key does not tell which case it was.
func (c *Client) Fetch(ctx context.Context, issueID string) (signals.Delivery, error) {
	issueID = strings.TrimSpace(issueID)
	if issueID == "" {
		return signals.Delivery{}, errors.New("fetch a Jira issue: neither an id nor a key is given")
	}
	p, err := c.one(ctx, issueID)
	if errors.Is(err, ErrGone) && isNumber(issueID) {
		return c.gone(issueID, err), nil
	}
	if err == nil {
		err = c.complete(ctx, []*part{p})
	}
	if err != nil {
		return signals.Delivery{}, fmt.Errorf("fetch issue %s of Jira site %s: %w", issueID, c.Site(), err)
	}
	return c.delivery(ctx, p)
}
