package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// The portable copy is JSON Lines. The first line is a copyHeader. Every other
// line is one row, {"TABLE": {"COLUMN": value, ...}}: numbers as numbers (times
// are microseconds UTC), text as text, bytes in base64, and what is NULL left
// out. Tables come in the header's order, rows by their primary key, columns by
// name, so that equal contents make equal bytes, whatever the database.
const (
	copyFormat  = "andon copy"
	copyVersion = 1
)

type copyHeader struct {
	Format  string      `json:"format"`
	Version int         `json:"version"`
	Schema  int64       `json:"schema"` // the migration that the tables are of
	Tables  []copyTable `json:"tables"`
}

type copyTable struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Last    int64    `json:"last,omitempty"` // the greatest number given to a row, where the database numbers them
}

// Copied says what a portable copy holds.
type Copied struct {
	Rows map[string]int64 // by table
	Jobs int              // looks, sends, fetches and tasks that were queued again; Import only
}

// leftOut are tables that are made anew: the models' snapshots come of the
// journal.
func leftOut(name string) bool { return name == "snapshots" || name == "snapshot_chunks" }

// Export writes a portable copy of everything that the database holds, as of one
// moment, to w. Others may write meanwhile. Jobs are not in it: Import queues
// what the rows say is waiting. Snapshots are not in it: they are made anew.
func (db *DB) Export(ctx context.Context, w io.Writer) (out Copied, err error) {
	defer explain(&err, "export the database")
	var o *sql.TxOptions
	if db.dialect.postgres {
		o = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := db.r.BeginTxx(ctx, o) // on SQLite a snapshot from the first read on
	if err != nil {
		return out, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	x := &exporter{d: db.dialect, w: bufio.NewWriterSize(w, 1<<16), query: func(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
		return tx.QueryContext(ctx, tx.Rebind(q), args...)
	}}
	if err := x.write(ctx); err != nil {
		return out, err
	}
	if err := x.w.Flush(); err != nil {
		return out, fmt.Errorf("write the copy: %w", err)
	}
	out.Rows = make(map[string]int64, len(x.head.Tables))
	for _, t := range x.head.Tables {
		out.Rows[t.Name] = t.Rows
	}
	return out, nil
}

type exporter struct {
	d     dialect
	query querier
	w     *bufio.Writer
	head  copyHeader
	line  bytes.Buffer
}

func (x *exporter) write(ctx context.Context) error {
	all, err := tables(ctx, x.query, x.d)
	if err != nil {
		return err
	}
	x.head = copyHeader{Format: copyFormat, Version: copyVersion}
	if x.head.Schema, err = schemaVersion(ctx, x.query); err != nil {
		return err
	}
	for i := range all {
		if leftOut(all[i].name) {
			continue
		}
		t, err := x.count(ctx, &all[i])
		if err != nil {
			return fmt.Errorf("table %s: %w", all[i].name, err)
		}
		x.head.Tables = append(x.head.Tables, t)
	}
	first, err := json.Marshal(x.head)
	if err != nil {
		return err
	}
	if _, err := x.w.Write(append(first, '\n')); err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	for i := range all {
		if leftOut(all[i].name) {
			continue
		}
		if err := x.rows(ctx, &all[i]); err != nil {
			return fmt.Errorf("table %s: %w", all[i].name, err)
		}
	}
	return nil
}

func (x *exporter) count(ctx context.Context, t *table) (out copyTable, err error) {
	out.Name = t.name
	for _, c := range t.columns {
		out.Columns = append(out.Columns, c.name)
	}
	if err := scanOne(ctx, x.query, "SELECT COUNT(*) FROM "+t.name, nil, &out.Rows); err != nil || !t.numbered() {
		return out, err
	}
	out.Last, err = lastNumber(ctx, x.query, x.d, t)
	return out, err
}

func (x *exporter) rows(ctx context.Context, t *table) error {
	rows, err := x.query(ctx, "SELECT "+t.columnNames()+" FROM "+t.name+" ORDER BY "+t.order(x.d))
	if err != nil {
		return err
	}
	values, into := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range values {
		into[i] = &values[i]
	}
	return each(rows, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		return x.row(t, values)
	})
}

func (x *exporter) row(t *table, values []any) error {
	x.line.Reset()
	x.line.WriteString(`{"` + t.name + `":{`)
	first := true
	for i, c := range t.columns {
		if values[i] == nil {
			continue
		}
		if !first {
			x.line.WriteByte(',')
		}
		first = false
		x.line.WriteString(`"` + c.name + `":`)
		if err := x.value(c, values[i]); err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	x.line.WriteString("}}\n")
	if _, err := x.w.Write(x.line.Bytes()); err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	return nil
}

func (x *exporter) value(c column, v any) error {
	raw, isBytes := v.([]byte)
	s, isText := v.(string)
	n, isNumber := v.(int64)
	switch {
	case c.kind == numberColumn && isNumber:
		x.line.Write(strconv.AppendInt(x.line.AvailableBuffer(), n, 10))
	case c.kind == blobColumn && (isBytes || isText):
		if isText {
			raw = []byte(s)
		}
		x.line.WriteByte('"')
		x.line.Write(base64.StdEncoding.AppendEncode(x.line.AvailableBuffer(), raw))
		x.line.WriteByte('"')
	case c.kind == textColumn && (isBytes || isText):
		if isBytes {
			s = string(raw)
		}
		e := json.NewEncoder(&x.line)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			return err
		}
		x.line.Truncate(x.line.Len() - 1) // the encoder ends with a line feed
	default:
		return fmt.Errorf("it holds a %T", v)
	}
	return nil
}
