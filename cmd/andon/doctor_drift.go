package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"andon/signals"
	"andon/signals/replay"
	"andon/store"
)

// longHistory is from how many events on going through all of them takes so long
// (about a minute, docs/performance.md) that it must be asked for.
const longHistory = 300_000

// driftResamples is how often cases are drawn anew for the intervals that are compared.
const driftResamples = 200

// drift compares the models' figures on the cases opened since a card was saved
// with those on the card.
func (d *doctor) drift(e *env, always bool) {
	if _, absent := absentFile(d.c.Database); absent {
		return
	}
	db, err := openDatabase(e, d.c, false)
	if err != nil {
		return // the check of the database says so
	}
	defer closing(e, db)
	card, err := loadCard(e, db)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if always {
			d.warn("run andon eval --journal --save", "models: no card is kept to compare with")
		}
		return
	case err != nil:
		d.fail("run andon eval --journal --save again", "models: %v", err)
		return
	}
	if s, err := db.Stats(e.ctx); err == nil && s.Events > longHistory && !always {
		d.ok("models: not compared with the card of %s: %s take a while; --drift does it", card.Saved.Format("2006-01-02"), signals.Counted(int(s.Events), "event"))
		return
	}
	now, err := d.since(e, db, card)
	if err != nil {
		d.fail("see the error", "models: score the cases since the card: %v", err)
		return
	}
	d.compare(card, now)
}

func loadCard(e *env, db *store.DB) (c savedCard, err error) {
	raw, err := db.Cursor(e.ctx, cardCursor)
	if err != nil {
		return c, err
	}
	if raw == "" {
		return c, os.ErrNotExist
	}
	if err := json.Unmarshal([]byte(raw), &c); err != nil {
		return c, fmt.Errorf("read the card that is kept: %w", err)
	}
	return c, nil
}

// since scores the cases that were opened after the newest one on a card.
func (d *doctor) since(e *env, db *store.DB, card savedCard) (*replay.Card, error) {
	h, err := journalHistory(e.ctx, d.c, db, nil)
	if err != nil {
		return nil, err
	}
	o := replay.Options{Policy: h.config.Policy, Lexicon: h.lexicon, AsLive: true}
	s := replay.Scoring{From: card.heard().Add(1), Now: d.now(), Resamples: driftResamples, Seed: card.Seed}
	return interruptible(e.ctx, func() (*replay.Card, error) { return replay.Evaluate(&h.Input, o, s) })
}

// settledFrom is how many closed cases a card's models have to have learnt from to
// be compared with later ones. On an invented history that did not change, 4
// of 8 comparisons warned when they had learnt from 250, none of 20 from 340.
const settledFrom = 300

// compare says which figures became worse.
func (d *doctor) compare(card savedCard, now *replay.Card) {
	day := card.Saved.Format("2006-01-02")
	if card.Learnt < settledFrom {
		d.ok("models: the card of %s was made when they had learnt from %s, while they still change; save another when there are %d",
			day, signals.Counted(card.Learnt, "closed case"), settledFrom)
		return
	}
	worse, compared := replay.Drifted(card.Rows, now.Rows)
	for _, w := range worse {
		d.warn("see andon eval --journal for where; leave a detector that rests on it in shadow until it is better",
			"models: %s, %s: %s on the card of %s, %s on the cases since", title(&w.Now), measure(&w.Now), value(w.Then.Ours), day, value(w.Now.Ours))
	}
	switch {
	case replay.Comparable(card.Rows) == 0:
		d.ok("models: the card of %s rests on too few cases to compare with; save another when there are more", day)
	case compared == 0:
		d.ok("models: too few cases since the card of %s to compare with it: %d opened since; it takes %d hand-overs, or %d that came to something and %d that did not", day,
			now.Scored, now.MinCases, now.MinCame, now.MinCame)
	case len(worse) == 0:
		d.ok("models: not shown to be worse than on the card of %s (%s compared, on %s)", day, signals.Counted(compared, "figure"), signals.Counted(now.Scored, "case"))
	}
}
