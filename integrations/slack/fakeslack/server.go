package fakeslack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// Options says which workspace the server is. The zero value is a good one.
type Options struct {
	Token    string           // the token it wants; "" takes any
	AppToken string           // the app token it wants for Socket Mode; "" takes any that begins with xapp-
	Team     string           // id of the workspace, default T1
	TeamName string           // default Fake
	Bot      string           // user id of the app whose token is used, default UANDON
	BotName  string           // default andon
	Scopes   []string         // what the token may do; nil says nothing of scopes. Enforced with Strict
	Now      func() time.Time // what time it is in Slack, asked by many goroutines; nil: time.Now
	PageSize int              // greatest page of history, default 200
	Strict   bool             // only the people and channels named here exist, and only triggers that were given out
	People   []Person
	Channels []Channel
	Groups   []Group
	Commands []string   // slash commands of the app, default /andon
	Cuts     []Shortcut // shortcuts of the app
	Subs     []string   // events that the app is subscribed to, such as message.channels or reaction_added; nil for all

	Hosts []string // hosts besides this machine that it may be asked by, without ports; "*" is any
	Bar   Bar      // above the page

	URL           string // address of this server as its clients know it; "" takes it from their requests
	RequestURL    string // where the app takes events over HTTP; "" is Socket Mode
	CommandURL    string // where it takes slash commands, default RequestURL
	InteractURL   string // where it takes interactivity, default RequestURL
	SigningSecret string // for X-Slack-Signature

	Ack    time.Duration // how long an app has to acknowledge, default 3 s
	Ping   time.Duration // between the pings on a socket, default 10 s
	Manual bool          // deadlines and retries follow Now, and only when Tick is called
	Polls  int           // so many looks at an uploaded file find it being processed, default 1; -1 for none
}

// maxBody bounds a request; Slack's own bound is not known to be lower.
const maxBody = 1 << 20

// Server is the workspace, an http.Handler. It is safe for concurrent use.
type Server struct {
	o      Options
	front  http.Handler // what is asked comes in here
	pages  http.Handler
	quit   chan struct{} // closed by Close: lets go of what hangs
	ctx    context.Context
	cancel context.CancelFunc
	client *http.Client // for calls to the app over HTTP
	busy   sync.WaitGroup

	mu       sync.Mutex
	base     string // address of this server
	last     int64  // microseconds of the latest timestamp
	serial   int    // of ids
	messages []*Message
	rooms    map[string][]*Message // by channel, oldest first
	people   map[string]*Person
	channels map[string]*Channel
	groups   []*Group
	files    map[string]*file
	asked    map[string]int
	faults   []*fault
	closed   bool

	surfaces
	line
	watchers map[chan struct{}]bool       // of the page: told that something changed
	read     map[string]map[string]string // person to channel to the latest ts seen
}

// New returns the server of an empty workspace.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		o: o, quit: make(chan struct{}), rooms: map[string][]*Message{}, people: map[string]*Person{}, channels: map[string]*Channel{},
		asked: map[string]int{}, files: map[string]*file{}, base: strings.TrimSuffix(o.URL, "/"), surfaces: newSurfaces(), line: newLine(),
		watchers: map[chan struct{}]bool{}, read: map[string]map[string]string{},
		client: &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.listening = o.RequestURL != ""
	for _, p := range o.People {
		s.people[p.ID] = &p
	}
	for _, c := range o.Channels {
		c.Members = slices.Clone(c.Members)
		s.channels[c.ID] = &c
	}
	for _, g := range o.Groups {
		g.Users = slices.Clone(g.Users)
		s.groups = append(s.groups, &g)
	}
	s.people[o.Bot] = &Person{ID: o.Bot, Name: o.BotName, Bot: true}
	s.pages = s.site()
	s.front = s.guarded(http.HandlerFunc(s.route))
	return s
}

func (o Options) withDefaults() Options {
	o.Team = cmp.Or(o.Team, "T1")
	o.TeamName = cmp.Or(o.TeamName, "Fake")
	o.Bot = cmp.Or(o.Bot, "UANDON")
	o.BotName = cmp.Or(o.BotName, "andon")
	o.CommandURL = cmp.Or(o.CommandURL, o.RequestURL)
	o.InteractURL = cmp.Or(o.InteractURL, o.RequestURL)
	o.Ack = cmp.Or(o.Ack, 3*time.Second)
	o.Ping = cmp.Or(o.Ping, 10*time.Second)
	o.Polls = cmp.Or(o.Polls, 1)
	if o.Commands == nil {
		o.Commands = []string{"/andon"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PageSize <= 0 {
		o.PageSize = 200
	}
	return o
}

// Close ends the sockets and lets go of the requests that hang because of a
// fault. It waits for the calls to the app to end.
func (s *Server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.quit)
		s.cancel()
		s.stopLine()
	}
	s.mu.Unlock()
	s.busy.Wait()
	s.client.CloseIdleConnections()
}

// Requests returns how often each method was asked for, refused and failed
// requests included, and their sum as "total".
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.asked)
}

// ServeHTTP implements http.Handler. It answers on the hosts of this machine and
// those of Options.Hosts, and takes no writes from the pages of other sites.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.front.ServeHTTP(w, r) }

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_fake/") {
		s.control(w, r)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/api/")
	if !ok {
		s.pages.ServeHTTP(w, r)
		return
	}
	s.knowAddress(r)
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
	s.serve(w, r, f, func() answer { return s.do(method, args, f) })
}

// knowAddress keeps the address that the first client used.
func (s *Server) knowAddress(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base == "" && r.Host != "" {
		s.base = "http://" + r.Host
	}
}

// answer is the JSON object of an answer.
type answer map[string]any

func refuse(code string) answer { return answer{"ok": false, "error": code} }

func (s *Server) do(method string, a args, f *Fault) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := methods[method]
	switch {
	case a.token == "":
		return refuse("not_authed")
	case method == "apps.connections.open":
		return s.openSocket(a)
	case s.o.Token != "" && a.token != s.o.Token:
		return refuse("invalid_auth")
	case !ok:
		return refuse("unknown_method")
	}
	if needed := scopeFor(method, a); needed != "" && s.o.Strict && s.o.Scopes != nil && !slices.Contains(s.o.Scopes, needed) {
		return answer{"ok": false, "error": "missing_scope", "needed": needed, "provided": strings.Join(s.o.Scopes, ",")}
	}
	a.fault = f
	return m(s, a)
}

func (s *Server) authTest(args) answer {
	return answer{"ok": true, "url": "https://fake.slack.example/", "team": s.o.TeamName, "user": s.o.BotName, "team_id": s.o.Team, "user_id": s.o.Bot, "bot_id": s.botID(), "is_enterprise_install": false}
}

func (s *Server) botID() string { return "B" + s.o.Bot[1:] }
func (s *Server) appID() string { return "A" + s.o.Bot[1:] }

// id returns a new id that begins with a letter or so.
func (s *Server) id(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s%08d", prefix, s.serial)
}

// args are the arguments of a call, from a form or from JSON.
type args struct {
	token  string
	values map[string]string // of objects and lists: their JSON
	fault  *Fault            // that changes what is answered, or nil
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
