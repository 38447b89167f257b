package route

import "strings"

// Role is as what somebody is chosen, in a word or two.
type Role string

// The roles.
const (
	Holder      Role = "holder"
	Resolver    Role = "likely resolver"
	Contact     Role = "contact"
	Lead        Role = "lead"
	OnCall      Role = "on call"
	Manager     Role = "manager"
	Regular     Role = "regular of the channel"
	NamedOne    Role = "named"
	AskedOne    Role = "asked"
	StandsIn    Role = "backup"
	ItsChannel  Role = "channel"
	TeamChannel Role = "team's channel"
	Again       Role = "reminder"
)

// RoleOf reads from why somebody was chosen as what they were.
func RoleOf(why string) Role {
	for _, r := range roles {
		if strings.HasPrefix(why, r.begins) {
			return r.role
		}
	}
	return Resolver
}

// roles are how the sentences of choices begin, see Pick and Named. All others
// are those of Candidate.Why.
var roles = []struct {
	begins string
	role   Role
}{
	{"asked to be told again", Again},
	{"took it up", Again},
	{"took it on", Again},
	{"holds ", Holder},
	{"stands in for ", StandsIn},
	{"leads ", Lead},
	{"is on call for ", OnCall},
	{"is the manager of ", Manager},
	{"is the contact of ", Contact},
	{"is among those who answer ", Regular},
	{"was named ", NamedOne},
	{WasAsked, AskedOne},
	{"is where it is spoken of", ItsChannel},
	{"is the channel of ", TeamChannel},
}
