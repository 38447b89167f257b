package jira

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"andon/signals"
)

const (
	checkSize = 100 // issues whose update is asked for by id at once
	fewGone   = 20  // issues that may vanish at once without a doubt
)

// Reconcile compares what the caller knows with what Jira has, and emits what
// the caller missed: issues whose indexing took longer than the overlap of
// polling, or that changed while nothing was watching. It is meant for once a
// night. The scopes are listed from since on, ids and times only.
//
// known tells when the caller's state of an issue was updated (see Updated); ok
// is false for an issue that it does not have. Unknown or older issues are
// fetched. open yields the numeric ids of the issues that the caller believes
// open: those that are not in the list are asked for by id, whether they were
// updated, moved, hidden or deleted; it may be nil. They are read once, after
// the scopes were listed.
//
// When more than half of the open issues, and more than 20, have vanished at
// once, a permission was taken away most likely: none of them is told to be
// deleted then, and the error says so. The error of emit is returned as it is.
func (c *Client) Reconcile(ctx context.Context, since time.Time, known func(issueID string) (updated time.Time, ok bool), open iter.Seq[string],
	emit func(ctx context.Context, d signals.Delivery) error,
) error {
	r := &reconciler{c: c, known: known, emit: emit, seen: map[string]bool{}}
	var errs []error
	for _, s := range c.scopes {
		if err := r.scope(ctx, s, since); err != nil {
			if r.failed != nil {
				return r.failed
			}
			errs = append(errs, fmt.Errorf("reconcile Jira site %s: scope %q: %w", c.Site(), s.jql, err))
			if statusOf(err) != 400 {
				return errors.Join(errs...)
			}
		}
	}
	if open != nil {
		if err := r.rest(ctx, open); err != nil {
			if r.failed != nil {
				return r.failed
			}
			errs = append(errs, fmt.Errorf("reconcile Jira site %s: %w", c.Site(), err))
		}
	}
	return errors.Join(errs...)
}

type reconciler struct {
	c      *Client
	known  func(string) (time.Time, bool)
	emit   func(context.Context, signals.Delivery) error
	seen   map[string]bool // ids that the scopes list
	failed error           // of emit
}

// scope fetches what a scope lists and the caller does not have like that. The
// whole list is read first: fetching takes long, and the order changes meanwhile.
func (r *reconciler) scope(ctx context.Context, s scope, since time.Time) error {
	var missed []string
	q := query{jql: s.window(since), fields: "updated", size: listSize}
	from := max(since.UnixMilli(), 0)
	err := r.c.pages(ctx, q, func(pg page) error {
		for _, x := range rowsOf(pg, from) {
			if r.seen[x.id] {
				continue
			}
			r.seen[x.id] = true
			if r.older(x) {
				missed = append(missed, x.id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.fetch(ctx, missed, nil)
}

// older reports whether the caller's state is not that of the list.
func (r *reconciler) older(x row) bool {
	updated, ok := r.known(x.id)
	return !ok || updated.UnixMilli() < x.at
}

// fetch emits issues whole. Those that are gone are emitted too, or collected
// in gone unless that is nil.
func (r *reconciler) fetch(ctx context.Context, ids []string, gone *[]signals.Delivery) error {
	for chunk := range slices.Chunk(ids, batchSize) {
		got, err := r.c.fetch(ctx, chunk)
		if err != nil {
			return err
		}
		for _, id := range chunk {
			x := got[id]
			d, err := x.delivery(ctx, r.c, id)
			if err != nil {
				return err
			}
			if gone != nil && errors.Is(x.err, ErrGone) {
				*gone = append(*gone, d)
				continue
			}
			if err := r.send(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reconciler) send(ctx context.Context, d signals.Delivery) error {
	if err := r.emit(ctx, d); err != nil {
		r.failed = err
		return err
	}
	return nil
}

// rest looks after open issues that no scope lists.
func (r *reconciler) rest(ctx context.Context, open iter.Seq[string]) error {
	var ids []string
	n := 0
	for id := range open {
		n++
		if !r.seen[id] && isNumber(id) {
			r.seen[id] = true
			ids = append(ids, id)
		}
	}
	var changed []string
	for chunk := range slices.Chunk(ids, checkSize) {
		if err := r.check(ctx, chunk, &changed); err != nil {
			return err
		}
	}
	var gone []signals.Delivery
	if err := r.fetch(ctx, changed, &gone); err != nil {
		return err
	}
	if len(gone) > fewGone && len(gone)*2 > n {
		return fmt.Errorf("%w: %d of %d open issues have vanished at once; check what the account may see: nothing is taken for deleted", ErrAuth, len(gone), n)
	}
	for _, d := range gone {
		if err := r.send(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// check asks for the updates of some issues and appends those that changed or
// that are not there. Jira refuses a query that names an issue which is not
// there, so the halves are tried then.
func (r *reconciler) check(ctx context.Context, ids []string, changed *[]string) error {
	there := map[string]bool{}
	err := r.c.pages(ctx, query{jql: byIDs(ids), fields: "updated", size: len(ids)}, func(pg page) error {
		for _, x := range rowsOf(pg, 0) {
			if !there[x.id] && r.older(x) {
				*changed = append(*changed, x.id)
			}
			there[x.id] = true
		}
		return nil
	})
	switch {
	case err != nil && !isSpoilt(err):
		return err
	case err != nil && len(ids) == 1:
		*changed = append(*changed, ids[0])
		return nil
	case err != nil:
		half := len(ids) / 2
		if err := r.check(ctx, ids[:half], changed); err != nil {
			return err
		}
		return r.check(ctx, ids[half:], changed)
	}
	for _, id := range ids {
		if !there[id] {
			*changed = append(*changed, id)
		}
	}
	return nil
}
