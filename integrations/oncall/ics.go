package oncall

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"andon/signals"
)

// The bounds of one feed: a rota of a hundred teams for a year is far below.
const (
	maxEvents = 20_000
	maxShifts = 20_000
	maxAside  = 50 // what is set aside beyond it is only counted
)

// line is one content line: NAME;PARAM=VALUE:value.
type line struct {
	n      int // number in the file, from 1, of its first physical line
	name   string
	params map[string]string // by name in capitals, without quotes
	value  string
}

// Shift is a time in which somebody is on call, as the feed tells it.
type Shift struct {
	From, Until time.Time
	Emails      []string // of the attendees, in lower case
	Summary     string
	Line        int // of the event's beginning
}

// Schedule is what a feed says of some time.
type Schedule struct {
	Shifts []Shift // by beginning
	Aside  []signals.Reject
	More   int // events that were set aside beyond those in Aside
}

// Read reads the shifts that overlap the time from one moment until another.
// zone is that of whole days and of times without a zone, where the calendar
// names none. What is no calendar at all is an error.
func Read(body []byte, zone *time.Location, from, until time.Time) (Schedule, error) {
	p := &parser{zone: zone, from: from, until: until}
	lines := p.lines(body)
	if len(lines) == 0 || !lines[0].is("BEGIN", "VCALENDAR") {
		return Schedule{}, errors.New("this is no calendar: it does not begin with BEGIN:VCALENDAR")
	}
	if !slices.ContainsFunc(lines, func(l line) bool { return l.is("END", "VCALENDAR") }) {
		return Schedule{}, errors.New("the calendar is cut off: it does not end with END:VCALENDAR")
	}
	p.calendar(lines)
	p.expand()
	slices.SortStableFunc(p.out.Shifts, func(a, b Shift) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return p.out, nil
}

type parser struct {
	zone        *time.Location
	from, until time.Time
	events      []*event
	work        int // days of rules that were gone through
	out         Schedule
}

// aside sets something aside that was not understood.
func (p *parser) aside(n int, raw string, err error) {
	if len(p.out.Aside) == maxAside {
		p.out.More++
		return
	}
	if len(raw) > 200 {
		raw = raw[:200]
	}
	p.out.Aside = append(p.out.Aside, signals.Reject{Where: fmt.Sprintf("line %d", n), Err: err, Raw: []byte(strings.ToValidUTF8(raw, "?"))})
}

// lines unfolds the lines of a file: one that begins with a space or a tab goes
// on with the one before.
func (p *parser) lines(body []byte) (out []line) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	var text strings.Builder
	begun := 0
	flush := func() {
		if s := text.String(); strings.TrimSpace(s) != "" {
			l, err := parseLine(s)
			if l.n = begun; err != nil {
				p.aside(begun, s, err)
			} else {
				out = append(out, l)
			}
		}
		text.Reset()
	}
	n := 0
	for raw := range bytes.SplitSeq(body, []byte("\n")) {
		n++
		raw = bytes.TrimSuffix(raw, []byte("\r"))
		if len(raw) > 0 && (raw[0] == ' ' || raw[0] == '\t') && begun > 0 {
			text.Write(raw[1:])
			continue
		}
		flush()
		begun = n
		text.Write(raw)
	}
	flush()
	return out
}

// parseLine splits a content line. Colons and semicolons between quotes belong
// to a parameter.
func parseLine(s string) (l line, err error) {
	if !utf8.ValidString(s) {
		return l, errors.New("it is not UTF-8")
	}
	quoted, at := false, -1
	var cuts []int
	for i := 0; i < len(s) && at < 0; i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case quoted:
		case s[i] == ';':
			cuts = append(cuts, i)
		case s[i] == ':':
			at = i
		}
	}
	if at < 0 {
		return l, errors.New("it is not of the form NAME:value")
	}
	l.value = s[at+1:]
	cuts = append(cuts, at)
	l.name = strings.ToUpper(strings.TrimSpace(s[:cuts[0]]))
	for i, c := range cuts[:len(cuts)-1] {
		k, v, _ := strings.Cut(s[c+1:cuts[i+1]], "=")
		if l.params == nil {
			l.params = make(map[string]string)
		}
		l.params[strings.ToUpper(strings.TrimSpace(k))] = strings.Trim(v, `"`)
	}
	return l, nil
}

func (l *line) is(name, value string) bool {
	return l.name == name && strings.EqualFold(strings.TrimSpace(l.value), value)
}

// calendar collects the events of a calendar, and its zone.
func (p *parser) calendar(lines []line) {
	for _, l := range lines {
		if l.name != "X-WR-TIMEZONE" {
			continue
		}
		if z, err := loadZone(l.value); err == nil {
			p.zone = z
		} else {
			p.aside(l.n, l.value, err)
		}
		break
	}
	depth := []string{}
	var e *event
	for _, l := range lines {
		switch {
		case l.name == "BEGIN":
			depth = append(depth, strings.ToUpper(strings.TrimSpace(l.value)))
			if len(depth) == 2 && depth[1] == "VEVENT" {
				e = &event{line: l.n}
			}
		case l.name == "END" && len(depth) > 0:
			if len(depth) == 2 && e != nil {
				p.take(e)
				e = nil
			}
			depth = depth[:len(depth)-1]
		case e != nil && len(depth) == 2: // what stands deeper, such as an alarm, has times of its own
			e.lines = append(e.lines, l)
		}
	}
	if e != nil {
		p.aside(e.line, "BEGIN:VEVENT", errors.New("the event does not end"))
	}
}

// take reads an event, or sets it aside.
func (p *parser) take(e *event) {
	if len(p.events) == maxEvents {
		p.aside(e.line, "BEGIN:VEVENT", fmt.Errorf("there are more than %d events", maxEvents))
		return
	}
	if l, err := e.read(p.zone); err != nil {
		p.aside(l.n, l.name+":"+l.value, err)
		if e.uid != "" && !e.recurs.IsZero() { // the series must not be told as if it were not moved
			e.bad = true
			p.events = append(p.events, e)
		}
		return
	}
	p.events = append(p.events, e)
}

// loadZone finds a zone by its IANA name.
func loadZone(name string) (*time.Location, error) {
	name = strings.TrimSpace(name)
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is no IANA time zone", name)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is no IANA time zone", name)
	}
	return z, nil
}

// unescape takes the backslashes out of a text.
func unescape(s string) string {
	return strings.TrimSpace(strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s))
}
