package detect

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestLacks(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		detector Detector
		set      []signals.Value
		event    signals.Event
		want     string
	}{
		"no hand-off":       {LongPath, nil, signals.Event{Kind: signals.Said, Text: "hello"}, "lacks 3 team hand-offs: of 3 that are asked for it has 0"},
		"one":               {LongPath, nil, signals.Event{Kind: signals.TeamMoved, To: "B"}, "lacks 2 team hand-offs: of 3 that are asked for it has 1"},
		"a return":          {PingPong, nil, signals.Event{Kind: signals.TeamMoved, To: "B"}, "lacks a return to A"},
		"no other team":     {PingPong, nil, signals.Event{Kind: signals.Said, Text: "hello"}, "lacks a hand-off and a return"},
		"not urgent":        {Orphan, nil, signals.Event{Kind: signals.Said, Text: "hello"}, "asks about urgent cases alone, which this is not"},
		"held":              {Orphan, []signals.Value{{Field: signals.FieldPriority, To: "Blocker"}}, signals.Event{Kind: signals.Assigned, To: "jira/s/bob"}, "lacks a holder who has left or is away: somebody holds it"},
		"waits for opener":  {Stall, nil, signals.Event{Kind: signals.Status, To: "Waiting for customer"}, "is silent while the case waits for who raised it"},
		"a later look":      {Stall, nil, signals.Event{Kind: signals.Assigned, To: "jira/s/bob"}, "looks again on 5 March 11:00 UTC if nothing happens"},
		"closed":            {Stall, nil, signals.Event{Kind: signals.Closed, To: "Fixed"}, ""},
		"not to be told so": {Climb, nil, signals.Event{Kind: signals.Said, Text: "hello"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
			set := append([]signals.Value{{Field: signals.FieldTeam, To: "A"}}, tt.set...)
			tt.event.Case, tt.event.ID, tt.event.At, tt.event.Seq.Entry, tt.event.Audience = k, "jira/s/1/2", at, 2, signals.Public
			c := signals.Fold([]*signals.Event{{ID: "jira/s/1/1", Case: k, Kind: signals.Opened, Actor: "jira/s/ann", At: at.Add(-time.Hour), Seq: signals.Seq{Entry: 1}, Set: set, Audience: signals.Public}, &tt.event})
			s := &Snapshot{Case: c, Problem: signals.NewProblem(c), Models: noModels{}, Org: signals.NewOrg(signals.DefaultPolicy()), Now: at.Add(time.Hour)}
			require.Equal(t, tt.want, tt.detector.Lacks(s))
		})
	}
}

// noModels knows nothing.
type noModels struct{}

func (noModels) ProblemWeights() ProblemWeights { return nil }

func (noModels) Read(*signals.Post) *Reading                { return nil }
func (noModels) Alike(*signals.Case, int) []Like            { return nil }
func (noModels) Handoffs(string, float64) (handoffs, n int) { return 0, 0 }
func (noModels) Habit(string, string) Habit                 { return Habit{} }
