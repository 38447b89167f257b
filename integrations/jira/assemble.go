package jira

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// body puts an issue together in the form that Normalize reads. Equal content
// gives equal bytes, however it was fetched.
func (p *part) body() []byte {
	if p.raw != nil {
		return p.raw
	}
	fields, names := maps.Clone(p.fields), map[string]json.RawMessage{}
	delete(fields, "lastViewed") // by the account of the client itself
	for id := range fields {
		if n, ok := p.names[id]; ok {
			names[id] = n
		}
	}
	if p.comment != nil {
		p.comments = inOrderOfTime(p.comments)
		n := len(p.comments)
		fields["comment"] = packed(map[string]any{"comments": orEmpty(p.comments), "startAt": 0, "maxResults": n, "total": max(n, p.said)})
	}
	issue := map[string]any{"id": p.id, "key": p.key, "fields": fields, "names": names}
	if p.histories != nil || !p.cut {
		p.histories = inOrderOfTime(p.histories)
		n := len(p.histories)
		issue["changelog"] = map[string]any{"histories": orEmpty(p.histories), "startAt": 0, "maxResults": n, "total": max(n, p.total)}
	}
	return packed(issue)
}

func orEmpty(list []json.RawMessage) []json.RawMessage {
	if list == nil {
		return []json.RawMessage{}
	}
	return list
}

// packed writes JSON without touching the texts in it. Keys are in order.
func packed(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("jira: valid JSON was taken apart and cannot be put together: %v", err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// digest names the content of an issue. Of the changelog only the ids count:
// its entries never change, and Jira writes their times in several forms.
func (p *part) digest(body []byte) string {
	h := sha256.New()
	ids := make([]string, 0, len(p.histories))
	for _, x := range p.histories {
		id := textAt(x, "id")
		if id == "" {
			ids = nil
			break
		}
		ids = append(ids, id)
	}
	if p.raw != nil || ids == nil {
		h.Write(body)
	} else {
		parsed := gjson.ParseBytes(body)
		for _, k := range []string{"key", "fields", "names"} {
			h.Write([]byte(parsed.Get(k).Raw))
		}
		h.Write([]byte(strconv.Itoa(max(p.total, len(ids)))))
		h.Write(packed(ids))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// delivery makes what the caller stores of an issue. An issue that cannot be
// read has no events; its raw form is kept, and polling goes on.
func (c *Client) delivery(ctx context.Context, p *part) (signals.Delivery, error) {
	body := p.body()
	d := signals.Delivery{Envelope: signals.Envelope{
		Source: c.Source(), ID: p.id + "@" + p.digest(body), Received: c.site.Now(), Body: body,
	}}
	c.stats.issues.Add(1)
	o, err := c.reading(ctx, body)
	if err != nil {
		return d, fmt.Errorf("tell how issue %s is to be read: %w", p.id, err)
	}
	events, err := Normalize(body, &o)
	if err != nil {
		c.stats.quarantined.Add(1)
		c.log.Error("an issue cannot be read and is kept as it came", "issue", p.id, "err", err)
		return d, nil
	}
	d.Events = events
	return d, nil
}

// gone makes what the caller stores of an issue that Jira does not show any
// more. Deleted and hidden look the same, and mean the same: stop speaking of
// it. The ids are the same each time.
func (c *Client) gone(id string, why error) signals.Delivery {
	now := c.site.Now()
	key := signals.Key{Source: signals.Jira, Site: c.opts.Site, ID: id}
	return signals.Delivery{
		Envelope: signals.Envelope{
			Source: c.Source(), ID: id + "@gone", Received: now,
			Body: packed(map[string]any{"id": id, "errorMessages": []string{why.Error()}}),
		},
		Events: []*signals.Event{{ID: key.String() + "/deleted", Case: key, Kind: signals.Deleted, At: now}},
	}
}

// unreadable is the part of an issue that Jira itself cannot tell.
func unreadable(id string, why error) *part {
	return &part{id: id, raw: packed(map[string]any{"id": id, "errorMessages": []string{said(why)}})}
}

// Updated returns the numeric id and the time of the last update of an issue
// from the body of an envelope, as Reconcile wants to know them. ok is false
// where the body is none.
func Updated(body []byte) (issueID string, updated time.Time, ok bool) {
	if check(body) != nil {
		return "", time.Time{}, false
	}
	issueID = textAt(body, "id")
	updated, err := when(gjson.GetBytes(body, "fields.updated"))
	return issueID, updated, err == nil && issueID != ""
}
