package main

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// trouble is what goes wrong, and when.
type trouble struct {
	name string
	both bool // on both databases
	long bool // left out where not all scenarios are asked for

	from, until time.Duration                // since the Monday
	begin, end  func(o *ordeal)              // it begins, it is over
	during      func(o *ordeal, talked bool) // before anything is said at a moment
	after       func(o *ordeal)              // after that
	always      []fakeslack.Fault            // what goes wrong all the time
	deadline    time.Duration                // of a call to Slack; 0 is the service's own

	asks  []string      // what is logged for somebody to act upon
	shows func(*ordeal) // that it went wrong at all
}

// gone lets calls of the Web API end in one way: all of them, or some methods.
func gone(kind fakeslack.Kind, methods ...string) func(*ordeal) {
	return func(o *ordeal) {
		for _, m := range methods {
			require.NoError(o.t, o.slack.Inject(fakeslack.Fault{Kind: kind, Method: m}))
		}
	}
}

// owing checks that something could not be said.
func owing(o *ordeal) {
	n := 0
	for _, r := range o.outcome().found {
		for _, nudge := range r.Nudges {
			if nudge.State == signals.Sending {
				n++
			}
		}
	}
	require.Positive(o.t, n, "nothing was due in this time")
}

// away is the beginning of a trouble in which the Web API is not there.
func away(name string, both bool, begin func(*ordeal)) trouble {
	return trouble{name: "away, " + name, both: both, from: closely, until: closely + 11*time.Minute, begin: begin, end: owing}
}

// slackTroubles are those of the Web API and of what Slack delivers.
var slackTroubles = []trouble{
	away("connections are reset", true, gone(fakeslack.Reset, "")),
	away("503", false, gone(fakeslack.Unavailable, "")),
	away("no answer", false, gone(fakeslack.Hang, "chat.postMessage", "chat.update", "conversations.open", "conversations.history", "conversations.replies")).within(200 * time.Millisecond),
	{
		name: "away until after work", from: 39*time.Hour + 55*time.Minute, until: 42*time.Hour + 30*time.Minute,
		begin: gone(fakeslack.Reset, ""), end: owing,
	},
	{
		name: "429 storm", from: closely, until: closely + 61*time.Minute, begin: func(o *ordeal) {
			require.NoError(o.t, o.slack.Inject(
				fakeslack.Fault{Kind: fakeslack.Limited, Method: "chat.postMessage", RetryAfter: 70, Every: 2},
				fakeslack.Fault{Kind: fakeslack.LimitedBare, Method: "chat.postMessage", Every: 2},
				fakeslack.Fault{Kind: fakeslack.LimitedOK, Method: "chat.postMessage", Every: 2},
			))
		},
		shows: func(o *ordeal) { require.Greater(o.t, o.slack.Requests()["chat.postMessage"], o.posted()+5) },
	},
	{
		name: "every event twice", always: []fakeslack.Fault{{Kind: fakeslack.Duplicate}},
		shows: func(o *ordeal) { require.Greater(o.t, o.slack.Deliveries().Acked, 2*len(o.heard())) },
	},
	{
		name: "events out of order", always: []fakeslack.Fault{{Kind: fakeslack.Reorder, Every: 2}},
		shows: func(o *ordeal) {
			require.False(o.t, slices.IsSortedFunc(o.heard(), func(a, b *signals.Event) int { return a.At.Compare(b.At) }))
		},
	},
	{
		name: "answers are lost", both: true, always: append(lost(4), fakeslack.Fault{Kind: fakeslack.Behind, Method: "conversations.history", DelayMS: 30_000}),
		shows: func(o *ordeal) { require.Zero(o.t, o.deleted(), "it looks before it repeats") },
	},
	{
		name: "answers are lost, and the history is minutes behind", always: append(lost(4), fakeslack.Fault{Kind: fakeslack.Behind, Method: "conversations.history", DelayMS: 5 * 60_000}),
		shows: func(o *ordeal) { require.Positive(o.t, o.deleted(), "doubles are removed") },
	},
}

// within gives every call to Slack a deadline.
func (x trouble) within(d time.Duration) trouble { x.deadline = d; return x }

// lost loses the answers to posts that took effect: the first of every n, and of
// what is left as many again, in each way.
func lost(n int) (out []fakeslack.Fault) {
	for _, kind := range []fakeslack.Kind{fakeslack.ResetStored, fakeslack.CutStored, fakeslack.GatewayStored} {
		out = append(out, fakeslack.Fault{Kind: kind, Method: "chat.postMessage", Every: n})
	}
	return out
}

// allTroubles in the environment runs every scenario, on both databases: they
// take minutes.
const (
	allTroubles = "ANDON_SCENARIOS"
	skipTrouble = "a company's two days: set ANDON_SCENARIOS=all to run all of them"
)

// TestFaults lets a company live through two days in which something goes wrong
// with Slack: nothing is lost, nothing is said twice, and the same is found as
// in a town where nothing went wrong.
func TestFaults(t *testing.T) {
	var same *outcomeOf
	reference := func(t *testing.T) *outcomeOf {
		if same == nil {
			o := newOrdeal(t, storetest.SQLite(t), trouble{})
			o.live()
			same = o.outcome()
			o.stop()
		}
		return same
	}
	all := os.Getenv(allTroubles) != ""
	for _, x := range slices.Concat(slackTroubles, socketTroubles, deathTroubles) {
		run := func(t *testing.T, url string) {
			before := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, before) })
			want := reference(t)
			o := newOrdeal(t, url, x)
			o.live()
			o.check(want)
		}
		t.Run(x.name, func(t *testing.T) {
			switch {
			case all && x.both:
				storetest.Each(t, run)
			case all, x.both && !testing.Short() && !x.long:
				run(t, storetest.SQLite(t))
			default:
				t.Skip(skipTrouble)
			}
		})
	}
}

// outcomeOf is what a town came to.
type outcomeOf struct {
	found map[string]*signals.Record // by key
	said  map[string]bool            // keys of nudges
}

func (o *ordeal) outcome() *outcomeOf {
	out := &outcomeOf{found: make(map[string]*signals.Record), said: make(map[string]bool)}
	require.NoError(o.t, o.svc.db.Since(o.t.Context(), time.Time{}, func(r *signals.Record) error {
		out.found[r.Signal.Key()] = r
		return nil
	}))
	for _, r := range out.found {
		for _, n := range r.Nudges {
			if m, ok, err := o.svc.db.Message(o.t.Context(), n.Message); n.Message != "" {
				require.NoError(o.t, err)
				if ok && len(m.Copies) > 0 {
					out.said[n.Key()] = true
				}
			}
		}
	}
	return out
}
