package slack

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"andon/bot/view"
)

// A picture is as wide as a phone shows it, at twice the points, so that it is
// sharp there. Letters keep the size that they have on the screen.
const (
	pictureWidth = 340 // points
	pictureDots  = 144 // an inch
	letters      = 11  // points
	barWidth     = 12
	barRoom      = 6 // between two labels
)

// palette stands out against white, three to one and more, and is told apart by
// people who see red and green alike.
var palette = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x7a, 0x5a, 0xff},
	color.RGBA{0xa0, 0x46, 0x8c, 0xff}, color.RGBA{0x6b, 0x6b, 0x6b, 0xff}, color.RGBA{0x8c, 0x5a, 0x00, 0xff},
}

var ink = color.RGBA{0x1d, 0x1c, 0x1d, 0xff}

// drawChart draws a chart as PNG. The same chart gives the same bytes. A pie is
// drawn as bars, which are easier to compare.
func drawChart(c view.Chart) ([]byte, error) {
	p := plot.New()
	p.BackgroundColor = color.White
	style(p, &c)
	rows := len(c.Labels)
	if c.Kind == view.Pie {
		c.Series = c.Series[:1]
	}
	height := 84 + float64(rows)*(barWidth*float64(len(c.Series))+barRoom)
	draw1 := bars
	if c.Kind == view.Curve {
		draw1, height = curve, 220
	}
	if len(c.Series) > 1 {
		height += float64(letters+5) * float64(len(c.Series))
	}
	if err := draw1(p, &c); err != nil {
		return nil, err
	}
	canvas := vgimg.NewWith(vgimg.UseWH(vg.Points(pictureWidth), vg.Points(height)), vgimg.UseDPI(pictureDots), vgimg.UseBackgroundColor(color.White))
	// Some room at the edges: what is written at the end of an axis goes beyond it.
	p.Draw(draw.Crop(draw.New(canvas), vg.Points(6), -vg.Points(14), vg.Points(6), -vg.Points(6)))
	var b bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write the picture: %w", err)
	}
	return b.Bytes(), nil
}

// style sets letters and colours.
func style(p *plot.Plot, c *view.Chart) {
	face := func(size float64) font.Font {
		return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
	}
	for _, s := range []*text.Style{&p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle} {
		s.Font, s.Color = face(letters), ink
	}
	p.Title.TextStyle.Font, p.Title.TextStyle.Color, p.Title.Padding = face(letters+2), ink, vg.Points(6)
	p.Title.Text = c.Title
	p.X.Label.Text = c.Unit
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, false, vg.Points(2)
}

// bars draws lying bars, the first label on top, with the value at the end of
// each.
func bars(p *plot.Plot, c *view.Chart) error {
	n, most := len(c.Series), 0.0
	labels := make([]string, len(c.Labels))
	for i, l := range c.Labels {
		labels[len(labels)-1-i] = l
	}
	values := plotter.XYLabels{}
	step := float64(barWidth) / (barWidth*float64(n) + barRoom)
	for i, s := range c.Series {
		down := make(plotter.Values, len(s.Values))
		for j, v := range s.Values {
			at := len(down) - 1 - j
			down[at], most = v, math.Max(most, v)
			values.XYs = append(values.XYs, plotter.XY{X: math.Max(v, 0), Y: float64(at) + (float64(n-1)/2-float64(i))*step})
			values.Labels = append(values.Labels, " "+figure(v))
		}
		b, err := plotter.NewBarChart(down, vg.Points(barWidth-1))
		if err != nil {
			return err
		}
		b.Horizontal, b.Color, b.LineStyle.Width = true, palette[i%len(palette)], 0
		b.Offset = vg.Points((float64(n-1)/2 - float64(i)) * barWidth)
		p.Add(b)
		if n > 1 {
			p.Legend.Add(s.Name, b)
		}
	}
	ends, err := plotter.NewLabels(values)
	if err != nil {
		return err
	}
	for i := range ends.TextStyle {
		ends.TextStyle[i].Font, ends.TextStyle[i].Color, ends.TextStyle[i].YAlign = p.X.Tick.Label.Font, ink, text.YCenter
	}
	p.Add(ends)
	p.NominalY(labels...)
	p.X.Min, p.X.Max = math.Min(p.X.Min, 0), math.Max(most*1.12, p.X.Min+1)
	p.Y.Min, p.Y.Max = -0.5, float64(len(labels))-0.5
	if n > 1 {
		p.Y.Max += 0.5 + float64(n)*0.45 // the names of the series stand there
	}
	p.X.Tick.Marker = fewTicks{}
	return nil
}

// curve draws a line with points for each series over the labels.
func curve(p *plot.Plot, c *view.Chart) error {
	most := 0.0
	for i, s := range c.Series {
		points := make(plotter.XYs, len(s.Values))
		for j, v := range s.Values {
			points[j], most = plotter.XY{X: float64(j), Y: v}, math.Max(most, v)
		}
		l, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		l.Color, l.Width = palette[i%len(palette)], vg.Points(2)
		marks.Color, marks.Shape, marks.Radius = l.Color, draw.CircleGlyph{}, vg.Points(2.5)
		p.Add(l, marks)
		if len(c.Series) > 1 {
			p.Legend.Add(s.Name, l)
		}
	}
	p.X.Label.Text, p.Y.Label.Text = "", c.Unit
	p.NominalX(thinned(c.Labels)...)
	p.Y.Min, p.Y.Max = math.Min(p.Y.Min, 0), math.Max(most*1.1, p.Y.Min+1)
	if len(c.Series) > 1 {
		p.Y.Max += (p.Y.Max - p.Y.Min) * 0.12 * float64(len(c.Series))
	}
	p.Y.Tick.Marker = fewTicks{}
	return nil
}

// thinned leaves out labels that would run into one another on a narrow screen.
func thinned(labels []string) []string {
	room, long := 44, 1
	for _, l := range labels {
		long = max(long, len([]rune(l))+2)
	}
	step := max(1, (len(labels)*long+room-1)/room)
	out := make([]string, len(labels))
	for i, l := range labels {
		if (len(labels)-1-i)%step == 0 { // the latest always
			out[i] = l
		}
	}
	return out
}

// fewTicks writes the figures at an axis short.
type fewTicks struct{}

// Ticks implements plot.Ticker.
func (fewTicks) Ticks(least, most float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(least, most)
	for i := range ticks {
		if !ticks[i].IsMinor() {
			ticks[i].Label = figure(ticks[i].Value)
		}
	}
	return ticks
}

// figure writes a value short.
func figure(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	if math.Abs(v) >= 1e6 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strings.TrimSuffix(s, ".0")
}
