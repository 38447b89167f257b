package company

import "time"

// Truth is what is really going on.
type Truth struct {
	Planted   []Planted  `json:"planted"`
	Negatives []Negative `json:"hard_negatives"`
	// Messages and Ordinary count the talk in Slack: all of it, and what belongs to no planted condition.
	Messages int `json:"messages"`
	Ordinary int `json:"ordinary"`
}

// Planted is one weak signal or long path that a good watcher finds.
type Planted struct {
	Kind     string `json:"kind"`     // the story, such as "wander"
	Detector string `json:"detector"` // the detector that should fire
	// Also lists detectors that may fire on the same case with good reason; they count neither as found nor as false.
	Also []string `json:"also,omitempty"`
	// Case is "jira:KEY" or "slack:CHANNEL_ID/ROOT_TS". Where several cases tell of one condition (an echo, a quiet channel), a
	// signal on any of Cases finds it; Case is among them.
	Case    string    `json:"case"`
	Cases   []string  `json:"cases,omitempty"`
	Channel string    `json:"channel,omitempty"` // Slack channel id
	Event   string    `json:"event"`             // history id, comment id, "created", or message ts: when it became true
	At      time.Time `json:"at"`
	// Until is when it ended (a late answer, an assignee found at last); absent when it never did.
	Until *time.Time `json:"until,omitempty"`
	// Resolvers can solve it, the best first: account ids for Jira, user ids for Slack.
	Resolvers  []string `json:"resolvers"`
	Originator string   `json:"originator"`
	Team       string   `json:"team"`
	// Of is the earlier case that this one repeats.
	Of      string   `json:"of,omitempty"`
	Outcome *Outcome `json:"outcome,omitempty"`
	Note    string   `json:"note"`
}

// Outcome is what a weak signal became later.
type Outcome struct {
	Kind string    `json:"kind"` // "incident", "issue"
	Case string    `json:"case"`
	At   time.Time `json:"at"`
}

// Negative is a case that looks like a condition and is none.
type Negative struct {
	Case      string `json:"case"`
	Resembles string `json:"resembles"` // detector
	Note      string `json:"note"`
}

func (w *world) plant(p Planted) {
	p.At = p.At.UTC()
	if p.Until != nil && !p.Until.Before(w.end) {
		p.Until = nil
	}
	w.c.Truth.Planted = append(w.c.Truth.Planted, p)
}

func (w *world) negative(where, resembles, note string) {
	w.c.Truth.Negatives = append(w.c.Truth.Negatives, Negative{where, resembles, note})
}

func accounts(list []*Person) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.AccountID
	}
	return out
}

func slackIDs(list []*Person) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.SlackID
	}
	return out
}
