package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"andon/cmd/andon/internal/config"
	"andon/signals/detect"
	"andon/signals/text"

	"andon/signals"
)

type checkConfigCmd struct {
	Config string `help:"Configuration file; without it the defaults are shown." placeholder:"FILE" type:"existingfile" short:"c"`
	JSON   bool   `help:"Print the result as JSON."`
}

// Help is shown by andon check-config --help.
func (checkConfigCmd) Help() string {
	return `Reads the configuration as every other command does. What is wrong is printed all at once, each fault with its
line, and the exit code is 2. Else it prints what the configuration comes to, with every default filled in. Secrets are
shown as (set), never as they are. Hints are no faults.

Examples:
  andon check-config --config andon.yaml
  andon check-config --config andon.yaml --json | jq .hints`
}

// Run checks the file.
func (c *checkConfigCmd) Run(e *env) error {
	f, err := config.Read(c.Config, configOptions())
	var faults config.Faults
	if err != nil && !errors.As(err, &faults) {
		return usageError{err}
	}
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		if werr := enc.Encode(summarize(c.Config, f, faults)); werr != nil {
			return fmt.Errorf("print the result: %w", werr)
		}
		if err != nil {
			return usageError{fmt.Errorf("%s: %s", c.Config, signals.Counted(len(faults), "fault"))}
		}
		return nil
	}
	if err != nil {
		return usageError{err}
	}
	return summarize(c.Config, f, nil).print(e.out)
}

// configOptions are the names that a configuration may use: the detectors that
// there are, and the word lists.
func configOptions() config.Options {
	lexicon := sync.OnceValue(text.DefaultLexicon)
	o := config.Options{Lists: listNames(), Words: func(list string, phrases []string) error {
		_, err := lexicon().Extend(list, phrases)
		return err
	}}
	for _, d := range detect.All() {
		o.Detectors = append(o.Detectors, d.Name)
	}
	return o
}

// listNames are the word lists that can be extended.
var listNames = sync.OnceValue(func() []string { return text.DefaultLexicon().Lists() })
