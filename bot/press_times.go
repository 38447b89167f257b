package bot

import (
	"context"
	"slices"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// snoozes are how long somebody can put a nudge off.
var snoozes = []struct{ id, text string }{{"1h", "For 1 hour"}, {"tomorrow", "Until tomorrow 9:00"}, {"week", "Until Monday 9:00"}}

// morning is the hour at which a new day begins for who put something off.
const morning = 9

// snoozeEnd is when somebody is told again: in their own zone, and on a day and
// at an hour at which they work. false where the word is not known.
func snoozeEnd(id string, cal *signals.Calendar, now time.Time) (time.Time, bool) {
	zone := zoneIn(cal)
	local := now.In(zone)
	y, m, d := local.Date()
	switch id {
	case "1h":
		return now.Add(time.Hour), true
	case "tomorrow":
		return cal.Next(time.Date(y, m, d+1, morning, 0, 0, 0, zone)), true
	case "week":
		ahead := (int(time.Monday)-int(local.Weekday())+6)%7 + 1 // the coming Monday, never today
		return cal.Next(time.Date(y, m, d+ahead, morning, 0, 0, 0, zone)), true
	}
	return time.Time{}, false
}

// snoozeOptions are the choices of when somebody is told again.
func snoozeOptions(value func(id string) string) (out []view.Option) {
	for _, s := range snoozes {
		out = append(out, view.Option{Text: s.text, Value: value(s.id)})
	}
	return out
}

// snoozed is "Snooze": who was told is told again later. Without a time it asks
// for one.
func (b *Bot) snoozed(ctx context.Context, a view.Asked, v value, p *pressing) (view.Reply, error) {
	if p.shared {
		return tell(a, "Others read this message too, so it cannot be put off here."), nil
	}
	if v.verb == "" {
		v.which = ""
		if len(things(p.held)) == 1 {
			v.which = shortID(p.held[0].n.Signal.Key())
		}
		return b.form(a, snooze, v, p), nil
	}
	left := slices.DeleteFunc(slices.Clone(p.held), func(it item) bool { return over(it.r) })
	if len(left) == 0 {
		return tell(a, "It is solved already, so there is nothing to put off."), nil
	}
	var until time.Time
	ok := false
	if err := b.inWorld(ctx, func(w *decide.World) error {
		until, ok = snoozeEnd(v.verb, w.Org.Calendar(a.User), b.c.Now())
		return nil
	}); err != nil {
		return view.Reply{}, err
	}
	if !ok {
		return tell(a, "I do not know for how long that is. Please choose a time again."), nil
	}
	return view.Reply{}, b.happened(ctx, a, left, func(e *signals.Event, _ item) bool {
		e.Kind, e.To = signals.Snoozed, until.UTC().Format(time.RFC3339)
		return true
	})
}
