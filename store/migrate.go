package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// migrationLock is the advisory lock that replicas on one PostgreSQL take while
// they bring the schema up to date.
const migrationLock = 0x616e646f6e6d6967 // "andonmig"

// migrationTries is how often two processes that bring the same SQLite file up
// to date may get into each other's way: who loses a step is rolled back and
// goes on behind it.
const migrationTries = 20

// Migrate brings the schema up to date and says which version it had and has.
// It can be repeated, and several replicas may do it at once. A schema newer
// than the program's is left alone: ErrNewer.
func (db *DB) Migrate(ctx context.Context) (from, to int64, err error) {
	defer explain(&err, "bring the database's schema up to date")
	if db.dialect.postgres {
		unlock, err := db.lockMigration(ctx)
		if err != nil {
			return 0, 0, err
		}
		defer unlock()
	}
	p, err := db.provider()
	if err != nil {
		return 0, 0, err
	}
	for try := 1; ; try++ {
		first, last, err := db.migrateOnce(ctx, p)
		if try == 1 {
			from = first
		}
		if err == nil || db.dialect.postgres || try == migrationTries || ctx.Err() != nil ||
			errors.Is(err, ErrNewer) || cause(err) != nil {
			return from, last, err
		}
	}
}

func (db *DB) migrateOnce(ctx context.Context, p *goose.Provider) (from, to int64, err error) {
	from, target, err := p.GetVersions(ctx)
	if err != nil {
		return 0, 0, err
	}
	if from > target {
		return from, from, fmt.Errorf("version %d, the program knows up to %d: %w", from, target, ErrNewer)
	}
	if _, err := p.Up(ctx); err != nil {
		return from, from, err
	}
	return from, target, migrateRiver(ctx, db)
}

// lockMigration waits until no other replica migrates. The lock has a
// connection of its own: the pool may have only one.
func (db *DB) lockMigration(ctx context.Context) (unlock func(), err error) {
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	closed := func() { _ = conn.Close(context.WithoutCancel(ctx)) } // the lock ends with the connection
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		closed()
		return nil, err
	}
	return closed, nil
}

// checkSchema refuses a schema that is not this program's.
func (db *DB) checkSchema(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	has, wants, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case has > wants:
		return fmt.Errorf("version %d, the program knows up to %d: %w", has, wants, ErrNewer)
	case has < wants:
		return fmt.Errorf("version %d of %d: %w", has, wants, ErrSchema)
	}
	return nil
}

func (db *DB) provider() (*goose.Provider, error) {
	dir, dialect := "migrations/sqlite", database.DialectSQLite3
	if db.dialect.postgres {
		dir, dialect = "migrations/postgres", database.DialectPostgres
	}
	files, err := fs.Sub(migrations, dir)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db.w.DB, files, goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
}
