package decide

import (
	"maps"
	"slices"
	"strings"

	"andon/signals"
)

// Projects lists the keys of the projects whose issues the world has heard of, as
// their labels tell, sorted.
func (w *World) Projects() []string {
	found := make(map[string]bool)
	for label := range w.labels {
		if _, name, ok := cutLast(label, '/'); ok && strings.HasPrefix(label, signals.Jira+"/") {
			if project, _, ok := cutLast(name, '-'); ok {
				found[project] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
