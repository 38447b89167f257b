package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
	"andon/signals"
)

type exampleCmd struct {
	Out        string `help:"Folder to write into; it must be empty." placeholder:"DIR" required:"" type:"path"`
	Seed       int64  `help:"Seed; the same seed gives the same company." default:"1"`
	Weeks      int    `help:"Length of the history in weeks, 2 to 52." default:"6"`
	Issues     int    `help:"About how many Jira issues, at least 100." default:"400"`
	Messages   int    `help:"About how many Slack messages, at least 1000." default:"6000"`
	ConfigOnly bool   `help:"Write only the configuration."`
	Force      bool   `help:"Write into a folder that is not empty; files of the same names are replaced."`
}

// Help is shown by andon example --help.
func (exampleCmd) Help() string {
	return `Writes an invented company: its Jira issues (jira.jsonl), its Slack export (slack/), its people (people.json), the
truth about what went wrong in it (truth.json), and a configuration with its roster (andon.yaml).

Examples:
  andon example --out pennyfern
  andon backtest --jira pennyfern/jira.jsonl --slack pennyfern/slack --config pennyfern/andon.yaml
  andon example --out small --issues 100 --messages 1000 --weeks 2`
}

// Run writes the company.
func (x *exampleCmd) Run(e *env) error {
	if err := x.empty(); err != nil {
		return err
	}
	c, err := company.Generate(company.Options{Seed: x.Seed, Weeks: x.Weeks, Issues: x.Issues, Messages: x.Messages})
	if errors.Is(err, company.ErrOptions) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	text, err := exampleConfig(c)
	if err != nil {
		return err
	}
	if !x.ConfigOnly {
		if err := c.WriteTo(x.Out); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(x.Out, 0o755); err != nil {
		return fmt.Errorf("make folder for the example: %w", err)
	}
	if err := os.WriteFile(filepath.Join(x.Out, "andon.yaml"), text, 0o644); err != nil {
		return fmt.Errorf("write the example's configuration: %w", err)
	}
	return x.tell(e, c)
}

func (x *exampleCmd) tell(e *env, c *company.Company) error {
	if x.ConfigOnly {
		_, err := fmt.Fprintf(e.out, "wrote %s\n", filepath.Join(x.Out, "andon.yaml"))
		return err
	}
	_, err := fmt.Fprintf(e.out, "%s: %d people, %s, %s from %s to %s; wrote %s\nTry: andon backtest --jira %s --slack %s --config %s\n",
		c.Name, len(c.People), signals.Counted(len(c.Issues), "issue"), signals.Counted(c.Truth.Messages, "message"), c.Start.Format(time.DateOnly), c.End.Format(time.DateOnly), x.Out,
		filepath.Join(x.Out, "jira.jsonl"), filepath.Join(x.Out, "slack"), filepath.Join(x.Out, "andon.yaml"))
	return err
}

// empty refuses a folder that holds something.
func (x *exampleCmd) empty() error {
	entries, err := os.ReadDir(x.Out)
	if errors.Is(err, os.ErrNotExist) || err == nil && (len(entries) == 0 || x.Force) {
		return nil
	}
	if err != nil {
		return usageError{fmt.Errorf("look into the folder for the example: %w", err)}
	}
	return usageError{fmt.Errorf("%s is not empty; --force writes into it all the same", x.Out)}
}

// exampleConfig is the configuration of the invented company as a file.
func exampleConfig(c *company.Company) ([]byte, error) {
	body, err := companyConfig(c).YAML()
	if err != nil {
		return nil, err
	}
	head := "# The configuration of " + c.Name + ", an invented company.\n" +
		"# What is not said here has its default: see docs/andon.example.yaml.\n"
	return append([]byte(head), body...), nil
}

// companyConfig is the configuration that an operator of the invented company
// would write: what the organisation knows of itself, nothing of the truth.
func companyConfig(c *company.Company) config.Config {
	out := config.Default()
	site := strings.ToLower(c.Name)
	out.Jira = []config.Jira{{Site: site, URL: "https://" + c.Site, TeamField: "Team", LevelField: "Support Level", Audience: string(signals.Public)}}
	out.Slack = []config.Slack{{Team: site}}
	out.Policy.Levels = companyLevels(c)
	out.Policy.Holidays = companyHolidays(c)
	for i := range c.People {
		addPerson(&out.Roster, &c.People[i])
	}
	for _, t := range c.Teams {
		team := config.Team{ID: t.Name, Lead: personID(t.Lead), Channel: t.ChannelID}
		for _, component := range t.Components {
			team.Owns = append(team.Owns, config.Owned{Component: component})
		}
		out.Roster.Teams = append(out.Roster.Teams, team)
	}
	return out
}

// companyLevels lists the support levels, lowest first, as the teams bear them.
func companyLevels(c *company.Company) []string {
	seen := make(map[string]bool)
	for _, t := range c.Teams {
		seen[t.Level] = true
	}
	return sortedKeys(seen) // L1, L2, L3, Management
}

// companyHolidays are the days off by region; a region is a time zone here.
func companyHolidays(c *company.Company) map[string][]string {
	out := make(map[string][]string)
	for _, p := range c.People {
		out[p.Zone] = []string{}
	}
	for _, h := range c.Holidays {
		regions := h.Zones
		if len(regions) == 0 {
			regions = []string{"all"}
		}
		for _, r := range regions {
			out[r] = append(out[r], h.Date)
		}
	}
	return out
}

func addPerson(r *config.Roster, p *company.Person) {
	id := personID(p.Email)
	entry := config.Person{
		ID: id, Name: p.Name, Jira: []string{p.AccountID}, Slack: []string{p.SlackID}, Team: p.Team, Manager: personID(p.Manager),
		Zone: p.Zone, Hours: fmt.Sprintf("%02d:00-%02d:00", p.From, p.To), Region: p.Zone,
	}
	r.People = append(r.People, entry)
	if p.LeftAt != nil {
		entry.Left, entry.Since = true, dateText(*p.LeftAt)
		r.People = append(r.People, entry)
	}
	for _, a := range p.Away {
		r.Away = append(r.Away, config.Away{Person: id, From: dateText(a.From), Until: dateText(a.To)})
	}
}

// personID is the part of a mail address before the @.
func personID(email string) string {
	id, _, _ := strings.Cut(email, "@")
	return id
}

// dateText writes a moment as a date where it is the beginning of one in UTC.
func dateText(t time.Time) string {
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}
