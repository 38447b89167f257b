package store

import (
	"context"
	"fmt"
	"strings"

	"andon/signals"
)

// sweepBatch is how many rows Forget reads at a time.
const sweepBatch = 2000

// manner is how ids are cut out of a column.
type manner int

const (
	sureOnly  manner = iota // only what can be nothing else; most columns hold ids, kinds and states
	talk                    // everything: what people wrote, and sentences
	wholeID                 // the value is one id
	keyOfOne                // the key of a record or a nudge
	keyOfMany               // a list of those
)

var manners = map[string]manner{
	"events.id": talk, "events.text": talk, "events.fields": talk, "events.ref": talk,
	"events.actor": wholeID, "events.before": wholeID, "events.after": wholeID,
	"nudges.owner": wholeID, "nudges.target": wholeID, "told.target": wholeID, "messages.target": wholeID, "records.raiser": wholeID,
	"nudges.why": talk, "nudges.route": talk, "messages.why": talk, "feedback.why": talk, "tasks.last_error": talk,
	"records.key": keyOfOne, "nudges.key": keyOfOne, "feedback.nudge": keyOfOne, "tokens.signal": keyOfOne,
	"messages.nudges": keyOfMany,
}

// sweep cuts the ids out of every text that is left in the store's own tables,
// those of later migrations too.
func (x *forgetter) sweep(ctx context.Context) error {
	if len(x.n.ids) == 0 {
		return nil
	}
	for i := range x.tables {
		t := &x.tables[i]
		if leftOut(t.name) {
			continue // deleted as a whole
		}
		if err := x.sweepTable(ctx, t); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

func (x *forgetter) sweepTable(ctx context.Context, t *table) error {
	var texts []column
	for _, c := range t.columns {
		if c.kind == textColumn {
			texts = append(texts, c)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	read := columnList(t.key) + ", " + columnList(texts)
	order := t.order(x.t.db.dialect)
	var after []any
	for {
		q := "SELECT " + read + " FROM " + t.name
		if after != nil {
			q += " WHERE (" + order + ") > (" + strings.TrimSuffix(strings.Repeat("?, ", len(after)), ", ") + ")"
		}
		q += " ORDER BY " + order + " LIMIT ?"
		rows, err := x.t.QueryContext(ctx, x.t.Rebind(q), append(append([]any{}, after...), sweepBatch)...)
		if err != nil {
			return err
		}
		var changed []sweptRow
		n := 0
		err = each(rows, func(scan func(...any) error) error {
			r := newSweptRow(t, texts)
			if err := scan(r.into...); err != nil {
				return err
			}
			n++
			after = r.key()
			if r.cut(x.n) {
				changed = append(changed, *r)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i := range changed {
			if err := x.saveSwept(ctx, &changed[i]); err != nil {
				return err
			}
		}
		if n < sweepBatch {
			return nil
		}
	}
}

// sweptRow is the key and the texts of one row.
type sweptRow struct {
	t      *table
	texts  []column
	values []any // the key, then the texts
	into   []any
	now    map[string]string // new values, by column
}

func newSweptRow(t *table, texts []column) *sweptRow {
	r := &sweptRow{t: t, texts: texts, values: make([]any, len(t.key)+len(texts))}
	r.into = make([]any, len(r.values))
	for i := range r.values {
		r.into[i] = &r.values[i]
	}
	return r
}

func (r *sweptRow) key() []any { return append([]any{}, r.values[:len(r.t.key)]...) }

func (r *sweptRow) text(i int) string {
	switch v := r.values[len(r.t.key)+i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// cut finds the new values and reports whether there are any.
func (r *sweptRow) cut(n *needles) bool {
	kind := ""
	for i, c := range r.texts {
		if r.t.name == "events" && c.name == "kind" {
			kind = r.text(i)
		}
	}
	for i, c := range r.texts {
		s := r.text(i)
		if s == "" {
			continue
		}
		if now := cutColumn(n, r.t.name+"."+c.name, kind, s); now != s {
			if r.now == nil {
				r.now = make(map[string]string)
			}
			r.now[c.name] = now
		}
	}
	return r.now != nil
}

// cutColumn cuts one value of a column.
func cutColumn(n *needles, name, kind, s string) string {
	all := func(s string) string { return n.cut(s, true) }
	switch manners[name] {
	case talk:
		return n.cutValue(s, all)
	case wholeID:
		if now, ok := n.whole[s]; ok {
			return now
		}
		if kind == string(signals.Edited) {
			return all(s) // values of fields that people fill in
		}
	case keyOfOne:
		return n.cutKey(s)
	case keyOfMany:
		return n.cutValue(s, n.cutKey)
	}
	return n.cutValue(s, func(s string) string { return n.cut(s, false) })
}

func (x *forgetter) saveSwept(ctx context.Context, r *sweptRow) error {
	var set, where []string
	var args []any
	for _, c := range r.texts {
		if now, ok := r.now[c.name]; ok {
			set, args = append(set, c.name+" = ?"), append(args, now)
		}
	}
	for i, c := range r.t.key {
		where, args = append(where, c.name+" = ?"), append(args, r.values[i])
	}
	return x.do(ctx, r.t.name, "UPDATE "+r.t.name+" SET "+strings.Join(set, ", ")+" WHERE "+strings.Join(where, " AND "), args...)
}
