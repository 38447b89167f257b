package signals

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Hint is what somebody taught about who answers for something: Not is not to be
// asked about cases of Scope (a project or channel id) and, where given,
// Component; Instead is, where given. It counts until Until. To of the event is
// made by Hint.ID.
type Hint struct {
	Scope     string    `json:"scope"`
	Component string    `json:"component,omitempty"`
	Not       string    `json:"not,omitempty"`     // person id
	Instead   string    `json:"instead,omitempty"` // person id
	By        string    `json:"by,omitempty"`      // person id of who said so
	At        time.Time `json:"at"`
	Until     time.Time `json:"until"`
}

// ID is what a hint is called: a later one of the same id takes its place.
func (h *Hint) ID() string { return h.Scope + "|" + h.Component + "|" + h.Not }

// about reports whether a hint is about a case.
func (h *Hint) about(c *Case) bool {
	if h.Scope != "" && h.Scope != c.Project && h.Scope != c.Channel() {
		return false
	}
	return h.Component == "" || slices.ContainsFunc(c.Components, func(s string) bool { return strings.EqualFold(s, h.Component) })
}

// hint takes a hint in, or back where it has no text, and lets go of those that
// have run out.
func (o *Org) hint(e *Event) error {
	if e.Text == "" {
		delete(o.hints, e.To)
		return nil
	}
	var h Hint
	if err := json.Unmarshal([]byte(e.Text), &h); err != nil {
		return fmt.Errorf("read hint %s: %w", e.ID, err)
	}
	if h.At.IsZero() {
		h.At = e.At
	}
	for id, old := range o.hints {
		if !e.At.Before(old.Until) {
			delete(o.hints, id)
		}
	}
	o.hints[e.To] = h
	return nil
}

// Hints returns what was taught about a case and counts at now, the latest first.
func (o *Org) Hints(c *Case, now time.Time) []Hint {
	return slices.DeleteFunc(o.AllHints(now), func(h Hint) bool { return !h.about(c) })
}

// AllHints returns every hint that counts at now, the latest first.
func (o *Org) AllHints(now time.Time) []Hint {
	var out []Hint
	for _, id := range slices.Sorted(maps.Keys(o.hints)) {
		if h := o.hints[id]; now.Before(h.Until) {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b Hint) int { return b.At.Compare(a.At) })
	return out
}
