// Package oncall reads who is on call from iCalendar feeds (RFC 5545), as
// PagerDuty, Opsgenie, GoAlert and Grafana OnCall export them, and from files of
// that form.
//
// It owns the format and the way to a feed (Fetch). It does not know the
// organisation: Match is given the people by name and address. What a team does
// with whoever is on call is decided in signals/route; when feeds are asked and
// how the journal hears of them is wiring (cmd/andon).
//
// Understood are folded lines, DTSTART and DTEND or DURATION with TZID, in UTC,
// floating and as whole days, RRULE with FREQ=DAILY or WEEKLY, INTERVAL, COUNT,
// UNTIL, BYDAY and WKST, EXDATE, RECURRENCE-ID and STATUS. An event with
// anything else that moves its times, such as RDATE or a monthly rule, is set
// aside with its line and not guessed at.
package oncall
