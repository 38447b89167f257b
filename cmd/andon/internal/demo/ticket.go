package demo

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/cmd/andon/internal/company"
)

// ticket is a Jira issue as it is filed.
type ticket struct {
	Kind      string // Bug where it is empty
	Title     string
	Text      string
	Priority  string // Medium where it is empty
	Component string
	Team      string
	Level     string // support level
	Holder    string // person id
	Parent    string // key of the epic that it is part of
}

const (
	teamField  = "customfield_10010"
	levelField = "customfield_10011"
)

// issue is a ticket with what became of it, as Jira stores it.
type issue struct{ company.Issue }

// stamp is a moment as Jira writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000+0000") }

// number gives a word a stable id.
func number(word string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(word)) // never fails
	return strconv.Itoa(10_000 + int(h.Sum32()%80_000))
}

func named(kind, name string) *company.Named {
	if name == "" {
		return nil
	}
	return &company.Named{ID: number(kind + " " + name), Name: name}
}

func option(kind, value string) *company.Option {
	if value == "" {
		return nil
	}
	return &company.Option{ID: number(kind + " " + value), Value: value}
}

func user(id string) *company.User {
	if p := find(id); p != nil {
		return &company.User{AccountID: jiraID(id), DisplayName: p.Name, Active: true}
	}
	return nil
}

func status(name string) company.Status {
	s := company.Status{ID: number("status " + name), Name: name}
	switch name {
	case "Open", "Reopened":
		s.Category.Key = "new"
	case "Done":
		s.Category.Key = "done"
	default:
		s.Category.Key = "indeterminate"
	}
	return s
}

// newIssue is a ticket as it is at the moment at which somebody filed it. The
// number is the one that Jira gives to issues.
func newIssue(number int, key, by string, at time.Time, t ticket) *issue {
	if t.Kind == "" {
		t.Kind = "Bug"
	}
	if t.Priority == "" {
		t.Priority = "Medium"
	}
	is := &issue{}
	is.ID, is.Key = strconv.Itoa(number), key
	is.Names = map[string]string{teamField: "Team", levelField: "Support Level"}
	project, _, _ := strings.Cut(key, "-")
	f := &is.Fields
	f.Project = company.Named{ID: projectID(project), Key: project, Name: projects[project]}
	f.IssueType = *named("type", t.Kind)
	f.Summary, f.Description = t.Title, t.Text
	f.Created, f.Updated = stamp(at), stamp(at)
	f.Status, f.Priority = status("Open"), named("priority", t.Priority)
	f.Reporter, f.Assignee = user(by), user(t.Holder)
	f.Components, f.Labels, f.Links = []company.Named{}, []string{}, []company.Link{}
	if t.Component != "" {
		f.Components = append(f.Components, *named("component", t.Component))
	}
	f.Comment.List = []company.Comment{}
	f.Team, f.Level = option("team", t.Team), option("level", t.Level)
	is.Changelog.Histories = []company.History{}
	return is
}

// projects are the Jira projects with their names.
var projects = map[string]string{"SUP": "Support desk", "SHOP": "Shop", "PAY": "Payments", "PLAT": "Platform", "IDN": "Identity"}

func projectID(key string) string { return number("project " + key) }

// change sets fields at one moment, as one entry of the changelog.
func (is *issue) change(by string, at time.Time, set []field) error {
	var items []company.Item
	for _, f := range set {
		item, err := is.set(f)
		if err != nil {
			return fmt.Errorf("%s: %w", is.Key, err)
		}
		items = append(items, item)
		if f.Name == "resolution" {
			is.Fields.Resolved = nil
			if f.To != "" {
				s := stamp(at)
				is.Fields.Resolved = &s
			}
		}
	}
	is.note(by, at, items...)
	return nil
}

// note writes what was changed at one moment into the changelog.
func (is *issue) note(by string, at time.Time, items ...company.Item) {
	h := company.History{ID: is.entry(), Author: user(by), Created: stamp(at), Items: items}
	is.Changelog.Histories = append(is.Changelog.Histories, h)
	is.Changelog.Total = len(is.Changelog.Histories)
	is.Fields.Updated = stamp(at)
}

// entry is the id of the next entry or comment.
func (is *issue) entry() string {
	return fmt.Sprintf("%s%03d", is.ID, len(is.Changelog.Histories)+len(is.Fields.Comment.List)+1)
}

// blocks is the kind of link by which one issue waits for another.
var blocks = company.LinkType{ID: "10000", Name: "Blocks", Inward: "is blocked by", Outward: "blocks"}

// waitsFor links an issue to one that it waits for, on both ends.
func (is *issue) waitsFor(other *issue, by string, at time.Time) {
	id := number("link " + is.Key + " " + other.Key)
	is.linked(other, company.Link{ID: id, Type: blocks, Inward: &company.Named{ID: other.ID, Key: other.Key}}, blocks.Inward, by, at)
	other.linked(is, company.Link{ID: id, Type: blocks, Outward: &company.Named{ID: is.ID, Key: is.Key}}, blocks.Outward, by, at)
}

func (is *issue) linked(other *issue, l company.Link, words, by string, at time.Time) {
	is.Fields.Links = append(is.Fields.Links, l)
	is.note(by, at, company.Item{Field: "Link", FieldType: "jira", To: maybe(other.Key), ToString: maybe("This issue " + words + " " + other.Key)})
}

// set gives one field its value and returns the item that tells of it.
func (is *issue) set(f field) (company.Item, error) {
	x, fields := company.Item{Field: f.Name, FieldType: "jira", FieldID: f.Name}, &is.Fields
	from, to := func(id, text string) { x.From, x.FromString = maybe(id), maybe(text) }, func(id, text string) { x.To, x.ToString = maybe(id), maybe(text) }
	switch f.Name {
	case "status":
		from(fields.Status.ID, fields.Status.Name)
		fields.Status = status(f.To)
		to(fields.Status.ID, fields.Status.Name)
	case "priority", "resolution":
		p := map[string]**company.Named{"priority": &fields.Priority, "resolution": &fields.Resolution}[f.Name]
		if *p != nil {
			from((*p).ID, (*p).Name)
		}
		if *p = named(f.Name, f.To); *p != nil {
			to((*p).ID, (*p).Name)
		}
	case "team", "level":
		p := map[string]**company.Option{"team": &fields.Team, "level": &fields.Level}[f.Name]
		x.FieldType = "custom"
		x.FieldID = map[string]string{"team": teamField, "level": levelField}[f.Name]
		x.Field = is.Names[x.FieldID]
		if *p != nil {
			from((*p).ID, (*p).Value)
		}
		if *p = option(f.Name, f.To); *p != nil {
			to((*p).ID, (*p).Value)
		}
	case "holder":
		x.Field, x.FieldID = "assignee", "assignee"
		if fields.Assignee != nil {
			from(fields.Assignee.AccountID, fields.Assignee.DisplayName)
		}
		if fields.Assignee = user(f.To); fields.Assignee != nil {
			to(fields.Assignee.AccountID, fields.Assignee.DisplayName)
		}
	default:
		return x, fmt.Errorf("nobody can set %q of a ticket", f.Name)
	}
	return x, nil
}

func maybe(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// comment adds a comment.
func (is *issue) comment(by string, at time.Time, text string) {
	c := &is.Fields.Comment
	c.List = append(c.List, company.Comment{ID: is.entry(), Author: user(by), Body: text, Created: stamp(at), Updated: stamp(at)})
	c.Total = len(c.List)
	is.Fields.Updated = stamp(at)
}

// raw is the issue as Jira returns it.
func (is *issue) raw() ([]byte, error) {
	out, err := json.Marshal(&is.Issue)
	if err != nil {
		return nil, fmt.Errorf("write issue %s: %w", is.Key, err)
	}
	return out, nil
}

// teamsOf are the teams that had the issue, in turn.
func (is *issue) teamsOf() []string {
	var out []string
	for _, h := range is.Changelog.Histories {
		for _, x := range h.Items {
			if x.FieldID != teamField {
				continue
			}
			if len(out) == 0 && x.FromString != nil {
				out = append(out, *x.FromString)
			}
			if x.ToString != nil {
				out = append(out, *x.ToString)
			}
		}
	}
	if len(out) == 0 && is.Fields.Team != nil {
		out = append(out, is.Fields.Team.Value)
	}
	return slices.Compact(out)
}
