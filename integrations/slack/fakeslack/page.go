package fakeslack

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
)

//go:embed ui
var ui embed.FS

var index = template.Must(template.ParseFS(ui, "ui/index.html"))

// site serves what is neither a method nor below /_fake/: the page with what it
// asks for, the sockets, response URLs and files.
func (s *Server) site() http.Handler {
	static, err := fs.Sub(ui, "ui")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showIndex)
	mux.Handle("GET /_ui/static/", http.StripPrefix("/_ui/static/", http.FileServerFS(static)))
	mux.HandleFunc("GET /_ui/state", s.showState)
	mux.HandleFunc("GET /_ui/channel", s.showChannel)
	mux.HandleFunc("GET /_ui/events", s.showChanges)
	mux.HandleFunc("POST /_ui/do", s.takeDeed)
	mux.HandleFunc("GET /link/", s.link)
	mux.HandleFunc("POST /hooks/", s.useHook)
	mux.HandleFunc("POST /upload/v1/", s.upload)
	mux.HandleFunc("GET /files/{id}/{name}", s.download)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the page is at /, the methods are below /api/", http.StatusNotFound)
	})
	return mux
}

// policy keeps the page to what it brings along; pictures may come from anywhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src * data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

func (s *Server) showIndex(w http.ResponseWriter, r *http.Request) {
	s.knowAddress(r)
	var out bytes.Buffer
	if err := index.Execute(&out, s.o); err != nil {
		http.Error(w, "the page cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	_, _ = w.Write(out.Bytes()) // the client may be gone
}

// takeDeed does what somebody does on the page. Only JSON is taken, which other
// sites cannot send here.
func (s *Server) takeDeed(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		http.Error(w, "send JSON, as application/json", http.StatusUnsupportedMediaType)
		return
	}
	var d Deed
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		http.Error(w, "read the deed: "+err.Error(), http.StatusBadRequest)
		return
	}
	send(w, s.Do(r.Context(), d))
}

// changed tells the pages that something is new.
func (s *Server) changed(string) {
	for w := range s.watchers {
		select {
		case w <- struct{}{}:
		default: // it knows already
		}
	}
}

// showChanges is a stream of server-sent events: one whenever something changed.
func (s *Server) showChanges(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	news := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[news] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watchers, news)
		s.mu.Unlock()
	}()
	out := http.NewResponseController(w)
	for n := 0; ; n++ {
		if _, err := fmt.Fprintf(w, "data: %d\n\n", n); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-news:
		case <-r.Context().Done():
			return
		case <-s.quit:
			return
		}
	}
}

// showState is what one person sees around the messages.
func (s *Server) showState(w http.ResponseWriter, r *http.Request) {
	as := r.URL.Query().Get("as")
	s.mu.Lock()
	out := s.stateFor(as)
	b, err := json.Marshal(out)
	s.mu.Unlock()
	if err != nil {
		http.Error(w, "the state cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // the client may be gone
}

func (s *Server) stateFor(as string) answer {
	people := []answer{}
	for _, id := range slices.Sorted(maps.Keys(s.people)) {
		if p := s.people[id]; !p.Deleted {
			people = append(people, answer{"id": id, "name": p.Name, "real": cmp.Or(p.RealName, p.Name), "bot": p.Bot, "title": p.Title, "tz": cmp.Or(p.Zone, "UTC")})
		}
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
			a["archived"], a["topic"], a["shared"] = c.Archived, c.Topic, c.Shared
		}
		out = append(out, a)
	}
	if as != "" && as != s.o.Bot && s.people[as] != nil {
		add(direct(as), s.o.BotName, "im", true)
	}
	for _, id := range slices.SortedFunc(maps.Keys(s.channels), func(a, b string) int { return cmp.Compare(s.channels[a].Name, s.channels[b].Name) }) {
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

// unread counts what is new in a channel for a person.
func (s *Server) unread(channel, as string) (n int) {
	for _, m := range slices.Backward(s.rooms[channel]) {
		if m.TS <= s.read[as][channel] {
			break
		}
		if !m.Deleted && m.User != as && (m.To == "" || m.To == as) && (m.Thread == "" || m.Broadcast) {
			n++
		}
	}
	return n
}

// showChannel is what one person sees of a channel, or of a thread in it.
func (s *Server) showChannel(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	out := s.messagesFor(q.Get("as"), q.Get("channel"), q.Get("thread"))
	b, err := json.Marshal(out)
	s.mu.Unlock()
	if err != nil {
		http.Error(w, "the messages cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // the client may be gone
}

// shown is how many messages of a channel the page gets.
const shown = 200

func (s *Server) messagesFor(as, channel, thread string) []answer {
	out := []answer{}
	if c := s.channels[channel]; !s.isMember(channel, as) && (c == nil || c.Private) {
		return out
	}
	for _, m := range slices.Backward(s.rooms[channel]) {
		here := m.Thread == "" || m.Broadcast
		if thread != "" {
			here = m.Thread == thread || m.TS == thread
		}
		if !here || m.Deleted || m.To != "" && m.To != as || len(out) == shown {
			continue
		}
		a := s.shape(m, false)
		a["channel"], a["ephemeral"], a["state"] = channel, m.To != "", s.states[channel+"/"+m.TS]
		out = append(out, a)
	}
	slices.Reverse(out)
	return out
}
