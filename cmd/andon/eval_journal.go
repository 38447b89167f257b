package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/replay"
	"andon/store"
)

// cardCursor is where the database keeps the card that andon eval --save made.
const cardCursor = "eval/card"

// savedCard is a card as the database keeps it.
type savedCard struct {
	Saved time.Time
	Seed  uint64
	To    time.Time // last event of the history that was scored; it may be dated ahead
	// Newest is when the newest scored case was opened. Later events do not tell
	// up to when cases were heard of: an old case may have gone on after all others.
	Newest time.Time
	Learnt int // closed cases behind it, see replay.Card
	Rows   []replay.ScoreRow
}

// heard is up to when the card knows the cases that were opened.
func (c *savedCard) heard() time.Time {
	switch {
	case !c.Newest.IsZero():
		return c.Newest
	case c.To.After(c.Saved): // of a card that was kept before it knew the newest case, or scored none
		return c.Saved
	}
	return c.To
}

// readJournal reads what the service has heard, under a configuration. learnt is
// told of the events that were learnt and not watched; nil for nobody.
func readJournal(e *env, path string, learnt func(*signals.Event)) (*history, error) {
	c, err := config.Load(path, configOptions())
	if err != nil {
		return nil, usageError{err}
	}
	db, err := openDatabase(e, &c, false)
	if err != nil {
		return nil, err
	}
	defer closing(e, db)
	return journalHistory(e.ctx, &c, db, learnt)
}

// journalHistory makes history of a journal. The organisation is that of the
// journal, as of each moment, not that of the configuration.
func journalHistory(ctx context.Context, c *config.Config, db *store.DB, learnt func(*signals.Event)) (*history, error) {
	h := &history{config: *c}
	h.Rooms = make(map[string]string)
	if err := h.prepare(); err != nil {
		return nil, usageError{err}
	}
	h.Org = replay.Log{}
	const page = 10_000
	for after := int64(0); ; {
		entries, err := db.Follow(ctx, after, page)
		if err != nil {
			return nil, err
		}
		events := make([]*signals.Event, len(entries))
		for i, x := range entries {
			events[i], after = x.Event, x.Pos
			if x.Learn && learnt != nil {
				learnt(x.Event)
			}
		}
		if err := h.Play.Add(events); err != nil {
			return nil, err
		}
		if len(entries) < page {
			return h, nil
		}
	}
}

// keepCard keeps a card in the database.
func keepCard(e *env, c *config.Config, card *replay.Card) error {
	raw, err := json.Marshal(savedCard{Saved: time.Now().UTC(), Seed: card.Seed, To: card.To, Newest: card.Newest, Learnt: card.Learnt, Rows: card.Rows})
	if err != nil {
		return fmt.Errorf("write the card: %w", err)
	}
	db, err := openDatabase(e, c, false)
	if err != nil {
		return err
	}
	defer closing(e, db)
	if err := db.SetCursor(e.ctx, cardCursor, string(raw)); err != nil {
		return fmt.Errorf("keep the card: %w", err)
	}
	_, err = fmt.Fprintln(e.err, "the card is kept: andon doctor compares with it")
	return err
}
