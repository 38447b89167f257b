package detect

import (
	"fmt"
	"path"
	"slices"
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

// IsIncident reports whether a channel of that name is one of an incident by the
// patterns of the policy.
func IsIncident(name string, p *signals.Policy) bool {
	return incidentName(name, p.Detect.QuietIncident.Channels)
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

// incidentAge is how long ago somebody may have written in an incident channel
// for it to be under way. What nobody ever declared over is so after a day; chosen.
const incidentAge = 24 * time.Hour

// IncidentUnderWay reports whether the room of a snapshot is one of an incident
// that is under way. The case of the snapshot plays no part.
func IncidentUnderWay(s *Snapshot) bool {
	if s.Room == nil || !IncidentName(s.Room.Name, s.Policy().Detect.QuietIncident.Channels) {
		return false
	}
	last := lastHuman(s.Room)
	return last != nil && s.Now.Sub(last.Event.At) < incidentAge && !overSince(s, last)
}

// IncidentName reports whether a channel is called like one of an incident.
func IncidentName(name string, patterns []string) bool { return incidentName(name, patterns) }

func lastHuman(room *signals.Room) *signals.Post {
	for i := len(room.Posts) - 1; i >= 0; i-- {
		if p := room.Posts[i]; !signals.IsBot(p.Event.Actor) {
			return p
		}
	}
	return nil
}

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

// saysOver reports whether a post says that the incident has ended, in words
// that nothing right before them takes back.
func saysOver(r *Reading) bool {
	if strings.HasSuffix(strings.TrimSpace(r.Doc.Prose), "?") {
		return false
	}
	words := text.Plain(r.Doc.Prose)
	open := places(words, r.phrases(text.NotOver))
	from, to := 0, 0 // of phrases that overlap, such as "fully recovered" and "recovered"
	for _, over := range places(words, r.phrases(text.Over)) {
		if over[0] >= to {
			from = over[0]
		}
		to = max(to, over[1])
		if !slices.ContainsFunc(open, func(o [2]int) bool { return o[1] == from }) {
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
