// Package fakeslack is a Slack to test and to demonstrate against: the methods
// of the Web API in their wire format, the Events API and interactivity over
// Socket Mode or signed HTTP, and a page on which people of the workspace can
// write and click.
//
// It owns what a Slack workspace would remember (messages, people, channels,
// views, files), the limits that Slack enforces on messages and views, what
// people do (see Say, Click, Submit and the like), the events that come of it,
// their delivery with its retries, and faults that are injected on request.
// Timestamps are unique and grow, within one second too. It is deterministic: a
// fault hits every n-th request that it fits, never one by chance, and which
// connection an event goes to follows from a fixed seed.
//
// Unless Options.Strict is set, any person and any channel whose id has the
// right first letter exists. The methods are below /api/, so that the API URL
// of a client is the server's address with "/api/" behind it. What tests and other
// processes ask is below /_fake/:
//
//	GET    /_fake/messages    all messages as JSON, oldest first
//	GET    /_fake/requests    how often each method was asked for
//	GET    /_fake/deliveries  what became of the deliveries to the app
//	POST   /_fake/do          one Deed of a person, such as {"do":"say","as":"U1","channel":"C1","text":"hello"}
//	POST   /_fake/disconnect  {"reason":"refresh_requested"} to every socket
//	POST   /_fake/event       one inner event, delivered as it stands
//	POST   /_fake/verify      url_verification of the request URL
//	POST   /_fake/tick        deliver what is due again
//	POST   /_fake/faults      one Fault or a list of them, added to those there are
//	DELETE /_fake/faults      no faults any more
//
// The page is at /, what it asks below /_ui/. Its address says who one is and what
// is open, such as /?as=U1&channel=C1&thread=1772442000.000000 or /?as=U1&channel=D1&tab=home;
// without them it is the first person and the first channel. It asks nothing of
// other servers, is complete as soon as it is loaded, and keeps itself up to date
// by one stream of events, which never ends: a browser that takes pictures must
// not wait for the network to be idle. Everything that can be pressed has a name,
// and says what it is about: data-action-id and data-block-id of a block's
// element, data-channel and data-ts of a message, data-person, data-shortcut,
// data-emoji and data-control, and data-do for what the page itself can do.
// A Bar above it belongs to the program that the server is part of.
//
// Only hosts of this machine are served, and those of Options.Hosts. Writes that a
// browser sends from the page of another site are refused.
//
// Events are delivered once there is somebody to hear them: a request URL is
// set, or a socket was opened. Two clocks count: Options.Now for timestamps and
// for the retries of events after one and five minutes, the wall clock for what
// the protocol wants within seconds (acknowledgements, trigger ids, response
// URLs), so that a demonstration can run faster than life. With Options.Manual
// everything follows Options.Now, and only when Tick is called.
//
// What it does not have: OAuth, Enterprise Grid, the rates of Slack (inject a
// fault), and methods that andon does not call.
package fakeslack
