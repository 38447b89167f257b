// Package fakeslack is a Slack to test and to demonstrate against: an HTTP
// server with the methods of the Web API that andon calls, in their wire format.
//
// It owns what a Slack workspace would remember (messages, people, channels,
// views), the limits that Slack enforces on messages, and faults that are
// injected on request. Timestamps are unique and grow, within one second too.
// It is deterministic: a fault hits every n-th request that it fits, never one
// by chance.
//
// Unless Options.Strict is set, any person and any channel whose id has the
// right first letter exists. The methods are below /api/, so that the API URL
// of a client is the server's address with "/api/" behind it. What tests and
// other processes ask is below /_fake/:
//
//	GET    /_fake/messages   all messages as JSON, oldest first
//	GET    /_fake/requests   how often each method was asked for
//	POST   /_fake/faults     one Fault or a list of them, added to those there are
//	DELETE /_fake/faults     no faults any more
//
// What it does not have: Socket Mode (apps.connections.open answers that the
// token is of the wrong kind, see socket.go), files, and the rates of Slack.
package fakeslack
