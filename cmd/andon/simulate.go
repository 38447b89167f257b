package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/replay"
)

type simulateCmd struct {
	inputs
	Case    string `help:"Which case: PROJ-123, the address of an issue, a Slack permalink, or CHANNEL/TS." placeholder:"KEY" required:""`
	At      string `help:"As of when: 2026-03-10T14:00:00Z, \"2026-03-10 14:00\" or 2026-03-10, in the zone of the policy where it names none; the last event if it is not given." placeholder:"TIME"`
	For     string `help:"How long the clock runs on at most." default:"14d" placeholder:"SPAN"`
	Journal bool   `help:"Take what andon itself has heard: the database of the configuration, in place of files."`
	AsLive  bool   `help:"Judge every detector that is not off as if it were live. This is the default." xor:"modes"`
	Modes   bool   `help:"Judge by the configured modes." xor:"modes"`
	JSON    bool   `help:"Print it as JSON instead of text."`
	Seed    int64  `help:"Seed of the bundled example." default:"1"`
}

// Help is shown by andon simulate --help.
func (simulateCmd) Help() string {
	return `Replays history until a moment, with the organisation as it was known then, and lets the clock run on with nobody
answering and nothing else happening. It prints what becomes of one case: which detector fires and why, who
is nudged by which step and when, why others are passed over, and where the chain ends. Nothing is sent and
nothing is written. It is for operators: it names people who would be asked and who would not. Without any input it uses the
bundled example; with --journal it takes what the service has heard. See docs/simulate.md.

Examples:
  andon simulate --case PAY-102 --at 2026-03-05
  andon simulate --case PAY-17 --at "2026-03-10 14:00" --journal --config andon.yaml
  andon simulate --case C0123/1773151200.000100 --slack export.zip --config andon.yaml --modes`
}

// Run simulates.
func (s *simulateCmd) Run(e *env) error {
	span, err := s.check()
	if err != nil {
		return err
	}
	bar := newProgress(e.err)
	defer bar.done()
	learnt := make(map[string]bool)
	h, err := s.history(e, bar, learnt)
	if err == nil {
		err = h.some(e.err)
	}
	if err != nil {
		return err
	}
	zone := zoneOf(&h.config)
	q := replay.Question{For: span, Learnt: learnt, Posts: posting(h)}
	if q.At, err = moment(s.At, zone); err != nil {
		return usageError{err}
	}
	if q.Case, err = s.find(h, q.At, zone); err != nil {
		return err
	}
	o := replay.Options{Policy: h.config.Policy, Lexicon: h.lexicon, AsLive: !s.Modes, Progress: bar.step, AtOnce: beside()}
	sim, err := interruptible(e.ctx, func() (*replay.Simulation, error) { return replay.Simulate(&h.Input, o, q) })
	bar.done()
	if err != nil {
		return err
	}
	if err := s.print(e, sim, zone); err != nil {
		return err
	}
	return h.complain(e.err, s.Strict)
}

// check refuses flags that do not go together, and reads the span.
func (s *simulateCmd) check() (time.Duration, error) {
	span, err := config.ParseDuration(s.For)
	switch {
	case err != nil:
		return 0, usageError{fmt.Errorf("--for is %q: %w", s.For, err)}
	case span < time.Hour || span > 366*24*time.Hour:
		return 0, usageError{fmt.Errorf("--for is how long the clock runs on, from 1h to 366d, and not %s", s.For)}
	case s.Journal && (s.plays() || len(s.Learn) > 0):
		return 0, usageError{errors.New("--journal takes the database in place of files: leave out --learn, --jira, --slack and --events, or --journal")}
	case !s.plays() && len(s.Learn) > 0:
		return 0, usageError{errors.New("--learn alone gives nothing to go through: simulate needs at least one of --jira, --slack and --events, or --journal")}
	}
	return span, nil
}

// history reads the inputs or the database, or makes the bundled example where
// neither is named.
func (s *simulateCmd) history(e *env, bar *progress, learnt map[string]bool) (*history, error) {
	if s.Journal {
		bar.stage("reading the database")
		return readJournal(e, s.Config, func(x *signals.Event) { learnt[x.ID] = true })
	}
	b := backtestCmd{inputs: s.inputs, Seed: s.Seed}
	h, truth, err := b.history(e, bar)
	if err == nil {
		s.note(h, truth)
	}
	return h, err
}

func (s *simulateCmd) note(h *history, truth *company.Truth) {
	if truth != nil && s.Config != "" {
		h.notes = append(h.notes, "the bundled example has a configuration of its own; "+s.Config+" was not used")
	}
}

// posting says who has no Slack account, as the sender would. Where the roster
// knows of no account at all, it is not about Slack, and everybody can be told.
func posting(h *history) func(*signals.Org, string) string {
	team := h.config.SlackTeam()
	return func(org *signals.Org, to string) string {
		if len(org.People) == 0 {
			return ""
		}
		known := false
		for id := range org.People {
			if to, _ := slackAddress(org, team, id); to != "" {
				known = true
				break
			}
		}
		if !known {
			return ""
		}
		_, why := slackAddress(org, team, to)
		return why
	}
}

// moment reads when to simulate, in a zone where the text names none; "" is the
// zero time.
func moment(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("--at is %q: write it as 2026-03-10T14:00:00Z, \"2026-03-10 14:00\" or 2026-03-10", text)
}

// zoneOf is the zone of the policy, UTC where it names none.
func zoneOf(c *config.Config) *time.Location {
	if zone, err := time.LoadLocation(c.Policy.Zone); err == nil {
		return zone
	}
	return time.UTC
}

func (s *simulateCmd) print(e *env, sim *replay.Simulation, zone *time.Location) error {
	if s.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(sim)
	}
	return writeSimulation(e.out, sim, zone)
}
