package slack

import (
	"fmt"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// manyStops is how many stops of a path are shown at most: of longer ones the
// middle is left out. firstStops of them are the first.
const (
	manyStops  = 12
	firstStops = 4
	maxStop    = 80 // of each text of a stop
)

// stops draws a path as one line of rich text, which wraps by itself on a narrow
// screen: the names stand out, an arrow stands between two.
func (f fit) stops(stops []view.Stop) []slackgo.Block {
	most := min(f.items, manyStops)
	var shown []row
	for _, s := range stops {
		if r := stopRow(s, min(f.text, maxStop)); len(r) > 0 {
			shown = append(shown, r)
		}
	}
	if left := len(shown) - most; left > 0 {
		first := min(firstStops, most/2)
		middle := row{words(fmt.Sprintf("… %d more …", left))}
		shown = append(append(shown[:first:first], middle), shown[len(shown)-(most-first):]...)
	}
	var line row
	for i, r := range shown {
		if i > 0 {
			line = append(line, words(" → "))
		}
		line = append(line, r...)
	}
	if len(line) == 0 {
		return nil
	}
	return []slackgo.Block{slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(line...))}
}

// stopRow is one stop: its name, and in brackets what is said of it.
func stopRow(s view.Stop, most int) row {
	name := oneLine(s.Name, most)
	line := view.Stop{Name: name, Stay: oneLine(s.Stay, most), Mark: oneLine(s.Mark, most), Here: s.Here}.Line()
	if line == "" {
		return nil
	}
	rest := line[len(name):]
	r := row{}
	if name != "" {
		r = append(r, bold(name))
	}
	if rest != "" {
		r = append(r, words(rest))
	}
	return r
}
