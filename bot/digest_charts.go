package bot

import (
	"math"

	"andon/bot/view"
	"andon/signals"
)

// small reports whether a team was left out for its size.
func (d *digest) small() bool {
	for _, w := range digestTop(d.Paths.Longest) {
		for i := range w.Stays {
			if !d.large(w.Stays[i].Team) {
				return true
			}
		}
	}
	return d.Paths.Small
}

// charts are at most two, as many as one message takes.
func (d *digest) charts() []view.Chart {
	stages := view.Chart{Title: "Signals by stage", Unit: "signals", Series: []view.Series{{Name: "This week"}, {Name: d.before()}}}
	for _, st := range signals.Stages {
		stages.Labels = append(stages.Labels, string(st))
		stages.Series[0].Values = append(stages.Series[0].Values, float64(d.Now.Reached[st]))
		stages.Series[1].Values = append(stages.Series[1].Values, float64(d.Last.Reached[st]))
	}
	hours := view.Chart{Kind: view.Curve, Title: "Hours off the direct route, by week", Unit: "hours", Series: []view.Series{{Name: "Hours"}}}
	n := 0
	for i, h := range d.Hours {
		if h > 0 {
			n++
		}
		from := d.Week.from.In(d.Zone).AddDate(0, 0, -7*(len(d.Hours)-1-i))
		hours.Labels = append(hours.Labels, from.Format("2 Jan"))
		hours.Series[0].Values = append(hours.Series[0].Values, math.Round(h))
	}
	var out []view.Chart
	if !stages.Empty() {
		out = append(out, stages)
	}
	if n > 1 { // one week is no curve
		out = append(out, hours)
	}
	return out
}
