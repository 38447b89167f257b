package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
)

// What the forms and buttons of raising a signal are called.
const (
	raiseForm = "raise.signal"
	raiseOpen = "raise.open"
)

// raising is the form in which somebody raises a signal. about is the message
// that it is about, with the thread that it stands in; without one it asks for a
// channel.
func raising(words, about, channel string) *view.Modal {
	m := &view.Modal{ID: raiseForm, Title: "Raise a signal", Submit: "Raise it", Hidden: about}
	m.Lines = []view.Paragraph{{Text: "I look for who can help and tell them at once."}}
	if about == "" {
		m.Title = "Pull the cord"
		m.Inputs = append(m.Inputs, view.Input{ID: "channel", Kind: view.ChannelInput, Label: "In which channel?", Value: channel, Optional: true, Hint: "Needed unless you name an issue below."})
	}
	m.Inputs = append(m.Inputs,
		view.Input{ID: "words", Kind: view.TextInput, Label: "What is it?", Value: clipped(words, longest), Max: longest},
		view.Input{ID: "helper", Kind: view.PersonInput, Label: "Who can help?", Optional: true},
		view.Input{ID: "name", Kind: view.ChoiceInput, Label: "Shall I say that it was you?", Value: "yes", Options: []view.Option{{Text: "Yes, say my name", Value: "yes"}, {Text: "No, stay anonymous", Value: "no"}}},
		view.Input{ID: "issue", Label: "Is there an issue for it?", Optional: true, Hint: "Such as PAY-17, or its address."},
	)
	return m
}

// askWhere asks in which channel the cord is to be pulled: by a form where one
// can be opened, else by a button that opens it.
func (q *question) askWhere(p *pulling) view.Reply {
	if q.asked.TriggerID != "" {
		m := raising(p.words, "", "")
		if p.anonymous {
			m.Inputs[3].Value = "no"
		}
		return view.Reply{Modal: m}
	}
	card := say("In which channel shall I say it?")
	card.Actions = []view.Action{{ID: raiseOpen, Text: "Choose a channel", Value: "cord", Primary: true}}
	return q.reply(card)
}

// shortcut answers what is chosen from a message's menu or from anywhere.
func (b *Bot) shortcut(ctx context.Context, a view.Asked) (view.Reply, error) {
	switch a.Action {
	case RaiseShortcut:
		if a.Message == "" {
			return tell(a, "I cannot tell which message that is."), nil
		}
		q := &question{Bot: b, ctx: ctx, asked: a}
		if err := q.begin(false); err != nil {
			return view.Reply{}, fmt.Errorf("open the form: %w", err)
		}
		words := ""
		if _, err := q.locked(func(q *question) (*view.Card, error) { words = q.words.plain(a.Text); return nil, nil }); err != nil {
			return view.Reply{}, fmt.Errorf("open the form: %w", err)
		}
		return view.Reply{Modal: raising(words, a.Message+" "+a.Thread, "")}, nil
	case PullShortcut:
		return view.Reply{Modal: raising("", "", a.Channel)}, nil
	case NotShortcut:
		return b.notASignal(ctx, a)
	}
	return view.Reply{}, nil
}

// raise answers the forms and buttons of raising a signal.
func (b *Bot) raise(ctx context.Context, a view.Asked) (view.Reply, error) {
	switch {
	case a.Kind == view.Pressed && a.Action == raiseOpen:
		return view.Reply{Modal: raising("", "", "")}, nil
	case a.Kind != view.Submit || a.Action != raiseForm:
		return view.Reply{}, nil
	}
	q := &question{Bot: b, ctx: ctx, asked: a}
	if err := q.begin(true); err != nil {
		return view.Reply{}, fmt.Errorf("raise a signal: %w", err)
	}
	p := pulling{words: strings.TrimSpace(a.Entered["words"]), anonymous: a.Entered["name"] == "no"}
	var wrong map[string]string
	_, err := q.locked(func(q *question) (*view.Card, error) {
		wrong = q.filled(&p)
		return nil, nil
	})
	switch {
	case err != nil:
		return view.Reply{}, fmt.Errorf("raise a signal: %w", err)
	case len(wrong) > 0:
		return view.Reply{Errors: wrong}, nil
	}
	if p.channel != "" && p.audience != signals.Public && !q.inside(p.channel) {
		return view.Reply{Errors: map[string]string{"channel": "You are not in that channel, as far as Slack tells me. Choose another one."}}, nil
	}
	r, err := q.raiseCord(ctx, &p)
	if err != nil {
		return view.Reply{}, fmt.Errorf("raise a signal: %w", err)
	}
	return formReply(r), nil
}

// formReply shows an answer in place of the form: there is no channel to say it in.
func formReply(r view.Reply) view.Reply {
	if r.Card == nil {
		return r
	}
	return view.Reply{Modal: &view.Modal{ID: "raise.done", Title: "Pull the cord", Lines: r.Card.Lines}}
}

// filled reads the form, and tells what is wrong with it by input.
func (q *question) filled(p *pulling) map[string]string {
	a := q.asked
	if p.words == "" {
		return map[string]string{"words": "Say in a few words what is wrong."}
	}
	if who := a.Entered["helper"]; who != "" {
		if q.isBot(q.words.org, who) {
			return map[string]string{"helper": "That is an app. Choose a person, or leave it empty."}
		}
		p.helper = q.words.org.Who(who)
	}
	issue := strings.TrimSpace(a.Entered["issue"])
	message, thread, _ := strings.Cut(a.Hidden, " ")
	switch {
	case issue != "":
		c, ok := q.caseOf(issue)
		if !ok {
			if !isReference(issue) {
				return map[string]string{"issue": "This is no issue. Say it like PAY-17, or leave it empty."}
			}
			return map[string]string{"issue": "I know no such issue that you may see. Leave it empty to go on without it."}
		}
		p.of, p.audience = c.Key, audienceOf(c)
		if message != "" {
			p.ref = message
			p.audience = narrower(p.audience, q.messageAudience(message, thread))
		}
	case message != "":
		k, ok := threadKey(message, thread)
		if !ok {
			return map[string]string{"words": "I cannot tell which message this is about. Please open the form again."}
		}
		p.of, p.ref, p.audience = k, message, q.messageAudience(message, thread)
	case a.Entered["channel"] != "":
		p.channel = a.Entered["channel"]
		p.audience = q.audienceIn(p.channel)
	default:
		return map[string]string{"channel": "Choose a channel, or name an issue below."}
	}
	return nil
}

// threadKey is the case of a message: its thread's, or its own.
func threadKey(message, thread string) (signals.Key, bool) {
	if thread == "" {
		thread = message
	}
	k, ok := signals.ParseKey(thread)
	return k, ok && k.Source == signals.Slack && strings.Contains(k.ID, "/")
}

// messageAudience is who may see a message: as it was heard, else as its channel.
func (q *question) messageAudience(message, thread string) signals.Audience {
	k, ok := threadKey(message, thread)
	if !ok {
		return signals.Restricted
	}
	if c := q.brain.w.Case(k); c != nil {
		if post := c.Post(message); post != nil {
			return post.Event.Audience
		}
	}
	return q.audienceIn(k.Channel())
}

// narrower is the audience of what only those may see who may see both.
func narrower(a, b signals.Audience) signals.Audience {
	switch {
	case a == b, b == signals.Public:
		return a
	case a == signals.Public:
		return b
	}
	return signals.Restricted
}

// notASignal keeps that what was found about a message was no signal.
func (b *Bot) notASignal(ctx context.Context, a view.Asked) (view.Reply, error) {
	k, ok := threadKey(a.Message, a.Thread)
	if !ok {
		return tell(a, "I cannot tell which message that is."), nil
	}
	q := &question{Bot: b, ctx: ctx, asked: a}
	if err := q.begin(true); err != nil {
		return view.Reply{}, fmt.Errorf("keep that it is no signal: %w", err)
	}
	records, err := b.c.Store.Records(ctx, k)
	if err != nil {
		return view.Reply{}, fmt.Errorf("keep that it is no signal: %w", err)
	}
	var said []signals.Opinion
	reply, err := q.finish(func(q *question) (*view.Card, error) {
		card, opinions := q.useless(records)
		said = opinions
		return card, nil
	})
	if err != nil {
		return view.Reply{}, fmt.Errorf("keep that it is no signal: %w", err)
	}
	for _, o := range said {
		if err := b.c.Store.AddOpinion(ctx, o); err != nil {
			return view.Reply{}, fmt.Errorf("keep that it is no signal: %w", err)
		}
	}
	return reply, nil
}

// useless writes that the nudges of some records were noise.
func (q *question) useless(records []*signals.Record) (*view.Card, []signals.Opinion) {
	var opinions []signals.Opinion
	var detectors []string
	for _, r := range records {
		if _, ok := q.seen(r); !ok || !open(r) {
			continue
		}
		for _, n := range r.Nudges {
			if !toldOf(n) {
				continue
			}
			if !slices.Contains(detectors, r.Signal.Detector) {
				detectors = append(detectors, r.Signal.Detector)
			}
			e := q.happensTo(signals.Useless, r.Signal.Case, r.Signal.Audience)
			e.Field, e.Ref = "noise", n.Key()
			opinions = append(opinions, signals.Opinion{Nudge: n.Key(), By: q.who(), Verdict: useless, Why: "noise", At: q.words.now})
		}
	}
	if len(detectors) == 0 {
		return say("Nobody was told anything about this message that is still open, so there is nothing to take back."), nil
	}
	return say("Thank you. What " + strings.Join(detectors, " and ") + " found here counts as noise, and nobody sees who said so. To hear nothing of it in a channel say mute " + detectors[0] + " here."), opinions
}
