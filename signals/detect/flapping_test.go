package detect_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/route"
)

var (
	alertKey = signals.Key{Source: signals.Alerts, Site: "main", ID: "3f2a91c4d5e6f708"}
	robot    = signals.ID(signals.Alerts, "main", "bot:alertmanager")
	monday   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
)

// alertEvents is an alert that fires and heals every hour, n times.
func alertEvents(n int, set ...signals.Value) []*signals.Event {
	out := []*signals.Event{{
		ID: alertKey.String() + "/opened", Case: alertKey, Kind: signals.Opened, Actor: robot, At: monday, Text: "QueueGrows: mail waits",
		Set: append([]signals.Value{{Field: signals.FieldProject, To: "mail"}, {Field: signals.FieldPriority, To: "critical"}}, set...), Audience: signals.Public,
	}}
	for i := range n {
		fired := monday.Add(time.Duration(i) * time.Hour)
		out = append(out,
			&signals.Event{ID: alertKey.String() + "/firing/" + strconv.Itoa(i), Case: alertKey, Kind: signals.Firing, Actor: robot, At: fired, Seq: signals.Seq{Item: 1}, Audience: signals.Public},
			&signals.Event{ID: alertKey.String() + "/recovered/" + strconv.Itoa(i), Case: alertKey, Kind: signals.Recovered, Actor: robot, At: fired.Add(time.Minute), Audience: signals.Public},
		)
	}
	return out
}

// lookAt asks the detector at the latest event of a case.
func lookAt(c *signals.Case, org *signals.Org) []signals.Signal {
	all := c.Events()
	return detect.Flapping.Detect(&detect.Snapshot{Case: c, Problem: signals.NewProblem(c), Event: all[len(all)-1], Org: org, Now: c.Last})
}

// An alert finds its way by its team label first, then by what the roster says
// of its project.
func TestFlappingIsRouted(t *testing.T) {
	lead := signals.Team{ID: "Post", Aliases: []string{"mail-team"}, Lead: "lea", Channel: "slack/T1/C7"}
	headless := signals.Team{ID: "Post", Owns: []signals.Owned{{Project: "Mail", Person: "cleo"}}}
	owner := signals.Team{ID: "Relay", Lead: "ray", Owns: []signals.Owned{{Project: "mail"}}}
	for name, c := range map[string]struct {
		label string // the team label, "" for none
		teams []signals.Team
		need  signals.Need
		to    string
		why   string
	}{
		"lead of the team it names":     {"Post", []signals.Team{lead, owner}, signals.NeedLead, "lea", "leads Post, which holds it"},
		"the team by another name":      {"mail-team", []signals.Team{lead}, signals.NeedLead, "lea", "leads Post, which holds it"},
		"a team without a lead":         {"Post", []signals.Team{headless}, signals.NeedResolver, "cleo", "is the contact of Post, which owns project Mail"},
		"a team that nobody knows":      {"Elsewhere", []signals.Team{owner}, signals.NeedResolver, "ray", "leads Relay, which owns project mail"},
		"no team label":                 {"", []signals.Team{lead, owner}, signals.NeedResolver, "ray", "leads Relay, which owns project mail"},
		"nobody known: no route, a why": {"", nil, signals.NeedResolver, "", "nobody who could help can be asked now"},
	} {
		t.Run(name, func(t *testing.T) {
			org := signals.NewOrg(signals.DefaultPolicy())
			for i := range c.teams {
				text, err := json.Marshal(c.teams[i])
				require.NoError(t, err)
				require.NoError(t, org.Apply(&signals.Event{Kind: signals.RosterSet, Field: "team", To: c.teams[i].ID, Text: string(text)}))
			}
			var set []signals.Value
			if c.label != "" {
				set = append(set, signals.Value{Field: signals.FieldTeam, To: c.label})
			}
			alert := signals.Fold(alertEvents(5, set...))
			found := lookAt(alert, org)
			require.Len(t, found, 1)
			require.Equal(t, c.need, found[0].Need)
			choice := route.Pick(nil, org, alert, &found[0], alert.Last)[0]
			require.Equal(t, c.to, choice.To)
			require.Equal(t, c.why, choice.Why)
		})
	}
}

// The occasion is the firing that completed the count, whatever follows, and the
// evidence is each of the spells, the latest first.
func TestFlappingOccasion(t *testing.T) {
	org := signals.NewOrg(signals.DefaultPolicy())
	for n := 1; n < 12; n++ {
		found := lookAt(signals.Fold(alertEvents(n)), org)
		if n < 5 {
			require.Empty(t, found, "after %d", n)
			continue
		}
		require.Len(t, found, 1, "after %d", n)
		require.Equal(t, alertKey.String()+"/firing/4", found[0].Occasion)
		require.Equal(t, found[0].Occasion, found[0].Evidence[0])
		require.Len(t, found[0].Evidence, 10)
		require.Contains(t, found[0].Reason, "5 times in 4 hours")
	}
}

// Whatever an alert and people do: a signal rests on as many recoveries as the
// policy asks for, within the window and after the last act; and between two
// occasions somebody acted or it was quiet for a window.
func TestFlappingHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		org := signals.NewOrg(signals.DefaultPolicy())
		p := &org.Policy.Detect.Flapping
		p.Times, p.Window = rapid.IntRange(1, 4).Draw(t, "times"), time.Duration(rapid.IntRange(1, 6).Draw(t, "window"))*time.Hour
		c := signals.Fold(alertEvents(0))
		var acted, last time.Time
		occasion := ""
		quiet, since := false, false // quiet for a window, and somebody acted, since the occasion
		at := monday
		for i := range rapid.IntRange(1, 60).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "minutes")) * time.Minute)
			e := &signals.Event{ID: "e" + strconv.Itoa(i), Case: alertKey, At: at, Seq: signals.Seq{Entry: int64(i + 1)}, Actor: robot, Audience: signals.Public}
			e.Kind = rapid.SampledFrom([]signals.Kind{signals.Firing, signals.Recovered, signals.Firing, signals.Recovered, signals.Said, signals.Firing, signals.Recovered}).Draw(t, "kind")
			if e.Kind == signals.Said {
				e.Actor, e.Text, acted, since = "slack/T1/ann", "hm", at, true
			} else {
				quiet = quiet || !last.IsZero() && at.Sub(last) >= p.Window
				last = at
			}
			require.True(t, c.Apply(e))
			for _, s := range lookAt(c, org) {
				recoveries := 0
				for _, id := range s.Evidence {
					for _, o := range c.Events() {
						if o.ID == id {
							require.True(t, o.At.After(acted), "%s is from before somebody acted", id)
							recoveries += map[signals.Kind]int{signals.Recovered: 1}[o.Kind]
						}
					}
				}
				require.Equal(t, p.Times, recoveries)
				if s.Occasion != occasion {
					require.True(t, occasion == "" || quiet || since, "a new occasion without a reason")
					require.Equal(t, e.Kind, signals.Recovered)
					occasion, quiet, since = s.Occasion, false, false
				}
			}
		}
	})
}
