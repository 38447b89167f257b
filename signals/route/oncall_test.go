package route_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
)

func onCall(t *testing.T, o *signals.Org, team, person string, from, until time.Time) {
	t.Helper()
	text, err := json.Marshal(signals.Duty{Shifts: []signals.Shift{{From: from, Until: until}}})
	require.NoError(t, err)
	require.NoError(t, o.Apply(&signals.Event{ID: "duty/" + person, Kind: signals.RosterSet, Field: "oncall", To: person, Ref: team, Text: string(text)}))
}

// TestPickWhoIsOnCall: whoever is on call goes before the contact and the lead,
// as long as they are, and their backup where they cannot be asked.
func TestPickWhoIsOnCall(t *testing.T) {
	for name, x := range map[string]struct {
		need    signals.Need
		after   time.Duration // until the shift ends
		change  func(o *signals.Org)
		to, why string
	}{
		"a contact":    {signals.NeedResolver, time.Hour, nil, "rita", "is on call for Payments, which owns component Checkout"},
		"a lead":       {signals.NeedLead, time.Hour, nil, "rita", "is on call for Payments, which owns component Checkout"},
		"it is over":   {signals.NeedResolver, 0, nil, "cleo", "is the contact of Payments, which owns component Checkout"},
		"over, a lead": {signals.NeedLead, 0, nil, "lea", "leads Payments, which owns component Checkout"},
		"away, with backup": {signals.NeedResolver, time.Hour, func(o *signals.Org) {
			person(t, o, signals.Person{ID: "rita", Name: "Rita Example", Left: true, Backup: "ada"})
		}, "ada", "stands in for Rita Example, who has left the company and is on call for Payments, which owns component Checkout"},
		"gone, nobody": {signals.NeedResolver, time.Hour, func(o *signals.Org) { person(t, o, signals.Person{ID: "rita", Left: true}) }, "cleo", "is the contact of Payments, which owns component Checkout"},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := company(t)
			team(t, o, signals.Team{ID: "Payments", Lead: "lea", Owns: []signals.Owned{{Component: "Checkout", Person: "cleo"}}})
			now := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
			onCall(t, o, "payments", "rita", now.Add(-time.Hour), now.Add(x.after))
			if x.change != nil {
				x.change(o)
			}
			c := &signals.Case{Components: []string{"Checkout"}, Opener: "zed"}
			s := resolver(c)
			s.Need = x.need
			got := route.Pick(nil, o, c, s, now)[0]
			require.Equal(t, x.to, got.To)
			require.Equal(t, x.why, got.Why)
		})
	}
}
