package decide

import (
	"slices"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/risk"
	"andon/signals/route"
	"andon/signals/text"
)

// Memory is what was learnt from the journal: the similarity index, the route
// and risk models, what is usual in each project, and a cache of what texts say. It learns
// from public events only, so that nothing it says can leak.
type Memory struct {
	Lexicon *text.Lexicon
	Index   *text.Index           // nil where not wanted
	Routes  *route.Model          // nil where not wanted
	Risk    *risk.Model           // nil where not wanted
	Problem detect.ProblemWeights // nil for the shipped ones

	ids      []signals.Key                   // by index id
	cases    func(signals.Key) *signals.Case // as they stand now; the world's
	policy   func() *signals.Policy          // as of now
	private  func(who string) bool           // whose words are not to be read; nil for nobody's
	number   map[signals.Key]int32
	handoffs map[string]*tally
	habits   map[string]*habit
	loads    loads
	readings map[*signals.Event]*reading
	older    map[*signals.Event]*reading
	sites    []string // Jira sites seen
	teams    []string // Slack teams seen

	likes, olderLikes map[signals.Key]alike
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
	m := &Memory{Lexicon: o.Lexicon, number: make(map[signals.Key]int32), handoffs: make(map[string]*tally), habits: make(map[string]*habit), loads: newLoads(), readings: make(map[*signals.Event]*reading), likes: make(map[signals.Key]alike)}
	if m.Lexicon == nil {
		m.Lexicon = text.DefaultLexicon()
	}
	m.want(o.Index, o.Risk)
	if o.Routes {
		m.Routes = route.New(route.Options{})
	}
	return m
}

// want begins the similarity index and the risk model where they are wanted and
// there are none. What is begun late knows of what comes from then on.
func (m *Memory) want(likes, risks bool) {
	if likes && m.Index == nil {
		m.Index = text.NewIndex(text.IndexOptions{})
	}
	if risks && m.Risk == nil {
		m.Risk = risk.New(longPath)
	}
}

// generation is how many readings each of the two halves of the cache holds:
// enough for the rooms' memory, small beside the texts themselves.
const generation = 8192

// Read implements detect.Models.
// Of what somebody wrote who opted out nothing is read.
func (m *Memory) Read(p *signals.Post) *detect.Reading {
	words := p.Text
	if m.unread(p.Event.Actor) {
		words = ""
	}
	if r, ok := m.readings[p.Event]; ok && r.of == words {
		return r.Reading
	}
	r, ok := m.older[p.Event]
	if !ok || r.of != words {
		r = &reading{detect.NewReading(m.Lexicon, words), words}
	}
	if len(m.readings) >= generation {
		m.older, m.readings = m.readings, make(map[*signals.Event]*reading, generation)
	}
	m.readings[p.Event] = r
	return r.Reading
}

func (m *Memory) unread(who string) bool { return m.private != nil && m.private(who) }

// wordless is a case without the words of who opened it, where they opted out.
func (m *Memory) wordless(c *signals.Case) *signals.Case {
	if !m.unread(c.Opener) {
		return c
	}
	out := *c
	out.Title, out.Body = "", ""
	return &out
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
	if e.Audience != signals.Public || e.Kind.Answers() {
		return
	}
	c = c.For(public)
	if m.Routes != nil && !(e.Kind == signals.Said && m.unread(e.Actor)) {
		m.Routes.Observe(m.wordless(c), e)
	}
	if m.Risk != nil {
		m.Risk.Observe(m.wordless(c), e, m.policy())
	}
	m.observeHabit(c, e)
	m.loads.observe(c, e, m.policy().Load.InTime)
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

// ProblemWeights implements detect.Models.
func (m *Memory) ProblemWeights() detect.ProblemWeights { return m.Problem }

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
	if !ok || m.unread(c.Opener) {
		return
	}
	id := int32(len(m.ids))
	m.ids = append(m.ids, c.Key)
	m.number[c.Key] = id
	m.Index.Add(id, f, c.Opened.Unix())
}

func fields(c *signals.Case) (text.Fields, bool) {
	f := text.Fields{Title: c.Title, Body: c.Body, Component: c.Components, Project: c.Project, Author: c.Opener}
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

// alike is an answer of Alike. It holds as long as the case reads the same: who
// comes later is not earlier, and a duplicate that is learnt of later counts for
// the cases that are looked up from then on.
type alike struct {
	title, body string
	likes       []detect.Like
}

// answers is how many answers of Alike each half of their cache holds: more than
// the cases that a site opens in a day or two, in which they are asked for again.
const answers = 2048

// Alike implements detect.Models: earlier cases like c, c itself left out. k is
// at most breadth.
func (m *Memory) Alike(c *signals.Case, k int) []detect.Like {
	if m.Index == nil {
		return nil
	}
	f, ok := fields(c)
	if !ok || m.unread(c.Opener) {
		return nil
	}
	a, ok := m.likes[c.Key]
	if !ok {
		a, ok = m.olderLikes[c.Key]
	}
	if !ok || a.title != f.Title || a.body != f.Body {
		a = alike{f.Title, f.Body, m.lookUp(c, f)}
	}
	for i := range a.likes { // they may have been folded again since
		a.likes[i].Case = m.public(a.likes[i].Case.Key)
	}
	if len(m.likes) >= answers {
		m.olderLikes, m.likes = m.likes, make(map[signals.Key]alike, answers)
	}
	m.likes[c.Key] = a
	return a.likes[:min(k, len(a.likes))]
}

func (m *Memory) lookUp(c *signals.Case, f text.Fields) []detect.Like {
	var skip func(int32) bool
	if self, known := m.number[c.Key]; known {
		skip = func(id int32) bool { return id == self }
	}
	hits := m.Index.Query(f, c.Opened.Unix(), breadth, skip)
	out := make([]detect.Like, 0, len(hits))
	for _, h := range hits {
		out = append(out, detect.Like{Case: m.public(m.ids[h.ID]), Score: h.Score, Words: h.Shared})
	}
	return out
}

// public is a case as it stands now, as far as everybody may see it.
func (m *Memory) public(k signals.Key) *signals.Case { return m.cases(k).For(public) }
