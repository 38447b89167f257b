package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// The inputs of the forms that a nudge opens.
const (
	inWhich  = "which"
	inWhom   = "whom"
	inReason = "reason"
	inWhy    = "why"
	inText   = "text"
	inIssue  = "issue"
)

// optOut is the form that asks whether somebody wants to opt out.
const optOut = "optout"

// form asks what has to be known before something is done.
func (b *Bot) form(a view.Asked, verb string, v value, p *pressing) view.Reply {
	v.verb = ""
	m := &view.Modal{Title: "Seen before", ID: verb, Hidden: v.String(), Submit: "Send", Inputs: which(p.held, p.title)}
	switch verb {
	case notMe:
		m.Title = "Not me"
		m.Lines = []view.Paragraph{{Text: "That is fine. I ask somebody else, and remember it for things like this one."}}
		if p.held[0].n.Signal.IsDrill() {
			m.Title, m.Lines = drillMark+"Not me", []view.Paragraph{{Text: drillCalm + " I ask somebody else, and remember nothing of it."}}
		}
		if p.place {
			m.Title, m.Lines = "Somebody else", []view.Paragraph{{Text: "I tell whomever you name."}}
		}
		m.Inputs = append(m.Inputs,
			view.Input{ID: inWhom, Kind: view.PersonInput, Label: "Who could take it instead?", Hint: "Leave it empty if you do not know.", Optional: true},
			view.Input{ID: inReason, Kind: view.TextInput, Label: "What should they know?", Optional: true, Max: 500})
	case useless:
		m.Title = "Not useful"
		m.Inputs = append(m.Inputs, view.Input{ID: inWhy, Kind: view.ChoiceInput, Label: "What was it?", Hint: "It counts when I judge how useful such messages are. Nobody sees who said so.", Options: []view.Option{
			{Text: "It is not true", Value: "wrong"}, {Text: "True, but not worth a message", Value: "noise"},
			{Text: "It came too late", Value: "late"}, {Text: "It should not be looked at", Value: "private"},
		}})
	case passOn:
		m.Title = "Pass a message on"
		m.Lines = []view.Paragraph{{Text: "Whoever raised this wished not to be named. I bring them your words, with your name, and you are not told who they are."}}
		m.Inputs = append(m.Inputs, view.Input{ID: inText, Kind: view.TextInput, Label: "What would you like to tell or ask them?", Max: 2000})
	case linkTo:
		m.Title = "Link to an issue"
		m.Inputs = append(m.Inputs, view.Input{ID: inIssue, Label: "Which issue?", Hint: "Such as PAY-17, or its address."})
	case snooze:
		m.Title = "Snooze"
		m.Inputs = append(m.Inputs, view.Input{ID: snooze, Kind: view.ChoiceInput, Label: "When shall I tell you again?", Options: snoozeOptions(func(id string) string { return id })})
	case solved:
		m.Title = "Solved"
	case partly:
		m.Title = "Partly solved"
		m.Inputs = append(m.Inputs, leftInput())
	case gather:
		m.Title = "Bring us together"
	}
	return view.Reply{Modal: m}
}

// mostLeft is how many letters of what is left are taken.
const mostLeft = 500

// leftInput asks what is left of what is solved in part.
func leftInput() view.Input {
	return view.Input{ID: inText, Kind: view.TextInput, Label: "What is left?", Hint: "Those who work on it read it, with your name. It is not passed on where they may not see it.", Optional: true, Max: mostLeft}
}

// entered takes a form that was sent.
func (b *Bot) entered(ctx context.Context, a view.Asked) (view.Reply, error) {
	r, err := b.sent(ctx, a)
	if err != nil {
		return view.Reply{}, fmt.Errorf("take the form %s: %w", a.Action, err)
	}
	return r, nil
}

func (b *Bot) sent(ctx context.Context, a view.Asked) (view.Reply, error) {
	if a.Action == optOut {
		return b.optsOut(ctx, a)
	}
	hidden, pages := cutPages(a.Hidden)
	v := parseValue(hidden)
	if w := a.Entered[inWhich]; w != "" {
		v.which = w
	}
	p, err := b.pressing(ctx, a.User, v)
	if err != nil {
		return view.Reply{}, err
	}
	if p.no != "" {
		return tell(a, p.no), nil
	}
	if strings.HasPrefix(a.Action, helped) {
		return b.wasIt(ctx, a, a.Action, p)
	}
	switch a.Action {
	case notMe:
		return b.refuse(ctx, a, p)
	case useless:
		return b.notUseful(ctx, a, p)
	case passOn:
		return b.passedOn(ctx, a, p.held[0])
	case linkTo:
		return b.linked(ctx, a, p.held[0])
	case snooze:
		v.verb = a.Entered[snooze]
		return b.snoozed(ctx, a, v, p)
	case solved:
		return b.solve(ctx, a, p)
	case partly:
		return b.partlySolved(ctx, a, p)
	case gather:
		return b.bringTogether(ctx, a, p.held[0])
	case ticket:
		return b.ticketPage(ctx, a, hidden, pages, p)
	}
	return tell(a, "I do not know that form. It may be of an older time."), nil
}

// refuse is "Not me": somebody else is asked now, and the next time.
func (b *Bot) refuse(ctx context.Context, a view.Asked, p *pressing) (view.Reply, error) {
	now := b.c.Now().UTC()
	whom, wrong := a.Entered[inWhom], ""
	var hints []*signals.Event
	err := b.inWorld(ctx, func(w *decide.World) error {
		wrong = b.refusable(w, a.User, whom, now)
		if it := p.held[0]; wrong == "" && whom == "" && p.place && w.Org.Who(it.n.Owner) != w.Org.Who(a.User) {
			wrong = "Please choose who could take it."
		}
		if wrong != "" {
			return nil
		}
		for _, it := range p.held {
			e, err := hint(w, a, it, whom, now)
			if err != nil {
				return err
			}
			if e != nil {
				hints = append(hints, e)
			}
		}
		return nil
	})
	if err != nil {
		return view.Reply{}, err
	}
	if wrong != "" {
		return view.Reply{Errors: map[string]string{inWhom: wrong}}, nil
	}
	if len(hints) > 0 {
		if err := b.Accept(ctx, signals.Delivery{Events: hints}); err != nil {
			return view.Reply{}, err
		}
	}
	return view.Reply{}, b.happened(ctx, a, p.held, func(e *signals.Event, _ item) bool {
		e.Kind, e.To, e.Text = signals.Refused, whom, strings.TrimSpace(a.Entered[inReason])
		return true
	})
}

// refusable says what is wrong with whom somebody named in their place, "" for
// nothing. That somebody opted out is nobody else's business.
func (b *Bot) refusable(w *decide.World, user, whom string, now time.Time) string {
	if whom == "" {
		return ""
	}
	if w.Org.Who(whom) == w.Org.Who(user) {
		return "That is you. Choose somebody else, or leave it empty."
	}
	if b.isBot(w.Org, whom) {
		return "That is an app. Choose a person, or leave it empty."
	}
	if ok, why, _ := w.Org.Available(whom, now); !ok {
		if strings.HasPrefix(why, "is away") || strings.HasPrefix(why, "has left") {
			return nameOf(w.Org, whom) + " " + why + ". Choose somebody else, or leave it empty."
		}
		return "I cannot ask them. Choose somebody else, or leave it empty."
	}
	return ""
}

// hint teaches the roster that somebody is not to be asked about things like
// this one, and who is, for as long as the policy says.
func hint(w *decide.World, a view.Asked, it item, whom string, now time.Time) (*signals.Event, error) {
	c := w.Case(it.n.Signal.Case)
	if c == nil || c.Key.IsDrill() || w.Org.Policy.Hints <= 0 || isPlace(w, it.n.To) && w.Org.Who(it.n.Owner) != w.Org.Who(a.User) {
		return nil, nil
	}
	h := signals.Hint{Scope: c.Project, Not: w.Org.Who(a.User), By: w.Org.Who(a.User), At: now, Until: now.Add(w.Org.Policy.Hints)}
	if whom != "" {
		h.Instead = w.Org.Who(whom)
	}
	if len(c.Components) > 0 {
		h.Component = c.Components[0]
	}
	if h.Scope == "" {
		return nil, nil
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("write the hint: %w", err)
	}
	e := byHand(a, "hint", shortID(h.ID()), now)
	e.Kind, e.Field, e.To, e.Text = signals.RosterSet, "hint", h.ID(), string(text)
	return e, nil
}

// notUseful keeps what somebody thinks of nudges.
func (b *Bot) notUseful(ctx context.Context, a view.Asked, p *pressing) (view.Reply, error) {
	why := a.Entered[inWhy]
	switch why {
	case "wrong", "noise", "late", "private":
	default:
		return view.Reply{Errors: map[string]string{inWhy: "Please choose one."}}, nil
	}
	by := a.User
	if err := b.inWorld(ctx, func(w *decide.World) error { by = w.Org.Who(a.User); return nil }); err != nil {
		return view.Reply{}, err
	}
	for _, it := range p.held {
		if err := b.c.Store.AddOpinion(ctx, signals.Opinion{Nudge: it.n.Key(), By: by, Verdict: useless, Why: why, At: b.c.Now()}); err != nil {
			return view.Reply{}, fmt.Errorf("keep that it was not useful: %w", err)
		}
	}
	if err := b.happened(ctx, a, p.held, func(e *signals.Event, it item) bool {
		e.Kind, e.Field, e.Ref = signals.Useless, why, it.n.Key()
		e.ID += "/" + shortID(it.n.Key())
		return true
	}); err != nil {
		return view.Reply{}, err
	}
	if why == "private" {
		return view.Reply{Modal: &view.Modal{ID: optOut, Title: "Thank you", Submit: "Opt out", Lines: []view.Paragraph{
			{Text: "It counts when I judge how useful such messages are, and nobody sees who said so."},
			{Text: "Would you like that what you write is not looked at any more, and that I never nudge you? You can take it back at any time. Close this form to leave everything as it is."},
		}}}, nil
	}
	return view.Reply{}, nil
}

// optsOut is the second answer of who finds that andon looked at what is private.
func (b *Bot) optsOut(ctx context.Context, a view.Asked) (view.Reply, error) {
	e := byHand(a, "own", "optout", b.c.Now())
	if err := b.inWorld(ctx, func(w *decide.World) error {
		return setOwn(e, w.Org.Who(a.User), map[string]any{"opted_out": true})
	}); err != nil {
		return view.Reply{}, err
	}
	if err := b.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}}); err != nil {
		return view.Reply{}, err
	}
	return tell(a, "Done. What you write is not looked at any more, and I do not nudge you."), nil
}
