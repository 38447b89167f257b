package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Import reads a portable copy into an empty database, of either kind. Places in
// the journal and all numbers are kept; new events get places behind them. What
// waited is queued again: looks, messages, fetches, tasks. A message that was
// tried before waits for the lease, in case an earlier attempt still arrives.
// It is one transaction: when the copy is cut or damaged, the error names the
// line, and the database stays empty.
func (db *DB) Import(ctx context.Context, r io.Reader) (out Copied, err error) {
	defer explain(&err, "import a copy")
	m := &importer{r: bufio.NewReaderSize(r, 1<<16)}
	err = db.tryTx(ctx, func(t *txn) error { // once only: r cannot be read again
		m.t = t
		return m.read(ctx)
	})
	if err != nil {
		return Copied{}, err
	}
	return m.out, nil
}

type importer struct {
	t    *txn
	r    *bufio.Reader
	line int
	head copyHeader
	own  map[string]*table // by name
	out  Copied

	into  *table   // the table whose rows are read now
	cols  []column // those that the copy has of it
	batch []any    // values of rows that are read and not stored
	size  int      // bytes in the batch
}

// importBytes is how much is gathered before it is stored.
const importBytes = 4 << 20

func (m *importer) read(ctx context.Context) error {
	if err := m.prepare(ctx); err != nil {
		return err
	}
	if err := m.header(ctx); err != nil {
		return err
	}
	if err := m.loosen(ctx); err != nil {
		return err
	}
	for _, t := range m.head.Tables {
		if err := m.table(ctx, t); err != nil {
			return err
		}
	}
	if rest, err := m.next(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = fmt.Errorf("line %d (%s): the copy goes on behind the rows that its first line counts", m.line, lineStart(rest))
		}
		return err
	}
	for _, t := range m.head.Tables {
		if err := m.number(ctx, t); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if err := m.mend(ctx); err != nil {
		return err
	}
	return m.requeue(ctx)
}

// prepare keeps others out and refuses a database that holds something.
func (m *importer) prepare(ctx context.Context) error {
	if err := lockJournal(ctx, m.t); err != nil {
		return err
	}
	all, err := tables(ctx, m.t.query, m.t.db.dialect)
	if err != nil {
		return err
	}
	m.own, m.out.Rows = make(map[string]*table, len(all)), make(map[string]int64)
	for i := range all {
		m.own[all[i].name] = &all[i]
	}
	if m.t.db.dialect.postgres {
		if _, err := m.t.ExecContext(ctx, "LOCK TABLE "+tableNames(all)+" IN EXCLUSIVE MODE"); err != nil {
			return err
		}
	}
	for _, t := range all {
		var n int64
		if err := m.t.GetContext(ctx, &n, "SELECT COUNT(*) FROM "+t.name); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("the database is not empty: %s has %d rows; import into a new one", t.name, n)
		}
	}
	return nil
}

func tableNames(all []table) string {
	out := make([]string, len(all))
	for i, t := range all {
		out[i] = t.name
	}
	return strings.Join(out, ", ")
}

// next reads one line; io.EOF behind the last one.
func (m *importer) next() ([]byte, error) {
	m.line++
	b, err := m.r.ReadBytes('\n')
	switch {
	case errors.Is(err, io.EOF) && len(b) == 0:
		return nil, io.EOF
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("line %d (%s): it has no end: the copy was cut", m.line, lineStart(b))
	case err != nil:
		return nil, fmt.Errorf("read line %d: %w", m.line, err)
	}
	return b[:len(b)-1], nil
}

// start is the beginning of a line without anybody's words: the table's name.
func lineStart(b []byte) string {
	name, _, _ := bytes.Cut(b[:min(len(b), 40)], []byte(":"))
	return string(bytes.Trim(name, `{"`))
}

func (m *importer) header(ctx context.Context) error {
	b, err := m.next()
	if errors.Is(err, io.EOF) {
		return errors.New("line 1: the copy is empty")
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &m.head); err != nil || m.head.Format != copyFormat {
		return errors.New("line 1: this is no copy that andon export made (unpack it first, if it is packed)")
	}
	schema, err := schemaVersion(ctx, m.t.query)
	if err != nil {
		return err
	}
	if m.head.Version > copyVersion || m.head.Schema > schema {
		return fmt.Errorf("line 1: the copy is of form %d and schema %d, the program knows up to %d and %d: %w", m.head.Version, m.head.Schema, copyVersion, schema, ErrNewer)
	}
	seen := make(map[string]bool)
	for _, t := range m.head.Tables {
		if m.own[t.Name] == nil || leftOut(t.Name) || seen[t.Name] {
			return fmt.Errorf("line 1: the database has no place for the table %q", t.Name)
		}
		seen[t.Name] = true
	}
	return nil
}

// table reads the rows of one table.
func (m *importer) table(ctx context.Context, from copyTable) error {
	m.into, m.cols = m.own[from.Name], m.cols[:0]
	for _, name := range from.Columns {
		c, ok := m.into.column(name)
		if !ok {
			return fmt.Errorf("line 1: the table %s has no column %q", from.Name, name)
		}
		m.cols = append(m.cols, c)
	}
	for n := range from.Rows {
		b, err := m.next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("line %d: the copy was cut: of %s it has %d of %d rows", m.line, from.Name, n, from.Rows)
		}
		if err != nil {
			return err
		}
		if err := m.row(b); err != nil {
			return fmt.Errorf("line %d: %w", m.line, err)
		}
		if len(m.batch) >= widest*len(m.cols) || m.size >= importBytes {
			if err := m.flush(ctx); err != nil {
				return err
			}
		}
	}
	m.out.Rows[from.Name] = from.Rows
	return m.flush(ctx)
}

func (t *table) column(name string) (column, bool) {
	for _, c := range t.columns {
		if c.name == name {
			return c, true
		}
	}
	return column{}, false
}

func (m *importer) row(b []byte) error {
	var line map[string]map[string]json.RawMessage
	if err := json.Unmarshal(b, &line); err != nil {
		return fmt.Errorf("it is not a row: %w", err)
	}
	row, ok := line[m.into.name]
	if !ok || len(line) != 1 {
		return fmt.Errorf("it is not a row of %s (%s)", m.into.name, lineStart(b))
	}
	known := 0
	for _, c := range m.cols {
		raw, ok := row[c.name]
		if !ok {
			m.batch = append(m.batch, nil)
			continue
		}
		known++
		v, err := readValue(c, raw)
		if err != nil {
			return fmt.Errorf("column %s of %s: %w", c.name, m.into.name, err)
		}
		m.batch = append(m.batch, v)
	}
	if known != len(row) {
		return fmt.Errorf("the row of %s has columns that line 1 does not name", m.into.name)
	}
	m.size += len(b)
	return nil
}

func readValue(c column, raw json.RawMessage) (any, error) {
	if c.kind == numberColumn {
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			return nil, errors.New("it is not a whole number")
		}
		return n, nil
	}
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return nil, errors.New("it is not text")
	}
	if c.kind == textColumn {
		return storable(*s), nil
	}
	b, err := base64.StdEncoding.DecodeString(*s)
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	return b, nil
}

// flush stores what was gathered.
func (m *importer) flush(ctx context.Context) error {
	if len(m.batch) == 0 {
		return nil
	}
	rows := len(m.batch) / len(m.cols)
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(m.cols)), ", ") + ")"
	q := "INSERT INTO " + m.into.name + " (" + columnList(m.cols) + ") VALUES " + values(row, rows)
	if _, err := m.t.ExecContext(ctx, m.t.Rebind(q), m.batch...); err != nil {
		return fmt.Errorf("store lines %d to %d, rows of %s: %w", m.line-rows+1, m.line, m.into.name, err)
	}
	m.batch, m.size = m.batch[:0], 0
	return nil
}
