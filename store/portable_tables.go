package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// table is one table as the database's own catalog describes it, so that a
// column which a migration adds is copied, and searched by Forget, without
// anybody having to think of it.
type table struct {
	name    string
	columns []column // by name: the two databases have them in different orders
	key     []column // the primary key, in its order
}

type column struct {
	name string
	kind columnKind
	key  int // place in the primary key, from 1; 0 for none
}

type columnKind int

const (
	numberColumn columnKind = iota
	textColumn
	blobColumn
)

// numbered reports whether the database itself numbers the rows.
func (t *table) numbered() bool {
	return len(t.key) == 1 && t.key[0].kind == numberColumn
}

// columnNames lists the columns, separated by commas.
func (t *table) columnNames() string { return columnList(t.columns) }

func columnList(cs []column) string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.name
	}
	return strings.Join(out, ", ")
}

// order is the primary key as an ORDER BY that both databases follow alike: by
// bytes.
func (t *table) order(d dialect) string {
	out := make([]string, len(t.key))
	for i, c := range t.key {
		out[i] = c.name
		if d.postgres && c.kind == textColumn {
			out[i] += ` COLLATE "C"`
		}
	}
	return strings.Join(out, ", ")
}

// The tables of the libraries: what they hold is made anew.
func foreign(name string) bool {
	return strings.HasPrefix(name, "river_") || strings.HasPrefix(name, "goose_") || strings.HasPrefix(name, "sqlite_")
}

// tables lists the store's own tables by name.
func tables(ctx context.Context, query querier, d dialect) ([]table, error) {
	q := `SELECT m.name, p.name, p.type, p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'`
	if d.postgres {
		q = `SELECT c.table_name::text, c.column_name::text, c.data_type::text, COALESCE(k.ordinal_position, 0)::bigint
			FROM information_schema.columns c
			JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
			LEFT JOIN information_schema.table_constraints n ON n.table_schema = c.table_schema AND n.table_name = c.table_name AND n.constraint_type = 'PRIMARY KEY'
			LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = n.constraint_schema AND k.constraint_name = n.constraint_name
				AND k.table_name = c.table_name AND k.column_name = c.column_name
			WHERE c.table_schema = current_schema()`
	}
	rows, err := query(ctx, q)
	if err != nil {
		return nil, err
	}
	by := make(map[string]*table)
	err = each(rows, func(scan func(...any) error) error {
		var name, kind string
		var c column
		if err := scan(&name, &c.name, &kind, &c.key); err != nil || foreign(name) {
			return err
		}
		if by[name] == nil {
			by[name] = &table{name: name}
		}
		var err error
		c.kind, err = kindOf(kind)
		by[name].columns = append(by[name].columns, c)
		if err != nil {
			return fmt.Errorf("column %s of table %s: %w", c.name, name, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]table, 0, len(by))
	for _, t := range by {
		t.arrange()
		if len(t.key) == 0 {
			return nil, fmt.Errorf("table %s has no primary key", t.name)
		}
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b table) int { return cmp.Compare(a.name, b.name) })
	return out, nil
}

func (t *table) arrange() {
	slices.SortFunc(t.columns, func(a, b column) int { return cmp.Compare(a.name, b.name) })
	for _, c := range t.columns {
		if c.key > 0 {
			t.key = append(t.key, c)
		}
	}
	slices.SortFunc(t.key, func(a, b column) int { return cmp.Compare(a.key, b.key) })
}

func kindOf(declared string) (columnKind, error) {
	switch strings.ToUpper(declared) {
	case "INTEGER", "BIGINT":
		return numberColumn, nil
	case "TEXT":
		return textColumn, nil
	case "BLOB", "BYTEA":
		return blobColumn, nil
	}
	return 0, fmt.Errorf("its type %s is neither a number, nor text, nor bytes", declared)
}

// lastNumber is the greatest number that a table ever gave to a row. Numbers of
// rows that were deleted are not given again: others remember them.
func lastNumber(ctx context.Context, query querier, d dialect, t *table) (last int64, err error) {
	q, args := "SELECT seq FROM sqlite_sequence WHERE name = ?", []any{t.name}
	if d.postgres {
		q = "SELECT COALESCE((SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND " +
			"quote_ident(schemaname) || '.' || quote_ident(sequencename) = pg_get_serial_sequence(?, ?)), 0)"
		args = []any{t.name, t.key[0].name}
	}
	err = scanOne(ctx, query, q, args, &last)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return last, err
}

// setLastNumber makes the next row's number the one behind last.
func setLastNumber(ctx context.Context, t *txn, of *table, last int64) error {
	if t.db.dialect.postgres {
		_, err := t.ExecContext(ctx, "SELECT setval(pg_get_serial_sequence($1, $2)::regclass, GREATEST($3::bigint, 1), $3::bigint > 0)", of.name, of.key[0].name, last)
		return err
	}
	if last == 0 {
		return nil
	}
	res, err := t.ExecContext(ctx, "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", last, of.name)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	_, err = t.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", of.name, last)
	return err
}

// scanOne scans the single row of a query; sql.ErrNoRows when there is none.
func scanOne(ctx context.Context, query querier, q string, args []any, into ...any) error {
	rows, err := query(ctx, q, args...)
	if err != nil {
		return err
	}
	n := 0
	err = each(rows, func(scan func(...any) error) error {
		n++
		return scan(into...)
	})
	if err == nil && n == 0 {
		return sql.ErrNoRows
	}
	return err
}

// schemaVersion is the number of the latest migration.
func schemaVersion(ctx context.Context, query querier) (version int64, err error) {
	err = scanOne(ctx, query, "SELECT MAX(version_id) FROM goose_db_version WHERE is_applied", nil, &version)
	return version, err
}
