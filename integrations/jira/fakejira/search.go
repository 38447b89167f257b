package fakejira

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// searchAsk is what a search asks for, from the query or from the body.
type searchAsk struct {
	JQL           string   `json:"jql"`
	Fields        []string `json:"fields"`
	Expand        anyList  `json:"expand"`
	MaxResults    *int     `json:"maxResults"`
	NextPageToken string   `json:"nextPageToken"`
	StartAt       int      `json:"startAt"`
	ValidateQuery any      `json:"validateQuery"`
}

// anyList reads a list of texts, or one text with commas.
type anyList []string

// UnmarshalJSON reads either form.
func (l *anyList) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*l = strings.Split(one, ",")
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

func (c *call) ask() (a searchAsk, bad reply, good bool) {
	if c.r.Method == http.MethodPost {
		bad, good = c.decode(&a)
		return a, bad, good
	}
	split := func(key string) []string {
		var out []string
		for _, v := range c.r.URL.Query()[key] {
			out = append(out, strings.Split(v, ",")...)
		}
		return out
	}
	a = searchAsk{JQL: c.form("jql"), Fields: split("fields"), Expand: split("expand"), NextPageToken: c.form("nextPageToken"), StartAt: c.number("startAt", 0), ValidateQuery: c.form("validateQuery")}
	if n, err := strconv.Atoi(c.form("maxResults")); err == nil {
		a.MaxResults = &n
	}
	return a, reply{}, true
}

// page is the size of the page that is asked for.
func (a *searchAsk) page(def, greatest int) int {
	if a.MaxResults == nil || *a.MaxResults < 0 {
		return min(def, greatest)
	}
	return min(*a.MaxResults, greatest)
}

// idPage is the greatest page of ids only.
const idPage = 5000

// pageToken is what a nextPageToken holds: the search goes on as it was at At.
type pageToken struct {
	At   int64  `json:"at"`
	From int    `json:"from"`
	Hash uint64 `json:"hash"`
}

func (p pageToken) String() string { return base64.RawURLEncoding.EncodeToString(encoded(p)) }

func hashOf(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

// indexed is the time up to which the search index has everything.
func (c *call) indexed() int64 { return c.now - int64(c.faults.indexing(c.o.Indexing)) }

// searchCloud answers search/jql.
func (c *call) searchCloud() reply {
	a, bad, good := c.ask()
	if !good {
		return bad
	}
	q, err := parseJQL(a.JQL, c.o.Zone)
	if err != nil {
		return fail(http.StatusBadRequest, err.Error())
	}
	if !q.bounded {
		return fail(http.StatusBadRequest, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
	}
	tok := pageToken{At: c.indexed(), Hash: hashOf(a.JQL)}
	if a.NextPageToken != "" {
		raw, err := base64.RawURLEncoding.DecodeString(a.NextPageToken)
		if err != nil || json.Unmarshal(raw, &tok) != nil || tok.Hash != hashOf(a.JQL) || tok.From < 0 || tok.At > c.now {
			return fail(http.StatusBadRequest, "The provided next page token is invalid or expired.")
		}
	}
	hits, err := c.matches(q, tok.At)
	if err != nil {
		return fail(http.StatusBadRequest, err.Error())
	}
	want := fieldsWanted(a.Fields)
	greatest, idsOnly := c.o.PageSize, len(a.Fields) == 0
	if idsOnly || len(want.with) > 0 && !want.all && !want.navigable && onlyIDs(want.with) {
		greatest = idPage
	}
	size := a.page(50, greatest)
	from := min(tok.From, len(hits))
	part := hits[from:min(from+size, len(hits))]
	body := map[string]any{"isLast": true}
	if from+size < len(hits) {
		body["isLast"], body["nextPageToken"] = false, pageToken{tok.At, from + size, tok.Hash}.String()
	}
	c.write(body, part, want, a.Expand, idsOnly)
	return ok(body)
}

func onlyIDs(fields map[string]bool) bool {
	for f := range fields {
		if f != "id" && f != "key" {
			return false
		}
	}
	return true
}

// searchDataCenter answers search.
func (c *call) searchDataCenter() reply {
	a, bad, good := c.ask()
	if !good {
		return bad
	}
	q, err := parseJQL(a.JQL, c.o.Zone)
	if err != nil {
		return fail(http.StatusBadRequest, err.Error())
	}
	at := c.indexed()
	if v := fmt.Sprint(a.ValidateQuery); v == "false" || v == "none" || v == "warn" {
		q.restrictions = c.lenient(q.restrictions, at)
	}
	hits, err := c.matches(q, at)
	if err != nil {
		return fail(http.StatusBadRequest, err.Error())
	}
	if len(a.Fields) == 0 {
		a.Fields = []string{"*navigable"}
	}
	size := a.page(50, c.o.PageSize)
	from := min(max(a.StartAt, 0), len(hits))
	body := map[string]any{"startAt": max(a.StartAt, 0), "maxResults": size, "total": len(hits)}
	c.write(body, hits[from:min(from+size, len(hits))], fieldsWanted(a.Fields), a.Expand, false)
	return ok(body)
}

// lenient drops from restrictions what is not there.
func (s *Server) lenient(rs []restriction, t int64) (out []restriction) {
	for _, r := range rs {
		if r.field == "labels" {
			out = append(out, r)
			continue
		}
		known := restriction{field: r.field}
		for _, v := range r.values {
			if _, err := s.named(r.field, v, t); err == nil {
				known.values = append(known.values, v)
			}
		}
		out = append(out, known)
	}
	return out
}

// write writes a page of issues: who is found late is told as of now.
func (c *call) write(body map[string]any, part []hit, want fieldSet, expand []string, idsOnly bool) {
	issues, names := make([]json.RawMessage, 0, len(part)), map[string]string{}
	for _, h := range part {
		if !h.is.seen(c.now) {
			continue
		}
		if idsOnly {
			issues = append(issues, encoded(map[string]string{"id": h.is.id}))
			continue
		}
		v := c.see(h.is, c.now)
		issues = append(issues, c.issueJSON(v, want, expand, searchHistory, false))
		if slices.Contains(expand, "names") {
			each(gjson.Parse(h.is.names), func(k, x gjson.Result) bool {
				names[k.Str] = x.Str
				return true
			})
		}
	}
	body["issues"] = issues
	if slices.Contains(expand, "names") {
		body["names"] = names
	}
}

// issueJSON writes one issue.
func (c *call) issueJSON(v *view, want fieldSet, expand []string, histories int, alone bool) json.RawMessage {
	var b bytes.Buffer
	b.WriteString(`{"expand":"operations,versionedRepresentations,editmeta,changelog,renderedFields,names,schema","id":`)
	b.Write(encoded(v.is.id))
	b.WriteString(`,"self":`)
	b.Write(encoded(c.url("/rest/api/2/issue/" + v.is.id)))
	b.WriteString(`,"key":`)
	b.Write(encoded(v.key))
	b.WriteString(`,"fields":`)
	b.Write(v.fieldsJSON(want))
	if slices.Contains(expand, "changelog") {
		b.WriteString(`,"changelog":`)
		b.Write(v.changelog(histories))
	}
	if alone && slices.Contains(expand, "names") {
		b.WriteString(`,"names":` + v.is.names)
	}
	if alone && c.form("properties") != "" {
		b.WriteString(`,"properties":`)
		b.Write(encoded(c.wantedProperties(v.is.id)))
	}
	b.WriteByte('}')
	return b.Bytes()
}
