// Command andon watches Jira issues and Slack channels, finds weak failure
// signals and long escalation paths, and nudges the right person directly.
//
// This package owns the command line, the configuration and the wiring. It
// knows every other package and none knows it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones of people and teams, where the machine has none: a container of this binary alone

	"github.com/alecthomas/kong"

	"andon/bot/view"
)

// The exit codes.
const (
	exitOK       = 0
	exitFailed   = 1 // something could not be done; the message says what
	exitUsage    = 2 // the command line or the configuration is wrong
	exitRejected = 3 // done, but part of the input could not be read (only with --strict)
)

// version is set by the release build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	code := Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// cli is every command with its flags. Each flag has a twin in the
// environment, ANDON_ and its name in capitals.
type cli struct {
	Serve       serveCmd       `cmd:"" help:"Watch Jira and Slack, and nudge the right person."`
	Import      importCmd      `cmd:"" help:"Take history into the database, or load a portable copy."`
	Export      exportCmd      `cmd:"" help:"Write a portable copy of the database."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the schema of the database up to date."`
	Doctor      doctorCmd      `cmd:"" help:"Check everything that the service needs, and say what to do."`
	Lint        lintCmd        `cmd:"" help:"Say what is broken in the chain from a signal to whoever can act."`
	Forget      forgetCmd      `cmd:"" help:"Remove a person, a channel or old times from the database for good."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask a running service how it is."`
	Backtest    backtestCmd    `cmd:"" help:"Tell what andon would have said over your own history."`
	Demo        demoCmd        `cmd:"" help:"Show andon at an invented company, with a Slack and a Jira of its own."`
	Eval        evalCmd        `cmd:"" help:"Score the models on your own history, beside naive ones."`
	Replay      replayCmd      `cmd:"" help:"Write signals, risks, routes and matches over history as JSON Lines."`
	Simulate    simulateCmd    `cmd:"" help:"Tell whom andon would nudge about one case, when, by which step, and why not others."`
	CheckConfig checkConfigCmd `cmd:"" help:"Check the configuration and show what it comes to."`
	Manifest    manifestCmd    `cmd:"" help:"Print the manifest of the Slack app."`
	Example     exampleCmd     `cmd:"" help:"Write the invented company that backtest uses when it is given no input."`
	Completion  completionCmd  `cmd:"" help:"Print the shell completion script."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// env is what a command may use of the outside.
type env struct {
	ctx      context.Context
	out, err io.Writer
}

// usageError marks faults of the command line or the configuration.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// errRejected reports that part of the input could not be read.
var errRejected = errors.New("part of the input was rejected")

// Main runs one command line and returns the exit code.
func Main(ctx context.Context, args []string, out, errOut io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("andon"), kong.Description(description), kong.DefaultEnvars("ANDON"),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exit = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"version": version})
	if err != nil {
		fmt.Fprintln(errOut, "andon:", err)
		return exitFailed
	}
	k, err := parse(parser, args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(errOut, "andon: %v\nTry: andon --help\n", err)
		return exitUsage
	}
	err = k.Run(&env{ctx, out, errOut}, parser)
	if err != nil && ctx.Err() != nil {
		fmt.Fprintln(errOut, "andon: interrupted")
		return exitInterrupted
	}
	return code(err, errOut)
}

// parse reads the command line. Help ends the parsing early by an exit that
// only notes its code here, after which the parser may find arguments missing.
func parse(parser *kong.Kong, args []string) (*kong.Context, error) {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	return parser.Parse(args)
}

func code(err error, errOut io.Writer) int {
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(errOut, "andon:", view.Plain(err.Error()))
	var usage usageError
	switch {
	case errors.Is(err, errRejected):
		return exitRejected
	case errors.As(err, &usage):
		return exitUsage
	}
	return exitFailed
}

const description = `andon finds weak failure signals and long escalation paths in Jira and Slack, and nudges the right person directly.

Examples:
  andon backtest                                        the bundled example company
  andon doctor --config andon.yaml
  andon import --jira issues.jsonl.gz --slack export.zip --config andon.yaml
  andon serve --config andon.yaml
  andon backtest --jira issues.jsonl.gz --slack export.zip --html report.html
  andon replay --learn 2025.jsonl --jira 2026.jsonl --out DIR
  andon check-config --config andon.yaml

Exit codes: 0 done, 1 something failed, 2 the command line or the configuration is wrong,
3 done but part of the input was rejected (with --strict), 130 interrupted.`

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "andon", version)
	return err
}
