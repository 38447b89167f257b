package bot

import (
	"context"
	"fmt"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/lint"
)

// lintShown is how many findings one card names.
const lintShown = 12

// lintSays is what a level means to people.
var lintSays = map[lint.Level]string{
	lint.Broken: "Signals reach nobody", lint.Weak: "Fails when somebody is away", lint.Idle: "Rules that never fire", lint.Note: "Guessed, for nobody wrote it down",
}

// lintNotice tells the admins what is new and what is mended, of so many
// findings in all.
func lintNotice(fresh []lint.Finding, mended []string, all int, slash string) *view.Card {
	card := &view.Card{Title: "The chain: " + signals.Counted(len(fresh), "new finding")}
	if len(fresh) == 0 {
		card.Title = "The chain: " + signals.Counted(len(mended), "finding") + " mended"
	}
	lintLines(card, fresh)
	for i, words := range mended {
		if i == lintShown {
			card.Lines = append(card.Lines, view.Paragraph{Text: fmt.Sprintf("And %d more that are mended.", len(mended)-i)})
			break
		}
		card.Lines = append(card.Lines, view.Paragraph{Text: "Mended: " + words + "."})
	}
	card.Footer = "Open now: " + signals.Counted(all, "finding") + ". Say " + slash + " lint for all of them."
	if all == 0 {
		card.Footer = "Nothing else is open."
	}
	return card
}

// lintLines puts findings on a card, worst first, a fact for each.
func lintLines(card *view.Card, list []lint.Finding) {
	for i := range list {
		if i == lintShown {
			card.Facts = append(card.Facts, view.Fact{Name: "And", Value: fmt.Sprintf("%d more, less bad than these", len(list)-i)})
			return
		}
		f := &list[i]
		card.Facts = append(card.Facts, view.Fact{Name: f.Place + " (" + string(f.Level) + ")", Value: f.What + ". To mend it: " + f.Do + "."})
	}
}

// loadLint takes what lint has seen up to now, and what it needs beside it.
func (q *question) loadLint() (err error) {
	if q.linted, err = q.lintAround(q.ctx); err == nil {
		q.linted.seen, err = q.linting.copied(q.ctx, q.Bot)
	}
	if err != nil {
		return fmt.Errorf("look for what is broken in the chain: %w", err)
	}
	return nil
}

// copied is what was seen up to now, or nil while there is more to read than can
// be waited for.
func (l *linting) copied(ctx context.Context, b *Bot) (*lint.Seen, error) {
	if !l.mu.TryLock() {
		return nil, nil // it is being read
	}
	defer l.mu.Unlock()
	whole, err := l.follow(ctx, b, lintAnswer)
	if err != nil || !whole {
		return nil, err
	}
	body, err := l.seen.Save()
	if err != nil {
		return nil, err
	}
	return lint.LoadSeen(body)
}

// lint tells an admin what is broken in the chain.
func (q *question) lint() (*view.Card, error) {
	list := lint.Check(q.lintInput(q.linted))
	card := &view.Card{Title: "The chain is in order"}
	if len(list) > 0 {
		card.Title = "The chain: " + signals.Counted(len(list), "finding")
		n := make(map[lint.Level]int)
		for i := range list {
			n[list[i].Level]++
		}
		for _, level := range lint.Levels {
			if n[level] > 0 {
				card.Lines = append(card.Lines, view.Paragraph{Text: fmt.Sprintf("%s: %d", lintSays[level], n[level])})
			}
		}
	}
	lintLines(card, list)
	if q.linted.seen == nil {
		card.Footer = "The journal is still being read: what only history tells is not among these."
	}
	return card, nil
}
