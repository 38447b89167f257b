package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"andon/signals"
)

// Resend takes up messages whose last attempt ended with its process.
func (b *Bot) Resend(ctx context.Context) error {
	ids, err := b.c.Store.Unsettled(ctx, b.c.Wall().Add(-b.c.Lease))
	if err != nil {
		return fmt.Errorf("look for messages that were left: %w", err)
	}
	var all []error
	for _, id := range ids {
		all = append(all, b.Send(ctx, id))
	}
	return errors.Join(all...)
}

// settled is after how long nothing of an attempt without a clear answer can
// arrive any more.
const settled = 10 * time.Minute

// Recheck looks once more for doubles of messages that were said after an
// attempt without a clear answer, and removes the later ones.
func (b *Bot) Recheck(ctx context.Context) error {
	if b.c.Poster == nil {
		return nil
	}
	ids, err := b.c.Store.Doubtful(ctx, b.c.Wall().Add(-settled))
	if err != nil {
		return err
	}
	var all []error
	for _, id := range ids {
		if err := b.recheck(ctx, id); err != nil {
			all = append(all, fmt.Errorf("look for doubles of message %s: %w", id, err))
		}
	}
	return errors.Join(all...)
}

func (b *Bot) recheck(ctx context.Context, id string) error {
	out, ok, err := b.c.Store.Message(ctx, id)
	if err != nil || !ok {
		return err
	}
	to, _, err := b.address(ctx, out.Target)
	if err != nil {
		return err
	}
	if to != "" {
		if to, err = b.spotOf(ctx, &out, to); err != nil {
			return err
		}
		found, err := b.c.Poster.Find(ctx, to, id, b.c.Now().Add(-searched))
		if err != nil {
			return err
		}
		keep := slices.IndexFunc(found, func(c signals.Copy) bool { return slices.Contains(out.Copies, c) })
		if keep > 0 { // the one that the store knows stays
			found[0], found[keep] = found[keep], found[0]
		}
		if _, err := b.one(ctx, id, found); err != nil {
			return err
		}
	}
	return b.c.Store.Certain(ctx, id)
}
