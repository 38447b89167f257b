package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"andon/bot/view"
	"andon/signals"
)

// Slack's limits on a message, in characters (code points).
const (
	maxBlocks  = 50
	maxHeader  = 150
	maxSection = 3000
	maxFooter  = 2000
	maxName    = 200 // of a fact: ours, so that its value has room
	maxLabel   = 75  // on a button
	maxButtons = 25  // in a row of them
	maxValue   = 2000
	maxID      = 255
	maxURL     = 3000
	maxText    = 4000 // longer texts may be split and cannot be edited

	// maxCard is for the blocks as JSON, all together. Slack refuses them
	// somewhere near 13,200, which it does not document.
	maxCard = 10000
)

// fit is how much of a card is shown: the characters of each text, and the
// lines, facts and links. Cards that are too long are rendered with less.
type fit struct{ text, items int }

// fits are tried in this order: first long texts are cut, then there are fewer.
var fits = []fit{
	{maxSection, 100}, {2000, 100}, {1000, 100}, {500, 100}, {250, 100}, {120, 100}, {120, 50}, {120, 25}, {120, 12}, {80, 6}, {80, 3}, {40, 1},
}

// render makes Slack's form of a card: the text for notifications and screen
// readers, escaped, and the blocks. Texts become plain text or rich text, which
// Slack does not read for markup, so that nothing in them can ping or link. What
// is too long ends in an ellipsis; ids and values of buttons are never cut, and
// too long ones are an error.
func render(team string, c *view.Card) (string, []slackgo.Block, error) {
	text := fallback(team, c)
	if text == "" {
		return "", nil, errors.New("it says nothing: give it a title, a line or a fact")
	}
	buttons, err := buttonsOf(c.Actions)
	if err != nil {
		return "", nil, err
	}
	for _, f := range fits {
		blocks := f.blocks(team, c, buttons)
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

func (f fit) blocks(team string, c *view.Card, buttons []slackgo.Block) []slackgo.Block {
	var blocks []slackgo.Block
	if title := oneLine(c.Title, maxHeader); title != "" {
		blocks = append(blocks, slackgo.NewHeaderBlock(plainText(title)))
	}
	blocks = append(blocks, f.rich(f.lines(team, c.Lines))...)
	blocks = append(blocks, f.rich(f.facts(c.Facts))...)
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

// buttonsOf makes rows of buttons.
func buttonsOf(actions []view.Action) (blocks []slackgo.Block, err error) {
	var elements []slackgo.BlockElement
	seen := map[string]bool{}
	for _, a := range actions {
		label := oneLine(a.Text, maxLabel)
		switch {
		case a.ID == "" || utf8.RuneCountInString(a.ID) > maxID:
			return nil, fmt.Errorf("button %q: its id must have 1 to %d characters", clip(a.Text), maxID)
		case seen[a.ID]:
			return nil, fmt.Errorf("button %q: another one has the id %q too", clip(a.Text), clip(a.ID))
		case label == "":
			return nil, fmt.Errorf("button %q: it has no text", clip(a.ID))
		case utf8.RuneCountInString(a.Value) > maxValue:
			return nil, fmt.Errorf("button %q: its value is longer than %d characters", clip(a.ID), maxValue)
		}
		seen[a.ID] = true
		b := slackgo.NewButtonBlockElement(a.ID, a.Value, plainText(label))
		if a.Danger {
			b = b.WithStyle(slackgo.StyleDanger)
		}
		elements = append(elements, b)
	}
	for len(elements) > 0 {
		n := min(len(elements), maxButtons)
		blocks = append(blocks, slackgo.NewActionBlock("", elements[:n]...))
		elements = elements[n:]
	}
	return blocks, nil
}

// fallback is the text for notifications: the card's own, or the whole of it,
// with its mentions. It is escaped, and not longer than maxText then.
func fallback(team string, c *view.Card) string {
	if s := strings.TrimSpace(c.Fallback); s != "" {
		return cutEscaped(escape(s), maxText)
	}
	e := escaped(c)
	return cutEscaped(e.TextWith(func(id string) string {
		user, channel := mentioned(team, id)
		switch {
		case user != "":
			return "<@" + user + ">"
		case channel != "":
			return "<#" + channel + ">"
		}
		return ""
	}), maxText)
}

// escaped is a card whose texts are shown as they are where Slack reads markup.
func escaped(c *view.Card) *view.Card {
	e := &view.Card{Title: escape(c.Title), Footer: escape(c.Footer)}
	for _, l := range c.Lines {
		e.Lines = append(e.Lines, view.Paragraph{Text: escape(l.Text), Mention: l.Mention})
	}
	for _, f := range c.Facts {
		e.Facts = append(e.Facts, view.Fact{Name: escape(f.Name), Value: escape(f.Value)})
	}
	for _, l := range c.Links {
		e.Links = append(e.Links, view.Link{Text: escape(l.Text), URL: escape(l.URL)})
	}
	return e
}

// mentioned returns the bare id of the person or of the channel that is to be
// mentioned; both are empty when it is none of this workspace.
func mentioned(team, id string) (user, channel string) {
	k, ok := signals.ParseKey(id)
	switch {
	case !ok || k.Source != signals.Slack || k.Site != team:
	case isID(k.ID, "UW"):
		return k.ID, ""
	case isID(k.ID, "CG"):
		return "", k.ID
	}
	return "", ""
}

// isWeb reports whether an address may be a link.
func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxURL && !strings.ContainsAny(s, "<>| ")
}

// cut makes a text fit to be shown, at most so many characters long.
func cut(s string, most int) string {
	s = strings.TrimSpace(view.Plain(strings.ToValidUTF8(s, "\uFFFD")))
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:most-1]), " \n\t") + "…"
}

func oneLine(s string, most int) string {
	return cut(strings.Join(strings.Fields(view.Plain(s)), " "), most)
}

func escape(s string) string {
	return slackutilsx.EscapeMessage(view.Plain(strings.ToValidUTF8(s, "\uFFFD")))
}

// cutEscaped shortens an escaped text. It cuts neither inside of what an escaped
// character became nor inside of a mention: those begin with the only & and <
// that there are.
func cutEscaped(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	length, end := 0, 0
	for end < len(s) {
		_, n := utf8.DecodeRuneInString(s[end:])
		if closing := map[byte]string{'&': ";", '<': ">"}[s[end]]; closing != "" {
			n = max(strings.Index(s[end:], closing)+1, 1)
		}
		if length += utf8.RuneCountInString(s[end : end+n]); length > most-1 {
			break
		}
		end += n
	}
	return s[:end] + "…"
}
