package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"time"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/signals"
)

// syncOrg writes what the configuration says of the organisation into the
// journal, as far as it says something new: who is who and how loud andon may be
// is history too. From now on the journal then says at every time what the
// configuration says of it; what it said of the past it keeps. Only an empty
// journal takes the configuration's past as it is.
func syncOrg(ctx context.Context, p bot.Store, c *config.Config, now time.Time) (changed int, err error) {
	wanted, err := c.OrgEvents()
	if err != nil {
		return 0, err
	}
	policy, err := json.Marshal(c.Policy)
	if err != nil {
		return 0, fmt.Errorf("encode the policy: %w", err)
	}
	wanted = append(wanted, &signals.Event{Kind: signals.PolicySet, Case: orgKey, Text: string(policy), At: time.Unix(0, 0).UTC(), Audience: signals.Restricted})
	found, err := p.CaseEvents(ctx, 0, orgKey)
	if err != nil {
		return 0, err
	}
	had := make([]*signals.Event, len(found[orgKey]))
	for i, e := range found[orgKey] {
		had[i] = e.Event
	}
	news := wanted
	if len(had) > 0 {
		news = orgNews(bySlot(had), bySlot(wanted), now)
	}
	for i, e := range news {
		e.ID = signals.Own + "/config/" + strconv.FormatUint(digest(e), 36) + "/" + strconv.FormatInt(now.UnixMicro(), 36) + "/" + strconv.Itoa(i)
		e.Seq = signals.Seq{Entry: now.UnixMicro(), Item: int32(i)} //nolint:gosec // of two events for one date the one that was written later counts
	}
	if len(news) == 0 {
		return 0, nil
	}
	_, err = p.Accept(ctx, signals.Delivery{Events: news})
	return len(news), err
}

// orgKey is the key that the configuration's events bear.
var orgKey = signals.Key{Source: signals.Own, Site: "config", ID: "org"}

// orgNews are the events that make the journal say what the configuration says,
// now and at every later date that one of them knows.
func orgNews(had, wanted map[string][]*signals.Event, now time.Time) (news []*signals.Event) {
	slots := make(map[string]bool)
	for _, m := range []map[string][]*signals.Event{had, wanted} {
		for s := range m {
			slots[s] = true
		}
	}
	for _, s := range slices.Sorted(maps.Keys(slots)) {
		dates := []time.Time{now}
		for _, e := range slices.Concat(had[s], wanted[s]) {
			if e.At.After(now) {
				dates = append(dates, e.At)
			}
		}
		slices.SortFunc(dates, time.Time.Compare)
		told := slices.Clone(had[s])
		for _, at := range slices.Compact(dates) {
			says, should := inForce(told, at), inForce(wanted[s], at)
			var e signals.Event
			switch {
			case should != nil && says != nil && says.Text == should.Text && says.Ref == should.Ref:
				continue
			case should != nil:
				e = *should
			case says == nil || says.Kind != signals.RosterSet || says.Text == "":
				continue // nothing is there that could be removed
			default:
				e = signals.Event{Kind: says.Kind, Case: orgKey, Field: says.Field, To: says.To, Audience: signals.Restricted}
			}
			e.At = at
			if e.Kind == signals.AwaySet {
				e.At = should.At // it bears its own dates
			}
			news = append(news, &e)
			told = append(told, &e)
		}
	}
	return news
}

// inForce is the latest of the events of a slot at a time, nil for none. Of
// several with one date it is the last.
func inForce(events []*signals.Event, at time.Time) (latest *signals.Event) {
	for _, e := range events {
		if !e.At.After(at) && (latest == nil || !e.At.Before(latest.At)) {
			latest = e
		}
	}
	return latest
}

// bySlot sorts events by what they speak of, each list in the order in which
// they count.
func bySlot(events []*signals.Event) map[string][]*signals.Event {
	out := make(map[string][]*signals.Event)
	for _, e := range events {
		out[slot(e)] = append(out[slot(e)], e)
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b *signals.Event) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq.Entry, b.Seq.Entry), cmp.Compare(a.Seq.Item, b.Seq.Item))
		})
	}
	return out
}

// slot is what an event of the configuration speaks of: a later one of the same
// slot takes its place. Every absence is a slot of its own.
func slot(e *signals.Event) string {
	s := string(e.Kind) + "|" + e.Field + "|" + e.To
	if e.Kind == signals.AwaySet {
		s += "|" + e.From + "|" + e.Text
	}
	return s
}

func digest(e *signals.Event) uint64 {
	h := fnv.New64a()
	for _, s := range []string{string(e.Kind), e.Field, e.To, e.From, e.Text, e.Ref} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}
