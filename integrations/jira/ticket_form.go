package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Form is what Jira wants to know for a new issue of one type in one project,
// as far as our account may set it.
type Form struct {
	Project      string // key
	Type, TypeID string
	Fields       []FormField
}

// FormField is one field of a Form.
type FormField struct {
	ID, Name   string
	Required   bool
	HasDefault bool   // Jira fills it in when it is not given
	Default    string // as people see it, "" when there is none or it is not told
	Type       string // of the value: string, number, date, datetime, user, option, array, ...
	Items      string // type of the elements of an array
	Custom     string // type of a custom field, such as ...:textarea; "" for Jira's own fields
	Allowed    []Choice
}

// Choice is one allowed value.
type Choice struct{ ID, Name string }

// Asks reports whether a person has to fill in the field.
func (f *FormField) Asks() bool {
	return f.Required && !f.HasDefault && f.ID != "project" && f.ID != "issuetype" && f.ID != "reporter"
}

// byID finds a field by its id alone: a custom field may be called like one of
// Jira's own.
func (f *Form) byID(id string) *FormField {
	i := slices.IndexFunc(f.Fields, func(x FormField) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return &f.Fields[i]
}

// Field finds a field by its id, or else by its name, whatever its case. It is
// nil when there is none, and when several have the name.
func (f *Form) Field(named string) *FormField {
	found := f.byID(named)
	if found != nil {
		return found
	}
	for i := range f.Fields {
		switch x := &f.Fields[i]; {
		case !strings.EqualFold(x.Name, named):
		case found != nil:
			return nil
		default:
			found = x
		}
	}
	return found
}

const (
	routeTypes  = "issue/createmeta/{project}/issuetypes"
	routeFields = "issue/createmeta/{project}/issuetypes/{id}"
	routeMeta   = "issue/createmeta"
)

// CreateForm asks Jira for the fields of a new issue. issueType is a name or an
// id. Data Center before 8.4 is asked in its older way. The error names the
// types that there are when issueType is none of them, and is ErrGone when the
// project is not there or our account may not create issues in it.
func (c *Client) CreateForm(ctx context.Context, project, issueType string) (Form, error) {
	if !isProjectKey(project) {
		return Form{}, fmt.Errorf("the form of a new issue: %.40q is no project key", project)
	}
	f, err := c.pagedForm(ctx, project, issueType)
	if status := statusOf(err); !c.cloud && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		f, err = c.oldForm(ctx, project, issueType)
	}
	return f, wrap(err, "the form of a new issue in project %s", project)
}

// IssueTypes lists the names of the types of which our account may create issues
// in a project, without those that need a parent. The error is ErrGone when the
// project is not there or there is no such type.
func (c *Client) IssueTypes(ctx context.Context, project string) (names []string, err error) {
	if !isProjectKey(project) {
		return nil, fmt.Errorf("the issue types of a project: %.40q is no project key", project)
	}
	see := func(v gjson.Result) bool {
		if name := plain(v.Get("name")); name != "" && !v.Get("subtask").Bool() {
			names = append(names, name)
		}
		return true
	}
	err = c.walk(ctx, routeTypes, "issue/createmeta/"+escape(project)+"/issuetypes", nil, []string{"issueTypes", "values"}, see)
	if status := statusOf(err); !c.cloud && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		var raw []byte
		raw, err = c.call(ctx, http.MethodGet, routeMeta, routeMeta, url.Values{"projectKeys": {project}}, nil)
		each(gjson.GetBytes(raw, "projects.0.issuetypes"), func(_, v gjson.Result) bool { return see(v) })
	}
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("our account may not create issues of any type in it: %w", ErrGone)
	}
	return names, wrap(err, "the issue types of project %s", project)
}

func (c *Client) pagedForm(ctx context.Context, project, issueType string) (Form, error) {
	f := Form{Project: project}
	path := "issue/createmeta/" + escape(project) + "/issuetypes"
	var pick typePick
	err := c.walk(ctx, routeTypes, path, nil, []string{"issueTypes", "values"}, func(v gjson.Result) bool {
		pick.see(v, issueType)
		return true
	})
	if err != nil {
		return f, err
	}
	if f.TypeID, f.Type, err = pick.done(issueType); err != nil {
		return f, err
	}
	err = c.walk(ctx, routeFields, path+"/"+escape(f.TypeID), nil, []string{"fields", "values"}, func(v gjson.Result) bool {
		f.add(plain(v.Get("fieldId")), v)
		return true
	})
	return f, err
}

// oldForm asks for the types with their fields at once, as before Jira 8.4.
func (c *Client) oldForm(ctx context.Context, project, issueType string) (Form, error) {
	f := Form{Project: project}
	q := url.Values{"projectKeys": {project}, "expand": {"projects.issuetypes.fields"}}
	raw, err := c.call(ctx, http.MethodGet, routeMeta, routeMeta, q, nil)
	if err != nil {
		return f, err
	}
	of := gjson.GetBytes(raw, "projects.0")
	if !of.Exists() {
		return f, fmt.Errorf("the project is not there, or our account may not create issues in it: %w", ErrGone)
	}
	var pick typePick
	each(of.Get("issuetypes"), func(_, v gjson.Result) bool { pick.see(v, issueType); return true })
	if f.TypeID, f.Type, err = pick.done(issueType); err != nil {
		return f, err
	}
	each(pick.found.Get("fields"), func(id, v gjson.Result) bool { f.add(id.String(), v); return true })
	return f, nil
}

// typePick finds an issue type by id or name.
type typePick struct {
	found gjson.Result
	names []string
}

func (p *typePick) see(v gjson.Result, wanted string) {
	id, name := plain(v.Get("id")), plain(v.Get("name"))
	p.names = append(p.names, name)
	if id == wanted || strings.EqualFold(name, wanted) && plain(p.found.Get("id")) != wanted {
		p.found = v
	}
}

func (p *typePick) done(wanted string) (id, name string, err error) {
	switch {
	case len(p.names) == 0:
		return "", "", fmt.Errorf("our account may not create issues of any type in it: %w", ErrGone)
	case wanted == "":
		return "", "", errors.New("no issue type is given; there are " + strings.Join(p.names, ", "))
	case !p.found.Exists():
		return "", "", fmt.Errorf("it has no issue type %q; there are %s", wanted, strings.Join(p.names, ", "))
	}
	return plain(p.found.Get("id")), plain(p.found.Get("name")), nil
}

// add takes one field. Old answers tell its id as the key of the member only.
func (f *Form) add(id string, v gjson.Result) {
	if id == "" {
		id = plain(v.Get("key"))
	}
	if id == "" {
		return
	}
	x := FormField{
		ID: strings.Clone(id), Name: plain(v.Get("name")), Required: v.Get("required").Bool(), HasDefault: v.Get("hasDefaultValue").Bool(),
		Type: plain(v.Get("schema.type")), Items: plain(v.Get("schema.items")), Custom: plain(v.Get("schema.custom")),
	}
	x.Default, _ = shown(v.Get("defaultValue"))
	each(v.Get("allowedValues"), func(_, a gjson.Result) bool {
		name, _ := shown(a)
		x.Allowed = append(x.Allowed, Choice{ID: plain(a.Get("id")), Name: name})
		return true
	})
	f.Fields = append(f.Fields, x)
}
