package replay

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDrifted(t *testing.T) {
	f := func(low, value, high float64) Figure { return Figure{Value: value, Low: low, High: high, Known: true} }
	auc := func(v Figure) ScoreRow {
		return ScoreRow{Part: "risk", Task: "wanders", Measure: "AUC", Entries: 1, Ours: v}
	}
	ece := func(v Figure) ScoreRow {
		return ScoreRow{Part: "risk", Task: "wanders", Measure: "error", Lower: true, Ours: v}
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
