// Package view holds the neutral things that are shown to people. Whoever knows
// something makes them; Slack and the web pages render them, each in its own
// way. It imports nothing and decides nothing.
package view

// Chart is figures to be drawn: one value per label and series.
type Chart struct {
	Title  string
	Unit   string // what a value counts, such as "signals"
	Labels []string
	Series []Series
}

// Series is one row of values, as many as the chart has labels.
type Series struct {
	Name   string
	Values []float64
}

// Empty reports whether a chart has nothing to draw.
func (c Chart) Empty() bool {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if v != 0 {
				return false
			}
		}
	}
	return true
}
