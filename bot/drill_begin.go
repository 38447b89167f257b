package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
	"andon/signals/detect"
)

// The figures of beginning a drill; chosen.
const (
	drillLate = time.Hour // after which a drill that was missed does not begin any more as it was planned
	drillDays = 2         // working days within which a drill is postponed
)

// drillStep decides what becomes of a drill whose case is looked at: it begins,
// is postponed once, or is called off; and tells who asked for it. Each decision
// is an event with an id of its own, so that of two replicas one counts. It is
// called under the lock of the world, before the look is stored.
func (b *Bot) drillStep(ctx context.Context, l *look) error {
	k := l.st.Case
	if !k.IsDrill() {
		return nil
	}
	w := l.brain.w
	c := w.Case(k)
	if c == nil {
		return nil
	}
	d, ok := signals.DrillOf(c)
	if !ok {
		return nil
	}
	var err error
	switch {
	case d.Waits() && !l.now.Before(d.At):
		err = b.drillDue(ctx, w, c, &d, l.now)
	case !d.Began.IsZero() && d.Off.IsZero() && len(w.Book.Running(k)) > 0:
		err = b.drillDisturbed(ctx, w, c, &d, l.now)
	}
	if err != nil {
		return fmt.Errorf("go on with drill %s: %w", k.ID, err)
	}
	return errors.Join(b.tellDrill(ctx, w, c, &d), b.drillAsks(ctx, w, l.out.Records), b.drillReports(ctx, w, c, &d, l.out.Records))
}

// drillDue begins a drill, or postpones it, or calls it off.
func (b *Bot) drillDue(ctx context.Context, w *decide.World, c *signals.Case, d *signals.Drill, now time.Time) error {
	now = now.UTC().Truncate(time.Microsecond)
	audience := audienceOf(c)
	begin := d.Begin(c.Key, drillStepID(c.Key, d), now, audience)
	aim := w.AimOf(signals.Fold(append(slices.Clone(c.Events()), begin)), now)
	why, final, err := b.drillObstacle(ctx, w, c.Key, d, &aim, now)
	if err != nil {
		return err
	}
	if why == "" {
		return b.Accept(ctx, signals.Delivery{Events: []*signals.Event{begin}})
	}
	e := &signals.Event{ID: begin.ID, Case: c.Key, Kind: signals.Drilled, Actor: signals.DrillActor, At: now, Seq: begin.Seq, Ref: d.Scope, Text: why, Field: signals.DrillOff, Audience: audience}
	if slot, ok := drillSlot(drillHours(w.Org, &aim), now, w.Org.Policy.Drill.Calm); ok && !final && !d.Postponed {
		e.Field, e.To = signals.DrillPostponed, slot.UTC().Format(time.RFC3339)
	}
	return b.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}})
}

// drillDisturbed ends a drill that is under way when something real begins.
func (b *Bot) drillDisturbed(ctx context.Context, w *decide.World, c *signals.Case, d *signals.Drill, now time.Time) error {
	aim := w.AimOf(c, now)
	for _, r := range w.Book.Running(c.Key) {
		for _, n := range r.Nudges {
			if team := teamOf(w.Org, n.To); team != "" && !slices.Contains(aim.Owners, team) {
				aim.Owners = append(aim.Owners, team)
			}
		}
	}
	why, err := b.unrest(ctx, w, d.Scope, &aim, now)
	if err != nil || why == "" {
		return err
	}
	now = now.UTC().Truncate(time.Microsecond)
	return b.Accept(ctx, signals.Delivery{Events: []*signals.Event{{
		ID: drillStepID(c.Key, d), Case: c.Key, Kind: signals.Drilled, Actor: signals.DrillActor, At: now, Seq: signals.Seq{Entry: now.UnixMicro()},
		Field: signals.DrillOff, Ref: d.Scope, Text: why, Audience: audienceOf(c),
	}}})
}

// drillObstacle is why a drill does not begin now, "" for nothing; final where
// another time does not help.
func (b *Bot) drillObstacle(ctx context.Context, w *decide.World, k signals.Key, d *signals.Drill, aim *decide.Aim, now time.Time) (why string, final bool, err error) {
	cal := drillHours(w.Org, aim)
	switch {
	case whoLeft(w.Org, d.By):
		return "whoever asked for it has left the company", true, nil
	case now.Sub(d.At) > drillLate:
		return "it was missed by more than an hour", false, nil
	case !cal.Workday(now):
		return "it is a day off for whoever would be asked", false, nil
	case !cal.Working(now):
		return "it is outside the working hours of whoever would be asked", false, nil
	}
	if why, err = b.unrest(ctx, w, d.Scope, aim, now); err != nil || why != "" {
		return why, false, err
	}
	if aim.To == "" {
		return "", false, nil // that there is nobody is what a drill is to show
	}
	told, _, err := b.c.Store.Told(ctx, aim.To, remembered)
	if err != nil {
		return "", false, fmt.Errorf("look when somebody was part of a drill: %w", err)
	}
	if slices.ContainsFunc(told, func(t signals.Told) bool { return w.OtherDrill(&t, k, now) }) {
		return "whoever would be asked was part of another drill within " + signals.Lasted(w.Org.Policy.Drill.Every), true, nil
	}
	return "", false, nil
}

// whoLeft reports whether somebody has left, or is not known any more.
func whoLeft(org *signals.Org, id string) bool {
	p := org.Person(id)
	return signals.IsGone(id) || p != nil && p.Left
}

// drillSlot is the next working time after a while, within two working days.
func drillSlot(cal *signals.Calendar, now time.Time, calm time.Duration) (at time.Time, ok bool) {
	at = cal.Next(now.Add(calm))
	if !cal.Working(at) {
		return at, false // nobody works there within two years
	}
	days, noon := 0, func(t time.Time) time.Time {
		y, m, d := t.In(zoneIn(cal)).Date()
		return time.Date(y, m, d, 12, 0, 0, 0, zoneIn(cal))
	}
	for day := noon(now).AddDate(0, 0, 1); !day.After(noon(at)); day = day.AddDate(0, 0, 1) {
		if cal.Workday(day) {
			days++
		}
	}
	return at, days <= drillDays
}

// unrest is why it is no time to practise: an incident is under way, or a cord
// or an urgent signal of the place or its teams is open. "" for nothing.
func (b *Bot) unrest(ctx context.Context, w *decide.World, scope string, aim *decide.Aim, now time.Time) (string, error) {
	names, err := b.c.Store.Rooms(ctx)
	if err != nil {
		return "", fmt.Errorf("look for incidents: %w", err)
	}
	for id, name := range names {
		if !detect.IncidentName(name, w.Org.Policy.Detect.QuietIncident.Channels) {
			continue
		}
		if detect.IncidentUnderWay(&detect.Snapshot{Room: w.Room(id), Models: w.Memory, Org: w.Org, Now: now}) {
			return "an incident is under way", nil
		}
	}
	teams := append(slices.Clone(aim.Owners), aim.Team)
	found := false
	since := now.Add(-w.Org.Policy.Drill.Calm)
	err = b.c.Store.Since(ctx, since, func(r *signals.Record) error {
		found = found || !r.IsDrill() && !r.Signal.At.Before(since) && open(r) && serious(w, r) && concerns(w, r, scope, teams)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("look for what is urgent: %w", err)
	}
	if found {
		return "a cord or something urgent is open there", nil
	}
	return "", nil
}

// serious reports whether a signal is a cord or about something urgent.
func serious(w *decide.World, r *signals.Record) bool {
	c := w.Case(r.Signal.Case)
	return r.Signal.Detector == "cord" || c != nil && w.Org.Policy.IsUrgent(c.Priority)
}

// concerns reports whether a signal is of a place, or somebody of some teams
// holds it or was told of it.
func concerns(w *decide.World, r *signals.Record, scope string, teams []string) bool {
	among := func(name string) bool {
		return name != "" && slices.ContainsFunc(teams, func(t string) bool { return w.Org.TeamName(t) == w.Org.TeamName(name) })
	}
	if c := w.Case(r.Signal.Case); c != nil && (c.Project == scope || c.Channel() == scope || among(c.Team)) {
		return true
	}
	return slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool {
		return toldOf(n) && (among(teamOf(w.Org, n.To)) || among(teamOf(w.Org, n.Owner)))
	})
}

// teamOf is the team of a person, or whose channel it is; "" where none is known.
func teamOf(org *signals.Org, id string) string {
	for _, name := range slices.Sorted(maps.Keys(org.Teams)) {
		if org.Teams[name].Channel == id && id != "" {
			return name
		}
	}
	if p := org.Person(id); p != nil && p.Team != "" {
		return org.TeamName(p.Team)
	}
	return ""
}

// tellDrill tells who asked for a drill that it was postponed, or called off
// before it began.
func (b *Bot) tellDrill(ctx context.Context, w *decide.World, c *signals.Case, d *signals.Drill) error {
	if d.By == "" || whoLeft(w.Org, d.By) {
		return nil
	}
	place := drillPlace(w, d.Scope, audienceOf(c), w.Org.Viewer(d.By))
	said := func(what, title, text string) error {
		id := "drill/" + c.Key.ID + "/" + what
		return b.queue(ctx, id, d.By, &view.Card{Key: id, Kind: "notice", Title: drillMark + title, Lines: []view.Paragraph{{Text: text}}})
	}
	switch {
	case !d.Off.IsZero() && d.Began.IsZero() && d.OffBy == signals.DrillActor:
		return said("off", "The drill of "+place+" is called off", "It did not begin: "+strings.TrimSuffix(d.Why, ".")+". You can ask for another one at any time.")
	case d.Postponed && d.Waits():
		text := "It did not begin: " + d.Why + ". It is postponed once, "
		if d.Hidden {
			text += "to a moment of which nobody is told."
		} else {
			text += "to " + d.At.In(zoneIn(w.Org.Calendar(d.By))).Format("Mon 2 Jan 15:04") + "."
		}
		return said("postponed", "The drill of "+place+" is postponed", text)
	}
	return nil
}
