package console

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
	"andon/signals/replay"
)

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"hours": hours, "num": num, "count": signals.Counted, "about": about, "general": general, "name": func(s string) string { return view.Line(s, cellWidth) }, "day": func(t time.Time) string { return t.Format("2 Jan 2006") },
	"minute": func(t time.Time) string { return t.Format("2006-01-02 15:04") }, "share": share, "route": drawPath,
}).Parse(reportPage))

// Page is what a report page shows besides the report itself.
type Page struct {
	*replay.Report
	Title    string
	Inputs   []string // what was read, in words
	Rejected int
	Known    []Known // precision and recall against a known truth, where there is one
	Charts   map[string]template.HTML
	Nudges   int
	Signals  int
}

// Blind reports whether the history shows no bad end at all, which mostly means
// that nobody said which fields tell of one.
func (p Page) Blind() bool {
	return p.Cases > 0 && !slices.ContainsFunc(p.Early, func(e replay.EarlyRow) bool { return e.Cases > 0 })
}

// Known is how well a detector found what is known to be there.
type Known struct {
	Detector                  string
	Planted, Found, Right     int
	Signals                   int
	Precision, Recall         float64
	PrecisionText, RecallText string
}

// WriteReport writes the report as one self-contained HTML file: no scripts, no
// fonts and no pictures from elsewhere.
func WriteReport(w io.Writer, p Page) error {
	p.Charts = make(map[string]template.HTML)
	for name, c := range map[string]view.Chart{"detectors": detectorChart(p.Report), "deaths": deathChart(p.Report), "pairs": pairChart(p.Report)} {
		drawn, err := svg(c)
		if err != nil {
			return err
		}
		p.Charts[name] = drawn
	}
	for _, d := range p.Detectors {
		p.Signals += d.Signals
		p.Nudges += d.Sent
	}
	var page strings.Builder
	if err := reportTemplate.Execute(&page, p); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if _, err := io.WriteString(w, view.Plain(page.String())); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func detectorChart(r *replay.Report) view.Chart {
	c := view.Chart{Title: "Signals by detector", Unit: "signals", Series: []view.Series{{Name: "would be said"}, {Name: "held or overtaken"}, {Name: "shadow"}, {Name: "nobody to tell"}}}
	rows := slices.Clone(r.Detectors)
	slices.SortStableFunc(rows, func(a, b replay.DetectorRow) int { return cmp.Compare(b.Signals, a.Signals) })
	for _, d := range rows {
		c.Labels = append(c.Labels, d.Name)
		for i, v := range []int{d.Sent, d.Held + d.Superseded, d.Shadowed, d.NoRoute} {
			c.Series[i].Values = append(c.Series[i].Values, float64(v))
		}
	}
	return c
}

func deathChart(r *replay.Report) view.Chart {
	c := view.Chart{Title: "Where signals stand", Unit: "signals", Series: []view.Series{{Name: "died before it"}, {Name: "still waits for it"}}}
	for _, d := range r.Deaths {
		c.Labels = append(c.Labels, stageName(d.Stage))
		c.Series[0].Values = append(c.Series[0].Values, float64(d.Count))
		c.Series[1].Values = append(c.Series[1].Values, float64(d.Alive))
	}
	return c
}

func stageName(s signals.Stage) string {
	if s == "" {
		return "went all the way"
	}
	return string(s)
}

func pairChart(r *replay.Report) view.Chart {
	c := view.Chart{Title: "Team pairs that hand over most", Unit: "hand-offs", Series: []view.Series{{Name: "hand-offs"}}}
	for _, p := range r.Pairs {
		c.Labels = append(c.Labels, view.Line(p.From, 20)+" > "+view.Line(p.To, 20))
		c.Series[0].Values = append(c.Series[0].Values, float64(p.Handoffs))
	}
	return c
}

// about is what a detector finds, in a sentence.
func about(detector string) string {
	d, _ := detect.Find(detector)
	return d.Doc
}

// general shows a reason whose figures were left out because they differ.
func general(why string) string { return strings.ReplaceAll(why, "# ", "… ") }

// hours says a number of hours as a person would.
func hours(h float64) string {
	switch {
	case h < 1:
		return strconv.Itoa(int(h*60+0.5)) + " min"
	case h < 48:
		return strconv.FormatFloat(h, 'f', 1, 64) + " h"
	}
	return strconv.FormatFloat(h/24, 'f', 1, 64) + " days"
}

func num(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// share is a part of a whole in per cent.
func share(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return strconv.Itoa((100*part+whole/2)/whole) + " %"
}
