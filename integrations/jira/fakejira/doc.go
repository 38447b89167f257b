// Package fakejira is an HTTP Jira for tests and the demo. It is given whole
// issues, as Jira returns them with their changelog, and shows of them at any
// time only what Jira would have shown then.
//
// At the time t an issue is to be seen when it was created by then. Of its
// changelog and its comments there is what was written by then; every field
// that changed later has the "from" of its first later change, in the shape in
// which Jira writes it; "updated" is the latest thing that happened; a moved
// issue has its old key. So jira.Normalize of the answer at t gives the events
// of the whole issue until t. Where the whole issue does not tell the past:
//
//   - a comment that was edited later reads jira.UnknownText until the edit;
//   - a resolution without a changelog entry, and the closed status that came
//     with it, are there from the resolution date on;
//   - links of which the changelog tells nothing are there from the resolution
//     date, else from the last update on. Where it tells of some links, none is
//     there before the first of them;
//   - an issue without a changelog has always had its present values;
//   - a rewound list has the elements that the text of the change names.
//
// There are histories of which jira.Normalize makes less than they hold, so
// that no answer could agree with it: entries after the date of an untold
// resolution or link (its place among them differs), changes of a field that
// the issue does not list and whose old and new values do not join up, lists in
// custom fields and date-times after the creation that change later (missing
// at the creation), and security levels (the audience is always the present
// one). There the answers are what Jira would show.
//
// The search lags behind the truth by Options.Indexing: it finds and orders
// issues as they were that long ago, but tells their present values. That is
// what lets a careless cursor jump over an issue.
//
// What is written over HTTP becomes part of the history with the present time:
// comments, remote links, new issues, changed fields, transitions.
//
// Both dialects speak version 2 of the REST API. Cloud: people by account id,
// search/jql with page tokens, the changelog newest first and cut (40 entries
// in a search, 100 with one issue), changelog/bulkfetch with times in
// milliseconds. Data Center: people by name and key, search with startAt, no
// field ids in the changelog. JQL is the little that a watcher sends; anything
// else is refused as Jira does. Field names ("names") are those that the issues
// came with; two sets of issues that call one field differently do not belong
// in one server.
//
// It does not own what a client makes of the answers (package jira), and it is
// no model of permissions: it lets in who has the token, and says of projects
// what SetBrowse told it.
package fakejira
