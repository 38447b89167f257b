// Command quality measures andon on real history and prints the figures beside
// the naive ones and what we aim at.
//
//	quality [-shared ../shared] [-out DIR] [-boot 200] [-only SET,...] [-score-only] [-problems] [-write docs/quality.md]
//
// The histories and their scorer are not part of this repository: where the
// folder is absent it says so and ends well. What is measured stands in
// docs/eval/aims.yaml, the configuration of each history beside it; the scorer
// makes the figures and the intervals, this command only joins them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

// settings are what the flags say.
type settings struct {
	shared, out, evals, only, write string
	boot                            int
	scoreOnly, problems             bool
}

func parseFlags(args []string, stderr io.Writer) (settings, error) {
	var c settings
	f := flag.NewFlagSet("quality", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.shared, "shared", "../shared", "`folder` with the histories (data) and their scorer (tools)")
	f.StringVar(&c.out, "out", "", "`folder` for replays and scores (default a temporary one)")
	f.StringVar(&c.evals, "evals", "docs/eval", "`folder` with aims.yaml and a configuration for each history")
	f.StringVar(&c.only, "only", "", "measure these `sets` only, by commas")
	f.StringVar(&c.write, "write", "", "put the table into this `file`, between its marks")
	f.IntVar(&c.boot, "boot", 200, "resamples for each interval")
	f.BoolVar(&c.scoreOnly, "score-only", false, "score the replays that are in -out already")
	f.BoolVar(&c.problems, "problems", false, "print what each ingredient of the problem model adds, and its weights, in place of the table")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	switch {
	case f.NArg() > 0:
		return c, fmt.Errorf("unexpected argument %q", f.Arg(0))
	case c.boot < 1:
		return c, errors.New("-boot must be at least 1")
	case c.only != "" && c.write != "":
		return c, errors.New("-write puts the whole table in place of the one that is there: leave out -only, or -write")
	case c.scoreOnly && c.out == "":
		return c, errors.New("-score-only needs -out: where the replays are")
	}
	return c, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	want, err := readAims(filepath.Join(c.evals, "aims.yaml"))
	if err != nil {
		return err
	}
	for _, need := range []string{"data", filepath.Join("tools", "run.py")} {
		if _, err := os.Stat(filepath.Join(c.shared, need)); err != nil {
			_, err := fmt.Fprintf(stdout, "not measured: %s is absent (the histories are not part of this repository; -shared says where they are)\n", filepath.Join(c.shared, need))
			return err
		}
	}
	if c.problems {
		return ingredients(ctx, c, want.Unseen, stdout)
	}
	if c.out == "" {
		if c.out, err = os.MkdirTemp("", "andon-quality-"); err != nil {
			return fmt.Errorf("make a folder for the scores: %w", err)
		}
		fmt.Fprintln(stderr, "replays and scores:", c.out)
	}
	got, err := measure(ctx, c, want, stderr)
	if err != nil {
		return err
	}
	table := want.table(got)
	if _, err := io.WriteString(stdout, table); err != nil {
		return err
	}
	if c.write == "" {
		return nil
	}
	return replaceTable(c.write, table)
}

// measure replays the histories and scores them.
func measure(ctx context.Context, c settings, want aims, stderr io.Writer) (figures, error) {
	call := func(name string, args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Stderr = stderr
		out, err := cmd.Output()
		if err != nil {
			return out, fmt.Errorf("run %s %s: %w", name, strings.Join(args, " "), err)
		}
		return out, nil
	}
	bin := filepath.Join(c.out, "andon")
	if !c.scoreOnly {
		if _, err := call("go", "build", "-o", bin, "./cmd/andon"); err != nil {
			return figures{}, err
		}
	}
	data := filepath.Join(c.shared, "data")
	args := []string{filepath.Join(c.shared, "tools", "run.py"), "--data", data, "--out", c.out, "--boot", fmt.Sprint(c.boot), "--config-dir", c.evals}
	if c.scoreOnly {
		args = append(args, "--score-only")
	} else {
		args = append(args, "--andon", bin)
	}
	labels := want.Labels.wanted(c.only)
	sets := c.only
	if labels {
		sets = without(c.only, want.Labels.Set)
	}
	if c.only == "" || sets != "" {
		// An exit code of its own says that predictions were missing: each is counted as wrong and stands in the table.
		if out, err := call("python3", append(args, "--only", sets)...); err != nil && !missing(err) {
			return figures{}, fmt.Errorf("%w\n%s", err, out)
		}
	}
	got, err := readScores(filepath.Join(c.out, "scores.json"), c.only != "" && sets == "")
	if err != nil {
		return got, err
	}
	if want.Unseen.wanted(c.only) {
		scores, err := unseenRooms(ctx, c, want.Unseen, call)
		if err != nil {
			return got, err
		}
		got.scores = append(got.scores, scores...)
	}
	if labels {
		err = labelledRoots(c, want.Labels, bin, got, call)
	}
	return got, err
}

// labelledRoots replays the chat whose thread roots are labelled, and adds the scores.
func labelledRoots(c settings, l labels, bin string, got figures, call func(string, ...string) ([]byte, error)) error {
	data := filepath.Join(c.shared, "data")
	pred, slack := filepath.Join(c.out, l.Set), filepath.Join(data, l.Slack)
	if !c.scoreOnly {
		if _, err := call(bin, "replay", "--slack", slack, "--config", filepath.Join(c.evals, l.Set+".yaml"), "--out", pred); err != nil {
			return err
		}
	}
	out, err := call("python3", filepath.Join(c.shared, "tools", "score_labels.py"), "--pred", pred, "--slack", slack, "--gold", filepath.Join(data, l.Gold), "--json")
	if err != nil {
		return err
	}
	return got.addLabels(out)
}

// missing tells the scorer's exit code for predictions that were missing.
func missing(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 2
}

// without takes one name out of a list by commas.
func without(list, name string) string {
	var out []string
	for s := range strings.SplitSeq(list, ",") {
		if s != name && s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ",")
}
