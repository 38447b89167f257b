package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
)

// origins says in words who decided a setting.
var origins = map[signals.Origin]string{
	signals.OfOwn: "yours", signals.OfRoster: "from the roster", signals.OfTeam: "from your team", signals.OfPolicy: "for everybody",
}

// settings shows what counts for the person, each value with where it is from.
func (h *home) settings(_ context.Context) ([]*view.Card, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	org := h.brain.w.Org
	s := org.Settings(h.who)
	if s.Backup.Value != "" {
		s.Backup.Value = homeName(org, s.Backup.Value)
	}
	if s.Digest.Value == "" && slices.Contains(digestReaders(org, h.c.Digest.Leads), h.who) {
		s.Digest.Value = "yes, as every lead"
	}
	card := &view.Card{Title: "Your settings"}
	for _, x := range []struct {
		name, none string
		s          signals.Setting
	}{
		{"Time zone", "UTC", s.Zone}, {"Working hours", "09:00-18:00", s.Hours}, {"Working days", "mon-fri", s.Days}, {"Backup", "nobody", s.Backup},
		{"Thanks in the digest", "no", s.Thanks}, {"Digest by direct message", "no", s.Digest}, {"Opted out of analysis", "no", s.OptedOut},
	} {
		value := x.s.Value
		if value == "" {
			value = x.none
		}
		card.Facts = append(card.Facts, view.Fact{Name: x.name, Value: value + " (" + origins[x.s.From] + ")"})
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
		text += ", " + homeName(org, backup) + " stands in"
	}
	return text
}

// muted lists what the person does not hear of: muted by them or for everybody.
// Detectors that are off concern the admins alone.
func (h *home) muted(org *signals.Org) (out []string) {
	for _, m := range org.Mutes(h.now) {
		if m.Person != "" && m.Person != h.who {
			continue
		}
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

// placeName is what a project or a channel is called, where the person may know
// of it. mu is held.
func (h *home) placeName(id string) string {
	if !strings.HasPrefix(id, signals.Slack+"/") {
		return id
	}
	if h.viewer.Groups[id] || h.openRoom(id) {
		return "#" + h.brain.w.Room(id).Name
	}
	return "a channel"
}

func (h *home) openRoom(id string) bool {
	room := h.brain.w.Room(id)
	return room != nil && len(room.Posts) > 0 && room.Posts[len(room.Posts)-1].Event.Audience == signals.Public
}

func homeName(org *signals.Org, id string) string {
	if p := org.Person(id); p != nil && p.Name != "" {
		return p.Name
	}
	return signals.Bare(org.Who(id))
}

// saveSettings writes what somebody entered into the journal, as far as it
// changes something. What cannot be is said beside its input.
func (b *Bot) saveSettings(ctx context.Context, a view.Asked) (view.Reply, error) {
	h := b.newHome(a.User)
	wrong := make(map[string]string)
	own, err := h.ownChanges(a.Entered, wrong)
	if err != nil {
		return view.Reply{}, err
	}
	var events []*signals.Event
	add := func(what string, e signals.Event) {
		e.ID, e.Case, e.Actor = "andon/home/"+a.ID+"/"+what, orgCase, a.User
		e.At, e.Seq, e.Audience = h.now.UTC(), signals.Seq{Entry: h.now.UnixMicro(), Item: int32(len(events))}, signals.Restricted //nolint:gosec // three at most
		events = append(events, &e)
	}
	if own != "" {
		add("own", signals.Event{Kind: signals.RosterSet, Field: "own", To: h.who, Text: own})
	}
	if text := strings.TrimSpace(a.Entered[inAway]); text != "" {
		until, err := time.ParseInLocation(time.DateOnly, text, h.zone)
		switch {
		case err != nil:
			wrong[inAway] = "A date is wanted, such as " + h.now.In(h.zone).AddDate(0, 0, 7).Format(time.DateOnly) + "."
		case !until.After(h.now):
			wrong[inAway] = "That day is not ahead of us."
		default:
			add("away", signals.Event{Kind: signals.AwaySet, To: h.who, From: h.now.UTC().Format(time.RFC3339), Text: until.Format(time.RFC3339), Ref: h.backup(a.Entered[inBackup])})
		}
	}
	if d := a.Entered[inMute]; d != "" && d != inNone {
		if e, ok := h.muteOf(d, a.Entered[inMuteFor]); ok {
			add("mute", e)
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
	now := h.now.UTC()
	e := &signals.Event{
		ID: "andon/home/" + a.ID + "/back", Case: orgCase, Kind: signals.AwaySet, Actor: a.User, To: h.who,
		From: now.Format(time.RFC3339), Text: now.Format(time.RFC3339), At: now, Seq: signals.Seq{Entry: now.UnixMicro()}, Audience: signals.Restricted,
	}
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

func (h *home) muteOf(detector, id string) (signals.Event, bool) {
	i := slices.IndexFunc(muteSpans, func(s struct {
		id, text string
		d        time.Duration
	}) bool {
		return s.id == id
	})
	if _, known := detect.Find(detector); !known || i < 0 {
		return signals.Event{}, false
	}
	until := h.now.Add(muteSpans[i].d)
	if muteSpans[i].d == 0 {
		until = h.now.Add(-time.Second)
	}
	return signals.Event{Kind: signals.Muted, Field: detector, To: until.UTC().Format(time.RFC3339)}, true
}

// orgCase is what events of the organisation that people make in Slack belong to.
var orgCase = signals.Key{Source: signals.Own, Site: "slack", ID: "org"}
