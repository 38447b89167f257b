package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

// options knows two detectors, two lists and a small environment.
func options(env map[string]string) Options {
	return Options{
		Detectors: []string{"stall", "cord", "person_ping_pong"}, Lists: []string{"ask", "hedge"},
		Words: func(list string, phrases []string) error {
			for i, p := range phrases {
				if strings.Contains(p, "(") && !strings.Contains(p, ")") {
					return fmt.Errorf("list %s, line %d: %w", list, i, errors.New("( is not closed"))
				}
			}
			return nil
		},
		Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}
}

func read(t *testing.T, text string) (Config, []string) {
	t.Helper()
	f, err := Parse("a.yaml", []byte(text), options(nil))
	var faults Faults
	if err != nil {
		require.ErrorAs(t, err, &faults)
	}
	var out []string
	for _, x := range faults {
		out = append(out, x.Error())
	}
	return f.Config, out
}

func TestDefaults(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# nothing\n", "---\n", "policy:\n", "{}", "null", "\ufeff# mark\n", "policy: {modes: }\nroster:\n  people:\n"} {
		c, faults := read(t, text)
		require.Empty(t, faults, "%q", text)
		require.Equal(t, Default(), c, "%q", text)
	}
	c, err := Load("", Options{})
	require.NoError(t, err)
	require.Equal(t, Default(), c)
}

func TestValuesLieOverTheDefaults(t *testing.T) {
	c, faults := read(t, `
base: &zone Europe/Berlin
`)
	require.Equal(t, []string{"a.yaml:2:1: base: unknown key; known here: database, listen, keep_text, admin, admins, digest, jira, slack, alerts, events, policy, roster, oncall, ownership, words"}, faults)
	require.Equal(t, Default(), c)
	c, faults = read(t, `
jira:
  - site: one
    team_field: Team
    done: [Done, Gone]
policy:
  budget: 1_0
  zone: &zone Europe/Berlin
  modes: {stall: ask}
  waiting: [Waiting for Godot]
  escalate:
    - &l3 {field: level, to: [L3]}
    - {<<: *l3, field: stage}
  watch: 1w1d12h
  detect:
    stall: {after: 90m}
    came_back: {likeness: 1}
  holidays: {all: [2026-12-25]}
roster:
  people:
    - {id: ann, zone: *zone, since: 2026-03-01}
events:
  - {case: C, time: T, comma: "\t"}
`)
	require.Empty(t, faults)
	want := signals.DefaultPolicy()
	want.Budget, want.Zone = 10, "Europe/Berlin"
	want.Modes["stall"] = signals.Ask
	want.Waiting = []string{"waiting for godot"}
	want.Escalate = []signals.Pattern{{Field: "level", To: []string{"L3"}}, {Field: "stage", To: []string{"L3"}}}
	want.Watch = 8*24*time.Hour + 12*time.Hour
	want.Detect.Stall.After = 90 * time.Minute
	want.Detect.CameBack.Likeness = 1
	want.Holidays = map[string][]string{"all": {"2026-12-25"}}
	require.Equal(t, want, c.Policy)
	require.Equal(t, []Jira{{Site: "one", TeamField: "Team", Done: []string{"Done", "Gone"}, Audience: "public"}}, c.Jira)
	require.Equal(t, []Person{{ID: "ann", Zone: "Europe/Berlin", Since: "2026-03-01"}}, c.Roster.People)
	require.Equal(t, "\t", c.Events[0].Comma)
	require.Equal(t, signals.Shadow, signals.DefaultPolicy().Mode, "the defaults are untouched")
}

func TestFaultsOfForm(t *testing.T) {
	for text, want := range map[string]string{
		"polcy: {}":                                  "a.yaml:1:1: polcy: unknown key; did you mean policy?",
		"policy:\n  budgte: 3":                       "a.yaml:2:3: policy.budgte: unknown key; did you mean budget?",
		"policy:\n  budget: three":                   "a.yaml:2:11: policy.budget: expected a whole number of at least 1, found text",
		"policy: {budget: 0}":                        "a.yaml:1:18: policy.budget: expected a whole number of at least 1",
		"policy: {budget: 2.5}":                      "a.yaml:1:18: policy.budget: expected a whole number of at least 1, found a number",
		"policy: {steps: -1}":                        "a.yaml:1:17: policy.steps: expected a whole number of at least 1",
		"policy: {group: 99999999}":                  "a.yaml:1:17: policy.group: expected a whole number of at least 1",
		"policy: {repeat: 24}":                       "a.yaml:1:18: policy.repeat: expected a duration above 0 such as 30m, 4h, 1h30m, 14d or 2w, found a number without a unit",
		"policy: {repeat: -3h}":                      "a.yaml:1:18: policy.repeat: expected a duration above 0 such as 30m, 4h, 1h30m, 14d or 2w",
		"policy: {repeat: 0s}":                       "a.yaml:1:18: policy.repeat: expected a duration above 0 such as 30m, 4h, 1h30m, 14d or 2w",
		"policy: {detect: {echo: {likeness: 2}}}":    "a.yaml:1:36: policy.detect.echo.likeness: expected a number from 0 to 1",
		"policy: {corrected: 8}":                     "a.yaml:1:21: policy.corrected: expected a duration above 0 such as 30m, 4h, 1h30m, 14d or 2w, found a number without a unit",
		"policy: {pause: {least: 1.5}}":              "a.yaml:1:25: policy.pause.least: expected a number from 0 to 1",
		"policy: {pause: {votes: 0}}":                "a.yaml:1:25: policy.pause.votes: expected a whole number of at least 1",
		"policy: {detect: {echo: {likeness: .nan}}}": "a.yaml:1:36: policy.detect.echo.likeness: expected a number from 0 to 1",
		"policy: {zone: [UTC]}":                      "a.yaml:1:16: policy.zone: expected text, found a list",
		"policy: {zone: 5}":                          "a.yaml:1:16: policy.zone: expected text, found a number; put it in quotes",
		"policy: {urgent: [true]}":                   "a.yaml:1:19: policy.urgent[0]: expected text, found true or false; put it in quotes",
		"policy: {urgent: high}":                     "a.yaml:1:18: policy.urgent: expected a list of texts, found text",
		"policy: {urgent: [high, , low]}":            "a.yaml:1:1: a value is missing",
		"policy: {urgent: [high, ~]}":                "a.yaml:1:25: policy.urgent[1]: the entry is empty",
		"policy: [a]":                                "a.yaml:1:9: policy: expected a mapping, found a list",
		"jira: {site: a}":                            "a.yaml:1:7: jira: expected a list of mappings, found a mapping",
		"[1]":                                        "a.yaml:1:1: expected keys such as policy:, found a list",
		"policy: {zone: UTC, zone: UTC}":             "a.yaml:1:21: policy.zone: the key is given twice, first on line 1",
		"policy: {[a]: b}":                           "a.yaml:1:10: policy: a key is a word, not a list",
		"policy: {zone: !!binary aGk=}":              "a.yaml:1:16: policy.zone: tags (!...) are not used here; put the value in quotes if it is text",
		"policy:\n\tzone: UTC":                       "a.yaml:2:1: a tab in the indentation; YAML wants spaces",
		"policy: {zone: *nowhere}":                   "a.yaml:1:1: * begins an alias, and there is no anchor of that name; put the value in quotes if it is text",
		"policy: {zone: @x}":                         "a.yaml:1:1: this cannot begin a value; put it in quotes",
		"policy: {}\n---\npolicy: {}\n":              "a.yaml:2:1: a second document begins; the configuration is one document",
		"policy: {zone: \"caf\xe9\"}":                "a.yaml:1:20: the file is not UTF-8 text",
		"policy: &p {modes: *p}":                     "a.yaml:1:20: policy.modes.modes: the alias stands for something that holds it",
		"roster: {people: [{id: a, left: 1}]}":       "a.yaml:1:33: roster.people[0].left: expected true or false, found a number",
		"roster: {people: [{id: a, left: yes}]}":     "a.yaml:1:33: roster.people[0].left: expected true or false, found text",
	} {
		_, faults := read(t, text)
		assert.Equal(t, []string{want}, faults, "%q", text)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := Parse("a.yaml", []byte(`jira:
  - site: a/b
    tokn: x
  - site: a/b
policy:
  mode: loud
  zone: Mars/Base
  budget: none
`), options(nil))
	require.EqualError(t, err, `the configuration has 6 faults
  a.yaml:2:11: jira[0].site: "a/b" holds a slash or a blank, and it is part of ids
  a.yaml:3:5: jira[0].tokn: unknown key; did you mean token?
  a.yaml:4:11: jira[1].site: the site is that of jira[0].site too
  a.yaml:6:9: policy.mode: "loud" is none of off, shadow, preview, ask, live
  a.yaml:7:9: policy.zone: "Mars/Base" is no IANA time zone such as Europe/Berlin
  a.yaml:8:11: policy.budget: expected a whole number of at least 1, found text`)
}

func TestAliasBombIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("words:\n  a: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 20; i++ {
		fmt.Fprintf(&b, "  b%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	_, faults := read(t, b.String())
	require.NotEmpty(t, faults)
	var m strings.Builder
	m.WriteString("policy:\n  modes: &m0 {stall: ask}\n  holidays:\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&m, "    h%d: &m%d {<<: [*m%d, *m%d, *m%d]}\n", i, i, i-1, i-1, i-1)
	}
	m.WriteString("  detect: {<<: [*m29, *m29]}\n")
	_, faults = read(t, m.String())
	require.Contains(t, strings.Join(faults, "\n"), "the aliases stand for more than 10000 values")
	var deep strings.Builder
	for i := 0; i < 100; i++ {
		deep.WriteString("{stall: ")
	}
	_, faults = read(t, "policy: {modes: "+deep.String())
	require.NotEmpty(t, faults)
}

func TestEnvironment(t *testing.T) {
	env := map[string]string{"A": "ay", "EMPTY": "", "N": "7", "D": "3h", "EVIL": "x\npolicy: {budget: 9}", "NEST": "${A}"}
	for text, want := range map[string]string{
		"plain": "plain", "${A}": "ay", "x${A}y${A}": "xayyay", "${NONE:-d}": "d", "${EMPTY:-d}": "d", "${EMPTY}": "", "${NONE:-}": "",
		"$${A}": "${A}", "$$${A}": "$${A}", "$A": "$A", "${NEST}": "${A}", "${EVIL}": env["EVIL"],
	} {
		f, err := Parse("", []byte("jira: [{user: '"+text+"'}]"), options(env))
		require.NoError(t, err, text)
		require.Equal(t, want, f.Config.Jira[0].User, text)
	}
	for text, want := range map[string]string{
		"${NONE}":  "the environment variable NONE is not set; ${NONE:-default} gives a default",
		"${none}":  "the environment variable is not set; ${NAME:-default} gives a default",
		"${A":      "${ is not closed; write $${ for a plain ${",
		"${}":      "between ${ and } stands no name of an environment variable; write $${ for a plain ${",
		"${1a}":    "between ${ and } stands no name of an environment variable; write $${ for a plain ${",
		"${A -b}":  "between ${ and } stands no name of an environment variable; write $${ for a plain ${",
		"a ${A} $": "",
	} {
		_, err := Parse("", []byte("policy:\n  zone: UTC\njira: [{user: '"+text+"'}]"), options(env))
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, "jira[0].user: "+want)
		var f Faults
		require.ErrorAs(t, err, &f)
		require.Equal(t, 3, f[0].Line)
	}
	f, err := Parse("", []byte("policy: {budget: '${N}', repeat: '${D}'}\nroster: {people: [{id: a, left: '${L:-true}'}]}"), options(env))
	require.NoError(t, err)
	require.Equal(t, 7, f.Config.Policy.Budget)
	require.Equal(t, 3*time.Hour, f.Config.Policy.Repeat)
	require.True(t, f.Config.Roster.People[0].Left)
	_, err = Parse("", []byte("policy: {mode: '${A}'}"), options(env))
	require.EqualError(t, err, `policy.mode: "${A}" is none of off, shadow, preview, ask, live`)
}

func TestLoadReadsFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "andon.yaml")
	_, err := Load(path, Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("policy: {budget: 5}"), 0o600))
	c, err := Load(path, Options{})
	require.NoError(t, err)
	require.Equal(t, 5, c.Policy.Budget)
	require.NoError(t, os.WriteFile(path, make([]byte, maxFile+1), 0o600))
	_, err = Load(path, Options{})
	require.ErrorContains(t, err, "larger than 4 MiB")
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"4h": 4 * time.Hour, "1h30m": 90 * time.Minute, "14d": 14 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "1w2d3h": 219 * time.Hour, "90s": 90 * time.Second,
	} {
		d, err := ParseDuration(s)
		require.NoError(t, err, s)
		require.Equal(t, want, d, s)
	}
	for _, s := range []string{"", "4", "d", "1.5d", "1d-3h", "1d+3h", "3h1d", "1d2w", "99999999w", "999999h", " 4h", "1d 2h", "d3h", "-1d"} {
		_, err := ParseDuration(s)
		require.Error(t, err, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, int64(most/time.Second)).Draw(t, "seconds")) * time.Second
		back, err := ParseDuration(FormatDuration(d))
		require.NoError(t, err)
		require.Equal(t, d, back)
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "policy: {budget: 3}", "jira: [{site: a, token: '${A:-x}'}]", "a: &a [*a]", "x: {<<: [*y]}", "\tx", "- a\n-\n", "roster: {people: [{id: a, manager: a}]}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := Parse("f", raw, options(nil))
		var faults Faults
		if err != nil && !errors.As(err, &faults) {
			t.Fatalf("not Faults: %v", err)
		}
		if err != nil {
			return
		}
		out, err := file.Config.YAML()
		require.NoError(t, err)
		_, err = Parse("f", out, options(nil))
		require.NoError(t, err, "%s", out)
	})
}

// TestZeroSwitchesOff: the durations that may be 0.
func TestZeroSwitchesOff(t *testing.T) {
	for _, zero := range []string{"0", "0s", "0h"} {
		c, faults := read(t, "policy: {corrected: "+zero+"}")
		require.Empty(t, faults)
		require.Zero(t, c.Policy.Corrected)
	}
}

// TestFaultsOfRoutes: a standing route leads from one team to another, and ends.
func TestFaultsOfRoutes(t *testing.T) {
	for text, want := range map[string]string{
		"{from: Web, to: Payments, for: stall, until: 2026-06-01}":                    "",
		"{from: Web, to: Billing, for: stall, until: 2026-06-01}":                     "",
		"{from: Web, to: Nowhere, for: stall, until: 2026-06-01}":                     `a.yaml:3:28: roster.routes[0].to: there is no team "Nowhere" in roster.teams`,
		"{from: Billing, to: Payments, for: stall, until: 2026-06-01}":                "a.yaml:3:32: roster.routes[0].to: a route leads from one team to another",
		"{from: Web, to: Payments, for: stal, until: 2026-06-01}":                     "a.yaml:3:43: roster.routes[0].for: there is no such detector; did you mean stall?",
		"{from: Web, to: Payments, for: stall}":                                       "a.yaml:3:12: roster.routes[0].until: the day on which it ends is missing",
		"{from: Web, to: Payments, for: stall, until: 2026-06-01, since: 2026-07-01}": `a.yaml:3:57: roster.routes[0].until: "2026-06-01" is not after since`,
		"{from: Web, to: Payments, for: stall, until: 2026-06-01, how: loudly}":       `a.yaml:3:74: roster.routes[0].how: "loudly" is none of agreed`,
	} {
		_, faults := read(t, "roster:\n  teams: [{id: Web}, {id: Payments, aliases: [Billing]}]\n  routes: ["+text+"]\n")
		if want == "" {
			assert.Empty(t, faults, text)
			continue
		}
		assert.Equal(t, []string{want}, faults, text)
	}
	c, faults := read(t, "policy: {routes: {last: 0, liaison: 0, thin: 0}}")
	require.Empty(t, faults)
	require.Zero(t, c.Policy.Routes)
}
