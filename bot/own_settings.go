package bot

import (
	"strings"
	"time"

	"andon/signals"
)

// origins says in words who decided a setting: in a list, and behind its value.
var origins = map[signals.Origin]struct{ name, label string }{
	signals.OfOwn: {"you", "yours"}, signals.OfRoster: {"the roster", "from the roster"},
	signals.OfTeam: {"your team", "from your team"}, signals.OfPolicy: {"the configuration", "for everybody"},
}

// ownSetting is one setting of a person.
type ownSetting struct {
	name, label string // as the command calls it, and as a page does
	none        string // what counts where nobody said anything
	signals.Setting
}

// ownSettings lists the settings of a person, in the order in which they are
// shown.
func ownSettings(org *signals.Org, s *signals.Settings) []ownSetting {
	backup := s.Backup
	if backup.Value != "" {
		backup.Value = nameOf(org, backup.Value)
	}
	return []ownSetting{
		{"zone", "Time zone", "UTC", s.Zone}, {"hours", "Working hours", "09:00-18:00", s.Hours}, {"days", "Working days", "mon-fri", s.Days},
		{"backup", "Backup", "nobody", backup},
		{"thanks", "Thanks in the digest", "no", s.Thanks}, {"digest", "Digest by direct message", "no", s.Digest},
		{"opted out", "Opted out of analysis", "no", s.OptedOut},
	}
}

// mutesOf are the mutes that concern a person: their own, and those for everybody.
func mutesOf(org *signals.Org, who string, now time.Time) (out []signals.Mute) {
	for _, m := range org.Mutes(now) {
		if m.Person == "" || m.Person == who {
			out = append(out, m)
		}
	}
	return out
}

// isZone reports whether a name is one of a time zone. The zone of the machine
// that andon runs on is nobody's.
func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && !strings.EqualFold(name, "local")
}
