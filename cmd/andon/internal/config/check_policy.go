package config

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

func (k *checker) policy() {
	p := &k.c.Policy
	k.mode(p.Mode, "policy.mode")
	for _, detector := range sorted(p.Modes) {
		at := join("policy.modes", detector)
		k.mode(p.Modes[detector], at)
		if k.o.Detectors != nil && !contains(k.o.Detectors, detector) && k.given(at) {
			k.fault(at, "there is no such detector%s", suggest(detector, k.o.Detectors))
		}
	}
	k.oneOf(p.Drill.Who, "policy.drill.who", signals.DrillAdmins, signals.DrillLeads, signals.DrillEverybody, signals.DrillNobody)
	k.zone(p.Zone, "policy.zone")
	k.hours(p.Hours, "policy.hours")
	k.days(p.Days, "policy.days")
	k.holidays()
	for i := range p.Escalate {
		k.pattern(&p.Escalate[i], fmt.Sprintf("policy.escalate[%d]", i))
	}
	k.filled(p.Waiting, "policy.waiting")
	k.filled(p.Urgent, "policy.urgent")
	k.distinct(p.Ranks, "policy.priorities")
	k.distinct(p.Levels, "policy.levels")
	k.detect()
}

func (k *checker) mode(m signals.Mode, path string) {
	names := make([]string, len(signals.Modes))
	for i, m := range signals.Modes {
		names[i] = string(m)
	}
	k.oneOf(string(m), path, names...)
}

func (k *checker) holidays() {
	for _, region := range sorted(k.c.Policy.Holidays) {
		at := join("policy.holidays", region)
		for i, d := range k.c.Policy.Holidays[region] {
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				day := fmt.Sprintf("%s[%d]", at, i)
				k.fault(day, "%s is no date such as 2026-12-25", k.show(day))
			}
		}
	}
}

// pattern checks that a pattern asks for something, and for one kind of thing:
// the others would be passed over in silence.
func (k *checker) pattern(p *signals.Pattern, at string) {
	kinds := 0
	for _, given := range []bool{p.Field != "", p.Raised, p.Handoffs > 0} {
		if given {
			kinds++
		}
	}
	switch {
	case k.broken[at+".field"] || k.broken[at+".raised"] || k.broken[at+".handoffs"] || k.broken[at+".times"]:
	case p.Field == "" && p.Times > 0:
		k.fault(at, "times needs a field")
	case kinds == 0 && len(p.From)+len(p.To) > 0:
		k.fault(at, "from and to need a field")
	case kinds == 0:
		k.fault(at, "the pattern is empty; give field, raised: true or handoffs")
	case kinds > 1:
		k.fault(at, "field, raised and handoffs are patterns of their own; any one of several patterns suffices")
	case p.Field == "" && len(p.From)+len(p.To) > 0:
		k.fault(at, "from and to need a field")
	}
}

// distinct notes empty entries, and those that stand twice.
func (k *checker) distinct(list []string, path string) {
	k.filled(list, path)
	for i, s := range list {
		if slices.ContainsFunc(list[:i], func(x string) bool { return strings.EqualFold(x, s) }) {
			k.fault(fmt.Sprintf("%s[%d]", path, i), "the entry stands there twice, and the order counts")
		}
	}
}

func (k *checker) detect() {
	d := &k.c.Policy.Detect
	channels := "policy.detect.quiet_incident.channels"
	k.filled(d.QuietIncident.Channels, channels)
	for i, p := range d.QuietIncident.Channels {
		if _, err := path.Match(p, "x"); err != nil || strings.HasPrefix(p, "#") {
			at := fmt.Sprintf("%s[%d]", channels, i)
			k.fault(at, "%s is no pattern of channel names such as inc-*, without #", k.show(at))
		}
	}
	k.filled(d.BlockedChain.Waits, "policy.detect.blocked_chain.waits")
	k.filled(d.BlockedChain.Blocks, "policy.detect.blocked_chain.blocks")
	for at, names := range map[string][]string{"policy.detect.cord.emoji": d.Cord.Emoji, "policy.looking": k.c.Policy.Looking, "policy.solved": k.c.Policy.Solved} {
		k.emoji(names, at)
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func contains(list []string, s string) bool { return slices.Contains(list, s) }

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// emoji checks names of emoji.
func (k *checker) emoji(names []string, path string) {
	k.filled(names, path)
	for i, e := range names {
		if strings.Contains(e, ":") {
			at := fmt.Sprintf("%s[%d]", path, i)
			k.fault(at, "%s: names of emoji stand here without colons", k.show(at))
		}
	}
}
