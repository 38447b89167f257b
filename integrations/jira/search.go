package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Routes of reads that are sent by POST.
const (
	routeSearch    = "search"
	routeSearchJQL = "search/jql"
	routeBulk      = "changelog/bulkfetch"
)

const (
	allFields = "*all,comment"
	wholeOne  = "changelog,names"
	maxQuery  = 1500   // bytes of JQL that are sent in the URL; longer ones by POST
	maxPages  = 10_000 // of one search
)

// scope is one part of a site that is watched.
type scope struct {
	jql string // "" is everything
	id  string // short name in the cursor, made from jql
}

// query is one search.
type query struct {
	jql, fields, expand string
	size                int
}

// page is one page of a search. Issues stay raw: one odd issue must not spoil
// the others.
type page struct {
	issues []json.RawMessage
	names  map[string]json.RawMessage
	next   mark // where the next page begins
	more   bool // there may be another page
}

// mark says where a page begins: a token in Cloud, a count in Data Center.
type mark struct {
	token string
	start int
}

// window is the JQL for what of a scope was updated since. The time is in
// milliseconds without quotes: a quoted date would be understood in the zone
// of the account's profile, to the minute. There is no upper bound, or an issue
// that changes all the time would never be found.
func (s scope) window(since time.Time) string {
	jql := fmt.Sprintf("updated >= %d", max(since.UnixMilli(), 0))
	if s.jql != "" {
		jql = "(" + s.jql + ") AND " + jql
	}
	return jql + inOrder
}

const inOrder = " ORDER BY updated ASC, key ASC"

// byIDs is the JQL for some issues.
func byIDs(ids []string) string { return "id in (" + strings.Join(ids, ", ") + ")" + inOrder }

// search reads one page. The zero mark is the first one.
func (c *Client) search(ctx context.Context, q query, from mark) (page, error) {
	route := routeSearch
	if c.cloud {
		route = routeSearchJQL
	}
	method, params, body := http.MethodGet, url.Values(nil), any(nil)
	if len(q.jql) > maxQuery {
		method, body = http.MethodPost, c.searchBody(q, from)
	} else {
		params = c.searchParams(q, from)
	}
	raw, err := c.call(ctx, method, route, route, params, body)
	if err != nil {
		return page{}, err
	}
	p, err := decodePage(raw, from, c.cloud)
	if err != nil {
		return page{}, &Error{Method: method, Route: route, Status: http.StatusOK, Err: err}
	}
	return p, nil
}

func (c *Client) searchParams(q query, from mark) url.Values {
	v := url.Values{"jql": {q.jql}, "fields": {q.fields}, "maxResults": {strconv.Itoa(q.size)}}
	if q.expand != "" {
		v.Set("expand", q.expand)
	}
	switch {
	case !c.cloud:
		v.Set("startAt", strconv.Itoa(from.start))
	case from.token != "":
		v.Set("nextPageToken", from.token)
	}
	return v
}

// searchBody is the same for POST, where Cloud takes expand as a text and Data
// Center as a list.
func (c *Client) searchBody(q query, from mark) map[string]any {
	b := map[string]any{"jql": q.jql, "fields": strings.Split(q.fields, ","), "maxResults": q.size}
	if c.cloud {
		if q.expand != "" {
			b["expand"] = q.expand
		}
		if from.token != "" {
			b["nextPageToken"] = from.token
		}
		return b
	}
	b["startAt"] = from.start
	if q.expand != "" {
		b["expand"] = strings.Split(q.expand, ",")
	}
	return b
}

// decodePage reads an answer of a search. Whether there are more pages is told
// by the token alone in Cloud, since isLast cannot be trusted and is absent at
// times; a token that repeats ends it as well. Data Center tells the total,
// and pages may be shorter than was asked.
func decodePage(raw []byte, from mark, cloud bool) (page, error) {
	if err := check(raw); err != nil {
		return page{}, err
	}
	var p page
	var list, names, next, total gjson.Result
	each(gjson.Parse(view(raw)), func(k, v gjson.Result) bool {
		switch k.Str {
		case "issues":
			list = v
		case "names":
			names = v
		case "nextPageToken":
			next = v
		case "total":
			total = v
		}
		return true
	})
	if !list.IsArray() {
		return page{}, errors.New("the answer of the search has no list of issues")
	}
	each(list, func(_, x gjson.Result) bool {
		p.issues = append(p.issues, json.RawMessage(x.Raw))
		return true
	})
	if names.IsObject() {
		if err := json.Unmarshal([]byte(names.Raw), &p.names); err != nil {
			return page{}, fmt.Errorf("the names of the fields: %w", err)
		}
	}
	if cloud {
		p.next.token = plain(next)
		p.more = p.next.token != "" && p.next.token != from.token
		return p, nil
	}
	p.next.start = from.start + len(p.issues)
	p.more = len(p.issues) > 0 && (total.Type != gjson.Number || float64(p.next.start) < total.Num)
	return p, nil
}

// pages reads a search to its end.
func (c *Client) pages(ctx context.Context, q query, visit func(p page) error) error {
	seen := map[string]bool{}
	from := mark{}
	for range maxPages {
		p, err := c.search(ctx, q, from)
		if err != nil {
			return err
		}
		if err := visit(p); err != nil {
			return err
		}
		if !p.more || seen[p.next.token] {
			return nil
		}
		if p.next.token != "" {
			seen[p.next.token] = true
		}
		from = p.next
	}
	return fmt.Errorf("search in Jira: it has more than %d pages", maxPages)
}

// newScopes checks what to watch.
func newScopes(watch []string) ([]scope, error) {
	if len(watch) == 0 {
		watch = []string{""}
	}
	var out []scope
	seen := map[string]bool{}
	for _, jql := range watch {
		jql = strings.TrimSpace(jql)
		if err := checkScope(jql); err != nil {
			return nil, fmt.Errorf("JQL %q: %w", jql, err)
		}
		if s := (scope{jql: jql, id: shortHash(jql)}); !seen[s.id] {
			seen[s.id] = true
			out = append(out, s)
		}
	}
	return out, nil
}

// checkScope finds what would break the query that a scope becomes part of.
func checkScope(jql string) error {
	bare, depth := make([]byte, 0, len(jql)), 0
	quote := byte(0)
	for i := 0; i < len(jql); i++ {
		switch ch := jql[i]; {
		case quote != 0 && ch == '\\':
			i++
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case ch == '"' || ch == '\'':
			quote = ch
		default:
			switch ch {
			case '(':
				depth++
			case ')':
				if depth--; depth < 0 {
					return errors.New("a parenthesis is closed that was never opened")
				}
			}
			bare = append(bare, ch)
		}
	}
	switch {
	case quote != 0:
		return errors.New("a quotation mark is missing")
	case depth != 0:
		return errors.New("a closing parenthesis is missing")
	case strings.Contains(" "+strings.Join(strings.Fields(strings.ToLower(string(bare))), " ")+" ", " order by "):
		return errors.New("leave out ORDER BY: the order is by the time of the update")
	}
	return nil
}
