package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// togetherTitle stands above what people are told who were brought together.
const togetherTitle = "You are brought together"

// meeting is those who are to be brought together.
type meeting struct {
	people []string // their accounts
	others string   // what they are called, but for who asked
	no     string   // why it cannot be
	helper string   // who can solve it, "" where that is not known
	claims bool     // who pressed is the one who was asked to help
	by     string   // who pressed, where they are neither who raised it nor who can solve it
}

// bringTogether opens a direct message of who raised a signal and who can solve
// it, once however often it is asked for.
func (b *Bot) bringTogether(ctx context.Context, a view.Asked, it item) (view.Reply, error) {
	if b.c.Rooms == nil {
		return tell(a, "I cannot open conversations here."), nil
	}
	if over(it.r) {
		return tell(a, "It is solved already. Thank you all the same."), nil
	}
	var m meeting
	if err := b.inWorld(ctx, func(w *decide.World) error { m = b.meetingOf(w, a.User, it); return nil }); err != nil {
		return view.Reply{}, err
	}
	if m.no != "" {
		return tell(a, m.no), nil
	}
	id := besideID(groupID, it.n.Key())
	if _, ok, err := b.c.Store.Message(ctx, id); err != nil {
		return view.Reply{}, err
	} else if ok {
		return tell(a, "That conversation is open already. You find it among the direct messages."), nil
	}
	target, no := b.openGroup(ctx, m.people, m.others)
	if no != "" {
		return tell(a, no), nil
	}
	made, had, err := b.agree(ctx, a, it, m.helper, it.n.Key())
	if err != nil {
		return view.Reply{}, err
	}
	card := &view.Card{Key: id, Kind: gathered, Title: togetherTitle, Lines: []view.Paragraph{{Text: "One of you raised something that the other may be able to solve."}}}
	if err := b.tellLive(ctx, id, target, card, live{Kind: gathered, Nudge: it.n.Key(), People: m.people, Helper: m.helper, By: m.by, Rule: made || had}); err != nil {
		return view.Reply{}, err
	}
	if m.claims && it.n.State != signals.Acted {
		if err := b.happened(ctx, a, []item{it}, func(e *signals.Event, _ item) bool { e.Kind = signals.Claimed; return true }); err != nil {
			return view.Reply{}, err
		}
	} else {
		b.redraw(ctx, it.n.Message)
	}
	return tell(a, opened(m.others)), nil
}

// meetingOf finds who is to be brought together, or says kindly why it cannot be:
// who raised it and who can solve it, and whoever pressed where they are neither.
func (b *Bot) meetingOf(w *decide.World, user string, it item) (m meeting) {
	me, from, helper := w.Org.Who(user), raiser(w, it.r), helperOf(w, it, b.c.Now())
	raised, helps := w.Org.Who(from) == me, helper != "" && w.Org.Who(helper) == me
	m.claims, m.helper = helps, helper
	var others []string
	switch {
	case from == "":
		m.no = "I do not know who raised it, so I cannot bring you together."
	case anonymous(from):
		m.no = "Whoever raised it wished not to be named, so I cannot bring you together. You can answer in the thread."
	case raised && helper == "":
		m.no = "You raised it yourself, and I do not know yet who can solve it."
	case raised:
		others = []string{helper}
	default:
		others = []string{from}
		if helper != "" && !helps && w.Org.Who(helper) != w.Org.Who(from) {
			others, m.by = append(others, helper), user
		}
	}
	if m.no != "" {
		return m
	}
	var names []string
	for _, id := range others {
		names = append(names, nameOf(w.Org, id))
		if ok, why, _ := w.Org.Available(id, b.c.Now()); !ok && strings.HasPrefix(why, "has left") {
			m.no = nameOf(w.Org, id) + " has left the company, so I cannot bring you together."
		} else if !ok && !strings.HasPrefix(why, "is away") || w.Org.Who(id) == me {
			m.no = "I cannot open a conversation with " + role(id == from) + ". You can answer where they wrote."
		}
	}
	m.others = strings.Join(names, " and ")
	if m.no == "" {
		m.people, m.no = b.accounts(w, append([]string{user}, others...))
	}
	return m
}

// role is what somebody is to a signal.
func role(raised bool) string {
	if raised {
		return "who raised it"
	}
	return "who can solve it"
}

// helperOf is who can solve what a nudge is about: whom it was said to or, in a
// channel, its present owner and else whom it named; "" where that is not known.
func helperOf(w *decide.World, it item, now time.Time) string {
	if !isPlace(w, it.n.To) {
		return it.n.To
	}
	if c := w.Case(it.n.Signal.Case); c != nil && c.Holder != "" && w.Org.Person(c.Holder) != nil {
		if ok, _, _ := w.Org.Available(c.Holder, now); ok {
			return c.Holder
		}
	}
	return it.n.Owner
}

// accounts finds where people can be written to, or says whom it cannot reach.
func (b *Bot) accounts(w *decide.World, people []string) (out []string, no string) {
	for _, id := range people {
		at := id
		if b.c.Address != nil {
			at, _ = b.c.Address(w.Org, id)
		}
		if at == "" {
			return nil, "I do not know how to reach " + nameOf(w.Org, id) + " here, so I cannot bring you together."
		}
		out = append(out, at)
	}
	return out, ""
}

// openGroup opens a direct message of some people, or says kindly why it cannot
// be. others are the names of those whom who asked can write to instead.
func (b *Bot) openGroup(ctx context.Context, people []string, others string) (target, no string) {
	call, cancel := context.WithTimeout(ctx, b.c.Deadline)
	defer cancel()
	target, err := b.c.Rooms.Together(call, people)
	if err == nil {
		return target, ""
	}
	b.log.Warn("people could not be brought together", "error", err)
	if why := hopeless(err); why != "" {
		return "", "Slack does not let me open that conversation: " + why + ". You can write to " + others + " yourself."
	}
	return "", "Slack did not open the conversation. Please try once more in a moment."
}

// opened says that a conversation was opened.
func opened(others string) string {
	if first, last, several := strings.Cut(others, " and "); several {
		return "I opened a direct message with you, " + first + " and " + last + "."
	}
	return "I opened a direct message with you and " + others + "."
}

// redraw lets a message say now what changed beside the journal, where it
// stands. What fails here is said with its next change.
func (b *Bot) redraw(ctx context.Context, id string) {
	out, ok, err := b.c.Store.Message(ctx, id)
	if err != nil || !ok || out.State != signals.Sent || len(out.Copies) == 0 || b.c.Poster == nil {
		return // it is said anew anyway, or stands nowhere
	}
	records, err := b.c.Store.RecordsOf(ctx, out.Nudges...)
	if err == nil && len(out.Nudges) == 0 {
		out.Body, err = b.c.Store.NoticeBody(ctx, id)
	}
	if err == nil {
		var card *view.Card
		if card, err = b.card(ctx, &out, records); err == nil {
			call, cancel := context.WithTimeout(ctx, b.c.Deadline)
			defer cancel()
			err = b.edit(call, &out, card)
		}
	}
	if err != nil {
		b.log.Warn("a message does not yet say what changed", "message", id, "error", err)
	}
}

// hopeless is why an error will stay however often it is tried, "" where it may
// not.
func hopeless(err error) string {
	var ours mendable
	var term terminal
	if errors.As(err, &ours) && ours.IsAuth() || !errors.As(err, &term) {
		return ""
	}
	return term.TerminalReason()
}
