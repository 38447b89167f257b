package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"andon/signals"
)

// forgottenReason stands where a reason stood that may have quoted what went.
const forgottenReason = "What this rested on was forgotten."

// listBook notes which records, nudges and messages go.
func (x *forgetter) listBook(ctx context.Context) error {
	type note struct {
		q    string
		args []any
	}
	var notes []note
	switch {
	case len(x.f.Persons) > 0:
		notes = append(notes,
			note{"INSERT INTO forget_nudges SELECT key FROM nudges WHERE " + x.in("target"), []any{x.ids()}},
			note{"INSERT INTO forget_messages SELECT id FROM messages WHERE " + x.in("target"), []any{x.ids()}})
	case x.f.Channel != "":
		ch := storable(x.f.Channel)
		notes = append(notes,
			note{"INSERT INTO forget_records SELECT id FROM records WHERE channel = ? OR case_key IN (SELECT key FROM forget_keys)", []any{ch}},
			note{"INSERT INTO forget_nudges SELECT key FROM nudges WHERE target = ?", []any{ch}},
			note{"INSERT INTO forget_messages SELECT id FROM messages WHERE target = ?", []any{ch}})
	default:
		at := micros(x.f.Before)
		notes = append(notes,
			note{"INSERT INTO forget_records SELECT id FROM records WHERE at < ? OR case_key IN (SELECT key FROM forget_keys)", []any{at}},
			note{"INSERT INTO forget_messages SELECT message FROM told WHERE at < ?", []any{at}},
			note{"INSERT INTO forget_messages SELECT message FROM notices WHERE at < ?", []any{at}})
	}
	notes = append(notes,
		note{"INSERT INTO forget_nudges SELECT key FROM nudges WHERE record IN (SELECT id FROM forget_records)", nil},
		note{"INSERT INTO forget_signals SELECT key FROM records WHERE id IN (SELECT id FROM forget_records)", nil})
	for _, n := range notes {
		if err := x.note(ctx, n.q, n.args...); err != nil {
			return err
		}
	}
	return nil
}

// emptyEnvelopes deletes the envelopes of which nothing is left, and empties
// those of others that may hold what goes.
func (x *forgetter) emptyEnvelopes(ctx context.Context) error {
	if len(x.f.Persons) == 0 {
		if err := x.do(ctx, "envelopes", `DELETE FROM envelopes WHERE id IN (SELECT envelope FROM forget_envelopes)
			AND NOT EXISTS (SELECT 1 FROM events e WHERE e.envelope = envelopes.id AND e.envelope > 0)`); err != nil {
			return err
		}
	}
	if err := x.do(ctx, "envelopes", "UPDATE envelopes SET body = ?, expired = 1 WHERE length(body) > 0 AND id IN (SELECT envelope FROM forget_envelopes)", []byte{}); err != nil {
		return err
	}
	if len(x.n.ids) == 0 {
		return nil
	}
	if err := x.emptyBodies(ctx, "envelopes", "id", int64(0), "UPDATE envelopes SET body = ?, expired = 1 WHERE id = ?"); err != nil {
		return err
	}
	return x.emptyBodies(ctx, "notices", "message", "", "UPDATE notices SET body = ? WHERE message = ?")
}

// emptyBodies empties the bodies that name an id.
func (x *forgetter) emptyBodies(ctx context.Context, table, key string, after any, empty string) error {
	const some = 64
	for {
		rows, err := x.t.query(ctx, "SELECT "+key+", body FROM "+table+" WHERE "+key+" > ? AND length(body) > 0 ORDER BY "+key+" LIMIT ?", after, some)
		if err != nil {
			return err
		}
		n := 0
		var found []any
		err = each(rows, func(scan func(...any) error) error {
			var id any
			var body []byte
			if err := scan(&id, &body); err != nil {
				return err
			}
			n++
			after = id
			if x.n.withinBody(body) {
				found = append(found, id)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, id := range found {
			if err := x.do(ctx, table, empty, []byte{}, id); err != nil {
				return err
			}
		}
		if n < some {
			return nil
		}
	}
}

// removeMessages takes the nudges that go out of messages, and deletes the
// messages of which nothing is left.
func (x *forgetter) removeMessages(ctx context.Context) error {
	going, err := x.set(ctx, "SELECT key FROM forget_nudges")
	if err != nil {
		return err
	}
	if len(going) > 0 {
		if err := x.thinMessages(ctx, going); err != nil {
			return err
		}
	}
	keys, err := x.set(ctx, "SELECT key FROM forget_keys")
	if err != nil {
		return err
	}
	if len(keys) > 0 {
		if err := x.thinTold(ctx, keys); err != nil {
			return err
		}
	}
	for table, column := range map[string]string{"messages": "id", "told": "message", "notices": "message"} {
		if err := x.do(ctx, table, "DELETE FROM "+table+" WHERE "+column+" IN (SELECT id FROM forget_messages)"); err != nil {
			return err
		}
	}
	return nil
}

// set reads a list into memory.
func (x *forgetter) set(ctx context.Context, q string) (map[string]bool, error) {
	out := make(map[string]bool)
	rows, err := x.t.query(ctx, q)
	if err != nil {
		return nil, err
	}
	err = each(rows, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out[s] = true
		return err
	})
	return out, err
}

func (x *forgetter) thinMessages(ctx context.Context, going map[string]bool) error {
	rows, err := x.t.query(ctx, "SELECT id, nudges FROM messages WHERE id NOT IN (SELECT id FROM forget_messages)")
	if err != nil {
		return err
	}
	left := make(map[string][]string)
	err = each(rows, func(scan func(...any) error) error {
		var id, body string
		var keys []string
		if err := scan(&id, &body); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &keys); err != nil {
			return fmt.Errorf("message %s: %w", id, err)
		}
		stay := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return going[k] })
		if len(stay) < len(keys) {
			left[id] = stay
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, stay := range left {
		if len(stay) == 0 {
			if err := x.note(ctx, "INSERT INTO forget_messages SELECT id FROM messages WHERE id = ?", id); err != nil {
				return err
			}
			continue
		}
		body, err := encode(stay)
		if err != nil {
			return err
		}
		if err := x.do(ctx, "messages", "UPDATE messages SET nudges = ? WHERE id = ?", body, id); err != nil {
			return err
		}
	}
	return nil
}

// thinTold takes cases that go out of what people were told.
func (x *forgetter) thinTold(ctx context.Context, going map[string]bool) error {
	type row struct{ target, message, cases string }
	var changed []row
	rows, err := x.t.query(ctx, "SELECT target, message, cases FROM told WHERE message NOT IN (SELECT id FROM forget_messages)")
	if err != nil {
		return err
	}
	err = each(rows, func(scan func(...any) error) error {
		var r row
		if err := scan(&r.target, &r.message, &r.cases); err != nil {
			return err
		}
		keys, err := decodeKeys(r.cases)
		if err != nil {
			return err
		}
		stay := slices.DeleteFunc(slices.Clone(keys), func(k signals.Key) bool { return going[keyText(k)] })
		if len(stay) == len(keys) {
			return nil
		}
		r.cases, err = encodeKeys(stay)
		changed = append(changed, r)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range changed {
		if err := x.do(ctx, "told", "UPDATE told SET cases = ? WHERE target = ? AND message = ?", r.cases, r.target, r.message); err != nil {
			return err
		}
	}
	return nil
}

// removeBook deletes records, nudges and what hangs on them.
func (x *forgetter) removeBook(ctx context.Context) error {
	type removal struct {
		table, where string
		args         []any
	}
	list := []removal{
		{"feedback", "nudge IN (SELECT key FROM forget_nudges)", nil},
		{"tokens", "signal IN (SELECT key FROM forget_signals)", nil},
		{"nudges", "key IN (SELECT key FROM forget_nudges)", nil},
		{"records", "id IN (SELECT id FROM forget_records)", nil},
	}
	switch {
	case len(x.f.Persons) > 0:
		ids := []any{x.ids()}
		// A look that read the record before must not store it again as it was.
		if err := x.do(ctx, "records", "UPDATE records SET raiser = '', rev = rev + 1 WHERE raiser <> '' AND "+x.in("raiser"), ids...); err != nil {
			return err
		}
		list = append(list, removal{"feedback", x.in("person"), ids}, removal{"tokens", x.in("person"), ids},
			removal{"told", x.in("target"), ids}, removal{"counters", x.in("name"), ids})
	case x.f.Channel != "":
		ch := storable(x.f.Channel)
		list = append(list, removal{"told", "target = ?", []any{ch}},
			removal{"counters", "name = ? OR substr(name, 1, ?) = ?", []any{ch, len([]rune(ch)) + 1, ch + "|"}})
	default:
		at := []any{micros(x.f.Before)}
		list = append(list, removal{"feedback", "at < ?", at}, removal{"tokens", "at < ?", at}, removal{"told", "at < ?", at})
	}
	for _, r := range list {
		if err := x.do(ctx, r.table, "DELETE FROM "+r.table+" WHERE "+r.where, r.args...); err != nil {
			return err
		}
	}
	return nil
}
