package replay

import (
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// DetectorRow is what became of the signals of one detector: of each its first
// nudge is counted once, as it stands at the end.
type DetectorRow struct {
	Name                                               string
	Doc                                                string
	Mode                                               signals.Mode
	Signals, Sent, Held, Superseded, Shadowed, NoRoute int
	Further                                            int // nudges that were said to others after the first, for want of an answer: a history knows no answers to andon
	Reacted, Corrected, Confirmed                      int
	Quiet                                              int // the watch ended without a word of who raised it: not confirmed
	PerWeek                                            float64
}

// TeamRow is how many nudges went to people of a team.
type TeamRow struct {
	Team   string
	Nudges int
	People int // of the team, as far as the history shows; 0 where several small teams were put together
}

// Load is a distribution of counts.
type Load struct {
	Units int // person-days or channel-days with at least one, and for rooms all days with talk
	Mean  float64
	P95   int
	Peak  int
	Total int
}

// EarlyRow is one kind of bad end, and how often a signal had come before.
type EarlyRow struct {
	Outcome     string
	Cases       int
	Before      int     // a signal on the same case came earlier
	Missed      int     // none did
	MedianHours float64 // how much earlier, over Before
	FalseAlarms int     // cases with a signal that came to no bad end
}

// DeathRow is how many signals ended at a stage. Stage is the stage that was
// not reached; "confirmed" with Alive false and Why empty are those that went
// all the way.
type DeathRow struct {
	Stage signals.Stage
	Count int
	Alive int // stand before this stage at the end of the history
	Why   []WhyRow
}

// WhyRow is a reason and how often it was given.
type WhyRow struct {
	Why   string
	Count int
}

// PairRow is a pair of teams that hand over.
type PairRow struct {
	From, To    string
	Handoffs    int
	Back        int // hand-offs in the opposite direction
	MedianHours float64
}

// LongRow is one long path as teams, and its direct route.
type LongRow struct {
	Case     string
	Title    string
	Stays    []Stay
	Handoffs int
	Direct   []string // teams of the direct route
	Hours    float64  // waiting at the teams between
	Why      string
}

// Stay is one team's hold on a case.
type Stay struct {
	Team  string
	Hours float64 // 0 where Small
	Small bool    // the team has too few people for its times to be shown
}

// SampleRow is one signal to be judged by hand. Detector and Reason are left
// empty in a blind sample, which also has rows without a signal.
type SampleRow struct {
	ID       string
	Case     string
	At       time.Time
	Detector string
	Reason   string
	Excerpt  string
	Useful   string // yes, no or empty
}

func (row *DetectorRow) count(rec *decide.Record) {
	row.Signals++
	for _, n := range rec.Nudges {
		if n.Step > 0 {
			if said(n) {
				row.Further++
			}
			continue
		}
		switch n.State {
		case signals.Sent, signals.Received, signals.Acted, signals.Ignored, signals.Declined:
			row.Sent++
		case signals.Held, signals.Proposed:
			row.Held++
		case signals.Superseded:
			row.Superseded++
		case signals.Shadowed:
			row.Shadowed++
		case signals.Failed:
			row.NoRoute++
		}
	}
	for stage, n := range map[signals.Stage]*int{signals.ReactedTo: &row.Reacted, signals.Corrected: &row.Corrected, signals.ConfirmedBy: &row.Confirmed} {
		if rec.Ledger.Reached(stage) {
			*n++
		}
	}
	if rec.Ledger.WentQuiet() {
		row.Quiet++
	}
}
