package eventlog

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"andon/signals"
)

// Mapping says what the columns of a log mean. Columns are named as in the
// first row of the file; letter case and spaces around a name do not matter.
// Case and Time are required.
type Mapping struct {
	Site string // part of every id, so that several logs fit side by side; "log" when empty

	Case, Time        string
	Activity          string // what was done
	Person            string // who holds the case; also who did the row, where Actor is not mapped
	Team, Level       string
	Priority, Status  string
	Title, Component  string
	Opener            string // who raised the case, read from its first row; unknown where not mapped
	Actor             string // who did the row
	Fields            []string
	Closed            []string // activities or statuses that close a case; a later row with another one reopens it
	Missing           []string // values that stand for an empty cell, such as "?" or "NULL"
	Sparse            bool     // an empty cell means: as before. Otherwise it means: no value
	TimeLayouts       []string // layouts of package time, tried in order; common unambiguous ones when empty
	Zone              string   // IANA name of the zone of times without one; UTC when empty
	Comma             rune     // found out from the first row when zero
	Audience          signals.Audience
	MaxRows, MaxBytes int64 // bounds of the log, unpacked; DefaultMaxRows and DefaultMaxBytes when 0
}

// The bounds of a log.
const (
	DefaultMaxRows  = 20_000_000
	DefaultMaxBytes = 16 << 30
)

func (m Mapping) withDefaults() Mapping {
	m.Site = cmp.Or(m.Site, "log")
	m.MaxRows = cmp.Or(m.MaxRows, DefaultMaxRows)
	m.MaxBytes = cmp.Or(m.MaxBytes, DefaultMaxBytes)
	return m
}

// validate finds what is wrong with a mapping before the file is opened.
func (m Mapping) validate() (*time.Location, error) {
	var errs []error
	if m.Case == "" || m.Time == "" {
		errs = append(errs, errors.New("the mapping names no column for the case or for the time"))
	}
	if strings.Contains(m.Site, "/") {
		errs = append(errs, fmt.Errorf("site %q: a slash divides the parts of ids", m.Site))
	}
	if m.Comma == '"' || m.Comma == '\n' || m.Comma == '\r' || m.Comma > 127 {
		errs = append(errs, fmt.Errorf("comma %q cannot separate columns", m.Comma))
	}
	zone, err := time.LoadLocation(m.Zone)
	if m.Zone == "Local" {
		err = errors.New("it differs from one computer to the next")
	}
	if err != nil {
		errs = append(errs, fmt.Errorf("zone %q: %w", m.Zone, err))
	}
	return zone, errors.Join(errs...)
}

// column is one mapped column: where it stands in a row and what its change is.
type column struct {
	at     int
	kind   signals.Kind
	field  string
	person bool // its values are ids of persons
	silent bool // its change is no event
}

// layout is a mapping laid over the first row of a file.
type layout struct {
	caseAt, timeAt                  int
	columns                         []column
	title, activity, status         int // positions in columns, or -1
	holder, actor, opener, headings int
}

// lay finds the mapped columns in the first row: those of exactly the name, else
// those that differ in letter case only. The error tells all that are missing,
// each with the nearest name there is, and all that stand there more than once.
func (m Mapping) lay(head []string) (*layout, error) {
	var errs []error
	find := func(name string) int {
		at, times := position(head, name)
		switch {
		case times == 0:
			errs = append(errs, fmt.Errorf("no column %q; the nearest is %q", name, nearest(name, head)))
		case times > 1:
			errs = append(errs, fmt.Errorf("column %q stands there %d times; give each a name of its own", name, times))
		}
		return at
	}
	l := &layout{caseAt: find(m.Case), timeAt: find(m.Time), headings: len(head)}
	add := func(name string, c column) int {
		if name == "" {
			return -1
		}
		c.at = find(name)
		l.columns = append(l.columns, c)
		return len(l.columns) - 1
	}
	l.holder = add(m.Person, column{kind: signals.Assigned, field: signals.FieldHolder, person: true})
	add(m.Team, column{kind: signals.TeamMoved, field: signals.FieldTeam})
	add(m.Level, column{kind: signals.LevelMoved, field: signals.FieldLevel})
	l.status = add(m.Status, column{kind: signals.Status, field: signals.FieldStatus})
	add(m.Priority, column{kind: signals.Priority, field: signals.FieldPriority})
	l.title = add(m.Title, column{kind: signals.Edited, field: signals.FieldTitle})
	add(m.Component, column{kind: signals.Edited, field: signals.FieldComponent})
	for _, name := range m.Fields {
		add(name, column{kind: signals.Edited, field: strings.TrimSpace(name)})
	}
	l.activity = add(m.Activity, column{kind: signals.Edited, field: FieldActivity})
	l.opener = add(m.Opener, column{person: true, silent: true})
	l.actor = add(m.Actor, column{person: true, silent: true})
	if l.actor < 0 {
		l.actor = l.holder
	}
	return l, errors.Join(errs...)
}

// position returns where a column is and how many have that name.
func position(head []string, name string) (at, times int) {
	name = strings.TrimSpace(name)
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		at, times = -1, 0
		for i, h := range head {
			if same(strings.TrimSpace(h), name) {
				if times++; at < 0 {
					at = i
				}
			}
		}
		if times > 0 {
			break
		}
	}
	return at, times
}

// FieldActivity is the field of the Edited event that a row makes which changed
// no other column.
const FieldActivity = "activity"

// nearest returns the name with the smallest edit distance, letter case aside.
// Of long names the first 100 bytes are compared.
func nearest(name string, among []string) string {
	best, least := "", -1
	for _, s := range among {
		if d := signals.Distance(short(name), short(strings.TrimSpace(s))); least < 0 || d < least {
			best, least = strings.TrimSpace(s), d
		}
	}
	return clip(best)
}

func short(s string) string { return strings.ToLower(s[:min(len(s), 100)]) }

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}
