// Package bot is the loop that makes a service of the brain.
//
//	ingest   Poll, Accept   a source's deliveries go to the journal, nothing is thought
//	follow   every replica takes the journal's events into its world, in the journal's order
//	look     a case is judged by the brain, and what came of it is stored in one transaction
//	nudge    Send claims a message, posts it and marks it; it looks before it repeats
//	track    what people do comes back as events like any other and moves the ledgers
//	tick     the one ticker: wakes what is due and starts periodic work
//
// The world is serial: one lock guards it, and what the lock guards does not
// wait for a network other than the database's. Models are folds of the journal.
// Every replica has its own, follows the journal with it, and starts from a
// snapshot. The book of signals and nudges is not in memory: a look takes what
// it needs from the store, and stores what it changed only if nothing of that
// was changed by another meanwhile; otherwise it looks again.
//
// The package declares its ports for itself. It does not own storage and the
// queue (store), what a source's words mean and how messages are drawn
// (integrations), or what is a signal and whom to tell (signals).
package bot
