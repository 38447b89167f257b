package slack

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
)

// FuzzParts: whatever stands in the parts of a card, Slack's limits are kept, in
// every form.
func FuzzParts(f *testing.F) {
	for _, s := range append(traps, "", "a\nb\nc", strings.Repeat("ä,", 400), "1\n2\n-3.5", "\xff\xfe") {
		f.Add(s, 1.5, uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, value float64, n uint8) {
		words := strings.Split(text, "\n")
		for len(words) < int(n)%30 {
			words = append(words, text)
		}
		c := &view.Card{Title: "t", Tables: []view.Table{{Title: text, Columns: words, Rows: [][]string{words, {text}}}}}
		chart := view.Chart{Kind: []view.ChartKind{view.Bars, view.Curve, view.Pie}[n%3], Title: text, Unit: text, Labels: words}
		for _, w := range words {
			c.Stops = append(c.Stops, view.Stop{Name: w, Stay: text, Mark: w, Here: n%2 == 0})
			chart.Series = append(chart.Series, view.Series{Name: w, Values: []float64{value, 1}})
		}
		c.Charts = []view.Chart{chart, chart, chart}
		for _, as := range []form{native, {}, {pictures: []string{"F1", "", "F3"}}} {
			_, blocks, err := render("T1", c, as)
			require.NoError(t, err)
			out := raw(t, blocks)
			require.LessOrEqual(t, utf8.RuneCountInString(out.Raw), maxCard)
			require.LessOrEqual(t, len(blocks), maxBlocks)
			require.Empty(t, special(out))
		}
		seen := map[string]bool{}
		for _, l := range distinct(words) {
			require.NotEmpty(t, l)
			require.LessOrEqual(t, utf8.RuneCountInString(l), maxChartLabel)
			require.False(t, seen[l], l)
			seen[l] = true
		}
	})
}

// FuzzWatch: no pattern and no name makes it fail, and only public channels that
// match are wanted.
func FuzzWatch(f *testing.F) {
	f.Add("inc-*", "inc-7")
	f.Add("#general", "general")
	f.Add("[", "x")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		w := Watch{Patterns: []string{pattern}}
		wanted := w.wants(Conversation{Channel: Channel{ID: "slack/T1/C1", Name: name}})
		if w.Check() == nil && trimHash(pattern) == name && !strings.ContainsAny(name, `*?[\`) {
			require.True(t, wanted)
		}
	})
}
