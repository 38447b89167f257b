// Package view holds the neutral things that are shown to people. Whoever knows
// something makes them; Slack and the web pages render them, each in its own
// way. It imports nothing and decides nothing.
package view

import (
	"strconv"
	"strings"
)

// ChartKind says how a chart is drawn. It is a string so that stored cards are
// immune to renumbering.
type ChartKind string

// The kinds of charts.
const (
	Bars  ChartKind = ""     // a bar per label and series
	Curve ChartKind = "line" // a line per series over the labels
	Pie   ChartKind = "pie"  // the first series, a slice per label
)

// Chart is figures to be drawn: one value per label and series.
type Chart struct {
	Kind   ChartKind
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

// Lines returns the chart in words: its title, then a line per label.
func (c Chart) Lines() []string {
	out := []string{c.Title}
	plain := len(c.Series) == 1 && strings.EqualFold(c.Series[0].Name, c.Unit) // the unit says it all
	for i, label := range c.Labels {
		line := label + ":"
		for _, s := range c.Series {
			if plain {
				s.Name = ""
			}
			if i < len(s.Values) {
				line += " " + strings.TrimSpace(s.Name+" "+strconv.FormatFloat(s.Values[i], 'f', -1, 64))
			}
		}
		out = append(out, strings.TrimSpace(line+" "+c.Unit))
	}
	return out
}
