package decide

import (
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/text"
)

// World is what is known at one moment: cases and channels as folded so far,
// the organisation, the models, and the book of what was found and said.
type World struct {
	Org    *signals.Org
	Memory *Memory
	Book   *Book

	Cases map[signals.Key]*signals.Case
	Rooms map[string]*signals.Room

	silent    bool
	detectors map[string][]detect.Detector // by source, without those that are off
	joins     signals.Joins
	labels    map[string]signals.Key   // SOURCE/SITE/LABEL -> case
	mentioned map[string][]signals.Key // event id -> cases that the message joins its own case to
	solo      signals.Problem          // scratch: most problems have one case
	solos     [1]*signals.Case
}

// Options chooses what a World computes.
type Options struct {
	Lexicon   *text.Lexicon // nil for the default one
	Detectors []string      // names; nil for all that the policy does not turn off
	Index     bool          // keep the similarity index
	Routes    bool          // keep the route model
	AsLive    bool          // judge every detector that is not off as if it were live
	Silent    bool          // find signals, tell nobody
}

// NewWorld returns an empty world under an organisation.
func NewWorld(org *signals.Org, o Options) *World {
	w := &World{
		Org: org, Book: newBook(o.AsLive), silent: o.Silent,
		Cases: make(map[signals.Key]*signals.Case), Rooms: make(map[string]*signals.Room),
		labels: make(map[string]signals.Key), mentioned: make(map[string][]signals.Key),
	}
	o.Index = w.chooseDetectors(o.Detectors) || o.Index
	w.Memory = newMemory(o)
	return w
}

// chooseDetectors fills the table by source and reports whether one of them
// asks for like cases.
func (w *World) chooseDetectors(names []string) (likes bool) {
	w.detectors = make(map[string][]detect.Detector)
	for _, d := range detect.All() {
		if names != nil && !slices.Contains(names, d.Name) {
			continue
		}
		if names == nil && w.Org.Mode(d.Name, "") == signals.Off {
			continue
		}
		likes = likes || d.Likes
		for _, s := range d.Sources {
			w.detectors[s] = append(w.detectors[s], d)
		}
	}
	return likes
}

// Take folds an event into the world. It returns the case that the event
// belongs to, or nil for an event of the organisation. An event that comes
// later than its time refolds its case.
func (w *World) Take(e *signals.Event) (*signals.Case, error) {
	switch e.Kind {
	case signals.RosterSet, signals.PolicySet, signals.AwaySet, signals.ModeSet, signals.Muted, signals.Joined:
		return nil, w.Org.Apply(e)
	}
	c := w.Cases[e.Case]
	if c == nil {
		c = &signals.Case{}
		w.Cases[e.Case] = c
	}
	posts := len(c.Posts)
	if !c.Apply(e) {
		c = signals.Fold(append(slices.Clone(c.Events()), e))
		w.Cases[e.Case] = c
	}
	if len(c.Posts) > posts {
		w.said(c, c.Posts[len(c.Posts)-1])
	}
	w.link(c, e)
	return c, nil
}

// said brings a new post to its room.
func (w *World) said(c *signals.Case, p *signals.Post) {
	if ch := c.Key.Channel(); ch != "" {
		w.room(ch).Add(p)
	}
}

func (w *World) room(channel string) *signals.Room {
	r := w.Rooms[channel]
	if r == nil {
		r = &signals.Room{ID: channel, Name: signals.Bare(channel)}
		w.Rooms[channel] = r
	}
	return r
}

// Name tells the world what a channel is called.
func (w *World) Name(channel, name string) { w.room(channel).Name = name }

// link follows everything that joins cases: labels, links, and what messages name.
func (w *World) link(c *signals.Case, e *signals.Event) {
	switch e.Kind {
	case signals.Opened:
		w.labels[labelKey(c.Key, c.Label)] = c.Key
	case signals.Edited:
		if e.Field == signals.FieldLabel {
			w.labels[labelKey(c.Key, e.To)] = c.Key
		}
		if e.Ref != "" {
			w.forget(c, e.Ref)
			w.mention(c, e.Ref, c.Post(e.Ref))
		}
	case signals.Said:
		if n := len(c.Posts); n > 0 && c.Posts[n-1].Event == e {
			w.mention(c, e.ID, c.Posts[n-1])
		}
	case signals.Deleted:
		if e.Ref != "" {
			w.forget(c, e.Ref)
			if ch := c.Key.Channel(); ch != "" {
				w.room(ch).Remove(e.Ref)
			}
		}
	case signals.Linked, signals.Unlinked:
		w.linked(c, e)
	}
}

func labelKey(k signals.Key, label string) string { return k.Source + "/" + k.Site + "/" + label }

// linked joins cases over a link that says that they are one problem. Other
// links, such as "relates to", are kept on the case but join nothing.
func (w *World) linked(c *signals.Case, e *signals.Event) {
	to, ok := w.resolve(e.Ref)
	if !ok || !strings.Contains(strings.ToLower(e.Field), "duplicate") {
		return
	}
	if e.Kind == signals.Linked {
		w.joins.Join(c.Key, to)
	} else {
		w.joins.Part(c.Key, to)
	}
}

// resolve finds the case of a reference: a Key.String, or one whose id is
// "label:" and the readable name.
func (w *World) resolve(ref string) (signals.Key, bool) {
	k, ok := signals.ParseKey(ref)
	if !ok {
		return k, false
	}
	if label, named := strings.CutPrefix(k.ID, "label:"); named {
		k, ok = w.labels[labelKey(k, label)]
		return k, ok
	}
	return k, true
}

// most is how many issues a message may name and still join its thread to
// them. A message that names more is a list, such as release notes.
const most = 2

func (w *World) mention(c *signals.Case, id string, p *signals.Post) {
	if p == nil || !mayName(p.Text) {
		return
	}
	var to []signals.Key
	for _, k := range w.named(c, w.Memory.Read(p)) {
		if k != c.Key && !slices.Contains(to, k) {
			to = append(to, k)
		}
	}
	if len(to) == 0 || len(to) > most {
		return
	}
	for _, k := range to {
		w.joins.Join(c.Key, k)
	}
	w.mentioned[id] = to
}

func (w *World) forget(c *signals.Case, id string) {
	for _, k := range w.mentioned[id] {
		w.joins.Part(c.Key, k)
	}
	delete(w.mentioned, id)
}

// mayName reports whether a text could hold an issue key or a permalink; it is
// a quick look before the text is parsed.
func mayName(s string) bool {
	if strings.Contains(s, "/archives/") {
		return true
	}
	for i := 2; i < len(s)-1; i++ {
		if s[i] == '-' && s[i+1] >= '0' && s[i+1] <= '9' && s[i-1] >= '0' && s[i-1] <= 'Z' && s[i-2] >= '0' && s[i-2] <= 'Z' {
			return true
		}
	}
	return false
}

// named lists the known cases that a post names: issue keys in chat, and
// permalinks anywhere.
func (w *World) named(c *signals.Case, r *detect.Reading) []signals.Key {
	var out []signals.Key
	if c.Key.Source == signals.Slack {
		for _, label := range r.Doc.Keys {
			if k, ok := w.byLabel(label); ok {
				out = append(out, k)
			}
		}
	}
	for _, u := range r.Doc.URLs {
		if k, ok := w.permalink(u); ok {
			out = append(out, k)
		}
	}
	return out
}

// byLabel finds the one issue with a readable name; with several sites a name
// that stands for two issues stands for none.
func (w *World) byLabel(label string) (found signals.Key, ok bool) {
	for _, site := range w.Memory.sites {
		if k, hit := w.labels[signals.Jira+"/"+site+"/"+label]; hit {
			if ok {
				return signals.Key{}, false
			}
			found, ok = k, true
		}
	}
	return found, ok
}

// permalink reads https://x.slack.com/archives/C123/p1700000000123456 with an
// optional thread_ts, and finds the thread.
func (w *World) permalink(url string) (signals.Key, bool) {
	_, rest, ok := strings.Cut(url, "/archives/")
	channel, rest, ok2 := strings.Cut(rest, "/p")
	if !ok || !ok2 {
		return signals.Key{}, false
	}
	digits, query, _ := strings.Cut(rest, "?")
	ts := ""
	if len(digits) > 6 {
		ts = digits[:len(digits)-6] + "." + digits[len(digits)-6:]
	}
	if _, t, ok := strings.Cut(query, "thread_ts="); ok {
		ts, _, _ = strings.Cut(t, "&")
	}
	for _, team := range w.Memory.teams {
		k := signals.SlackThread(team, channel, ts)
		if w.Cases[k] != nil {
			return k, true
		}
	}
	return signals.Key{}, false
}

// Problem returns the problem that a case belongs to. A problem of one case is
// scratch memory that the next call overwrites.
func (w *World) Problem(c *signals.Case) *signals.Problem {
	keys := w.joins.Members(c.Key)
	if len(keys) == 1 {
		w.solos[0] = c
		w.solo = signals.Problem{ID: c.Key, Cases: w.solos[:]}
		return &w.solo
	}
	var cases []*signals.Case
	for _, k := range keys {
		if m := w.Cases[k]; m != nil {
			cases = append(cases, m)
		}
	}
	return signals.NewProblem(cases...)
}
