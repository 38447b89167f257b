package view

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChartLines(t *testing.T) {
	for name, c := range map[string]struct {
		chart Chart
		want  []string
	}{
		"the unit is said once": {Chart{Title: "Hours off the direct route", Unit: "hours", Labels: []string{"2 Nov"}, Series: []Series{{Name: "Hours", Values: []float64{81}}}}, []string{"Hours off the direct route", "2 Nov: 81 hours"}},
		"a name of its own":     {Chart{Title: "Signals", Unit: "signals", Labels: []string{"found"}, Series: []Series{{Name: "This week", Values: []float64{3}}}}, []string{"Signals", "found: This week 3 signals"}},
		"without a unit":        {Chart{Title: "Signals", Labels: []string{"found"}, Series: []Series{{Name: "now", Values: []float64{3}}}}, []string{"Signals", "found: now 3"}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.chart.Lines()) })
	}
}
