package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
	"andon/signals"
)

func model(t *testing.T) *kong.Kong {
	t.Helper()
	k, err := kong.New(&cli{}, kong.Name("andon"), kong.DefaultEnvars("ANDON"), kong.Vars{"version": version})
	require.NoError(t, err)
	return k
}

// namesFlags requires that a guide names every flag of a command.
func namesFlags(t *testing.T, guide, command string) {
	t.Helper()
	n := 0
	for _, c := range model(t).Model.Leaves(false) {
		if c.Name != command {
			continue
		}
		for _, f := range c.Flags {
			require.Contains(t, guide, "--"+f.Name)
			n++
		}
	}
	require.NotZero(t, n, "andon has no command %s with flags", command)
}

func TestEveryFlagHasATwinInTheEnvironment(t *testing.T) {
	for _, c := range model(t).Model.Leaves(false) {
		for _, f := range c.Flags {
			want := "ANDON_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
			require.Equal(t, []string{want}, f.Envs, "%s --%s", c.Name, f.Name)
			require.NotEmpty(t, f.Help, "%s --%s", c.Name, f.Name)
		}
		if c.Name != "version" {
			require.Contains(t, c.Detail, "Examples:\n  ", "%s --help", c.Name)
		}
	}
}

// TestBashCompletion lets bash itself complete.
func TestBashCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here: install it to run this")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "two words.json"), nil, 0o600))
	script := bashScript(commandsOf(model(t).Model.Node))
	complete := func(words ...string) []string {
		line := script + "\nCOMP_WORDS=(andon"
		for _, w := range words {
			line += " " + quoted(w)
		}
		line += "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _andon; printf '%s\\n' \"${COMPREPLY[@]}\""
		cmd := exec.Command(bash, "--norc", "-c", line)
		cmd.Dir = dir
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		require.NoError(t, err, errs.String())
		require.Empty(t, errs.String())
		return strings.Fields(strings.ReplaceAll(string(out), "two words", "two-words"))
	}
	for _, c := range []struct {
		words, want []string
	}{
		{[]string{"ba"}, []string{"backtest"}},
		{[]string{""}, []string{"serve", "import", "export", "migrate", "doctor", "lint", "forget", "healthcheck", "backtest", "demo", "eval", "replay", "simulate", "check-config", "manifest", "example", "completion", "version", "--help"}},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish", "--help"}},
		{[]string{"replay", "--outp"}, []string{"--outputs"}},
		{[]string{"replay", "--outputs", "ri"}, []string{"risk"}},
		{[]string{"replay", "--outputs", "signals,ro"}, []string{"signals,routes"}},
		{[]string{"replay", "--outputs", "=", "led"}, []string{"ledger"}},
		{[]string{"replay", "--jira", ""}, []string{"two-words.json"}},
		{[]string{"replay", "--jira", "=", "tw"}, []string{"two-words.json"}},
		{[]string{"replay", "-c", "two"}, []string{"two-words.json"}},
		{[]string{"example", "--weeks", ""}, nil},
		{[]string{"replay", "--jira", "a", "--st"}, []string{"--strict"}},
	} {
		got := complete(c.words...)
		if len(c.want) == 0 {
			require.Empty(t, got, "%q", c.words)
			continue
		}
		require.ElementsMatch(t, c.want, got, "%q", c.words)
	}
}

// TestOtherShells asks a shell for the syntax of its script.
func TestOtherShells(t *testing.T) {
	for shell, script := range map[string]string{"zsh": zshScript(commandsOf(model(t).Model.Node)), "fish": fishScript(commandsOf(model(t).Model.Node))} {
		for _, c := range model(t).Model.Leaves(true) {
			require.Contains(t, script, c.Name)
			for _, f := range c.Flags {
				if !f.Hidden {
					require.Contains(t, script, f.Name)
				}
			}
		}
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skip("there is no " + shell + " here: install it to run this")
			}
			cmd := exec.Command(path, "-n")
			cmd.Stdin = strings.NewReader(script)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
		})
	}
}

func TestExampleConfigIsRead(t *testing.T) {
	for seed := range int64(3) {
		c, err := company.Generate(company.Options{Seed: seed + 1, Issues: 100, Messages: 1000, Weeks: 4})
		require.NoError(t, err)
		text, err := exampleConfig(c)
		require.NoError(t, err)
		f, err := config.Parse("andon.yaml", text, configOptions())
		require.NoError(t, err)
		require.Empty(t, f.Hints)
		require.Equal(t, companyConfig(c), f.Config)
		checkOrg(t, c, &f.Config)
	}
}

// checkOrg looks whether the roster says of each person what the company says.
func checkOrg(t *testing.T, c *company.Company, cfg *config.Config) {
	t.Helper()
	events, err := cfg.OrgEvents()
	require.NoError(t, err)
	org, err := signals.FoldOrg(cfg.Policy, events, c.End)
	require.NoError(t, err)
	require.Len(t, org.People, len(c.People))
	gone := 0
	for _, p := range c.People {
		who := org.Person(signals.ID(signals.Jira, cfg.JiraSite(), p.AccountID))
		require.NotNil(t, who)
		require.Equal(t, p.Name, who.Name)
		require.Same(t, who, org.Person(signals.ID(signals.Slack, cfg.SlackTeam(), p.SlackID)))
		require.NotNil(t, org.Team(who.Team))
		ok, why, _ := org.Available(who.ID, c.End.Add(1e9))
		if p.LeftAt != nil {
			gone++
			require.Equal(t, "has left the company", why)
			continue
		}
		require.True(t, ok, why)
		for _, a := range p.Away {
			away, _ := org.Away(who.ID, a.From)
			back, _ := org.Away(who.ID, a.To)
			require.True(t, away && !back)
		}
	}
	require.Positive(t, gone)
}

// TestSummaryNamesEveryThreshold keeps the summary and the policy together.
func TestSummaryNamesEveryThreshold(t *testing.T) {
	s := summarize("", config.File{Config: config.Default()}, nil)
	found := 0
	for _, d := range s.Detectors {
		found += len(d.Thresholds)
	}
	want := 0
	for i := range reflect.TypeFor[signals.Thresholds]().NumField() {
		want += reflect.TypeFor[signals.Thresholds]().Field(i).Type.NumField()
	}
	require.Equal(t, want, found, "a threshold whose section bears no detector's name")
}
