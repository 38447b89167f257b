package slack

import (
	"fmt"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// maxConfirm is how long the question before something is done may be.
const maxConfirm = 300

// buttons makes rows of buttons and menus. The first that is Primary looks so.
func (f fit) buttons(actions []view.Action) (blocks []slackgo.Block, err error) {
	var elements []slackgo.BlockElement
	seen, primary := map[string]bool{}, false
	for i := range actions {
		a := actions[i]
		label := oneLine(a.Text, min(f.text, maxLabel))
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
		a.Primary = a.Primary && !primary
		primary = primary || a.Primary
		e, err := f.action(a, label)
		if err != nil {
			return nil, fmt.Errorf("button %q: %w", clip(a.ID), err)
		}
		elements = append(elements, e)
	}
	for len(elements) > 0 {
		n := min(len(elements), maxButtons)
		blocks = append(blocks, slackgo.NewActionBlock("", elements[:n]...))
		elements = elements[n:]
	}
	return blocks, nil
}

// action makes one button, or a menu where there is something to choose.
func (f fit) action(a view.Action, label string) (slackgo.BlockElement, error) {
	if len(a.Options) > 0 {
		options, err := f.options(a.Options)
		if err != nil {
			return nil, err
		}
		e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, plainText(label), a.ID, options...)
		e.Confirm = f.confirm(a, label)
		return e, nil
	}
	b := slackgo.NewButtonBlockElement(a.ID, a.Value, plainText(label))
	b.Confirm = f.confirm(a, label)
	switch {
	case a.Danger:
		b = b.WithStyle(slackgo.StyleDanger)
	case a.Primary:
		b = b.WithStyle(slackgo.StylePrimary)
	}
	return b, nil
}

// options makes the choices of a menu.
func (f fit) options(options []view.Option) ([]*slackgo.OptionBlockObject, error) {
	if len(options) == 0 || len(options) > maxOptions {
		return nil, fmt.Errorf("it has %d options; want 1 to %d", len(options), maxOptions)
	}
	out := make([]*slackgo.OptionBlockObject, len(options))
	for i, o := range options {
		text := oneLine(o.Text, min(f.text, maxOption))
		if text == "" || o.Value == "" || utf8.RuneCountInString(o.Value) > maxChoice {
			return nil, fmt.Errorf("option %q: want a text, and a value of 1 to %d characters", clip(o.Text), maxChoice)
		}
		out[i] = slackgo.NewOptionBlockObject(o.Value, plainText(text), nil)
	}
	return out, nil
}

// confirm is what is asked before it is done; nil for nothing.
func (f fit) confirm(a view.Action, label string) *slackgo.ConfirmationBlockObject {
	text := cut(a.Confirm, min(f.text, maxConfirm))
	if text == "" {
		return nil
	}
	c := slackgo.NewConfirmationBlockObject(plainText(label), plainText(text), plainText("Yes"), plainText("Cancel"))
	if a.Danger {
		c = c.WithStyle(slackgo.StyleDanger)
	}
	return c
}
