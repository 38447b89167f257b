package signals

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// ScopedMode is the mode that somebody set for a detector in a scope (channel id
// or project). An empty detector stands for all, an empty scope for everywhere.
type ScopedMode struct {
	Detector, Scope string
	Mode            Mode
}

// AutoPause is the actor of the mode events that andon makes by itself, because
// what a detector said in a place was not useful.
const AutoPause = Own + "/pause"

// ModeMark says when the mode of a detector in a scope was set last, or taken
// back, and by whom.
type ModeMark struct {
	At time.Time
	By string // as the source calls them; AutoPause for andon itself
}

// ModeMark returns the latest word about the mode of a detector in a scope.
func (o *Org) ModeMark(detector, scope string) ModeMark { return o.marks[scoped{detector, scope}] }

func (o *Org) setMode(e *Event) {
	o.marks[scoped{e.Field, e.Ref}] = ModeMark{e.At.UTC(), e.Actor}
	if e.To == "" {
		delete(o.modes, scoped{e.Field, e.Ref})
		return
	}
	o.modes[scoped{e.Field, e.Ref}] = Mode(e.To)
}

// Modes lists the modes that were set, by detector and scope. What the policy
// says stands in Policy.Mode and Policy.Modes.
func (o *Org) Modes() []ScopedMode {
	out := make([]ScopedMode, 0, len(o.modes))
	for k, m := range o.modes {
		out = append(out, ScopedMode{k.detector, k.scope, m})
	}
	slices.SortFunc(out, func(a, b ScopedMode) int {
		return cmp.Or(cmp.Compare(a.Detector, b.Detector), cmp.Compare(a.Scope, b.Scope))
	})
	return out
}

// Mode returns the mode of a detector in a scope (channel id or project): the
// scope's own, else the detector's, else the policy's.
func (o *Org) Mode(detector, scope string) Mode {
	for _, k := range []scoped{{detector, scope}, {detector, ""}, {"", scope}} {
		if m, ok := o.modes[k]; ok {
			return m
		}
	}
	if m, ok := o.Policy.Modes[detector]; ok {
		return m
	}
	return o.Policy.Mode
}

// Opened reports whether anything but the cord may speak to people unasked,
// anywhere. Until then leads are told of nothing either.
func (o *Org) Opened() bool {
	speaks := func(detector string, m Mode) bool { return detector != "cord" && (m == Ask || m == Live) }
	if speaks("", o.Policy.Mode) {
		return true
	}
	for detector, m := range o.Policy.Modes {
		if speaks(detector, m) {
			return true
		}
	}
	for k, m := range o.modes {
		if speaks(k.detector, m) {
			return true
		}
	}
	return false
}

// Mute is a time in which a detector is not to be heard. An empty person stands
// for everybody, an empty detector for all, an empty scope (a project or channel
// id) for everywhere.
type Mute struct {
	Person, Detector, Scope string
	From, Until             time.Time
}

// mute takes a mute in. One that ends before it was said ends the earlier ones
// of the same person, detector and scope.
func (o *Org) mute(e *Event) error {
	until, err := time.Parse(time.RFC3339, e.To)
	if err != nil {
		return fmt.Errorf("read end of mute %s: %w", e.ID, err)
	}
	from := time.Time{} // at once
	if e.From != "" {
		if from, err = time.Parse(time.RFC3339, e.From); err != nil {
			return fmt.Errorf("read start of mute %s: %w", e.ID, err)
		}
	}
	ends := !until.After(e.At)
	o.mutes = slices.DeleteFunc(o.mutes, func(m Mute) bool {
		same := o.Who(m.Person) == o.Who(e.Actor) && m.Detector == e.Field && m.Scope == e.Ref
		return !m.Until.After(e.At) || ends && same
	})
	if !ends {
		o.mutes = append(o.mutes, Mute{e.Actor, e.Field, e.Ref, from.UTC(), until.UTC()})
	}
	return nil
}

// Mutes lists what is muted at now or later, the earliest end first. Persons
// bear their person ids.
func (o *Org) Mutes(now time.Time) []Mute {
	var out []Mute
	for _, m := range o.mutes {
		if now.Before(m.Until) {
			m.Person = o.Who(m.Person)
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Mute) int {
		return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Detector, b.Detector), cmp.Compare(a.Scope, b.Scope))
	})
	return out
}

// Muted reports until when a person does not want to hear of a detector in a
// scope, or nobody is to.
func (o *Org) Muted(person, detector, scope string, now time.Time) (until time.Time, ok bool) {
	m, ok := o.MuteOf(person, detector, now, scope)
	return m.Until, ok
}

// MuteOf returns the mute that keeps a detector from a person at now in one of
// some scopes, the one that lasts longest.
func (o *Org) MuteOf(person, detector string, now time.Time, scopes ...string) (out Mute, ok bool) {
	person = o.Who(person)
	for _, m := range o.mutes {
		if m.Person != "" && o.Who(m.Person) != person || m.Detector != "" && m.Detector != detector || m.Scope != "" && !slices.Contains(scopes, m.Scope) {
			continue
		}
		if !now.Before(m.From) && now.Before(m.Until) && m.Until.After(out.Until) {
			out, ok = m, true
		}
	}
	return out, ok
}

// Watches reports whether a channel is watched, as far as somebody said so.
func (o *Org) Watches(channel string) (on, said bool) {
	on, said = o.reads[channel]
	return on, said
}

// Said returns what was said of channels, by id: whether they are watched.
func (o *Org) Said() map[string]bool { return maps.Clone(o.reads) }
