package bot

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestDrillsOfTheWeek: how drills ended is told only where enough people took part,
// and what happened after the week plays no part.
func TestDrillsOfTheWeek(t *testing.T) {
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	week := weekSpan{from, from.AddDate(0, 0, 7)}
	drill := func(id string, at time.Time, asked ...int) *signals.Record {
		s := &signals.Signal{Detector: "drill", Case: signals.Key{Source: signals.Drills, Site: "chain", ID: id}, At: at}
		r := &signals.Record{Signal: s, Ledger: signals.NewLedger(s, at)}
		for _, n := range asked {
			r.Nudges = append(r.Nudges, &signals.Nudge{Signal: s, To: "p" + strconv.Itoa(n), State: signals.Ignored})
		}
		return r
	}
	held := drill("a", from.Add(time.Hour), 1, 2)
	held.Ledger.Reach(signals.ConfirmedBy, from.Add(2*time.Hour), false)
	stopped := drill("b", from.Add(time.Hour), 2, 3, 4)
	stopped.Ledger.Die(signals.ReceivedBy, "nobody answered", from.Add(3*time.Hour))
	later := drill("c", from.Add(time.Hour), 4)
	later.Ledger.Die(signals.ReceivedBy, "nobody answered", week.until)
	records := []*signals.Record{held, stopped, later, drill("d", week.until, 5), drill("e", from.Add(-time.Hour), 6)}
	d := &digest{Drills: sumDrills(records, week), Group: 5}
	require.Equal(t, "Drills, counted apart: 3 drills began.", d.drills()[0].Text, "four people")
	later.Nudges = append(later.Nudges, &signals.Nudge{Signal: later.Signal, To: "p7", State: signals.Ignored})
	d.Drills = sumDrills(records, week)
	require.Equal(t, "Drills, counted apart: 3 drills began, 1 confirmed, 1 stopped before received.", d.drills()[0].Text)
	require.Empty(t, (&digest{}).drills())
	require.Len(t, withoutDrills(append(records, &signals.Record{Signal: &signals.Signal{Case: signals.Key{Source: signals.Jira, ID: "1"}}})), 1)
}
