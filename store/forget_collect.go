package store

import (
	"context"
	"encoding/json"
	"slices"

	"andon/signals"
)

// organisation are the kinds that say how things are, and not what happened:
// they outlive Before.
const organisation = "kind IN ('roster', 'policy', 'away', 'mode', 'muted', 'joined', 'watched')"

// collect notes what goes and what loses words, before anything is touched.
func (x *forgetter) collect(ctx context.Context) (err error) {
	switch {
	case len(x.f.Persons) > 0:
		ids, names, err := x.accounts(ctx)
		if err != nil {
			return err
		}
		if x.n, err = newNeedles(ids, names); err != nil {
			return err
		}
		return x.collectPerson(ctx)
	case x.f.Channel != "":
		if x.n, err = newNeedles([]string{x.f.Channel}, nil); err != nil {
			return err
		}
		x.n.plain = nil // a channel's local part that may be a word is not cut from talk
		return x.collectChannel(ctx)
	}
	if x.n, err = newNeedles(nil, nil); err != nil {
		return err
	}
	return x.collectBefore(ctx)
}

// accounts adds to the given ids what the roster ever knew of them: the other
// ids of the same persons, and their names.
func (x *forgetter) accounts(ctx context.Context) (ids, names []string, err error) {
	for _, id := range x.f.Persons {
		ids = append(ids, storable(id))
	}
	rows, err := x.t.query(ctx, "SELECT COALESCE(after, ''), COALESCE(text, '') FROM events WHERE kind = ? AND field = 'person' ORDER BY pos", string(signals.RosterSet))
	if err != nil {
		return nil, nil, err
	}
	var people []signals.Person
	err = each(rows, func(scan func(...any) error) error {
		var id, body string
		if err := scan(&id, &body); err != nil || body == "" {
			return err
		}
		var p signals.Person
		if json.Unmarshal([]byte(body), &p) == nil {
			p.ID = id
			people = append(people, p)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for grew := true; grew; {
		grew = false
		for _, p := range people {
			own := append([]string{p.ID}, p.Accounts...)
			if !slices.ContainsFunc(own, func(id string) bool { return slices.Contains(ids, id) }) {
				continue
			}
			for _, id := range own {
				if id != "" && !slices.Contains(ids, id) {
					ids, grew = append(ids, id), true
				}
			}
			if p.Name != "" && !slices.Contains(names, p.Name) {
				names = append(names, p.Name)
			}
		}
	}
	tokens, err := x.anonymous(ctx, ids)
	return append(ids, tokens...), names, err
}

func (x *forgetter) collectPerson(ctx context.Context) error {
	wrote := " FROM events WHERE " + x.in("actor") + " AND " + wordyKinds
	for _, q := range []string{
		"INSERT INTO forget_touched SELECT DISTINCT case_id" + wrote,
		"INSERT INTO forget_events SELECT id" + wrote,
		"INSERT INTO forget_envelopes SELECT DISTINCT envelope FROM events WHERE envelope > 0 AND " + x.in("actor"),
	} {
		if err := x.note(ctx, q, x.ids()); err != nil {
			return err
		}
	}
	// What others did to their words: edits of their messages.
	return x.note(ctx, `INSERT INTO forget_events SELECT id FROM events WHERE kind = ? AND ref IN (SELECT id FROM forget_events)`, string(signals.Edited))
}

func (x *forgetter) collectChannel(ctx context.Context) error {
	if err := x.note(ctx, "INSERT INTO forget_cases SELECT id FROM cases WHERE channel = ?", storable(x.f.Channel)); err != nil {
		return err
	}
	if err := x.note(ctx, "INSERT INTO forget_keys SELECT key FROM cases WHERE channel = ?", storable(x.f.Channel)); err != nil {
		return err
	}
	// The source's clock may be ahead of ours: what it told is of before.
	err := x.t.one(ctx, "SELECT COALESCE(MAX(at), 0) FROM events WHERE case_id IN (SELECT case_id FROM forget_cases)", nil, &x.until)
	if err != nil {
		return err
	}
	x.until = max(x.until, micros(x.t.db.now()))
	return x.note(ctx, "INSERT INTO forget_envelopes SELECT DISTINCT envelope FROM events WHERE envelope > 0 AND case_id IN (SELECT case_id FROM forget_cases)")
}

func (x *forgetter) collectBefore(ctx context.Context) error {
	at := micros(x.f.Before)
	old := "at < ? AND NOT (" + organisation + ")"
	if err := x.note(ctx, "INSERT INTO forget_touched SELECT DISTINCT case_id FROM events WHERE "+old, at); err != nil {
		return err
	}
	// An envelope that came later may repeat the whole of a case.
	if err := x.note(ctx, "INSERT INTO forget_envelopes SELECT DISTINCT envelope FROM events WHERE envelope > 0 AND case_id IN (SELECT case_id FROM forget_touched)"); err != nil {
		return err
	}
	if err := x.note(ctx, "INSERT INTO forget_envelopes SELECT id FROM envelopes v WHERE (received < ? OR NOT EXISTS (SELECT 1 FROM events e WHERE e.envelope = v.id AND e.envelope > 0))", at); err != nil {
		return err
	}
	for _, into := range []string{"forget_cases SELECT id", "forget_keys SELECT key"} {
		if err := x.note(ctx, "INSERT INTO "+into+` FROM cases c WHERE id IN (SELECT case_id FROM forget_touched)
			AND NOT EXISTS (SELECT 1 FROM events e WHERE e.case_id = c.id AND (e.at >= ? OR `+organisation+"))", at); err != nil {
			return err
		}
	}
	return nil
}

// removeEvents deletes what goes altogether.
func (x *forgetter) removeEvents(ctx context.Context) error {
	switch {
	case len(x.f.Persons) > 0:
		for _, where := range []string{"kind IN ('roster', 'away', 'joined') AND " + x.in("after"), "kind = 'muted' AND " + x.in("actor")} {
			if err := x.do(ctx, "events", "DELETE FROM events WHERE "+where, x.ids()); err != nil {
				return err
			}
		}
	case x.f.Channel != "":
		if err := x.do(ctx, "events", "DELETE FROM events WHERE case_id IN (SELECT case_id FROM forget_cases)"); err != nil {
			return err
		}
		if err := x.do(ctx, "rooms", "DELETE FROM rooms WHERE channel = ?", storable(x.f.Channel)); err != nil {
			return err
		}
	default:
		if err := x.do(ctx, "events", "DELETE FROM events WHERE at < ? AND NOT ("+organisation+")", micros(x.f.Before)); err != nil {
			return err
		}
	}
	return x.do(ctx, "cases", "DELETE FROM cases WHERE id IN (SELECT case_id FROM forget_cases)")
}

// eraseWords takes away what the persons wrote in events that stay.
func (x *forgetter) eraseWords(ctx context.Context) error {
	if len(x.f.Persons) == 0 {
		return nil
	}
	after := int64(0)
	for {
		rows, err := x.t.query(ctx, "SELECT pos, kind, COALESCE(field, ''), COALESCE(before, ''), COALESCE(after, ''), COALESCE(text, ''), COALESCE(ref, ''), COALESCE(fields, '') "+
			"FROM events WHERE pos > ? AND ("+x.in("actor")+" OR id IN (SELECT id FROM forget_events)) ORDER BY pos LIMIT ?", after, x.ids(), sweepBatch)
		if err != nil {
			return err
		}
		var found, lost []worded
		err = each(rows, func(scan func(...any) error) error {
			var w worded
			if err := scan(&w.pos, &w.kind, &w.field, &w.from, &w.to, &w.text, &w.ref, &w.fields); err != nil {
				return err
			}
			found = append(found, w)
			if err := w.erase(); err != nil {
				return err
			}
			if w != found[len(found)-1] {
				lost = append(lost, w)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i := range lost {
			if err := lost[i].save(ctx, x.t); err != nil {
				return err
			}
		}
		x.count("events", int64(len(lost)))
		if len(found) < sweepBatch {
			break
		}
		after = found[len(found)-1].pos
	}
	// What others replaced may have been theirs.
	return x.do(ctx, "events", `UPDATE events SET before = NULL WHERE kind = ? AND before IS NOT NULL AND case_id IN (SELECT case_id FROM forget_touched)
		AND field IS NOT NULL AND field NOT IN ('project', 'type', 'component', 'label', 'status', 'priority', 'team', 'level', 'assignee', 'resolution')`, string(signals.Edited))
}

func (x *forgetter) count(table string, n int64) {
	if n > 0 {
		x.rows[table] += n
	}
}
