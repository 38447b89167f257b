package signals_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestAccountsThatAreLearntLater: what an account did before the roster knew
// whose it is counts for that person, and no longer for whoever had it before.
func TestAccountsThatAreLearntLater(t *testing.T) {
	o := signals.NewOrg(signals.DefaultPolicy())
	apply := func(e signals.Event) { require.NoError(t, o.Apply(&e)) }
	channel := signals.Key{Source: signals.Slack, Site: "s", ID: "CX"}
	private := signals.MembersOf("slack/s/CX")
	apply(signals.Event{Kind: signals.RosterSet, Field: "person", To: "ann", Text: `{"accounts":["slack/s/U1"]}`})
	apply(signals.Event{Kind: signals.Joined, Case: channel, To: "slack/s/U1"})
	apply(signals.Event{Kind: signals.Joined, Case: channel, To: "slack/s/U2"})
	apply(signals.Event{Kind: signals.Muted, Actor: "slack/s/U2", Field: "echo", To: "2026-03-03T09:00:00Z"})
	apply(signals.Event{Kind: signals.AwaySet, To: "slack/s/U2", At: monday, Text: "2026-03-03T09:00:00Z"})
	require.True(t, o.Viewer("ann").Sees(private))
	apply(signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{"accounts":["slack/s/U2"]}`})
	require.True(t, o.Viewer("bob").Sees(private))
	_, muted := o.Muted("bob", "echo", "", monday)
	require.True(t, muted)
	away, _ := o.Away("bob", monday.Add(time.Hour))
	require.True(t, away)
	apply(signals.Event{Kind: signals.RosterSet, Field: "person", To: "ann", Text: `{"accounts":[]}`})
	require.False(t, o.Viewer("ann").Sees(private), "the account is not hers any more")
	apply(signals.Event{Kind: signals.Joined, Field: "left", Case: channel, To: "slack/s/U2"})
	require.False(t, o.Viewer("bob").Sees(private))
}
