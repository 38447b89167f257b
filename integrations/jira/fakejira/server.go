package fakejira

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Dialect is the kind of Jira that is spoken.
type Dialect string

// The dialects, as serverInfo calls them.
const (
	Cloud      Dialect = "Cloud"
	DataCenter Dialect = "Server"
)

// Options says what kind of Jira it is. The zero value is a Cloud site that
// lets everybody in.
type Options struct {
	Dialect  Dialect          // default Cloud
	Now      func() time.Time // what time it is in Jira: nothing later is shown. nil: time.Now
	Indexing time.Duration    // how late the search index is behind the truth
	PageSize int              // greatest page of issues and comments, default 100

	// Token is the API token or personal access token that is wanted, "" = any.
	// With User it must come as basic authentication of that user; without it as
	// bearer token or with any user. The description of the server is for all.
	Token, User string

	Zone *time.Location // zone of the searching user's profile: of quoted JQL dates and of written ones; default UTC
}

const (
	defaultPage   = 100
	changelogPage = 100 // entries of GET issue/{id}/changelog and of expand with one Cloud issue
	searchHistory = 40  // entries of each issue in a Cloud search
	maxBody       = 4 << 20
)

// Server is the fake. It is an http.Handler and safe for concurrent use.
type Server struct {
	o      Options
	faults Faults

	mu       sync.RWMutex // guards everything below
	issues   []*issue
	byID     map[string]int // numeric id and every key an issue ever had -> index in issues
	site     site
	index    index
	remote   map[string][]remoteLink // by issue id
	browse   map[string][]Holder     // by project
	members  map[string][]string     // user ids by project and role
	required map[string][]Field      // by project

	properties map[string]map[string]json.RawMessage // by issue id and key
	lastID     int64                                 // greatest id of anything that was given out

	countMu sync.Mutex
	counts  map[string]int
}

// New makes an empty Jira.
func New(o Options) *Server {
	o.Dialect = cmp.Or(o.Dialect, Cloud)
	o.PageSize = cmp.Or(max(o.PageSize, 0), defaultPage)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	s := &Server{
		o: o, byID: map[string]int{}, site: newSite(), remote: map[string][]remoteLink{},
		browse: map[string][]Holder{}, members: map[string][]string{}, required: map[string][]Field{}, properties: map[string]map[string]json.RawMessage{}, counts: map[string]int{}, lastID: 10_000,
	}
	s.site.users[serviceID] = &person{id: serviceID, name: serviceID, display: "andon", email: o.User}
	return s
}

// serviceID is the user of whom all requests are.
const serviceID = "andon-service"

// Faults is where faults are injected.
func (s *Server) Faults() *Faults { return &s.faults }

// Requests tells how many requests came, by route such as
// "issue/{id}/changelog", whatever became of them. Those that are no GET are
// counted under their method too, such as "POST issue/{id}/comment". "total" is
// all of them.
func (s *Server) Requests() map[string]int {
	s.countMu.Lock()
	defer s.countMu.Unlock()
	return maps.Clone(s.counts)
}

func (s *Server) count(method, route string) {
	s.countMu.Lock()
	defer s.countMu.Unlock()
	s.counts["total"]++
	s.counts[route]++
	if method != http.MethodGet {
		s.counts[method+" "+route]++
	}
}

// call is one request while it is answered.
type call struct {
	*Server
	r    *http.Request
	vars map[string]string
	now  int64 // nanoseconds since 1970
	form func(key string) string
	body []byte
}

// reply is an answer: a status and what is written as JSON, nil for nothing.
type reply struct {
	code int
	body any
}

// ServeHTTP answers one request. The path may have a prefix before /rest/, as
// the gateway for scoped tokens has.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.o.Now()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	rt, vars := s.find(r)
	s.count(r.Method, rt.path)
	f, stop := s.faults.before(w, r, rt.path)
	if stop {
		return
	}
	out := s.answer(r, rt, vars, now)
	f.write(w, out)
}

func (s *Server) answer(r *http.Request, rt route, vars map[string]string, now time.Time) reply {
	switch {
	case rt.handle == nil:
		return rt.refusal
	case !rt.open && !s.admits(r):
		return fail(http.StatusUnauthorized, "Client must be authenticated to access this resource.")
	}
	c := &call{Server: s, r: r, vars: vars, now: now.UnixNano()}
	query := r.URL.Query()
	c.form = query.Get
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		if err != nil {
			return fail(http.StatusBadRequest, "The body could not be read: "+err.Error())
		}
		if len(body) > maxBody {
			return fail(http.StatusRequestEntityTooLarge, "The body is too large.")
		}
		c.body = body
	}
	if rt.writes {
		s.mu.Lock()
		defer s.mu.Unlock()
	} else {
		s.readLock()
		defer s.mu.RUnlock()
	}
	return rt.handle(c)
}

// admits reports whether the request has the credentials that are wanted.
func (s *Server) admits(r *http.Request) bool {
	if s.o.Token == "" {
		return true
	}
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	if user, password, ok := r.BasicAuth(); ok {
		return same(password, s.o.Token) && (s.o.User == "" || user == s.o.User)
	}
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && s.o.User == "" && same(bearer, s.o.Token)
}

// encode is the body of the answer.
func (out reply) encode() ([]byte, error) {
	switch b := out.body.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		return b, nil
	}
	return json.Marshal(out.body)
}

// fail is an answer with errors as Jira tells them.
func fail(code int, messages ...string) reply {
	return reply{code, map[string]any{"errorMessages": messages, "errors": map[string]string{}}}
}

// failFields is an answer that refuses fields, each with its reason.
func failFields(errs map[string]string) reply {
	return reply{http.StatusBadRequest, map[string]any{"errorMessages": []string{}, "errors": errs}}
}

func ok(body any) reply { return reply{http.StatusOK, body} }

// decode reads the body of a request.
func (c *call) decode(into any) (reply, bool) {
	if err := json.Unmarshal(c.body, into); err != nil {
		return fail(http.StatusBadRequest, "The body is no JSON of the expected shape: "+err.Error()), false
	}
	return reply{}, true
}

// number reads a whole number of the query, def where there is none.
func (c *call) number(key string, def int) int {
	if n, err := strconv.Atoi(c.form(key)); err == nil {
		return n
	}
	return def
}

// url is the address of a path of this server, as the client reached it.
func (c *call) url(path string) string {
	scheme := "http"
	if c.r.TLS != nil {
		scheme = "https"
	}
	prefix, _, _ := strings.Cut(c.r.URL.Path, "/rest/")
	return scheme + "://" + c.r.Host + prefix + path
}

// stamp writes a time as Jira does.
func (s *Server) stamp(ns int64) string {
	return time.Unix(0, ns).In(s.o.Zone).Format("2006-01-02T15:04:05.000-0700")
}
