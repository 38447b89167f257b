package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// teamLoad is a team whose lead may be told that more than half of it have too
// much on their hands.
type teamLoad struct {
	team, lead   string
	people, over int      // who can be asked beside the lead, and of them those who have too much
	cases        int      // open issues that they hold together
	rest         []string // of the people those whose issues alone are not too much
	week         string
}

// LoadDue tells the leads of teams that more than half of the team have too much
// on their hands: once a week, when the digest is due or later that week, in the
// lead's working hours. It speaks of the team, never of a person. Doing it twice,
// or on two replicas, tells it once.
func (b *Bot) LoadDue(ctx context.Context) error {
	if b.c.Poster == nil {
		return nil // nobody could say it
	}
	var due []teamLoad
	var policy signals.Policy
	err := b.inWorld(ctx, func(w *decide.World) error {
		due, policy = b.teamLoads(w), w.Org.Policy
		return nil
	})
	if err == nil {
		err = b.countNudged(ctx, due, &policy)
	}
	if err != nil {
		return fmt.Errorf("look for teams with too much on their hands: %w", err)
	}
	var all []error
	for i := range due {
		t := &due[i]
		if 2*t.over <= t.people {
			continue
		}
		id := "load/" + t.team + "/" + t.week
		card := t.card(policy.Group)
		card.Key, card.Kind = id, "notice"
		if err := b.queue(ctx, id, t.lead, card); err != nil {
			all = append(all, fmt.Errorf("tell of the load of %s: %w", t.team, err))
		}
	}
	return errors.Join(all...)
}

// fewestLoaded is how many people there must be beside the lead before the load of
// a team is told of: more than half of two is both, which would tell each one's.
const fewestLoaded = 3

// countNudged counts those who have too much on their hands with the nudges that
// they have. That is read from the store, some of it for each person, so the world
// is not locked meanwhile.
func (b *Bot) countNudged(ctx context.Context, due []teamLoad, p *signals.Policy) error {
	most := p.Load.Nudges
	if most <= 0 {
		return nil
	}
	shelf := newShelf(ctx, b.c.Store)
	book, now := decide.NewBook(shelf, b.c.AsLive), b.c.Now()
	for i := range due {
		t := &due[i]
		for _, id := range t.rest {
			if book.Unanswered(id, most+1, p.HeldFor, now) > most {
				t.over++
			}
		}
	}
	return shelf.err
}

// teamLoads lists the teams whose leads may be told now, as far as the issues that
// their people hold tell.
func (b *Bot) teamLoads(w *decide.World) (out []teamLoad) {
	now, org := b.c.Now(), w.Org
	if !b.c.AsLive && !org.Opened() {
		return nil
	}
	members := make(map[string][]string)
	for _, id := range slices.Sorted(maps.Keys(org.People)) {
		if ok, _, _ := org.Available(id, now); ok && org.People[id].Team != "" {
			team := org.TeamName(org.People[id].Team)
			members[team] = append(members[team], id)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(org.Teams)) {
		lead := org.Who(org.Teams[name].Lead)
		week, ripe := b.loadRipe(org, lead, now)
		others := slices.DeleteFunc(slices.Clone(members[name]), func(id string) bool { return id == lead })
		if !ripe || len(others) < fewestLoaded {
			continue
		}
		t := teamLoad{team: name, lead: lead, week: week}
		for _, id := range others {
			l := w.HandsOf(id)
			t.people++
			t.cases += l.Cases
			if l.Over {
				t.over++
			} else {
				t.rest = append(t.rest, org.Who(id))
			}
		}
		out = append(out, t)
	}
	return out
}

// loadRipe reports whether a lead may be told now, and the week that it is about.
func (b *Bot) loadRipe(org *signals.Org, lead string, now time.Time) (week string, ripe bool) {
	p := org.Person(lead)
	if p == nil {
		return "", false
	}
	if ok, _, _ := org.Available(lead, now); !ok || wantsNoDigest(org, lead) {
		return "", false
	}
	cal := org.Calendar(lead)
	zone := zoneIn(cal)
	hour := now.In(zone).Hour()
	if !cal.Working(now) || hour < b.c.Digest.Hour || hour >= max(digestEvening, b.c.Digest.Hour+1) {
		return "", false
	}
	return weekName(dueAt(now, zone, b.c.Digest.Weekday, b.c.Digest.Hour), zone), true
}

func (t *teamLoad) card(group int) *view.Card {
	text := "More than half of " + t.team + " have more on their hands than they usually finish in time."
	if t.people >= group {
		text += " It is so for " + strconv.Itoa(t.over) + " of " + strconv.Itoa(t.people) + " people, and together they hold " + signals.Counted(t.cases, "open issue") + "."
	} else {
		text += " There are no figures, for it is a team of fewer than " + strconv.Itoa(group) + " people."
	}
	return &view.Card{
		Title:  t.team + " has much on its hands",
		Lines:  []view.Paragraph{{Text: text}, {Text: "What is new goes to others where somebody else can help. To give the team room, what can wait may be taken out of its hands, or done by another team."}},
		Footer: "Said once a week at most, to you as the lead. Who it is I do not tell; policy.load says what counts.",
	}
}
