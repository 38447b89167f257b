package decide

import (
	"cmp"
	"slices"
	"time"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/text"
)

// posting is an ask that begins a thread, by which the same person's same ask in
// another channel is known. It holds no words.
type posting struct {
	Case     signals.Key
	At       int64 // unix nanoseconds
	Shingles text.Shingles
}

// Within postedWithin the same words of the same person are one ask: the span for
// which text.NearDuplicate was read. Each is remembered for three times as long, for
// one that is heard late and to know which are nearest to each other, and of each
// person so many.
const (
	postedWithin = 72 * time.Hour
	mostPosted   = 32
)

// leastPosted is of how many shingles an ask is at least that is followed across
// channels: "can anybody help me?" is nobody's own. leastForwarded and forwarded are
// how many of them, and which part of the shorter text, make one that is passed on
// with words around it the same. All three are chosen.
const (
	leastPosted    = 4
	leastForwarded = 8
	forwarded      = 0.8
)

func (p *posting) same(o *posting) bool {
	if d := p.At - o.At; d > int64(postedWithin) || -d > int64(postedWithin) || p.Case.Channel() == o.Case.Channel() {
		return false
	}
	return p.Shingles.Resemblance(o.Shingles) >= text.NearDuplicate ||
		min(len(p.Shingles), len(o.Shingles)) >= leastForwarded && p.Shingles.Containment(o.Shingles) >= forwarded
}

// post follows the ask that begins a thread: the same words of the same person in
// other channels are further places of one problem. It is called whenever the
// beginning of the thread reads differently, and what came of it does not hang on
// the order in which the places were heard of.
func (w *World) post(c *signals.Case) {
	if c.Key.Channel() == "" {
		return
	}
	who := c.Opener
	var root *signals.Post
	if len(c.Posts) > 0 && detect.IsRoot(c.Posts[0]) {
		root = c.Posts[0]
		who = root.Event.Actor
	}
	w.unpost(c.Key, who)
	if root == nil || who == "" || signals.IsBot(who) {
		return
	}
	r := w.Memory.Read(root)
	if !r.WantsHelp() && r.Doc.Quoted == "" {
		return
	}
	mine := posting{Case: c.Key, At: root.Event.At.UnixNano(), Shingles: r.Shingles()}
	if len(mine.Shingles) < leastPosted {
		return
	}
	w.posted[who] = remember(w.posted[who], mine)
	w.relate(w.posted[who], &mine)
}

// unpost forgets the beginning of a thread and takes it apart from its other places.
func (w *World) unpost(k signals.Key, who string) {
	for _, o := range slices.Clone(w.same[k.String()]) {
		w.tie(k, o, false)
	}
	all := w.posted[who]
	i := slices.IndexFunc(all, func(p posting) bool { return p.Case == k })
	if i < 0 {
		return
	}
	gone := all[i]
	if all = slices.Delete(all, i, i+1); len(all) == 0 {
		delete(w.posted, who)
		return
	}
	w.posted[who] = all
	w.relate(all, &gone)
}

// relate joins and parts what a posting that came or went decides about: itself, and
// the others of its channel that are the same as one elsewhere.
func (w *World) relate(all []posting, p *posting) {
	for i := range all {
		if !p.same(&all[i]) {
			continue
		}
		for j := range all {
			if all[j].Case.Channel() == p.Case.Channel() {
				w.tie(all[j].Case, all[i].Case, paired(all, &all[j], &all[i]))
			}
		}
	}
}

// tie joins two threads as places of one ask, or parts them.
func (w *World) tie(a, b signals.Key, is bool) {
	if slices.Contains(w.same[a.String()], b) == is {
		return
	}
	if is {
		w.joins.Join(a, b)
	} else {
		w.joins.Part(a, b)
	}
	w.same.put(a.String(), b, is)
	w.same.put(b.String(), a, is)
}

// paired reports whether two postings are one ask: the same words, and of those of
// their channels the nearest to each other. What is asked in two channels every day
// is one ask a day, and not one that never ends.
func paired(all []posting, a, b *posting) bool {
	return a.same(b) && !slices.ContainsFunc(all, func(p posting) bool {
		return p.Case.Channel() == a.Case.Channel() && p.same(b) && p.nearer(a, b) ||
			p.Case.Channel() == b.Case.Channel() && p.same(a) && p.nearer(b, a)
	})
}

// nearer reports whether a posting is nearer in time to another one than o; of two
// that are as near, the earlier.
func (p *posting) nearer(o, to *posting) bool {
	away := func(x *posting) int64 { return max(x.At-to.At, to.At-x.At) }
	return cmp.Or(cmp.Compare(away(p), away(o)), cmp.Compare(p.At, o.At), signals.CompareKeys(p.Case, o.Case)) < 0
}

// remember adds a posting in its place by time, and forgets those that are too old
// to be the same as one that comes, and the oldest of too many.
func remember(all []posting, p posting) []posting {
	i := len(all)
	for i > 0 && all[i-1].At > p.At {
		i--
	}
	all = slices.Insert(all, i, p)
	last := all[len(all)-1].At
	from := max(0, len(all)-mostPosted)
	for from < len(all)-1 && last-all[from].At > int64(3*postedWithin) {
		from++
	}
	return slices.Clone(all[from:])
}
