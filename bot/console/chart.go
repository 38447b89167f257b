package console

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"andon/bot/view"
)

// palette is told apart in both light and dark, and by people who see red and
// green alike (after Okabe and Ito).
var palette = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff}, color.RGBA{0xcc, 0x79, 0xa7, 0xff},
}

// chartLabel is how many letters of a label a chart shows.
const chartLabel = 44

// svg draws a chart as horizontal bars, stacked where it has several series.
func svg(c view.Chart) (template.HTML, error) {
	if c.Empty() {
		return "", nil
	}
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Label.Text = c.Unit
	p.X.Min = 0
	for _, style := range []*draw.TextStyle{&p.X.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label} {
		style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(10)}
	}
	if err := addBars(p, c); err != nil {
		return "", fmt.Errorf("draw chart %s: %w", c.Title, err)
	}
	labels := make([]string, len(c.Labels))
	for i, l := range c.Labels {
		labels[len(labels)-1-i] = view.Line(l, chartLabel)
	}
	p.NominalY(labels...)
	height := vg.Points(56 + 24*float64(len(c.Labels)))
	canvas := vgsvg.New(vg.Points(620), height)
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("draw chart %s: %w", c.Title, err)
	}
	return legend(c) + inline(b.String(), c.Title), nil
}

func addBars(p *plot.Plot, c view.Chart) error {
	var below *plotter.BarChart
	for i, s := range c.Series {
		values := make(plotter.Values, len(s.Values))
		for j, v := range s.Values {
			values[len(values)-1-j] = v // the first label stands on top
		}
		bars, err := plotter.NewBarChart(values, vg.Points(15))
		if err != nil {
			return err
		}
		bars.Horizontal, bars.Color, bars.LineStyle.Width = true, palette[i%len(palette)], 0
		if below != nil {
			bars.StackOn(below)
		}
		below = bars
		p.Add(bars)
	}
	return nil
}

// legend names the series that have anything to show, above the drawing.
func legend(c view.Chart) template.HTML {
	if len(c.Series) < 2 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<p class="legend">`)
	for i, s := range c.Series {
		if slices.Max(s.Values) == 0 {
			continue
		}
		r, g, bl, _ := palette[i%len(palette)].RGBA()
		fmt.Fprintf(&b, `<span><i style="background:#%02x%02x%02x"></i>%s</span> `, r>>8, g>>8, bl>>8, template.HTMLEscapeString(s.Name))
	}
	return template.HTML(b.String() + "</p>")
}

// inline makes an SVG document part of a page: without its prologue, scaling
// with the page, in the page's text colour, and with its title for screen readers.
func inline(doc, title string) template.HTML {
	if i := strings.Index(doc, "<svg"); i > 0 {
		doc = doc[i:]
	}
	head, rest, _ := strings.Cut(doc, ">")
	box := ""
	if i := strings.Index(head, "viewBox="); i >= 0 {
		box = head[i:]
		if j := strings.Index(box[9:], `"`); j >= 0 {
			box = box[:j+10]
		}
	}
	rest = strings.NewReplacer("fill:#000000", "fill:currentColor", "stroke:#000000", "stroke:currentColor").Replace(rest)
	return template.HTML(`<svg class="chart" role="img" xmlns="http://www.w3.org/2000/svg" ` + box + `><title>` + template.HTMLEscapeString(title) + `</title>` + rest)
}
