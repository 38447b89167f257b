package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/replay"
	"andon/store"
)

type importCmd struct {
	inputs
	Copy string `help:"Load a portable copy, as andon export makes it, into an empty database; - is the standard input." placeholder:"FILE"`
}

// Help is shown by andon import --help.
func (importCmd) Help() string {
	return `Takes history into the database of the configuration: the models learn from it, and nobody is ever told of
what happened in it. Do it before the first andon serve. What is in the database already is left as it is, so
an import can be repeated, and one that was interrupted is continued by repeating it.
All inputs are history here: --learn and --jira do the same.

Examples:
  andon import --jira issues.jsonl.gz --slack export.zip --config andon.yaml
  andon import --learn 2024.jsonl.gz --learn 2025.jsonl.gz --config andon.yaml --strict
  andon import --copy andon-2026-03-01.jsonl.gz --config new.yaml`
}

// Run loads the inputs, or a copy.
func (i *importCmd) Run(e *env) error {
	history := i.plays() || len(i.Learn) > 0
	switch {
	case i.Copy != "" && history:
		return usageError{errors.New("--copy is a whole database of its own; import other history afterwards")}
	case i.Copy == "" && !history:
		return usageError{errors.New("import needs at least one of --learn, --jira, --slack and --events, or --copy")}
	}
	c, err := config.Load(i.Config, configOptions())
	if err != nil {
		return usageError{err}
	}
	if i.Copy != "" {
		return i.copy(e, &c)
	}
	bar := newProgress(e.err)
	bar.what = "importing"
	defer bar.done()
	h, err := i.readWith(e.ctx, c, bar.stage)
	if err != nil {
		return err
	}
	events, err := everything(h)
	if err != nil {
		_ = h.complain(e.err, false)
		return err
	}
	if err := i.load(e, h, events, bar); err != nil {
		return err
	}
	return h.complain(e.err, i.Strict)
}

// everything is all that was read, in the order of a replay.
func everything(h *history) ([]*signals.Event, error) {
	var all replay.Log
	if err := errors.Join(all.Add(h.Learn.Ordered()), all.Add(h.Play.Ordered())); err != nil {
		return nil, err
	}
	events := all.Ordered()
	if len(events) == 0 {
		return nil, errors.New("there is nothing to import: no event was read")
	}
	return events, nil
}

// load stores events as history, and then what the models make of them.
func (i *importCmd) load(e *env, h *history, events []*signals.Event, bar *progress) error {
	began := time.Now()
	bar.stage("opening " + databaseName(h.config.Database))
	db, err := openDatabase(e, &h.config, true)
	if err != nil {
		return err
	}
	defer closing(e, db)
	// Who is who comes first: the models learn who solved what by the roster.
	if _, err := syncOrg(e.ctx, port{db}, &h.config, began.UTC()); err != nil {
		return fmt.Errorf("write the configuration into the journal: %w", err)
	}
	fresh, err := accept(e.ctx, port{db}, events, h.Rooms, bar.step)
	bar.clear()
	if err != nil {
		return fmt.Errorf("import into %s (what was stored stays; repeat the command to go on): %w", databaseName(h.config.Database), err)
	}
	if fresh == 0 {
		fmt.Fprintf(e.out, "nothing new: %s has all of it already, %s\n", databaseName(h.config.Database), signals.Counted(len(events), "event"))
	} else {
		fmt.Fprintf(e.out, "%s from %s to %s and the names of %s read; %d of the events were new and are stored in %s, in %v\n", signals.Counted(len(events), "event"),
			events[0].At.Format(time.DateOnly), events[len(events)-1].At.Format(time.DateOnly), signals.Counted(len(h.Rooms), "channel"), fresh, databaseName(h.config.Database), took(began))
	}
	return tellLearnt(e, db, &h.config, bar)
}

// together is how many events one transaction of an import holds.
const together = 1000

// accept stores events that are history, in their order. It returns how many
// were not known.
func accept(ctx context.Context, p port, events []*signals.Event, rooms map[string]string, step func(done, total int)) (fresh int, err error) {
	done := 0
	for part := range slices.Chunk(events, together) {
		n, err := p.Accept(ctx, signals.Delivery{Events: part, Learn: true, Rooms: rooms})
		if err != nil {
			return fresh, err
		}
		rooms = nil // named with the first
		fresh, done = fresh+n, done+len(part)
		step(done, len(events))
	}
	return fresh, nil
}

// tellLearnt readies the models and says how far they are.
func tellLearnt(e *env, db *store.DB, c *config.Config, bar *progress) error {
	bar.stage("building the models")
	began := time.Now()
	pos, err := learnt(e.ctx, db, c, logTo(e.err, slog.LevelWarn))
	bar.clear()
	if err != nil {
		return fmt.Errorf("the history is stored, the models are not built (the next andon serve builds them): %w", err)
	}
	_, err = fmt.Fprintf(e.out, "the models have learnt up to place %d of the journal, in %v\n", pos, took(began))
	return err
}

// copy loads a portable copy.
func (i *importCmd) copy(e *env, c *config.Config) error {
	in, err := openCopy(i.Copy)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := newProgress(e.err)
	defer bar.done()
	bar.stage("loading " + i.Copy)
	began := time.Now()
	db, err := openDatabase(e, c, true)
	if err != nil {
		return err
	}
	defer closing(e, db)
	copied, err := db.Import(e.ctx, in)
	bar.clear()
	if err != nil {
		return fmt.Errorf("load the copy %s: %w", i.Copy, err)
	}
	fmt.Fprintf(e.out, "%s loaded into %s in %v\n", rowsOf(copied), databaseName(c.Database), took(began))
	return tellLearnt(e, db, c, bar)
}

// openCopy opens a copy, packed or not.
func openCopy(path string) (io.ReadCloser, error) {
	f := os.Stdin
	if path != "-" {
		var err error
		if f, err = os.Open(path); errors.Is(err, os.ErrNotExist) {
			return nil, usageError{fmt.Errorf("read the copy: %w", err)}
		} else if err != nil {
			return nil, fmt.Errorf("read the copy: %w", err)
		}
	}
	b := bufio.NewReaderSize(f, 1<<16)
	if magic, _ := b.Peek(2); string(magic) != "\x1f\x8b" {
		return &copyFile{b, f}, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("unpack the copy %s: %w", path, err), f.Close())
	}
	return &copyFile{z, f}, nil
}

// copyFile reads through one thing and closes another.
type copyFile struct {
	io.Reader
	io.Closer
}

// closing closes a database at the end of a command.
func closing(e *env, db *store.DB) {
	if err := db.Close(); err != nil {
		fmt.Fprintln(e.err, "andon: note:", err)
	}
}
