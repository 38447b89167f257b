package eventlog

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// emit gives the events of each case, in the order of the cases' first rows.
func (t *table) emit(ctx context.Context, emit func([]*signals.Event) error) error {
	t.numbers, t.caseNs, t.lastAt = nil, nil, nil
	slices.SortFunc(t.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.caseN, b.caseN), cmp.Compare(a.at, b.at), cmp.Compare(a.line, b.line))
	})
	f := &folder{table: t, persons: make(map[uint32]string)}
	for _, v := range t.mapping.Closed {
		f.closing = append(f.closing, strings.ToLower(strings.TrimSpace(v)))
	}
	for from := 0; from < len(t.rows); {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := from + 1
		for to < len(t.rows) && t.rows[to].caseN == t.rows[from].caseN {
			to++
		}
		events := f.events(t.rows[from:to])
		t.report.Events += len(events)
		if err := emit(events); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// folder makes the events of one case after the other.
type folder struct {
	*table
	closing []string
	persons map[uint32]string // ids by value, so that equal ids share memory

	key    signals.Key
	prefix string
	now    []uint32 // the present values of the case, by column
	closed bool
	out    []*signals.Event
}

// events derives the events of the rows of one case, which are sorted.
func (f *folder) events(rows []row) []*signals.Event {
	f.key = signals.Key{Source: signals.Log, Site: f.mapping.Site, ID: f.cases[rows[0].caseN]}
	f.prefix, f.closed, f.out = f.key.String()+"/", false, nil
	f.now = slices.Clone(f.row(rows[0]))
	f.open(rows[0])
	f.close(rows[0])
	for _, r := range rows[1:] {
		f.change(r)
		f.close(r)
	}
	return f.out
}

func (f *folder) row(r row) []uint32 {
	n := len(f.layout.columns)
	return f.cells[int(r.ordinal)*n : (int(r.ordinal)+1)*n]
}

// event appends an event of row r. Its item is its place among the row's events.
func (f *folder) event(r row, kind signals.Kind) *signals.Event {
	item := int32(0)
	if n := len(f.out); n > 0 && f.out[n-1].Seq.Entry == r.line {
		item = f.out[n-1].Seq.Item + 1
	}
	e := &signals.Event{
		ID:   f.prefix + strconv.FormatInt(r.line, 10) + "/" + strconv.Itoa(int(item)),
		Case: f.key, Seq: signals.Seq{Entry: r.line, Item: item}, Kind: kind,
		Actor: f.value(f.layout.actor), At: time.UnixMicro(r.at).UTC(), Audience: f.mapping.Audience,
	}
	f.out = append(f.out, e)
	return e
}

// value is the present value of a column, or "" where it is not mapped.
func (f *folder) value(col int) string {
	if col < 0 {
		return ""
	}
	return f.text(col, f.now[col])
}

func (f *folder) text(col int, n uint32) string {
	if !f.layout.columns[col].person {
		return f.values[n]
	}
	id, ok := f.persons[n]
	if !ok {
		id = signals.ID(signals.Log, f.mapping.Site, f.values[n])
		f.persons[n] = id
	}
	return id
}

func (f *folder) open(r row) {
	e := f.event(r, signals.Opened)
	e.Actor, e.Text = f.value(f.layout.opener), f.value(f.layout.title)
	for i, col := range f.layout.columns {
		if v := f.value(i); v != "" && !col.silent {
			e.Set = append(e.Set, signals.Value{Field: col.field, To: v})
		}
	}
}

// change makes an event of each column that differs from the row before, or
// one that changes nothing, so that every row counts.
func (f *folder) change(r row) {
	before := f.now
	f.now = slices.Clone(f.row(r))
	if f.mapping.Sparse {
		for i, v := range f.now {
			if v == 0 {
				f.now[i] = before[i]
			}
		}
	}
	changed := false
	for i, col := range f.layout.columns {
		if col.silent || f.text(i, before[i]) == f.value(i) {
			continue
		}
		e := f.event(r, col.kind)
		e.Field, e.From, e.To = col.field, f.text(i, before[i]), f.value(i)
		if i == f.layout.title {
			e.Text = e.To
		}
		changed = true
	}
	if !changed {
		e := f.event(r, signals.Edited)
		e.Field, e.From = FieldActivity, f.value(f.layout.activity)
		e.To = e.From
	}
}

// close follows whether the case is closed by its status or its activity.
func (f *folder) close(r row) {
	by := ""
	for _, col := range []int{f.layout.status, f.layout.activity} {
		if v := f.value(col); v != "" && slices.Contains(f.closing, strings.ToLower(v)) {
			by = v
			break
		}
	}
	switch {
	case by != "" && !f.closed:
		f.event(r, signals.Closed).To = by
	case by == "" && f.closed:
		f.event(r, signals.Reopened)
	}
	f.closed = by != ""
}
