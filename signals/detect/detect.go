// Package detect finds weaknesses: one file per weakness, and the table of them.
//
// A detector is a pure function from a Snapshot to signals. It sees one case
// as it stands now, the problem that the case belongs to, the channel around
// it, what was learnt so far, and the organisation as of now; nothing else. It
// says why in a sentence that people read as it is, and names its evidence by
// event id. Silence is not an event, so a detector that waits for something
// asks to be woken with LookAt or LookAfter.
//
// The package does not decide who is told, or whether anybody is (signals/decide),
// and it does not own the words it looks for (signals/text).
package detect

import (
	"time"

	"andon/signals"
)

// Detector is one weakness: its name, what it means in a sentence, and the
// function that finds it. Sources names the sources whose cases it can look at.
type Detector struct {
	Name    string
	Doc     string
	Sources []string
	Likes   bool // asks Models.Alike, which needs the similarity index
	Risks   bool // asks Foreteller.Foretell, which needs the risk model
	Detect  func(*Snapshot) []signals.Signal
}

// Snapshot is all that a detector may look at.
type Snapshot struct {
	Case    *signals.Case    // the case that is looked at
	Problem *signals.Problem // the problem it belongs to; Case is one of its cases
	Event   *signals.Event   // the event that led here, nil when time alone did
	Room    *signals.Room    // the channel of a chat case, nil elsewhere
	Models  Models
	Kin     signals.Kin // the issues that it is linked to; nil where nobody can tell
	Org     *signals.Org
	Now     time.Time

	wakeAt    time.Time
	wakeAfter int
}

// Models is what was learnt so far, as far as the detectors need it.
type Models interface {
	// Read returns what a text says: parsed, with its cues found. It is kept for
	// the event, so that asking again costs nothing.
	Read(p *signals.Post) *Reading
	// Alike returns earlier cases that are like c, most alike first, at most k.
	Alike(c *signals.Case, k int) []Like
	// Handoffs returns the number of team hand-offs that the share q of the closed
	// cases of a project did not exceed, and how many cases that rests on.
	Handoffs(project string, q float64) (handoffs, cases int)
	// Habit returns what is usual in a project.
	Habit(project, priority string) Habit
	// ProblemWeights are the weights of the problem model, nil for the shipped ones.
	ProblemWeights() ProblemWeights
}

// Habit is what is usual in a project, learnt from its public cases; in one
// that is still too young for a figure, from those of all projects. Times are
// wall clock, 0 where too little is known.
type Habit struct {
	Closed int           // cases that were closed
	Held   int           // those of them that a person held before the entry that closed them
	Answer time.Duration // nine in ten hand-offs and changes of status were followed by a sign of somebody within this
	Wait   time.Duration // three in four cases of that priority found a holder within this
}

// HoldersNamed reports whether it is the custom to name a holder for open
// cases. It is not where fewer than half of at least 20 closed cases had one
// before the entry that closed them: there, having no holder tells nothing.
func (h *Habit) HoldersNamed() bool { return h.Closed < 20 || 2*h.Held >= h.Closed }

// Like is an earlier case and how alike it is, 0 to 1.
type Like struct {
	Case  *signals.Case
	Score float64
	Words []string // what the two share, best first
}

// LookAt asks to be woken at t if nothing happens before. The earliest wish
// counts. Times are kept to the microsecond, so a finer one is put off to the next.
func (s *Snapshot) LookAt(t time.Time) {
	if whole := t.Truncate(time.Microsecond); whole.Before(t) {
		t = whole.Add(time.Microsecond)
	}
	if t.After(s.Now) && (s.wakeAt.IsZero() || t.Before(s.wakeAt)) {
		s.wakeAt = t
	}
}

// LookAfter asks to be woken when so many more posts have been written in the
// room. The smallest wish counts.
func (s *Snapshot) LookAfter(posts int) {
	if posts > 0 && (s.wakeAfter == 0 || posts < s.wakeAfter) {
		s.wakeAfter = posts
	}
}

// Wake returns when the detectors wish to look again, zero for never, and after
// how many further posts in the room, 0 for never.
func (s *Snapshot) Wake() (at time.Time, posts int) { return s.wakeAt, s.wakeAfter }

// Policy returns the policy as of now.
func (s *Snapshot) Policy() *signals.Policy { return &s.Org.Policy }

// Signal begins a signal about the snapshot's case.
func (s *Snapshot) Signal(detector, occasion string, score float64, reason string, evidence ...string) signals.Signal {
	return signals.Signal{
		Detector: detector, Problem: s.Problem.ID, Case: s.Case.Key, Occasion: occasion, At: s.Now,
		Score: min(1, max(0, score)), Reason: reason, Evidence: evidence, Need: signals.NeedResolver,
	}
}

// All is the table of detectors, in the order in which their signals are shown.
// person_ping_pong is off unless the policy turns it on.
func All() []Detector {
	return []Detector{
		LongPath, PingPong, PersonPingPong, Climb, Stall, Orphan, AtRisk, BlockedChain, Downgraded, CameBack,
		UnansweredAsk, BouncedAsk, Deflected, UntrackedProblem, Echo, Workaround, Hedged, QuietIncident, Flapping, Cord,
	}
}

// Find returns the detector of that name.
func Find(name string) (Detector, bool) {
	for _, d := range append(All(), Drill) {
		if d.Name == name {
			return d, true
		}
	}
	return Detector{}, false
}
