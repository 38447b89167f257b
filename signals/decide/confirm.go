package decide

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// askRaiser asks who raised a signal whether it is solved, once for each time
// that its problem was corrected: in their working hours, as long as it is
// watched, and at most as often as the policy says. It returns when it wants to
// be asked again, zero for never.
func (w *World) askRaiser(c *signals.Case, r *Record, end, now time.Time) time.Time {
	l := r.Ledger
	of := l.Times[signals.Corrected]
	if r.IsDrill() || // the bot asks who started it, at once
		w.Org.Policy.Asks <= 0 || r.Raiser == "" || !l.Reached(signals.Transmitted) || l.Reached(signals.ConfirmedBy) || !now.Before(end) {
		return time.Time{}
	}
	a := signals.Asking{Of: of, At: now, State: signals.Held, Look: now}
	n := len(r.Asks)
	if n > 0 && r.Asks[n-1].Of.Equal(of) {
		if a = r.Asks[n-1]; a.State != signals.Held {
			return time.Time{}
		}
		n--
	}
	if now.Before(a.Look) {
		return a.Look
	}
	had, open := w.askedOf(c, r)
	if open {
		return time.Time{} // what else was found in the problem asks for this one too
	}
	late := n == len(r.Asks) && now.Sub(of) > w.Org.Policy.Stale
	v := w.holdAsk(c, r, had, late, now)
	a.At, a.State, a.Why, a.Look = now, v.State, v.Why, v.Look
	if a.State == signals.Sent {
		a.Message = askID(w.Problem(c).ID, w.Org.Who(r.Raiser), had, of)
		w.countAsk(r, a.Message, now)
	}
	r.Asks = append(r.Asks[:n:n], a)
	if a.State == signals.Held {
		return a.Look
	}
	return time.Time{}
}

// askedOf counts how often who raised a signal was asked about its problem, and
// whether another signal of it waits for their answer.
func (w *World) askedOf(c *signals.Case, r *Record) (had int, open bool) {
	who := w.Org.Who(r.Raiser)
	for _, k := range w.joins.Members(c.Key) {
		for _, o := range w.Book.of(k) {
			if o.Raiser == "" || w.Org.Who(o.Raiser) != who {
				continue
			}
			for _, a := range o.Asks {
				if a.State == signals.Sent {
					had++
				}
			}
			if n := len(o.Asks); o != r && n > 0 && !o.Ledger.Reached(signals.ConfirmedBy) {
				last := o.Asks[n-1]
				open = open || (last.State == signals.Held || last.State == signals.Sent) && last.Of.Equal(o.Ledger.Times[signals.Corrected])
			}
		}
	}
	return had, open
}

// holdAsk says whether who raised a signal is asked now; each reason not to is a
// sentence. late says that it was corrected longer ago than anybody is told of.
func (w *World) holdAsk(c *signals.Case, r *Record, had int, late bool, now time.Time) verdict {
	n := &signals.Nudge{Signal: r.Signal, To: w.Org.Who(r.Raiser), Step: 1, At: now}
	if v, done := w.modeHold(c, n); done && v.State == signals.Shadowed {
		return v
	}
	why := w.spared(c, r, had, now)
	if why == "" && late {
		why = "it was corrected longer ago than anybody is told of"
	}
	if why != "" {
		return verdict{signals.Superseded, why, time.Time{}}
	}
	if ok, away, _ := w.Org.Available(n.To, now); !ok {
		return verdict{signals.Held, "who raised it " + away, w.tomorrow(n.To, now)}
	}
	if m, muted := w.muteOf(c, n, now); muted {
		return verdict{signals.Held, w.mutedWhy(n, m), m.Until}
	}
	if v, held := w.quietHold(n, now); held {
		return v
	}
	if w.spentDay(n.To, now) {
		return verdict{signals.Held, w.spentWhy(), w.tomorrow(n.To, now)}
	}
	return verdict{signals.Sent, "it was corrected", time.Time{}}
}

// spared says why who raised a signal, and was asked some times before, is not
// asked whether it is solved, "" where nothing speaks against it but the time.
func (w *World) spared(c *signals.Case, r *Record, had int, now time.Time) string {
	who := w.Org.Who(r.Raiser)
	ok, why, _ := w.Org.Available(who, now)
	away, _ := w.Org.Away(who, now)
	switch by := w.corrector(c, r); {
	case had >= w.Org.Policy.Asks:
		return "who raised it was asked " + signals.Counted(had, "time") + " before"
	case signals.IsGone(r.Raiser), !ok && !away:
		return "who raised it " + why
	case by != "" && w.Org.Who(by) == who:
		return "who raised it solved it"
	case !w.mayKnow(c, r):
		return "who raised it may not see it any more"
	}
	return ""
}

// mayKnow reports whether who raised a signal may see it. Of who wished not to be
// named that is not known here.
func (w *World) mayKnow(c *signals.Case, r *Record) bool {
	if Unnamed(r.Raiser) {
		return true
	}
	_, ok := w.seenBy(c, r.Signal, w.viewer(r.Raiser))
	return ok
}

// Unnamed reports whether an actor stands for somebody who wished not to be named.
func Unnamed(actor string) bool { return strings.HasPrefix(actor, signals.Own+"/anonymous/") }

// countAsk lets an ask count as a message of the day. Nothing joins it, and whose
// it is who wished not to be named is written nowhere.
func (w *World) countAsk(r *Record, id string, now time.Time) {
	if Unnamed(r.Raiser) {
		return
	}
	w.Book.note(w.Org.Who(r.Raiser), &Told{ID: id, At: now, Nudges: mostShared})
}

// askID is the message of an ask: the same on every replica.
func askID(problem signals.Key, who string, had int, of time.Time) string {
	h := fnv.New64a()
	h.Write([]byte(problem.String() + "|" + who + "|" + strconv.Itoa(had) + "|" + of.UTC().Format(time.RFC3339Nano)))
	return "a" + strconv.FormatUint(h.Sum64(), 36)
}

// corrector is who corrected the problem of a signal, as the source calls them;
// "" where nobody did, or a program.
func (w *World) corrector(c *signals.Case, r *Record) string {
	at := r.Ledger.Times[signals.Corrected]
	for _, e := range w.happened(c, r) {
		if !e.At.Equal(at) || w.machine(e.Actor) {
			continue
		}
		switch e.Kind {
		case signals.Closed, signals.Said, signals.Reacted, signals.Confirmed, signals.Status:
			return e.Actor
		}
	}
	return ""
}

// The words of a nudge that brings back what who raised it said. They end its
// route, which is how it is known.
const (
	stillThere  = "who raised it says that it still happens"
	partlyThere = "who raised it says that a part of it is left"
	solvedIt    = "took it on, and "
	wasSolved   = "; it counted as solved, but "
)

// BringsBack reports whether a nudge tells what who raised it said.
func BringsBack(n *signals.Nudge) bool {
	return strings.HasSuffix(n.Route, stillThere) || strings.HasSuffix(n.Route, partlyThere)
}

// denied opens a signal again, or a part of it, by the word of who raised it, and
// tells whoever solved it. The case of the record is c.
func (w *World) denied(c *signals.Case, r *Record, e *signals.Event) {
	l, left := r.Ledger, stillThere
	if e.Field == signals.Partly {
		left = partlyThere
	}
	counted := l.Reached(signals.Corrected)
	by := ""
	if counted && c != nil {
		by = w.solver(c, r, e)
	}
	l.Undo(signals.Corrected)
	l.Undo(signals.ConfirmedBy) // by an emoji, which leaves the story open
	l.Quiet, l.Partly, r.Again = time.Time{}, time.Time{}, e.At
	if e.Field == signals.Partly {
		l.Partly = e.At
	}
	if l.Died == signals.ConfirmedBy {
		l.Revive()
	}
	told := slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return BringsBack(n) && !n.At.Before(e.At) })
	if !counted || c == nil || told || !l.Reached(signals.Transmitted) {
		return
	}
	n := &signals.Nudge{Signal: r.Signal, To: by, Step: r.Nudges[len(r.Nudges)-1].Step + 1, State: signals.Held, At: e.At, Look: e.At, Why: notToldYet, Route: solvedIt + left}
	if by == "" {
		n.Route, n.Why = wasSolved+left, notPlaced
	} else if own, ok := w.seenBy(c, r.Signal, w.viewer(by)); ok {
		n.Signal = own
	}
	r.Nudges = append(r.Nudges, n)
}

// notToldYet is the reason of a nudge that brings a word back, before it is time.
const notToldYet = "it is said with what happened since"

// solver is who is told that a problem is not solved: who solved it, else who
// took it up last, else who holds it. "" where none of them can be asked.
func (w *World) solver(c *signals.Case, r *Record, e *signals.Event) string {
	list := []string{w.corrector(c, r)}
	for _, n := range slices.Backward(r.Nudges) {
		if n.State == signals.Acted {
			list = append(list, n.To)
		}
	}
	for _, id := range append(list, w.taken(c, r).by, c.Holder) {
		who := w.Org.Who(id)
		if id == "" || w.machine(id) || w.Room(id) != nil || who == w.Org.Who(e.Actor) || who == w.Org.Who(r.Raiser) {
			continue
		}
		if ok, _, _ := w.Org.Available(who, e.At); !ok {
			continue
		}
		if _, ok := w.seenBy(c, r.Signal, w.viewer(who)); ok {
			return who
		}
	}
	return ""
}

// unsolved reports whether a problem is there: its case is open, or who raised it
// said after it was closed that it still happens.
func unsolved(c *signals.Case, r *Record) bool { return c.Open() || r.Again.After(c.ClosedAt) }

// speaksFor reports whether somebody's word that it is solved confirms a signal:
// that of who raised it. Others raised other signals of the problem.
func (w *World) speaksFor(r *Record, actor string) bool {
	if r.Raiser == "" {
		return w.raised(w.Case(r.Signal.Case), actor)
	}
	return w.Org.Who(r.Raiser) == w.Org.Who(actor)
}

// lateWord lists the records of a case that ended because nobody said whether
// they are solved: that can be said later, too.
func (w *World) lateWord(k signals.Key, e *signals.Event) (out []*Record) {
	if e.Kind != signals.Confirmed && e.Kind != signals.Denied {
		return nil
	}
	for _, r := range w.Book.of(k) {
		if r.Over && r.Ledger.WentQuiet() && (e.Kind == signals.Denied || w.speaksFor(r, e.Actor)) {
			out = append(out, r)
		}
	}
	return out
}
