package signals

import (
	"slices"
	"time"
)

// Problem is cases joined by explicit links: an issue key or a permalink in a
// message, a remote link, a human's choice; never by likeness, but for one ask that
// one person put in several channels. The ledger, the budget and the living message
// belong to the problem.
type Problem struct {
	ID    Key // the key of its earliest case
	Cases []*Case
}

// Case returns the case of the problem with the key, or nil.
func (p *Problem) Case(k Key) *Case {
	for _, c := range p.Cases {
		if c.Key == k {
			return c
		}
	}
	return nil
}

// Opener is who raised the earliest case.
func (p *Problem) Opener() string {
	if len(p.Cases) == 0 {
		return ""
	}
	return p.Cases[0].Opener
}

// Open reports whether any case of the problem is open.
func (p *Problem) Open() bool {
	return slices.ContainsFunc(p.Cases, func(c *Case) bool { return c.Open() })
}

// For returns the problem as v may know it, made anew of what v may see: cases
// of which v may see nothing are left out, and the order of the rest does not
// tell of them. The id stays where v may see its case. Joining never lends one
// case's audience to another.
func (p *Problem) For(v Viewer) *Problem {
	if v.All {
		return p
	}
	var seen []*Case
	for _, c := range p.Cases {
		if s := c.For(v); len(s.Events()) > 0 {
			seen = append(seen, s)
		}
	}
	out := NewProblem(seen...)
	if out.Case(p.ID) != nil {
		out.ID = p.ID
	}
	return out
}

// Joins remembers which cases are linked explicitly. A join counts as long as
// at least one link holds it, so that removing the last one takes the problem
// apart again. The zero value is empty and ready.
type Joins struct {
	links map[Key]map[Key]int
}

// Join adds a link between two cases.
func (j *Joins) Join(a, b Key) {
	if a == b {
		return
	}
	j.add(a, b, 1)
	j.add(b, a, 1)
}

// Part removes one link between two cases. Removing what was never added does
// nothing.
func (j *Joins) Part(a, b Key) {
	if j.links[a][b] > 0 {
		j.add(a, b, -1)
		j.add(b, a, -1)
	}
}

func (j *Joins) add(a, b Key, n int) {
	if j.links == nil {
		j.links = make(map[Key]map[Key]int)
	}
	if j.links[a] == nil {
		j.links[a] = make(map[Key]int, 1)
	}
	if j.links[a][b] += n; j.links[a][b] <= 0 {
		delete(j.links[a], b)
	}
	if len(j.links[a]) == 0 {
		delete(j.links, a)
	}
}

// Members returns the keys of the problem that k belongs to, k included,
// sorted by key.
func (j *Joins) Members(k Key) []Key {
	if len(j.links[k]) == 0 {
		return []Key{k}
	}
	seen := map[Key]bool{k: true}
	out := []Key{k}
	for i := 0; i < len(out); i++ {
		for to := range j.links[out[i]] {
			if !seen[to] {
				seen[to] = true
				out = append(out, to)
			}
		}
	}
	slices.SortFunc(out, CompareKeys)
	return out
}

// NewProblem makes a problem of cases: they are ordered by the time they were
// opened, then by key, and the first gives the problem its id.
func NewProblem(cases ...*Case) *Problem {
	slices.SortFunc(cases, func(a, b *Case) int {
		if c := a.Opened.Compare(b.Opened); c != 0 {
			return c
		}
		return CompareKeys(a.Key, b.Key)
	})
	p := &Problem{Cases: cases}
	if len(cases) > 0 {
		p.ID = cases[0].Key
	}
	return p
}

// Room is a channel: its latest posts across all threads, oldest first, and
// how many there ever were. It is what lets a detector tell that a question
// was answered beside its thread, or scrolled away.
type Room struct {
	ID      string // channel id, see ID
	Name    string
	Count   int // posts ever seen
	Posts   []*Post
	Members map[string]bool
	Keep    int // how many posts are kept; DefaultRoom when zero
}

// DefaultRoom is how many posts a room remembers. In the busiest public chat
// rooms a conversation is over within some 200 posts.
const DefaultRoom = 400

// Add puts a post in its place by time, which is the end unless it was heard
// late, and forgets the oldest when the room is full.
func (r *Room) Add(p *Post) {
	keep := r.Keep
	if keep == 0 {
		keep = DefaultRoom
	}
	r.Count++
	if len(r.Posts) >= 2*keep {
		r.Posts = append(make([]*Post, 0, 2*keep), r.Posts[len(r.Posts)-keep+1:]...)
	}
	r.Posts = append(r.Posts, p)
	for i := len(r.Posts) - 1; i > 0 && r.Posts[i-1].Event.At.After(p.Event.At); i-- {
		r.Posts[i-1], r.Posts[i] = r.Posts[i], r.Posts[i-1]
	}
}

// Renew puts the posts of a case that was folded again in place of those that
// the room has of it. What is older than everything that a room remembers which
// has forgotten some stays forgotten.
func (r *Room) Renew(k Key, posts []*Post) {
	forgot := r.Count > len(r.Posts) && len(r.Posts) > 0
	var out []*Post
	had := make(map[string]bool)
	for _, p := range r.Posts {
		if p.Event.Case == k {
			had[p.Event.ID] = true
		} else {
			out = append(out, p)
		}
	}
	for _, p := range posts {
		if !had[p.Event.ID] {
			if forgot && p.Event.At.Before(r.Posts[0].Event.At) {
				continue
			}
			r.Count++
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b *Post) int { return a.Event.At.Compare(b.Event.At) })
	r.Posts = out
}

// Settle puts the posts in order and forgets as many as Add would have by now.
func (r *Room) Settle() {
	slices.SortStableFunc(r.Posts, func(a, b *Post) int { return CompareEvents(a.Event, b.Event) })
	keep := r.Keep
	if keep == 0 {
		keep = DefaultRoom
	}
	if r.Count > 2*keep {
		keep += (r.Count - 2*keep - 1) % keep
	} else {
		keep = r.Count
	}
	if n := len(r.Posts) - keep; n > 0 {
		r.Posts = r.Posts[n:]
	}
}

// Remove takes back the post of a Said event.
func (r *Room) Remove(id string) {
	r.Posts = slices.DeleteFunc(r.Posts, func(p *Post) bool { return p.Event.ID == id })
}

// Since returns the posts at or after t, oldest first. The result shares
// memory with the room.
func (r *Room) Since(t time.Time) []*Post {
	i, _ := slices.BinarySearchFunc(r.Posts, t, func(p *Post, t time.Time) int { return p.Event.At.Compare(t) })
	return r.Posts[i:]
}

// For returns the room as v may know it.
func (r *Room) For(v Viewer) *Room {
	if v.All || !slices.ContainsFunc(r.Posts, func(p *Post) bool { return !v.Sees(p.Event.Audience) }) {
		return r
	}
	out := *r
	out.Posts = nil
	for _, p := range r.Posts {
		if v.Sees(p.Event.Audience) {
			out.Posts = append(out.Posts, p)
		} else {
			out.Count--
		}
	}
	return &out
}

// JoinLink is what holds two cases together, and how many links that are.
type JoinLink struct {
	A, B Key // A before B
	N    int
}

// Links lists all joins, sorted.
func (j *Joins) Links() []JoinLink {
	var out []JoinLink
	for a, to := range j.links {
		for b, n := range to {
			if CompareKeys(a, b) < 0 {
				out = append(out, JoinLink{a, b, n})
			}
		}
	}
	slices.SortFunc(out, func(x, y JoinLink) int {
		if c := CompareKeys(x.A, y.A); c != 0 {
			return c
		}
		return CompareKeys(x.B, y.B)
	})
	return out
}

// Restore adds what Links listed.
func (j *Joins) Restore(l JoinLink) {
	if l.N > 0 && l.A != l.B {
		j.add(l.A, l.B, l.N)
		j.add(l.B, l.A, l.N)
	}
}
