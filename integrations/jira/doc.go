// Package jira reads the history of Jira issues and tells it as events.
//
// It owns the meaning of Jira's REST JSON: the final values in "fields", the
// changelog, the comments, the links, who may see them. Normalize turns one
// issue into its events and is pure; Read and ReadFile do so for whole exports,
// one issue after the other, on two goroutines and in the order of the file.
//
// The top-level fields of an issue hold its final values. What a field held at
// creation is found by walking the changelog backwards: the value before a
// change is the change's "from", the value after it is the "from" of the
// field's next change, or the final value for its last one. So an event tells
// only what was known at its time, with these exceptions, which Jira leaves no
// way around: a field that Jira keeps no history of stands at the creation with
// its final value; and the audience of an event is the one of today, for it
// says who may look now.
//
// Where Jira tells that something changed but not what it was before, nothing
// is guessed: a comment that was edited later reads UnknownText until the edit,
// and links and resolutions without a changelog entry stand at the time of the
// resolution or of the last update.
//
// It does not own talking to a Jira server, folding events into cases
// (signals), or the identity of people across sources (signals.Roster).
package jira
