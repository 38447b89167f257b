package main

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"io"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// sameCopy A B compares the rows of two portable copies. The first line is left
// out: it tells up to which number rows were numbered, which grows even where an
// event was there already.
func sameCopy(ts *testscript.TestScript, neg bool, args []string) {
	a, b := unpacked(ts, args[0]), unpacked(ts, args[1])
	if bytes.Count(a, []byte("\n")) < 100 {
		ts.Fatalf("%s holds nearly nothing", args[0])
	}
	if bytes.Equal(a, b) == neg {
		ts.Fatalf("%s and %s: equal is %v", args[0], args[1], !neg)
	}
}

func unpacked(ts *testscript.TestScript, name string) []byte {
	f, err := os.Open(ts.MkAbs(name))
	ts.Check(err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	ts.Check(err)
	raw, err := io.ReadAll(z)
	ts.Check(err)
	_, rows, _ := bytes.Cut(raw, []byte("\n"))
	return rows
}

// configure FILE DB writes the example's configuration with another database.
func configure(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(ts.Getenv("EXAMPLE") + "/andon.yaml")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("database: "+args[1]+"\n"+text), 0o600))
}

// lacks DB WORD... wants that none of the files of a database holds a word.
func lacks(ts *testscript.TestScript, _ bool, args []string) {
	for _, end := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(ts.MkAbs(args[0]) + end)
		if end != "" && os.IsNotExist(err) {
			continue
		}
		ts.Check(err)
		for _, word := range args[1:] {
			if i := bytes.Index(raw, []byte(word)); i >= 0 {
				ts.Fatalf("%s%s holds %q: ...%q...", args[0], end, word, raw[max(0, i-80):min(len(raw), i+80)])
			}
		}
	}
}

// older DB makes it seem that the last migration was not done.
func older(ts *testscript.TestScript, _ bool, args []string) {
	sqlite(ts, args[0], "DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)")
}

// newer DB makes it seem that a later release migrated it.
func newer(ts *testscript.TestScript, _ bool, args []string) {
	sqlite(ts, args[0], "INSERT INTO goose_db_version (version_id, is_applied) SELECT MAX(version_id) + 1000, 1 FROM goose_db_version")
}

func sqlite(ts *testscript.TestScript, name, statement string) {
	db, err := sql.Open("sqlite", ts.MkAbs(name))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(statement)
	ts.Check(err)
}
