package signals

import (
	"cmp"
	"strings"
)

// The sources that andon reads.
const (
	Jira   = "jira"
	Slack  = "slack"
	Alerts = "alerts"
	Log    = "log" // CSV event logs
	Own    = "andon"
	Drills = "drill" // cases that practise the chain, see Drill
)

// Key is the identity of a case. ID is what the source itself never changes:
// the numeric issue id in Jira, CHANNEL/ROOT_TS in Slack, the fingerprint of an
// alert. Readable names such as PAY-17 are labels, not identities.
type Key struct {
	Source string
	Site   string // Jira site or Slack team; several must fit side by side
	ID     string
}

// String returns SOURCE/SITE/ID, which is also the prefix of the ids of the
// case's events.
func (k Key) String() string { return k.Source + "/" + k.Site + "/" + k.ID }

// IsZero reports whether the key names nothing.
func (k Key) IsZero() bool { return k == Key{} }

// ParseKey is the inverse of Key.String. ok is false when s has not three parts.
func ParseKey(s string) (k Key, ok bool) {
	source, rest, ok1 := strings.Cut(s, "/")
	site, id, ok2 := strings.Cut(rest, "/")
	if !ok1 || !ok2 || source == "" || id == "" {
		return Key{}, false
	}
	return Key{Source: source, Site: site, ID: id}, true
}

// CompareKeys orders keys by source, site and id.
func CompareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Site, b.Site), cmp.Compare(a.ID, b.ID))
}

// ID makes the id of a person or a channel, SOURCE/SITE/LOCAL. An empty local
// part stays empty: nobody has no id.
func ID(source, site, local string) string {
	if local == "" {
		return ""
	}
	return source + "/" + site + "/" + local
}

// Bare returns what the source itself calls an id made by ID: the part behind
// the second slash, or s unchanged when there is none.
func Bare(s string) string {
	_, rest, ok := strings.Cut(s, "/")
	if !ok {
		return s
	}
	_, local, ok := strings.Cut(rest, "/")
	if !ok {
		return s
	}
	return local
}

// SlackThread makes the key of a Slack thread; root is the ts of its first message.
func SlackThread(team, channel, root string) Key {
	return Key{Source: Slack, Site: team, ID: channel + "/" + root}
}

// Channel returns the id of the Slack channel that the case lives in, as made
// by ID, or "" for a case of another source.
func (k Key) Channel() string {
	if k.Source != Slack {
		return ""
	}
	channel, _, _ := strings.Cut(k.ID, "/")
	return ID(Slack, k.Site, channel)
}

// IsGone reports whether an id stands for somebody who was forgotten: who it was
// is not known any more.
func IsGone(id string) bool { return strings.HasPrefix(Bare(id), "gone:") }

// IsBot reports whether an actor is a program: readers give programs ids whose
// local part begins with "bot:".
func IsBot(actor string) bool { return strings.HasPrefix(Bare(actor), "bot:") }
