package demo

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"sync"
	"time"

	"andon/bot"
	"andon/integrations/jira/fakejira"
	"andon/integrations/slack/fakeslack"
)

// Bot is the account of andon in the workspace.
const Bot = "UANDON"

// Options say what kind of demonstration it is.
type Options struct {
	Clock *Clock
	Seed  uint64 // of the past; 0 is 1
	URL   string // the address at which Handler will be served
	Bar   fakeslack.Bar
	Tell  func(Line) // is told what happens; nil: nobody
	Alone bool       // nobody of the company answers andon: whoever watches does
}

// Line is one thing that happened, for who watches.
type Line struct {
	At   time.Time
	Kind LineKind
	Text string
	Look string // address on the page where it is to be seen, "" for nowhere
}

// LineKind says what a line is about.
type LineKind string

// The kinds of lines.
const (
	Told LineKind = "note" // the story tells what to look at
	Said LineKind = "said" // andon said something
	Did  LineKind = "did"  // somebody answered andon
	Odd  LineKind = "odd"  // something of the story could not be done
)

// World is the company with its servers. Its story is for one goroutine: Turn and
// what it is made of, and what tells of the tickets. The rest, the servers and
// Last among it, is safe for concurrent use.
type World struct {
	Clock *Clock
	Slack *fakeslack.Server
	Jira  *fakejira.Server

	o      Options
	alerts string // address of the service's webhook for alerts

	beats     []beat // what is to come, by time
	reactions []reaction
	names     map[string]place  // messages of the story by name
	issues    map[string]*issue // by key
	fired     map[string]time.Time
	past      []*issue
	answered  map[string]time.Time // reactions that are over, by name
	filling   map[string]time.Time // until when a form is waited for that is about to be filled in, by reaction
	fillers   map[string]string    // and who fills it in
	seen      map[string]bool      // messages of andon that were told of
	created   map[string]string    // names of the channels that the story created, by id
	awaited   []awaited            // commands that andon has not answered yet
	actor     string               // who answered andon last

	mu    sync.Mutex
	lines []Line
}

// place is where a message stands.
type place struct{ channel, ts, thread string }

// New makes the company and its servers. Nothing has happened yet.
func New(o Options) (*World, error) {
	if o.Seed == 0 {
		o.Seed = 1
	}
	w := &World{
		Clock: o.Clock, o: o, names: map[string]place{}, issues: map[string]*issue{}, fired: map[string]time.Time{},
		answered: map[string]time.Time{}, filling: map[string]time.Time{}, fillers: map[string]string{}, seen: map[string]bool{}, created: map[string]string{},
	}
	w.Slack = fakeslack.New(fakeslack.Options{
		Team: slackTeam, TeamName: Company, Bot: Bot, BotName: "andon", Now: o.Clock.Now, Strict: true, URL: o.URL, Bar: o.Bar,
		People: slackPeople(), Channels: slackChannels(), Cuts: []fakeslack.Shortcut{
			{ID: bot.RaiseShortcut, Name: "Raise a signal", Message: true}, {ID: bot.NotShortcut, Name: "Not a signal", Message: true}, {ID: bot.PullShortcut, Name: "Pull the cord"},
		},
	})
	w.Jira = fakejira.New(fakejira.Options{Now: o.Clock.Now, User: "andon", Token: "demo"})
	for _, p := range people {
		w.Jira.AddUser(jiraID(p.ID), p.Name, p.ID+"@thimbleandoak.example")
	}
	for _, key := range []string{"SUP", "SHOP", "PAY", "PLAT", "IDN"} {
		w.Jira.AddProject(key, projects[key], "Bug", "Task")
	}
	var err error
	if w.past, err = history(o.Seed); err != nil {
		return nil, err
	}
	for _, is := range w.past {
		if err := w.put(is); err != nil {
			return nil, err
		}
	}
	if w.beats = story(); !o.Alone {
		w.reactions = answers()
	}
	return w, nil
}

// Close ends the servers.
func (w *World) Close() { w.Slack.Close() }

// Prepare says what was said before the story begins, while andon was not there
// yet, and leaves the clock where the story begins.
func (w *World) Prepare(ctx context.Context) error {
	for _, b := range before() {
		w.Clock.Set(b.At)
		if err := w.do(ctx, &b); err != nil {
			return err
		}
	}
	w.Clock.Set(Begin)
	return nil
}

// AlertsTo says where alerts are sent.
func (w *World) AlertsTo(url string) { w.alerts = url }

// Handler serves Slack with its page, Jira and the pages of its issues.
func (w *World) Handler() http.Handler {
	m := http.NewServeMux()
	m.Handle("/rest/", w.Jira)
	m.HandleFunc("GET /browse/{key}", w.browse)
	m.HandleFunc("GET /archives/{channel}/{ts}", openArchive)
	m.HandleFunc("GET /{$}", func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" { // where there is something to read
			http.Redirect(rw, r, pageOf("nora", "general"), http.StatusFound)
			return
		}
		w.Slack.ServeHTTP(rw, r)
	})
	m.Handle("/", w.Slack)
	return m
}

// openArchive leads from the address of a message to the page.
func openArchive(rw http.ResponseWriter, r *http.Request) {
	to := "/?channel=" + r.PathValue("channel")
	if ts := r.URL.Query().Get("thread_ts"); ts != "" {
		to += "&thread=" + ts
	}
	http.Redirect(rw, r, to, http.StatusFound)
}

// Next is when the next beat of the story is due, zero when none is left.
func (w *World) Next() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.beats) == 0 {
		return time.Time{}
	}
	return w.beats[0].At
}

// Due does the first beat that is due, if one is, and reports whether it did.
func (w *World) Due(ctx context.Context) (bool, error) {
	now := w.Clock.Now()
	w.mu.Lock()
	if len(w.beats) == 0 || w.beats[0].At.After(now) {
		w.mu.Unlock()
		return false, nil
	}
	b := w.beats[0]
	w.beats = w.beats[1:]
	w.mu.Unlock()
	if err := w.do(ctx, &b); err != nil {
		if ctx.Err() != nil {
			return false, err
		}
		w.line(Odd, fmt.Sprintf("%s could not %s %s: %v", nameOf(b.Who), b.Do, b.Where, err), "") // a visitor may have changed what the story rests on
		return true, nil
	}
	switch {
	case b.Do == commands:
		w.awaited = append(w.awaited, awaited{b, now})
	case b.Note != "":
		w.line(Told, b.Note, w.sight(&b))
	}
	return true, nil
}

// schedule adds beats to what is to come.
func (w *World) schedule(beats ...beat) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.beats = sorted(append(w.beats, beats...))
}

// line tells who watches of something; a step to what happens next ends there.
func (w *World) line(kind LineKind, text, look string) {
	w.Clock.Halt()
	l := Line{w.Clock.Now(), kind, html.UnescapeString(text), look} // as people read it: Slack writes < as &lt;
	w.mu.Lock()
	w.lines = append(w.lines, l)
	w.mu.Unlock()
	if w.o.Tell != nil {
		w.o.Tell(l)
	}
}

// Last is the latest of what happened, the zero Line before the first.
func (w *World) Last() Line {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.lines) - 1; i >= 0; i-- {
		if w.lines[i].Kind != Odd {
			return w.lines[i]
		}
	}
	return Line{}
}

// put gives Jira an issue as it is now.
func (w *World) put(is *issue) error {
	raw, err := is.raw()
	if err != nil {
		return err
	}
	return w.Jira.Put(raw)
}

// send posts an alert to the service.
func (w *World) send(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.alerts, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send an alert: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+alertToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("send an alert: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("send an alert: the service answers %s", resp.Status)
	}
	return nil
}
