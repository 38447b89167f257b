package slack

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// Slack's limits on its charts. That a message takes two of them it does not
// document.
const (
	maxCharts     = 2
	maxChartTitle = 50
	maxChartLabel = 20
	maxPoints     = 20
	maxSeries     = 6
	maxSegments   = 6
	maxAlt        = 2000
)

// charts draws charts one below the other: as Slack's own, as pictures, or in
// words.
func (f fit) charts(charts []view.Chart, as form) (blocks []slackgo.Block) {
	drawn := 0
	for i := range charts {
		c := f.tidyChart(&charts[i])
		if len(c.Labels) == 0 || len(c.Series) == 0 {
			continue
		}
		if i < len(as.pictures) && as.pictures[i] != "" {
			alt := cut(strings.Join(c.Lines(), "\n"), min(4*f.text, maxAlt))
			blocks = append(blocks, slackgo.NewImageBlockSlackFile(&slackgo.SlackFileObject{ID: as.pictures[i]}, alt, "", plainText(c.Title)))
			continue
		}
		if as.charts && drawn < maxCharts && f.items > fewItems && drawable(c) {
			if b := chartBlock(c); b.Validate() == nil {
				drawn++
				blocks = append(blocks, b)
				continue
			}
		}
		blocks = append(blocks, f.rich(chartWords(c))...)
	}
	return blocks
}

// tidyChart is the chart within Slack's limits: as many values as labels, no
// label or name twice, and not too many. Of a curve the latest labels are kept,
// else the first.
func (f fit) tidyChart(c *view.Chart) view.Chart {
	out := view.Chart{Kind: c.Kind, Title: cmp.Or(oneLine(c.Title, min(f.text, maxChartTitle)), "Figures"), Unit: oneLine(c.Unit, min(f.text, maxChartTitle))}
	from, to := 0, min(len(c.Labels), maxPoints)
	if c.Kind == view.Curve {
		from, to = max(0, len(c.Labels)-maxPoints), len(c.Labels)
	}
	out.Labels = distinct(c.Labels[from:to])
	var names []string
	for i := range c.Series[:min(len(c.Series), maxSeries)] {
		names = append(names, c.Series[i].Name)
		values := make([]float64, len(out.Labels))
		if len(c.Series[i].Values) > from {
			copy(values, c.Series[i].Values[from:])
		}
		out.Series = append(out.Series, view.Series{Values: values})
	}
	if len(names) == 1 && oneLine(names[0], maxChartLabel) == "" {
		names[0] = cmp.Or(out.Unit, out.Title)
	}
	for i, name := range distinct(names) {
		out.Series[i].Name = name
	}
	return out
}

// distinct are labels of the length that Slack takes, no two of them alike and
// none empty.
func distinct(labels []string) []string {
	out, seen := make([]string, len(labels)), map[string]bool{}
	for i, l := range labels {
		s := cmp.Or(oneLine(l, maxChartLabel), noCell)
		for n := 2; seen[s]; n++ {
			end := fmt.Sprintf(" (%d)", n)
			s = oneLine(cmp.Or(oneLine(l, maxChartLabel), noCell), maxChartLabel-len(end)) + end
		}
		seen[s] = true
		out[i] = s
	}
	return out
}

// drawable reports whether there is anything to draw, and nothing that cannot be
// drawn.
func drawable(c view.Chart) bool {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return false
			}
		}
	}
	return !c.Empty()
}

// chartBlock is Slack's own chart.
func chartBlock(c view.Chart) *slackgo.DataVisualizationBlock {
	b := &slackgo.DataVisualizationBlock{Type: slackgo.MBTDataVisualization, Title: c.Title}
	if c.Kind == view.Pie {
		b.Chart = slackgo.NewDataVisualizationPieChart(segments(c)...)
		return b
	}
	axis := slackgo.NewDataVisualizationAxisConfig(c.Labels...).WithYLabel(c.Unit)
	series := make([]slackgo.DataVisualizationDataSeries, len(c.Series))
	for i, s := range c.Series {
		points := make([]slackgo.DataVisualizationDataPoint, len(s.Values))
		for j, v := range s.Values {
			points[j] = slackgo.NewDataVisualizationDataPoint(c.Labels[j], v)
		}
		series[i] = slackgo.NewDataVisualizationDataSeries(s.Name, points...)
	}
	if c.Kind == view.Curve {
		b.Chart = slackgo.NewDataVisualizationLineChart(axis, series...)
	} else {
		b.Chart = slackgo.NewDataVisualizationBarChart(axis, series...)
	}
	return b
}

// segments are the slices of a pie: those of more than nothing, the last ones
// together where there are too many.
func segments(c view.Chart) []slackgo.DataVisualizationSegment {
	var out []slackgo.DataVisualizationSegment
	for i, v := range c.Series[0].Values {
		if v > 0 {
			out = append(out, slackgo.NewDataVisualizationSegment(c.Labels[i], v))
		}
	}
	if len(out) <= maxSegments {
		return out
	}
	others := slackgo.NewDataVisualizationSegment("others", 0)
	for _, s := range out[maxSegments-1:] {
		others.Value += s.Value
	}
	return append(out[:maxSegments-1], others)
}

// chartWords is a chart in words: its title, then a line per label.
func chartWords(c view.Chart) []row {
	rows := []row{{bold(c.Title)}}
	if c.Empty() {
		return []row{{bold(c.Title), words(": nothing")}}
	}
	if len(c.Series) == 1 {
		c.Series[0].Name = ""
	}
	for _, line := range c.Lines()[1:] {
		if line = oneLine(line, maxSection); utf8.RuneCountInString(line) > 0 {
			rows = append(rows, row{words(line)})
		}
	}
	return rows
}
