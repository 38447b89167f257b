package signals

import "time"

// Stage is one of the six stages that a signal goes through.
type Stage string

// The stages, in order.
const (
	Generated   Stage = "generated"   // the earliest event in the evidence happened
	Transmitted Stage = "transmitted" // the first nudge or alert was accepted
	ReceivedBy  Stage = "received"    // somebody who was told clicked, reacted, replied or wrote in the case: a proxy
	ReactedTo   Stage = "reacted"     // somebody acted on the problem: claimed, answered, took it or gave it an owner, moved its status; not who raised it, and not by passing it on
	Corrected   Stage = "corrected"   // it is resolved, or declared solved
	ConfirmedBy Stage = "confirmed"   // the originator said that it is solved
)

// Stages lists the stages in order.
var Stages = []Stage{Generated, Transmitted, ReceivedBy, ReactedTo, Corrected, ConfirmedBy}

// Ledger follows one signal. Times holds when each stage was reached, zero
// where it was not. A stage may be reached while an earlier one was not: a
// problem can be corrected though nobody was told.
type Ledger struct {
	Signal string // Signal.Key
	Case   Key
	Times  map[Stage]time.Time
	Proxy  map[Stage]bool // the stage was inferred, not observed
	Quiet  time.Time      // the watch period passed without a recurrence; not the same as confirmed
	Partly time.Time      // who raised it said that a part of it is left; zero once it is corrected again, or is there again whole
	Died   Stage          // the stage that was not reached, empty while alive
	Why    string         // why it died, a sentence
	DiedAt time.Time
}

// NewLedger opens the ledger of a signal; generated is the time of the earliest
// event in its evidence.
func NewLedger(s *Signal, generated time.Time) *Ledger {
	l := &Ledger{Signal: s.Key(), Case: s.Case, Times: make(map[Stage]time.Time, len(Stages))}
	l.Times[Generated] = generated
	return l
}

// Reach records that a stage was reached. The first time counts. A signal that
// had died comes alive again. What comes after a later stage says nothing of the
// way there: who reads of it when it is solved did not receive it before. That a
// message was said is a fact all the same.
func (l *Ledger) Reach(s Stage, at time.Time, proxy bool) {
	if !l.Times[s].IsZero() || s != Transmitted && l.beyond(s, at) {
		return
	}
	l.Times[s] = at
	if s == Corrected {
		l.Partly = time.Time{}
	}
	if proxy {
		if l.Proxy == nil {
			l.Proxy = make(map[Stage]bool, 2)
		}
		l.Proxy[s] = true
	}
	l.Revive()
}

// beyond reports whether a later stage than s was reached before a time.
func (l *Ledger) beyond(s Stage, at time.Time) bool {
	for i := len(Stages) - 1; Stages[i] != s; i-- {
		if t := l.Times[Stages[i]]; !t.IsZero() && t.Before(at) {
			return true
		}
	}
	return false
}

// Revive takes a death back: there is a next step after all.
func (l *Ledger) Revive() { l.Died, l.Why, l.DiedAt = "", "", time.Time{} }

// Undo takes a stage back: what was solved is there again.
func (l *Ledger) Undo(s Stage) {
	delete(l.Times, s)
	delete(l.Proxy, s)
}

// Reached reports whether a stage was reached.
func (l *Ledger) Reached(s Stage) bool { return !l.Times[s].IsZero() }

// WentQuiet reports whether a signal was corrected, and nobody said whether it is
// solved until its watch was over. Silence is not consent: it is not confirmed.
func (l *Ledger) WentQuiet() bool { return !l.Quiet.IsZero() && !l.Reached(ConfirmedBy) }

// At is the latest stage in order that was reached.
func (l *Ledger) At() Stage {
	at := Generated
	for _, s := range Stages {
		if l.Reached(s) {
			at = s
		}
	}
	return at
}

// Next is the first stage that has not been reached, or "" when all were.
func (l *Ledger) Next() Stage {
	for _, s := range Stages {
		if !l.Reached(s) {
			return s
		}
	}
	return ""
}

// Die records that the signal stopped before the stage, and why. A signal dies
// once; the first reason stands until Reach revives it.
func (l *Ledger) Die(before Stage, why string, at time.Time) {
	if l.Died == "" && !l.Reached(before) {
		l.Died, l.Why, l.DiedAt = before, why, at
	}
}
