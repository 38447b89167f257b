package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"andon/signals"
)

// eraseReasons goes through the signals and nudges that stay: those that may
// quote what went lose their reasons, and ids are cut out of all.
func (x *forgetter) eraseReasons(ctx context.Context) error {
	touched, err := x.set(ctx, "SELECT key FROM cases WHERE id IN (SELECT case_id FROM forget_touched)")
	if err != nil {
		return err
	}
	gone, err := x.set(ctx, "SELECT key FROM forget_keys")
	if err != nil {
		return err
	}
	for k := range gone {
		touched[k] = true
	}
	blank := make(map[int64]bool)
	for after := int64(0); ; {
		batch, err := x.readRecords(ctx, after)
		if err != nil {
			return err
		}
		lost, err := x.lostEvidence(ctx, batch)
		if err != nil {
			return err
		}
		for _, r := range batch {
			after = r.id
			s := r.body.Signal
			if touched[keyText(s.Case.key())] || touched[keyText(s.Problem.key())] || slices.ContainsFunc(s.Evidence, func(e string) bool { return lost[e] }) || x.n.within(s.Reason) {
				blank[r.id] = true
			}
			if err := x.saveRecord(ctx, r, blank[r.id]); err != nil {
				return err
			}
		}
		if len(batch) < sweepBatch {
			break
		}
	}
	return x.eraseNudges(ctx, blank)
}

type storedRecord struct {
	id   int64
	text string
	body recordBody
}

func (x *forgetter) readRecords(ctx context.Context, after int64) (out []storedRecord, err error) {
	rows, err := x.t.query(ctx, "SELECT id, body FROM records WHERE id > ? ORDER BY id LIMIT ?", after, sweepBatch)
	if err != nil {
		return nil, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var r storedRecord
		if err := scan(&r.id, &r.text); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(r.text), &r.body); err != nil || r.body.Signal == nil {
			return fmt.Errorf("record %d cannot be read: %w", r.id, err)
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// lostEvidence tells which events of the records' evidence went, or lost their
// words.
func (x *forgetter) lostEvidence(ctx context.Context, batch []storedRecord) (map[string]bool, error) {
	lost := make(map[string]bool)
	var ids []string
	for _, r := range batch {
		for _, e := range r.body.Signal.Evidence {
			ids = append(ids, e)
			lost[e] = len(x.f.Persons) == 0
		}
	}
	from := "events"
	if len(x.f.Persons) > 0 {
		from = "forget_events"
	}
	rows, err := x.t.query(ctx, "SELECT id FROM "+from+" WHERE "+x.t.db.dialect.in("id"), list(x.t.db.dialect, ids))
	if err != nil {
		return nil, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		lost[id] = len(x.f.Persons) > 0
		return err
	})
	return lost, err
}

func (x *forgetter) saveRecord(ctx context.Context, r storedRecord, blank bool) error {
	x.cutSignal(r.body.Signal, blank)
	if l := r.body.Ledger; l != nil {
		l.Signal, l.Why, l.Case = x.n.cutKey(l.Signal), x.n.cut(l.Why, true), x.cutKeyBody(l.Case)
	}
	now, err := encode(r.body)
	if err != nil || now == r.text {
		return err
	}
	// A look that read the record before must not store it again as it was.
	return x.do(ctx, "records", "UPDATE records SET body = ?, rev = rev + 1 WHERE id = ?", now, r.id)
}

func (x *forgetter) cutSignal(s *signalBody, blank bool) {
	all := func(v string) string { return x.n.cut(v, true) }
	s.Reason, s.Occasion, s.About, s.Asked, s.Audience = all(s.Reason), all(s.Occasion), x.cutWhole(s.About), x.cutWhole(s.Asked), x.n.cut(s.Audience, false)
	s.Before = all(s.Before)
	if blank {
		s.Reason, s.Before = forgottenReason, ""
	}
	for i := range s.Evidence {
		s.Evidence[i] = all(s.Evidence[i])
	}
	for i := range s.Seen {
		s.Seen[i].Case, s.Seen[i].Said = x.cutKeyBody(s.Seen[i].Case), all(s.Seen[i].Said)
	}
	s.Case, s.Problem = x.cutKeyBody(s.Case), x.cutKeyBody(s.Problem)
}

// cutWhole replaces what is an id altogether, and ids within.
func (x *forgetter) cutWhole(s string) string {
	if now, ok := x.n.whole[s]; ok {
		return now
	}
	return x.n.cut(s, false)
}

func (x *forgetter) cutKeyBody(k keyBody) keyBody {
	was := k.key().String()
	now := x.n.cut(was, false)
	if now == was {
		return k
	}
	out, ok := signals.ParseKey(now)
	if !ok {
		return k
	}
	return keyOf(out)
}

// eraseNudges does the same with the nudges' own sentences.
func (x *forgetter) eraseNudges(ctx context.Context, blank map[int64]bool) error {
	for after := int64(0); ; {
		rows, err := x.t.query(ctx, "SELECT id, record, why, route, signal FROM nudges WHERE id > ? ORDER BY id LIMIT ?", after, sweepBatch)
		if err != nil {
			return err
		}
		n := 0
		var changed []storedNudge
		err = each(rows, func(scan func(...any) error) error {
			var s storedNudge
			if err := scan(&s.id, &s.record, &s.why, &s.route, &s.signal); err != nil {
				return err
			}
			n, after = n+1, s.id
			was := s
			err := x.cutNudge(&s, blank[s.record])
			if s != was {
				changed = append(changed, s)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, s := range changed {
			if err := x.do(ctx, "nudges", "UPDATE nudges SET why = ?, route = ?, signal = ? WHERE id = ?", s.why, s.route, nullString(s.signal), s.id); err != nil {
				return err
			}
			if _, err := x.t.exec(ctx, "UPDATE records SET rev = rev + 1 WHERE id = ?", s.record); err != nil {
				return err
			}
		}
		if n < sweepBatch {
			return nil
		}
	}
}

type storedNudge struct {
	id, record int64
	why, route string
	signal     sql.NullString
}

func (x *forgetter) cutNudge(n *storedNudge, blank bool) error {
	n.why, n.route = x.n.cut(n.why, true), x.n.cut(n.route, true)
	if blank {
		n.route = ""
	}
	if !n.signal.Valid {
		return nil
	}
	var s signalBody
	if err := json.Unmarshal([]byte(n.signal.String), &s); err != nil {
		return fmt.Errorf("nudge %d: %w", n.id, err)
	}
	x.cutSignal(&s, blank)
	body, err := encode(s)
	n.signal.String = body
	return err
}

// nullString is a column that may be NULL.
func nullString(s sql.NullString) any {
	if !s.Valid {
		return nil
	}
	return s.String
}
