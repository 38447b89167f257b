package eventlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"andon/signals"
)

// Report says what was read, and what was not.
type Report struct {
	Rows, Cases, Events int
	Unordered           int // rows that stood before an earlier row of their case, and were sorted
	Rejected            int // rows that could not be read
	Rejects             []signals.Reject
	Warnings            []string
}

// Bounds of what a Report keeps of rejected rows.
const (
	maxRejects = 1000
	maxRaw     = 2048
)

func (r *Report) reject(where string, err error, raw string) {
	r.Rejected++
	if len(r.Rejects) < maxRejects {
		r.Rejects = append(r.Rejects, signals.Reject{Where: where, Err: err, Raw: []byte(raw[:min(len(raw), maxRaw)])})
	}
}

// ReadFile reads an event log, plain or gzipped, and hands the events of each
// case to emit, sorted; cases come in the order of their first rows in the
// file. A row that cannot be read is counted and kept in the report. An error
// says that the file as a whole cannot be read: then nothing was emitted, but
// for errors of emit itself and of ctx, which are wrapped.
func ReadFile(ctx context.Context, path string, m Mapping, emit func(events []*signals.Event) error) (Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return Report{}, fmt.Errorf("read event log: %w", err)
	}
	defer f.Close()
	report, err := readLog(ctx, f, path, m, emit)
	if err != nil {
		return report, fmt.Errorf("read event log %s: %w", path, err)
	}
	return report, nil
}

func readLog(ctx context.Context, r io.Reader, name string, m Mapping, emit func([]*signals.Event) error) (Report, error) {
	m = m.withDefaults()
	zone, err := m.validate()
	if err != nil {
		return Report{}, err
	}
	in, err := plain(r, m.MaxBytes)
	if err != nil {
		return Report{}, err
	}
	t := &table{mapping: m, name: name, clock: clock{layouts: m.TimeLayouts, zone: zone}, in: &records{in: in}}
	if len(t.clock.layouts) == 0 {
		t.clock.layouts = layouts
	}
	if err := t.read(ctx); err != nil {
		return t.report, err
	}
	err = t.emit(ctx, emit)
	return t.report, err
}

// plain unpacks gzip, skips a byte order mark, and refuses what is no text.
func plain(r io.Reader, most int64) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("not a whole .gz file: %w", err)
		}
		in = bufio.NewReaderSize(z, 64<<10)
	}
	in = bufio.NewReaderSize(&bounded{r: in, left: most}, 64<<10)
	head, err := in.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))) == 0 && len(head) < 4096:
		return nil, errors.New("the file is empty: its first row must name the columns")
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("the file is UTF-16: save it as UTF-8")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, errors.New("the file is a .zip or a spreadsheet: save it as CSV")
	case bytes.IndexByte(head, 0) >= 0:
		return nil, errors.New("the file is binary or UTF-16, not CSV in UTF-8")
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // peeked already
	}
	return in, nil
}

// bounded fails when more than left bytes come, so that a packed bomb ends.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errBytes
	}
	return n, err
}

var errBytes = errors.New("the log is larger than the bound on its bytes")

// row is one row in its compact form. Its cells are in table.cells.
type row struct {
	at, line int64
	caseN    uint32
	ordinal  uint32
}

// table is a log as it is held in memory.
type table struct {
	mapping Mapping
	name    string
	clock   clock
	in      *records
	layout  *layout
	report  Report

	rows    []row
	cells   []uint32 // len(layout.columns) for each row, by ordinal
	values  []string // by number; 0 is the empty value
	numbers map[string]uint32
	cases   []string
	caseNs  map[string]uint32
	lastAt  []int64 // by case
	bad     int     // rows with bytes that are not UTF-8
}

// read reads the rows; the first names the columns.
func (t *table) read(ctx context.Context) error {
	head, err := t.head()
	if err != nil {
		return err
	}
	if t.layout, err = t.mapping.lay(head); err != nil {
		return err
	}
	t.values, t.numbers, t.caseNs = []string{""}, map[string]uint32{"": 0}, make(map[string]uint32)
	for _, missing := range t.mapping.Missing {
		t.numbers[strings.TrimSpace(missing)] = 0
	}
	var fields []string
	for i := 0; ; i++ {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var at line
		var done bool
		fields, at, err, done = t.in.next(fields)
		if done {
			return t.end(err)
		}
		if err == nil && len(fields) == 1 && strings.TrimSpace(fields[0]) == "" && t.layout.headings > 1 {
			continue // a blank line
		}
		if err == nil {
			err = t.add(fields, at.n)
		}
		if errors.Is(err, errRows) {
			return err
		}
		if err != nil {
			t.report.reject(fmt.Sprintf("%s:%d", t.name, at.n), err, at.text)
		}
	}
}

// end is called behind the last row. A file that breaks off, such as a cut
// .gz, gives the rows before the break.
func (t *table) end(err error) error {
	if err != nil {
		if len(t.rows) == 0 || errors.Is(err, errBytes) {
			return err
		}
		t.report.reject(fmt.Sprintf("%s:%d", t.name, t.in.n+1), fmt.Errorf("the file breaks off: %w", err), "")
	}
	if len(t.rows) == 0 && t.report.Rejected > 0 {
		return fmt.Errorf("none of the %d rows can be read; the first: %w", t.report.Rejected, t.report.Rejects[0])
	}
	if t.bad > 0 {
		t.report.Warnings = append(t.report.Warnings, fmt.Sprintf("%d rows are not all UTF-8: what is not was replaced", t.bad))
	}
	if t.report.Unordered > 0 {
		t.report.Warnings = append(t.report.Warnings, fmt.Sprintf("%d rows stood behind later rows of their case and were sorted", t.report.Unordered))
	}
	return nil
}

func (t *table) head() ([]string, error) {
	first, ok := t.in.line()
	if !ok {
		return nil, fmt.Errorf("the first row: %w", errors.Join(t.in.err, io.ErrUnexpectedEOF))
	}
	if t.in.comma = byte(t.mapping.Comma); t.in.comma == 0 {
		t.in.comma = separator(first.text, t.mapping.Case, t.mapping.Time)
	}
	t.in.ahead = append(t.in.ahead, first)
	head, _, err, _ := t.in.next(nil)
	if err != nil {
		return nil, fmt.Errorf("the first row: %w", err)
	}
	return slices.Clone(head), nil
}

var errRows = errors.New("the log has more rows than the bound")

// add takes a row into the table.
func (t *table) add(fields []string, n int64) error {
	if len(fields) > t.layout.headings && strings.Join(fields[t.layout.headings:], "") == "" {
		fields = fields[:t.layout.headings] // separators at the end of the line
	}
	if len(fields) != t.layout.headings {
		return fmt.Errorf("%d columns; the first row names %d", len(fields), t.layout.headings)
	}
	id := strings.ToValidUTF8(strings.TrimSpace(fields[t.layout.caseAt]), "\uFFFD")
	if id == "" {
		return errors.New("the case is empty")
	}
	at, err := t.clock.parse(strings.TrimSpace(fields[t.layout.timeAt]))
	if err != nil {
		return err
	}
	if int64(len(t.rows)) >= min(t.mapping.MaxRows, 1<<32-1) {
		return fmt.Errorf("%w of %d", errRows, t.mapping.MaxRows)
	}
	c := t.caseOf(id, at)
	t.rows = append(t.rows, row{at: at, line: n, caseN: c, ordinal: uint32(len(t.rows))})
	whole := true
	for _, col := range t.layout.columns {
		v := strings.TrimSpace(fields[col.at])
		whole = whole && utf8.ValidString(v)
		t.cells = append(t.cells, t.number(v))
	}
	if !whole {
		t.bad++
	}
	t.report.Rows++
	return nil
}

// caseOf numbers the cases and notes rows that are out of order.
func (t *table) caseOf(id string, at int64) uint32 {
	c, ok := t.caseNs[id]
	if !ok {
		c = uint32(len(t.cases))
		id = strings.Clone(id)
		t.cases, t.lastAt = append(t.cases, id), append(t.lastAt, at)
		t.caseNs[id] = c
		t.report.Cases++
	}
	if at < t.lastAt[c] {
		t.report.Unordered++
	}
	t.lastAt[c] = max(t.lastAt[c], at)
	return c
}

// number gives equal values one number. NUL characters, which databases refuse,
// are dropped.
func (t *table) number(v string) uint32 {
	if n, ok := t.numbers[v]; ok {
		return n
	}
	n := uint32(len(t.values))
	key := strings.Clone(v)
	t.values = append(t.values, strings.ReplaceAll(strings.ToValidUTF8(key, "\uFFFD"), "\x00", ""))
	t.numbers[key] = n
	return n
}
