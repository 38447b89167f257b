package alertmanager

import (
	"cmp"
	"strings"
	"time"

	"andon/signals"
)

// Options says how to read the alerts of one Alertmanager, or of several that
// stand for each other and share a Site. The zero value is usable, but nobody is
// told of its alerts: see Audience.
type Options struct {
	Site string // name in keys and ids, without a slash; default "alertmanager"

	// Audience is who may see the alerts. The zero value is signals.Restricted:
	// where nobody said who may see them, nobody is told.
	Audience signals.Audience

	TeamLabel     string // label with the team that answers for the alert; default "team"
	SeverityLabel string // label that becomes the priority; default "severity"

	MaxBody int64            // greatest body in bytes that the handler takes; default 4 MiB
	Token   string           // bearer token that the handler asks for; "" asks for none
	Now     func() time.Time // the handler's clock; nil is the wall clock
}

const (
	defaultSite     = "alertmanager"
	defaultTeam     = "team"
	defaultSeverity = "severity"
	defaultMaxBody  = 4 << 20 // some 2,000 alerts with many labels
)

// Source is the name of the alerts' envelopes, alerts/SITE.
func (o Options) Source() string { return signals.Alerts + "/" + o.withDefaults().Site }

func (o Options) withDefaults() Options {
	// A slash would make two sites of one: keys are SOURCE/SITE/ID.
	o.Site = cmp.Or(strings.ReplaceAll(o.Site, "/", "-"), defaultSite)
	o.TeamLabel = cmp.Or(o.TeamLabel, defaultTeam)
	o.SeverityLabel = cmp.Or(o.SeverityLabel, defaultSeverity)
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
