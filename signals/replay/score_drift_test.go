package replay

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDrifted(t *testing.T) {
	f := func(low, value, high float64) Figure { return Figure{Value: value, Low: low, High: high, Known: true} }
	auc := func(v Figure) ScoreRow {
		return ScoreRow{Part: "risk", Task: "wanders", Measure: "AUC", Entries: 1, Cases: 3000, Came: 900, Ours: v}
	}
	ece := func(v Figure) ScoreRow {
		return ScoreRow{Part: "risk", Task: "wanders", Measure: "error", Cases: 3000, Came: 900, Lower: true, Ours: v}
	}
	few := func(r ScoreRow) ScoreRow { r.Verdict = TooFew; return r }
	for name, c := range map[string]struct {
		then, now []ScoreRow
		worse     int
		compared  int
	}{
		"worse by far":            {[]ScoreRow{auc(f(.78, .80, .82))}, []ScoreRow{auc(f(.68, .70, .72))}, 1, 1},
		"better by far":           {[]ScoreRow{auc(f(.68, .70, .72))}, []ScoreRow{auc(f(.78, .80, .82))}, 0, 1},
		"worse within chance":     {[]ScoreRow{auc(f(.70, .80, .90))}, []ScoreRow{auc(f(.60, .70, .80))}, 0, 1},
		"more error is worse":     {[]ScoreRow{ece(f(.01, .02, .03))}, []ScoreRow{ece(f(.09, .10, .11))}, 1, 1},
		"less error is better":    {[]ScoreRow{ece(f(.09, .10, .11))}, []ScoreRow{ece(f(.01, .02, .03))}, 0, 1},
		"too few now":             {[]ScoreRow{auc(f(.78, .80, .82))}, []ScoreRow{few(auc(f(.1, .1, .1)))}, 0, 0},
		"too few then":            {[]ScoreRow{few(auc(f(.9, .9, .9)))}, []ScoreRow{auc(f(.68, .70, .72))}, 0, 0},
		"another measure":         {[]ScoreRow{auc(f(.78, .80, .82))}, []ScoreRow{ece(f(.68, .70, .72))}, 0, 0},
		"nothing was measured":    {[]ScoreRow{auc(f(.78, .80, .82))}, []ScoreRow{auc(Figure{})}, 0, 0},
		"a task that is new here": {nil, []ScoreRow{auc(f(.68, .70, .72))}, 0, 0},
	} {
		worse, compared := Drifted(c.then, c.now)
		require.Len(t, worse, c.worse, name)
		require.Equal(t, c.compared, compared, name)
	}
}

// TestDriftedKnowsHowLittleItKnows: an interval without width is not certainty,
// one figure among many must lie further apart, and a calibration error is larger
// where there are fewer cases.
func TestDriftedKnowsHowLittleItKnows(t *testing.T) {
	row := func(task string, cases int, low, value, high float64) ScoreRow {
		return ScoreRow{Part: partRoutes, Task: task, Measure: "right one first", Cases: cases, Came: cases, Ours: Figure{value, low, high, true}}
	}
	worse, _ := Drifted([]ScoreRow{row("a", 20, 1, 1, 1)}, []ScoreRow{row("a", 200, .86, .9, .94)})
	require.Empty(t, worse, "20 of 20 may as well have been 19")
	worse, _ = Drifted([]ScoreRow{row("a", 2000, 1, 1, 1)}, []ScoreRow{row("a", 200, .86, .9, .94)})
	require.Len(t, worse, 1)

	then, now := []ScoreRow{row("a", 500, .76, .8, .84)}, []ScoreRow{row("a", 500, .68, .72, .76)} // 2.8 standard errors
	worse, _ = Drifted(then, now)
	require.Len(t, worse, 1)
	for _, task := range []string{"b", "c", "d", "e"} {
		then, now = append(then, row(task, 500, .76, .8, .84)), append(now, row(task, 500, .76, .8, .84))
	}
	worse, compared := Drifted(then, now)
	require.Equal(t, 5, compared)
	require.Empty(t, worse)

	ece := func(cases int, low, value, high float64) ScoreRow {
		return ScoreRow{Part: partRisk, Task: "a", Measure: "calibration error", Cases: cases, Came: cases / 2, Lower: true, Ours: Figure{value, low, high, true}}
	}
	worse, _ = Drifted([]ScoreRow{ece(2000, .01, .02, .03)}, []ScoreRow{ece(60, .10, .15, .20)})
	require.Empty(t, worse, "60 cases err by so much by chance alone")
	worse, _ = Drifted([]ScoreRow{ece(2000, .01, .02, .03)}, []ScoreRow{ece(2000, .10, .15, .20)})
	require.Len(t, worse, 1)
}
