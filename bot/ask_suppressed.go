package bot

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// pastFacts is what is told of what was put aside, loaded without the lock.
type pastFacts struct {
	cases   map[signals.Key]*signals.Case
	records map[signals.Key][]*signals.Record
	mutes   []*signals.Event
	partly  bool // more happened than is looked at
}

// mostAside is how many cases suppressed looks through.
const mostAside = 2000

// asideKinds are the kinds of events by which something is put aside.
var asideKinds = []signals.Kind{signals.Snoozed, signals.Useless, signals.Closed, signals.Priority, signals.Muted}

// loadSuppressed takes what happened lately by which something may have been put
// aside: from the journal and the book, so that every replica tells the same.
func (q *question) loadSuppressed() error {
	if _, err := q.scopeOf("suppressed", "all"); err != nil {
		return nil //nolint:nilerr // the answer says so
	}
	f := &pastFacts{cases: make(map[signals.Key]*signals.Case), records: make(map[signals.Key][]*signals.Record)}
	q.past = f
	from := q.words.now.Add(-lookBack)
	keys, err := q.c.Store.Moved(q.ctx, asideKinds, from, q.words.now.Add(time.Second))
	if err != nil {
		return err
	}
	looks := 0
	err = q.c.Store.Since(q.ctx, from, func(r *signals.Record) error {
		if looks++; looks > looksAt {
			f.partly = true
			return errEnough
		}
		k := r.Signal.Case
		if k.IsDrill() {
			return nil
		}
		f.records[k] = append(f.records[k], r)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	keys = append(append([]signals.Key{orgCase}, slices.SortedFunc(maps.Keys(f.records), signals.CompareKeys)...), keys...)
	seen := make(map[signals.Key]bool, len(keys))
	keys = slices.DeleteFunc(keys, func(k signals.Key) bool { had := seen[k]; seen[k] = true; return had })
	if len(keys) > mostAside {
		keys, f.partly = keys[:mostAside], true
	}
	return f.read(q, keys, from)
}

// read takes the cases from the journal, past the world, and what people said
// that they do not want to hear of.
func (f *pastFacts) read(q *question, keys []signals.Key, from time.Time) error {
	head, err := q.c.Store.Head(q.ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(keys, caseBatch) {
		found, err := q.c.Store.CaseEvents(q.ctx, head, part...)
		if err != nil {
			return err
		}
		for k, entries := range found {
			if c := fold(entries); len(c.Events()) > 0 && !c.Gone {
				f.cases[k] = c
				continue
			}
			for i := range entries {
				if e := entries[i].Event; e.Kind == signals.Muted && !e.At.Before(from) {
					f.mutes = append(f.mutes, e)
				}
			}
		}
	}
	return nil
}

// aside is one time of putting aside, as it is told.
type aside struct {
	decide.Suppression
	again time.Time // when it was there again, zero for never
}

// suppressed tells what was put aside lately, never by whom.
func (q *question) suppressed() (*view.Card, error) {
	scope, err := q.scopeOf("suppressed", "all")
	if err != nil {
		return nil, err
	}
	team := ""
	if scope == "team" {
		if team, err = q.ownTeam(); err != nil {
			return nil, err
		}
	}
	var all []aside
	for _, k := range slices.SortedFunc(maps.Keys(q.past.cases), signals.CompareKeys) {
		c := q.past.cases[k]
		if _, ok := q.visible(c); !ok || !q.within(c, scope, team) {
			continue
		}
		for _, s := range q.brain.w.Suppressions(c, q.past.records[k], q.words.now) {
			if q.tells(&s, scope) {
				all = append(all, aside{s, time.Time{}})
			}
		}
	}
	all = append(all, q.mutings(scope)...)
	slices.SortStableFunc(all, func(a, b aside) int {
		return cmp.Or(b.At.Compare(a.At), signals.CompareKeys(a.Case, b.Case))
	})
	all = q.daily(all)
	title := map[string]string{"mine": "What you put aside", "channel": "What was put aside in this channel", "team": "What was put aside of " + q.brain.w.Org.TeamName(team), "all": "What was put aside"}[scope]
	return q.asides(title+" in the last 30 days", all), nil
}

// daily leaves out what reads as another of the same day: how many people let
// something pass is nobody's business.
func (q *question) daily(all []aside) []aside {
	type read struct {
		signals.Key
		what, detector, day string
		takenUp             bool
	}
	had := make(map[read]bool, len(all))
	return slices.DeleteFunc(all, func(a aside) bool {
		r := read{a.Case, a.What + q.until(&a), a.Detector, a.At.In(q.words.zone()).Format(time.DateOnly), a.TakenUp}
		was := had[r]
		had[r] = true
		return was
	})
}

// ownTeam is the asker's team, where it is large enough that what is told of it
// tells nothing of one of them.
func (q *question) ownTeam() (string, error) {
	org := q.brain.w.Org
	p := org.Person(q.who())
	if p == nil || p.Team == "" {
		return "", unclearf("I do not know which team you are in: the roster does not say. Say suppressed mine or suppressed all.")
	}
	if least := org.Policy.Group; teamSizes(org)[org.TeamName(p.Team)] < least {
		return "", unclearf("Your team has fewer than %d people: what it put aside would say who did. Say suppressed mine or suppressed all.", least)
	}
	return p.Team, nil
}

// within reports whether a case belongs to what is asked for.
func (q *question) within(c *signals.Case, scope, team string) bool {
	switch scope {
	case "channel":
		return c.Key.Channel() == q.words.here
	case "team":
		org := q.brain.w.Org
		return c.Team != "" && org.TeamName(c.Team) == org.TeamName(team) || slices.ContainsFunc(q.past.records[c.Key], func(r *signals.Record) bool { return q.ofTeam(r, team) })
	}
	return true
}

// tells reports whether the asker may know of it.
func (q *question) tells(s *decide.Suppression, scope string) bool {
	if s.At.Before(q.words.now.Add(-lookBack)) {
		return false
	}
	if own := s.By != "" && q.mine(q.brain.w.Org.Who(s.By)); own || scope == "mine" {
		return own
	}
	return q.viewer.Sees(s.Audience)
}

// mutings are the mutes that the asker may know of: their own, and those of what
// is said in a place that they know.
func (q *question) mutings(scope string) (out []aside) {
	for _, e := range q.past.mutes {
		until, err := time.Parse(time.RFC3339, e.To)
		own := e.Actor != "" && q.mine(q.brain.w.Org.Who(e.Actor))
		place := e.Ref == "" || placeName(q.brain.w, e.Ref, q.viewer) != ""
		switch {
		case err != nil || !until.After(e.At): // it ended one
		case scope == "team", scope == "mine" && !own, scope == "channel" && e.Ref != q.words.here, !own && !place:
		default:
			m := muting{detector: e.Field, scope: e.Ref}
			what := "muted: " + m.says(q)
			if e.Actor == "" {
				what = "silenced for everybody: " + m.says(q)
			}
			out = append(out, aside{decide.Suppression{Detector: e.Field, What: what, At: e.At, Until: until, By: e.Actor}, time.Time{}})
		}
	}
	return out
}

// asides writes the card of what was put aside, the latest first.
func (q *question) asides(title string, all []aside) *view.Card {
	card := &view.Card{Title: title}
	if len(all) == 0 {
		card.Lines = []view.Paragraph{{Text: "Nothing was put aside that you may see."}}
		return card
	}
	for i := range all[:min(len(all), listed)] {
		a := &all[i]
		a.again = q.again(a)
		name := "A mute"
		if !a.Case.IsZero() {
			name = q.title(a.Case)
		}
		card.Facts = append(card.Facts, view.Fact{Name: name, Value: q.asideLine(a)})
	}
	card.Footer = "Who did it is never shown: it only means that somebody else is asked when the like comes again."
	if more := len(all) - listed; more > 0 {
		card.Footer = "And " + strconv.Itoa(more) + " more. " + card.Footer
	}
	if q.past.partly {
		card.Footer += " More happened than I can look through at once: this is a part of it."
	}
	return card
}

// asideLine tells one time of putting aside: what, when, until when, and what
// became of it.
func (q *question) asideLine(a *aside) string {
	zone := q.words.zone()
	text := sentence(a.What + " on " + a.At.In(zone).Format("2 January") + q.until(a))
	if a.Detector != "" && !a.Case.IsZero() {
		text += " It was found as " + a.Detector + "."
	}
	switch {
	case !a.again.IsZero():
		text += " It came back on " + a.again.In(zone).Format("2 January") + "."
	case a.TakenUp:
		text += " It was taken up later."
	case !a.Case.IsZero():
		text += " It did not come back so far."
	}
	return text
}

func (q *question) until(a *aside) string {
	if a.Until.IsZero() {
		return ""
	}
	return ", until " + a.Until.In(q.words.zone()).Format("2 January")
}

// again is when what was put aside was there again, as far as the asker may see
// that: a later signal of the same problem, or of what is very like it.
func (q *question) again(a *aside) (at time.Time) {
	w := q.brain.w
	c := q.past.cases[a.Case]
	if c == nil {
		return at
	}
	keys := []signals.Key{c.Key}
	for _, m := range w.Problem(c).Cases {
		keys = append(keys, m.Key)
	}
	for _, l := range w.Similar(c, q.viewer, listed, q.words.now) {
		keys = append(keys, l.Key)
	}
	for _, k := range keys {
		for _, r := range q.past.records[k] {
			later := q.past.cases[k]
			if later == nil || !r.Signal.At.After(a.At) || !at.IsZero() && !r.Signal.At.Before(at) {
				continue
			}
			if _, ok := q.seen(r); ok && q.follows(later, r, a) {
				at = r.Signal.At
			}
		}
	}
	return at
}

// follows reports whether a signal comes after a time of putting aside, by the
// same rule by which it is told to somebody else.
func (q *question) follows(c *signals.Case, r *signals.Record, a *aside) bool {
	records := func(k signals.Key) []*signals.Record { return q.past.records[k] }
	return slices.ContainsFunc(q.brain.w.Before(c, r.Signal, records), func(x decide.Suppression) bool {
		return x.Case == a.Case && x.At.Equal(a.At) && x.What == a.What
	})
}
