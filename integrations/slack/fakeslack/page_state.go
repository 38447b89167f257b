package fakeslack

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// shown is how many messages of a channel the page gets unless it asks for more,
// and most how many it gets at all.
const (
	shown = 100
	most  = 5000
)

// first is what the page shows before it asked for anything: as whom and where
// the address says, or the first person and the first channel.
func (s *Server) first(q url.Values) (json.RawMessage, error) {
	bar := s.o.Bar.face()
	s.mu.Lock()
	defer s.mu.Unlock()
	me := q.Get("as")
	if p := s.person(me); p == nil || p.Bot || p.Deleted {
		me = s.firstPerson()
	}
	state := s.stateFor(me)
	channel := firstChannel(state["channels"].([]answer), q.Get("channel"))
	out := answer{"me": me, "channel": channel, "thread": q.Get("thread"), "tab": cmp.Or(q.Get("tab"), "messages"), "state": state, "bar": bar}
	out["messages"], out["replies"] = s.messagesUpTo(me, channel, "", shown+1), []answer{}
	if thread := q.Get("thread"); thread != "" {
		out["replies"] = s.messagesUpTo(me, channel, thread, most)
	}
	return json.Marshal(out)
}

// firstChannel is the one that is asked for, if it is there, or else the first
// channel that the person is in.
func firstChannel(all []answer, asked string) string {
	found := ""
	for _, c := range all {
		switch id := c["id"].(string); {
		case id == asked:
			return id
		case found == "" && c["member"] == true && (c["kind"] == "channel" || c["kind"] == "group"):
			found = id
		}
	}
	if found == "" && len(all) > 0 {
		found = all[0]["id"].(string)
	}
	return found
}

// ordered is the people as Options.People has them, and then those that came up
// since.
func (s *Server) ordered() []*Person {
	var out []*Person
	for _, p := range s.o.People {
		out = append(out, s.people[p.ID])
	}
	for _, id := range slices.Sorted(maps.Keys(s.people)) {
		if !slices.Contains(out, s.people[id]) {
			out = append(out, s.people[id])
		}
	}
	return slices.DeleteFunc(out, func(p *Person) bool { return p.Deleted })
}

func (s *Server) firstPerson() string {
	for _, p := range s.ordered() {
		if !p.Bot {
			return p.ID
		}
	}
	return ""
}

// showState is what one person sees around the messages.
func (s *Server) showState(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b, err := json.Marshal(s.stateFor(r.URL.Query().Get("as")))
	s.mu.Unlock()
	sendRaw(w, b, err)
}

func sendRaw(w http.ResponseWriter, b []byte, err error) {
	if err != nil {
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the client may be gone
}

func (s *Server) stateFor(as string) answer {
	people := []answer{}
	for _, p := range s.ordered() {
		people = append(people, answer{"id": p.ID, "name": p.Name, "real": cmp.Or(p.RealName, p.Name), "bot": p.Bot, "title": p.Title, "status": p.Status, "tz": cmp.Or(p.Zone, "UTC")})
	}
	modals := []answer{}
	for _, v := range s.stacks[as] {
		modals = append(modals, s.shapeOfView(v))
	}
	var home answer
	if v := s.homes[as]; v != nil {
		home = s.shapeOfView(v)
	}
	return answer{
		"team": s.o.TeamName, "me": as, "bot": s.o.Bot, "people": people, "groups": s.groups, "channels": s.channelsFor(as), "commands": s.o.Commands, "shortcuts": s.shortcuts(),
		"home": home, "modals": modals, "dm": direct(s.o.Bot), "connected": len(s.sockets) > 0 || s.o.RequestURL != "", "now": s.o.Now().Unix(),
	}
}

func (s *Server) shortcuts() []answer {
	out := []answer{}
	for _, c := range s.o.Cuts {
		out = append(out, answer{"id": c.ID, "name": c.Name, "message": c.Message})
	}
	return out
}

// channelsFor is the list of channels of a person: those they are in, public ones
// that they could join, and the direct message with the app.
func (s *Server) channelsFor(as string) []answer {
	out := []answer{}
	add := func(id, name, kind string, in bool) {
		c := s.channel(id)
		a := answer{"id": id, "name": name, "kind": kind, "member": in, "unread": s.unread(id, as), "archived": false, "topic": "", "people": s.membersOf(id)}
		if c != nil {
			a["archived"], a["topic"], a["shared"] = c.Archived, cmp.Or(c.Topic, c.Purpose), c.Shared
		}
		out = append(out, a)
	}
	if as != "" && as != s.o.Bot && s.people[as] != nil {
		add(direct(as), s.o.BotName, "im", true)
	}
	for _, id := range slices.SortedFunc(maps.Keys(s.channels), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.channels[a].Name, s.channels[b].Name), cmp.Compare(a, b))
	}) {
		c, in := s.channels[id], s.isMember(id, as)
		switch {
		case c.Multi && in:
			add(id, s.names(c.Members, as), "mpim", true)
		case in || !c.Private:
			add(id, c.Name, s.kindOf(id), in)
		}
	}
	return out
}

// names lists people, except one.
func (s *Server) names(users []string, except string) string {
	var out []string
	for _, u := range users {
		if p := s.person(u); p != nil && u != except {
			out = append(out, cmp.Or(p.RealName, p.Name))
		}
	}
	return strings.Join(out, ", ")
}

// unread counts what is new in a channel for a person, replies in their threads
// with the app among it.
func (s *Server) unread(channel, as string) (n int) {
	for _, m := range slices.Backward(s.rooms[channel]) {
		if m.TS <= s.read[as][channel] {
			break
		}
		here := m.Thread == "" || m.Broadcast || strings.HasPrefix(channel, "D")
		if !m.Deleted && m.User != as && (m.To == "" || m.To == as) && here {
			n++
		}
	}
	return n
}

// showChannel is what one person sees of a channel, or of a thread in it.
func (s *Server) showChannel(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = shown
	}
	s.mu.Lock()
	b, err := json.Marshal(s.messagesUpTo(q.Get("as"), q.Get("channel"), q.Get("thread"), min(limit, most)))
	s.mu.Unlock()
	sendRaw(w, b, err)
}

func (s *Server) messagesFor(as, channel, thread string) []answer {
	return s.messagesUpTo(as, channel, thread, shown)
}

// messagesUpTo is the last messages of a channel, or of a thread in it, oldest
// first.
func (s *Server) messagesUpTo(as, channel, thread string, limit int) []answer {
	out := []answer{}
	if c := s.channels[channel]; !s.isMember(channel, as) && (c == nil || c.Private) {
		return out
	}
	replies := s.repliers(channel, as)
	for _, m := range slices.Backward(s.rooms[channel]) {
		here := m.Thread == "" || m.Broadcast
		if thread != "" {
			here = m.Thread == thread || m.TS == thread
		}
		if !here || m.Deleted || m.To != "" && m.To != as {
			continue
		}
		if len(out) == limit {
			break
		}
		a := s.shape(m, false)
		a["channel"], a["ephemeral"], a["state"] = channel, m.To != "", s.states[channel+"/"+m.TS]
		if who := replies[m.TS]; len(who) > 0 {
			a["reply_users"] = who
		}
		out = append(out, a)
	}
	slices.Reverse(out)
	return out
}

// repliers is who answered in the threads of a channel, by the ts of the root.
func (s *Server) repliers(channel, as string) map[string][]string {
	out := map[string][]string{}
	for _, m := range s.rooms[channel] {
		if m.Thread != "" && !m.Deleted && (m.To == "" || m.To == as) && !slices.Contains(out[m.Thread], m.User) {
			out[m.Thread] = append(out[m.Thread], m.User)
		}
	}
	return out
}
