// Package lint looks for what is broken in the chain from a signal to whoever
// can act on it, before a signal finds out: owners who have left, teams of
// nobody, people who cannot be told, rules that can never fire.
//
// It owns the findings and what they need of history (Seen). It does not decide
// who is asked (signals/route), nor when somebody is told of a finding (bot).
// Check is a pure function: the same organisation and the same Seen give the
// same findings in the same order.
//
// A finding speaks of teams, projects, channels and rules. A person is named
// only as lead, contact or backup of now; why somebody cannot be asked is said
// only where it is that they left or are away.
package lint
