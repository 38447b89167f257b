package demo

import (
	"bytes"
	"cmp"
	_ "embed"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"time"

	"github.com/tidwall/gjson"
)

//go:embed browse.html
var browseHTML string

var browsePage = template.Must(template.New("browse").Parse(browseHTML))

// entry is one line of an issue's page: a change or a comment.
type entry struct{ At, Who, What string }

// browse is the page of an issue, with what Jira would show now.
func (w *World) browse(rw http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	ask := httptest.NewRequestWithContext(r.Context(), http.MethodGet, "/rest/api/2/issue/"+url.PathEscape(key)+"?expand=changelog", nil)
	ask.SetBasicAuth("andon", "demo")
	got := httptest.NewRecorder()
	w.Jira.ServeHTTP(got, ask)
	is := gjson.ParseBytes(got.Body.Bytes())
	if got.Code != http.StatusOK || !is.Get("key").Exists() {
		http.Error(rw, "There is no such issue (yet).", http.StatusNotFound)
		return
	}
	var out bytes.Buffer
	if err := browsePage.Execute(&out, issuePage(is)); err != nil {
		http.Error(rw, "the page cannot be written", http.StatusInternalServerError)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	_, _ = rw.Write(out.Bytes()) // the client may be gone
}

// issuePage is what the page shows of an issue.
func issuePage(is gjson.Result) map[string]any {
	f := is.Get("fields")
	var log []entry
	for _, h := range is.Get("changelog.histories").Array() {
		for _, x := range h.Get("items").Array() {
			from, to := x.Get("fromString").String(), x.Get("toString").String()
			log = append(log, entry{moment(h.Get("created").Str), h.Get("author.displayName").Str, x.Get("field").Str + ": " + orNone(from) + " → " + orNone(to)})
		}
	}
	for _, c := range f.Get("comment.comments").Array() {
		log = append(log, entry{moment(c.Get("created").Str), c.Get("author.displayName").Str, c.Get("body").Str})
	}
	sortEntries(log)
	facts := [][2]string{
		{"Status", f.Get("status.name").Str}, {"Resolution", f.Get("resolution.name").Str}, {"Priority", f.Get("priority.name").Str},
		{"Team", f.Get(teamField + ".value").Str}, {"Support level", f.Get(levelField + ".value").Str}, {"Component", f.Get("components.0.name").Str},
		{"Assignee", f.Get("assignee.displayName").Str}, {"Reporter", f.Get("reporter.displayName").Str}, {"Created", moment(f.Get("created").Str)},
	}
	return map[string]any{"Key": is.Get("key").Str, "Title": f.Get("summary").Str, "Text": f.Get("description").Str, "Facts": facts, "Log": log, "Company": Company}
}

// moment is a time of Jira, for people; what cannot be read stays as it is.
func moment(s string) string {
	t, err := time.Parse("2006-01-02T15:04:05.000-0700", s)
	if err != nil {
		return s
	}
	return t.UTC().Format("2006-01-02 15:04")
}

func orNone(s string) string { return cmp.Or(s, "none") }

// sortEntries puts the oldest first.
func sortEntries(log []entry) {
	slices.SortStableFunc(log, func(a, b entry) int { return cmp.Compare(a.At, b.At) })
}
