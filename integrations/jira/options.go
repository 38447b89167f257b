package jira

import (
	"strings"

	"andon/signals"
)

// Options says how to read the issues of one site. The zero value is usable.
type Options struct {
	Site string // name of the site in keys and ids, without a slash; default "jira"

	// Team and Level are the fields that hold the team and the support level:
	// an id such as customfield_10100, or the name that people see, whatever
	// its case. "" means that there is none.
	Team, Level string

	// Fields are further fields to keep, by id or name. nil keeps every custom
	// field whose value is a text, a number, an option or a name of at most 100
	// characters. A time later than the creation that has no history is left
	// out then, for Jira computes such fields afterwards.
	Fields []string

	// Done are the names of the statuses that mean closed; nil stands for
	// DefaultDone. The present status of an issue counts too when Jira files it
	// under the category "done". A live watcher should name all statuses of that
	// category: an old changelog shows their names only.
	Done []string

	// Audience is who may see an issue without a security level; the zero value
	// stands for signals.Public.
	Audience signals.Audience

	// AudienceOf is who may see the issues of a project, by its key, for a site
	// whose projects are not open to everybody alike; see Client.Audiences. nil:
	// Audience holds for all. Otherwise a project that is not in it is
	// signals.Restricted, and Audience counts for nothing.
	AudienceOf map[string]signals.Audience

	// MaxLine is the greatest length of an issue in bytes, default 64 MiB. A
	// longer one is rejected without being held in memory.
	MaxLine int
}

// DefaultDone are the names of closed statuses in Jira's own workflows and in
// common ones, lower case.
var DefaultDone = []string{
	"done", "closed", "resolved", "completed", "complete", "cancelled", "canceled",
	"rejected", "declined", "won't do", "won't fix", "duplicate", "abandoned",
}

const (
	defaultSite    = "jira"
	defaultMaxLine = 64 << 20
	maxShort       = 100      // longest value of another field that is kept, in bytes
	maxRejects     = 1000     // rejects and warnings that a report holds
	maxRaw         = 64 << 10 // bytes of a reject that are kept
	maxWords       = 1 << 16  // strings that a reader remembers to share them
	maxWord        = 64       // longest string that is shared
	maxNesting     = 10_000   // deepest JSON that is looked at
	bombFactor     = 16       // a line of more than so many MaxLine ends the reading
)

// UnknownText is the text of a comment from its creation until its edit: Jira
// keeps only what it says now.
const UnknownText = "…"

// Report tells what a reader met.
type Report struct {
	Issues, Events int
	Rejects        []signals.Reject // the first 1,000; their raw form is cut to 64 KiB
	Rejected       int              // all of them
	Warnings       []string         // the first 1,000
	Warned         int              // all of them
}

func (r *Report) reject(x signals.Reject) {
	r.Rejected++
	if len(r.Rejects) < maxRejects {
		r.Rejects = append(r.Rejects, x)
	}
}

func (r *Report) warn(w string) {
	r.Warned++
	if len(r.Warnings) < maxRejects {
		r.Warnings = append(r.Warnings, w)
	}
}

func (o Options) withDefaults() Options {
	if o.Site == "" {
		o.Site = defaultSite
	}
	if o.Audience == signals.Restricted {
		o.Audience = signals.Public
	}
	if o.MaxLine <= 0 {
		o.MaxLine = defaultMaxLine
	}
	if o.Done == nil {
		o.Done = DefaultDone
	}
	return o
}

// wants reports whether the operator named the field.
func (o *Options) wants(id, name string) bool {
	for _, f := range o.Fields {
		if f == id || strings.EqualFold(f, name) {
			return true
		}
	}
	return false
}
