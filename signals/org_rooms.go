package signals

import (
	"maps"
	"slices"
)

// Inside lists who is known to be in a channel, sorted, by the ids that its
// source gives them.
func (o *Org) Inside(channel string) []string {
	return slices.Sorted(maps.Keys(o.rooms[channel]))
}
