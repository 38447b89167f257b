// Package company invents a company and its history: people, teams, Jira issues, Slack channels, and the truth about
// what went wrong in it.
//
// Everything is made from a seed, so the same options give the same bytes. The company, Pennyfern, ships parcels; it, its
// people and its words exist nowhere else. Most of what is said and tracked in it is ordinary. Between the ordinary
// lie planted conditions (an issue that wanders, a question that nobody answers, a worry in weak words), and things that only
// look like them. Both are written into the truth, so that precision and recall can be measured.
//
// It owns the text (data/*.txt), the story and the formats that it writes: Jira's REST JSON, one issue a line, and a Slack
// workspace export. It does NOT own reading them, and knows nothing of detectors beyond their names in the
// truth: it imports the standard library only, so that its words cannot follow the words that detectors look for.
//
// The tour: Generate makes the people (people.go, topics.go), the issues (issues.go, trouble.go), the talk (chat.go), the weak signals in
// the talk (weak.go) and the incident channels (incidents.go). Texts come from a small grammar (words.go) and pass through each person's
// writing habits (style.go). write.go puts it all on disk.
package company
