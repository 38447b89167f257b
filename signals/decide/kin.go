package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/detect"
)

// Kin finds the issues that an issue is linked to, as far as a viewer may see
// them.
func (w *World) Kin(v signals.Viewer) signals.Kin { return &kin{w: w, v: v} }

// kin is what a viewer may see of linked issues: as they stand, or as they stood
// at a time.
type kin struct {
	w  *World
	v  signals.Viewer
	at time.Time // zero for now

	lacks map[signals.Key]bool // unless nil, what the world does not hold is noted here and not asked for
}

// Find implements signals.Kin.
func (n *kin) Find(ref signals.Key) (signals.Key, *signals.Case) {
	k, ok := n.w.resolve(ref.String())
	if !ok {
		return ref, nil
	}
	return k, n.seen(k)
}

// Linking implements signals.Kin.
func (n *kin) Linking(k signals.Key) []*signals.Case { return n.naming(k, "") }

// Children lists the issues that may be seen and are part of one, in the order of
// their keys.
func (n *kin) children(k signals.Key) []*signals.Case { return n.naming(k, partOf) }

func (n *kin) naming(k signals.Key, how string) (out []*signals.Case) {
	if len(n.w.refs) == 0 {
		return nil
	}
	var keys []signals.Key
	for _, ref := range n.w.refsTo(k) {
		keys = append(keys, n.w.refs[how+ref]...)
	}
	slices.SortFunc(keys, signals.CompareKeys)
	for _, from := range slices.Compact(keys) {
		if c := n.seen(from); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// seen is a case as it may be known, nil where nothing of it may.
func (n *kin) seen(k signals.Key) *signals.Case {
	if n.lacks != nil && n.w.Cases[k] == nil {
		n.lacks[k] = true
		return nil
	}
	c := n.w.Case(k)
	if c == nil {
		return nil
	}
	if c = c.For(n.v); !n.at.IsZero() && len(c.Events()) > 0 && c.Last.After(n.at) {
		c = signals.Fold(until(c.Events(), n.at))
	}
	if len(c.Events()) == 0 {
		return nil
	}
	return c
}

// refsTo lists how links and parents may name a case.
func (w *World) refsTo(k signals.Key) []string {
	out := []string{k.String()}
	if c := w.Case(k); c != nil {
		for _, label := range append([]string{c.Label}, c.Aliases...) {
			out = append(out, labelRef(k, label))
		}
	}
	return out
}

func labelRef(k signals.Key, label string) string {
	return signals.Key{Source: k.Source, Site: k.Site, ID: labelled + label}.String()
}

const (
	labelled = "label:"
	partOf   = "part|" // begins the name of a parent in World.refs
)

// parentRef is how the parent of a case is named: by its id where that is all that
// the source told.
func parentRef(k signals.Key, parent string) string {
	if strings.Trim(parent, "0123456789") == "" {
		return signals.Key{Source: k.Source, Site: k.Site, ID: parent}.String()
	}
	return labelRef(k, parent)
}

// refer follows which cases an event's case is linked to, and what it is part of,
// as it stands after the event.
func (w *World) refer(c *signals.Case, e *signals.Event) {
	switch e.Kind {
	case signals.Linked, signals.Unlinked:
		w.refs.put(e.Ref, c.Key, slices.ContainsFunc(c.Links, func(l signals.Link) bool { return l.To.String() == e.Ref }))
	case signals.Opened:
		if c.Parent != "" {
			w.refs.put(partOf+parentRef(c.Key, c.Parent), c.Key, true)
		}
	case signals.Edited:
		if e.Ref != "" || !signals.IsParent(e.Field) {
			return
		}
		for _, v := range [...]string{e.From, e.To} {
			if v != "" {
				w.refs.put(partOf+parentRef(c.Key, v), c.Key, v == c.Parent)
			}
		}
	}
}

// lists are keys by name, each list sorted.
type lists map[string][]signals.Key

// put puts a key into a list, or takes it out.
func (l lists) put(name string, k signals.Key, in bool) {
	i, has := slices.BinarySearchFunc(l[name], k, signals.CompareKeys)
	switch {
	case in && !has:
		l[name] = slices.Insert(l[name], i, k)
	case !in && has:
		if l[name] = slices.Delete(l[name], i, i+1); len(l[name]) == 0 {
			delete(l, name)
		}
	}
}

// wakeWaiting are the issues that want to be looked at because one that they wait
// for came to be known, or moved in a way that changes the row. What is only said
// in it moves the time at which they want that by themselves.
func (w *World) wakeWaiting(c *signals.Case, e *signals.Event, clock time.Time) (out []Wake) {
	if e == nil || len(w.refs) == 0 || c.Key.Source != signals.Jira || !w.follows(detect.BlockedChain.Name) {
		return nil
	}
	if !slices.ContainsFunc(entryOf(c, e), movesChain) {
		return nil
	}
	for _, k := range signals.WaitingFor(c, w.Kin(signals.Everything), w.Org.Policy.LinkWords()) {
		out = append(out, Wake{Case: k, At: clock})
	}
	return out
}

// follows reports whether a detector is asked about issues.
func (w *World) follows(name string) bool {
	return slices.ContainsFunc(w.detectors[signals.Jira], func(d detect.Detector) bool { return d.Name == name })
}

func movesChain(e *signals.Event) bool {
	switch e.Kind {
	case signals.Opened, signals.Linked, signals.Unlinked, signals.Closed, signals.Reopened, signals.Assigned, signals.TeamMoved, signals.Status, signals.Deleted:
		return e.Ref == "" || e.Kind != signals.Deleted
	}
	return false
}
