package slack

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// about begins an event on the channel's case.
func (l *live) about(r *room, what string, kind signals.Kind) (*signals.Event, error) {
	at, err := l.when()
	if err != nil {
		return nil, err
	}
	return &signals.Event{
		ID: r.caseKey().String() + "/" + what + "/" + formatTS(at), Case: r.caseKey(), Kind: kind,
		Seq: signals.Seq{Entry: at.UnixMicro()}, At: at, Actor: r.person(scalar(l.Event.Get("user"))), Audience: r.Audience,
	}, nil
}

// member is somebody who joined or left, we among them.
func (l *live) member(r *room) ([]*signals.Event, error) {
	who := scalar(l.Event.Get("user"))
	if who == "" {
		return nil, nil
	}
	if who == l.Self.User { // known as an app whether or not the list of users was read
		r.intern(who, botPrefix+who)
	}
	what, left := "joined/", scalar(l.Event.Get("type")) == "member_left_channel"
	if left {
		what = "left/"
	}
	e, err := l.about(r, what+signals.Bare(r.person(who)), signals.Joined)
	if err != nil {
		return nil, err
	}
	e.To = e.Actor
	if left {
		e.Field = "left"
	}
	if by := scalar(l.Event.Get("inviter")); by != "" {
		e.Actor = r.person(by)
	}
	return []*signals.Event{e}, nil
}

// named takes a channel's name. No event is made: in the channel stands a
// message of its own about it.
func (l *live) named(r *room) ([]*signals.Event, error) {
	l.rename(r, scalar(l.Event.Get("channel.name")))
	return nil, nil
}

func (l *live) rename(r *room, name string) {
	if name != "" {
		l.rooms = map[string]string{r.caseKey().String(): strings.ReplaceAll(strings.Clone(name), "\x00", "")}
	}
}

func (l *live) archived(r *room) ([]*signals.Event, error) {
	e, err := l.about(r, "archived", signals.Edited)
	if err != nil {
		return nil, err
	}
	e.Field, e.To = "archived", "true"
	if strings.HasSuffix(scalar(l.Event.Get("type")), "_unarchive") {
		e.From, e.To = e.To, ""
	}
	return []*signals.Event{e}, nil
}

func (l *live) dropped(r *room) ([]*signals.Event, error) {
	e, err := l.about(r, "deleted", signals.Deleted)
	if err != nil {
		return nil, err
	}
	return []*signals.Event{e}, nil
}

// moved is a channel that got another id, as happens when it is shared.
func (l *live) moved(r *room) ([]*signals.Event, error) {
	to := scalar(l.Event.Get("new_channel_id"))
	if !isID(to, "CGD") {
		return nil, fmt.Errorf("new_channel_id %q: ids of channels begin with C, G or D", clip(to))
	}
	e, err := l.about(r, "id", signals.Edited)
	if err != nil {
		return nil, err
	}
	e.Field, e.From, e.To = "id", r.caseKey().String(), signals.ID(signals.Slack, r.Team, strings.Clone(to))
	return []*signals.Event{e}, nil
}

// profile is what a person's profile says of them now: name, time zone, whether
// they are a guest, whether they left, and whether they are away. Of people whom
// the roster lists only the last is told.
func (l *live) profile(v gjson.Result) ([]*signals.Event, error) {
	id := scalar(v.Get("id"))
	if !isID(id, "UW") {
		return nil, fmt.Errorf("user %q: ids of people begin with U or W", clip(id))
	}
	a := l.space.accountOf(v)
	if a.Bot || l.Bots[id] || id == l.Self.User {
		return nil, nil
	}
	at, err := l.when()
	if err != nil {
		return nil, err
	}
	var out []*signals.Event
	if e := absence(&a, l.Away != nil && l.Away(a.ID), at); e != nil {
		out = append(out, e)
	}
	if l.Listed != nil && l.Listed(a.ID) {
		return out, nil
	}
	if l.Manager != nil {
		a.Manager = l.Manager(a.ID)
	}
	e, err := profileEvent(&a.Person, a.Manager, at)
	if err != nil {
		return nil, err
	}
	return append(out, e), nil
}

// clean drops NUL characters, which databases refuse.
func clean(s string) string { return strings.ReplaceAll(s, "\x00", "") }
