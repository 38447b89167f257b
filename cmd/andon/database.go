package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/store"
)

// openDatabase opens the configured database. A SQLite file that is not there
// is made only together with its schema: who only reads would leave an empty
// file behind.
func openDatabase(e *env, c *config.Config, migrate bool) (*store.DB, error) {
	if path, absent := absentFile(c.Database); absent && !migrate {
		return nil, fmt.Errorf("there is no database at %s yet: andon serve, andon import and andon migrate make it", path)
	}
	return store.Open(e.ctx, c.Database, store.Options{Log: logTo(e.err, slog.LevelWarn), Migrate: migrate})
}

// logTo is the log of commands that end: what they do they say by themselves.
func logTo(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// sqliteFile is the path of a SQLite database, if it is one.
func sqliteFile(database string) (path string, ok bool) {
	path, ok = strings.CutPrefix(database, "sqlite:")
	return strings.TrimPrefix(path, "//"), ok
}

// absentFile reports whether a database is a SQLite file that is not there.
func absentFile(database string) (path string, absent bool) {
	path, ok := sqliteFile(database)
	if !ok {
		return "", false
	}
	_, err := os.Stat(path)
	return path, errors.Is(err, os.ErrNotExist)
}

// databaseName is the address of a database as it may be shown: without the
// user, the password and the parameters, which may hold one too.
func databaseName(address string) string {
	if _, ok := sqliteFile(address); ok {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "the configured database"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// learnt builds the models from the journal, or from their snapshot and what
// came since, and stores a snapshot of them, so that the service starts quickly.
// It returns the place in the journal up to which they have learnt.
func learnt(ctx context.Context, db *store.DB, c *config.Config, log *slog.Logger) (pos int64, err error) {
	lex, err := lexicon(c)
	if err != nil {
		return 0, usageError{err}
	}
	b, err := bot.New(bot.Config{Store: port{db}, Policy: signals.DefaultPolicy(), Lexicon: lex, Log: log, Links: c.Link})
	if err != nil {
		return 0, err
	}
	if err := b.Start(ctx); err != nil {
		return 0, err
	}
	if err := b.Save(ctx); err != nil {
		return 0, err
	}
	return b.Position(), nil
}

// took is how long something took, to be read by people.
func took(since time.Time) time.Duration { return time.Since(since).Round(10 * time.Millisecond) }
