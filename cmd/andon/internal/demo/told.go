package demo

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// Working reports whether a moment lies in the hours of a working day.
func Working(t time.Time) bool {
	working, _ := stretch(t)
	return working
}

// Busy reports whether something of the story is still to happen on a day.
func (w *World) Busy(day time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.beats, func(b beat) bool { return b.At.UTC().Truncate(24 * time.Hour).Equal(day) })
}

// Called is what a target of andon is called: a person, or a channel.
func (w *World) Called(target string) string {
	if p := find(target); p != nil {
		return p.Name
	}
	if i := strings.LastIndexByte(target, '/'); i >= 0 && strings.HasPrefix(target[i+1:], "C") {
		return "#" + w.roomName(target[i+1:])
	}
	if target == "" {
		return "nobody"
	}
	return target
}

// NextTold is when the next thing of the story is due that who watches is told
// of, or else the next of all; zero when none is left.
func (w *World) NextTold() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.beats {
		if w.beats[i].Note != "" {
			return w.beats[i].At
		}
	}
	if len(w.beats) == 0 {
		return time.Time{}
	}
	return w.beats[0].At
}

// Lines is everything that happened so far.
func (w *World) Lines() []Line {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.lines)
}

// Handoffs is how often a ticket of the story was handed from team to team, and
// through which teams it went.
func (w *World) Handoffs(key string) (n int, teams []string) {
	is := w.issues[key]
	if is == nil {
		return 0, nil
	}
	teams = is.teamsOf()
	return len(teams) - 1, teams
}

// Usual is how many hand-offs cases of a component used to take.
func (w *World) Usual(component string) int {
	n, all := 0, 0
	for _, is := range w.past {
		if len(is.Fields.Components) > 0 && is.Fields.Components[0].Name == component {
			n++
			all += len(is.teamsOf()) - 1
		}
	}
	if n == 0 {
		return 0
	}
	return (all + n/2) / n
}

// Saved tells which ways became shorter than such cases had taken before.
func (w *World) Saved() (out []string) {
	usual := w.Usual("token-vault")
	for _, x := range []struct{ key, by string }{{"SUP-131", "a direct introduction"}, {"SUP-140", "asking andon first"}} {
		n, teams := w.Handoffs(x.key)
		if n > 0 && n < usual {
			out = append(out, fmt.Sprintf("%s was solved after %s (%s), where such cases took %d before: %d saved by %s.",
				x.key, signals.Counted(n, "hand-off"), strings.Join(teams, ", "), usual, usual-n, x.by))
		}
	}
	return out
}

// DigestText is what the digest says in its channel, "" while it was not said.
func (w *World) DigestText() (text string) {
	for _, m := range w.Slack.Messages() {
		if m.User == Bot && m.Channel == channelID(Digest) && m.To == "" && !m.Deleted {
			text = html.UnescapeString(m.Text)
		}
	}
	return text
}
