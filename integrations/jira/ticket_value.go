package jira

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Invalid is a new issue that Jira does not take, or would not take. Fields
// names what to mend, field by field, Other what belongs to none.
type Invalid struct {
	Project, Type string
	Fields        []FieldError
	Other         []string
}

// FieldError is what is wrong with one field of a new issue.
type FieldError struct{ ID, Name, Problem string }

// Error names every fault.
func (e *Invalid) Error() string {
	parts := slices.Clone(e.Other)
	for _, f := range e.Fields {
		parts = append(parts, f.Name+": "+f.Problem)
	}
	return fmt.Sprintf("create a %s in project %s: %s", e.Type, e.Project, strings.Join(parts, "; "))
}

// blames reports whether one of the faults is that of the field.
func (e *Invalid) blames(id string) bool {
	return slices.ContainsFunc(e.Fields, func(f FieldError) bool { return f.ID == id })
}

// invalid maps what Jira says of a new issue to the fields of its form: Jira
// names them by id, people by name.
func invalid(f *Form, said []string) *Invalid {
	e := &Invalid{Project: f.Project, Type: f.Type}
	for _, s := range said {
		id, problem, _ := strings.Cut(s, ": ")
		i := slices.IndexFunc(f.Fields, func(x FormField) bool { return x.ID == id })
		switch {
		case i >= 0:
			e.Fields = append(e.Fields, FieldError{ID: id, Name: f.Fields[i].Name, Problem: problem})
		case problem != "" && (strings.HasPrefix(id, customPrefix) || !strings.Contains(id, " ")):
			e.Fields = append(e.Fields, FieldError{ID: id, Name: id, Problem: problem}) // a field that is not on the form
		default:
			e.Other = append(e.Other, s)
		}
	}
	return e
}

const namedChoices = 10 // that an error names

// value brings what a person entered into the form that Jira wants for the
// field. What is no text, or a list of them, is passed on as it is.
func (f *FormField) value(v any, cloud bool) (any, error) {
	switch v := v.(type) {
	case string:
		if f.Type == "array" {
			return f.list([]string{v}, cloud)
		}
		return f.single(f.Type, v, cloud)
	case []string:
		if f.Type != "array" {
			return nil, fmt.Errorf("takes one value, not %d", len(v))
		}
		return f.list(v, cloud)
	}
	return v, nil
}

func (f *FormField) list(vs []string, cloud bool) (any, error) {
	out := make([]any, 0, len(vs))
	for _, v := range vs {
		x, err := f.single(f.Items, v, cloud)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (f *FormField) single(kind, v string, cloud bool) (any, error) {
	if len(f.Allowed) > 0 {
		return f.choice(v)
	}
	switch kind {
	case "number":
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil || n-n != 0 { // not infinite, not NaN
			return nil, fmt.Errorf("%.40q is no number", v)
		}
		return n, nil
	case "user":
		return userValue(v, cloud), nil
	case "option":
		return map[string]any{"value": v}, nil
	case "issuelink": // the parent
		return issueRef(v), nil
	case "priority", "component", "version", "group", "resolution", "securitylevel":
		return map[string]any{"name": v}, nil
	}
	return v, nil
}

// choice finds an allowed value by its id, or else by its name.
func (f *FormField) choice(v string) (any, error) {
	i := slices.IndexFunc(f.Allowed, func(c Choice) bool { return c.ID != "" && c.ID == v })
	if i < 0 {
		i = slices.IndexFunc(f.Allowed, func(c Choice) bool { return strings.EqualFold(c.Name, v) })
	}
	if i >= 0 {
		if c := f.Allowed[i]; c.ID != "" {
			return map[string]any{"id": c.ID}, nil
		}
		return map[string]any{"name": f.Allowed[i].Name}, nil
	}
	names := make([]string, 0, namedChoices)
	for _, c := range f.Allowed[:min(len(f.Allowed), namedChoices)] {
		names = append(names, c.Name)
	}
	more := ""
	if n := len(f.Allowed) - len(names); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return nil, fmt.Errorf("%.40q is not allowed; allowed are %s%s", v, strings.Join(names, ", "), more)
}

// userValue is a user as Jira takes it: by account id in Cloud, by name in Data
// Center.
func userValue(id string, cloud bool) map[string]any {
	if cloud {
		return map[string]any{"accountId": id}
	}
	return map[string]any{"name": id}
}
