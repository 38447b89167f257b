package signals

import "time"

// Delivery is what a source sent, with the events that were derived from it.
// It is the unit that the journal takes: all of it is stored, or nothing.
type Delivery struct {
	Envelope Envelope
	Events   []*Event
	Learn    bool              // history: the models learn from it, and nobody is ever told of it
	Rooms    map[string]string // what channels are called now, by channel id; nil where the source says nothing
	Cursor   Cursor            // how far the source has been read with this; stored together with the events
}

// Cursor is how far a source has been read. A zero one says nothing.
type Cursor struct{ Name, Value string }

// Entry is one event as the journal holds it. Pos is its place in the order in
// which events were accepted, from 1; places may be missing.
type Entry struct {
	Pos   int64
	Learn bool
	*Event
}

// Standing is where a case stands with the loop.
type Standing struct {
	Case   Key
	Last   int64     // place of its latest event
	Looked int64     // place up to which it was judged; 0 for never
	Look   time.Time // when it wants to be looked at next, zero for never
	Posts  int       // or when its room has had so many posts, 0 for never
	Learnt time.Time // time of its latest event that was learnt and not watched
}

// Record is one signal with its ledger and its nudges: a line of the book.
type Record struct {
	Signal *Signal
	Ledger *Ledger
	Nudges []*Nudge
	Raiser string    // who raised it, as the source calls them: whoever pulled the cord, wrote the ask, or opened the case; "" for nobody or unknown
	Again  time.Time // when it was there again after it was solved, zero for never
	Asks   []Asking  // what who raised it was asked, oldest first
	Rule   string    // Rule.ID of the standing route by which its first nudge goes; "" for none
	Over   bool      // nothing further can happen to it
	Rev    int       // how often it was stored, 0 for never; who stores it over a newer one has to look again
}

// Asking is one question to who raised a signal: is it solved? They are asked once
// for each correction of a problem, whatever was found in it.
type Asking struct {
	Of      time.Time // when that was corrected which it asks about
	At      time.Time // when it was decided
	State   State     // Held, Sent, Shadowed (the detector does not speak any more) or Superseded (they are not asked)
	Why     string    // the reason of the state, a sentence
	Look    time.Time // when a held one is looked at again
	Message string    // the message that asks, "" before it is to be said
}

// Told is one message to one person or channel, as the holds count it: several
// nudges may share it.
type Told struct {
	ID     string
	At     time.Time
	Cases  []Key // what it is about
	Nudges int
	Asked  bool // solicited, all of it: does not count against the budget
}

// Wake is a case's wish to be looked at, besides those that it has: the earlier counts.
type Wake struct {
	Case Key
	At   time.Time
}

// Outcome is what one look at a case changed. It is stored as a whole or not at
// all.
type Outcome struct {
	Case   Key
	Looked int64     // place of the latest event of the case that was judged
	Look   time.Time // when to look again, zero for never
	Posts  int       // or when the room has had so many posts, 0 for never
	Wakes  []Wake

	Records []*Record         // new or changed
	Told    map[string][]Told // new or changed messages, by person or channel
	Again   []string          // messages that stand and say something else now
	Spent   map[string]int    // unsolicited nudges about a channel and day: the new count

	// What the decision rests on: the versions of the counters that were read,
	// by person, channel, or channel and day. Where one has moved since, the
	// outcome is stale.
	Rests map[string]int64

	Basis Basis
}

// Basis is what a decision was made with.
type Basis struct {
	Now    time.Time
	Policy string // hash of the policy
	Model  int64  // place in the journal up to which the models had learnt
}

// Outgoing is a message on its way out.
type Outgoing struct {
	Message
	State   State             // Sending while it is under way or to be sent, then Sent, Failed or Superseded
	Why     string            // the reason of the state
	SentRev int               // revision that stands in the copies; 0 for none
	Attempt int               // how often it was claimed
	Begun   time.Time         // when the latest attempt began
	Doubt   bool              // the latest attempt ended without a clear answer
	Dropped map[string]string // nudges that were overtaken before they could be said, with the reason; not stored
	Body    []byte            // what it says, where no nudges make it: a notice
}

// Opinion is what somebody said of a nudge.
type Opinion struct {
	Nudge   string // its key
	By      string // person id
	Verdict string // useful or useless
	Why     string // wrong, noise, late or private; "" for nothing
	At      time.Time
}
