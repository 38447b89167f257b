package decide

import (
	"slices"
	"time"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/route"
	"andon/signals/text"
)

// Memory is what was learnt from the journal: the similarity index, the route
// model, how many hand-offs are usual, and a cache of what texts say. It learns
// from public events only, so that nothing it says can leak.
type Memory struct {
	Lexicon *text.Lexicon
	Index   *text.Index  // nil where not wanted
	Routes  *route.Model // nil where not wanted

	ids      []*signals.Case // by index id
	number   map[signals.Key]int32
	handoffs map[string]*tally
	readings map[*signals.Event]*reading
	older    map[*signals.Event]*reading
	sites    []string // Jira sites seen
	teams    []string // Slack teams seen
	last     alike
}

type reading struct {
	*detect.Reading
	of string
}

// tally counts closed cases by their number of team hand-offs.
type tally struct {
	by    []int
	total int
}

func newMemory(o Options) *Memory {
	m := &Memory{Lexicon: o.Lexicon, number: make(map[signals.Key]int32), handoffs: make(map[string]*tally), readings: make(map[*signals.Event]*reading)}
	if m.Lexicon == nil {
		m.Lexicon = text.DefaultLexicon()
	}
	if o.Index {
		m.Index = text.NewIndex(text.IndexOptions{})
	}
	if o.Routes {
		m.Routes = route.New(route.Options{})
	}
	return m
}

// generation is how many readings each of the two halves of the cache holds:
// enough for the rooms' memory, small beside the texts themselves.
const generation = 8192

// Read implements detect.Models.
func (m *Memory) Read(p *signals.Post) *detect.Reading {
	if r, ok := m.readings[p.Event]; ok && r.of == p.Text {
		return r.Reading
	}
	r, ok := m.older[p.Event]
	if !ok || r.of != p.Text {
		r = &reading{detect.NewReading(m.Lexicon, p.Text), p.Text}
	}
	if len(m.readings) >= generation {
		m.older, m.readings = m.readings, make(map[*signals.Event]*reading, generation)
	}
	m.readings[p.Event] = r
	return r.Reading
}

// Observe learns from a case after e was applied to it.
func (m *Memory) Observe(c *signals.Case, e *signals.Event) {
	switch {
	case c.Key.Source == signals.Jira && !slices.Contains(m.sites, c.Key.Site):
		m.sites = append(m.sites, c.Key.Site)
		slices.Sort(m.sites)
	case c.Key.Source == signals.Slack && !slices.Contains(m.teams, c.Key.Site):
		m.teams = append(m.teams, c.Key.Site)
		slices.Sort(m.teams)
	}
	if e.Audience != signals.Public {
		return
	}
	c = c.For(public)
	if m.Routes != nil {
		m.Routes.Observe(c, e)
	}
	if e.Kind == signals.Closed && c.Closes == 1 {
		m.tally(c)
	}
}

var public = signals.Viewer{}

func (m *Memory) tally(c *signals.Case) {
	t := m.handoffs[c.Project]
	if t == nil {
		t = &tally{}
		m.handoffs[c.Project] = t
	}
	n := min(c.Path.Teams().Handoffs(), 63)
	for len(t.by) <= n {
		t.by = append(t.by, 0)
	}
	t.by[n]++
	t.total++
}

// Handoffs implements detect.Models.
func (m *Memory) Handoffs(project string, q float64) (handoffs, cases int) {
	t := m.handoffs[project]
	if t == nil {
		return 0, 0
	}
	sum := 0
	for n, k := range t.by {
		if sum += k; float64(sum) >= q*float64(t.total) {
			return n, t.total
		}
	}
	return len(t.by), t.total
}

// Index adds a case to the similarity index, once. Chat is added by its first
// posts, issues by their title and description.
func (m *Memory) Remember(c *signals.Case) {
	if m.Index == nil {
		return
	}
	if _, ok := m.number[c.Key]; ok {
		return
	}
	c = c.For(public)
	f, ok := fields(c)
	if !ok {
		return
	}
	id := int32(len(m.ids))
	m.ids = append(m.ids, c)
	m.number[c.Key] = id
	m.Index.Add(id, f, c.Opened.Unix())
}

func fields(c *signals.Case) (text.Fields, bool) {
	f := text.Fields{Title: c.Title, Body: c.Body, Component: c.Components, Project: c.Project}
	if c.Key.Source == signals.Slack {
		if len(c.Posts) == 0 {
			return f, false
		}
		f.Body = c.Posts[0].Text
		f.Project = ""
	}
	return f, f.Title != "" || f.Body != ""
}

// breadth is how many like cases are looked up at once; whoever asks for fewer
// gets the best of them.
const breadth = 10

// alike is the latest answer of Alike: several detectors ask about the same case.
type alike struct {
	c     *signals.Case
	text  string
	likes []detect.Like
}

// Alike implements detect.Models: earlier cases like c, c itself left out. k is
// at most breadth. The result is valid until the next call.
func (m *Memory) Alike(c *signals.Case, k int) []detect.Like {
	if m.Index == nil {
		return nil
	}
	f, ok := fields(c)
	if !ok {
		return nil
	}
	if m.last.c != c || m.last.text != f.Title+f.Body {
		m.last = alike{c, f.Title + f.Body, m.lookUp(c, f)}
	}
	return m.last.likes[:min(k, len(m.last.likes))]
}

func (m *Memory) lookUp(c *signals.Case, f text.Fields) []detect.Like {
	self, known := m.number[c.Key]
	if !known {
		self = -1
	}
	hits := m.Index.Query(f, c.Opened.Unix(), breadth, func(id int32) bool { return id == self || !m.ids[id].Opened.Before(c.Opened) })
	out := make([]detect.Like, 0, len(hits))
	for _, h := range hits {
		out = append(out, detect.Like{Case: m.ids[h.ID], Score: h.Score, Words: h.Shared})
	}
	return out
}

// since is the time from a to b as a person would say it.
func since(d time.Duration) string {
	switch {
	case d < 90*time.Minute:
		return plural(int(d.Minutes()+0.5), "minute")
	case d < 36*time.Hour:
		return plural(int(d.Hours()+0.5), "hour")
	}
	return plural(int(d.Hours()/24+0.5), "day")
}
