package bot

import (
	"encoding/json"
	"fmt"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// The events that are made of what people say, press and enter.

// orgCase is what events of the organisation that people make in Slack belong to.
var orgCase = signals.Key{Source: signals.Own, Site: "slack", ID: "org"}

// byHand begins an event that somebody makes by hand: one of the organisation,
// until it is said to be about a case. Where and what tell it from the others of
// the same asking.
func byHand(a view.Asked, where, what string, now time.Time) *signals.Event {
	now = now.UTC()
	return &signals.Event{
		ID: signals.Own + "/" + where + "/" + a.ID + "/" + what, Case: orgCase, Actor: a.User,
		At: now, Seq: signals.Seq{Entry: now.UnixMicro()}, Audience: signals.Restricted,
	}
}

// setOwn makes an event of what somebody says of themselves.
func setOwn(e *signals.Event, who string, part map[string]any) error {
	text, err := json.Marshal(part)
	if err != nil {
		return fmt.Errorf("write somebody's settings: %w", err)
	}
	e.Kind, e.Field, e.To, e.Text = signals.RosterSet, "own", who, string(text)
	return nil
}

// setAway makes an event of an absence from now on, backup "" for nobody. One
// that ends when it begins takes back those that last longer. People are told of
// its end by the clock of until.
func setAway(e *signals.Event, who string, until time.Time, backup string) {
	e.Kind, e.To, e.Ref = signals.AwaySet, who, backup
	e.From, e.Text = e.At.Format(time.RFC3339), until.Format(time.RFC3339)
}

// setMute makes an event of a mute that ends at a time; one that lies behind
// takes a mute back. A zero from begins at once.
func setMute(e *signals.Event, detector, scope string, from, until time.Time) {
	e.Kind, e.Field, e.Ref, e.To = signals.Muted, detector, scope, until.UTC().Format(time.RFC3339)
	if !from.IsZero() {
		e.From = from.UTC().Format(time.RFC3339)
	}
}

// setMode makes an event of how far a detector may go, "" for what the
// configuration says.
func setMode(e *signals.Event, detector, scope string, mode signals.Mode) {
	e.Kind, e.Field, e.Ref, e.To = signals.ModeSet, detector, scope, string(mode)
}
