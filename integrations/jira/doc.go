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
// The live half is Client. Dial greets a site, Cloud or Data Center. Poll finds
// what changed since a cursor, with ids and times only, and fetches what is new
// of it whole: fifty issues by one search, and by further requests only what the
// answer left out of long changelogs and comments. What comes is one JSON per
// issue in the form that Normalize reads, so that live and export mean the same.
// Fetch reads one issue, for a webhook's hint; Reconcile compares everything by
// night. The rules that keep this true:
//
//   - An update may be indexed late, so each look goes back by Site.Overlap; the
//     cursor remembers what was emitted there, so that it is not fetched again.
//   - A time of update may be as coarse as a minute, so an issue counts as known
//     only when it cannot change any more without a later one.
//   - Fields and changelog of one issue are of one moment: entries that were made
//     between two requests are left for the next look.
//   - One issue never stops the others: what cannot be read is emitted without
//     events, what spoils a page is asked for alone.
//   - All requests go through call, which waits as Jira's headers ask, for each
//     route by itself. The gates are shared by all calls of a client, so an outage
//     costs about one request a minute and not some per poll.
//   - Hidden and deleted look the same (404 in Jira's own words) and mean the
//     same: nobody speaks of it any more. When most open issues vanish at once, a
//     permission is gone, and nothing is told to be deleted.
//
// It does not own storing cursors and deliveries, when to poll and whether an
// issue is history (the caller), folding events into cases (signals), or the
// identity of people across sources (signals.Roster).
package jira
