// Package alertmanager reads the webhooks of the Prometheus Alertmanager
// (payload version 4) and makes events of them: one case per alert, whose
// identity is the alert's fingerprint, that fires and recovers.
//
// Normalize is pure: the same body, options and time of reception give the same
// events. Their ids are made of the fingerprint and of the times that the
// Alertmanager states, so that what is sent again (after repeat_interval, after
// an error, or by a second Alertmanager) is what was heard already:
//
//	KEY/opened                      the first that is heard of an alert; later ones bear the same id and are dropped by the journal
//	KEY/firing/STARTS_AT            it fires; a later start is a firing of its own
//	KEY/recovered/ENDS_AT           it healed
//	KEY/recovered/after/STARTS_AT   it healed at a time that nobody can believe
//
// with the times in microseconds since 1970, as they were sent. KEY/opened is
// made anew of every delivery, for none knows whether it is the first. What it
// says is therefore what was heard first: its time may be that of a later firing
// than one which arrives afterwards, and a label that is added to an alerting
// rule makes another fingerprint, hence another case.
//
// These rules hold for times:
//
//   - No event is later than its reception: a start or an end that lies in the
//     future, because the clock of the sender is ahead, happened when it was heard of.
//   - endsAt of a firing alert means nothing, and is not looked at.
//   - A resolved alert without endsAt (0001-01-01T00:00:00Z), or whose endsAt lies
//     before its startsAt, healed when that was heard of.
//   - An alert without startsAt, or from before 2000, is rejected: nothing could
//     tell its repetitions from new firings.
//
// A firing may be told with two starts, and then makes two Firing events without a
// recovery between them: an Alertmanager takes the earlier start when it learns of
// one, and makes a start of the end where its sender gave an end only. Who counts
// firings counts what lies between recoveries. An Alertmanager that heard nothing
// for a while says resolved, and then firing with the same start again: that second
// firing is not told apart from a repetition.
//
// What this package does not own: whether an alert that comes and goes is worth
// a word (signals/detect), and where deliveries are kept (store).
package alertmanager
