package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/store"
)

const (
	littleRoom = 1 << 30   // of the disk: a warning below
	noRoom     = 100 << 20 // a failure below
	oldQueue   = 5 * time.Minute
	oldestPG   = 14 // the oldest PostgreSQL that its makers still mend
)

// database checks the database, and what it tells of the queue and the sources.
func (d *doctor) database(e *env, write bool) {
	name := databaseName(d.c.Database)
	d.disk()
	if path, absent := absentFile(d.c.Database); absent {
		if s, err := os.Stat(filepath.Dir(path)); err != nil || !s.IsDir() {
			d.fail("make the folder, or change database", "database: the folder of %s is not there", path)
			return
		}
		d.warn("andon serve, andon import and andon migrate make it", "database: %s is not there yet", path)
		return
	}
	db, err := openDatabase(e, d.c, false)
	switch {
	case errors.Is(err, store.ErrSchema):
		d.warn("run andon migrate, or start andon serve, which does it", "database: the schema of %s is behind (%s)", name, ofVersions.FindString(err.Error()))
		return
	case err != nil:
		d.fail(advice(err), "database: %s: %v", name, err)
		return
	}
	defer closing(e, db)
	d.version(e.ctx)
	if write {
		err = db.Check(e.ctx)
	}
	if err != nil {
		d.fail(advice(err), "database: %s: %v", name, err)
	} else if s, err := db.Stats(e.ctx); err != nil {
		d.fail(advice(err), "database: %s: %v", name, err)
	} else {
		d.ok("database: %s answers; %s of %s, %s", name, signals.Counted(int(s.Events), "event"), signals.Counted(int(s.Cases), "case"), size(s.Bytes))
	}
	d.queue(e.ctx, db)
	d.heard(e.ctx, db)
}

// advice is what to do about an error of the database.
func advice(err error) string {
	switch {
	case errors.Is(err, store.ErrNewer):
		return "use the release that migrated it, or a later one"
	case errors.Is(err, store.ErrReadOnly):
		return "give this user the right to write there, or name the primary server"
	case errors.Is(err, store.ErrFull):
		return "free disk space"
	}
	return "see database in the configuration, and whether the server runs"
}

// disk looks how much room there is for a SQLite file.
func (d *doctor) disk() {
	path, lite := sqliteFile(d.c.Database)
	if !lite {
		return
	}
	free, known := room(filepath.Dir(path))
	switch {
	case !known:
	case free < noRoom:
		d.fail("free disk space; without it nothing can be stored", "disk: %s left for %s", size(int64(free)), path) //nolint:gosec // below a gigabyte
	case free < littleRoom:
		d.warn("free disk space; andon forget needs as much as the file is large", "disk: %s left for %s", size(int64(free)), path) //nolint:gosec // below a gigabyte
	default:
		d.ok("disk: %s left for %s", size(int64(min(free, 1<<62))), path) //nolint:gosec // bounded
	}
}

// size is a number of bytes for people.
func size(n int64) string {
	const unit = 1 << 10
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	f, i := float64(n), 0
	for ; f >= unit && i < 4; i++ {
		f /= unit
	}
	return fmt.Sprintf("%.1f %ciB", f, " KMGT"[i])
}

// version asks PostgreSQL how old it is.
func (d *doctor) version(ctx context.Context) {
	if _, lite := sqliteFile(d.c.Database); lite {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, d.c.Database)
	if err != nil {
		d.warn(advice(err), "database: the version of PostgreSQL could not be asked for: %v", err)
		return
	}
	defer conn.Close(ctx) //nolint:errcheck // the answer is here already
	var said string
	if err := conn.QueryRow(ctx, "SHOW server_version_num").Scan(&said); err != nil {
		d.warn(advice(err), "database: the version of PostgreSQL could not be asked for: %v", err)
		return
	}
	if n, err := strconv.Atoi(said); err != nil || n < oldestPG*10_000 {
		d.warn("upgrade it: it gets no more fixes", "database: PostgreSQL %s is older than %d", said, oldestPG)
		return
	}
	d.ok("database: PostgreSQL %s", said[:max(0, len(said)-4)])
}

// queue looks for work that fails or waits for too long.
func (d *doctor) queue(ctx context.Context, db *store.DB) {
	states, err := db.Queue(ctx)
	if err != nil {
		d.fail(advice(err), "queue: %v", err)
		return
	}
	well := true
	for _, q := range states {
		for i, j := range q.Failing {
			well = false
			if i == shown {
				d.warn("see the log of andon serve", "queue %s: and %d more that keep failing", q.Name, q.Failures-shown)
				break
			}
			d.warn("mend the cause: it is tried again by itself", "queue %s: %s failed %d times since %s: %s", q.Name, j.Arg, j.Attempts, j.Since.UTC().Format(time.RFC3339), j.Error)
		}
		if q.Waiting > 0 && q.Age > oldQueue {
			well = false
			d.warn("see whether andon serve runs", "queue %s: %s, the oldest for %v", q.Name, signals.Counted(q.Waiting, "job")+" waiting", q.Age.Round(time.Second))
		}
	}
	if well {
		d.ok("queue: nothing waits for long, and nothing keeps failing")
	}
}

// heard tells when each source was last heard: the loop keeps that, and whether
// its first contact is over, as cursors.
func (d *doctor) heard(ctx context.Context, db *store.DB) {
	for _, j := range d.c.Jira {
		if j.URL == "" {
			continue
		}
		name := signals.Jira + "/" + siteName(j)
		said, err := db.Cursor(ctx, "heard/"+name)
		if err != nil {
			d.fail(advice(err), "source %s: %v", name, err)
			continue
		}
		last, err := time.Parse(time.RFC3339, said)
		ago := d.now().Sub(last)
		switch {
		case err != nil:
			d.warn("start andon serve; the first contact learns what is there and nudges nobody", "source %s: never heard yet", name)
		case ago > max(15*pollOf(j), time.Hour):
			d.warn("see whether andon serve runs, and what its log says of this source", "source %s: last heard %v ago, at %s", name, ago.Round(time.Minute), last.UTC().Format(time.RFC3339))
		default:
			d.ok("source %s: last heard %v ago", name, max(ago, 0).Round(time.Second))
		}
	}
}

// pollOf is how often a site is asked.
func pollOf(j config.Jira) time.Duration {
	if j.Poll > 0 {
		return j.Poll
	}
	return time.Minute
}
