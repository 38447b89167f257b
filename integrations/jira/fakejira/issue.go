package fakejira

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/integrations/jira"
)

// issue is one issue with its whole history, the future included. Its strings
// are parts of the JSON it came as. Times are nanoseconds since 1970, 0 = none.
type issue struct {
	id, key string // key is the last one
	num     int64
	project string // the two parts of the key
	number  int
	fields  string // the final values, JSON
	names   string // JSON

	created, updated, resolved int64

	histories []history // in the order of time
	comments  []comment // in the order of the source
	moments   []int64   // when something happened, sorted, each once
	keys      []keyUntil
	deleted   int64

	late late
}

// history is one entry of the changelog.
type history struct {
	at  int64
	num int64
	raw string
}

// comment is one comment. edited is when it got its final text, where that was
// clearly after its creation.
type comment struct {
	at, edited int64
	num        int64
	raw        string
}

// keyUntil is a key that the issue had until a move.
type keyUntil struct {
	until int64
	key   string
}

// late is what the changelog does not tell but jira.Normalize dates.
type late struct {
	links      bool  // there are links and no entry tells of any
	linkItems  int64 // time of the first entry that tells of links
	linksAt    int64 // since when the links are there
	resolution bool  // it came at issue.resolved, and no entry tells so
	status     bool  // the closed status came with it
}

// editGrace is how long after its creation a comment does not count as edited.
const editGrace = int64(time.Minute)

// parse reads one issue. The result holds on to raw.
func parse(raw []byte) (*issue, error) {
	raw = bytes.TrimSpace(raw)
	if err := valid(raw); err != nil {
		return nil, err
	}
	if bytes.IndexByte(raw, '\n') >= 0 {
		var b bytes.Buffer
		if err := json.Compact(&b, raw); err != nil {
			return nil, fmt.Errorf("no issue: %w", err)
		}
		raw = b.Bytes()
	}
	is, top := &issue{}, gjson.Parse(string(raw))
	var log gjson.Result
	each(top, func(k, v gjson.Result) bool {
		switch k.Str {
		case "id":
			is.id = v.String()
		case "key":
			is.key = v.String()
		case "fields":
			is.fields = v.Raw
		case "names":
			if v.IsObject() {
				is.names = v.Raw
			}
		case "changelog":
			log = v
		}
		return true
	})
	is.num, _ = strconv.ParseInt(is.id, 10, 64)
	is.project, is.number = splitKey(is.key)
	switch {
	case is.num <= 0 || is.key == "":
		return nil, fmt.Errorf("no issue: it needs a numeric id and a key, and has id %.40q and key %.40q", is.id, is.key)
	case !strings.HasPrefix(is.fields, "{"):
		return nil, fmt.Errorf("issue %s has no fields", is.key)
	}
	if err := is.read(log); err != nil {
		return nil, fmt.Errorf("issue %s: %w", is.key, err)
	}
	return is, nil
}

// maxDepth is how deep JSON may be nested; the decoder that reads it recurses.
const maxDepth = 9_000

func valid(raw []byte) error {
	if len(raw) == 0 || raw[0] != '{' {
		return errors.New("no issue: it is no JSON object")
	}
	if bytes.Count(raw, []byte{'['})+bytes.Count(raw, []byte{'{'}) > maxDepth && !json.Valid(raw) || !gjson.ValidBytes(raw) {
		return errors.New("no issue: it is no valid JSON")
	}
	return nil
}

// read reads the dates, the changelog and the comments.
func (is *issue) read(log gjson.Result) error {
	var created, updated, resolved, comments gjson.Result
	each(gjson.Parse(is.fields), func(k, v gjson.Result) bool {
		switch k.Str {
		case "created":
			created = v
		case "updated":
			updated = v
		case "resolutiondate":
			resolved = v
		case "comment":
			comments = v
		}
		return true
	})
	ok := false
	if is.created, ok = when(created); !ok {
		return fmt.Errorf("created: no date but %.40q", created.Raw)
	}
	is.updated, is.resolved = is.optional(updated), is.optional(resolved)
	if err := is.readHistories(log.Get("histories")); err != nil {
		return err
	}
	if comments.IsObject() {
		comments = comments.Get("comments")
	}
	each(comments, func(_, c gjson.Result) bool {
		if c.IsObject() {
			is.comments = append(is.comments, is.readComment(c))
		}
		return true
	})
	is.study()
	is.time()
	return nil
}

// optional is a date that may be absent; it is never before the creation.
func (is *issue) optional(v gjson.Result) int64 {
	if t, ok := when(v); ok {
		return max(t, is.created)
	}
	return 0
}

func (is *issue) readHistories(list gjson.Result) error {
	var err error
	each(list, func(_, h gjson.Result) bool {
		if !h.IsObject() {
			return true
		}
		at, ok := when(h.Get("created"))
		if !ok {
			err = fmt.Errorf("entry %.40q of the changelog has no date", h.Get("id").String())
			return false
		}
		n, _ := strconv.ParseInt(h.Get("id").String(), 10, 64)
		is.histories = append(is.histories, history{at: max(at, is.created), num: n, raw: h.Raw})
		return true
	})
	if newestFirst(is.histories) {
		slices.Reverse(is.histories)
	}
	slices.SortStableFunc(is.histories, func(a, b history) int { return cmp.Compare(a.at, b.at) })
	return err
}

// newestFirst tells how a changelog is ordered: by its ends, or by its ids
// where they bear the same time.
func newestFirst(h []history) bool {
	n := len(h)
	if n < 2 {
		return false
	}
	if h[0].at != h[n-1].at {
		return h[0].at > h[n-1].at
	}
	for i := 1; i < n; i++ {
		if h[i].num <= 0 || h[i].num >= h[i-1].num {
			return false
		}
	}
	return true
}

func (is *issue) readComment(c gjson.Result) comment {
	out := comment{at: is.created, raw: c.Raw}
	out.num, _ = strconv.ParseInt(c.Get("id").String(), 10, 64)
	if at, ok := when(c.Get("created")); ok {
		out.at = max(at, is.created)
		if u, ok := when(c.Get("updated")); ok && u-out.at > editGrace {
			out.edited = u
		}
	}
	return out
}

// study finds the keys the issue had, and what came without being told.
func (is *issue) study() {
	var status, resolution bool
	for i := range is.histories {
		h := &is.histories[i]
		h.items(func(it item) {
			switch it.target(is) {
			case keyField:
				if it.fromText != "" {
					is.keys = append(is.keys, keyUntil{h.at, it.fromText})
				}
			case "status":
				status = true
			case "resolution":
				resolution = true
			case "issuelinks":
				is.late.linkItems = cmp.Or(is.late.linkItems, h.at)
			}
		})
	}
	f := gjson.Parse(is.fields)
	if !resolution && is.resolved > is.created && text(f.Get("resolution")) != "" {
		is.late.resolution = true
		is.late.status = !status && closed(f.Get("status"))
	}
	if is.late.linkItems == 0 && len(f.Get("issuelinks").Array()) > 0 {
		is.late.links = true
		is.late.linksAt = cmp.Or(is.resolved, is.updated)
		if n := len(is.histories); is.late.linksAt == 0 && n > 0 {
			is.late.linksAt = is.histories[n-1].at
		}
	}
}

// closed reports whether a status means closed to a reader with the defaults.
func closed(status gjson.Result) bool {
	return status.Get("statusCategory.key").Str == "done" || closedName(text(status))
}

func closedName(name string) bool { return slices.Contains(jira.DefaultDone, strings.ToLower(name)) }

// time collects when something happened.
func (is *issue) time() {
	m := []int64{is.created}
	for i := range is.histories {
		m = append(m, is.histories[i].at)
	}
	for i := range is.comments {
		m = append(m, is.comments[i].at)
		if is.comments[i].edited > 0 {
			m = append(m, is.comments[i].edited)
		}
	}
	if is.updated > 0 {
		m = append(m, is.updated)
	}
	if is.late.resolution {
		m = append(m, is.resolved)
	}
	if is.late.links && is.late.linksAt > 0 {
		m = append(m, is.late.linksAt)
	}
	slices.Sort(m)
	is.moments = slices.Clip(slices.Compact(m))
}
