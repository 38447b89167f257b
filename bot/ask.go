package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// command is one word that people can say to andon.
type command struct {
	name, args, does, example string
	run                       func(q *question) (*view.Card, error)
}

// commands are what andon answers. All of them only read.
var commands []command

func init() {
	commands = []command{
		{"help", "", "what I answer", "help", (*question).help},
		{"status", "ISSUE or thread link", "the six stages of its signals, and whose turn it is", "status PAY-17", (*question).status},
		{"path", "ISSUE", "the teams that held it, and the direct route", "path PAY-17", (*question).path},
		{"who", "ISSUE or thread link", "who can likely help, and why", "who PAY-17", (*question).who},
	}
}

// question is one asking, with what it may be answered from. It is answered
// under the lock of the world, as far as its asker may see.
type question struct {
	*Bot
	ctx    context.Context
	asked  view.Asked
	args   []string
	viewer signals.Viewer
}

// Ask answers what somebody asked. A command or a mention only reads; what a
// button changes is in the journal when it returns.
func (b *Bot) Ask(ctx context.Context, a view.Asked) (view.Reply, error) {
	switch a.Kind {
	case view.Command, view.Mention:
	case view.Pressed:
		return b.press(ctx, a)
	default:
		return view.Reply{}, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.heed(ctx); err != nil {
		return view.Reply{}, fmt.Errorf("answer %q: %w", a.Action, err)
	}
	b.brain.begin(ctx)
	b.brain.catchUp()
	words := strings.Fields(a.Text)
	q := &question{Bot: b, ctx: ctx, asked: a, viewer: b.brain.w.Org.Viewer(a.User)}
	name := "help"
	if len(words) > 0 {
		name, q.args = strings.ToLower(words[0]), words[1:]
	}
	card, err := q.answer(name)
	if err == nil {
		err = b.brain.err
	}
	if err != nil {
		return view.Reply{}, fmt.Errorf("answer %q: %w", name, err)
	}
	card.Key, card.Kind = a.ID, "answer"
	return view.Reply{Card: card, Ephemeral: true}, nil
}

func (q *question) answer(name string) (*view.Card, error) {
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return say(fmt.Sprintf("I do not know %q. Did you mean %q? Say help for all that I answer.", name, nearest(name))), nil
	}
	return commands[i].run(q)
}

// nearest is the command that is written most like a word.
func nearest(word string) string {
	best, least := "help", len(word)+10
	for _, c := range commands {
		if d := signals.Distance(word, c.name); d < least {
			best, least = c.name, d
		}
	}
	return best
}

func say(text string) *view.Card { return &view.Card{Lines: []view.Paragraph{{Text: text}}} }

func (q *question) help() (*view.Card, error) {
	card := &view.Card{Title: "What I answer"}
	for _, c := range commands {
		text := c.name
		if c.args != "" {
			text += " " + c.args
		}
		card.Lines = append(card.Lines, view.Paragraph{Text: text + ": " + c.does + ". Example: " + c.example})
	}
	card.Footer = "Only you see my answers."
	return card, nil
}

// find is the case that a question is about, as its asker may see it; nil, with
// an answer, where there is none.
func (q *question) find(what string) (*signals.Case, *view.Card) {
	if len(q.args) == 0 {
		return nil, say("Tell me which issue or thread: " + what + " PAY-17, or a link to a message.")
	}
	w := q.brain.w
	k, ok := w.Find(q.args[0])
	var c *signals.Case
	if ok {
		c = w.Case(k)
	}
	if c == nil || len(c.For(q.viewer).Events()) == 0 {
		return nil, say("I know nothing of " + q.args[0] + " that you may see. Is it in a project or a channel that I watch?")
	}
	return c, nil
}

func (q *question) status() (*view.Card, error) {
	c, no := q.find("status")
	if no != nil {
		return no, nil
	}
	w := q.brain.w
	seen := c.For(q.viewer)
	card := &view.Card{Title: name(seen)}
	turn := signals.TurnOf(seen, &w.Org.Policy)
	card.Facts = append(card.Facts, view.Fact{Name: "Now", Value: turn.Why})
	records, err := q.c.Store.Records(q.ctx, c.Key)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if q.viewer.Sees(r.Signal.Audience) {
			card.Lines = append(card.Lines, view.Paragraph{Text: r.Signal.Reason + "\n" + stages(r)})
		}
	}
	if len(card.Lines) == 0 {
		card.Lines = []view.Paragraph{{Text: "I found no signal in it."}}
	}
	q.link(card, seen)
	return card, nil
}

// stages tells how far a signal came, and where it died.
func stages(r *decide.Record) string {
	var out []string
	for _, st := range signals.Stages {
		switch at := r.Ledger.Times[st]; {
		case !at.IsZero() && r.Ledger.Proxy[st]:
			out = append(out, string(st)+" "+at.UTC().Format("2 Jan 15:04")+" (inferred)")
		case !at.IsZero():
			out = append(out, string(st)+" "+at.UTC().Format("2 Jan 15:04"))
		case r.Ledger.Died == st:
			out = append(out, "stopped before "+string(st)+": "+r.Ledger.Why)
		}
	}
	return strings.Join(out, " → ")
}

// name is what a case is called: its label, with its title.
func name(c *signals.Case) string {
	if c.Key.Source == signals.Slack {
		return "This thread"
	}
	return strings.TrimSpace(c.Label + " " + c.Title)
}

func (q *question) link(card *view.Card, c *signals.Case) {
	if q.c.Links == nil {
		return
	}
	if url := q.c.Links(c.Key, c.Label); url != "" {
		card.Links = append(card.Links, view.Link{Text: "Open it", URL: url})
	}
}
