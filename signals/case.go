package signals

import (
	"slices"
	"strings"
	"time"
)

// Post is one message or comment as it reads now: edits applied, reactions
// gathered. A deleted post is taken out of its case.
type Post struct {
	Event     *Event // the Said event
	Text      string // what it says now
	EditedAt  time.Time
	Reactions []Reaction
}

// Reaction is one emoji of one person on a post. Undated says that the source
// did not tell when it was put there.
type Reaction struct {
	Emoji, By string
	At        time.Time
	Undated   bool
}

// Link is one explicit link of a case to another.
type Link struct {
	To   Key
	Type string // the source's name of the link, such as Duplicate
	At   time.Time

	Phrase string // how it reads from this end, such as "is blocked by"; the type where the source does not tell
	Event  string // id of the event that told of it
}

// Case is what one source knows of one thing, folded from its events. It is
// read-only for everybody but Apply.
type Case struct {
	Key     Key
	Label   string   // readable name, such as PAY-17; the key's id where there is none
	Aliases []string // earlier labels: an issue that moved between projects

	Project    string // Jira project or Slack channel id
	Type       string
	Parent     string // readable name of the epic or issue that it is part of; the id where the source tells no name
	Title      string
	Body       string
	Components []string
	Fields     map[string]string // every other field by its name, present value

	Opener     string // the originator
	Opened     time.Time
	Status     string
	Priority   string
	Resolution string
	Holder     string
	Team       string
	Level      string

	ClosedAt time.Time // zero while open
	Closer   string    // who closed it
	Closes   int
	Reopens  int
	Gone     bool // deleted at the source, or an issue hidden from us

	Path  Path // who held it; see Path.Teams and Path.Persons
	Posts []*Post
	Links []Link

	Entries int       // things that happened, counted as the source counts them: creation and history entries, not comments
	Last    time.Time // time of the latest event
	Active  time.Time // time of the latest event that a human made on the matter: reactions and joins left out

	events    []*Event
	lastEntry int64
	mixed     bool             // not all events are public
	byID      map[string]*Post // nil as long as there are few posts
}

// Fold makes a case from its events, in whatever order and however often they
// were heard. The slice is sorted in place. The cost is linear in the number of
// events when they are in order already.
func Fold(events []*Event) *Case {
	c := &Case{}
	for _, e := range Sort(events) {
		c.Apply(e)
	}
	return c
}

// Events returns the events that were applied, in order. The slice belongs to
// the case.
func (c *Case) Events() []*Event { return c.events }

// Open reports whether the case is neither closed nor gone.
func (c *Case) Open() bool { return c.ClosedAt.IsZero() && !c.Gone }

// Apply folds the next event in. It reports false, and changes nothing, when e
// is not later than what was applied already: then the case has to be folded
// again from all its events. A repeated event is accepted and ignored when it
// is the latest one.
func (c *Case) Apply(e *Event) bool {
	if n := len(c.events); n > 0 {
		switch o := CompareEvents(c.events[n-1], e); {
		case c.events[n-1].ID == e.ID:
			return true
		case o > 0:
			return false
		}
	} else {
		c.Key, c.lastEntry = e.Case, -1
		if c.Label == "" {
			c.Label = e.Case.ID
		}
		c.Opened, c.Opener = e.At, e.Actor
		c.Project = e.Case.Channel()
	}
	c.events = append(c.events, e)
	c.mixed = c.mixed || e.Audience != Public
	c.Last = e.At
	if e.Counts() && e.Seq.Entry != c.lastEntry {
		c.Entries++
		c.lastEntry = e.Seq.Entry
	}
	if e.Kind != Reacted && e.Kind != Joined && !e.Kind.Answers() {
		c.Active = e.At
	}
	c.apply(e)
	return true
}

// Counts reports whether the source counts e as a step of the case's
// history: creation and field changes, not talk.
func (e *Event) Counts() bool {
	switch e.Kind {
	case Snoozed, Useless, Helped, Approved:
		return false
	case Said, Reacted, Joined, Deleted, Firing, Recovered:
		return e.Case.Source == Log
	case Edited:
		return e.Ref == ""
	}
	return true
}

func (c *Case) apply(e *Event) {
	if c.Gone && e.Kind != Deleted && c.Key.Source == Jira {
		c.Gone = false // it was hidden from us and is there again
	}
	switch e.Kind {
	case Opened:
		c.open(e)
	case Assigned:
		c.Holder = e.To
		c.hold(e)
	case TeamMoved:
		c.Team = e.To
		c.hold(e)
	case LevelMoved:
		c.Level = e.To
		c.hold(e)
	case Status:
		c.Status = e.To
	case Priority:
		c.Priority = e.To
	case Said, Pulled:
		if e.Text != "" {
			c.post(&Post{Event: e, Text: e.Text})
		}
	case Edited:
		c.edit(e)
	case Deleted:
		c.remove(e)
	case Reacted:
		c.react(e)
	case Linked:
		if to, ok := ParseKey(e.Ref); ok {
			c.Links = append(c.Links, Link{To: to, Type: e.Field, At: e.At, Phrase: e.linkPhrase(), Event: e.ID})
		}
	case Unlinked:
		c.Links = slices.DeleteFunc(c.Links, func(l Link) bool { return l.To.String() == e.Ref && l.Type == e.Field })
	case Closed:
		c.ClosedAt, c.Closer, c.Resolution = e.At, e.Actor, e.To
		c.Closes++
	case Reopened:
		c.ClosedAt, c.Closer, c.Resolution = time.Time{}, "", ""
		c.Reopens++
	}
}

func (c *Case) open(e *Event) {
	c.Opener, c.Opened, c.Title = e.Actor, e.At, e.Text
	for _, v := range e.Set {
		c.set(v.Field, v.To)
	}
	if c.Holder != "" || c.Team != "" || c.Level != "" {
		c.hold(e)
	}
}

// set gives a field its value, without moving the path.
func (c *Case) set(field, to string) {
	switch field {
	case FieldTitle:
		c.Title = to
	case FieldBody:
		c.Body = to
	case FieldProject:
		c.Project = to
	case FieldType:
		c.Type = to
	case FieldComponent:
		c.Components = append(c.Components[:len(c.Components):len(c.Components)], to)
	case FieldLabel:
		c.relabel(to)
	case FieldStatus:
		c.Status = to
	case FieldPriority:
		c.Priority = to
	case FieldTeam:
		c.Team = to
	case FieldLevel:
		c.Level = to
	case FieldHolder:
		c.Holder = to
	case FieldResolution:
		c.Resolution = to
	case FieldParent: // it is no property of the case by which others are like it
		c.Parent = to
	default:
		if IsParent(field) {
			c.Parent = to
		}
		if c.Fields == nil {
			c.Fields = make(map[string]string)
		}
		c.Fields[field] = to
	}
}

// fieldEpic is what Jira calls the field that holds the epic of an issue where it
// is not the parent yet.
const fieldEpic = "Epic Link"

// IsParent reports whether a field holds what a case is part of.
func IsParent(field string) bool { return field == FieldParent || strings.EqualFold(field, fieldEpic) }

// linkPhrase is how a link reads from the case that the event belongs to: the
// words between "This issue" and the other end.
func (e *Event) linkPhrase() string {
	if phrase, ok := strings.CutPrefix(e.Text, "This issue "); ok {
		if i := strings.LastIndexByte(phrase, ' '); i > 0 {
			return phrase[:i]
		}
	}
	return e.Field
}

func (c *Case) relabel(to string) {
	if c.Label != "" && c.Label != c.Key.ID && c.Label != to {
		c.Aliases = append(c.Aliases, c.Label)
	}
	c.Label = to
}

// fewPosts is up to how many posts are looked through one by one.
const fewPosts = 64

// For returns the case as v may know it: folded again from the events that v
// may see, or the case itself where v may see them all. A case of which v may
// see nothing has no events.
func (c *Case) For(v Viewer) *Case {
	if v.All || !c.mixed && !v.Guest {
		return c
	}
	visible := v.Visible(c.events)
	if len(visible) == len(c.events) {
		return c
	}
	out := Fold(slices.Clone(visible))
	if len(visible) == 0 {
		out.Key = c.Key
	}
	return out
}
