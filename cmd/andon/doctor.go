package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"andon/bot/view"
	"andon/cmd/andon/internal/config"

	"andon/signals"
)

type doctorCmd struct {
	Config     string `help:"Configuration file." placeholder:"FILE" type:"existingfile" short:"c"`
	JSON       bool   `help:"Print the result as JSON."`
	Drift      bool   `help:"Compare the models with the card of andon eval --save however long the history is."`
	FixNothing bool   `help:"Only look: do not even try whether the database takes writes."`
}

// Help is shown by andon doctor --help.
func (doctorCmd) Help() string {
	return `Checks everything that the service needs: the configuration, the database, the queue, each Jira site (account,
fields, scopes, permissions, clock, end of the token), Slack, alerts and the roster. One line for each, with what
to do about it. Where andon eval --journal --save has kept a card, it also says whether the models have become worse since. It changes nothing, and can be run beside a running service. The exit code is 1 when something fails;
warnings are no failures.

Examples:
  andon doctor --config andon.yaml
  andon doctor --config andon.yaml --json | jq '.checks[] | select(.level != "ok")'`
}

// The levels of what a check found.
const (
	levelOK   = "ok"
	levelWarn = "warn"
	levelFail = "FAIL"
)

// checked is what one check found, and what to do about it.
type checked struct {
	Level string `json:"level"`
	What  string `json:"what"`
	Do    string `json:"do,omitempty"`
}

// doctor gathers what the checks find.
type doctor struct {
	c    *config.Config
	now  func() time.Time
	hide []string // secrets, which no line may show
	list []checked
}

// Run checks everything.
func (d *doctorCmd) Run(e *env) error {
	f, err := config.Read(d.Config, configOptions())
	if err != nil {
		return usageError{err}
	}
	doc := &doctor{c: &f.Config, now: time.Now, hide: secretsOf(&f.Config)}
	bar := newProgress(e.err)
	defer bar.done()
	doc.configuration(d.Config, f.Hints)
	bar.stage("checking the database")
	doc.database(e, !d.FixNothing)
	bar.stage("comparing the models with their card")
	doc.drift(e, d.Drift)
	for _, j := range f.Config.Jira {
		bar.stage("asking Jira site " + siteName(j))
		doc.jira(e.ctx, j)
	}
	bar.stage("asking Slack")
	doc.slack(e.ctx)
	doc.alerts()
	doc.roster()
	bar.stage("reading who is on call")
	doc.onCall(e.ctx)
	bar.done()
	if e.ctx.Err() != nil {
		return e.ctx.Err()
	}
	return doc.print(e.out, d.JSON)
}

func (d *doctor) add(level, what, do string) {
	d.list = append(d.list, checked{level, d.clean(what), d.clean(do)})
}

func (d *doctor) ok(format string, args ...any) { d.add(levelOK, fmt.Sprintf(format, args...), "") }

func (d *doctor) warn(do, format string, args ...any) {
	d.add(levelWarn, fmt.Sprintf(format, args...), do)
}

func (d *doctor) fail(do, format string, args ...any) {
	d.add(levelFail, fmt.Sprintf(format, args...), do)
}

// clean makes one line of a text, without secrets and control characters.
func (d *doctor) clean(s string) string {
	for _, secret := range d.hide {
		s = strings.ReplaceAll(s, secret, "(secret)")
	}
	return strings.Join(strings.Fields(view.Plain(s)), " ")
}

// shortest is the least length of a secret that is looked for in what others
// say: a shorter one is found by chance in any sentence.
const shortest = 6

// secretsOf lists the secrets of a configuration, to keep them out of what is
// printed: errors of others may repeat what they were given.
func secretsOf(c *config.Config) (out []string) {
	add := func(list ...config.Secret) {
		for _, s := range list {
			if len(s) >= shortest {
				out = append(out, string(s))
			}
		}
	}
	for _, j := range c.Jira {
		add(j.Token, j.WebhookSecret, j.WebhookSecretOld)
	}
	for _, s := range c.Slack {
		add(s.BotToken, s.AppToken, s.SigningSecret)
	}
	for _, a := range c.Alerts {
		add(a.Token)
	}
	for _, o := range c.OnCall {
		add(o.URL)
	}
	if u, err := url.Parse(c.Database); err == nil {
		password, _ := u.User.Password()
		add(config.Secret(password), config.Secret(u.Query().Get("password")))
	}
	return out
}

// print prints the list, and returns an error when something fails.
func (d *doctor) print(out io.Writer, asJSON bool) error {
	n := map[string]int{}
	for _, x := range d.list {
		n[x.Level]++
	}
	var err error
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		err = enc.Encode(struct {
			OK     bool      `json:"ok"`
			Checks []checked `json:"checks"`
		}{n[levelFail] == 0, d.list})
	} else {
		err = d.text(out, n)
	}
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if n[levelFail] > 0 {
		return errors.New(signals.Counted(n[levelFail], "check") + " failed")
	}
	return nil
}

func (d *doctor) text(out io.Writer, n map[string]int) error {
	var b strings.Builder
	for _, x := range d.list {
		fmt.Fprintf(&b, "%-4s  %s", x.Level, x.What)
		if x.Do != "" {
			b.WriteString(" — " + x.Do)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%d ok, %s, %d failed\n", n[levelOK], signals.Counted(n[levelWarn], "warning"), n[levelFail])
	_, err := io.WriteString(out, b.String())
	return err
}

// configuration tells the hints, and how long words are kept.
func (d *doctor) configuration(path string, hints config.Faults) {
	if path == "" {
		d.warn("name a file with --config, or ANDON_CONFIG", "configuration: no file, these are the defaults")
	} else if len(hints) == 0 {
		d.ok("configuration: %s is in order", path)
	}
	for _, h := range hints {
		d.warn("see docs/configuration.md", "configuration: %s", h.Error())
	}
	days := int(d.c.KeepText / (24 * time.Hour))
	if d.c.KeepText > 365*24*time.Hour {
		d.warn("lower keep_text unless there is a reason to keep them", "text: people's words are kept for %d days", days)
	} else {
		d.ok("text: people's words are kept for %s, then only what was learnt of them", signals.Counted(days, "day"))
	}
	if d.c.Listen == "off" || d.c.Listen == "" {
		d.warn("set listen to HOST:PORT", "listen: off, so there are no health checks, metrics, webhooks and alerts")
	}
}
