package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/integrations/slack/fakeslack"
)

// fillWithin is how long a form may take to come up, in virtual time.
const fillWithin = 2 * time.Hour

// clickOn finds what a reaction presses in a message: a button or a menu of that
// id, or a choice in a menu that does the same.
func clickOn(m *fakeslack.Message, r *reaction) (click fakeslack.Click, found bool) {
	for _, b := range gjson.ParseBytes(m.Blocks).Array() {
		elements := append(b.Get("elements").Array(), b.Get("accessory"))
		for _, e := range elements {
			id := e.Get("action_id").Str
			if id == "" {
				continue
			}
			click = fakeslack.Click{Channel: m.Channel, TS: m.TS, Block: b.Get("block_id").Str, Action: id}
			own := id == r.Press || strings.HasPrefix(id, r.Press+".")
			if e.Get("type").Str == "button" {
				if own && r.Pick == "" {
					return click, true
				}
				continue
			}
			for _, o := range e.Get("options").Array() {
				text, value := o.Get("text.text").Str, o.Get("value").Str
				if own && strings.Contains(text, r.Pick) || !own && (value == r.Press || strings.HasPrefix(value, r.Press+".") || strings.HasPrefix(value, r.Press+":")) {
					click.Values = []string{value}
					return click, true
				}
			}
		}
	}
	return fakeslack.Click{}, false
}

// fill fills in the form that a press opened, once it is there. It reports
// whether it sent one.
func (w *World) fill(ctx context.Context, r *reaction) (bool, error) {
	until, open := w.filling[r.Name]
	if !open {
		return false, nil
	}
	who := slackID(w.fillers[r.Name])
	modals := w.Slack.Modals(who)
	if w.Clock.Now().After(until) || len(modals) == 0 {
		if w.Clock.Now().After(until) {
			delete(w.filling, r.Name)
		}
		return false, nil
	}
	top := modals[len(modals)-1]
	if gjson.GetBytes(top.Body, "submit").Raw == "" { // it only tells what came of it
		delete(w.filling, r.Name)
		return true, w.Slack.CloseView(who, top.ID, true)
	}
	if !strings.HasPrefix(top.Callback, r.Press) {
		return false, nil // a visitor is at work there
	}
	delete(w.filling, r.Name)
	wrong, err := w.Slack.Submit(ctx, who, top.ID, entries(top.Body, r.Fill))
	switch {
	case err != nil && ctx.Err() != nil:
		return false, err
	case err != nil || len(wrong) > 0:
		w.line(Odd, fmt.Sprintf("%s could not send the form about %s: %v %v", nameOf(w.fillers[r.Name]), strings.Join(r.About, ", "), err, wrong), "")
		return true, w.Slack.CloseView(who, top.ID, true)
	}
	w.filling[r.Name] = w.Clock.Now().Add(fillWithin / 4) // it may have a second page
	return true, nil
}

// entries are the values for the inputs of a form, by block id.
func entries(body []byte, fill map[string]string) map[string][]string {
	out := map[string][]string{}
	for _, b := range gjson.GetBytes(body, "blocks").Array() {
		e := b.Get("element")
		if b.Get("type").Str != "input" || !e.Exists() {
			continue
		}
		id := strings.ToLower(b.Get("block_id").Str + " " + e.Get("action_id").Str + " " + b.Get("label.text").Str)
		for part, value := range fill {
			if strings.Contains(id, part) {
				if v := valueFor(e, value); v != "" {
					out[b.Get("block_id").Str] = []string{v}
				}
			}
		}
	}
	return out
}

// valueFor is how an element takes a value: as an account, as an option, or as it
// stands.
func valueFor(e gjson.Result, value string) string {
	switch kind := e.Get("type").Str; kind {
	case "users_select":
		return slackID(value)
	case "static_select", "radio_buttons":
		for _, o := range e.Get("options").Array() {
			if strings.Contains(o.Get("text.text").Str, value) || o.Get("value").Str == value {
				return o.Get("value").Str
			}
		}
		return ""
	}
	return value
}
