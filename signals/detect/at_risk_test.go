package detect_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/detect"
)

// oracle foretells what it was told to.
type oracle struct {
	detect.Models
	says []detect.Foretold
}

func (o oracle) Foretell(*signals.Case) []detect.Foretold { return o.says }

func TestAtRisk(t *testing.T) {
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	facts := []string{"it has changed teams twice", "it is held by Network"}
	wander := detect.Foretold{Outcome: "long_path", P: 0.72, Usual: 0.1, Facts: facts}
	opened, moved := signals.Event{Kind: signals.Opened, Set: []signals.Value{{Field: signals.FieldTeam, To: "Desk"}}}, signals.Event{Kind: signals.TeamMoved, From: "Desk", To: "Network"}
	for _, c := range []struct {
		name     string
		says     []detect.Foretold
		events   []signals.Event
		want     string
		occasion int
	}{
		{"likely", []detect.Foretold{wander}, []signals.Event{opened, moved}, "about 7 in 10 cases like it are handed from team to team many times: it has changed teams twice; it is held by Network", 0},
		{"likeliest", []detect.Foretold{wander, {Outcome: "escalate", P: 0.96, Usual: 0.02}}, []signals.Event{opened}, "about 9 in 10 cases like it escalate", 0},
		{"reopened", []detect.Foretold{{Outcome: "ping_pong", P: 0.6, Usual: 0.1}}, []signals.Event{opened, {Kind: signals.Closed}, {Kind: signals.Reopened}, moved}, "about 6 in 10 cases like it come back to a team that had handed them over", 2},
		{"nothing known", nil, []signals.Event{opened, moved}, "", 0},
		{"unlikely", []detect.Foretold{{Outcome: "escalate", P: 0.49, Usual: 0.1}}, []signals.Event{opened}, "", 0},
		{"as usual", []detect.Foretold{{Outcome: "long_path", P: 0.6, Usual: 0.4}}, []signals.Event{opened}, "", 0},
		{"closed", []detect.Foretold{wander}, []signals.Event{opened, {Kind: signals.Closed}}, "", 0},
		{"only talk", []detect.Foretold{wander}, []signals.Event{opened, {Kind: signals.Said, Text: "any news?"}}, "", 0},
	} {
		k := signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
		var list []*signals.Event
		for i, e := range c.events {
			e.Case, e.ID, e.At, e.Seq.Entry, e.Audience = k, fmt.Sprintf("%s/%d", k, i), begin.Add(time.Duration(i)*time.Hour), int64(i), signals.Public
			list = append(list, &e)
		}
		kase := signals.Fold(list)
		last := list[len(list)-1]
		s := &detect.Snapshot{
			Case: kase, Problem: &signals.Problem{ID: k, Cases: []*signals.Case{kase}}, Event: last,
			Models: oracle{says: c.says}, Org: signals.NewOrg(signals.DefaultPolicy()), Now: last.At,
		}
		got := detect.AtRisk.Detect(s)
		if c.want == "" {
			require.Empty(t, got, c.name)
			continue
		}
		require.Len(t, got, 1, c.name)
		require.Equal(t, c.want, got[0].Reason, c.name)
		require.Equal(t, list[c.occasion].ID, got[0].Occasion, c.name)
		require.Equal(t, last.ID, got[0].Evidence[0], c.name)
	}
}

func TestAtRiskNeedsAForeteller(t *testing.T) {
	c := signals.Fold([]*signals.Event{{ID: "jira/s/1/0", Case: signals.Key{Source: signals.Jira, Site: "s", ID: "1"}, Kind: signals.Opened}})
	require.Empty(t, detect.AtRisk.Detect(&detect.Snapshot{Case: c, Event: c.Events()[0], Org: signals.NewOrg(signals.DefaultPolicy())}))
}
