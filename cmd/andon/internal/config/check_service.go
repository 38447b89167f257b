package config

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// channelID is the form of Slack's own ids of channels.
var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]+$`)

// service checks what serves as a whole.
func (k *checker) service() {
	k.database()
	if k.c.Listen != "" && k.c.Listen != "off" {
		_, port, err := net.SplitHostPort(k.c.Listen)
		if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
			k.fault("listen", "%s is no HOST:PORT such as 127.0.0.1:8080, nor off", k.show("listen"))
		}
	}
	if k.given("keep_text") && k.c.KeepText < 24*time.Hour {
		k.fault("keep_text", "text has to be kept for a day at least, or nothing can be judged")
	}
	if k.c.Admin != "" && !channelID.MatchString(k.c.Admin) {
		k.fault("admin", "%s is no id of a channel, such as C0123456789: Slack shows it at the foot of the channel's details", k.show("admin"))
	}
	k.digest()
}

// digest checks where and when the weekly digest is said.
func (k *checker) digest() {
	d := &k.c.Digest
	if strings.HasPrefix(d.Channel, "#") {
		k.fault("digest.channel", "%s is the name of a channel; its id is wanted, such as C0123456789", k.show("digest.channel"))
	}
	k.oneOf(strings.ToLower(d.Day), "digest.day", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
	if d.Hour < 0 || d.Hour > 23 {
		k.fault("digest.hour", "%s is no hour of a day, 0 to 23", k.show("digest.hour"))
	}
	k.zone(d.Zone, "digest.zone")
}

// listening checks what a Slack workspace is watched by.
func (k *checker) listening(s *Slack, at string) {
	if s.SigningSecretOld != "" && s.SigningSecret == "" {
		k.fault(at+".signing_secret_old", "there is an old secret and no present one")
	}
	k.filled(s.Channels, at+".channels")
	for i, p := range s.Channels {
		where := fmt.Sprintf("%s.channels[%d]", at, i)
		if _, err := path.Match(p, ""); err != nil || strings.HasPrefix(p, "#") {
			k.fault(where, "%s is neither the id of a channel nor a pattern of names such as inc-*", k.show(where))
		}
		if p == "*" {
			k.hint(where, "andon joins every public channel; people like to be asked")
		}
	}
	k.filled(s.Shared, at+".shared")
}

func (k *checker) database() {
	db := k.c.Database
	file, lite := strings.CutPrefix(db, "sqlite:")
	switch {
	case lite && file == "":
		k.fault("database", "the path of the database file is missing behind sqlite:")
	case lite:
	case strings.HasPrefix(db, "postgres://"), strings.HasPrefix(db, "postgresql://"):
		u, err := url.Parse(db)
		if err != nil || u.Path == "" || u.Path == "/" {
			k.fault("database", "this is no address such as postgres://andon@db.example/andon")
			return
		}
		if _, has := u.User.Password(); has && k.from["database"] == inFile {
			k.hint("database", "the address holds a password in the file itself; ${ENV} keeps it out")
		}
	default:
		k.fault("database", "this is neither sqlite:PATH nor postgres://USER@HOST/NAME")
	}
}

// live checks what the live watcher of a Jira site needs.
func (k *checker) live(j *Jira, at string) {
	k.filled(j.Watch, at+".watch")
	for i, q := range j.Watch {
		if strings.Contains(strings.ToLower(q), "order by") {
			k.fault(fmt.Sprintf("%s.watch[%d]", at, i), "a scope has no ORDER BY: andon orders it itself")
		}
	}
	if k.given(at+".poll") && j.Poll < 10*time.Second {
		k.fault(at+".poll", "asking more often than every 10s helps nobody; webhooks make it quicker")
	}
	if _, err := Date(j.TokenExpires); err != nil {
		k.fault(at+".token_expires", "%v", err)
	}
	if len(j.Watch) > 0 && j.URL == "" {
		k.hint(at+".watch", "there is nothing to watch without a url")
	}
	if j.WebhookSecretOld != "" && j.WebhookSecret == "" {
		k.fault(at+".webhook_secret_old", "there is an old secret and no present one")
	}
	seen := make(map[string]string)
	for i, w := range j.WriteBack {
		p := fmt.Sprintf("%s.write_back[%d]", at, i)
		k.need(w.Project, p+".project", "the key of the project")
		k.unique(seen, w.Project, p+".project", "project")
		if w.Customers && w.Role != "" {
			k.fault(p+".role", "a comment is for the customers or for a role, not both")
		}
		if !w.Comment && !w.RemoteLink {
			k.hint(p, "neither comment nor remote_link is true, so nothing is written")
		}
	}
	k.filled(j.Tickets, at+".tickets")
}

func (k *checker) alerts() {
	sites := make(map[string]string)
	for i, a := range k.c.Alerts {
		at := fmt.Sprintf("alerts[%d]", i)
		site := or(a.Site, "alertmanager")
		k.unique(sites, site, at+".site", "site")
		k.part(site, at+".site")
		k.oneOf(or(a.Audience, string(signals.Public)), at+".audience", string(signals.Public), "restricted")
		if a.Token == "" {
			k.hint(at+".token", "without a token whoever reaches the address can send alerts")
		}
	}
}
