package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// Slack's limits on a message, in characters (code points).
const (
	maxBlocks  = 50
	maxHeader  = 150
	maxSection = 3000
	maxFooter  = 2000
	maxName    = 200 // of a fact: ours, so that its value has room
	maxLabel   = 75  // on a button
	maxButtons = 5   // in a row of them: Slack takes 25, a phone shows fewer
	maxValue   = 2000
	maxID      = 255
	maxURL     = 3000
	maxText    = 4000 // longer texts may be split and cannot be edited

	// maxCard is for the blocks as JSON, all together. Slack refuses them
	// somewhere near 13,200, which it does not document.
	maxCard = 10000
)

// fit is how much of a card is shown: the characters of each text, and the
// lines, facts, links, stops and rows. Cards that are too long are rendered with
// less.
type fit struct{ text, items int }

// fits are tried in this order: first long texts are cut, then there are fewer.
var fits = []fit{
	{maxSection, 100}, {2000, 100}, {1000, 100}, {500, 100}, {250, 100}, {120, 100}, {120, 50}, {120, 25}, {120, 12}, {80, 6}, {80, 3}, {40, 1}, {20, 1},
}

// fewItems is how few items of a kind are shown when a chart is no longer drawn,
// because its figures take the room.
const fewItems = 12

// form is how the parts of a card are drawn that not every workspace and not
// every place takes. The zero value draws them in words.
type form struct {
	tables   bool     // as tables of Slack
	charts   bool     // as charts of Slack
	pictures []string // as pictures: the id of the file by chart, "" for one in words
}

// native is the form that is tried first in a message.
var native = form{tables: true, charts: true}

// render makes Slack's form of a card: the text for notifications and screen
// readers, escaped, and the blocks. Texts become plain text or rich text, which
// Slack does not read for markup, so that nothing in them can ping or link. What
// is too long ends in an ellipsis; ids and values of buttons are never cut, and
// too long ones are an error.
func render(team string, c *view.Card, as form) (string, []slackgo.Block, error) {
	text := fallback(team, c)
	if text == "" {
		return "", nil, errors.New("it says nothing: give it a title, a line or a fact")
	}
	for _, f := range fits {
		buttons, err := f.buttons(c.Actions)
		if err != nil {
			return "", nil, err
		}
		blocks := f.blocks(team, c, as, buttons)
		n, err := lengthOf(blocks)
		if err != nil {
			return "", nil, err
		}
		if n <= maxCard && len(blocks) <= maxBlocks {
			return text, blocks, nil
		}
	}
	return "", nil, fmt.Errorf("its %d buttons alone are longer than a message may be", len(c.Actions))
}

// lengthOf is the length of blocks as they are sent, in characters. Go writes
// the signs & < > as six: whether Slack counts them before or after reading is
// not known, and this is the more.
func lengthOf(blocks []slackgo.Block) (int, error) {
	b, err := json.Marshal(blocks)
	if err != nil {
		return 0, fmt.Errorf("write its blocks: %w", err)
	}
	return utf8.RuneCount(b), nil
}

func (f fit) blocks(team string, c *view.Card, as form, buttons []slackgo.Block) []slackgo.Block {
	var blocks []slackgo.Block
	if title := oneLine(c.Title, maxHeader); title != "" {
		blocks = append(blocks, slackgo.NewHeaderBlock(plainText(title)))
	}
	blocks = append(blocks, f.rich(f.lines(team, c.Lines))...)
	blocks = append(blocks, f.stops(c.Stops)...)
	blocks = append(blocks, f.rich(f.facts(c.Facts))...)
	blocks = append(blocks, f.tables(c.Tables, as)...)
	blocks = append(blocks, f.charts(c.Charts, as)...)
	blocks = append(blocks, f.rich(f.links(c.Links))...)
	blocks = append(blocks, buttons...)
	if footer := oneLine(c.Footer, min(f.text, maxFooter)); footer != "" {
		blocks = append(blocks, slackgo.NewContextBlock("", plainText(footer)))
	}
	return blocks
}

// row is one line of rich text.
type row []slackgo.RichTextSectionElement

// rich makes one block of rows, with a line at its end that says how many are
// left out.
func (f fit) rich(rows []row) []slackgo.Block {
	if len(rows) == 0 {
		return nil
	}
	if left := len(rows) - f.items; left > 0 {
		rows = append(rows[:f.items:f.items], row{words(fmt.Sprintf("… and %d more", left))})
	}
	sections := make([]slackgo.RichTextElement, len(rows))
	for i, r := range rows {
		sections[i] = slackgo.NewRichTextSection(r...)
	}
	return []slackgo.Block{slackgo.NewRichTextBlock("", sections...)}
}

func (f fit) lines(team string, lines []view.Paragraph) (rows []row) {
	for _, l := range lines {
		text := cut(l.Text, f.text)
		var r row
		switch user, channel := mentioned(team, l.Mention); {
		case user != "":
			r = append(r, slackgo.NewRichTextSectionUserElement(user, nil))
		case channel != "":
			r = append(r, slackgo.NewRichTextSectionChannelElement(channel, nil))
		}
		if len(r) > 0 && text != "" {
			text = " " + text
		}
		if text != "" {
			r = append(r, words(text))
		}
		if len(r) > 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

func (f fit) facts(facts []view.Fact) (rows []row) {
	for _, fact := range facts {
		name, value := cut(fact.Name, min(f.text, maxName)), cut(fact.Value, f.text)
		switch {
		case name != "" && value != "":
			rows = append(rows, row{bold(name + ": "), words(value)})
		case name != "" || value != "":
			rows = append(rows, row{words(name + value)})
		}
	}
	return rows
}

// links makes links of http and https addresses; of others the text is shown,
// with the address beside it, which stays plain.
func (f fit) links(links []view.Link) (rows []row) {
	for _, l := range links {
		text := oneLine(l.Text, min(f.text, maxSection))
		switch {
		case isWeb(l.URL):
			rows = append(rows, row{slackgo.NewRichTextSectionLinkElement(l.URL, text, nil)})
		default:
			if text = oneLine(l.Line(), f.text); text != "" {
				rows = append(rows, row{words(text)})
			}
		}
	}
	return rows
}

func words(s string) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, nil)
}

func bold(s string) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, &slackgo.RichTextSectionTextStyle{Bold: true})
}

func plainText(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}
