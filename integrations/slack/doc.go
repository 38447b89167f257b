// Package slack is the edge to Slack. It owns the shape of Slack's messages and
// how they become events, and the reading of workspace exports.
//
// A message in an export and a message from the Events API have the same JSON,
// so message.go derives the events of both. An export is a folder or a .zip:
// channels.json, groups.json, mpims.json, dms.json and users.json, and a folder
// per channel with one file per day.
//
// What an export says is not all from the time of its messages. A message
// carries the number of its replies, the latest of them, its reactions and its
// last wording, all as they were on the day of the export. Counts and lists of
// replies are never read. Reactions are events of Field "undated". The wording
// before an edit is unknown, so the Said event has the last one.
//
// What this package does not own: what events mean (signals), what is said to
// people (bot), and where anything is kept (store).
package slack
