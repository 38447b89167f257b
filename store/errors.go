package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What callers tell apart.
var (
	// ErrStale says that what a change rests on has moved meanwhile. Nothing was
	// stored; look again and decide anew.
	ErrStale = errors.New("somebody else changed it meanwhile")
	// ErrNewer says that the database was migrated by a later release.
	ErrNewer = errors.New("the database's schema is newer than this program: use the release that migrated it, or a later one")
	// ErrSchema says that the database's schema is behind.
	ErrSchema = errors.New("the database's schema is older than this program: run `andon migrate`")
	// ErrRefused says that what was given cannot be stored, now or later.
	ErrRefused = errors.New("it cannot be stored")
	// ErrReadOnly says that the database takes no writes at present.
	ErrReadOnly = errors.New("the database is read-only")
	// ErrFull says that the database has no room left.
	ErrFull = errors.New("the database has no room left: free disk space")
)

// explain says what was tried, and marks the causes that callers tell apart.
func explain(err *error, tried string) {
	if *err == nil {
		return
	}
	if known := cause(*err); known != nil && !errors.Is(*err, known) {
		*err = fmt.Errorf("%s: %w: %w", tried, known, *err)
		return
	}
	*err = fmt.Errorf("%s: %w", tried, *err)
}

// cause is the sentinel that a database's own error stands for, or nil.
func cause(err error) error {
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		switch pg.Code {
		case "25006": // read_only_sql_transaction
			return ErrReadOnly
		case "53100": // disk_full
			return ErrFull
		}
		return nil
	}
	if lite := (*sqlite.Error)(nil); errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_READONLY:
			return ErrReadOnly
		case sqlite3.SQLITE_FULL:
			return ErrFull
		}
		return nil
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return ErrFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return ErrReadOnly
	}
	return nil
}

// again reports whether a transaction lost a race that the database itself
// noticed and may win the next time.
func again(err error) bool {
	pg := (*pgconn.PgError)(nil)
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
