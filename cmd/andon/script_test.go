package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"truncate": truncate, "gzip": compress, "exits": exits},
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
