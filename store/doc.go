// Package store keeps what andon must not lose: the journal of events, where
// each case stands, the book of signals with their ledgers and nudges, the
// messages on their way out, and the queue of work. One type, DB, does it on
// SQLite (one machine, a file beside the process) and on PostgreSQL (many
// replicas), and one conformance suite says what both of them do.
//
// The way the data goes:
//
//	Append    what a source sent becomes envelopes and events, and a look at each case that they touch is queued: one transaction
//	look      the loop reads the case (CaseEvents, Records, Told ...), decides, and hands an Outcome to Commit
//	Commit    records, nudges, messages and the case's next look are stored and the job is completed: one transaction
//	send      Claim takes a message, the loop posts it, Settle stores how that ended
//
// # Rules
//
// Everybody takes locks in this order: journal, rooms, cases, counters (persons
// and channels), messages; within each by key. So no two transactions wait for
// each other in a circle.
//
// Places in the journal are given out in the order of commits. A reader that
// follows it by place misses nothing and sees nothing twice.
//
// A case that waits to be looked at is marked as queued in its own row. Append
// sets the mark and pushes the job while it holds the row; Commit, holding the
// same row, clears it or pushes again. So a wake-up is never lost and the queue
// needs no unique jobs.
//
// What somebody waits for goes first: a look at what they clicked, and what is
// said because of it. Notices and digests go last. A job that waits already is
// brought forward; one that runs is followed by a hurried one.
//
// Times are microseconds UTC in both databases; 0 stands for no time. Text is
// stored as valid UTF-8 without NUL bytes, because PostgreSQL takes no other:
// U+FFFD stands for what was not.
//
// What this package does not own: what events mean (signals), what is said to
// whom (signals/decide, bot), sources and Slack (integrations). Nobody outside
// sees SQL or a type of the queue's library.
package store
