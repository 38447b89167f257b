package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"unique"

	"andon/signals"
)

// eventColumns are the columns of an event that are read, in the order of
// eventRow. The case's key comes from its own table: rows of the journal stay
// small that way.
const eventColumns = `e.pos, e.learn, e.id, e.case_id, c.key, e.kind, e.actor, e.at, e.entry, e.item,
	e.field, e.before, e.after, e.text, e.ref, e.fields, e.audience`

const eventFields = 17

// eventReader turns rows into entries. It keeps one copy of what repeats, such
// as persons and kinds: a million events are held in memory at a time.
type eventReader struct {
	cols   [eventFields]any
	into   [eventFields]any
	keys   map[int64]signals.Key
	names  map[string]string
	events []signals.Event // taken piece by piece, so that a row costs no allocation of its own
}

func newEventReader() *eventReader {
	r := &eventReader{keys: make(map[int64]signals.Key), names: make(map[string]string)}
	for i := range r.cols {
		r.into[i] = &r.cols[i]
	}
	return r
}

// read takes all rows of a query for eventColumns and closes them.
func (r *eventReader) read(rows *sql.Rows, yield func(caseID int64, e signals.Entry)) error {
	return each(rows, func(scan func(...any) error) error {
		if err := scan(r.into[:]...); err != nil {
			return err
		}
		id := r.number(3)
		e := r.next()
		if err := r.fill(e, id); err != nil {
			return fmt.Errorf("event at place %d: %w", r.number(0), err)
		}
		yield(id, signals.Entry{Pos: r.number(0), Learn: r.number(1) != 0, Event: e})
		return nil
	})
}

func (r *eventReader) next() *signals.Event {
	if len(r.events) == 0 {
		r.events = make([]signals.Event, 64)
	}
	e := &r.events[0]
	r.events = r.events[1:]
	return e
}

func (r *eventReader) fill(e *signals.Event, id int64) error {
	key, ok := r.keys[id]
	if !ok {
		key, ok = signals.ParseKey(r.text(4))
		if !ok {
			return fmt.Errorf("%q is not the key of a case", r.text(4))
		}
		key.Source, key.Site = unique.Make(key.Source).Value(), unique.Make(key.Site).Value()
		r.keys[id] = key
	}
	e.ID, e.Case = r.text(2), key
	e.Kind, e.Actor, e.At = signals.Kind(r.name(5)), r.name(6), timeOf(r.number(7))
	e.Seq = signals.Seq{Entry: r.number(8), Item: int32(r.number(9))} //nolint:gosec // stored from an int32
	e.Field, e.From, e.To = r.name(10), r.name(11), r.name(12)
	e.Text, e.Ref, e.Audience = r.text(13), r.text(14), signals.Audience(r.name(16))
	if fields := r.text(15); fields != "" {
		return json.Unmarshal([]byte(fields), (*fieldList)(&e.Set))
	}
	return nil
}

// text is a column as it is; NULL is empty.
func (r *eventReader) text(i int) string {
	switch v := r.cols[i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

func (r *eventReader) number(i int) int64 {
	n, _ := r.cols[i].(int64) // the columns are NOT NULL integers
	return n
}

// name is a column whose values repeat.
func (r *eventReader) name(i int) string {
	s := r.text(i)
	if s == "" {
		return ""
	}
	if kept, ok := r.names[s]; ok {
		return kept
	}
	if len(s) > 64 {
		return s
	}
	kept := unique.Make(s).Value()
	r.names[kept] = kept
	return kept
}

// fieldList is the stored form of what a case was created with:
// [["status", "Open"], ...].
type fieldList []signals.Value

// MarshalJSON implements json.Marshaler.
func (l fieldList) MarshalJSON() ([]byte, error) {
	pairs := make([][2]string, len(l))
	for i, v := range l {
		pairs[i] = [2]string{v.Field, v.To}
	}
	return json.Marshal(pairs)
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *fieldList) UnmarshalJSON(b []byte) error {
	var pairs [][2]string
	if err := json.Unmarshal(b, &pairs); err != nil {
		return err
	}
	*l = make(fieldList, len(pairs))
	for i, p := range pairs {
		(*l)[i] = signals.Value{Field: unique.Make(p[0]).Value(), To: p[1]}
	}
	return nil
}

const (
	eventInsert = "INSERT INTO events (id, case_id, envelope, room, learn, kind, actor, at, entry, item, field, before, after, text, ref, fields, audience) VALUES "
	eventRow    = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

// eventArgs are the arguments of eventRow.
func eventArgs(args []any, e *accepted) ([]any, error) {
	var fields any
	if len(e.Set) > 0 {
		set := make(fieldList, len(e.Set))
		for i, v := range e.Set {
			set[i] = signals.Value{Field: storable(v.Field), To: storable(v.To)}
		}
		b, err := json.Marshal(set)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", e.ID, err)
		}
		fields = string(b)
	}
	return append(args, e.id, e.kase.id, e.envelope, e.room, bit(e.learn), storable(string(e.Kind)), orNull(e.Actor), micros(e.At), e.Seq.Entry, int64(e.Seq.Item),
		orNull(e.Field), orNull(e.From), orNull(e.To), orNull(e.Text), orNull(e.Ref), fields, orNull(string(e.Audience))), nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return storable(s)
}
