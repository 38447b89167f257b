package main

import (
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
// is history too. Entries with a date of their own take effect then; what the
// configuration has no longer is removed as of now.
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
	had, err := p.CaseEvents(ctx, 0, orgKey)
	if err != nil {
		return 0, err
	}
	known := make(map[string]*signals.Event) // latest by what it speaks of
	for _, e := range had[orgKey] {
		known[slot(e.Event)] = e.Event
	}
	first := len(known) == 0
	var news []*signals.Event
	add := func(e *signals.Event) {
		if !first && e.At.Before(now) {
			e.At = now
		}
		e.ID = signals.Own + "/config/" + strconv.FormatUint(digest(e), 36) + "/" + strconv.FormatInt(now.UnixMicro(), 36) + "/" + strconv.Itoa(len(news))
		e.Seq = signals.Seq{Entry: int64(len(news))}
		news = append(news, e)
	}
	there := make(map[string]bool)
	for _, e := range wanted {
		there[e.Field+"|"+e.To] = true
		if k := known[slot(e)]; k == nil || k.Text != e.Text || k.From != e.From || k.Ref != e.Ref {
			add(e)
		}
	}
	for _, s := range slices.Sorted(maps.Keys(known)) {
		k := known[s]
		if at := k.Field + "|" + k.To; !there[at] && k.Kind == signals.RosterSet && k.Text != "" {
			there[at] = true
			add(&signals.Event{Kind: signals.RosterSet, Case: orgKey, Field: k.Field, To: k.To, At: now, Audience: signals.Restricted})
		}
	}
	if len(news) == 0 {
		return 0, nil
	}
	_, err = p.Accept(ctx, signals.Delivery{Events: news})
	return len(news), err
}

// orgKey is the key that the configuration's events bear.
var orgKey = signals.Key{Source: signals.Own, Site: "config", ID: "org"}

// slot is what an event of the configuration speaks of: a later one of the same
// slot takes its place. Dated entries of one person are slots of their own.
func slot(e *signals.Event) string {
	s := string(e.Kind) + "|" + e.Field + "|" + e.To + "|" + e.From
	if e.Kind == signals.AwaySet {
		s += "|" + e.Text
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
