// Package config reads andon's one YAML file: strictly, all faults at once,
// each with its line and column, none with a secret in it. It owns the file's
// form, the defaults of the sources, and the way secrets come in (${ENV} and
// *_file).
//
// It does not own the policy's defaults (signals.DefaultPolicy), nor the names
// of detectors and word lists, which the caller passes in. It does not use what
// it read: wiring does (cmd/andon).
//
// The way of a file: syntax.go makes YAML nodes of the bytes, walk.go checks
// them against the Go types by their koanf tags and expands the environment,
// load.go lays the result over the defaults with koanf, secrets.go reads the
// secret files, check*.go judge what the values mean. encode.go goes the other
// way.
package config

import (
	"strings"
	"time"

	"andon/signals"
)

// Config is the whole file.
type Config struct {
	Database string        `koanf:"database"`  // sqlite:PATH or postgres://...
	Listen   string        `koanf:"listen"`    // HOST:PORT of health, metrics and webhooks; "off" for none
	KeepText time.Duration `koanf:"keep_text"` // how long message text is kept
	Admin    string        `koanf:"admin"`     // Slack channel for notices about andon itself
	Admins   []string      `koanf:"admins"`    // ids of people of the roster who may change how loud andon is
	Digest   Digest        `koanf:"digest"`

	Jira   []Jira              `koanf:"jira"`
	Slack  []Slack             `koanf:"slack"`
	Alerts []Alerts            `koanf:"alerts"`
	Events []Events            `koanf:"events"`
	Policy signals.Policy      `koanf:"policy"`
	Roster Roster              `koanf:"roster"`
	OnCall []OnCall            `koanf:"oncall"`
	Owning []Ownership         `koanf:"ownership"`
	Words  map[string][]string `koanf:"words"` // cue list -> phrases to add, or to take out with a leading "-"

	claims   map[string][]signals.Owned // by team id: what the files of Owning say besides the roster
	disputes []Dispute
}

// Jira is one Jira site.
type Jira struct {
	Site       string   `koanf:"site"`
	URL        string   `koanf:"url"`
	User       string   `koanf:"user"`
	Token      Secret   `koanf:"token"`
	TokenFile  string   `koanf:"token_file"`
	TeamField  string   `koanf:"team_field"`
	LevelField string   `koanf:"level_field"`
	Fields     []string `koanf:"fields"`
	Done       []string `koanf:"done"`
	Audience   string   `koanf:"audience"` // public (default), project or restricted: of issues without a security level

	Watch        []string      `koanf:"watch"`         // JQL, one scope each
	Poll         time.Duration `koanf:"poll"`          // how often Jira is asked
	TokenExpires string        `koanf:"token_expires"` // a date

	WebhookSecret        Secret `koanf:"webhook_secret"`
	WebhookSecretFile    string `koanf:"webhook_secret_file"`
	WebhookSecretOld     Secret `koanf:"webhook_secret_old"` // still accepted during a rotation
	WebhookSecretOldFile string `koanf:"webhook_secret_old_file"`

	WriteBack []WriteBack `koanf:"write_back"`
	Tickets   []string    `koanf:"tickets"` // keys of the projects in which people may create tickets
}

// WriteBack is what andon writes on the issues of one project when a signal is
// confirmed or a direct route was taken. Nothing is written where it is not named.
type WriteBack struct {
	Project    string `koanf:"project"`
	Comment    bool   `koanf:"comment"`
	Customers  bool   `koanf:"customers"` // the customers of a service desk may read the comment, not its agents alone
	Role       string `koanf:"role"`      // the comment is for this project role only
	RemoteLink bool   `koanf:"remote_link"`
}

// Alerts is one sender of alerts in Alertmanager's webhook format.
type Alerts struct {
	Site          string `koanf:"site"`
	Token         Secret `koanf:"token"`
	TokenFile     string `koanf:"token_file"`
	TeamLabel     string `koanf:"team_label"`
	SeverityLabel string `koanf:"severity_label"`
	Audience      string `koanf:"audience"` // public (default) or restricted
}

// Slack is one Slack workspace.
type Slack struct {
	Team              string `koanf:"team"`
	BotToken          Secret `koanf:"bot_token"`
	BotTokenFile      string `koanf:"bot_token_file"`
	AppToken          Secret `koanf:"app_token"`
	AppTokenFile      string `koanf:"app_token_file"`
	SigningSecret     Secret `koanf:"signing_secret"`
	SigningSecretFile string `koanf:"signing_secret_file"`

	SigningSecretOld     Secret `koanf:"signing_secret_old"` // still accepted during a rotation
	SigningSecretOldFile string `koanf:"signing_secret_old_file"`

	Command      string   `koanf:"command"`
	URL          string   `koanf:"url"`           // address of Slack's API
	Channels     []string `koanf:"channels"`      // ids and name patterns such as inc-* of public channels that andon joins by itself
	Shared       []string `koanf:"shared"`        // ids of channels shared with another organisation that are read all the same
	ManagerField string   `koanf:"manager_field"` // label of the profile field that holds the manager
}

// Digest is where and when the weekly digest is said.
type Digest struct {
	Channel string `koanf:"channel"` // id of a Slack channel
	Leads   bool   `koanf:"leads"`   // the leads of teams get theirs as a direct message
	Day     string `koanf:"day"`     // of the week
	Hour    int    `koanf:"hour"`    // of that day, in Zone and for leads in their own
	Zone    string `koanf:"zone"`    // IANA zone; the policy's when empty
}

// Weekday is the day of the week of the digest.
func (d *Digest) Weekday() time.Weekday {
	for w := time.Sunday; w <= time.Saturday; w++ {
		if d.Day != "" && strings.EqualFold(w.String()[:3], d.Day) {
			return w
		}
	}
	return time.Monday
}

// Events is one form of CSV event log: which column holds what.
type Events struct {
	Site      string   `koanf:"site"`
	Case      string   `koanf:"case"`
	Time      string   `koanf:"time"`
	Activity  string   `koanf:"activity"`
	Person    string   `koanf:"person"`
	Team      string   `koanf:"team"`
	Level     string   `koanf:"level"`
	Priority  string   `koanf:"priority"`
	Status    string   `koanf:"status"`
	Title     string   `koanf:"title"`
	Component string   `koanf:"component"`
	Opener    string   `koanf:"opener"`
	Actor     string   `koanf:"actor"`
	Fields    []string `koanf:"fields"`
	Missing   []string `koanf:"missing"` // values that stand for an empty cell
	Sparse    bool     `koanf:"sparse"`  // an empty cell means: as before
	Layouts   []string `koanf:"time_layouts"`
	Zone      string   `koanf:"zone"`
	Comma     string   `koanf:"comma"`
	Closed    []string `koanf:"closed"`
}

// Roster is who is who. Entries with since take effect at that date.
type Roster struct {
	People []Person `koanf:"people"`
	Teams  []Team   `koanf:"teams"`
	Away   []Away   `koanf:"away"`
	Routes []Route  `koanf:"routes"`
}

// Route is a signals.Rule as the file gives it.
type Route struct {
	From  string `koanf:"from"`  // id or alias of the team that sees it
	To    string `koanf:"to"`    // of the team that can solve it
	For   string `koanf:"for"`   // name of the detector
	Since string `koanf:"since"` // default always
	Until string `koanf:"until"` // it does not count from then on
	How   string `koanf:"how"`   // agreed, where two teams agreed on it in Slack
}

// Person is a signals.Person as the file gives it.
type Person struct {
	ID       string   `koanf:"id"`
	Name     string   `koanf:"name"`
	Email    string   `koanf:"email"` // finds accounts that are not named
	Jira     []string `koanf:"jira"`  // account ids, SITE/ID where there are several sites
	Slack    []string `koanf:"slack"` // user ids, TEAM/ID where there are several workspaces
	Team     string   `koanf:"team"`
	Manager  string   `koanf:"manager"`
	Backup   string   `koanf:"backup"`
	Zone     string   `koanf:"zone"`
	Hours    string   `koanf:"hours"`
	Days     string   `koanf:"days"`
	Region   string   `koanf:"region"`
	External bool     `koanf:"external"`
	Left     bool     `koanf:"left"`
	OptedOut bool     `koanf:"opted_out"`
	Since    string   `koanf:"since"`
}

// Team is a signals.Team as the file gives it.
type Team struct {
	ID      string   `koanf:"id"`
	Aliases []string `koanf:"aliases"`
	Lead    string   `koanf:"lead"`
	Channel string   `koanf:"channel"`
	Zone    string   `koanf:"zone"`
	Owns    []Owned  `koanf:"owns"`
	Since   string   `koanf:"since"`
}

// Owned is a signals.Owned as the file gives it.
type Owned struct {
	Project   string   `koanf:"project"`
	Component string   `koanf:"component"`
	Channel   string   `koanf:"channel"`
	Words     []string `koanf:"words"`
	Person    string   `koanf:"person"`
}

// OnCall is one calendar that says who is on call for a team: at an address,
// which holds a secret as a rule, or in a file.
type OnCall struct {
	Team    string `koanf:"team"`
	URL     Secret `koanf:"url"`
	URLFile string `koanf:"url_file"`
	File    string `koanf:"file"`   // relative to the configuration
	Person  string `koanf:"person"` // email (default) or summary: what names who is on call
	Zone    string `koanf:"zone"`   // of whole days, where the calendar names none; the team's when empty
}

// Ownership is one file in which engineers keep who owns what, read beside the
// roster, which goes before it.
type Ownership struct {
	Backstage  string            `koanf:"backstage"`  // path of a catalog file, relative to the configuration
	Codeowners string            `koanf:"codeowners"` // path of a CODEOWNERS file, likewise
	Teams      map[string]string `koanf:"teams"`      // what an owner is called there -> id or alias of a team
}

// Away is one absence.
type Away struct {
	Person string `koanf:"person"`
	From   string `koanf:"from"`
	Until  string `koanf:"until"`
	Backup string `koanf:"backup"`
}

// Default is the configuration without a file.
func Default() Config {
	return Config{Policy: signals.DefaultPolicy(), Database: "sqlite:andon.db", Listen: "127.0.0.1:8080", KeepText: 30 * 24 * time.Hour, Digest: Digest{Day: "mon", Hour: 9}}
}
