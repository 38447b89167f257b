package lint_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/lint"
)

var thinNow = time.Date(2026, 6, 8, 12, 0, 0, 0, time.UTC)

// pairOrg is Web with wim and wes, Payments with pia and pol, Desk with dora.
func pairOrg(t *testing.T) *signals.Org {
	o := signals.NewOrg(signals.DefaultPolicy())
	for id, team := range map[string]string{"wim": "Web", "wes": "Web", "pia": "Payments", "pol": "Payments", "dora": "Desk"} {
		require.NoError(t, o.Apply(&signals.Event{Kind: signals.RosterSet, Field: "person", To: id, Text: fmt.Sprintf(`{"id":%q,"team":%q,"accounts":["slack/T1/%s"]}`, id, team, id)}))
	}
	for _, team := range []string{"Web", "Payments", "Desk"} {
		require.NoError(t, o.Apply(&signals.Event{Kind: signals.RosterSet, Field: "team", To: team, Text: "{}"}))
	}
	return o
}

// wrote is a message: in a thread of its own, or where root is given in that.
func wrote(channel, who string, at, root time.Time) *signals.Event {
	if root.IsZero() {
		root = at
	}
	k := signals.SlackThread("T1", channel, fmt.Sprintf("%d.000000", root.Unix()))
	return &signals.Event{ID: fmt.Sprint(k, who, at.Unix()), Case: k, Kind: signals.Said, Actor: "slack/T1/" + who, At: at, Audience: signals.Public}
}

func TestThins(t *testing.T) {
	early, none := thinNow.AddDate(0, 0, -60), time.Time{}
	watched := []*signals.Event{wrote("C1", "wim", early, none), wrote("C2", "pia", thinNow.AddDate(0, 0, -1), none)}
	tests := map[string]struct {
		talk     []*signals.Event
		org      func(o *signals.Org)
		handoffs int
		hidden   bool   // the incident channel is private
		how      string // "" for not thin
	}{
		"no talk":                        {nil, nil, 10, false, lint.OnlyTickets},
		"too few hand-offs":              {nil, nil, 9, false, ""},
		"one channel on one day":         {[]*signals.Event{wrote("C3", "wes", early, none), wrote("C3", "pol", early.Add(time.Hour), none)}, nil, 10, false, ""},
		"one channel on other days":      {[]*signals.Event{wrote("C3", "wes", early, none), wrote("C3", "pol", early.AddDate(0, 0, 1), none)}, nil, 10, false, lint.OnlyTickets},
		"one thread over days":           {[]*signals.Event{wrote("C3", "wes", early, none), wrote("C3", "pol", early.AddDate(0, 0, 2), early)}, nil, 10, false, ""},
		"of one team":                    {[]*signals.Event{wrote("C3", "wes", early, none), wrote("C3", "wim", early, none)}, nil, 10, false, lint.OnlyTickets},
		"too long ago":                   {[]*signals.Event{wrote("C3", "wes", early.AddDate(0, 0, -35), none), wrote("C3", "pol", early.AddDate(0, 0, -35), none)}, nil, 10, false, lint.OnlyTickets},
		"an incident":                    {[]*signals.Event{wrote("CINC", "wes", early, none), wrote("CINC", "pol", early, none)}, nil, 10, false, lint.OnlyIncidents},
		"a private incident is not told": {[]*signals.Event{wrote("CINC", "wes", early, none), wrote("CINC", "pol", early, none)}, nil, 10, true, ""},
		"a standing route is an introduction": {nil, func(o *signals.Org) {
			r := signals.Rule{From: "Payments", To: "Web", Kind: "stall", At: early, Until: thinNow.AddDate(0, 0, 1)}
			_ = o.Apply(&signals.Event{Kind: signals.RosterSet, Field: "rule", To: r.ID(), Text: `{"from":"Payments","to":"Web","for":"stall","at":"2026-04-01T00:00:00Z","until":"2026-06-09T00:00:00Z"}`})
		}, 10, false, ""},
		"switched off": {nil, func(o *signals.Org) { o.Policy.Routes.Thin = 0 }, 10, false, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := pairOrg(t)
			if tt.org != nil {
				tt.org(o)
			}
			var one, other lint.Seen
			all := append(slices.Clone(watched), tt.talk...)
			for i := range all {
				one.Observe(all[i])
				other.Observe(all[len(all)-1-i])
			}
			a, err := one.Save()
			require.NoError(t, err)
			b, err := other.Save()
			require.NoError(t, err)
			require.Equal(t, string(a), string(b), "in any order")
			seen, err := lint.LoadSeen(a)
			require.NoError(t, err)
			got := lint.Thins(&lint.ThinInput{
				Org: o, Now: thinNow, Talk: seen.Talk, Traffic: []lint.Traffic{{A: "Payments", B: "Web", To: 3, Fro: tt.handoffs - 3}},
				Incident: func(ch string) bool { return ch == "slack/T1/CINC" }, Known: func(string) bool { return !tt.hidden },
			})
			if tt.how == "" {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Equal(t, tt.how, got[0].How)
		})
	}
}

// TestTooLittleWasWatched: less than four weeks of talk tell nothing, and neither
// does what ended long ago.
func TestTooLittleWasWatched(t *testing.T) {
	for _, days := range [][2]int{{20, 0}, {80, 40}} {
		var seen lint.Seen
		for _, d := range days {
			seen.Observe(wrote("C1", "wim", thinNow.AddDate(0, 0, -d), time.Time{}))
		}
		require.Empty(t, lint.Thins(&lint.ThinInput{Org: pairOrg(t), Now: thinNow, Talk: seen.Talk, Traffic: []lint.Traffic{{A: "Payments", B: "Web", To: 30}}}))
	}
}

func TestTrafficWithin(t *testing.T) {
	at := func(day int) time.Time { return thinNow.AddDate(0, 0, -100+day) }
	paths := []lint.TeamPath{
		{Stays: []signals.Hop{{Team: "Web", Since: at(1), Until: at(20)}, {Team: "Payments", Since: at(20), Until: at(22)}, {Team: "Web", Since: at(22)}}, Ended: at(26)},
		{Stays: []signals.Hop{{Team: "Payments", Since: at(90), Until: at(97)}, {Team: "Web", Since: at(97)}}},
		{Stays: []signals.Hop{{Team: "Web", Since: at(1), Until: at(5)}, {Team: "Payments", Since: at(5)}}}, // before
	}
	got := lint.TrafficWithin(paths, at(10), at(100))
	day := 24 * time.Hour
	require.Equal(t, []lint.Traffic{{A: "Payments", B: "Web", To: 2, Fro: 1, Waited: []time.Duration{2 * day, 3 * day, 4 * day}}}, got)
	require.Equal(t, 3*day, lint.Median(got[0].Waited))
	p := signals.DefaultPolicy()
	require.Empty(t, lint.Liaisons(&p, got))
	p.Routes.Liaison = 3
	require.Len(t, lint.Liaisons(&p, got), 1)
	p.Routes.Liaison = 0
	require.Empty(t, lint.Liaisons(&p, got))
}

// TestWhatARouteSaved: five solved issues that took it straight, and five before it
// that wandered; with four of either it is not told.
func TestWhatARouteSaved(t *testing.T) {
	for _, n := range []int{4, 5} {
		o := pairOrg(t)
		rule := signals.Rule{From: "Web", To: "Payments", Kind: "stall", At: thinNow.AddDate(0, 0, -30), Until: thinNow}
		text := `{"from":"Web","to":"Payments","for":"stall"}`
		require.NoError(t, o.Apply(&signals.Event{Kind: signals.RosterSet, Field: "rule", To: rule.ID(), Text: text}))
		cases := make(map[signals.Key]*signals.Case)
		var records []*signals.Record
		issue := func(id string, at time.Time, rule string, teams ...string) {
			k := signals.Key{Source: signals.Jira, Site: "j", ID: id}
			events := []*signals.Event{{ID: id, Case: k, Kind: signals.Opened, At: at, Set: []signals.Value{{Field: signals.FieldTeam, To: teams[0]}}, Audience: signals.Public}}
			for i := 1; i < len(teams); i++ {
				events = append(events, &signals.Event{ID: fmt.Sprint(id, i), Case: k, Kind: signals.TeamMoved, From: teams[i-1], To: teams[i], At: at.AddDate(0, 0, i), Seq: signals.Seq{Entry: int64(i)}, Audience: signals.Public})
			}
			events = append(events, &signals.Event{ID: id + "end", Case: k, Kind: signals.Closed, To: "Done", At: at.AddDate(0, 0, len(teams)), Seq: signals.Seq{Entry: 99}, Audience: signals.Public})
			cases[k] = signals.Fold(events)
			s := &signals.Signal{Detector: "stall", Case: k, At: at}
			r := &signals.Record{Signal: s, Ledger: signals.NewLedger(s, at), Rule: rule}
			r.Ledger.Reach(signals.Transmitted, at, false)
			r.Ledger.Reach(signals.Corrected, at.AddDate(0, 0, len(teams)), false)
			records = append(records, r)
		}
		for i := range n {
			issue(fmt.Sprint("u", i), rule.At.AddDate(0, 0, -20), "", "Web", "Desk", "Web", "Payments")
			issue(fmt.Sprint("w", i), rule.At.AddDate(0, 0, 2), rule.ID(), "Web", "Payments")
			issue(fmt.Sprint("o", i), rule.At.AddDate(0, 0, 2), "", "Web", "Desk") // another team solved it
		}
		u := lint.UseOf(o, rule, records, func(k signals.Key) *signals.Case { return cases[k] })
		require.Equal(t, []int{n, 0, n, n, n}, []int{u.Taken, u.Received, u.Corrected, len(u.With), len(u.Usual)})
		hops, took, ok := u.Saved(5)
		if n < 5 {
			require.False(t, ok)
			continue
		}
		require.True(t, ok)
		require.Equal(t, 2, hops)
		require.Equal(t, 48*time.Hour, took)
	}
}
