package jira

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// maxHints is how many issues one webhook may name.
const maxHints = 100

// hookIssues returns the issues that a webhook is about, by numeric id, or by key
// where it tells no id, each once. It looks only at where Jira names them: ids
// come as numbers or strings, comments of Data Center name their issue by their
// own address only, and what Automation sends is the issue itself or whatever its
// author made up. A webhook about something else names none.
func hookIssues(body []byte) ([]string, error) {
	body, _ = validText(body)
	if err := check(body); err != nil {
		return nil, err
	}
	var f hookFinder
	f.top(gjson.Parse(view(body)))
	return f.ids, nil
}

// hookFinder collects the issues of one webhook.
type hookFinder struct{ ids []string }

// add takes the first of names that is an issue's id or key.
func (f *hookFinder) add(names ...string) {
	i := slices.IndexFunc(names, isIssueName)
	if i < 0 || len(f.ids) >= maxHints || slices.Contains(f.ids, names[i]) {
		return
	}
	f.ids = append(f.ids, strings.Clone(names[i]))
}

func (f *hookFinder) top(doc gjson.Result) {
	var id, key, issueID, issueKey, fields gjson.Result
	each(doc, func(k, v gjson.Result) bool {
		switch k.Str {
		case "issue":
			f.issue(v)
		case "issues":
			f.issues(v)
		case "comment", "worklog", "attachment", "property", "changelog":
			f.part(v)
		case "issueLink", "issuelink":
			f.add(plain(v.Get("sourceIssueId")))
			f.add(plain(v.Get("destinationIssueId")))
		case "issueId", "issue_id":
			issueID = v
		case "issueKey", "issue_key":
			issueKey = v
		case "id":
			id = v
		case "key":
			key = v
		case "fields":
			fields = v
		}
		return true
	})
	f.add(plain(issueID), plain(issueKey))
	switch { // the issue itself
	case fields.IsObject():
		f.add(plain(id), plain(key))
	case len(f.ids) == 0:
		f.add(plain(key))
	}
}

// issue takes an issue, or only its id or key.
func (f *hookFinder) issue(v gjson.Result) {
	if !v.IsObject() {
		f.add(plain(v))
		return
	}
	f.add(plain(v.Get("id")), plain(v.Get("key")), addressed(plain(v.Get("self"))))
}

func (f *hookFinder) issues(v gjson.Result) {
	if !v.IsArray() {
		return
	}
	each(v, func(_, x gjson.Result) bool {
		f.issue(x)
		return len(f.ids) < maxHints
	})
}

// part takes what belongs to an issue.
func (f *hookFinder) part(v gjson.Result) {
	if v.IsObject() {
		f.add(plain(v.Get("issueId")), addressed(plain(v.Get("self"))))
	}
}

// addressed returns the issue of an address such as
// https://jira.example/rest/api/2/issue/10001/comment/5, or "".
func addressed(self string) string {
	_, rest, ok := strings.Cut(self, "/issue/")
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return id
}

// isIssueName reports whether s is a numeric issue id or a key such as PAY-17.
func isIssueName(s string) bool {
	if isNumber(s) {
		return true
	}
	project, n, ok := strings.Cut(s, "-")
	if !ok || !isNumber(n) || len(s) > 64 || !isLetter(project) {
		return false
	}
	return !strings.ContainsFunc(project, func(r rune) bool { return !isKeyRune(r) })
}

func isLetter(s string) bool {
	return s != "" && (s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z')
}

func isKeyRune(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_'
}
