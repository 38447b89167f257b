package bot

import (
	"context"
	"fmt"
	"strings"

	"andon/bot/view"
	"andon/signals/decide"
)

// personOf finds who stands behind a token; "" where that is not known any more.
func (b *Bot) personOf(ctx context.Context, token string) (string, error) {
	_, token, _ = strings.Cut(token, "/anonymous/")
	who, _, err := b.c.Store.PersonOf(ctx, token)
	return who, err
}

// passedOn brings words to who raised something without being named. Whoever
// sends them learns nothing of who that is, nor whether they can be reached.
func (b *Bot) passedOn(ctx context.Context, a view.Asked, it item) (view.Reply, error) {
	text := strings.TrimSpace(a.Entered[inText])
	if text == "" {
		return view.Reply{Errors: map[string]string{inText: "Please write what I shall pass on."}}, nil
	}
	who, token, card := "", "", &view.Card{}
	err := b.inWorld(ctx, func(w *decide.World) error {
		token = raiser(w, it.r)
		c := &composer{Bot: b, w: w, now: b.c.Now(), reader: readerOf(w, a.User)}
		card.Title = "A message about what you raised"
		card.Lines = []view.Paragraph{{Text: c.name(a.User) + " writes: " + text}, {Text: "They do not know who you are. If you answer in the thread, your name stands there."}}
		return nil
	})
	if err != nil {
		return view.Reply{}, err
	}
	if anonymous(token) {
		if who, err = b.personOf(ctx, token); err != nil {
			return view.Reply{}, err
		}
	}
	if who != "" {
		id := besideID("w", a.ID)
		card.Key, card.Kind = id, "notice"
		err := b.inWorld(ctx, func(w *decide.World) error {
			c := &composer{Bot: b, w: w, now: b.c.Now(), reader: readerOf(w, who)}
			if c.sees(it) {
				card.Facts = []view.Fact{{Name: "About", Value: c.title(it.n.Signal.Case)}}
				card.Links = c.links(it, nil)
			}
			return nil
		})
		if err != nil {
			return view.Reply{}, err
		}
		if err := b.tellLive(ctx, id, who, card, live{Kind: "passed"}); err != nil {
			return view.Reply{}, fmt.Errorf("pass the message on: %w", err)
		}
	}
	return tell(a, "Thank you. I pass it on if they can still be reached."), nil
}
