package slack

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
)

// lineOf is the text of a block of rich text.
func lineOf(t testing.TB, c *view.Card, block int) string {
	_, blocks := blocksOf(t, c)
	var b strings.Builder
	for _, part := range blocks.Get(fmt.Sprintf("%d.elements", block)).Array() {
		for _, e := range part.Get("elements").Array() {
			b.WriteString(e.Get("text").Str)
		}
	}
	return b.String()
}

func TestRenderStops(t *testing.T) {
	path := []view.Stop{{Name: "payments", Stay: "3 h"}, {Name: "platform", Stay: "2 days", Mark: "back again"}, {Name: "identity", Here: true}}
	text, blocks := blocksOf(t, &view.Card{Stops: path})
	require.Equal(t, "payments (3 h)\nplatform (2 days, back again)\nidentity (now)", text)
	require.JSONEq(t, `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
		{"type":"text","text":"payments","style":{"bold":true}},{"type":"text","text":" (3 h)"},{"type":"text","text":" → "},
		{"type":"text","text":"platform","style":{"bold":true}},{"type":"text","text":" (2 days, back again)"},{"type":"text","text":" → "},
		{"type":"text","text":"identity","style":{"bold":true}},{"type":"text","text":" (now)"}]}]}]`, blocks.Raw)

	var long []view.Stop
	for i := range 30 {
		long = append(long, view.Stop{Name: fmt.Sprint("t", i)})
	}
	require.Equal(t, "t0 → t1 → t2 → t3 → … 18 more … → t22 → t23 → t24 → t25 → t26 → t27 → t28 → t29", lineOf(t, &view.Card{Stops: long}, 0), "the middle is left out")
	require.Equal(t, "(3 h) → b", lineOf(t, &view.Card{Title: "t", Stops: []view.Stop{{}, {Stay: "3 h"}, {Name: " b\n"}}}, 1))
}

func TestRenderTables(t *testing.T) {
	table := view.Table{Title: "Longest paths", Columns: []string{"Issue", "Teams", "Held"}, Rows: [][]string{{"PAY-17", "5", "3 days"}, {"PAY-9", "12"}, {"", "1", "2 h", "too much"}}}
	text, blocks := blocksOf(t, &view.Card{Tables: []view.Table{table}})
	require.Equal(t, "Longest paths\nIssue | Teams | Held\nPAY-17 | 5 | 3 days\nPAY-9 | 12\n| 1 | 2 h | too much", strings.ReplaceAll(text, "\n |", "\n|"))
	require.JSONEq(t, `[{"type":"data_table","caption":"Longest paths","page_size":3,"rows":[
		[{"type":"raw_text","text":"Issue"},{"type":"raw_text","text":"Teams"},{"type":"raw_text","text":"Held"}],
		[{"type":"raw_text","text":"PAY-17"},{"type":"raw_number","value":5,"text":"5"},{"type":"raw_text","text":"3 days"}],
		[{"type":"raw_text","text":"PAY-9"},{"type":"raw_number","value":12,"text":"12"},{"type":"raw_text","text":"–"}],
		[{"type":"raw_text","text":"–"},{"type":"raw_number","value":1,"text":"1"},{"type":"raw_text","text":"2 h"}]]}]`, blocks.Raw)

	_, words, err := render("T1", &view.Card{Tables: []view.Table{table}}, form{})
	require.NoError(t, err)
	require.Equal(t, "Issue   Teams  Held\nPAY-17      5  3 days\nPAY-9      12  –\n–           1  2 h", raw(t, words).Get("0.elements.1.elements.0.text").Str)

	var many view.Table
	many.Columns = []string{"n"}
	for i := range 150 {
		many.Rows = append(many.Rows, []string{fmt.Sprint(i)})
	}
	_, blocks = blocksOf(t, &view.Card{Title: "t", Tables: []view.Table{many}})
	require.Equal(t, "Table", blocks.Get("1.caption").Str)
	require.Len(t, blocks.Get("1.rows").Array(), 100)
	require.Equal(t, "… and 51 more", blocks.Get("2.elements.0.text").Str)
	_, blocks = blocksOf(t, &view.Card{Title: "t", Tables: []view.Table{{Title: "no columns", Rows: [][]string{{"a"}}}}})
	require.Len(t, blocks.Array(), 1)
}

func TestRenderCharts(t *testing.T) {
	_, blocks := blocksOf(t, &view.Card{Charts: []view.Chart{{Title: "Signals", Unit: "signals", Labels: []string{"a", "b"}, Series: []view.Series{{Name: "now", Values: []float64{1, 2.5}}}}, reasonsChart, waitingChart}})
	require.JSONEq(t, `{"type":"data_visualization","title":"Signals","chart":{"type":"bar","axis_config":{"categories":["a","b"],"y_label":"signals"},
		"series":[{"name":"now","data":[{"label":"a","value":1},{"label":"b","value":2.5}]}]}}`, blocks.Get("0").Raw)
	require.JSONEq(t, `{"type":"data_visualization","title":"Where they died","chart":{"type":"pie","segments":[{"label":"ignored","value":5},{"label":"budget","value":2},{"label":"muted","value":1}]}}`, blocks.Get("1").Raw)
	require.Equal(t, "rich_text", blocks.Get("2.type").Str, "a message takes two")
	require.Equal(t, "W42: 96.5 hours", blocks.Get("2.elements.2.elements.0.text").Str)
}

func TestTidyChart(t *testing.T) {
	labels, values := make([]string, 25), make([]float64, 25)
	for i := range labels {
		labels[i], values[i] = fmt.Sprint("l", i), float64(i)
	}
	bars := fits[0].tidyChart(&view.Chart{Labels: labels, Series: []view.Series{{Values: values}}})
	require.Equal(t, "l0", bars.Labels[0])
	require.Len(t, bars.Series[0].Values, maxPoints)
	curve := fits[0].tidyChart(&view.Chart{Kind: view.Curve, Labels: labels, Series: []view.Series{{Values: values}, {Values: values[:3]}}})
	require.Equal(t, "l24", curve.Labels[maxPoints-1], "the latest are kept")
	require.Equal(t, 24.0, curve.Series[0].Values[maxPoints-1])
	require.Equal(t, 0.0, curve.Series[1].Values[0])
	require.Equal(t, []string{"a", "a (2)", "a (3)", "–", "– (2)", strings.Repeat("x", 19) + "…", strings.Repeat("x", 15) + "… (2)"},
		distinct([]string{"a", "a", "a", "", " ", strings.Repeat("x", 21), strings.Repeat("x", 30)}))

	for name, c := range map[string]view.Chart{
		"nothing":                    {Title: "t", Labels: []string{"a"}, Series: []view.Series{{Values: []float64{0}}}},
		"no number":                  {Title: "t", Labels: []string{"a"}, Series: []view.Series{{Values: []float64{math.NaN()}}}},
		"a pie of less than nothing": {Kind: view.Pie, Title: "t", Labels: []string{"a"}, Series: []view.Series{{Values: []float64{-1}}}},
	} {
		_, blocks := blocksOf(t, &view.Card{Title: "t", Charts: []view.Chart{c}})
		require.Equal(t, "rich_text", blocks.Get("1.type").Str, name)
	}
	many := view.Chart{Kind: view.Pie, Labels: labels[:9], Series: []view.Series{{Values: values[:9]}}}
	got := segments(fits[0].tidyChart(&many))
	require.Len(t, got, maxSegments)
	require.Equal(t, "others", got[5].Label)
	require.Equal(t, 6.0+7+8, got[5].Value)
}

// TestChartsGiveWay: where a card is too long, charts are told in few words
// before the message is refused.
func TestChartsGiveWay(t *testing.T) {
	labels := make([]string, 20)
	for i := range labels {
		labels[i] = fmt.Sprint(i, strings.Repeat("<", 18))
	}
	c := view.Chart{Title: strings.Repeat("<", 50), Labels: labels}
	for i := range 6 {
		c.Series = append(c.Series, view.Series{Name: fmt.Sprint(i, strings.Repeat("<", 18)), Values: make([]float64, 20)})
		c.Series[i].Values[3] = 1
	}
	_, blocks := blocksOf(t, &view.Card{Title: "t", Charts: []view.Chart{c, c}})
	require.LessOrEqual(t, len(blocks.Raw), maxCard)
	require.Contains(t, blocks.Raw, "more")
}

func TestRenderActions(t *testing.T) {
	_, blocks := blocksOf(t, &view.Card{Title: "t", Actions: []view.Action{
		{ID: "claim", Text: "I'm on it", Value: "n1", Primary: true}, {ID: "other", Text: "Second", Primary: true},
		{ID: "snooze", Text: "Snooze", Options: []view.Option{{Text: "1 hour", Value: "n1 1h"}, {Text: "Tomorrow", Value: "n1 1d"}}},
		{ID: "drop", Text: "Drop", Danger: true, Confirm: "Nobody will be told again."},
	}})
	require.JSONEq(t, `{"type":"actions","elements":[
		{"type":"button","action_id":"claim","value":"n1","style":"primary","text":{"type":"plain_text","text":"I'm on it","emoji":false}},
		{"type":"button","action_id":"other","text":{"type":"plain_text","text":"Second","emoji":false}},
		{"type":"static_select","action_id":"snooze","placeholder":{"type":"plain_text","text":"Snooze","emoji":false},"options":[
			{"text":{"type":"plain_text","text":"1 hour","emoji":false},"value":"n1 1h"},{"text":{"type":"plain_text","text":"Tomorrow","emoji":false},"value":"n1 1d"}]},
		{"type":"button","action_id":"drop","style":"danger","text":{"type":"plain_text","text":"Drop","emoji":false},"confirm":{
			"title":{"type":"plain_text","text":"Drop","emoji":false},"text":{"type":"plain_text","text":"Nobody will be told again.","emoji":false},
			"confirm":{"type":"plain_text","text":"Yes","emoji":false},"deny":{"type":"plain_text","text":"Cancel","emoji":false},"style":"danger"}}]}`, blocks.Get("1").Raw)
	for _, options := range [][]view.Option{{{Text: "no value"}}, {{Value: "no text"}}, {{Text: "long", Value: strings.Repeat("v", 151)}}, make([]view.Option, 101)} {
		_, _, err := render("T1", &view.Card{Title: "t", Actions: []view.Action{{ID: "a", Text: "x", Options: options}}}, native)
		require.ErrorContains(t, err, "option")
	}
}
