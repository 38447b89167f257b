package signals

import (
	"cmp"
	"slices"
	"time"
)

// Envelope is what a source sent, untouched. It is kept so that events can be
// derived again when the derivation improves.
type Envelope struct {
	Source   string
	ID       string // the source's own id of the delivery
	Received time.Time
	Body     []byte
}

// Kind says what happened. It is a string so that stored values are immune to
// renumbering.
type Kind string

// The kinds of events. Unless stated otherwise From and To are the values
// before and after, empty where there was none.
const (
	Opened     Kind = "opened"    // Actor raised the case; Text is its title, Set holds the fields it was created with
	Assigned   Kind = "assigned"  // the holder changed; From and To are person ids
	TeamMoved  Kind = "team"      // the holding team changed; From and To are team names
	LevelMoved Kind = "level"     // the support level changed
	Status     Kind = "status"    // the workflow status changed
	Priority   Kind = "priority"  // the priority changed
	Said       Kind = "said"      // Actor wrote Text: a message or a comment
	Edited     Kind = "edited"    // Field changed; for a message Ref is the event id of the original and Text what it says now
	Deleted    Kind = "deleted"   // the message Ref was taken back, or the whole case when Ref is empty
	Linked     Kind = "linked"    // the case was linked to the case whose Key.String is Ref; Field is the link type
	Unlinked   Kind = "unlinked"  // such a link was removed
	Joined     Kind = "joined"    // To joined the channel (Field "left": went away)
	Reacted    Kind = "reacted"   // Actor put emoji To on the message Ref (Field "removed": took it away; Field "undated": At is the message's time, the true time is unknown)
	Claimed    Kind = "claimed"   // Actor said: I am on it
	Refused    Kind = "refused"   // Actor said: not me; To is whom they named instead
	Muted      Kind = "muted"     // Actor muted detector Field ("" = all) until To (RFC 3339) in scope Ref ("" = everywhere), from From (RFC 3339; "" = at once); without an Actor it is muted for everybody
	Snoozed    Kind = "snoozed"   // Actor asks to be told again at To (RFC 3339) of what they were told about the case
	Useless    Kind = "useless"   // Actor said that a nudge about the case was not useful: Field is why (wrong, noise, late or private), Ref the nudge's key
	Helped     Kind = "helped"    // Actor said whether a solved case that a nudge offered was it: Ref is the nudge's key, To the case's Key.String (Field "no": it was not)
	Approved   Kind = "approved"  // Actor approved the proposed nudge whose key is Ref (Field "no": refused it)
	Pulled     Kind = "pulled"    // Actor pulled the cord; Ref is the message, Text what they said, To whom they named as who can help
	Firing     Kind = "firing"    // an alert fires
	Recovered  Kind = "recovered" // an alert healed
	Closed     Kind = "closed"    // the case was resolved or declared solved; To is the resolution
	Reopened   Kind = "reopened"  // the case was opened again
	Confirmed  Kind = "confirmed" // the originator says it is solved
	Denied     Kind = "denied"    // the originator says it still happens (Field "partly": a part of it; Text is what is left)
	RosterSet  Kind = "roster"    // the organisation changed: Field "person", "team", "account", "own", "hint", "oncall" or "rule", To its id, Text its JSON ("" removes it); of an account an Identity, of own a Personal, of a hint a Hint, of oncall a Duty, of rule a Rule
	PolicySet  Kind = "policy"    // the policy changed; Text is its JSON
	AwaySet    Kind = "away"      // To is absent from From until Text (RFC 3339), Ref is the backup; with a Text that is not after From they are back
	ModeSet    Kind = "mode"      // detector Field has mode To in scope Ref ("" = everywhere); To "" takes that back
	Drilled    Kind = "drill"     // Actor plans a drill of channel or project Ref at To (RFC 3339); Field is DrillHidden, DrillPostponed or DrillOff, with Text as the reason
	Watched    Kind = "watched"   // Actor said that channel Ref is watched (Field "off": that it is not)
)

// Organises reports whether events of the kind speak of the organisation and not
// of a case.
func (k Kind) Organises() bool {
	switch k {
	case RosterSet, PolicySet, AwaySet, ModeSet, Muted, Joined, Watched:
		return true
	}
	return false
}

// Partly is the Field of a Denied event by which who raised it says that only a
// part of it is solved.
const Partly = "partly"

// Answers reports whether events of the kind are said to andon about a nudge and
// are no step of the case itself.
func (k Kind) Answers() bool { return k == Snoozed || k == Useless || k == Helped || k == Approved }

// Seq is the source's own order of things that bear the same time: the numeric
// id of the history entry or the message, then the index of the item in it.
type Seq struct {
	Entry int64
	Item  int32
}

// Value is one field of a case at its creation.
type Value struct{ Field, To string }

// Event is one thing that happened. ID is made from the source's own ids, so
// that hearing of it twice is harmless. Actor is the source's id of a person
// (see ID); who that is, is resolved at decision time from the roster.
type Event struct {
	ID       string
	Case     Key
	Seq      Seq
	Kind     Kind
	Actor    string
	At       time.Time
	Field    string
	From, To string
	Text     string
	Ref      string
	Set      []Value // Opened only
	Audience Audience
}

// CompareEvents orders events by (At, Seq, ID).
func CompareEvents(a, b *Event) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Seq.Entry, b.Seq.Entry), cmp.Compare(a.Seq.Item, b.Seq.Item), cmp.Compare(a.ID, b.ID))
}

// Sort orders events and drops repeated ids, in place. The result shares
// memory with events. Events that are in order already cost one pass.
func Sort(events []*Event) []*Event {
	if !slices.IsSortedFunc(events, CompareEvents) {
		slices.SortFunc(events, CompareEvents)
	}
	return slices.CompactFunc(events, func(a, b *Event) bool { return a.ID == b.ID })
}

// Fields with a meaning of their own in Value.Field and Event.Field. Every
// other field is named as the source shows it to people.
const (
	FieldTitle      = "summary"
	FieldBody       = "description"
	FieldProject    = "project"
	FieldType       = "type"
	FieldComponent  = "component" // one Value each
	FieldLabel      = "label"     // the readable name of the case, such as PAY-17
	FieldStatus     = "status"
	FieldPriority   = "priority"
	FieldTeam       = "team"
	FieldLevel      = "level"
	FieldHolder     = "assignee"
	FieldResolution = "resolution"
	FieldParent     = "parent" // the readable name of the epic or issue that it is part of
)
