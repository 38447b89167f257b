package alertmanager

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"andon/signals"
)

const (
	labelName      = "alertname"
	annotationBody = "description"
)

// What is kept of an alert, in bytes. The envelope has it whole.
const (
	maxTitle  = 300
	maxText   = 4 << 10
	maxLabel  = 200
	maxName   = 100
	maxLabels = 64
	maxURL    = 2 << 10 // a longer one is left out: half a link leads nowhere
)

// projectLabels name what an alert is about, best first: a service or an
// application is what teams own, a namespace is next to it. job comes last, since
// it is often the exporter that saw the fault and not what is at fault.
var projectLabels = []string{"service", "app", "application", "namespace", "job"}

// reserved are the fields with a meaning of their own. A label of such a name
// says something else than they do, so it gets a name of its own.
var reserved = []string{
	signals.FieldTitle, signals.FieldBody, signals.FieldProject, signals.FieldType, signals.FieldComponent, signals.FieldLabel,
	signals.FieldStatus, signals.FieldPriority, signals.FieldTeam, signals.FieldLevel, signals.FieldHolder, signals.FieldResolution,
	fieldSource, fieldRunbook,
}

// The fields with links: to the expression that fires, and to what to do.
const (
	fieldSource  = "generatorURL"
	fieldRunbook = "runbook_url"
)

// values are the fields that the case of an alert is opened with. Ownership by
// project or component in the roster goes by them.
func (o Options) values(a *alert) []signals.Value {
	var out []signals.Value
	put := func(field, to string) {
		if to != "" {
			out = append(out, signals.Value{Field: field, To: to})
		}
	}
	label := func(name string) string { return clip(clean(a.Labels[name]), maxLabel) }
	put(signals.FieldTitle, title(a))
	put(signals.FieldBody, body(a))
	put(signals.FieldLabel, readable(a))
	project := ""
	for _, name := range append(slices.Clone(projectLabels), labelName) {
		project = cmp.Or(project, label(name))
	}
	put(signals.FieldProject, project)
	put(signals.FieldType, label(labelName))
	put(signals.FieldComponent, label("component"))
	put(signals.FieldPriority, label(o.SeverityLabel))
	put(signals.FieldTeam, label(o.TeamLabel))
	put(fieldSource, link(a.GeneratorURL))
	put(fieldRunbook, link(a.Annotations[fieldRunbook]))
	kept := 0
	for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
		if name == labelName || name == "component" || name == o.SeverityLabel || name == o.TeamLabel || kept == maxLabels {
			continue
		}
		if s := label(name); s != "" {
			put(field(name), s)
			kept++
		}
	}
	return out
}

// field is the name under which a label is kept.
func field(label string) string {
	name := clip(clean(label), maxName)
	if slices.Contains(reserved, name) {
		return "label " + name
	}
	return name
}

// readable tells alerts of one name apart: HighErrorRate/3f2a91.
func readable(a *alert) string {
	name := clip(clean(a.Labels[labelName]), maxName)
	return cmp.Or(name, "alert") + "/" + a.Fingerprint[:min(6, len(a.Fingerprint))]
}

// link returns a web address without the password that may stand in it, or ""
// for anything else.
func link(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User = nil
	if s = u.String(); len(s) > maxURL || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// clean makes one line of a text.
func clean(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// printable drops what no database and no reader wants: control characters
// other than the ends of lines, and bytes that are no UTF-8.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�")))
}

// clip cuts a text to at most so many bytes, between two characters.
func clip(s string, most int) string {
	const mark = "…"
	if len(s) <= most {
		return s
	}
	end := most - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
