package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/company"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"andon": main})
}

// TestScript runs the command lines of testdata/script. What they read is made
// once: the smallest example, in $EXAMPLE.
func TestScript(t *testing.T) {
	c, err := company.Generate(company.Options{Issues: 100, Messages: 1000, Weeks: 2})
	require.NoError(t, err)
	example := t.TempDir()
	require.NoError(t, c.WriteTo(example))
	text, err := exampleConfig(c)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(example, "andon.yaml"), text, 0o644))
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLE", example)
			e.Setenv("PERSON", personID(c.People[len(c.People)/2].Email))
			e.Setenv("ACCOUNT", c.People[len(c.People)/2].AccountID)
			e.Setenv("CHANNEL", c.Teams[0].ChannelID)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"truncate": truncate, "gzip": compress, "exits": exits, "interrupted": interrupted, "fillin": fillIn, "samecopy": sameCopy, "configure": configure, "lacks": lacks, "older": older, "newer": newer},
	})
}

// exits CODE COMMAND runs a command that must end with that code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = strconv.Itoa(exit.ExitCode())
	} else {
		ts.Check(err)
	}
	if code != args[0] {
		ts.Fatalf("%v exits %s, not %s", args[1:], code, args[0])
	}
}

// truncate FILE keeps the first half of a file.
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	b := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b[:len(b)/2]), 0o644))
}

// gzip FROM TO packs a file.
func compress(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

// interrupted ARGS runs a command of andon that is interrupted before it is
// done: here, in the process, by a context that has ended.
func interrupted(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for i, a := range args {
		if i > 0 && !strings.HasPrefix(a, "-") {
			args[i] = ts.MkAbs(a)
		}
	}
	var out, errOut bytes.Buffer
	if code := Main(ctx, args, &out, &errOut); code != exitInterrupted {
		ts.Fatalf("%v exits %d, not %d: %s", args, code, exitInterrupted, errOut.String())
	}
	if got := errOut.String(); got != "andon: interrupted\n" || out.Len() > 0 {
		ts.Fatalf("%v says %q and %q", args, got, out.String())
	}
}

// fillIn FILE VERDICT gives every line of a sample the verdict, and writes two
// more files as spreadsheets do: bom-FILE and semicolon-FILE.
func fillIn(ts *testscript.TestScript, _ bool, args []string) {
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	for _, r := range rows[1:] {
		r[len(r)-1] = args[1]
	}
	for name, comma := range map[string]rune{args[0]: ',', "semicolon-" + args[0]: ';'} {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = comma
		ts.Check(w.WriteAll(rows))
		ts.Check(os.WriteFile(ts.MkAbs(name), b.Bytes(), 0o644))
	}
	ts.Check(os.WriteFile(ts.MkAbs("bom-"+args[0]), append([]byte("\ufeff"), ts.ReadFile(args[0])...), 0o644))
}
