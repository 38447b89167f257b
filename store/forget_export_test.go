package store

import (
	"context"
	"fmt"
	"strings"

	"andon/signals"
)

// Scrub runs scrub as an Append would.
func Scrub(ctx context.Context, db *DB, ds ...signals.Delivery) (out []signals.Delivery, err error) {
	err = db.inTx(ctx, func(t *txn) error {
		out, err = scrub(ctx, t, ds)
		return err
	})
	return out, err
}

// Dump is the text of every column of every table, the libraries' and the
// database's own statistics too: what somebody who has the database can read.
func Dump(ctx context.Context, db *DB) (string, error) {
	conn, err := db.w.Connx(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }() // a test's
	list, row := "SELECT name FROM sqlite_master WHERE type = 'table'", "SELECT * FROM "
	if db.postgres {
		list = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() UNION SELECT 'pg_stats'"
		row = "SELECT x::text FROM %s x" // arrays and all
		if _, err := conn.ExecContext(ctx, "SET bytea_output = 'escape'"); err != nil {
			return "", err
		}
	}
	var tables []string
	if err := conn.SelectContext(ctx, &tables, list); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, t := range tables {
		q := row + t
		if db.postgres {
			if q = fmt.Sprintf(row, t); t == "pg_stats" {
				q += " WHERE schemaname = current_schema()"
			}
		}
		rows, err := conn.QueryxContext(ctx, q)
		if err != nil {
			return "", err
		}
		for rows.Next() {
			values, err := rows.SliceScan()
			if err != nil {
				return "", err
			}
			for _, v := range values {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprintf(&b, "%s %v\n", t, v)
			}
		}
		if err := rows.Err(); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// TableNames lists the tables that Export copies.
func TableNames(ctx context.Context, db *DB) (names []string, err error) {
	all, err := tables(ctx, db.read, db.dialect)
	for _, t := range all {
		if !leftOut(t.name) {
			names = append(names, t.name)
		}
	}
	return names, err
}

// Cut cuts ids and names out of a text.
func Cut(text string, ids, names []string) (string, error) {
	n, err := newNeedles(ids, names)
	if err != nil {
		return "", err
	}
	return n.cut(text, true), nil
}
