package main

import (
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// off is what is logged where somebody has switched Socket Mode off.
const off = "Socket Mode is switched off"

// reasons are those for which Slack closes connections.
var reasons = []string{"refresh_requested", "warning", "link_disabled", "too_many_websockets"}

// socketTroubles are those of the way from Slack to the service.
var socketTroubles = []trouble{
	{
		name: "connections are closed while people talk", both: true, long: true, from: closely, until: loosely, asks: []string{off},
		during: (*ordeal).hangUp, after: (*ordeal).reconnect,
		shows: func(o *ordeal) {
			require.Greater(o.t, o.talk, 2*len(reasons), "each reason, before something is said and amid it")
			require.Positive(o.t, o.slack.Deliveries().Missed)
			require.Zero(o.t, o.slack.Deliveries().Lost)
		},
	},
	{
		name: "nobody listens", both: true, long: true, from: closely, until: closely + 40*time.Minute, asks: []string{off},
		begin: func(o *ordeal) { require.NoError(o.t, o.slack.Disconnect("link_disabled")) },
		end: func(o *ordeal) {
			o.slack.EnableLink()
			o.await("the history is read", func() bool { lost, _ := o.journal(); return len(lost) == 0 })
		},
		shows: func(o *ordeal) { require.Positive(o.t, o.slack.Deliveries().Lost, "Slack gave some up") },
	},
}

// hangUp lets Slack close all connections, before something is said or just as it
// is delivered.
func (o *ordeal) hangUp(talked bool) {
	o.opened = 0
	if !talked {
		return
	}
	o.opened = o.slack.Deliveries().Opened
	reason := reasons[o.talk/2%len(reasons)]
	if o.talk%2 == 0 {
		require.NoError(o.t, o.slack.Disconnect(reason))
		return
	}
	require.NoError(o.t, o.slack.Inject(fakeslack.Fault{Kind: fakeslack.Disconnect, Method: "message", Error: reason, Count: 1}))
}

// reconnect waits until all connections are there again.
func (o *ordeal) reconnect() {
	if o.opened == 0 {
		return
	}
	o.slack.EnableLink()
	o.await("the connections are opened anew", func() bool {
		lines := o.svc.ears.socket.Lines()
		for _, l := range lines {
			if !l.Open {
				return false
			}
		}
		d := o.slack.Deliveries()
		return d.Opened >= o.opened+len(lines) && d.Sockets == len(lines)
	})
}

// deathTroubles are those of the process.
var deathTroubles = []trouble{{
	name: "dies between post and mark", both: true, from: closely, until: loosely,
	always: []fakeslack.Fault{{Kind: fakeslack.Behind, Method: "conversations.history", DelayMS: 30_000}},
	begin:  func(o *ordeal) { o.mortal = true },
	end:    func(o *ordeal) { o.mortal = false },
	shows: func(o *ordeal) {
		require.Equal(o.t, 2, o.deaths)
		require.Zero(o.t, o.deleted(), "it looks before it repeats")
	},
}}

// dies reports whether the process dies instead of marking a message as said.
// From then on nobody reads its log.
func (o *ordeal) dies(out signals.Outgoing) bool {
	dies := o.mortal && o.deaths < 2 && out.Attempt == 1 && out.State == signals.Sent && strings.HasPrefix(out.ID, "m")
	if dies {
		o.errs.hush(true)
	}
	return dies
}
