package detect_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/detect"
)

// Most events are nobody's business: where nothing fires, the detectors of
// paths allocate nothing.
func TestQuietCostsNothing(t *testing.T) {
	steps, err := parseScript(`
person bob team=Payments
person cat team=Platform
2026-03-02 09:00 PAY-1 opened ann "Card payments fail" team=Payments assignee=bob priority=High
2026-03-02 09:30 PAY-1 said ann "since this morning"
2026-03-02 10:00 PAY-1 team Platform
+ assignee cat
2026-03-02 11:00 PAY-1 status "In Progress"
2026-03-02 12:00 PAY-1 said cat "looking"`)
	require.NoError(t, err)
	for _, d := range []detect.Detector{
		detect.LongPath, detect.PingPong, detect.PersonPingPong, detect.Climb, detect.Stall, detect.Orphan, detect.Downgraded,
	} {
		w := newWorld(d)
		for i, st := range steps {
			require.NoError(t, w.step(st, i+1 == len(steps) || !steps[i+1].more))
			for _, c := range w.cases {
				all := c.Events()
				s := &detect.Snapshot{
					Case: c, Problem: signals.NewProblem(c), Event: all[len(all)-1], Models: w.models, Org: w.org, Now: st.at,
				}
				require.Empty(t, d.Detect(s), "%s at line %d", d.Name, st.line)
				require.Zero(t, testing.AllocsPerRun(10, func() { d.Detect(s) }), "%s at line %d", d.Name, st.line)
			}
		}
	}
}

// BenchmarkQuiet is what one detector costs at an event where nothing fires.
func BenchmarkQuiet(b *testing.B) {
	steps, err := parseScript(`
2026-03-02 09:00 PAY-1 opened ann "Card payments fail" team=Payments assignee=bob priority=High
2026-03-02 10:00 PAY-1 team Platform
+ assignee cat`)
	require.NoError(b, err)
	for _, d := range []detect.Detector{
		detect.LongPath, detect.PingPong, detect.PersonPingPong, detect.Climb, detect.Stall, detect.Orphan, detect.Downgraded, detect.CameBack,
	} {
		b.Run(d.Name, func(b *testing.B) {
			w := newWorld(d)
			for i, st := range steps {
				require.NoError(b, w.step(st, i+1 == len(steps) || !steps[i+1].more))
			}
			for _, c := range w.cases {
				all := c.Events()
				s := &detect.Snapshot{Case: c, Problem: signals.NewProblem(c), Event: all[len(all)-1], Models: w.models, Org: w.org, Now: c.Last}
				for b.Loop() {
					d.Detect(s)
				}
			}
		})
	}
}
