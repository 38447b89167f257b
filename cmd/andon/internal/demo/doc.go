// Package demo is an invented company that lives through a bad week beside a
// real andon: its people and their Slack and Jira, what happens to them, and what
// they answer when andon speaks to them.
//
// It owns the company (people.go, rooms.go), its past (history.go), the story
// (story_*.go, one table of beats for each day), what people do when a nudge
// stands before them (reactions.go), the servers that it all happens on (world.go
// with fakeslack and fakejira), and the virtual clock. The tour: New makes the
// servers, Config is what such a customer would have written, Prepare fills the
// past, and then somebody calls Due again and again as the clock goes on.
//
// It does NOT own the service, which whoever runs the demonstration starts and
// which is the real one: everything here goes to it over HTTP and Socket Mode,
// and what it says is read from Slack. Company, people and words exist nowhere
// else.
package demo
