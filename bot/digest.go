package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// digestMark is the cursor that holds the latest week whose digest a target was
// told, such as 2026-W48.
const digestMark = "digest/"

// A digest is late when it is said so long after it was due, and it is not said
// later in the day than this hour.
const (
	digestLate    = time.Hour
	digestEvening = 18
)

// digestPatience is how long one round may take, in real time: what is left is
// done by the next one.
const digestPatience = 8 * time.Second

// digestTarget is somebody, or a channel, that a digest is for.
type digestTarget struct {
	id   string // as the store's notices take it
	mark string // stands for it in names
	cal  *signals.Calendar
	zone *time.Location
	view signals.Viewer
	away bool // cannot be told now
}

// DigestDue says the weekly digests that are due and were not said yet. It is
// to be called about every minute, by one replica at a time.
func (b *Bot) DigestDue(ctx context.Context) error {
	if b.c.Poster == nil {
		return nil // nobody could say it
	}
	if err := b.toHead(ctx); err != nil {
		return fmt.Errorf("look for digests that are due: %w", err)
	}
	began, now := b.c.Wall(), b.c.Now()
	var facts *digestFacts
	var all []error
	for _, t := range b.digestTargets(now) {
		due := dueAt(now, t.zone, b.c.Digest.Weekday, b.c.Digest.Hour)
		ripe, err := b.digestRipe(ctx, t, due, now)
		if err == nil && ripe {
			if facts == nil {
				facts, err = b.gather(ctx, now, curved+1)
			}
			if err == nil {
				err = b.sayDigest(ctx, t, facts, due, now)
			}
		}
		if err != nil {
			all = append(all, fmt.Errorf("say the digest to %s: %w", t.id, err))
		}
		if b.c.Wall().Sub(began) > digestPatience {
			break
		}
	}
	return errors.Join(all...)
}

// digestTargets lists whom digests are for as of now.
func (b *Bot) digestTargets(now time.Time) (out []digestTarget) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.catchUp()
	org := b.brain.w.Org
	if b.c.Digest.Channel != "" && !b.sharedOut(b.c.Digest.Channel) { // what it says is the company's own
		zone := digestZone(cmp.Or(b.c.Digest.Zone, org.Policy.Zone))
		days, _ := signals.ParseDays(org.Policy.Days) // one that cannot be read is Monday to Friday
		out = append(out, digestTarget{id: b.c.Digest.Channel, mark: b.c.Digest.Channel, zone: zone, cal: &signals.Calendar{Zone: zone, Days: days}})
	}
	for _, id := range digestReaders(org, b.c.Digest.Leads) {
		ok, _, _ := org.Available(id, now)
		cal := org.Calendar(id)
		out = append(out, digestTarget{id: id, mark: personMark(id), cal: cal, zone: zoneIn(cal), view: org.Viewer(id), away: !ok})
	}
	return out
}

// digestReaders are the people who get a digest of their own: who asked for it,
// and where leads get one the leads of teams who did not say no. Sorted.
func digestReaders(org *signals.Org, leads bool) []string {
	wants := make(map[string]bool)
	if leads {
		for _, t := range org.Teams {
			if t.Lead != "" {
				wants[org.Who(t.Lead)] = true
			}
		}
	}
	for id := range org.People {
		if own, _ := org.Personal(id); own.Digest != nil {
			wants[id] = *own.Digest
		}
	}
	maps.DeleteFunc(wants, func(id string, yes bool) bool {
		p := org.Person(id)
		return !yes || p == nil || p.Left || p.Bot || p.External
	})
	return slices.Sorted(maps.Keys(wants))
}

// wantsNoDigest reports whether somebody said that they want no digest: then they
// are told nothing else of their team unasked for, either.
func wantsNoDigest(org *signals.Org, id string) bool {
	own, _ := org.Personal(org.Who(id))
	return own.Digest != nil && !*own.Digest
}

func digestZone(name string) *time.Location {
	if z, err := time.LoadLocation(name); err == nil && name != "" {
		return z
	}
	return time.UTC
}

// dueAt is the latest time at or before now at which a clock in the zone showed
// that hour on that day of the week.
func dueAt(now time.Time, zone *time.Location, day time.Weekday, hour int) time.Time {
	y, m, d := now.In(zone).Date()
	back := (int(now.In(zone).Weekday()) - int(day) + 7) % 7
	at := time.Date(y, m, d-back, hour, 0, 0, 0, zone)
	if at.After(now) {
		at = time.Date(y, m, d-back-7, hour, 0, 0, 0, zone)
	}
	return at
}

// dayBegins is when a date begins in a zone. Where a change of the clocks leaves
// midnight out, it is the instant of the change.
func dayBegins(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if t.Day() == time.Date(y, m, d, 12, 0, 0, 0, zone).Day() {
		return t
	}
	_, change := t.ZoneBounds()
	return change.In(zone)
}

// weekOf is the week that a digest speaks of: the seven days before the date on
// which it is due.
func weekOf(due time.Time, zone *time.Location) weekSpan {
	y, m, d := due.In(zone).Date()
	return weekSpan{dayBegins(y, m, d-7, zone), dayBegins(y, m, d, zone)}
}

// weekName is what the week of a date is called, such as 2026-W48.
func weekName(due time.Time, zone *time.Location) string {
	y, w := due.In(zone).ISOWeek()
	return fmt.Sprintf("%d-W%02d", y, w)
}

// digestRipe reports whether a digest that is due is to be said now. At the
// first meeting with a target nothing is: it begins with the next week, and not
// before a whole week was watched.
func (b *Bot) digestRipe(ctx context.Context, t digestTarget, due, now time.Time) (bool, error) {
	week := weekName(due, t.zone)
	said, err := b.c.Store.Cursor(ctx, digestMark+t.mark)
	switch {
	case err != nil:
		return false, err
	case said == "":
		since, err := b.watchedSince(ctx, now)
		if err != nil {
			return false, err
		}
		unseen := dueAt(since.In(t.zone).AddDate(0, 0, 7).Add(-1), t.zone, b.c.Digest.Weekday, b.c.Digest.Hour)
		return false, b.c.Store.SetCursor(ctx, digestMark+t.mark, max(week, weekName(unseen, t.zone)))
	case said >= week:
		return false, nil
	}
	hour := now.In(t.zone).Hour()
	rest := hour < b.c.Digest.Hour || hour >= max(digestEvening, b.c.Digest.Hour+1)
	return !rest && !t.away && t.cal.Workday(now), nil
}

// sayDigest queues one digest. Doing it twice says it once.
func (b *Bot) sayDigest(ctx context.Context, t digestTarget, f *digestFacts, due, now time.Time) error {
	d := &digest{Week: weekOf(due, t.zone), Zone: t.zone, Due: due, Late: now.Sub(due) >= digestLate}
	if err := b.digestOf(ctx, f, t.view, d); err != nil {
		return err
	}
	if err := b.unproposed(ctx, t, d); err != nil {
		return err
	}
	week := weekName(due, t.zone)
	card := d.card()
	card.Key = digestMark + t.mark + "/" + week
	if err := b.queue(ctx, card.Key, t.id, card); err != nil {
		return err
	}
	if err := b.proposedTo(ctx, t, d); err != nil {
		return err
	}
	b.meter.Add("digests", 1, "late", strconv.FormatBool(d.Late))
	return b.c.Store.SetCursor(ctx, digestMark+t.mark, week)
}

// digestNow answers an admin with the digest of the week that is running, for
// them alone.
func (b *Bot) digestNow(ctx context.Context, a view.Asked) (view.Reply, error) {
	now := b.c.Now()
	b.mu.Lock()
	org := b.brain.w.Org
	admin := isAdmin(org, b.c.Admins, a.User)
	zone, v := zoneIn(org.Calendar(a.User)), org.Viewer(a.User)
	b.mu.Unlock()
	if !admin {
		return tell(a, "Only admins of andon can ask for the digest now. The weekly one comes by itself."), nil
	}
	f, err := b.gather(ctx, now, 1)
	if err != nil {
		return view.Reply{}, fmt.Errorf("make the digest: %w", err)
	}
	y, m, day := now.In(zone).Date()
	since := (int(now.In(zone).Weekday()) + 6) % 7
	d := &digest{Week: weekSpan{dayBegins(y, m, day-since, zone), now}, Zone: zone, SoFar: true, Due: now}
	if err := b.digestOf(ctx, f, v, d); err != nil {
		return view.Reply{}, fmt.Errorf("make the digest: %w", err)
	}
	card := d.card()
	card.Key = cmp.Or(a.ID, digestMark+"now")
	return view.Reply{Card: card, Ephemeral: true}, nil
}
