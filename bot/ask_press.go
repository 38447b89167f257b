package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// pressAnswer does what a button under an answer says. It carries a short id;
// who pressed it may do no more than their words could.
func (b *Bot) pressAnswer(ctx context.Context, a view.Asked) (view.Reply, error) {
	q := &question{Bot: b, ctx: ctx, asked: a, args: []string{a.Value}, rest: a.Value}
	run, ok := map[string]func(q *question) (*view.Card, error){
		"answer.open": (*question).why, "answer.claim": (*question).claim, "answer.snooze": (*question).snoozeOne, "answer.together": (*question).meet,
	}[a.Action]
	if !ok {
		return view.Reply{}, nil
	}
	if err := q.begin(true); err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	if a.Action != "answer.together" {
		if err := q.loadNamed(); err != nil {
			return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
		}
	}
	if _, of, _ := strings.Cut(a.Value, "|"); a.Action == "answer.together" {
		if k, ok := signals.ParseKey(of); ok {
			var err error
			if q.records, err = b.c.Store.Records(ctx, k); err != nil {
				return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
			}
		}
	}
	r, err := q.finish(run)
	if err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	return r, nil
}

// told is the signal of a button of which the asker was told.
func (q *question) told() (*signals.Record, error) {
	r, ok := q.named(q.asked.Value)
	if !ok || !slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return q.mine(n.To) && toldOf(n) }) {
		return nil, unclearf("That is not there any more. Say list to see what is open.")
	}
	if !open(r) {
		return nil, unclearf("That is over already. Say why %s for what became of it.", shortID(r.Signal.Key()))
	}
	return r, nil
}

// claim keeps that the asker is on it.
func (q *question) claim() (*view.Card, error) {
	r, err := q.told()
	if err != nil {
		return nil, err
	}
	q.happensTo(signals.Claimed, r.Signal.Case, r.Signal.Audience)
	return say("Thank you. You are on it: " + q.title(r.Signal.Case) + "."), nil
}

// snoozeOne asks for a signal to be said again tomorrow, as the menu of a nudge
// does.
func (q *question) snoozeOne() (*view.Card, error) {
	r, err := q.told()
	if err != nil {
		return nil, err
	}
	at, _ := snoozeEnd("tomorrow", q.words.cal, q.words.now)
	q.happensTo(signals.Snoozed, r.Signal.Case, r.Signal.Audience).To = at.UTC().Format(time.RFC3339)
	return say("I tell you again on " + q.words.tell(at) + ": " + q.title(r.Signal.Case) + "."), nil
}
