// Package signals holds the nouns of andon and the two folds over them.
//
// A weak failure signal is a worry that somebody voiced and nobody heard: an
// ask without an answer, a ticket that wanders through five teams, a priority
// lowered while people still speak. andon finds such signals, finds the person
// who can act, and follows each signal until the one who raised it says that it
// is solved. This package is the vocabulary of that work.
//
// The way the data goes:
//
//	Envelope   what a source sent, untouched
//	Event      one thing that happened, derived from an envelope by a pure function
//	Case       what one source knows of one thing, folded from its events
//	Problem    cases joined by explicit links
//	Signal     one weakness found in a problem by a detector
//	Nudge      one thing to tell one person because of a signal
//	Ledger     the six stages of a signal, or where and why it died
//
// Events are facts and never change. Everything else is a fold: it can be
// thrown away and made again, and the order in which events arrived cannot
// matter, because a fold sorts them by (At, Seq, ID) and drops repeats. The
// organisation (roster, policy, absences, modes) is folded from events too, so
// that a decision about last Tuesday uses last Tuesday's org chart.
//
// Time is data. Nothing here reads a clock; whoever asks passes now.
//
// What this package does not own: finding weaknesses (signals/detect), finding
// who can solve them (signals/route), predicting them (signals/risk), deciding
// whom to tell (signals/decide), words (signals/text), and anything that talks
// to a network, a file or a database (integrations, store, bot).
package signals
