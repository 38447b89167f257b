// Package storetest gives tests databases of their own: an empty SQLite file, an
// empty PostgreSQL database. It knows nothing of their schema; whoever tests
// opens them with the store. Where no PostgreSQL is to be reached the test is
// skipped and says so, except under CI=true, where that fails.
package storetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env names the PostgreSQL to make databases on, as postgres://...; unset, the
// one on this machine is tried.
const Env = "ANDON_TEST_POSTGRES"

const local = "postgres://postgres@127.0.0.1:5432/test"

// Each runs f on both databases, as subtests.
func Each(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite returns the address of a SQLite file that does not exist yet. A test
// does not wait for a disk where the machine has room in memory; a benchmark does.
func SQLite(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if _, ok := t.(*testing.B); !ok && roomInMemory() {
		var err error
		if dir, err = os.MkdirTemp(memory, "andon-test-"); err != nil {
			t.Fatalf("make a folder for the test's database: %v", err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) }) // what a test leaves open goes with its process
	}
	return "sqlite:" + filepath.Join(dir, "andon.db")
}

// Postgres returns the address of a new, empty database. It is dropped when the
// test ends, with whoever is still connected.
func Postgres(t testing.TB) string {
	t.Helper()
	address := os.Getenv(Env)
	if address == "" {
		address = local
	}
	name := "andon_test_" + random(t)
	if err := run(address, "CREATE DATABASE "+name); err != nil {
		if os.Getenv("CI") == "true" || os.Getenv(Env) != "" {
			t.Fatalf("no PostgreSQL to test on: start one, or point %s at it: %v", Env, err)
		}
		t.Skipf("no PostgreSQL on this machine: set %s to test on one", Env)
	}
	t.Cleanup(func() {
		if err := run(address, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	if _, ok := t.(*testing.B); !ok { // as for SQLite; a killed process loses nothing by it
		Exec(t, address, "ALTER DATABASE "+name+" SET synchronous_commit = off")
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("%s is not an address: %v", Env, err)
	}
	u.Path = "/" + name
	return u.String()
}

// Exec runs one statement on the PostgreSQL at an address made by Postgres,
// past the store: to break things.
func Exec(t testing.TB, address, statement string) {
	t.Helper()
	if err := run(address, statement); err != nil {
		t.Fatalf("run %q: %v", statement, err)
	}
}

func run(address, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // to make and drop one waits for the disk
	defer cancel()
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }() // the statement is done or has failed already
	_, err = c.Exec(ctx, statement)
	return err
}

func random(t testing.TB) string {
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b)
}
