package signals

import (
	"strconv"
	"strings"
	"time"
)

// Signal is one weakness found in a problem. Occasion is the id of the event
// that opened the condition: as long as the condition lasts it is one signal,
// and a reopening opens a new one.
type Signal struct {
	Detector string
	Problem  Key
	Case     Key // the case in which it was found
	Occasion string
	At       time.Time
	Score    float64  // 0..1, how sure the detector is
	Reason   string   // a sentence that is shown to people as it is
	Evidence []string // ids of events; the first is what the signal is about
	About    string   // the person whom the signal is about or who waits, if any; never shown with figures
	Asked    string   // the person to whom a question was put, if the signal speaks of one that was put to somebody
	Need     Need     // what kind of person can help
	Audience Audience // the narrowest audience of the evidence
	Before   string   // a sentence that says when it was put aside before, never by whom; "" for never
	Seen     []Seen   // solved cases that are like this one, as whom it is told to may know them, the likest first
}

// Seen is an earlier case that was solved and is offered with a signal. It holds
// no words: those are shown as far as they are still kept.
type Seen struct {
	Case  Key
	Said  string    // id of the message that answered it, "" where no message is known to
	At    time.Time // when it was solved
	Score float64   // 0..1, how alike the two are, as the similarity index says
}

// Need says whom a signal is for, which is what routing starts from.
type Need string

// The needs.
const (
	NeedResolver Need = "resolver" // somebody who can solve it
	NeedHolder   Need = "holder"   // the one who holds it now
	NeedLead     Need = "lead"     // the lead of the team that holds it, or that sees the pattern
	NeedEnd      Need = "end"      // the one who holds what the first piece of evidence belongs to, the last issue of a chain
	NeedChannel  Need = "channel"  // the channel as a whole, with one named owner
)

// Key identifies a signal: detector/problem's case/occasion.
func (s *Signal) Key() string {
	return s.Detector + "|" + s.Case.String() + "|" + s.Occasion
}

// State says where a nudge stands. Every state comes with its why.
type State string

// The states of a nudge.
const (
	Shadowed   State = "shadowed"   // written down, not said: the detector is in shadow or preview
	Held       State = "held"       // waits for a better time; looked at again
	Proposed   State = "proposed"   // waits for a human's approval
	Sending    State = "sending"    // claimed by a sender
	Sent       State = "sent"       // Slack has it
	Received   State = "received"   // the person clicked, reacted, replied or wrote in the case: a proxy
	Acted      State = "acted"      // the person acted on the problem
	Ignored    State = "ignored"    // nothing came back in time
	Declined   State = "refused"    // the person said: not me
	Superseded State = "superseded" // overtaken by events before it was said
	Failed     State = "failed"     // could not be delivered
)

// Nudge is one thing to tell one person because of a signal. Its Key makes it
// happen at most once, ever; a reminder is a new step.
type Nudge struct {
	Signal *Signal
	To     string // person or channel id; empty when there is no route
	Owner  string // the one named owner, where To is a channel
	Step   int    // 0 first, then reminders and the next candidates
	State  State
	Why    string // the reason of the state, a sentence
	Route  string // why this person, a sentence
	At     time.Time
	Look   time.Time // when a held nudge is looked at again

	Message string // the message that carries it, once it is said; several nudges may share one
}

// Key is detector/case/occasion/step/person.
func (n *Nudge) Key() string {
	var b strings.Builder
	b.WriteString(n.Signal.Key())
	b.WriteByte('|')
	b.WriteString(strconv.Itoa(n.Step))
	b.WriteByte('|')
	b.WriteString(n.To)
	return b.String()
}

// Message is what Slack shows: many nudges may share one. Copies are the
// places where it stands, each edited when the message changes.
type Message struct {
	ID     string
	Target string // person, channel or group id
	Nudges []string
	Copies []Copy
	Rev    int
}

// Copy is one place where a message stands.
type Copy struct{ Channel, TS string }
