package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// The inputs of the forms that create an issue; the fields of the project's own
// form bear the prefix.
const (
	inProject = "project"
	inType    = "type"
	inTitle   = "title"
	inBody    = "body"
	inField   = "field."
)

// sameProblem is the type of the link between what was found in a chat and the
// issue that somebody made of it: it says that both are one problem.
const sameProblem = "Duplicate"

// cutPages separates what a form carries: which nudge it is about, and what was
// chosen on its earlier pages.
func cutPages(hidden string) (value string, pages []string) {
	parts := strings.Split(hidden, "\n")
	return parts[0], parts[1:]
}

// ticketProject is the first page: in which project. It asks Jira nothing, for
// the right to open a form lasts three seconds.
func (b *Bot) ticketProject(_ context.Context, a view.Asked, v value, p *pressing) (view.Reply, error) {
	v.verb = ""
	in := view.Input{ID: inProject, Kind: view.ChoiceInput, Label: "In which project?"}
	for _, site := range slices.Sorted(maps.Keys(b.c.Tickets)) {
		for _, project := range b.c.Tickets[site].Projects() {
			text := project
			if len(b.c.Tickets) > 1 {
				text += " (" + strings.TrimPrefix(site, signals.Jira+"/") + ")"
			}
			in.Options = append(in.Options, view.Option{Text: text, Value: site + "|" + project})
		}
	}
	if len(in.Options) == 0 {
		return tell(a, "There is no project in which I may create issues."), nil
	}
	in.Options = in.Options[:min(len(in.Options), 100)]
	if len(in.Options) == 1 {
		in.Value = in.Options[0].Value
	}
	return view.Reply{Modal: &view.Modal{ID: ticket, Title: "Create ticket", Submit: "Next", Hidden: v.String(), Inputs: append(which(p.held, p.title), in)}}, nil
}

// ticketPage goes from one page to the next, and creates the issue after the
// last one.
func (b *Bot) ticketPage(ctx context.Context, a view.Asked, hidden string, pages []string, p *pressing) (view.Reply, error) {
	it := p.held[0]
	v := parseValue(hidden)
	v.which = shortID(it.n.Signal.Key())
	f := &ticketForm{Bot: b, a: a, it: it, hidden: v.String()}
	switch {
	case a.Entered[inProject] != "":
		f.site, f.project, _ = strings.Cut(a.Entered[inProject], "|")
	case len(pages) >= 2:
		f.site, f.project = pages[0], pages[1]
	}
	if len(pages) > 2 {
		f.kind = pages[2]
	}
	if a.Entered[inType] != "" {
		f.kind = a.Entered[inType]
	}
	t, ok := b.c.Tickets[f.site]
	if !ok || !slices.Contains(t.Projects(), f.project) {
		return tell(a, "I may not create issues in that project any more."), nil
	}
	f.t = t
	_, last := a.Entered[inTitle]
	switch {
	case last:
		return f.create(ctx)
	case f.kind != "":
		return f.fields(ctx, inType)
	}
	return f.types(ctx)
}

// ticketForm is the way to one new issue.
type ticketForm struct {
	*Bot
	a                   view.Asked
	it                  item
	t                   Tickets
	hidden              string
	site, project, kind string
}

func (f *ticketForm) carries() string {
	return strings.TrimRight(strings.Join([]string{f.hidden, f.site, f.project, f.kind}, "\n"), "\n")
}

// unheard tells at an input that Jira did not answer.
func (f *ticketForm) unheard(what, in string, err error) (view.Reply, error) {
	f.log.Warn("Jira did not answer a form", "what", what, "error", err)
	return view.Reply{Errors: map[string]string{in: "Jira did not answer. Please send it once more in a moment."}}, nil
}

// types is the second page: of which type, where there is a choice.
func (f *ticketForm) types(ctx context.Context) (view.Reply, error) {
	list, err := f.t.Types(ctx, f.project)
	switch {
	case err != nil:
		return f.unheard("types", inProject, err)
	case len(list) == 0:
		return view.Reply{Errors: map[string]string{inProject: "I may not create issues of any type there."}}, nil
	case len(list) == 1:
		f.kind = list[0]
		return f.fields(ctx, inProject)
	}
	in := view.Input{ID: inType, Kind: view.ChoiceInput, Label: "What is it?"}
	for _, k := range list[:min(len(list), 100)] {
		in.Options = append(in.Options, view.Option{Text: k, Value: k})
	}
	return view.Reply{Modal: &view.Modal{ID: ticket, Title: "Create ticket", Submit: "Next", Hidden: f.carries(), Inputs: []view.Input{in}}}, nil
}

// fields is the last page: title, text, and what the project asks for.
func (f *ticketForm) fields(ctx context.Context, from string) (view.Reply, error) {
	form, err := f.t.Form(ctx, f.project, f.kind)
	if err != nil {
		return f.unheard("form", from, err)
	}
	title, text := "", ""
	if err := f.inWorld(ctx, func(w *decide.World) error { title, text = f.draft(w); return nil }); err != nil {
		return view.Reply{}, err
	}
	m := &view.Modal{ID: ticket, Title: "Create ticket", Submit: "Create", Hidden: f.carries(), Inputs: []view.Input{
		{ID: inTitle, Label: "Title", Value: title, Max: 250},
		{ID: inBody, Kind: view.TextInput, Label: "Text", Hint: "Everybody who sees the project reads it.", Value: text, Optional: true, Max: 3000},
	}}
	for _, in := range form {
		in.ID = inField + in.ID
		m.Inputs = append(m.Inputs, in)
	}
	return view.Reply{Modal: m}, nil
}

// create creates the issue, once however often the form is sent, and joins it
// with what was found.
func (f *ticketForm) create(ctx context.Context) (view.Reply, error) {
	t := Ticket{
		Key:     strings.Join([]string{ticket, f.it.n.Signal.Case.String(), f.site, f.project}, "/"),
		Project: f.project, Type: f.kind, By: f.a.User, Fields: make(map[string]string),
		Title: strings.TrimSpace(f.a.Entered[inTitle]), Text: strings.TrimSpace(f.a.Entered[inBody]),
	}
	if t.Title == "" {
		return view.Reply{Errors: map[string]string{inTitle: "Please give it a title."}}, nil
	}
	for id, s := range f.a.Entered {
		if name, ok := strings.CutPrefix(id, inField); ok && s != "" {
			t.Fields[name] = s
		}
	}
	if err := f.inWorld(ctx, func(w *decide.World) error { t.ByName = nameOf(w.Org, f.a.User); return nil }); err != nil {
		return view.Reply{}, err
	}
	issue, err := f.t.Create(ctx, t)
	var wrong unfilled
	switch {
	case errors.As(err, &wrong) && len(wrong.Problems()) > 0:
		return view.Reply{Errors: f.problems(wrong.Problems())}, nil
	case err != nil:
		return f.unheard("create", inTitle, err)
	}
	return f.join(ctx, f.a, f.it, issue, "Ticket created")
}

// problems brings what Jira found wrong to the inputs of the form.
func (f *ticketForm) problems(wrong map[string]string) map[string]string {
	out := make(map[string]string)
	for id, text := range wrong {
		at := map[string]string{"title": inTitle, "text": inBody}[id]
		if at == "" {
			at = inField + id
		}
		if _, asked := f.a.Entered[at]; !asked { // the form does not show it
			at, text = inTitle, id+": "+text
		}
		if out[at] != "" {
			text = out[at] + " " + text
		}
		out[at] = text
	}
	return out
}

// join writes that what was found and an issue are one problem.
func (b *Bot) join(ctx context.Context, a view.Asked, it item, issue Issue, title string) (view.Reply, error) {
	err := b.happened(ctx, a, []item{it}, func(e *signals.Event, _ item) bool {
		e.Kind, e.Field, e.To, e.Ref = signals.Linked, sameProblem, issue.Label, issue.Case.String()
		return true
	})
	if err != nil {
		return view.Reply{}, fmt.Errorf("join %s: %w", issue.Label, err)
	}
	text := "It is " + issue.Label + " now, and the message says so."
	if issue.URL != "" {
		text += "\n" + issue.URL
	}
	return view.Reply{Modal: &view.Modal{ID: "told", Title: title, Lines: []view.Paragraph{{Text: text}}}}, nil
}

// inLabel reports whether a letter may stand in what an issue is called.
func inLabel(r rune) bool {
	return r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// knowsIssue reports whether somebody may see an issue: as it was read, else as
// the site tells of it now.
func knowsIssue(w *decide.World, user string, issue Issue) bool {
	v := w.Org.Viewer(user)
	if c := w.Case(issue.Case); c != nil {
		return len(c.For(v).Events()) > 0
	}
	return v.Sees(issue.Audience)
}

// linked joins what was found with an issue that there is. Of one that somebody
// may not see they are told the same as of none.
func (b *Bot) linked(ctx context.Context, a view.Asked, it item) (view.Reply, error) {
	label := strings.ToUpper(strings.Trim(strings.TrimSpace(a.Entered[inIssue]), "<>"))
	if _, rest, ok := strings.Cut(label, "/BROWSE/"); ok {
		label, _, _ = strings.Cut(rest, "|")
		label = label[:len(label)-len(strings.TrimLeftFunc(label, inLabel))]
	}
	if before, number, ok := strings.Cut(label, "-"); !ok || before == "" || number == "" || strings.ContainsFunc(label, func(r rune) bool { return !inLabel(r) }) {
		return view.Reply{Errors: map[string]string{inIssue: "That is no issue. Write its key, such as PAY-17, or its address."}}, nil
	}
	for _, site := range slices.Sorted(maps.Keys(b.c.Tickets)) {
		issue, err := b.c.Tickets[site].Link(ctx, label)
		if err != nil {
			b.log.Info("an issue could not be linked", "site", site, "error", err)
			continue
		}
		may := false
		if err := b.inWorld(ctx, func(w *decide.World) error { may = knowsIssue(w, a.User, issue); return nil }); err != nil {
			return view.Reply{}, err
		}
		if may {
			return b.join(ctx, a, it, issue, "Linked")
		}
	}
	return view.Reply{Errors: map[string]string{inIssue: "I find no issue of that name that I may link. Is the key right?"}}, nil
}
