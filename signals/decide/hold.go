package decide

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// verdict is what becomes of a nudge now, with a sentence that says why.
type verdict struct {
	State signals.State
	Why   string
	Look  time.Time // when a held nudge is looked at again
}

// hold asks each reason to wait in turn; the first that applies decides.
func (w *World) hold(c *signals.Case, n *signals.Nudge, now time.Time) verdict {
	if v, done := w.modeHold(c, n); done {
		return v
	}
	if ok, why, _ := w.Org.Available(n.To, now); !ok {
		return verdict{signals.Superseded, "the person " + why, time.Time{}}
	}
	if m, ok := w.muteOf(c, n, now); ok {
		return w.muteHold(n, m, now)
	}
	if n.Signal.IsDrill() {
		return w.drillHold(n, now)
	}
	asked := solicited(n)
	switch {
	case BringsBack(n): // the word of who raised it
		if v, done := w.quietHold(n, now); done {
			return v
		}
		asked = true
	case !asked:
		if v, done := w.sureHold(n); done {
			return v
		}
		for _, rule := range [...]func(*signals.Nudge, time.Time) (verdict, bool){w.repeatHold, w.quietHold, w.channelHold, w.budgetHold} {
			if v, done := rule(n, now); done {
				return v
			}
		}
	}
	if !asked && n.Signal.Case.Channel() != "" {
		w.Book.spend(channelDay(n.Signal, now))
	}
	if t := w.Book.share(n.To, now, w.Org.Policy.Merge); t != nil && (!pressing(n) || t.At.Equal(now)) {
		w.Book.carry(t, n, asked)
		return verdict{signals.Sent, "it joins the message of " + clockTime(t.At, w.Org.Calendar(n.To)), time.Time{}}
	}
	w.Book.carry(w.Book.write(n, now), n, asked)
	return verdict{signals.Sent, "nothing stood in the way", time.Time{}}
}

// solicited reports whether somebody asked for the nudge: a pulled cord, and what
// somebody wants to be told again, does not wait for office hours and counts
// against nobody's budget.
func solicited(n *signals.Nudge) bool { return n.Signal.Detector == "cord" || reminds(n) }

// pressing reports whether somebody wants the nudge to be read now: what was asked
// for, and what somebody handed over. Nobody hears of an edit, so it joins no
// message that may be said already.
func pressing(n *signals.Nudge) bool {
	return solicited(n) || strings.HasPrefix(n.Route, namedBy) || BringsBack(n)
}

// muteOf is the mute that keeps a nudge from being said now: of the person or for
// everybody, for the case's project or channel, or for the channel that it goes to.
func (w *World) muteOf(c *signals.Case, n *signals.Nudge, now time.Time) (signals.Mute, bool) {
	return w.Org.MuteOf(n.To, n.Signal.Detector, now, scope(c), n.To)
}

// muteHold holds a nudge until its mute ends, at most as long as anything is held.
func (w *World) muteHold(n *signals.Nudge, m signals.Mute, now time.Time) verdict {
	from := n.Signal.At
	if n.Step > 0 || reminds(n) {
		from = n.At
	}
	end := from.Add(w.Org.Policy.HeldFor)
	if !now.Before(end) {
		return verdict{signals.Superseded, w.mutedWhy(n, m), time.Time{}}
	}
	if m.Until.Before(end) {
		end = m.Until
	}
	return verdict{signals.Held, w.mutedWhy(n, m), end}
}

// mutedWhy says until when a nudge is not to be said, in the zone of its reader.
func (w *World) mutedWhy(n *signals.Nudge, m signals.Mute) string {
	until := w.moment(n.To, m.Until)
	switch {
	case m.Person != "" && m.Detector != "":
		return m.Detector + " is muted until " + until
	case m.Person != "":
		return "muted until " + until
	case m.Detector != "":
		return m.Detector + " is silenced until " + until
	}
	return "silenced until " + until
}

// moment tells a time as somebody would, in their zone.
func (w *World) moment(who string, t time.Time) string {
	if cal := w.Org.Calendar(who); cal.Zone != nil {
		t = t.In(cal.Zone)
	}
	return t.Format("Mon 2 Jan 15:04")
}

func scope(c *signals.Case) string { return c.Project }

func (w *World) modeHold(c *signals.Case, n *signals.Nudge) (verdict, bool) {
	if n.Signal.IsDrill() {
		return verdict{}, false // whoever started it switched it on
	}
	mode := w.Org.Mode(n.Signal.Detector, scope(c))
	if w.Book.AsLive && mode != signals.Off {
		mode = signals.Live
	}
	switch mode {
	case signals.Live:
		return verdict{}, false
	case signals.Ask:
		if yes, said := w.approval(c, n); yes && said || reminds(n) || BringsBack(n) {
			return verdict{}, false
		}
		return verdict{signals.Proposed, n.Signal.Detector + " asks before it speaks", time.Time{}}, true
	case signals.Off:
		return verdict{signals.Shadowed, n.Signal.Detector + " is off", time.Time{}}, true
	case signals.Preview:
		return verdict{signals.Shadowed, n.Signal.Detector + " is in preview: shown to the installer alone", time.Time{}}, true
	}
	return verdict{signals.Shadowed, n.Signal.Detector + " is in shadow mode", time.Time{}}, true
}

// sureHold keeps what the detector is not sure of in the book: it counts in the
// ledger and in reports, and disturbs nobody.
func (w *World) sureHold(n *signals.Nudge) (verdict, bool) {
	if n.Signal.Score >= w.Org.Policy.Sure {
		return verdict{}, false
	}
	return verdict{signals.Shadowed, fmt.Sprintf("it is not sure enough to disturb anybody (%.2f, where %.2f is asked for)", n.Signal.Score, w.Org.Policy.Sure), time.Time{}}, true
}

// channelHold keeps one busy channel from filling everybody's day.
func (w *World) channelHold(n *signals.Nudge, now time.Time) (verdict, bool) {
	if n.Signal.Case.Channel() == "" || w.Book.spent(channelDay(n.Signal, now)) < w.Org.Policy.PerChannel {
		return verdict{}, false
	}
	y, m, d := now.UTC().Date()
	tomorrow := time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
	return verdict{signals.Held, "the channel's " + signals.Counted(w.Org.Policy.PerChannel, "nudge") + " for the day are spent", w.Org.Calendar(n.To).Next(tomorrow)}, true
}

func channelDay(s *signals.Signal, now time.Time) string {
	return s.Case.Channel() + "|" + now.UTC().Format(time.DateOnly)
}

func (w *World) repeatHold(n *signals.Nudge, now time.Time) (verdict, bool) {
	last := w.Book.about(n.To, w.joins.Members(n.Signal.Case))
	again := last.Add(w.Org.Policy.Repeat)
	if last.IsZero() || !now.Before(again) || now.Sub(last) <= w.Org.Policy.Merge {
		return verdict{}, false
	}
	return verdict{signals.Held, "the same person heard of this problem " + signals.Lasted(now.Sub(last)) + " ago", again}, true
}

func (w *World) quietHold(n *signals.Nudge, now time.Time) (verdict, bool) {
	cal := w.Org.Calendar(n.To)
	if cal.Working(now) {
		return verdict{}, false
	}
	why := "it is outside the person's working hours"
	if !cal.Workday(now) {
		why = "it is the person's day off"
	}
	next := cal.Next(now)
	if !next.After(now) {
		next = now.Add(24 * time.Hour)
	}
	return verdict{signals.Held, why, next}, true
}

func (w *World) budgetHold(n *signals.Nudge, now time.Time) (verdict, bool) {
	shared := w.Book.share(n.To, now, w.Org.Policy.Merge)
	if !w.spentDay(n.To, now) || shared != nil && !shared.Asked {
		return verdict{}, false
	}
	return verdict{signals.Held, w.spentWhy(), w.tomorrow(n.To, now)}, true
}

// spentDay reports whether somebody had as many unsolicited messages today, in
// their zone, as the policy allows.
func (w *World) spentDay(to string, now time.Time) bool {
	return w.Book.on(to, w.local(to, now)) >= w.Org.Policy.Budget
}

func (w *World) spentWhy() string {
	return "the person's budget of " + strconv.Itoa(w.Org.Policy.Budget) + " nudges for the day is spent"
}

func (w *World) local(to string, now time.Time) time.Time {
	if zone := w.Org.Calendar(to).Zone; zone != nil {
		return now.In(zone)
	}
	return now
}

// tomorrow is when somebody begins to work on a later day.
func (w *World) tomorrow(to string, now time.Time) time.Time {
	local := w.local(to, now)
	y, m, d := local.Date()
	return w.Org.Calendar(to).Next(time.Date(y, m, d+1, 0, 0, 0, 0, local.Location()))
}

func clockTime(t time.Time, cal *signals.Calendar) string {
	if cal != nil && cal.Zone != nil {
		t = t.In(cal.Zone)
	}
	return t.Format("15:04")
}
