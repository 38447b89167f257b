package signals

import "strings"

// Audience says who may see an event. It belongs to each event and is never
// widened or narrowed by joining cases. The zero value is unknown, and unknown
// means restricted.
type Audience string

// The fixed audiences; see MembersOf for the third kind.
const (
	Restricted Audience = ""       // nobody but those whom the source itself shows it to
	Public     Audience = "public" // everybody in the company
)

const membersPrefix = "members:"

// MembersOf is the audience of a private channel, an issue security level or a
// project role; id is made by ID.
func MembersOf(id string) Audience { return Audience(membersPrefix + id) }

// Group returns the id given to MembersOf, or "" for the fixed audiences.
func (a Audience) Group() string {
	if g, ok := strings.CutPrefix(string(a), membersPrefix); ok {
		return g
	}
	return ""
}

// Viewer is somebody, or a set of people, for whom something is prepared.
type Viewer struct {
	Person string
	Groups map[string]bool // channel, security level and role ids that all of them belong to
	Guest  bool            // somebody of them is not of the company: what is public is not for them
	All    bool            // sees everything: andon itself. Nothing made for it is shown to a person
}

// Everything is the viewer that sees all.
var Everything = Viewer{All: true}

// Sees reports whether v may see events of audience a.
func (v Viewer) Sees(a Audience) bool {
	if v.All || a == Public {
		return v.All || !v.Guest
	}
	g := a.Group()
	return g != "" && v.Groups[g]
}

// Visible returns the events that v may see, in their order.
func (v Viewer) Visible(events []*Event) []*Event {
	if v.All {
		return events
	}
	var out []*Event
	for _, e := range events {
		if v.Sees(e.Audience) {
			out = append(out, e)
		}
	}
	return out
}
