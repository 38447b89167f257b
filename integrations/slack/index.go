package slack

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// Channel is a channel as an export's index files describe it, on the day of
// the export.
type Channel struct {
	ID      string // made by signals.ID
	Name    string
	Kind    Kind
	Folder  string // where its day files are
	Created time.Time
	Creator string   // person id
	Members []string // person ids
	Shared  bool     // with another workspace
}

// Kind is the kind of a channel.
type Kind string

// The kinds of channels, by the file that lists them.
const (
	PublicChannel  Kind = "channels"
	PrivateChannel Kind = "groups"
	GroupMessage   Kind = "mpims"
	DirectMessage  Kind = "dms"
	UnknownChannel Kind = "" // a folder that no file lists
)

// Private reports whether only its members see the channel.
func (c Channel) Private() bool {
	return c.Kind == PrivateChannel || c.Kind == GroupMessage || c.Kind == DirectMessage
}

// DefaultAudience is everybody for a public channel, its members for a private
// one, and nobody for a channel of unknown kind.
func DefaultAudience(c Channel) signals.Audience {
	switch {
	case c.Kind == PublicChannel:
		return signals.Public
	case c.Private():
		return signals.MembersOf(c.ID)
	}
	return signals.Restricted
}

// Person is a user as users.json describes them, on the day of the export:
// Deleted is no word about the past.
type Person struct {
	ID          string // made by signals.ID, as in the events
	Name        string // the handle
	RealName    string
	Email, Zone string // Zone is an IANA name
	Bot         bool
	Deleted     bool
	Restricted  bool // a guest
	Stranger    bool // of another workspace
}

// users reads users.json. Without it nobody is known to be a bot but those who
// post as one.
func (x *exporter) users(l *layout) {
	x.space = workspace{Team: x.options.Team, Bots: make(map[string]bool), Known: make(map[string]bool)}
	e := l.index["users.json"]
	if e == nil {
		x.report.warn("%susers.json is missing: nobody's name is known", l.root)
		return
	}
	x.objects(e, func(where string, v gjson.Result) {
		id := scalar(v.Get("id"))
		if id == "" {
			x.report.reject(where, errors.New("a user without an id"), []byte(v.Raw))
			return
		}
		if x.space.Known[id] {
			x.report.warn("%s: user %s is listed twice", where, clip(id))
			return
		}
		x.space.Known[id] = true
		bot := v.Get("is_bot").Bool() || v.Get("is_workflow_bot").Bool()
		if bot {
			x.space.Bots[id] = true
		}
		profile := v.Get("profile")
		x.report.People = append(x.report.People, Person{
			ID: x.space.person(id), Bot: bot || id == slackbot,
			Name:     strings.Clone(cmp.Or(scalar(v.Get("name")), scalar(profile.Get("display_name")))),
			RealName: strings.Clone(cmp.Or(scalar(v.Get("real_name")), scalar(profile.Get("real_name")))),
			Email:    strings.Clone(scalar(profile.Get("email"))), Zone: strings.Clone(scalar(v.Get("tz"))),
			Deleted: v.Get("deleted").Bool(), Stranger: v.Get("is_stranger").Bool(),
			Restricted: v.Get("is_restricted").Bool() || v.Get("is_ultra_restricted").Bool(),
		})
	})
	x.report.Users = len(x.report.People)
}

// channels returns the channels that are listed or have a folder, in the order
// of their folders.
func (x *exporter) channels(l *layout) []Channel {
	listed := make(map[string]Channel) // by folder
	for _, kind := range []Kind{PublicChannel, PrivateChannel, GroupMessage, DirectMessage} {
		e := l.index[string(kind)+".json"]
		if e == nil {
			continue
		}
		x.objects(e, func(where string, v gjson.Result) {
			c, err := x.listed(v, kind, l)
			if err != nil {
				x.report.reject(where, err, []byte(v.Raw))
				return
			}
			if old, ok := listed[c.Folder]; ok {
				x.report.warn("%s: folder %s belongs to %s, too; the more private one is taken", where, c.Folder, old.ID)
			}
			listed[c.Folder] = c // kinds come from open to private
		})
	}
	for folder := range l.days {
		if _, ok := listed[folder]; !ok {
			listed[folder] = Channel{ID: signals.ID(signals.Slack, x.options.Team, folder), Name: folder, Folder: folder}
		}
	}
	out := make([]Channel, 0, len(listed))
	for _, c := range listed {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Channel) int { return cmp.Compare(a.Folder, b.Folder) })
	x.report.Names = make(map[string]string, len(out))
	for _, c := range out {
		x.report.Names[c.ID] = c.Name
		if c.Kind == UnknownChannel {
			x.report.warn("no file lists the channel of folder %s: the folder's name is taken for its id, and nobody may see it", c.Folder)
		}
	}
	return out
}

// listed reads one entry of an index file. Day files are in a folder of the
// channel's name, or of its id where it has no name.
func (x *exporter) listed(v gjson.Result, kind Kind, l *layout) (Channel, error) {
	id, name := strings.Clone(scalar(v.Get("id"))), strings.Clone(scalar(v.Get("name")))
	id = cmp.Or(id, name)
	if id == "" || strings.Contains(id, "/") {
		return Channel{}, fmt.Errorf("a channel without a usable id (%q)", clip(id))
	}
	c := Channel{
		ID: signals.ID(signals.Slack, x.options.Team, id), Name: cmp.Or(name, id), Kind: kind, Folder: cmp.Or(name, id),
		Created: created(v.Get("created")), Creator: x.space.person(scalar(v.Get("creator"))),
		Shared: v.Get("is_ext_shared").Bool() || v.Get("is_shared").Bool(),
	}
	if l.days[c.Folder] == nil && l.days[id] != nil {
		c.Folder = id
	}
	v.Get("members").ForEach(func(_, m gjson.Result) bool {
		if who := x.space.person(scalar(m)); who != "" {
			c.Members = append(c.Members, who)
		}
		return true
	})
	return c, nil
}

// created reads seconds or milliseconds; an absurd time is zero.
func created(v gjson.Result) time.Time {
	n := v.Int()
	if n > 100_000_000_000 {
		n /= 1000
	}
	t := time.Unix(n, 0).UTC()
	if t.Before(earliest) || !t.Before(latest) {
		return time.Time{}
	}
	return t
}

// members are the Joined events of a direct message's members, at its
// creation, or at its first day where that is unknown.
func (r *room) members(c Channel, days []*entry, report *Report) []*signals.Event {
	at := c.Created
	if at.IsZero() && len(days) > 0 {
		at, _ = time.Parse(time.DateOnly, strings.TrimSuffix(path.Base(days[0].name), ".json"))
	}
	if at.IsZero() {
		report.warn("channel %s: its %d members are left out, because its age is unknown", c.Name, len(c.Members))
		return nil
	}
	var out []*signals.Event
	for i, who := range c.Members {
		out = append(out, &signals.Event{
			ID: c.ID + "/member/" + signals.Bare(who), Case: r.caseKey(), Kind: signals.Joined, At: at, To: who,
			Seq: signals.Seq{Entry: at.UnixMicro(), Item: int32(i)}, Audience: r.Audience,
		})
	}
	return out
}
