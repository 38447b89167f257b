package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
)

// welcomeMark is the cursor that says how often andon came into a channel, and
// whether it is there now: "in 2".
const welcomeMark = "welcome/"

// Welcome says one message into a channel that andon came into: what is watched,
// what is kept and for how long, and how to stop it. by is who invited it, ""
// where it joined by itself; whoever it was is thanked, and not named. Until
// Goodbye it is said once.
func (b *Bot) Welcome(ctx context.Context, channel, by string) error {
	in, n, err := b.stay(ctx, channel)
	if err != nil || in {
		return err
	}
	n++
	if err := b.toHead(ctx); err != nil {
		return fmt.Errorf("greet %s: %w", channel, err)
	}
	card := b.welcome(channel, by)
	card.Key = welcomeMark + channel + "/" + strconv.Itoa(n)
	body, err := json.Marshal(card)
	if err != nil {
		return fmt.Errorf("write the greeting of %s: %w", channel, err)
	}
	if err := b.c.Store.Notice(ctx, card.Key, channel, body, b.c.Now()); err != nil {
		return fmt.Errorf("greet %s: %w", channel, err)
	}
	return b.c.Store.SetCursor(ctx, welcomeMark+channel, "in "+strconv.Itoa(n))
}

// Goodbye notes that andon is in a channel no more. Nothing is said.
func (b *Bot) Goodbye(ctx context.Context, channel string) error {
	in, n, err := b.stay(ctx, channel)
	if err != nil || !in {
		return err
	}
	return b.c.Store.SetCursor(ctx, welcomeMark+channel, "out "+strconv.Itoa(n))
}

// Gone reports whether andon was in a channel and left it, as far as is known.
func (b *Bot) Gone(ctx context.Context, channel string) (bool, error) {
	in, n, err := b.stay(ctx, channel)
	return err == nil && !in && n > 0, err
}

// stay reports whether andon is in a channel as far as is known, and how often
// it came there.
func (b *Bot) stay(ctx context.Context, channel string) (in bool, times int, err error) {
	was, err := b.c.Store.Cursor(ctx, welcomeMark+channel)
	if err != nil {
		return false, 0, fmt.Errorf("look up whether %s was greeted: %w", channel, err)
	}
	where, n, _ := strings.Cut(was, " ")
	times, _ = strconv.Atoi(n) // nothing yet is none
	return where == "in", times, nil
}

// loudness is what becomes of what a detector finds, loudest first.
var loudness = []struct {
	modes []signals.Mode
	text  string
}{
	{[]signals.Mode{signals.Live}, "I tell who can help"},
	{[]signals.Mode{signals.Ask}, "An admin decides first"},
	{[]signals.Mode{signals.Preview, signals.Shadow}, "I only take note, nobody is told"},
}

// welcome writes the greeting of a channel.
func (b *Bot) welcome(channel, by string) *view.Card {
	command := b.slash()
	card := &view.Card{Kind: "notice", Title: "I am andon, and I listen here now"}
	why := "I joined because the name of this channel is one that I was asked to watch."
	if by != "" {
		why = "Thank you for the invitation."
	}
	kept := "What was written is not kept for longer than it is needed"
	if b.c.Told.KeepText > 0 {
		kept = "The text is kept for " + signals.Lasted(b.c.Told.KeepText)
	}
	for _, text := range []string{
		why + " I read the messages and threads here, and look for problems that could use a hand: a question without an answer, a problem without a ticket.",
		kept + "; what I learn from it stays as figures without words. What is written in a private channel is shown to nobody outside of it.",
		"To stop it: " + command + " unwatch for this channel, " + command + " optout for what you write yourself, or remove me from the channel.",
	} {
		card.Lines = append(card.Lines, view.Paragraph{Text: text})
	}
	for mode, names := range b.listening(channel) {
		if len(names) > 0 {
			card.Facts = append(card.Facts, view.Fact{Name: loudness[mode].text, Value: strings.Join(names, ", ")})
		}
	}
	card.Footer = "Ask me with " + command + " help. Pull the cord with " + command + " pull."
	return card
}

// listening lists what is looked for in a channel, by loudness.
func (b *Bot) listening(channel string) [][]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([][]string, len(loudness))
	for _, d := range detect.All() {
		if !slices.Contains(d.Sources, signals.Slack) {
			continue
		}
		mode := b.brain.w.Org.Mode(d.Name, channel)
		if b.c.AsLive && mode != signals.Off {
			mode = signals.Live
		}
		for i, l := range loudness {
			if slices.Contains(l.modes, mode) {
				out[i] = append(out[i], strings.ReplaceAll(d.Name, "_", " "))
			}
		}
	}
	return out
}
