package main

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

// bareWriter writes the rows that a service wrote into a database of the same
// schema, as bare as can be: prepared statements of many rows, nothing asked,
// and in the same transactions.
type bareWriter struct {
	b        *testing.B
	from, to *sql.DB
	postgres bool
	stmts    map[string]*sql.Stmt
	high     map[string]int64 // by table: the greatest id that was taken
	known    map[string]bool  // rows without a number that were taken, by table and key
	rows     int
}

// openBare readies the second database. The settings of its connection are the
// store's.
func openBare(b *testing.B, from, to string) *bareWriter {
	db, err := store.Open(b.Context(), to, store.Options{Migrate: true, Log: troubles()})
	require.NoError(b, err)
	require.NoError(b, db.Close())
	w := &bareWriter{b: b, postgres: strings.HasPrefix(to, "postgres"), stmts: map[string]*sql.Stmt{}, high: map[string]int64{}, known: map[string]bool{}}
	w.from, w.to = openRaw(b, from), openRaw(b, to)
	w.to.SetMaxOpenConns(1)
	return w
}

func openRaw(b *testing.B, url string) *sql.DB {
	driver := "pgx"
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, url = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32000)&_txlock=immediate"
	}
	db, err := sql.Open(driver, url)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	return db
}

// table is rows as they were read, with their columns.
type table struct {
	name string
	cols []string
	rows [][]any
}

func (t *table) col(name string) int { return slices.Index(t.cols, name) }

func (t *table) text(row []any, name string) string { return fmt.Sprintf("%s", row[t.col(name)]) }

func (t *table) number(row []any, name string) int64 {
	n, _ := row[t.col(name)].(int64)
	return n
}

// numbered reads the rows of a table that are new, by their number.
func (w *bareWriter) numbered(name, number, columns string) *table {
	t := w.read(name, "SELECT "+columns+" FROM "+name+" WHERE "+number+" > "+fmt.Sprint(w.high[name])+" ORDER BY "+number)
	for _, r := range t.rows {
		w.high[name] = max(w.high[name], t.number(r, number))
	}
	return t
}

func (w *bareWriter) read(name, query string) *table {
	rows, err := w.from.QueryContext(w.b.Context(), query)
	require.NoError(w.b, err)
	defer rows.Close()
	t := &table{name: name}
	t.cols, err = rows.Columns()
	require.NoError(w.b, err)
	for rows.Next() {
		r := make([]any, len(t.cols))
		into := make([]any, len(r))
		for i := range r {
			into[i] = &r[i]
		}
		require.NoError(w.b, rows.Scan(into...))
		for i, v := range r {
			if at, ok := v.(time.Time); ok && !w.postgres {
				r[i] = at.UTC().Format("2006-01-02 15:04:05.000")
			}
		}
		t.rows = append(t.rows, r)
	}
	require.NoError(w.b, rows.Err())
	return t
}

// write is rows that one transaction inserts or, where they are there, brings
// to their last state.
type write struct {
	t      *table
	rows   [][]any
	update []string    // columns; nil for an insert
	stmts  []*sql.Stmt // one for each statement that is run, in their order
}

// take reads what the service wrote for groups of deliveries and looks, and
// writes it again: a transaction for each group and each look. It returns how
// long the writing took. Without groups it only writes it, in one transaction.
func (w *bareWriter) take(groups [][]signals.Delivery, looks []signals.Key) time.Duration {
	byLook := make(map[string]int, len(looks))
	for i, k := range looks {
		byLook[k.String()] = i
	}
	plan := w.plan(groups, looks, byLook)
	for _, tx := range plan { // statements are parsed before they are timed
		for i := range tx {
			w.prepare(&tx[i])
		}
	}
	began := time.Now()
	for _, tx := range plan {
		w.store(tx)
	}
	return time.Since(began)
}

// plan sorts what is new in the service's tables by the transactions in which
// it was written: what a delivery brought, and what a look changed.
func (w *bareWriter) plan(groups [][]signals.Delivery, looks []signals.Key, byLook map[string]int) [][]write {
	group := make(map[string]int) // case -> the group that brought it
	for i, ds := range groups {
		for _, d := range ds {
			group[d.Events[0].Case.String()] = i
		}
	}
	cases := w.numbered("cases", "id", "*")
	caseOf := make(map[int64]string, len(cases.rows))
	for _, r := range cases.rows {
		caseOf[cases.number(r, "id")] = cases.text(r, "key")
	}
	events := w.numbered("events", "pos", "*")
	envelopes := w.numbered("envelopes", "id", "*")
	envelopeOf := make(map[int64]string, len(envelopes.rows))
	for _, r := range events.rows {
		envelopeOf[events.number(r, "envelope")] = caseOf[events.number(r, "case_id")]
	}
	jobs := w.numbered("river_job", "id", w.jobColumns())
	intakes, outcomes := len(groups), len(looks)
	if intakes == 0 {
		intakes, outcomes = 1, 1
		group, byLook = map[string]int{}, map[string]int{} // all in the first
	}
	plan := make([][]write, intakes+outcomes)
	put := func(n int, t *table, row []any, update ...string) {
		tx := plan[n]
		if k := len(tx) - 1; k >= 0 && tx[k].t == t && (tx[k].update == nil) == (update == nil) {
			tx[k].rows = append(tx[k].rows, row)
		} else {
			plan[n] = append(tx, write{t: t, rows: [][]any{row}, update: update})
		}
		w.rows++
	}
	for _, r := range envelopes.rows {
		put(group[envelopeOf[envelopes.number(r, "id")]], envelopes, r)
	}
	for _, r := range cases.rows {
		put(group[cases.text(r, "key")], cases, r)
	}
	for _, r := range events.rows {
		put(group[caseOf[events.number(r, "case_id")]], events, r)
	}
	for _, r := range jobs.rows {
		if arg := jobs.text(r, "arg"); jobs.text(r, "kind") == "look" {
			put(group[arg], jobs, r)
		}
	}
	cursors := w.read("cursors", "SELECT * FROM cursors")
	for i := range groups {
		for _, r := range cursors.rows {
			w.once(put, i, cursors, r, "name")
		}
	}
	w.book(intakes, byLook, put, cases, jobs)
	return plan
}

type putter func(n int, t *table, row []any, update ...string)

// book puts what the looks changed.
func (w *bareWriter) book(intakes int, byLook map[string]int, put putter, cases, jobs *table) {
	records := w.numbered("records", "id", "*")
	look := make(map[int64]int, len(records.rows)) // record -> look
	for _, r := range records.rows {
		n := intakes + byLook[records.text(r, "case_key")]
		look[records.number(r, "id")] = n
		put(n, records, r)
	}
	nudges := w.numbered("nudges", "id", "*")
	of := make(map[string][]int)    // message -> looks
	heard := make(map[string][]int) // counter -> looks that moved it
	for _, r := range nudges.rows {
		n := look[nudges.number(r, "record")]
		put(n, nudges, r)
		if m := nudges.text(r, "message"); m != "" {
			of[m] = append(of[m], n)
			heard[nudges.text(r, "target")] = append(heard[nudges.text(r, "target")], n)
		}
	}
	messages, told, counters := w.read("messages", "SELECT * FROM messages"), w.read("told", "SELECT * FROM told"), w.read("counters", "SELECT * FROM counters")
	for _, r := range messages.rows {
		for _, n := range of[messages.text(r, "id")] {
			w.once(put, n, messages, r, "id")
		}
	}
	for _, r := range told.rows {
		for _, n := range of[told.text(r, "message")] {
			w.once(put, n, told, r, "message")
		}
	}
	for _, r := range counters.rows {
		name := counters.text(r, "name")
		for _, n := range heard[name] {
			w.once(put, n, counters, r, "name")
		}
		if !w.known["counters "+name] { // it was only looked at
			w.once(put, intakes, counters, r, "name")
		}
	}
	for _, r := range jobs.rows {
		if jobs.text(r, "kind") != "look" {
			if list := of[jobs.text(r, "arg")]; len(list) > 0 {
				put(list[0], jobs, r)
			}
		}
	}
	for _, r := range cases.rows {
		put(intakes+byLook[cases.text(r, "key")], cases, r, "looked", "look", "posts_at", "wished", "queued")
	}
	for _, r := range jobs.rows {
		if jobs.text(r, "kind") == "look" {
			put(intakes+byLook[jobs.text(r, "arg")], jobs, r, "state", "finalized_at")
		}
	}
}

// once inserts a row the first time, and brings it to its last state after that.
func (w *bareWriter) once(put putter, n int, t *table, row []any, key string) {
	name := t.name + " " + t.text(row, key)
	if w.known[name] {
		put(n, t, row, slices.DeleteFunc(slices.Clone(t.cols), func(c string) bool { return c == key })...)
		return
	}
	w.known[name] = true
	put(n, t, row)
}

// jobColumns are all columns of a job, and beside them what it is about.
func (w *bareWriter) jobColumns() string {
	if w.postgres {
		return "id, args, attempt, attempted_at, created_at, errors, finalized_at, kind, max_attempts, metadata, priority, queue, state, scheduled_at, args ->> 'arg' AS arg"
	}
	return "id, args, attempt, attempted_at, created_at, errors, finalized_at, kind, max_attempts, metadata, priority, queue, state, scheduled_at, CAST(args AS TEXT) ->> 'arg' AS arg"
}

// widest is how many rows a statement inserts at most.
const widest = 512

// prepare parses the statements of a write.
func (w *bareWriter) prepare(x *write) {
	for from := 0; from < len(x.rows); {
		n := x.size(from)
		x.stmts = append(x.stmts, w.stmt(*x, n))
		from += n
	}
}

// size is how many rows the statement for those from a place on takes.
func (x *write) size(from int) int {
	n := 1
	for x.update == nil && n*2 <= min(len(x.rows)-from, widest) {
		n *= 2
	}
	return n
}

// stmt is the statement for so many rows, and stored columns of a row.
func (w *bareWriter) stmt(x write, rows int) *sql.Stmt {
	cols := stored(x.t)
	q := "INSERT INTO " + x.t.name + " (" + strings.Join(cols, ", ") + ") VALUES "
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(cols)), ", ") + ")"
	q += strings.TrimSuffix(strings.Repeat(one+", ", rows), ", ")
	if x.update != nil {
		q = "UPDATE " + x.t.name + " SET " + strings.Join(x.update, " = ?, ") + " = ? WHERE " + keyOfTable(x.t) + " = ?"
	}
	if w.postgres {
		n := 0
		for strings.Contains(q, "?") {
			n++
			q = strings.Replace(q, "?", fmt.Sprintf("$%d", n), 1)
		}
	}
	if s := w.stmts[q]; s != nil {
		return s
	}
	s, err := w.to.PrepareContext(w.b.Context(), q)
	require.NoError(w.b, err, q)
	w.stmts[q] = s
	return s
}

// stored are the columns that the table has: what a job is about is not one.
func stored(t *table) []string {
	if t.name == "river_job" {
		return t.cols[:len(t.cols)-1]
	}
	return t.cols
}

func keyOfTable(t *table) string {
	switch t.name {
	case "cursors", "counters":
		return "name"
	case "told":
		return "message"
	}
	return "id"
}

// store writes one transaction.
func (w *bareWriter) store(tx []write) {
	x, err := w.to.BeginTx(w.b.Context(), nil)
	require.NoError(w.b, err)
	for i := range tx {
		wr := &tx[i]
		from := 0
		for _, s := range wr.stmts {
			n := wr.size(from)
			_, err := x.StmtContext(w.b.Context(), s).ExecContext(w.b.Context(), arguments(wr, from, n)...)
			require.NoError(w.b, err, wr.t.name)
			from += n
		}
	}
	require.NoError(w.b, x.Commit())
}

func arguments(wr *write, from, size int) []any {
	var args []any
	if wr.update != nil {
		r := wr.rows[from]
		for _, c := range append(slices.Clone(wr.update), keyOfTable(wr.t)) {
			args = append(args, r[wr.t.col(c)])
		}
		return args
	}
	n := len(stored(wr.t))
	for _, r := range wr.rows[from : from+size] {
		args = append(args, r[:n]...)
	}
	return args
}
