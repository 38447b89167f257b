package fakeslack

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// Options says which workspace the server is. The zero value is a good one.
type Options struct {
	Token    string           // the token it wants; "" takes any
	Team     string           // id of the workspace, default T1
	Bot      string           // user id of the app whose token is used, default UANDON
	Scopes   []string         // what the token may do; nil says nothing of scopes
	Now      func() time.Time // what time it is in Slack; nil: time.Now
	PageSize int              // greatest page of history, default 200
	Strict   bool             // only the people and channels named here exist
	People   []Person
	Channels []Channel
	Groups   []Group
}

// maxBody bounds a request; Slack's own bound is not known to be lower.
const maxBody = 1 << 20

// Server is the workspace, an http.Handler. It is safe for concurrent use.
type Server struct {
	o    Options
	quit chan struct{} // closed by Close: lets go of what hangs

	mu       sync.Mutex
	last     int64 // microseconds of the latest timestamp
	messages []*Message
	rooms    map[string][]*Message // by channel, oldest first
	people   map[string]*Person
	channels map[string]*Channel
	views    map[string]json.RawMessage
	serial   int // of views and triggers
	asked    map[string]int
	faults   []*fault
	closed   bool
}

// New returns the server of an empty workspace.
func New(o Options) *Server {
	o.Team = cmp.Or(o.Team, "T1")
	o.Bot = cmp.Or(o.Bot, "UANDON")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PageSize <= 0 {
		o.PageSize = 200
	}
	s := &Server{
		o: o, quit: make(chan struct{}), rooms: map[string][]*Message{}, people: map[string]*Person{}, channels: map[string]*Channel{},
		views: map[string]json.RawMessage{}, asked: map[string]int{},
	}
	for _, p := range o.People {
		s.people[p.ID] = &p
	}
	for _, c := range o.Channels {
		s.channels[c.ID] = &c
	}
	s.people[o.Bot] = &Person{ID: o.Bot, Name: "andon", Bot: true}
	return s
}

// Close lets go of the requests that hang because of a fault.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.quit)
	}
}

// Requests returns how often each method was asked for, refused and failed
// requests included, and their sum as "total".
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.asked)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_fake/") {
		s.control(w, r)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/api/")
	if !ok {
		http.Error(w, "the methods are below /api/", http.StatusNotFound)
		return
	}
	args, err := readArgs(w, r)
	if err != nil {
		write(w, refuse("request_timeout")) // what Slack says of a body that ends too early
		return
	}
	s.mu.Lock()
	s.asked[method]++
	s.asked["total"]++
	f := s.next(method, cmp.Or(args.get("channel"), args.get("users"), args.get("user")))
	s.mu.Unlock()
	s.serve(w, r, f, func() answer { return s.do(method, args) })
}

// answer is the JSON object of an answer.
type answer map[string]any

func refuse(code string) answer { return answer{"ok": false, "error": code} }

// methods are the methods of the Web API. They are called with the lock held.
var methods = map[string]func(*Server, args) answer{
	"auth.test":             (*Server).authTest,
	"chat.postMessage":      (*Server).postMessage,
	"chat.update":           (*Server).update,
	"chat.delete":           (*Server).delete,
	"conversations.open":    (*Server).open,
	"conversations.history": (*Server).history,
	"conversations.replies": (*Server).replies,
	"conversations.info":    (*Server).info,
	"conversations.list":    (*Server).list,
	"users.info":            (*Server).userInfo,
	"users.list":            (*Server).userList,
	"users.lookupByEmail":   (*Server).lookupByEmail,
	"usergroups.list":       (*Server).groupList,
	"dnd.teamInfo":          (*Server).teamInfo,
	"reactions.add":         (*Server).react,
	"views.open":            (*Server).openView,
	"views.publish":         (*Server).openView,
	"views.update":          (*Server).updateView,
	"apps.connections.open": (*Server).openSocket,
}

func (s *Server) do(method string, a args) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.token == "" {
		return refuse("not_authed")
	}
	if s.o.Token != "" && a.token != s.o.Token {
		return refuse("invalid_auth")
	}
	m, ok := methods[method]
	if !ok {
		return refuse("unknown_method")
	}
	return m(s, a)
}

func (s *Server) authTest(args) answer {
	return answer{"ok": true, "url": "https://fake.slack.example/", "team": "Fake", "user": "andon", "team_id": s.o.Team, "user_id": s.o.Bot, "bot_id": s.botID()}
}

func (s *Server) botID() string { return "B" + s.o.Bot[1:] }

// args are the arguments of a call, from a form or from JSON.
type args struct {
	token  string
	values map[string]string // of objects and lists: their JSON
}

func (a args) get(name string) string { return a.values[name] }
func (a args) yes(name string) bool   { v := a.values[name]; return v == "1" || v == "true" }

func readArgs(w http.ResponseWriter, r *http.Request) (args, error) {
	a := args{values: map[string]string{}}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return a, err
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		gjson.ParseBytes(body).ForEach(func(k, v gjson.Result) bool {
			a.values[k.String()] = v.String()
			return true
		})
	} else {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return a, err
		}
		for k, v := range r.URL.Query() {
			a.values[k] = v[0]
		}
		for k, v := range form {
			a.values[k] = v[0]
		}
	}
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.token = cmp.Or(a.values["token"], bearer)
	delete(a.values, "token")
	return a, nil
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(a) // the client may be gone: nobody is left to tell
}
