package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/replay"
)

// The forms of times in a simulation.
const (
	dayTime  = "Mon 2 Jan 15:04"
	fullTime = "Mon 2 Jan 2006 15:04 MST"
)

// writeSimulation prints what would become of a case, in a zone.
func writeSimulation(out io.Writer, s *replay.Simulation, zone *time.Location) error {
	w := simText{zone: zone, at: s.At}
	w.head(s)
	for i := range s.Found {
		w.found(i+1, &s.Found[i])
	}
	w.foot(s)
	_, err := io.WriteString(out, w.b.String())
	return err
}

// simText writes a simulation.
type simText struct {
	b    strings.Builder
	zone *time.Location
	at   time.Time
}

func (w *simText) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

func (w *simText) head(s *replay.Simulation) {
	title, modes := "", "as if every detector that is not off were live"
	switch {
	case s.Title != "":
		title = ": " + cut(oneLine(s.Title), 90)
	case s.Restricted:
		title = ": not everybody may see all of it, so what is not for all is told without its words"
	}
	if !s.AsLive {
		modes = "by the modes as configured"
	}
	w.line("What andon would do about %s%s", oneLine(s.Case), title)
	w.line("As of %s, %s; from then on nothing happens and nobody answers.", s.At.In(w.zone).Format(fullTime), modes)
	if !s.Open {
		w.line("It is closed.")
	}
	if len(s.Joined) > 0 {
		w.line("It is one problem with %s; ask about each.", oneLine(few(s.Joined)))
	}
	if len(s.Found) == 0 {
		w.line("\nNo detector fires: nobody would be nudged.")
	}
}

func (w *simText) found(n int, f *replay.Finding) {
	w.line("\n%d. %s fires on %s (score %.2f; its mode is %s)", n, f.Detector, w.day(f.At), f.Score, f.Mode)
	w.line("   %s", oneLine(f.Reason))
	for i, e := range f.Evidence {
		if i == 3 {
			w.line("     and %s", signals.Counted(len(f.Evidence)-i, "further event"))
			break
		}
		w.line("     rests on %s of %s: %s", e.Kind, w.day(e.At), oneLine(e.Event))
	}
	before := !f.At.After(w.at)
	for i := range f.Steps {
		before = w.step(&f.Steps[i], f, before)
	}
	w.end(f)
}

// step prints one nudge. before tells whether what was printed so far lies before
// the moment of the question.
func (w *simText) step(s *replay.Step, f *replay.Finding, before bool) bool {
	for i, m := range s.Moments {
		if before && m.At.After(w.at) {
			w.line("   -- %s, from here on nobody answers --", w.day(w.at))
			before = false
		}
		if i == 0 {
			w.line("   %s  step %d: %s", w.day(m.At), s.N+1, w.target(s))
			if s.Reason != "" && s.Reason != f.Reason {
				w.line("     would be told: %s", oneLine(s.Reason))
			}
			w.others("passed over", s.Passed)
			w.others("could be asked besides", s.Next)
		}
		w.line("     %s  %s", w.day(m.At), w.moment(&m, s))
	}
	return before
}

func (w *simText) target(s *replay.Step) string {
	if s.To == "" {
		return "nobody"
	}
	owner := ""
	if s.Owner != "" {
		owner = ", owned by " + oneLine(s.Owner)
	}
	return fmt.Sprintf("%s (%s)%s, as %s: %s", oneLine(s.Name), oneLine(s.To), owner, s.As, oneLine(s.Route))
}

func (w *simText) others(what string, list []replay.Other) {
	for _, o := range list {
		w.line("     %s: %s (%s) %s", what, oneLine(o.Name), oneLine(o.Who), oneLine(o.Why))
	}
}

// stateWords tell in words what becomes of a nudge.
var stateWords = map[signals.State]string{
	signals.Sent: "said", signals.Shadowed: "not said, written down", signals.Proposed: "waits for an admin's approval",
	signals.Superseded: "dropped", signals.Failed: "not delivered", signals.Received: "a sign of life",
	signals.Acted: "acted", signals.Declined: "refused", signals.Held: "held",
}

func (w *simText) moment(m *replay.Moment, s *replay.Step) string {
	out := stateWords[m.State] + ": " + oneLine(m.Why)
	switch {
	case s.To == "" && m.State == signals.Failed:
		out = "nobody to tell: " + oneLine(m.Why)
	case m.State == signals.Held:
		out = "held until " + w.day(m.Until) + ": " + oneLine(m.Why)
	case m.State == signals.Ignored:
		out = oneLine(m.Why)
	}
	if zone, err := time.LoadLocation(s.Zone); err == nil && slices.Contains([]signals.State{signals.Held, signals.Sent}, m.State) {
		at := m.At
		if m.State == signals.Held {
			at = m.Until
		}
		if there := at.In(zone).Format(dayTime); there != w.day(at) {
			out += " (" + there + " for them)"
		}
	}
	return out
}

func (w *simText) end(f *replay.Finding) {
	var reached []string
	for _, r := range f.Stages {
		proxy := ""
		if r.Proxy {
			proxy = " (proxy)"
		}
		reached = append(reached, string(r.Stage)+proxy)
	}
	w.line("   reaches: %s", strings.Join(reached, ", "))
	w.confirm(f)
	if f.Died != "" {
		w.line("   ends on %s before %s: %s", w.day(f.DiedAt), f.Died, oneLine(f.Why))
	}
}

// confirm tells whether who raised it is asked whether it holds.
func (w *simText) confirm(f *replay.Finding) {
	who := oneLine(f.Confirm.Name)
	if f.Confirm.Who != "" {
		who += " (" + oneLine(f.Confirm.Who) + ")"
	}
	for _, m := range f.Asked {
		w.line("   %s  %s, whether it is solved: %s", w.day(m.At), who, w.moment(&m, &replay.Step{To: f.Confirm.Who}))
	}
	solved := slices.ContainsFunc(f.Stages, func(r replay.Reached) bool { return r.Stage == signals.Corrected })
	switch {
	case solved && len(f.Asked) > 0:
	case f.Confirm.Why != "":
		w.line("   when it is solved, nobody is asked whether it holds: %s", oneLine(f.Confirm.Why))
	case who != "":
		w.line("   when it is solved, %s is asked whether it holds", who)
	}
}

func (w *simText) foot(s *replay.Simulation) {
	if len(s.Near) > 0 {
		w.line("\nThe other detectors, as far as it is known what they wait for")
	}
	for _, n := range s.Near {
		w.line("  %s %s", n.Detector, oneLine(n.Lacks))
	}
	if s.More.IsZero() {
		w.line("\nBy itself nothing more comes of it after %s.", w.day(s.End))
		return
	}
	w.line("\nHere the clock stops, on %s; it would be looked at again on %s. A longer --for goes on.", w.day(s.End), w.day(s.More))
}

// day is a time in the zone of the reader, with the year where it is another than
// that of the question.
func (w *simText) day(t time.Time) string {
	form := dayTime
	if t.In(w.zone).Year() != w.at.In(w.zone).Year() {
		form = "Mon 2 Jan 2006 15:04"
	}
	return t.In(w.zone).Format(form)
}

// cut is a line of at most so many letters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
