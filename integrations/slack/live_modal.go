package slack

import (
	"cmp"
	"errors"
	"fmt"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// Slack's limits on modals and the Home tab, in characters.
const (
	maxTitle      = 24
	maxInputLabel = 2000
	maxOption     = 75
	maxOptions    = 100
	maxChoice     = 150 // of the value of an option
	maxHidden     = 3000
	maxViewBlocks = 100
	maxEntry      = 3000
	entryAction   = "entry" // action id of every input: its block has the Input.ID
)

// modalOf makes Slack's form of a modal. What is too long to be read is cut; ids
// and what they carry are never cut, and too long ones are an error.
func modalOf(team string, m *view.Modal) (*slackgo.ModalViewRequest, error) {
	title := oneLine(m.Title, maxTitle)
	switch {
	case title == "":
		return nil, errors.New("it has no title")
	case m.ID == "" || utf8.RuneCountInString(m.ID) > maxID:
		return nil, fmt.Errorf("its id must have 1 to %d characters", maxID)
	case utf8.RuneCountInString(m.Hidden) > maxHidden:
		return nil, fmt.Errorf("what it carries is longer than %d characters", maxHidden)
	}
	v := &slackgo.ModalViewRequest{Type: slackgo.VTModal, Title: plainText(title), CallbackID: m.ID, PrivateMetadata: m.Hidden, Close: plainText("Cancel")}
	v.Blocks.BlockSet = fits[0].rich(fits[0].lines(team, m.Lines))
	seen := map[string]bool{}
	for i := range m.Inputs {
		b, err := inputOf(team, &m.Inputs[i])
		if err == nil && seen[m.Inputs[i].ID] {
			err = errors.New("another one has the same id")
		}
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", clip(m.Inputs[i].ID), err)
		}
		seen[m.Inputs[i].ID] = true
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, b)
	}
	if len(v.Blocks.BlockSet) == 0 || len(v.Blocks.BlockSet) > maxViewBlocks {
		return nil, fmt.Errorf("it has %d parts; want 1 to %d", len(v.Blocks.BlockSet), maxViewBlocks)
	}
	if submit := oneLine(m.Submit, maxTitle); submit != "" || len(m.Inputs) > 0 {
		v.Submit = plainText(cmp.Or(submit, "Send"))
	}
	return v, nil
}

func inputOf(team string, in *view.Input) (slackgo.Block, error) {
	label := oneLine(in.Label, maxInputLabel)
	switch {
	case in.ID == "" || utf8.RuneCountInString(in.ID) > maxID:
		return nil, fmt.Errorf("its id must have 1 to %d characters", maxID)
	case label == "":
		return nil, errors.New("it has no label")
	}
	e, err := elementOf(team, in)
	if err != nil {
		return nil, err
	}
	b := slackgo.NewInputBlock(in.ID, plainText(label), nil, e)
	b.Optional = in.Optional
	if hint := oneLine(in.Hint, maxFooter); hint != "" {
		b.Hint = plainText(hint)
	}
	return b, nil
}

func elementOf(team string, in *view.Input) (slackgo.BlockElement, error) {
	switch in.Kind {
	case view.LineInput, view.TextInput:
		e := slackgo.NewPlainTextInputBlockElement(nil, entryAction)
		e.Multiline, e.MaxLength = in.Kind == view.TextInput, min(cmp.Or(in.Max, maxEntry), maxEntry)
		e.InitialValue = cut(in.Value, e.MaxLength)
		return e, nil
	case view.ChoiceInput:
		return choiceOf(in)
	case view.PersonInput:
		e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeUser, nil, entryAction)
		e.InitialUser, _ = mentioned(team, in.Value)
		return e, nil
	case view.ChannelInput:
		e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeConversations, nil, entryAction)
		_, e.InitialConversation = mentioned(team, in.Value)
		e.Filter = &slackgo.SelectBlockElementFilter{Include: []string{"public", "private"}, ExcludeExternalSharedChannels: true}
		return e, nil
	}
	return nil, fmt.Errorf("kind %q is not known", clip(string(in.Kind)))
}

func choiceOf(in *view.Input) (slackgo.BlockElement, error) {
	options, err := fits[0].options(in.Options)
	if err != nil {
		return nil, err
	}
	e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, entryAction, options...)
	for _, o := range options {
		if o.Value == in.Value {
			e.InitialOption = o
		}
	}
	return e, nil
}

// homeBlocks are cards one below the other, as many as a Home tab takes; the
// last line says how many are left out.
func homeBlocks(team string, cards []*view.Card) ([]slackgo.Block, error) {
	blocks := []slackgo.Block{}
	for i, c := range cards {
		_, part, err := render(team, c, form{}) // a Home tab takes neither tables nor charts
		if err != nil {
			return nil, fmt.Errorf("card %q: %w", clip(c.Kind), err)
		}
		if i > 0 {
			part = append([]slackgo.Block{slackgo.NewDividerBlock()}, part...)
		}
		if len(blocks)+len(part) > maxViewBlocks-1 {
			return append(blocks, slackgo.NewContextBlock("", plainText(fmt.Sprintf("… and %d more", len(cards)-i)))), nil
		}
		blocks = append(blocks, part...)
	}
	return blocks, nil
}
