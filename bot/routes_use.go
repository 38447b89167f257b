package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/lint"
)

// ruleFacts is what the use of standing routes is told from, loaded without the
// lock.
type ruleFacts struct {
	records []*signals.Record // of the kinds and first teams of the routes
	cases   map[signals.Key]*signals.Case
	partly  bool // there are more issues than are looked at
	pairs   *pairFacts
}

// usualFor is how long before a standing route its usual path is looked for: as
// long as a route lasts by itself; chosen.
const usualFor = 90 * 24 * time.Hour

// ruleFacts takes from the book and the journal what came of the standing routes
// that count now, and what the like did before them.
func (b *Bot) ruleFacts(ctx context.Context, now time.Time) (*ruleFacts, error) {
	f := &ruleFacts{cases: make(map[signals.Key]*signals.Case)}
	b.mu.Lock()
	rules := b.brain.w.Org.Rules(now)
	b.mu.Unlock()
	if len(rules) == 0 {
		return f, nil
	}
	from := now
	for _, r := range rules {
		from = earliest(from, latest(r.At, now.AddDate(-1, 0, 0)))
	}
	var all []*signals.Record
	err := b.c.Store.Since(ctx, from.Add(-usualFor), func(r *signals.Record) error {
		if slices.ContainsFunc(rules, func(x signals.Rule) bool { return x.Kind == r.Signal.Detector }) {
			all = append(all, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what came of the standing routes: %w", err)
	}
	return f, f.load(ctx, b, all, rules)
}

// load keeps the records that the first teams of the routes saw, and takes their
// issues from the journal, past the world: the latest where there are too many.
func (f *ruleFacts) load(ctx context.Context, b *Bot, all []*signals.Record, rules []signals.Rule) error {
	var keys []signals.Key
	b.mu.Lock()
	org := b.brain.w.Org
	for _, r := range slices.Backward(all) {
		team := org.TeamOf(r.Raiser)
		if r.Rule == "" && !slices.ContainsFunc(rules, func(x signals.Rule) bool { return x.Kind == r.Signal.Detector && x.From == team }) {
			continue
		}
		f.records = append(f.records, r)
		if k := r.Signal.Case; k.Channel() == "" && f.cases[k] == nil {
			f.cases[k] = &signals.Case{}
			keys = append(keys, k)
		}
	}
	b.mu.Unlock()
	slices.Reverse(f.records)
	clear(f.cases)
	if len(keys) > mostAside {
		keys, f.partly = keys[:mostAside], true
	}
	return b.foldEach(ctx, keys, func(c *signals.Case) { f.cases[c.Key] = c })
}

// foldEach takes cases from the journal, past the world, those that are there.
func (b *Bot) foldEach(ctx context.Context, keys []signals.Key, emit func(c *signals.Case)) error {
	if len(keys) == 0 {
		return nil
	}
	head, err := b.c.Store.Head(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(keys, caseBatch) {
		found, err := b.c.Store.CaseEvents(ctx, head, part...)
		if err != nil {
			return fmt.Errorf("read the cases of the routes: %w", err)
		}
		for _, k := range part {
			if c := fold(found[k]); len(c.Events()) > 0 && !c.Gone {
				emit(c)
			}
		}
	}
	return nil
}

// use is what came of a route, as far as somebody may see it. The lock of the world
// is held.
func (f *ruleFacts) use(org *signals.Org, rule signals.Rule, v signals.Viewer) lint.RuleUse {
	ids := org.RulesLike(rule)
	var seen []*signals.Record
	for _, r := range f.records {
		if own := slices.Contains(ids, r.Rule); v.Sees(r.Signal.Audience) && (own || r.Signal.Detector == rule.Kind && org.TeamOf(r.Raiser) == rule.From) {
			seen = append(seen, r)
		}
	}
	return lint.UseOf(org, rule, seen, func(k signals.Key) *signals.Case {
		if c := f.cases[k]; c != nil {
			if part := c.For(v); len(part.Events()) > 0 {
				return part
			}
		}
		return nil
	})
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// useWords tells what came of a route, with figures where both teams are large
// enough for them to be nobody's.
func useWords(u lint.RuleUse, sizes map[string]int, least int) string {
	if sizes[u.Rule.From] < least || sizes[u.Rule.To] < least {
		return "No figures: one of the teams has fewer than " + strconv.Itoa(least) + " people."
	}
	if u.Taken == 0 {
		return "Not taken yet."
	}
	return "Taken " + timesIn(u.Taken) + ": " + strconv.Itoa(u.Received) + " received, " + strconv.Itoa(u.Corrected) + " solved. " + savedWords(u, least) + "."
}

func timesIn(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

// savedWords tells what a route saved against the usual path, as medians.
func savedWords(u lint.RuleUse, least int) string {
	hops, took, ok := u.Saved(least)
	if !ok {
		return "Too few to say what it saved"
	}
	verb := "It saved "
	if hops < 0 || hops == 0 && took < 0 {
		verb, hops, took = "It cost ", -hops, -took
	}
	text := verb + signals.Counted(hops, "hand-off") + " and "
	if took < 0 {
		return text + "took " + signals.Lasted(-took) + " longer (medians)"
	}
	return text + signals.Lasted(took) + " on the way (medians)"
}

// ruleRows are the standing routes as the digest tells them, since each stands.
func ruleRows(uses []lint.RuleUse, sizes map[string]int, least int) view.Table {
	t := view.Table{Title: "Standing routes, since each stands", Columns: []string{"Route", "Taken", "Received", "Solved", "Saved"}}
	for _, u := range uses {
		row := []string{view.Line(routeName(u.Rule), 2*digestCell), "", "", "", "no figures: a small team"}
		if sizes[u.Rule.From] >= least && sizes[u.Rule.To] >= least {
			row = []string{row[0], strconv.Itoa(u.Taken), strconv.Itoa(u.Received), strconv.Itoa(u.Corrected), savedWords(u, least)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
