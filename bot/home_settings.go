package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
)

// settings shows what counts for the person, each value with where it is from.
func (h *home) settings(_ context.Context) ([]*view.Card, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	org := h.brain.w.Org
	s := org.Settings(h.who)
	if s.Digest.Value == "" && slices.Contains(digestReaders(org, h.c.Digest.Leads), h.who) {
		s.Digest.Value = "yes, as every lead"
	}
	card := &view.Card{Title: "Your settings"}
	for _, x := range ownSettings(org, &s) {
		card.Facts = append(card.Facts, view.Fact{Name: x.label, Value: cmp.Or(x.Value, x.none) + " (" + origins[x.From].label + ")"})
	}
	card.Facts = append(card.Facts, view.Fact{Name: "Away", Value: h.away(org)})
	if muted := h.muted(org); len(muted) > 0 {
		card.Facts = append(card.Facts, view.Fact{Name: "Not told of", Value: strings.Join(muted, "; ")})
	}
	card.Actions = []view.Action{{ID: homeSettings, Text: "Change ...", Value: "mine"}}
	if away, _ := org.Away(h.who, h.now); away {
		card.Actions = append(card.Actions, view.Action{ID: homeBack, Text: "I am back", Value: "mine"})
	}
	return []*view.Card{card}, nil
}

// away says until when the person is away, and who stands in.
func (h *home) away(org *signals.Org) string {
	away, backup := org.Away(h.who, h.now)
	if !away {
		return "no"
	}
	text := "yes"
	if _, why, _ := org.Available(h.who, h.now); strings.HasPrefix(why, "is away ") {
		text = strings.TrimPrefix(why, "is away ")
	}
	if backup != "" {
		text += ", " + nameOf(org, backup) + " stands in"
	}
	return text
}

// muted lists what the person does not hear of: muted by them or for everybody.
// Detectors that are off concern the admins alone.
func (h *home) muted(org *signals.Org) (out []string) {
	for _, m := range mutesOf(org, h.who, h.now) {
		text := m.Detector
		if text == "" {
			text = "everything"
		}
		if m.Scope != "" {
			text += " in " + h.placeName(m.Scope)
		}
		text += " until " + m.Until.In(h.zone).Format("2 January 15:04")
		if m.Person == "" {
			text += " (for everybody)"
		}
		out = append(out, text)
	}
	return out
}

// placeName is what a project or a channel is called for the person. mu is held.
func (h *home) placeName(id string) string {
	return cmp.Or(placeName(h.brain.w, id, h.viewer), "a channel")
}

// saveSettings writes what somebody entered into the journal, as far as it
// changes something. What cannot be is said beside its input.
func (b *Bot) saveSettings(ctx context.Context, a view.Asked) (view.Reply, error) {
	h := b.newHome(a.User)
	wrong := make(map[string]string)
	own := h.ownChanges(a.Entered, wrong)
	var events []*signals.Event
	begin := func(what string) *signals.Event {
		e := byHand(a, "home", what, h.now)
		e.Seq.Item = int32(len(events)) //nolint:gosec // three at most
		events = append(events, e)
		return e
	}
	if len(own) > 0 {
		if err := setOwn(begin("own"), h.who, own); err != nil {
			return view.Reply{}, err
		}
	}
	if text := strings.TrimSpace(a.Entered[inAway]); text != "" {
		until, err := time.ParseInLocation(time.DateOnly, text, h.zone)
		switch {
		case err != nil:
			wrong[inAway] = "A date is wanted, such as " + h.now.In(h.zone).AddDate(0, 0, 7).Format(time.DateOnly) + "."
		case !until.After(h.now):
			wrong[inAway] = "That day is not ahead of us."
		default:
			setAway(begin("away"), h.who, until, h.backup(a.Entered[inBackup]))
		}
	}
	if d := a.Entered[inMute]; d != "" && d != inNone {
		if until, ok := h.mutedUntil(d, a.Entered[inMuteFor]); ok {
			setMute(begin("mute"), d, "", time.Time{}, until)
		} else {
			wrong[inMute] = "I do not know that."
		}
	}
	if len(wrong) > 0 {
		return view.Reply{Errors: wrong}, nil
	}
	if len(events) > 0 {
		if err := b.Accept(ctx, signals.Delivery{Events: events}); err != nil {
			return view.Reply{}, fmt.Errorf("keep somebody's settings: %w", err)
		}
	}
	return b.showHome(ctx, a)
}

// back ends the absence of somebody: one that ends when it is said.
func (b *Bot) back(ctx context.Context, a view.Asked) (view.Reply, error) {
	h := b.newHome(a.User)
	e := byHand(a, "home", "back", h.now)
	setAway(e, h.who, h.now, "")
	if err := b.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}}); err != nil {
		return view.Reply{}, fmt.Errorf("keep that somebody is back: %w", err)
	}
	return b.showHome(ctx, a)
}

func (h *home) backup(account string) string {
	if account == "" {
		return ""
	}
	return h.whoIs(account)
}

// mutedUntil is when a mute of a detector ends that was chosen in the form: a
// moment ago for one that is taken back.
func (h *home) mutedUntil(detector, span string) (time.Time, bool) {
	if _, known := detect.Find(detector); !known {
		return time.Time{}, false
	}
	for _, s := range muteSpans {
		if s.id == span {
			return h.now.Add(cmp.Or(s.d, -time.Second)), true
		}
	}
	return time.Time{}, false
}
