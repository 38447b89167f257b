package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
	"andon/signals/lint"
)

// pairFacts is what happens between pairs of teams: the issues that they hand to
// each other, of which everybody in the company may know, and who writes where.
type pairFacts struct {
	traffic []lint.Traffic
	seen    *lint.Seen        // nil: the journal is still being read
	names   map[string]string // what the channels are called
	partly  bool              // there are more issues than are looked at
}

// pairsFor is how far back pairs of teams are looked at: a quarter; chosen.
const pairsFor = 90 * 24 * time.Hour

// pairFacts takes what happened between pairs of teams lately, from at most so many
// issues.
func (b *Bot) pairFacts(ctx context.Context, now time.Time, most int) (*pairFacts, error) {
	f := &pairFacts{}
	keys, err := b.c.Store.Moved(ctx, []signals.Kind{signals.TeamMoved}, now.Add(-pairsFor), now)
	if err != nil {
		return nil, fmt.Errorf("read which cases changed teams: %w", err)
	}
	if len(keys) > most {
		b.log.Warn("pairs of teams are judged by a part of the cases that changed teams", "all", len(keys), "part", most)
		keys, f.partly = keys[:most], true
	}
	var paths []lint.TeamPath
	err = b.foldEach(ctx, keys, func(c *signals.Case) {
		if c.For(signals.Viewer{}) == c {
			b.mu.Lock()
			paths = append(paths, lint.PathOf(b.brain.w.Org, c))
			b.mu.Unlock()
		}
	})
	if err != nil {
		return nil, err
	}
	f.traffic = lint.TrafficWithin(paths, now.Add(-pairsFor), now)
	if f.names, err = b.c.Store.Rooms(ctx); err != nil {
		return nil, err
	}
	f.seen, err = b.linting.copied(ctx, b)
	return f, err
}

// thins are the pairs of teams that hardly talk. The lock of the world is held.
func (b *Bot) thins(f *pairFacts) []lint.Thin {
	if f.seen == nil {
		return nil
	}
	org := b.brain.w.Org
	return lint.Thins(&lint.ThinInput{
		Org: org, Now: b.c.Now(), Traffic: f.traffic, Talk: f.seen.Talk,
		Incident: func(ch string) bool { return detect.IsIncident(f.names[ch], &org.Policy) },
		Known:    func(ch string) bool { return f.seen.Channels[ch].Public && !b.sharedOut(ch) },
	})
}

// small reports whether one of two teams has too few people for figures. The lock
// of the world is held.
func small(org *signals.Org, t lint.Traffic) bool {
	sizes := teamSizes(org)
	return sizes[t.A] < org.Policy.Group || sizes[t.B] < org.Policy.Group
}

// liaisonWords proposes a liaison: the teams, never who, and how often they handed
// issues to each other where both are large enough.
func liaisonWords(t lint.Traffic, large bool) string {
	often := "often"
	if large {
		often = timesIn(t.Handoffs())
	}
	return t.A + " and " + t.B + " handed issues to each other " + often + " in 90 days. A liaison between the two may save both some waiting; their leads choose who."
}

// thinWords says how two teams reach each other, with figures where both are large
// enough. The lock of the world is held.
func (q *question) thinWords(t lint.Thin) string { return q.Bot.thinWords(t, q.ruled.pairs.names) }

func (b *Bot) thinWords(t lint.Thin, names map[string]string) string {
	text := t.A + " and " + t.B + " reach each other only through tickets: in the channels that I watch I saw nobody of the one talk with anybody of the other in 90 days."
	if t.How == lint.OnlyIncidents {
		var rooms []string
		for _, ch := range t.Rooms {
			rooms = append(rooms, "#"+strings.TrimPrefix(cmp.Or(names[ch], signals.Bare(ch)), "#"))
		}
		text = t.A + " and " + t.B + " talk only when there is a major incident: in the channels that I watch I saw both in the last 90 days in " + strings.Join(rooms, ", ") + " alone."
	}
	org := b.brain.w.Org
	if small(org, t.Traffic) {
		return text + " They hand issues to each other; how often and how long they wait I leave out, for one of the teams has fewer than " + strconv.Itoa(org.Policy.Group) + " people."
	}
	return text + " They handed issues to each other " + timesIn(t.Handoffs()) + ", and the middle hand-off lay " + signals.Lasted(lint.Median(t.Waited)) + " with the team that got it."
}

// thinMark is the cursor that holds for which week somebody was looked at.
const thinMark = "thin/"

// ThinDue tells the leads of two teams that the channel between them is thin, once
// per pair and quarter, at the hour of the weekly digest in their own zone.
func (b *Bot) ThinDue(ctx context.Context) error {
	if b.c.Poster == nil {
		return nil
	}
	if err := b.toHead(ctx); err != nil {
		return fmt.Errorf("look for thin channels: %w", err)
	}
	now := b.c.Now()
	var f *pairFacts
	var all []error
	for _, t := range b.leadTargets(now) {
		week, ripe, err := b.thinRipe(ctx, t, now)
		if err == nil && ripe {
			if f == nil {
				f, err = b.pairFacts(ctx, now, mostCases)
			}
			if err == nil && f.seen == nil {
				return nil // later, when what was said is read
			}
			if err == nil {
				err = b.sayThin(ctx, t, f, now, week)
			}
		}
		if err != nil {
			all = append(all, fmt.Errorf("tell %s of thin channels: %w", t.id, err))
		}
	}
	return errors.Join(all...)
}

// leadTargets are those who lead a team.
func (b *Bot) leadTargets(now time.Time) (out []digestTarget) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.catchUp()
	org := b.brain.w.Org
	if org.Policy.Routes.Thin <= 0 || !b.c.AsLive && !org.Opened() {
		return nil
	}
	var ids []string
	for _, t := range org.Teams {
		if who := org.Who(t.Lead); t.Lead != "" && !slices.Contains(ids, who) && !wantsNoDigest(org, who) {
			ids = append(ids, who)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		ok, _, _ := org.Available(id, now)
		cal := org.Calendar(id)
		out = append(out, digestTarget{id: id, mark: personMark(id), cal: cal, zone: zoneIn(cal), view: org.Viewer(id), away: !ok})
	}
	return out
}

// thinRipe reports whether somebody can be told now, in the week that bears a name.
func (b *Bot) thinRipe(ctx context.Context, t digestTarget, now time.Time) (week string, ripe bool, err error) {
	day, hour := b.c.Digest.Weekday, b.c.Digest.Hour
	if b.c.Digest == (Digest{}) {
		day, hour = time.Monday, morning
	}
	week = weekName(dueAt(now, t.zone, day, hour), t.zone)
	said, err := b.c.Store.Cursor(ctx, thinMark+t.mark)
	if err != nil || said >= week {
		return week, false, err
	}
	if said == "" { // the first week is for looking
		return week, false, b.c.Store.SetCursor(ctx, thinMark+t.mark, week)
	}
	at := now.In(t.zone).Hour()
	return week, at >= hour && at < max(digestEvening, hour+1) && !t.away && t.cal.Workday(now), nil
}

// sayThin tells one lead of the thin channels of their teams: once per pair and
// quarter, however many replicas do.
func (b *Bot) sayThin(ctx context.Context, t digestTarget, f *pairFacts, now time.Time, week string) error {
	type telling struct {
		id   string
		card *view.Card
	}
	var out []telling
	b.mu.Lock()
	org := b.brain.w.Org
	y, m, _ := now.In(t.zone).Date()
	quarter := fmt.Sprintf("%d-Q%d", y, (int(m)+2)/3)
	for _, x := range b.thins(f) {
		if !leads(org, x.A, t.id) && !leads(org, x.B, t.id) || t.view.Guest {
			continue
		}
		id := thinMark + shortID(x.A+"|"+x.B) + "/" + quarter + "/" + t.mark
		card := &view.Card{Key: id, Kind: "notice", Title: "The way between " + x.A + " and " + x.B + " is thin", Lines: []view.Paragraph{
			{Text: b.thinWords(x, f.names)},
			{Text: "A common channel, or a standing route, lets the two meet before the next ticket: " + b.slash() + " routes add " + x.A + " -> " + x.B + " for DETECTOR. Channels that I do not watch I know nothing of."},
		}, Footer: "Told to the leads of both teams, once in a quarter."}
		out = append(out, telling{id, card})
	}
	b.mu.Unlock()
	for _, x := range out {
		if err := b.queue(ctx, x.id, t.id, x.card); err != nil {
			return err
		}
	}
	return b.c.Store.SetCursor(ctx, thinMark+t.mark, week)
}
