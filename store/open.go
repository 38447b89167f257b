package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

func init() { sqlx.BindDriver("sqlite", sqlx.QUESTION) }

// Options says how a database is opened. The zero value is good.
type Options struct {
	Now     func() time.Time // the domain's time, for what bears a time of its own; the wall clock when nil
	Log     *slog.Logger     // slog.Default when nil
	Migrate bool             // bring the schema up to date; otherwise an older one is refused with ErrSchema
	Workers int              // jobs of a kind that run at once; 8 when 0
	Lease   time.Duration    // how long a claimed message is its claimer's, in the domain's time: more on a faster clock; 2 minutes when 0
}

// DB is the store. Its methods may be called by many goroutines at once.
type DB struct {
	w, r *sqlx.DB      // for writing and for reading; the same on PostgreSQL
	pool *pgxpool.Pool // below w and r; nil on SQLite
	path string        // of the file; empty on PostgreSQL
	dialect
	now   func() time.Time
	log   *slog.Logger
	o     Options
	stmts sync.Map // SQL text -> *sqlx.Stmt on w; SQLite only, pgx keeps its own
	reads sync.Map // the same on r

	pushed [idleLane + 1]atomic.Int64 // jobs that this process stored or hastened, by lane
}

// Open opens the database at "sqlite:PATH" or "postgres://...". A SQLite file
// that does not exist is made, its folder is not. The errors say what to fix;
// ErrNewer, ErrSchema and ErrReadOnly can be told apart.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Workers <= 0 {
		o.Workers = 8
	}
	if o.Lease <= 0 {
		o.Lease = 2 * time.Minute
	}
	db := &DB{now: o.Now, log: o.Log, o: o}
	var err error
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		err = db.openSQLite(strings.TrimPrefix(url, "sqlite:"))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		err = db.openPostgres(ctx, url)
	default:
		scheme, _, _ := strings.Cut(url, ":")
		err = fmt.Errorf("the address begins with %q: give sqlite:PATH or postgres://USER@HOST/NAME", scheme)
	}
	if err == nil {
		err = db.ready(ctx)
	}
	if err != nil {
		err = errors.Join(err, db.Close())
		explain(&err, "open the database")
		return nil, err
	}
	return db, nil
}

// ready checks that the database answers and has the schema of this program.
func (db *DB) ready(ctx context.Context) error {
	if err := db.w.PingContext(ctx); err != nil {
		return db.unreachable(err)
	}
	if db.o.Migrate {
		_, _, err := db.Migrate(ctx)
		return err
	}
	return db.checkSchema(ctx)
}

// unreachable names what to look at when the first contact did not work.
func (db *DB) unreachable(err error) error {
	if db.dialect.postgres {
		return fmt.Errorf("reach PostgreSQL: check host, port, user, password and database name of the address: %w", err)
	}
	return fmt.Errorf("open the file %s: check that its folder exists and that this user may write there: %w", db.path, err)
}

// Workers of one SQLite file share one writer; readers do not wait for it.
const sqliteReaders = 6

func (db *DB) openSQLite(path string) error {
	path = strings.TrimPrefix(path, "//")
	if path == "" || strings.Contains(path, ":memory:") {
		return errors.New("sqlite: needs the path of a file, such as sqlite:andon.db")
	}
	folder := filepath.Dir(path)
	if s, err := os.Stat(folder); err != nil || !s.IsDir() {
		return fmt.Errorf("the folder %s of the SQLite file does not exist: make it, or change the path", folder)
	}
	db.path, db.dialect = path, dialect{}
	var err error
	if db.w, err = sqlx.Open("sqlite", sqliteDSN(path, "_txlock=immediate")); err != nil {
		return err
	}
	db.w.SetMaxOpenConns(1)
	if db.r, err = sqlx.Open("sqlite", sqliteDSN(path, "_pragma=query_only(1)")); err != nil {
		return err
	}
	db.r.SetMaxOpenConns(sqliteReaders)
	db.r.SetMaxIdleConns(sqliteReaders)
	return nil
}

// sqliteDSN is the driver's name of a file. busy_timeout comes first: the
// pragmas behind it may have to wait for another process.
func sqliteDSN(path, more string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	return u.String() + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=cache_size(-32000)&" + more
}

func (db *DB) openPostgres(ctx context.Context, address string) error {
	db.dialect = dialect{postgres: true}
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("read the postgres:// address: %w", err) // pgx leaves the password out
	}
	if !strings.Contains(address, "pool_max_conns") {
		c.MaxConns = int32(4 + 2*db.o.Workers) //nolint:gosec // a small number
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
		return err
	}
	db.w = sqlx.NewDb(stdlib.OpenDBFromPool(db.pool), "pgx")
	db.r = db.w
	return nil
}

// Close ends all connections. Work must have ended before.
func (db *DB) Close() error {
	var errs []error
	for _, m := range []*sync.Map{&db.stmts, &db.reads} {
		m.Range(func(_, s any) bool {
			errs = append(errs, s.(*sqlx.Stmt).Close())
			return true
		})
		m.Clear()
	}
	if db.r != nil && db.r != db.w {
		errs = append(errs, db.r.Close())
	}
	if db.w != nil {
		errs = append(errs, db.w.Close())
	}
	if db.pool != nil {
		db.pool.Close()
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// Check reports whether the database can be read and written: it stores a row
// that is gone when it is stored. Only what reaches the disk tells that it is full.
func (db *DB) Check(ctx context.Context) (err error) {
	defer explain(&err, "check the database")
	return db.inTx(ctx, func(t *txn) error {
		const nobody = "" // SetCursor takes no empty name
		if err := setCursor(ctx, t, nobody, ""); err != nil {
			return err
		}
		_, err := t.exec(ctx, "DELETE FROM cursors WHERE name = ?", nobody)
		return err
	})
}
