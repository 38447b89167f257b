package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// storyIssue is an issue of a story with its whole history, as Jira tells of it.
type storyIssue struct {
	id, key, reporter, title string
	created, updated         time.Time
	resolved                 time.Time
	now                      map[string]string // field to its present value
	histories, comments      []map[string]any
}

// storyFields are the fields that a line can change, and how Jira calls them.
var storyFields = map[string]string{"assignee": "assignee", "team": "customfield_10010", "level": "customfield_10011", "status": "status", "priority": "priority", "resolution": "resolution"}

func jiraTime(t time.Time) string { return t.Format("2006-01-02T15:04:05.000-0700") }

// change takes a line into the history of the issue.
func (is *storyIssue) change(l storyLine) error {
	is.updated = l.at
	switch l.verb {
	case "opened":
		is.reporter, is.title, is.created = l.arg(0), l.arg(1), l.at
		is.now["status"] = "Open"
		for k, v := range l.opts {
			if storyFields[k] == "" {
				return fmt.Errorf("field %q is unknown", k)
			}
			is.now[k] = v
		}
		return nil
	case "said":
		who := map[string]any{"accountId": l.arg(0), "displayName": l.arg(0)}
		is.comments = append(is.comments, map[string]any{"id": is.number(), "author": who, "body": l.arg(1), "created": jiraTime(l.at), "updated": jiraTime(l.at)})
		return nil
	case "closed":
		is.resolved = l.at
		is.entry(l.at, l.arg(0), "status", l.arg(1), "resolution", l.arg(1))
		return nil
	case "reopened":
		is.resolved = time.Time{}
		is.entry(l.at, l.arg(0), "status", "Open", "resolution", "")
		return nil
	}
	if storyFields[l.verb] == "" {
		return fmt.Errorf("verb %q is unknown", l.verb)
	}
	changes := []string{l.verb, l.arg(0)}
	for _, k := range []string{"assignee", "team", "level", "status", "priority"} {
		if v, ok := l.opts[k]; ok {
			changes = append(changes, k, v)
		}
	}
	is.entry(l.at, is.by(l), changes...)
	return nil
}

// entry adds an entry to the changelog: fields and their new values, in pairs.
func (is *storyIssue) entry(at time.Time, who string, changes ...string) {
	var items []map[string]any
	for i := 0; i < len(changes); i += 2 {
		field, to := changes[i], changes[i+1]
		if to == "-" {
			to = ""
		}
		item := map[string]any{"field": field, "fieldtype": "jira", "fieldId": storyFields[field], "from": orNull(is.now[field]), "fromString": orNull(is.now[field]), "to": orNull(to), "toString": orNull(to)}
		switch field {
		case "team":
			item["field"], item["fieldtype"] = "Team", "custom"
		case "level":
			item["field"], item["fieldtype"] = "Support Level", "custom"
		}
		items, is.now[field] = append(items, item), to
	}
	is.histories = append(is.histories, map[string]any{"id": is.number(), "author": map[string]any{"accountId": who, "displayName": who}, "created": jiraTime(at), "items": items})
}

// number is an id that no other entry or comment of the story has.
func (is *storyIssue) number() string {
	return is.id + strconv.Itoa(1000+len(is.histories)+len(is.comments))
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// json is the issue as Jira gives it out in the end.
func (is *storyIssue) json(t *testing.T) []byte {
	project, _, _ := strings.Cut(is.key, "-")
	state := map[string]any{"name": is.now["status"], "statusCategory": map[string]any{"key": "new"}}
	fields := map[string]any{
		"project": map[string]any{"id": "1", "key": project}, "issuetype": map[string]any{"name": "Task"}, "summary": is.title, "status": state,
		"created": jiraTime(is.created), "updated": jiraTime(is.updated), "reporter": map[string]any{"accountId": is.reporter, "displayName": is.reporter},
		"comment": map[string]any{"comments": append([]map[string]any{}, is.comments...), "total": len(is.comments)},
	}
	if !is.resolved.IsZero() {
		fields["resolutiondate"], fields["resolution"] = jiraTime(is.resolved), map[string]any{"name": is.now["resolution"]}
		state["statusCategory"] = map[string]any{"key": "done"}
	}
	for _, f := range []string{"team", "level"} {
		if v := is.now[f]; v != "" {
			fields[storyFields[f]] = map[string]any{"value": v}
		}
	}
	if v := is.now["priority"]; v != "" {
		fields["priority"] = map[string]any{"name": v}
	}
	if v := is.now["assignee"]; v != "" {
		fields["assignee"] = map[string]any{"accountId": v, "displayName": v}
	}
	raw, err := json.Marshal(map[string]any{
		"id": is.id, "key": is.key, "fields": fields, "names": map[string]string{"customfield_10010": "Team", "customfield_10011": "Support Level"},
		"changelog": map[string]any{"histories": append([]map[string]any{}, is.histories...)},
	})
	require.NoError(t, err)
	return raw
}
