package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// ErrNotAllowed is a project in which the operator has not switched on the
// creation of issues.
var ErrNotAllowed = errors.New("creating issues is not switched on for this project")

// Ticket is a new issue for what was found in a chat.
type Ticket struct {
	// Key makes the issue one: a second one with the same Key is not created.
	// Only one caller at a time may create the ticket of a Key.
	Key string

	Allowed []string // keys of the projects in which issues may be created; none by default

	Project, Type string // key of the project; name or id of the type
	Title         string
	Text          string         // of the description, plain text
	Labels        []string       // further ones; without spaces, for Jira takes none
	Fields        map[string]any // further fields, by id or name: a text or a list of texts, or what Jira takes as it is

	By      Asker  // who asked for it
	ByField string // field that is to hold who asked where they cannot be the reporter, by id or name; "" for none

	// First says that nothing was sent for this Key before, which saves the
	// search for it.
	First bool
}

// Asker is the person in whose name an issue is created.
type Asker struct {
	Account string // what events call their account, "" where it is not known
	Name    string // for people to read
}

// Created is an issue that was created.
type Created struct {
	ID, Key, URL string
	Before       bool   // it was there already
	Named        string // where the asker stands: reporter, the name of a field, description, or "" for nowhere or unknown
}

const (
	labelPrefix    = "andon-"
	ticketProperty = "andon.ticket"
	byReporter     = "reporter"
	byDescription  = "description"
)

// Create creates an issue, once for each Key. It is known by a label and by a
// property, andon-HASH, and looked for before it is created again. In whose
// name: the asker is the reporter where our account may say so, else stands in
// ByField, else in a line of the description.
//
// The error is an *Invalid when fields are missing or wrong (nothing was created
// then), ErrNotAllowed where it is switched off, and ErrUnsure when the answer got
// lost and the issue is not to be seen; Create may be called again then, some
// minutes later at best. A second issue can arise only if Jira creates the first
// one after that look, or if neither the search index shows it nor one of the
// keys that follow the latest (see nearby).
func (c *Client) Create(ctx context.Context, t Ticket) (Created, error) {
	if err := t.check(); err != nil {
		return Created{}, err
	}
	if err := c.known(); err != nil {
		return Created{}, fmt.Errorf("create an issue in project %s: %w", t.Project, err)
	}
	if !t.First {
		if made, found, err := c.findTicket(ctx, t); err != nil || found {
			return made, wrap(err, "look whether the issue is there already in project %s", t.Project)
		}
	}
	form, err := c.CreateForm(ctx, t.Project, t.Type)
	if err != nil {
		return Created{}, err
	}
	ways, err := c.ways(ctx, &form, t)
	if err != nil {
		return Created{}, err
	}
	for i, way := range ways {
		made, err := c.createAs(ctx, &form, t, way)
		var bad *Invalid
		if errors.As(err, &bad) && i+1 < len(ways) && bad.blames(way.field) {
			continue // Jira does not take the asker there: the next way
		}
		return made, err
	}
	return Created{}, errors.New("no way to name who asked") // not reached: the description is always one
}

func (t *Ticket) check() error {
	switch {
	case !slices.Contains(t.Allowed, t.Project):
		return fmt.Errorf("project %.40q: %w", t.Project, ErrNotAllowed)
	case !isProjectKey(t.Project):
		return fmt.Errorf("create an issue: %.40q is no project key", t.Project)
	case t.Key == "":
		return fmt.Errorf("create an issue in project %s: it has no key, so that it could be created twice", t.Project)
	case oneLine(t.Title) == "":
		return &Invalid{Project: t.Project, Type: t.Type, Fields: []FieldError{{ID: "summary", Name: "Title", Problem: "is required"}}}
	}
	return nil
}

// way is one way to say who asked.
type way struct {
	named string // for Created.Named
	field string // id of the field that holds them, "" for a line of the description
	value any
}

// ways returns the ways to say who asked, the best first. The last one always
// works.
func (c *Client) ways(ctx context.Context, f *Form, t Ticket) ([]way, error) {
	var out []way
	user := ""
	if t.By.Account != "" {
		acc, err := c.Account(ctx, t.By.Account)
		if err != nil && !errors.Is(err, ErrAuth) {
			return nil, err
		}
		if err == nil && !acc.Deleted && acc.Active {
			if user = acc.ID; !c.cloud {
				user = acc.Login
			}
		}
	}
	if user != "" && f.byID(byReporter) != nil && !t.sets(f, byReporter) {
		out = append(out, way{named: byReporter, field: byReporter, value: userValue(user, c.cloud)})
	}
	if x := f.Field(t.ByField); t.ByField != "" && x != nil && !t.sets(f, x.ID) {
		switch {
		case x.Type == "user" && user != "":
			out = append(out, way{named: x.Name, field: x.ID, value: userValue(user, c.cloud)})
		case x.Type == "string" && t.By.Name != "":
			out = append(out, way{named: x.Name, field: x.ID, value: oneLine(t.By.Name)})
		}
	}
	last := way{}
	if f.byID(byDescription) != nil && t.By.Name != "" {
		last.named = byDescription
	}
	return append(out, last), nil
}

// sets reports whether the ticket's further fields hold the field of that id.
func (t *Ticket) sets(f *Form, id string) bool {
	for named := range t.Fields {
		if x := f.Field(named); x != nil && x.ID == id {
			return true
		}
	}
	return false
}

// createAs creates the issue, saying who asked in the given way.
func (c *Client) createAs(ctx context.Context, f *Form, t Ticket, w way) (Created, error) {
	body, err := c.ticketBody(f, t, w)
	if err != nil {
		return Created{}, err
	}
	raw, err := c.call(ctx, http.MethodPost, "issue", "issue", nil, body)
	doc := gjson.ParseBytes(raw)
	if err == nil && plain(doc.Get("key")) != "" {
		return c.created(plain(doc.Get("id")), plain(doc.Get("key")), w.named), nil
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusBadRequest && len(e.Messages) > 0 {
		return Created{}, invalid(f, e.Messages)
	}
	if err == nil {
		err = errors.New("the answer does not tell the key of the issue")
	} else if !unsure(err) {
		return Created{}, fmt.Errorf("create a %s in project %s: %w", f.Type, f.Project, err)
	}
	if made, found, lookErr := c.findTicket(ctx, t); lookErr == nil && found {
		return made, nil
	}
	return Created{}, fmt.Errorf("create a %s in project %s: %w: %w", f.Type, f.Project, ErrUnsure, err)
}

func (c *Client) created(id, key, named string) Created {
	base := c.about.BaseURL // behind a gateway the site's URL is not for browsers
	if base == "" {
		base = c.site.URL
	}
	return Created{ID: id, Key: key, URL: strings.TrimRight(base, "/") + "/browse/" + key, Named: named}
}

// ticketBody is the request for a new issue. It fails with all faults at once.
func (c *Client) ticketBody(f *Form, t Ticket, w way) (map[string]any, error) {
	bad := &Invalid{Project: f.Project, Type: f.Type}
	fields := map[string]any{}
	for _, named := range sortedKeys(t.Fields) {
		x := f.Field(named)
		if x == nil {
			bad.Fields = append(bad.Fields, FieldError{ID: named, Name: named, Problem: "is no field of a new " + f.Type + " that our account may set, or the name of several"})
			continue
		}
		v, err := x.value(t.Fields[named], c.cloud)
		if err != nil {
			bad.Fields = append(bad.Fields, FieldError{ID: x.ID, Name: x.Name, Problem: err.Error()})
			continue
		}
		fields[x.ID] = v
	}
	c.fixed(f, t, w, fields, bad)
	for i := range f.Fields {
		x := &f.Fields[i]
		if _, ok := fields[x.ID]; !ok && x.Asks() {
			bad.Fields = append(bad.Fields, FieldError{ID: x.ID, Name: x.Name, Problem: "is required"})
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	mark := map[string]any{"key": ticketProperty, "value": map[string]any{"id": noteMark("ticket", t.Key)}}
	return map[string]any{"fields": fields, "properties": []any{mark}}, nil
}

// fixed sets what the ticket says outside of its further fields.
func (c *Client) fixed(f *Form, t Ticket, w way, fields map[string]any, bad *Invalid) {
	fields["project"] = map[string]any{"key": f.Project}
	fields["issuetype"] = map[string]any{"id": f.TypeID}
	fields["summary"] = cut(oneLine(t.Title), maxTitle)
	text := wikiText(t.Text)
	if w.field == "" && t.By.Name != "" {
		text = strings.TrimSpace(text + "\n\nAsked for by " + wikiText(oneLine(t.By.Name)) + ", through andon.")
	}
	switch {
	case text == "":
	case f.byID(byDescription) != nil:
		fields[byDescription] = cut(text, maxComment)
	case t.Text != "":
		bad.Fields = append(bad.Fields, FieldError{ID: byDescription, Name: "Description", Problem: "is not on the form of a new " + f.Type + ", so that the text would be lost"})
	}
	if f.byID("labels") != nil {
		fields["labels"] = append(labelsOf(fields["labels"], t.Labels), ticketLabel(t.Key))
	}
	if w.field != "" {
		fields[w.field] = w.value
	}
	if x := f.byID(byReporter); x != nil && x.Required && !x.HasDefault {
		if _, ok := fields[byReporter]; !ok {
			fields[byReporter] = userValue(c.selfName(), c.cloud)
		}
	}
}

// selfName is our own account as writing wants it.
func (c *Client) selfName() string {
	if !c.cloud && c.me.Name != "" {
		return c.me.Name
	}
	return c.me.Local()
}

// LinkIssue links two issues, by id or key, so that "from DOES to" reads right
// with the outward phrase of the type, such as "blocks". A link that is there is
// not made again. It asks nobody whether it may: who calls it must know that the
// operator has switched it on.
func (c *Client) LinkIssue(ctx context.Context, from, to, linkType string) error {
	if !isIssueName(from) || !isIssueName(to) || linkType == "" {
		return fmt.Errorf("link issue %.40q to %.40q as %q: two issues and a type are needed", from, to, linkType)
	}
	there, err := c.isLinked(ctx, from, to, linkType)
	if err != nil || there {
		return wrap(err, "look at the links of issue %s", from)
	}
	_, err = c.call(ctx, http.MethodPost, "issueLink", "issueLink", nil, map[string]any{
		"type":         map[string]any{"name": linkType},
		"inwardIssue":  issueRef(from), // Jira reads: inwardIssue "blocks" outwardIssue
		"outwardIssue": issueRef(to),
	})
	if err == nil || !unsure(err) {
		return wrap(err, "link issue %s to %s as %s", from, to, linkType)
	}
	if there, lookErr := c.isLinked(ctx, from, to, linkType); lookErr == nil && there {
		return nil
	}
	return fmt.Errorf("link issue %s to %s as %s: %w: %w", from, to, linkType, ErrUnsure, err)
}
