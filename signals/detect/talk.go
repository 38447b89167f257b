package detect

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// Bounds of an utterance: somebody who writes on within this time, with no more
// than so many posts of others between and none of them addressed to them, is
// still saying the same thing.
const (
	utteranceGap   = 10 * time.Minute
	utterancePosts = 12
)

// talkBefore is how many posts before an utterance are looked at to tell
// whether it begins something or goes on with something.
const talkBefore = 40

// Talk is the conversation around one post of a channel: what its author said
// in a row, what stood in the channel before, and everything that came after,
// in threads and beside them. All posts are in time order and none is a bot's.
type Talk struct {
	Author string
	Group  []*signals.Post // the author's utterance; Group[0] begins it
	Before []*signals.Post // flat posts of anybody before the utterance, at most talkBefore
	After  []*signals.Post // flat posts of anybody after it began, the utterance left out
	Thread []*signals.Post // posts in the threads under the utterance, its own posts left out

	forgotten bool // the room no longer holds the posts around the root

	flat     []*signals.Post // every flat post that was looked at
	org      *signals.Org
	read     func(*signals.Post) *Reading
	info     map[*signals.Post]*spoken
	numbers  map[string]int       // of the authors
	line     []*spoken            // of the flat posts, see at
	replies  []Reply              // see Replies
	talkers  []string             // see speakers
	again    *int                 // the last place in After where the author asks again, see asksAgainAfter
	roots    map[signals.Key]bool // threads of others in the channel in which the author does not write
	threaded float64              // the share of the posts around that stand in threads
}

// spoken is what a post does in a conversation.
type spoken struct {
	who   int // its author, numbered as they come
	r     *Reading
	names []string // whom it addresses: ids as in Event.Actor
}

// IsRoot reports whether a post stands in the channel itself, not within a thread.
func IsRoot(p *signals.Post) bool {
	k := p.Event.Case
	if k.Source != signals.Slack {
		return false
	}
	_, root, _ := strings.Cut(k.ID, "/")
	return strings.HasSuffix(p.Event.ID, "/"+root)
}

// TalkAt is the conversation around the root post of the snapshot's case, or
// nil where the case is not chat, has no root post, or a bot wrote it.
func TalkAt(s *Snapshot) *Talk {
	if s.Case.Key.Source != signals.Slack || len(s.Case.Posts) == 0 || !IsRoot(s.Case.Posts[0]) {
		return nil
	}
	root := s.Case.Posts[0]
	if signals.IsBot(root.Event.Actor) {
		return nil
	}
	return NewTalk(root, s.Case.Posts[1:], s.Room, s.Org, s.Models.Read)
}

// NewTalk finds the conversation around root. thread is what was said under it;
// room may be nil, then the thread is all there is.
func NewTalk(root *signals.Post, thread []*signals.Post, room *signals.Room, org *signals.Org, read func(*signals.Post) *Reading) *Talk {
	t := &Talk{Author: root.Event.Actor, Group: []*signals.Post{root}, org: org, read: read, info: make(map[*signals.Post]*spoken), numbers: make(map[string]int)}
	flat, at := flatPosts(root, room)
	t.threaded = threadedShare(room, root)
	t.roots = foreignThreads(room, root)
	if at >= 0 {
		t.around(flat, at)
	} else {
		t.forgotten = room != nil
	}
	t.threads(root, thread, room)
	return t
}

// flatPosts returns the posts of people that stand in the channel itself, from
// an hour or talkBefore posts before root on, and where root is among them, -1 if it is not.
func flatPosts(root *signals.Post, room *signals.Room) (flat []*signals.Post, at int) {
	if room == nil {
		return nil, -1
	}
	i, ok := slices.BinarySearchFunc(room.Posts, root, func(p, q *signals.Post) int {
		return signals.CompareEvents(p.Event, q.Event)
	})
	if !ok {
		return nil, -1
	}
	from := i
	for n := 0; from > 0 && n < talkBefore; from-- {
		if p := room.Posts[from-1]; IsRoot(p) && !signals.IsBot(p.Event.Actor) {
			n++
		}
	}
	at = -1
	for _, p := range room.Posts[from:] {
		if !IsRoot(p) || signals.IsBot(p.Event.Actor) {
			continue
		}
		if p.Event.ID == root.Event.ID {
			at = len(flat)
			p = root
		}
		flat = append(flat, p)
	}
	return flat, at
}

// threadedShare is the share of the latest posts up to root that stand in threads.
func threadedShare(room *signals.Room, root *signals.Post) float64 {
	if room == nil {
		return 0
	}
	n, all := 0.0, 4.0
	for i := len(room.Posts) - 1; i >= 0 && all < 2*talkBefore; i-- {
		if p := room.Posts[i]; signals.CompareEvents(p.Event, root.Event) <= 0 && !signals.IsBot(p.Event.Actor) {
			all++
			n += flag(!IsRoot(p))
		}
	}
	return n / all
}

// around splits the flat posts into before, utterance and after.
func (t *Talk) around(flat []*signals.Post, at int) {
	t.flat = flat
	first := at
	for j, others := at-1, 0; j >= 0 && others <= utterancePosts; j-- {
		p := flat[j]
		if p.Event.Actor == t.Author {
			if flat[first].Event.At.Sub(p.Event.At) > utteranceGap {
				break
			}
			first, others = j, 0
			continue
		}
		if t.names(p, t.Author) {
			break
		}
		others++
	}
	member := []int{}
	last := first
	for j, others := first, 0; j < len(flat) && others <= utterancePosts; j++ {
		p := flat[j]
		if p.Event.Actor == t.Author {
			if p.Event.At.Sub(flat[last].Event.At) > utteranceGap {
				break
			}
			member, last, others = append(member, j), j, 0
			continue
		}
		if t.names(p, t.Author) {
			break
		}
		others++
	}
	t.Group, t.Before = nil, flat[:first]
	for j, m := first, 0; j < len(flat); j++ {
		if m < len(member) && member[m] == j {
			t.Group = append(t.Group, flat[j])
			m++
			continue
		}
		t.After = append(t.After, flat[j])
	}
}

// threads gathers what was said under the posts of the utterance.
func (t *Talk) threads(root *signals.Post, thread []*signals.Post, room *signals.Room) {
	for _, p := range thread {
		if !signals.IsBot(p.Event.Actor) {
			t.Thread = append(t.Thread, p)
		}
	}
	t.talkers = nil
	if room == nil || len(t.Group) < 2 {
		return
	}
	for _, p := range room.Since(t.Group[0].Event.At) {
		if IsRoot(p) || signals.IsBot(p.Event.Actor) || p.Event.Case == root.Event.Case {
			continue
		}
		if slices.ContainsFunc(t.Group, func(g *signals.Post) bool { return g.Event.Case == p.Event.Case }) {
			t.Thread = append(t.Thread, p)
		}
	}
	t.talkers = nil
	slices.SortStableFunc(t.Thread, func(a, b *signals.Post) int { return signals.CompareEvents(a.Event, b.Event) })
}

// Last is the latest post of the utterance.
func (t *Talk) Last() *signals.Post { return t.Group[len(t.Group)-1] }

// Passed is how many posts of others stand in the channel after the utterance began.
func (t *Talk) Passed() int {
	n := 0
	for _, p := range t.After {
		if p.Event.Actor != t.Author {
			n++
		}
	}
	return n
}

// Own returns what the author said after the utterance, in the channel and in
// the threads under it, in time order.
func (t *Talk) Own() []*signals.Post {
	var out []*signals.Post
	for _, list := range [][]*signals.Post{t.After, t.Thread} {
		for _, p := range list {
			if p.Event.Actor == t.Author {
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *signals.Post) int { return signals.CompareEvents(a.Event, b.Event) })
	return out
}

// of returns what a post does in the conversation, read once.
func (t *Talk) of(p *signals.Post) *spoken {
	if in, ok := t.info[p]; ok {
		return in
	}
	who, known := t.numbers[p.Event.Actor]
	if !known {
		who = len(t.numbers)
		t.numbers[p.Event.Actor] = who
	}
	in := &spoken{r: t.read(p), who: who}
	in.names = t.addressed(p, &in.r.Doc)
	t.info[p] = in
	return in
}

// at returns what flat[i] does in the conversation.
func (t *Talk) at(i int) *spoken {
	if t.line == nil {
		t.line = make([]*spoken, len(t.flat))
	}
	if t.line[i] == nil {
		t.line[i] = t.of(t.flat[i])
	}
	return t.line[i]
}

// Reading is what a post of the conversation says.
func (t *Talk) Reading(p *signals.Post) *Reading { return t.of(p).r }

// names reports whether post p addresses the person.
func (t *Talk) names(p *signals.Post, person string) bool {
	return slices.Contains(t.of(p).names, person)
}
