package detect

import (
	"fmt"
	"path"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// QuietIncident finds an open incident channel in which no person has written
// for a while. A channel is one of an incident when its name fits a pattern of
// the policy, and open until words of resolution were the last thing said on
// the matter, or the channel was closed. Who announces when the next update
// comes is given until then.
var QuietIncident = Detector{
	Name:    "quiet_incident",
	Doc:     "an open incident channel without an update",
	Sources: []string{signals.Slack},
	Detect:  quietIncident,
}

func quietIncident(s *Snapshot) []signals.Signal {
	limits := &s.Policy().Detect.QuietIncident
	if s.Room == nil || !incidentName(s.Room.Name, limits.Channels) {
		return nil
	}
	last := lastHuman(s.Room)
	if last == nil || last.Event.Case != s.Case.Key || !s.Case.Open() {
		return nil // the case of the latest update speaks for the channel
	}
	r := s.Models.Read(last)
	if overSince(s, last) {
		return nil
	}
	wait := max(limits.After, announced(r.Doc.Prose))
	if due := last.Event.At.Add(wait); s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	sig := s.Signal("quiet_incident", last.Event.ID, 0.9,
		fmt.Sprintf("#%s is open and has had no update for %s", s.Room.Name, lasted(s.Now.Sub(last.Event.At))), last.Event.ID)
	sig.Need = signals.NeedChannel
	return []signals.Signal{sig}
}

// incidentName reports whether a channel's name fits one of the patterns.
func incidentName(name string, patterns []string) bool {
	if name == "" {
		return false
	}
	name = strings.ToLower(strings.TrimPrefix(name, "#"))
	for _, p := range patterns {
		if ok, err := path.Match(strings.ToLower(p), name); ok && err == nil {
			return true
		}
	}
	return false
}

func lastHuman(room *signals.Room) *signals.Post {
	for i := len(room.Posts) - 1; i >= 0; i-- {
		if p := room.Posts[i]; !signals.IsBot(p.Event.Actor) {
			return p
		}
	}
	return nil
}

// resolvedWords end an incident where the cue lists do not name them.
var resolvedWords = []string{"resolved", "all clear", "mitigated", "incident closed", "incident over", "closing the incident", "closing this incident", "stood down", "standing down", "archived the channel", "archiving",
	"back to normal", "all green", "all good", "fully recovered", "has recovered", "have recovered", "recovered", "is over", "it's over", "we're done here", "we are done here", "fixed for good", "fix is out", "fix is live",
	"fix is deployed", "fix deployed", "rollback is done", "rolled back and", "healthy again", "green again", "up again", "working again", "stable again", "closing this", "closing this channel", "closing the channel", "closed this",
	"post-mortem", "postmortem", "post mortem", "false alarm"}

// unresolved take such words back when they stand before them.
var unresolved = []string{"not ", "isn't ", "n't ", "until ", "once ", "when ", "if ", "will be ", "un", "to be ", "partially ", "not yet ", "before "}

// overSince reports whether the incident was declared over by a person or a bot,
// and nothing said later took that back.
func overSince(s *Snapshot, last *signals.Post) bool {
	for i := len(s.Room.Posts) - 1; i >= 0; i-- {
		p := s.Room.Posts[i]
		r := s.Models.Read(p)
		switch {
		case saysOver(r):
			return true
		case !signals.IsBot(p.Event.Actor) && (r.Has(text.Again, 0.6) || r.Has(text.Problem, 0.75)):
			return false
		case p.Event.At.Before(last.Event.At.Add(-14 * 24 * time.Hour)):
			return false
		}
	}
	return false
}

func saysOver(r *Reading) bool {
	prose := strings.ToLower(r.Doc.Prose)
	if strings.HasSuffix(strings.TrimSpace(prose), "?") {
		return false
	}
	for _, w := range resolvedWords {
		before, after, ok := strings.Cut(prose, w)
		if !ok || after != "" && wordByte(after[0]) {
			continue
		}
		open := false
		for _, u := range unresolved {
			open = open || strings.HasSuffix(before, u)
		}
		if !open {
			return true
		}
	}
	return r.Has(text.Solved, 0.75)
}

// announced is how long the writer said the next update would take, 0 where
// nothing was said: "next update in 2 hours".
func announced(prose string) time.Duration {
	_, rest, ok := strings.Cut(strings.ToLower(prose), "update in ")
	if !ok {
		return 0
	}
	words := strings.Fields(rest)
	if len(words) < 2 {
		return 0
	}
	n := 0
	for _, c := range []byte(strings.TrimLeft(words[0], "~")) {
		if !digit(c) || n > 1000 {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	switch {
	case strings.HasPrefix(words[1], "min"):
		return time.Duration(n) * time.Minute
	case strings.HasPrefix(words[1], "hour"), strings.HasPrefix(words[1], "hr"):
		return min(time.Duration(n)*time.Hour, 24*time.Hour)
	}
	return 0
}
