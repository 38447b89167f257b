package main

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/replay"
)

// find is the case that --case names, which must be there at a moment, the zero
// time being the end.
func (s *simulateCmd) find(h *history, at time.Time, zone *time.Location) (signals.Key, error) {
	names := h.Names()
	keys, name := s.named(h, names)
	switch len(keys) {
	case 0:
		return signals.Key{}, usageError{s.unknown(names, name)}
	case 1:
	default:
		var all []string
		for _, k := range keys {
			all = append(all, k.String())
		}
		return signals.Key{}, usageError{fmt.Errorf("--case %s stands for several: give one of %s", s.Case, strings.Join(all, ", "))}
	}
	c := names.Case(keys[0])
	const form = "2006-01-02 15:04:05 MST"
	switch {
	case !at.IsZero() && c.Opened.After(at):
		return c.Key, usageError{fmt.Errorf("%s was first heard of on %s, after --at %s: give a later --at", c.Label, c.Opened.In(zone).Format(form), at.In(zone).Format(form))}
	case c.Learnt:
		h.notes = append(h.notes, c.Label+" is given to --learn alone: what is learnt is never judged, so nothing comes of it; give it to --jira")
	}
	return c.Key, nil
}

func (s *simulateCmd) unknown(names *replay.Names, name string) error {
	if near := names.Nearest(name, 3); len(near) > 0 {
		return fmt.Errorf("--case %s is in no input; the nearest are %s", s.Case, strings.Join(near, ", "))
	}
	return fmt.Errorf("--case %s is in no input", s.Case)
}

// named reads --case. name is what it says of the case itself, for looking for
// what is near.
func (s *simulateCmd) named(h *history, names *replay.Names) (keys []signals.Key, name string) {
	ref := strings.Trim(strings.TrimSpace(s.Case), "<>")
	ref, _, _ = strings.Cut(ref, "|") // as Slack writes links
	if k, ok := signals.ParseKey(ref); ok && names.Case(k) != nil {
		return []signals.Key{k}, ref
	}
	if base, label, ok := strings.Cut(ref, "/browse/"); ok {
		label, _, _ = strings.Cut(label, "?")
		return onSite(h, names.Find(label), base), label
	}
	if _, rest, ok := strings.Cut(ref, "/archives/"); ok {
		channel, ts := permalink(rest)
		return names.Thread(channel, ts), channel + "/" + ts
	}
	for _, source := range []string{signals.Jira, signals.Slack, signals.Log, signals.Alerts} {
		ref = strings.TrimPrefix(ref, source+":")
	}
	if channel, ts, ok := strings.Cut(ref, "/"); ok {
		channel = channelOf(h, channel)
		if keys = names.Thread(channel, ts); len(keys) > 0 {
			return keys, ref
		}
		return names.Find(ref), channel + "/" + ts
	}
	return names.Find(ref), ref
}

// onSite keeps the issues of the configured site whose address a link begins with.
func onSite(h *history, keys []signals.Key, base string) []signals.Key {
	host := func(address string) string {
		u, err := url.Parse(address)
		if err != nil {
			return ""
		}
		return strings.ToLower(u.Host)
	}
	for _, j := range h.config.Jira {
		if j.URL != "" && host(j.URL) == host(base) {
			site := cmp.Or(j.Site, "jira")
			return slices.DeleteFunc(keys, func(k signals.Key) bool { return k.Site != site })
		}
	}
	return keys
}

// permalink reads CHANNEL/p1700000000123456, with the root of the thread behind it
// where it is one of a reply.
func permalink(rest string) (channel, ts string) {
	channel, rest, _ = strings.Cut(rest, "/")
	digits, query, _ := strings.Cut(strings.TrimPrefix(rest, "p"), "?")
	if values, err := url.ParseQuery(query); err == nil && values.Get("thread_ts") != "" {
		return channel, values.Get("thread_ts")
	}
	if n := len(digits) - 6; n > 0 {
		return channel, digits[:n] + "." + digits[n:]
	}
	return channel, digits
}

// channelOf is the id of a channel that may be given by its name.
func channelOf(h *history, channel string) string {
	for id, name := range h.Rooms {
		if strings.EqualFold(strings.TrimPrefix(channel, "#"), name) {
			return signals.Bare(id)
		}
	}
	return channel
}
