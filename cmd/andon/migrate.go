package main

import (
	"errors"
	"fmt"
	"regexp"

	"andon/cmd/andon/internal/config"
	"andon/store"
)

type migrateCmd struct {
	Config string `help:"Configuration file." placeholder:"FILE" type:"existingfile" short:"c"`
	Check  bool   `help:"Only say whether there is something to do: the exit code is 1 when there is."`
}

// Help is shown by andon migrate --help.
func (migrateCmd) Help() string {
	return `Brings the schema of the database up to date, as andon serve and andon import do by themselves. It can be
repeated, and several may do it at once. A database of a later release is left alone: take a backup before an
upgrade, for there is no way back but to it.

Examples:
  andon migrate --config andon.yaml
  andon migrate --config andon.yaml --check`
}

// errBehind is what --check finds.
var errBehind = errors.New("run andon migrate, or start andon serve, which does it")

// Run migrates, or looks whether that is needed.
func (m *migrateCmd) Run(e *env) error {
	c, err := config.Load(m.Config, configOptions())
	if err != nil {
		return usageError{err}
	}
	name := databaseName(c.Database)
	if path, absent := absentFile(c.Database); absent && m.Check {
		return fmt.Errorf("there is no database at %s yet: %w", path, errBehind)
	}
	was, err := schemaBehind(e, &c)
	switch {
	case err != nil:
		return err
	case was == "" && m.Check:
		_, err = fmt.Fprintf(e.out, "the schema of %s is up to date\n", name)
		return err
	case m.Check:
		return fmt.Errorf("the schema of %s is behind: %s: %w", name, was, errBehind)
	}
	db, err := openDatabase(e, &c, true)
	if err != nil {
		return err
	}
	defer closing(e, db)
	_, to, err := db.Migrate(e.ctx) // nothing is left to do; it tells the version
	if err != nil {
		return err
	}
	if was == "" {
		_, err = fmt.Fprintf(e.out, "the schema of %s is up to date: version %d\n", name, to)
		return err
	}
	_, err = fmt.Fprintf(e.out, "the schema of %s was behind, %s, and is of version %d now\n", name, was, to)
	return err
}

// ofVersions finds in the store's error which version there was and should be.
var ofVersions = regexp.MustCompile(`version \d+ of \d+`)

// schemaBehind says how far the schema is behind, "" when it is not. A file that
// is not there is behind from the beginning.
func schemaBehind(e *env, c *config.Config) (string, error) {
	if _, absent := absentFile(c.Database); absent {
		return "there was no file", nil
	}
	db, err := openDatabase(e, c, false)
	if errors.Is(err, store.ErrSchema) {
		return ofVersions.FindString(err.Error()), nil
	}
	if err != nil {
		return "", err
	}
	return "", db.Close()
}
