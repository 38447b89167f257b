package decide

import (
	"slices"
	"strconv"
	"strings"

	"andon/signals"
	"andon/signals/route"
)

// sideways puts those who can help themselves first and those who lead others
// last; between the two is the channel of their team.
func (w *World) sideways(c *signals.Case, choices []route.Choice) []route.Choice {
	slices.SortStableFunc(choices, func(a, b route.Choice) int { return upwards(a) - upwards(b) })
	at := slices.IndexFunc(choices, func(ch route.Choice) bool { return upwards(ch) > 0 })
	if at < 0 {
		at = len(choices)
	}
	rooms := slices.DeleteFunc(route.TeamChannels(w.Org, c), func(ch route.Choice) bool { return ch.To == c.Key.Channel() })
	return slices.Insert(choices, at, rooms...)
}

// upwards is 0 for who can lend a hand themselves, 1 for who leads or manages
// others: they come last.
func upwards(ch route.Choice) int {
	if role := route.RoleOf(ch.Why); role == route.Lead || role == route.Manager {
		return 1
	}
	return 0
}

// WhyHere is why a channel is told, as those who read it may know it: nobody's
// standstill is told there.
func WhyHere(n *signals.Nudge) string {
	if why, ok := strings.CutSuffix(n.Route, lendHand); ok {
		return why + "; it could use one more hand"
	}
	return n.Route
}

// rooms counts the channels among those whom a record was meant for.
func (w *World) rooms(r *Record) (n int) {
	seen := make(map[string]bool)
	for _, x := range r.Nudges {
		if x.To != "" && !seen[x.To] && w.isRoom(x.To) {
			seen[x.To] = true
			n++
		}
	}
	return n
}

// were is how many were asked, so many channels among them, with the verb.
func were(asked, rooms int) string {
	switch {
	case rooms > 0 && rooms < asked:
		return people(asked-rooms) + " and " + signals.Counted(rooms, "channel") + " were"
	case rooms > 0:
		return signals.Counted(rooms, "channel") + " had been"
	case asked == 1:
		return people(1) + " was"
	}
	return people(asked) + " were"
}

// people is how many people.
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}
