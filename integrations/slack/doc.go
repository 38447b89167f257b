// Package slack is the edge to Slack. It owns the shape of Slack's messages and
// how they become events, the reading of workspace exports, and the sending of
// cards.
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
// A Poster sends to one workspace. It makes every call once: Slack has no
// idempotency keys, so a repeated post is a second message. When it is not known
// whether a post succeeded, its Failure is ambiguous, and Find looks for the
// key that every message carries in its metadata. One window remains: a request
// that is still on its way to Slack while Find reads. Whoever decides to post
// again waits out the time-out of the call before it asks Find, and asks once
// more later.
//
// Slack is heard by Socket Mode (Socket) or by signed HTTP requests (HTTPMode).
// Both bring what they hear to one Inbox, which stores a delivery as it came,
// with the events that Normalize derives of it, and only then acknowledges it.
// Slack sends again what was not acknowledged, at once, after one minute and
// after five, to any connection and in any order; the event_id tells what was
// heard before, and the number of the retry is never a reason to drop anything.
// What is missing after a longer gap Sweep reads from the history. What people
// ask for by hand (commands, buttons, modals) is not stored here: it is asked of
// an Interact, whose answer Slack has within three seconds.
//
// Which channels are heard Watch says; a Watcher joins those that it names, and
// tells when andon came into one or had to leave. A Swept reads the histories
// after a start, after a gap of which the Socket tells, and whenever it is asked.
// PeopleEvents says once a day what changed about people. Do-not-disturb is left
// to Slack: it notifies nobody within it, and what somebody snoozes others do not
// see.
//
// A card is drawn with Slack's own tables and charts. A workspace that refuses
// them gets pictures of the charts, and where those cannot be sent, words; what
// was refused is not offered again for a day. The text of a message always says
// all of it.
//
// Secrets: HTTPMode takes several signing secrets, so that one can take the place
// of another: give both, change the app, then leave out the old one. Bot tokens
// are those that do not expire: token rotation is to be off in the app's
// settings, which is how the manifest asks for it. Another token takes a restart.
//
// What this package does not own: what events mean (signals), what is said to
// people (bot), and where anything is kept (store).
package slack
