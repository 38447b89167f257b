package signals

import (
	"slices"
	"strings"
)

// Person is one human of the organisation, as a roster event describes them.
type Person struct {
	ID       string   `json:"id"`
	Name     string   `json:"name,omitempty"`
	Accounts []string `json:"accounts,omitempty"` // ids of the sources, see ID
	Team     string   `json:"team,omitempty"`
	Manager  string   `json:"manager,omitempty"` // person id
	Backup   string   `json:"backup,omitempty"`  // person id
	Zone     string   `json:"zone,omitempty"`    // IANA name
	Hours    string   `json:"hours,omitempty"`   // "09:00-17:30"
	Days     string   `json:"days,omitempty"`    // "mon-fri", "sun,mon"
	Region   string   `json:"region,omitempty"`  // which list of holidays applies
	External bool     `json:"external,omitempty"`
	Left     bool     `json:"left,omitempty"`
	OptedOut bool     `json:"opted_out,omitempty"`
	Bot      bool     `json:"bot,omitempty"`
}

// Team is one team of the organisation and what it owns.
type Team struct {
	ID      string   `json:"id"`
	Aliases []string `json:"aliases,omitempty"` // other names of it in the sources, former ones too
	Lead    string   `json:"lead,omitempty"`    // person id
	Channel string   `json:"channel,omitempty"`
	Zone    string   `json:"zone,omitempty"`
	Owns    []Owned  `json:"owns,omitempty"`
}

// Owned is something that a team or a person answers for. Empty parts match
// everything; Words match as whole words in the title.
type Owned struct {
	Project   string   `json:"project,omitempty"`
	Component string   `json:"component,omitempty"`
	Channel   string   `json:"channel,omitempty"`
	Words     []string `json:"words,omitempty"`
	Person    string   `json:"person,omitempty"` // a first contact within the team
	Of        string   `json:"of,omitempty"`     // the file that says so where it is not the roster, such as catalog or CODEOWNERS
}

// Roster is who is who, as of some moment. The zero value knows nobody.
//
// People is what the roster says. Person says how somebody counts, with what
// they said of themselves put over it.
type Roster struct {
	People map[string]*Person
	Teams  map[string]*Team

	account map[string]string    // source id -> person id
	links   map[string]Identity  // likewise, found out and not written down; those written down count first
	alias   map[string]string    // lower-case team name -> team id
	away    map[string][]Absence // by the id that the source gave
	chiefs  map[string]bool      // who manages somebody; nil until asked for
	own     map[string]ownWord   // what people said of themselves, by the id that the source gave
	counts  map[string]*Person   // how those people count who said something of themselves; nil until asked for
}

func (r *Roster) setPerson(p *Person) {
	r.chiefs, r.counts = nil, nil
	if r.People == nil {
		r.People, r.account = make(map[string]*Person), make(map[string]string)
	}
	if old := r.People[p.ID]; old != nil {
		for _, a := range old.Accounts {
			if r.account[a] == p.ID {
				delete(r.account, a)
			}
		}
	}
	r.People[p.ID] = p
	for _, a := range p.Accounts {
		r.account[a] = p.ID
	}
}

// dropPerson forgets a person, their accounts with them.
func (r *Roster) dropPerson(id string) {
	r.chiefs, r.counts = nil, nil
	if old := r.People[id]; old != nil {
		for _, a := range old.Accounts {
			if r.account[a] == id {
				delete(r.account, a)
			}
		}
		delete(r.People, id)
	}
}

func (r *Roster) setTeam(t *Team) {
	if r.Teams == nil {
		r.Teams, r.alias = make(map[string]*Team), make(map[string]string)
	}
	r.dropTeam(t.ID)
	r.Teams[t.ID] = t
	r.alias[strings.ToLower(t.ID)] = t.ID
	for _, a := range t.Aliases {
		r.alias[strings.ToLower(a)] = t.ID
	}
}

// dropTeam forgets a team, its aliases with it.
func (r *Roster) dropTeam(id string) {
	if old := r.Teams[id]; old != nil {
		for _, a := range append([]string{id}, old.Aliases...) {
			if a = strings.ToLower(a); r.alias[a] == id {
				delete(r.alias, a)
			}
		}
		delete(r.Teams, id)
	}
}

// Who returns the person id behind a source's id, or the id itself where the
// roster does not know it: then every account is a person of its own.
func (r *Roster) Who(id string) string {
	if p, ok := r.account[id]; ok {
		return p
	}
	if l, ok := r.links[id]; ok {
		return l.Person
	}
	return id
}

// Identity is whose an account was found out to be, and how.
type Identity struct {
	Person string `json:"person"`
	How    string `json:"how"` // ByEmail or BySelf
}

// How the person behind an account was found out. An address counts more than
// somebody's own word.
const (
	ByEmail = "email"
	BySelf  = "self"
)

// link notes whose an account is; a zero identity takes that back.
func (r *Roster) link(account string, i Identity) {
	r.counts = nil
	if had := r.links[account]; had.How == ByEmail && i.How == BySelf {
		return
	}
	if i.Person == "" {
		delete(r.links, account)
		return
	}
	if r.links == nil {
		r.links = make(map[string]Identity)
	}
	r.links[account] = i
}

// Identity is whose an account was found out to be, and how. ok is false where
// the roster writes it down, and where nobody found out.
func (r *Roster) Identity(account string) (i Identity, ok bool) {
	if r.account[account] != "" {
		return Identity{}, false
	}
	i, ok = r.links[account]
	return i, ok
}

// linked lists the accounts that were found out to be a person's, sorted.
func (r *Roster) linked(person string) (out []string) {
	for a, i := range r.links {
		if i.Person == person && r.account[a] == "" {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out
}

// AccountsOf lists the ids of the sources that stand for a person.
func (r *Roster) AccountsOf(id string) []string {
	p := r.Person(id)
	if p == nil {
		return nil
	}
	return append(slices.Clone(p.Accounts), r.linked(p.ID)...)
}

// Person returns the person behind a source's id or a person id as they count:
// what they said of themselves goes before what the roster says. It is nil for
// people of whom nothing is known.
func (r *Roster) Person(id string) *Person {
	who := r.Who(id)
	if p := r.counting()[who]; p != nil {
		return p
	}
	return r.People[who]
}

// Team returns the team of that name or alias, or nil.
func (r *Roster) Team(name string) *Team {
	if id, ok := r.alias[strings.ToLower(name)]; ok {
		return r.Teams[id]
	}
	return nil
}

// TeamName returns the present name of a team that may be called by an alias.
func (r *Roster) TeamName(name string) string {
	if t := r.Team(name); t != nil {
		return t.ID
	}
	return name
}

// Height is how many levels a person stands above the floor, counted as the
// negative number of managers above them; ok is false for people without a
// place in the chart. Cycles are cut after 32 steps.
func (r *Roster) Height(id string) (height int, ok bool) {
	p := r.Person(id)
	if p == nil {
		return 0, false
	}
	has := p.Manager != ""
	for i := 0; i < 32 && p != nil && p.Manager != ""; i++ {
		height--
		p = r.Person(p.Manager)
	}
	return height, has || r.manages(id)
}

func (r *Roster) manages(id string) bool {
	if r.chiefs == nil {
		r.chiefs = make(map[string]bool)
		for _, p := range r.People {
			if p.Manager != "" {
				r.chiefs[r.Who(p.Manager)] = true
			}
		}
	}
	return r.chiefs[r.Who(id)]
}
