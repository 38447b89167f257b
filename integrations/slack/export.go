package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"andon/signals"
)

// ExportOptions says how an export is read. The zero value reads all of it.
type ExportOptions struct {
	Team     string                                 // workspace id, part of every id; "slack" when empty
	Audience func(channel Channel) signals.Audience // who may see a channel; DefaultAudience when nil, see ID of Channel
	Skip     func(channelName string) bool          // channels that are left out

	MaxFile  int64 // uncompressed bytes of one file; DefaultMaxFile when 0. A larger file is rejected
	MaxTotal int64 // uncompressed bytes of all files; DefaultMaxTotal when 0. A larger export is an error
	MaxFiles int   // number of files; DefaultMaxFiles when 0. More are an error
}

// The bounds of an export. The largest real day files are of some ten MiB, and
// an export of 100,000 channel days has as many files.
const (
	DefaultMaxFile  = 256 << 20
	DefaultMaxTotal = 64 << 30
	DefaultMaxFiles = 2_000_000
)

func (o ExportOptions) withDefaults() ExportOptions {
	o.Team = cmp.Or(o.Team, "slack")
	if o.Audience == nil {
		o.Audience = DefaultAudience
	}
	o.MaxFile = cmp.Or(o.MaxFile, DefaultMaxFile)
	o.MaxTotal = cmp.Or(o.MaxTotal, DefaultMaxTotal)
	o.MaxFiles = cmp.Or(o.MaxFiles, DefaultMaxFiles)
	return o
}

// Report says what was read, and what was not. Ids are made by signals.ID.
type Report struct {
	Channels, Files int // channels and day files read
	Users           int
	Messages        int            // messages understood, with those that are skipped
	Events          int            // events made of them
	Skipped         map[string]int // messages of which nothing is made, by subtype, or "repeated"
	Rejected        int            // messages and files that could not be read
	Rejects         []signals.Reject
	Warnings        []string
	Names           map[string]string // channel id -> name
	People          []Person          // users.json, in its order
}

// Bounds of what a Report keeps, so that a broken export does not fill memory.
const (
	maxRejects  = 1000
	maxWarnings = 200
	maxRaw      = 2048
)

func (r *Report) reject(where string, err error, raw []byte) {
	r.Rejected++
	if len(r.Rejects) < maxRejects {
		r.Rejects = append(r.Rejects, signals.Reject{Where: where, Err: err, Raw: slices.Clone(raw[:min(len(raw), maxRaw)])})
	}
}

func (r *Report) warn(format string, args ...any) {
	switch n := len(r.Warnings); {
	case n < maxWarnings:
		r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
	case n == maxWarnings:
		r.Warnings = append(r.Warnings, "there are more warnings; they are left out")
	}
}

func (r *Report) skip(why string) {
	if r.Skipped == nil {
		r.Skipped = make(map[string]int)
	}
	r.Skipped[why]++
}

// ReadExport reads a workspace export, a folder or a .zip, and hands the events
// of each day file to emit, sorted. Channels come in the order of their folders
// and days in the order of their names, so that the events of one channel are
// in order but for edits, which may lie after the next day's messages. An error
// of emit ends the reading and is wrapped. Memory is bounded by the
// largest day file.
//
// A file or a message that cannot be read is counted and kept in the report;
// the messages of a broken file that stand before the break are read. An error
// says that the export as a whole cannot be read; the report tells how far it came.
//
// Members of private channels are those of the day of the export: they are
// reported as Joined at the channel's creation, the only time that is known.
func ReadExport(ctx context.Context, path string, o ExportOptions, emit func(events []*signals.Event) error) (Report, error) {
	o = o.withDefaults()
	if strings.Contains(o.Team, "/") {
		return Report{}, fmt.Errorf("read Slack export %s: workspace id %q: a slash divides the parts of ids", path, o.Team)
	}
	a, err := openArchive(path, o)
	if err != nil {
		return Report{}, fmt.Errorf("read Slack export %s: %w", path, err)
	}
	defer a.close()
	x := &exporter{archive: a, options: o, emit: emit}
	if err := x.read(ctx); err != nil {
		return x.report, fmt.Errorf("read Slack export %s: %w", path, err)
	}
	return x.report, nil
}

// exporter is one reading of an export.
type exporter struct {
	archive *archive
	options ExportOptions
	emit    func([]*signals.Event) error
	report  Report
	space   workspace
}

func (x *exporter) read(ctx context.Context) error {
	l, err := x.layout()
	if err != nil {
		return err
	}
	x.users(l)
	channels := x.channels(l)
	for _, c := range channels {
		if x.options.Skip != nil && x.options.Skip(c.Name) {
			continue
		}
		if err := x.channel(ctx, c, l.days[c.Folder]); err != nil {
			return err
		}
	}
	if len(x.report.Names) > 0 && x.report.Messages == 0 {
		x.report.warn("no message was read")
	}
	return nil
}

// channel reads one channel: its members, then its days. Who is in a direct
// message never changes. The members of a private channel are those of the
// day of the export, which is no word about the past: there only joining
// messages tell, and whoever writes.
func (x *exporter) channel(ctx context.Context, c Channel, days []*entry) error {
	r := &room{workspace: &x.space, Channel: signals.Bare(c.ID), Audience: x.options.Audience(c)}
	if c.Kind == DirectMessage || c.Kind == GroupMessage {
		if err := x.hand(r.members(c, days, &x.report)); err != nil {
			return err
		}
	}
	if len(days) > 0 {
		x.report.Channels++
	}
	for _, day := range days {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := x.day(r, day); err != nil {
			return err
		}
	}
	return nil
}

// day reads one day file. What is broken in it is reported; only the bound on
// the whole export and emit end the reading.
func (x *exporter) day(r *room, file *entry) error {
	raw, err := x.archive.read(file)
	if errors.Is(err, errTotal) {
		return fmt.Errorf("%s: %w", file.name, err)
	}
	var events []*signals.Event
	if err == nil || len(raw) > 0 {
		var broken error
		events, broken = r.day(file.name, raw, &x.report)
		if err == nil {
			err = broken
		}
	}
	if err != nil {
		x.report.reject(file.name, err, raw)
	} else {
		x.report.Files++
	}
	return x.hand(events)
}

func (x *exporter) hand(events []*signals.Event) error {
	if len(events) == 0 {
		return nil
	}
	events = signals.Sort(events)
	x.report.Events += len(events)
	return x.emit(events)
}
