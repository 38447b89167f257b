package bot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// digestFacts are what digests are made of, loaded once for all that are due.
type digestFacts struct {
	records []*signals.Record
	drills  []*signals.Record // counted apart
	said    []signals.Opinion
	shared  []pathWalk      // of cases that everybody may see
	partly  []*signals.Case // of which some may see less than others
	ruled   *ruleFacts      // what came of the standing routes
	pairs   *pairFacts      // what happened between pairs of teams; nil where that was not asked for
}

// What a digest looks back on.
const (
	judged    = 30 * 24 * time.Hour // answers about detectors
	curved    = 8                   // weeks of the curve
	caseBatch = 100                 // cases that are read from the store together
	walkBatch = 20                  // cases whose routes are asked for while the world stands still
	mostCases = 5000                // that changed teams
)

// gather loads what happened in the weeks until a time.
func (b *Bot) gather(ctx context.Context, until time.Time, weeks int) (*digestFacts, error) {
	if err := b.toHead(ctx); err != nil {
		return nil, err
	}
	f := &digestFacts{}
	from := until.AddDate(0, 0, -7*weeks)
	since := until.Add(-judged - 14*24*time.Hour)
	err := b.c.Store.Since(ctx, since, func(r *signals.Record) error {
		switch {
		case r.Signal.At.Before(since):
		case r.IsDrill():
			f.drills = append(f.drills, r)
		default:
			f.records = append(f.records, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the signals of the weeks: %w", err)
	}
	if f.said, err = b.c.Store.Opinions(ctx, since); err != nil {
		return nil, fmt.Errorf("read what was said of them: %w", err)
	}
	keys, err := b.c.Store.Moved(ctx, []signals.Kind{signals.TeamMoved}, from, until)
	if err != nil {
		return nil, fmt.Errorf("read which cases changed teams: %w", err)
	}
	if len(keys) > mostCases {
		b.log.Warn("the digest looks at a part of the cases that changed teams", "all", len(keys), "part", mostCases)
		keys = keys[:mostCases]
	}
	if f.ruled, err = b.ruleFacts(ctx, until); err != nil {
		return nil, err
	}
	if weeks > 1 {
		if f.pairs, err = b.pairFacts(ctx, until, mostCases); err != nil {
			return nil, err
		}
	}
	return f, b.walks(ctx, f, keys)
}

// walks reads cases from the store, past the world: they would drive out of it
// what is looked at now.
func (b *Bot) walks(ctx context.Context, f *digestFacts, keys []signals.Key) error {
	head, err := b.c.Store.Head(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(keys, caseBatch) {
		found, err := b.c.Store.CaseEvents(ctx, head, part...)
		if err != nil {
			return fmt.Errorf("read the cases that changed teams: %w", err)
		}
		var shared []*signals.Case
		for _, k := range part {
			c := fold(found[k])
			switch {
			case len(c.Events()) == 0 || c.Gone:
			case c.For(signals.Viewer{}) == c:
				shared = append(shared, c)
			default:
				f.partly = append(f.partly, c)
			}
		}
		f.shared = append(f.shared, b.walksOf(shared, signals.Viewer{})...)
	}
	return nil
}

// walksOf are the ways of cases as a viewer may know them.
func (b *Bot) walksOf(cases []*signals.Case, v signals.Viewer) (out []pathWalk) {
	for part := range slices.Chunk(cases, walkBatch) {
		b.mu.Lock()
		for _, c := range part {
			if seen := c.For(v); len(seen.Events()) > 0 {
				out = append(out, b.walkOf(seen))
			}
		}
		b.mu.Unlock()
	}
	return out
}

// walkOf is the way of one case as it is seen. mu is held.
func (b *Bot) walkOf(c *signals.Case) pathWalk {
	w := b.brain.w
	out := pathWalk{Name: strings.TrimSpace(c.Label + " " + c.Title), Ended: c.ClosedAt}
	route := w.Memory.Routes.Direct(c, w.Org, b.c.Now())
	runs := c.Path.Teams()
	for i := range runs {
		team := w.Org.TeamName(runs[i].Team)
		if n := len(out.Stays); n > 0 && out.Stays[n-1].Team == team { // one of its former names
			out.Stays[n-1].Until = runs[i].Until
			continue
		}
		out.Stays = append(out.Stays, pathStay{Team: team, Since: runs[i].Since, Until: runs[i].Until})
	}
	if len(route.Teams) == 0 {
		return out
	}
	out.Route, out.Detour = route.Teams, route.Detour
	for i := range out.Stays {
		t := out.Stays[i].Team
		out.Stays[i].Beside = t != out.Stays[0].Team && !slices.Contains(route.Teams, t)
	}
	return out
}

// digestOf makes the digest of a week for a viewer.
func (b *Bot) digestOf(ctx context.Context, f *digestFacts, v signals.Viewer, d *digest) error {
	records := slices.DeleteFunc(slices.Clone(f.records), func(r *signals.Record) bool { return !v.Sees(r.Signal.Audience) })
	useful := sumUseful(records, f.said, weekSpan{d.Week.until.Add(-judged), d.Week.until})
	before := weekSpan{d.Week.from.In(d.Zone).AddDate(0, 0, -7), d.Week.from}
	if d.SoFar {
		before.until = d.Week.until.In(d.Zone).AddDate(0, 0, -7)
	}
	d.Now, d.Last = sumWeek(records, useful, d.Week), sumWeek(records, nil, before)
	d.Drills = sumDrills(slices.DeleteFunc(slices.Clone(f.drills), func(r *signals.Record) bool { return !v.Sees(r.Signal.Audience) }), d.Week)
	walks := append(slices.Clip(f.shared), b.walksOf(f.partly, v)...)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.begin(ctx)
	org := b.brain.w.Org
	sizes := teamSizes(org)
	d.Group = org.Policy.Group
	d.large = func(team string) bool { return sizes[team] >= d.Group }
	d.Paths = sumPaths(walks, d.Week, d.large)
	if !d.SoFar {
		for i := range curved {
			from := d.Week.from.In(d.Zone).AddDate(0, 0, -7*(curved-1-i))
			d.Hours = append(d.Hours, sumPaths(walks, weekSpan{from, from.AddDate(0, 0, 7)}, d.large).Beside.Hours())
		}
	}
	b.digestRoutes(d, f, v, sizes)
	for _, r := range digestTop(d.Now.Returned) {
		d.Returned = append(d.Returned, titleOf(b.brain.w, r.Signal.Case, v))
	}
	d.Thanks = thanked(org, d.Now.Pulled)
	return b.brain.err
}

// thanked are the names of those who pulled a cord by their name and wish to be
// thanked, each once.
func thanked(org *signals.Org, pulled []*signals.Record) []string {
	names := make(map[string]bool)
	for _, r := range pulled {
		p := org.Person(r.Raiser)
		if p == nil || p.Name == "" || p.Left || p.Bot || p.OptedOut {
			continue
		}
		if own, _ := org.Personal(p.ID); own.Thanks != nil && *own.Thanks {
			names[p.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
