package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"andon/bot"
	"andon/bot/view"
	"andon/integrations/jira"
	"andon/signals"
)

// tickets is a Jira site as people in Slack create issues there.
type tickets struct{ *jiraSource }

// Projects implements bot.Tickets.
func (s tickets) Projects() []string { return s.conf.Tickets }

// Types implements bot.Tickets.
func (s tickets) Types(ctx context.Context, project string) ([]string, error) {
	if err := s.allowed(project); err != nil {
		return nil, err
	}
	c, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	return c.IssueTypes(ctx, project)
}

// Form implements bot.Tickets: the fields that somebody has to fill in, besides
// the title and the description.
func (s tickets) Form(ctx context.Context, project, kind string) ([]view.Input, error) {
	if err := s.allowed(project); err != nil {
		return nil, err
	}
	c, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	f, err := c.CreateForm(ctx, project, kind)
	if err != nil {
		return nil, err
	}
	var out []view.Input
	for i := range f.Fields {
		if x := &f.Fields[i]; x.Asks() && x.ID != "summary" && x.ID != "description" {
			out = append(out, inputOf(x))
		}
	}
	return out, nil
}

// mostOptions is how many choices a menu of Slack takes.
const mostOptions = 100

func inputOf(x *jira.FormField) view.Input {
	in := view.Input{ID: x.ID, Label: x.Name, Value: x.Default}
	switch {
	case len(x.Allowed) > 0 && len(x.Allowed) <= mostOptions:
		in.Kind = view.ChoiceInput
		for _, c := range x.Allowed {
			in.Options = append(in.Options, view.Option{Text: cmp.Or(c.Name, c.ID), Value: cmp.Or(c.ID, c.Name)})
			if c.Name == x.Default {
				in.Value = cmp.Or(c.ID, c.Name)
			}
		}
	case len(x.Allowed) > mostOptions:
		in.Hint = "One of the values that Jira knows, as it is written there"
	case strings.HasSuffix(x.Custom, ":textarea"):
		in.Kind = view.TextInput
	case x.Type == "number":
		in.Hint = "A number"
	case x.Type == "date":
		in.Hint = "A date such as 2026-12-25"
	case x.Type == "datetime":
		in.Hint = "A date and time such as 2026-12-25T09:00:00.000+0000"
	case x.Type == "user":
		in.Hint = "The account's id in Jira"
	}
	return in
}

// Create implements bot.Tickets.
func (s tickets) Create(ctx context.Context, t bot.Ticket) (bot.Issue, error) {
	if err := s.allowed(t.Project); err != nil {
		return bot.Issue{}, err
	}
	c, err := s.dial(ctx)
	if err != nil {
		return bot.Issue{}, err
	}
	fields := make(map[string]any, len(t.Fields))
	for id, v := range t.Fields {
		if v != "" {
			fields[id] = v
		}
	}
	by := jira.Asker{Name: t.ByName}
	if strings.HasPrefix(t.By, signals.Jira+"/"+c.Site()+"/") {
		by.Account = t.By
	}
	made, err := c.Create(ctx, jira.Ticket{
		Key: t.Key, Allowed: s.conf.Tickets, Project: t.Project, Type: t.Type, Title: t.Title, Text: t.Text, Fields: fields, By: by,
	})
	var bad *jira.Invalid
	if errors.As(err, &bad) {
		return bot.Issue{}, notFilled{bad}
	}
	if err != nil {
		return bot.Issue{}, err
	}
	return bot.Issue{Case: signals.Key{Source: signals.Jira, Site: c.Site(), ID: made.ID}, Label: made.Key, URL: made.URL}, nil
}

// Link implements bot.Tickets.
func (s tickets) Link(ctx context.Context, label string) (bot.Issue, error) {
	c, err := s.dial(ctx)
	if err != nil {
		return bot.Issue{}, err
	}
	d, err := c.Fetch(ctx, strings.ToUpper(strings.TrimSpace(label)))
	if err != nil {
		return bot.Issue{}, err
	}
	for _, e := range d.Events {
		if e.Kind == signals.Opened {
			i := slices.IndexFunc(e.Set, func(v signals.Value) bool { return v.Field == signals.FieldLabel })
			out := bot.Issue{Case: e.Case, Label: strings.ToUpper(strings.TrimSpace(label)), Audience: e.Audience}
			if i >= 0 {
				out.Label = e.Set[i].To
			}
			out.URL = strings.TrimSuffix(s.conf.URL, "/") + "/browse/" + out.Label
			return out, nil
		}
	}
	return bot.Issue{}, fmt.Errorf("find issue %.40q: Jira tells nothing of it", label)
}

func (s tickets) allowed(project string) error {
	if !slices.Contains(s.conf.Tickets, project) {
		return fmt.Errorf("create an issue in project %.40q: jira[].tickets does not name it", project)
	}
	return nil
}

// notFilled tells what is wrong with a new issue field by field.
type notFilled struct{ *jira.Invalid }

func (n notFilled) Unwrap() error { return n.Invalid }

// Problems tells what is wrong, by the id of the input.
func (n notFilled) Problems() map[string]string {
	out := make(map[string]string)
	for _, f := range n.Fields {
		id := f.ID
		switch id {
		case "summary":
			id = "title"
		case "description":
			id = "text"
		}
		out[id] = f.Problem
	}
	if len(n.Other) > 0 {
		out["title"] = strings.Join(append(n.Other, out["title"]), "; ")
	}
	return out
}
