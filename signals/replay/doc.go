// Package replay drives the brain over history in event-time order and reports
// what it would have said.
//
// All inputs are merged into one order, (At, entry, case, item, id), so that
// the order in which files were named cannot matter. Between events the wishes
// of the detectors to look again come due, as a waker would have served them.
// Nothing that happens at a later time can change what is written for an
// earlier one.
//
// Simulate asks the same machine another question: what becomes of one case from
// a moment on, if nothing more happens and nobody answers.
//
// It owns the order, the wakes and the figures of the report. It does not read
// files (integrations), judge (signals/decide), draw or write (bot/console,
// cmd/andon).
package replay
