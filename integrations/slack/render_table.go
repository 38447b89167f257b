package slack

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// Slack's limits on tables, and ours.
const (
	maxRows    = 100 // the row of the names among them
	maxColumns = 20
	maxCaption = 200 // ours
	maxCell    = 200 // ours, in Slack's tables
	maxWidth   = 24  // of a column in words: a phone is narrow
	noCell     = "–" // stands where a cell is empty, which Slack does not take
)

// tables draws tables one below the other.
func (f fit) tables(tables []view.Table, as form) (blocks []slackgo.Block) {
	for i := range tables {
		t, left := f.tidy(&tables[i])
		if len(t.Columns) == 0 {
			continue
		}
		if as.tables {
			blocks = append(blocks, tableBlock(t))
		} else {
			blocks = append(blocks, tableWords(t))
		}
		if left > 0 {
			blocks = append(blocks, slackgo.NewContextBlock("", plainText(fmt.Sprintf("… and %d more", left))))
		}
	}
	return blocks
}

// tidy is the table with as many columns in every row, no empty cell, and no
// more than fits. It also returns how many rows are left out.
func (f fit) tidy(t *view.Table) (view.Table, int) {
	width := min(len(t.Columns), maxColumns)
	out := view.Table{Title: oneLine(t.Title, min(f.text, maxCaption))}
	cells := func(in []string) []string {
		row := make([]string, width)
		for i := range row {
			row[i] = noCell
			if i < len(in) {
				if s := oneLine(in[i], min(f.text, maxCell)); s != "" {
					row[i] = s
				}
			}
		}
		return row
	}
	out.Columns = cells(t.Columns)
	most := min(f.items, maxRows-1)
	for _, r := range t.Rows[:min(len(t.Rows), most)] {
		out.Rows = append(out.Rows, cells(r))
	}
	return out, len(t.Rows) - len(out.Rows)
}

// tableBlock is Slack's own table, which people can sort. Columns of numbers are
// sorted as such.
func tableBlock(t view.Table) slackgo.Block {
	b := slackgo.NewDataTableBlock(cmp.Or(t.Title, "Table")).WithPageSize(max(1, min(len(t.Rows), maxRows)))
	head := make([]slackgo.DataTableCell, len(t.Columns))
	for i, name := range t.Columns {
		head[i] = slackgo.NewDataTableRawTextCell(name)
	}
	b.AddRow(head...)
	numbers := numeric(t)
	for _, r := range t.Rows {
		row := make([]slackgo.DataTableCell, len(r))
		for i, s := range r {
			row[i] = slackgo.NewDataTableRawTextCell(s)
			if numbers[i] {
				v, _ := number(s)
				row[i] = slackgo.NewDataTableRawNumberCell(v).WithText(s)
			}
		}
		b.AddRow(row...)
	}
	return b
}

// numeric tells which columns hold nothing but numbers.
func numeric(t view.Table) []bool {
	out := make([]bool, len(t.Columns))
	for i := range out {
		out[i] = len(t.Rows) > 0
		for _, r := range t.Rows {
			_, ok := number(r[i])
			out[i] = out[i] && ok
		}
	}
	return out
}

// number reads a plain number such as -12.5.
func number(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "-.0123456789") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// tableWords is a table as lines of letters of one width.
func tableWords(t view.Table) slackgo.Block {
	all := append([][]string{t.Columns}, t.Rows...)
	widths, numbers := make([]int, len(t.Columns)), numeric(t)
	for _, r := range all {
		for i, s := range r {
			r[i] = oneLine(s, maxWidth)
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
	}
	var lines []string
	for _, r := range all {
		var b strings.Builder
		for i, s := range r {
			if i > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(s))
			if numbers[i] {
				b.WriteString(pad + s)
			} else {
				b.WriteString(s + pad)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	pre := &slackgo.RichTextPreformatted{Type: slackgo.RTEPreformatted, Elements: row{words(strings.Join(lines, "\n"))}}
	if t.Title == "" {
		return slackgo.NewRichTextBlock("", pre)
	}
	return slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(bold(t.Title)), pre)
}
