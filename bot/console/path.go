package console

import (
	"fmt"
	"html/template"
	"strings"

	"andon/bot/view"
	"andon/signals/replay"
)

// The measures of a drawn path, in the units of its view box.
const (
	pathWidth  = 960.0
	pathTop    = 58.0 // room for the arc above the stays
	stayHeight = 40.0
	stayGap    = 10.0
	stayLeast  = 56.0
)

// directName is how many letters of a team's name stand at the arc.
const directName = 44

// drawPath draws a path as stays from left to right, wider the longer they
// lasted, and its direct route as an arc over them.
func drawPath(l replay.LongRow) template.HTML {
	var b strings.Builder
	n := len(l.Stays)
	if n == 0 {
		return ""
	}
	total := 0.0
	for _, s := range l.Stays {
		total += s.Hours
	}
	free := max(0, pathWidth-float64(n)*stayLeast-float64(n-1)*stayGap)
	fmt.Fprintf(&b, `<svg class="route" role="img" viewBox="0 0 %g %g" xmlns="http://www.w3.org/2000/svg"><title>%s: %s</title>`,
		pathWidth, pathTop+stayHeight+4, template.HTMLEscapeString(l.Case), template.HTMLEscapeString(strings.Join(names(l), ", then ")))
	x, first, last := 0.0, 0.0, 0.0
	for i, s := range l.Stays {
		w := stayLeast
		if total > 0 {
			w += free * s.Hours / total
		}
		drawStay(&b, x, w, s, i == n-1)
		last = x + w/2
		if i == 0 {
			first = last
		}
		if i < n-1 {
			y := pathTop + stayHeight/2
			fmt.Fprintf(&b, `<path class="hand" d="M%.1f %.1f h%g m-3 -3 l3 3 l-3 3"/>`, x+w, y, stayGap-1)
		}
		x += w + stayGap
	}
	if n > 1 {
		drawArc(&b, first, last, l)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func drawStay(b *strings.Builder, x, w float64, s replay.Stay, last bool) {
	class := "stay"
	if last {
		class = "stay end"
	}
	fmt.Fprintf(b, `<g class="%s"><title>%s, %s</title><rect x="%.1f" y="%g" width="%.1f" height="%g" rx="4"/>`, class, template.HTMLEscapeString(s.Team), stayed(s), x, pathTop, w, stayHeight)
	// A drawing within the drawing: what is wider than the stay is cut off at its edge.
	fmt.Fprintf(b, `<svg x="%.1f" y="%g" width="%.1f" height="%g"><text x="6" y="16">%s</text><text class="small" x="6" y="31">%s</text></svg></g>`,
		x, pathTop, w-2, stayHeight, template.HTMLEscapeString(fit(s.Team, w-10)), stayed(s))
}

// drawArc draws the direct route from the middle of the first stay to that of
// the last; a path that ends where it began has none but a word.
func drawArc(b *strings.Builder, from, to float64, l replay.LongRow) {
	if len(l.Direct) < 2 {
		label := "it ended where it began: " + view.Line(l.Direct[0], directName)
		fmt.Fprintf(b, `<text class="direct" x="%.1f" y="16">%s</text>`, from, template.HTMLEscapeString(label))
		return
	}
	label := "direct: " + view.Line(l.Direct[0], directName) + " to " + view.Line(l.Direct[1], directName)
	mid := (from + to) / 2
	fmt.Fprintf(b, `<path class="direct" d="M%.1f %g Q%.1f -14 %.1f %g m-7 -4 l7 4 l-2 -8"/>`, from, pathTop-2, mid, to, pathTop-2)
	fmt.Fprintf(b, `<text class="direct" text-anchor="middle" x="%.1f" y="13">%s</text>`, mid, template.HTMLEscapeString(label))
}

// fit cuts a name to a width, at some seven units a letter.
func fit(s string, width float64) string {
	r := []rune(s)
	most := max(3, int(width/7))
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

func names(l replay.LongRow) []string {
	var out []string
	for _, s := range l.Stays {
		out = append(out, s.Team)
	}
	return out
}

// stayed is how long a team held a case; the times of a small team are those of
// its few people and are not shown.
func stayed(s replay.Stay) string {
	if s.Small {
		return "–"
	}
	return hours(s.Hours)
}
