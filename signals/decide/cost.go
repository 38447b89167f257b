package decide

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// How many finished groups of issues one is compared with, the newest, how many
// issues one of them may have at most, and how many issues are gone through to
// find them.
const (
	mostPeers = 30
	mostGroup = 200
	mostRead  = 1000
)

// Bill is what it took to coordinate the issues that belong together with one, as
// a viewer may see them, beside finished ones of the same project and like size.
type Bill struct {
	signals.Cost
	Root  *signals.Case // the epic, or the issue that was asked about
	Epic  bool          // they are parts of Root; else they are linked as waiting for each other
	Peers []signals.Cost
}

// Bill adds up the issues of a case's epic, or of the epic that it is, or where
// there is none the row of links in which it stands.
func (w *World) Bill(c *signals.Case, v signals.Viewer, now time.Time) Bill {
	g := w.together(c, &kin{w: w, v: v})
	if g.root == nil {
		return Bill{}
	}
	b := Bill{Root: g.root, Epic: g.epic, Cost: signals.CostOf(g.own, w.Org, w.Memory, now)}
	for _, others := range g.peers {
		b.Peers = append(b.Peers, signals.CostOf(others, w.Org, w.Memory, now))
	}
	return b
}

// Lacks lists the issues that Bill would have to ask the world's source for, as far
// as is known without them: who takes them from there at once spares it that, and
// when they are there may find that more are lacking.
func (w *World) Lacks(c *signals.Case, v signals.Viewer) []signals.Key {
	lacks := make(map[signals.Key]bool)
	w.together(c, &kin{w: w, v: v, lacks: lacks})
	return slices.SortedFunc(maps.Keys(lacks), signals.CompareKeys)
}

// together is an issue's group and the finished ones that it is compared with.
type together struct {
	root  *signals.Case
	epic  bool
	own   []*signals.Case
	peers [][]*signals.Case
}

func (w *World) together(c *signals.Case, n *kin) (g together) {
	if g.root = n.seen(c.Key); g.root == nil {
		return g
	}
	g.root, g.epic = w.rootOf(g.root, n)
	g.own = w.group(g.root, g.epic, n)
	for _, root := range w.peers(&g, n) {
		others := w.group(root, g.epic, n)
		if !like(len(g.own), len(others)) || slices.ContainsFunc(others, (*signals.Case).Open) {
			continue
		}
		if g.peers = append(g.peers, others); len(g.peers) == mostPeers {
			break
		}
	}
	return g
}

// rootOf is the topmost epic that a case is part of. epic is false where it is
// part of none and has no parts.
func (w *World) rootOf(c *signals.Case, n *kin) (root *signals.Case, epic bool) {
	root = c
	for range signals.LongestChain {
		if root.Parent == "" {
			break
		}
		ref, _ := signals.ParseKey(parentRef(root.Key, root.Parent))
		_, up := n.Find(ref)
		if up == nil || up.Key == c.Key {
			break
		}
		root = up
	}
	return root, root.Key != c.Key || len(n.children(c.Key)) > 0
}

// group lists the issues that belong together with a root, itself first.
func (w *World) group(root *signals.Case, epic bool, n *kin) []*signals.Case {
	out := []*signals.Case{root}
	seen := map[signals.Key]bool{root.Key: true}
	for i := 0; i < len(out) && len(out) < mostGroup; i++ {
		next := n.children(out[i].Key)
		if !epic {
			next = w.neighbours(out[i], n)
		}
		for _, c := range next {
			if !seen[c.Key] && !c.Gone {
				seen[c.Key] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// neighbours are the issues that wait for one, or that it waits for, in the order
// of their keys.
func (w *World) neighbours(c *signals.Case, n *kin) (out []*signals.Case) {
	words := w.Org.Policy.LinkWords()
	ties := func(l *signals.Link) bool { return words.Waits(l.Phrase) || words.Blocks(l.Phrase) }
	for i := range c.Links {
		if _, other := n.Find(c.Links[i].To); other != nil && ties(&c.Links[i]) {
			out = append(out, other)
		}
	}
	for _, other := range n.Linking(c.Key) {
		for i := range other.Links {
			if k, _ := n.Find(other.Links[i].To); k == c.Key && ties(&other.Links[i]) {
				out = append(out, other)
			}
		}
	}
	slices.SortFunc(out, func(a, b *signals.Case) int { return signals.CompareKeys(a.Key, b.Key) })
	return slices.CompactFunc(out, func(a, b *signals.Case) bool { return a.Key == b.Key })
}

// peers lists the roots of other groups of a project that may be of like size, the
// newest first.
func (w *World) peers(g *together, n *kin) (out []*signals.Case) {
	tried := map[signals.Key]bool{}
	for _, c := range g.own {
		tried[c.Key] = true
	}
	for _, name := range w.namedBeside(g) {
		k, ok := w.resolve(name)
		if !ok || tried[k] {
			continue
		}
		tried[k] = true
		c := n.seen(k)
		if c == nil || c.Project != g.root.Project || c.Open() {
			continue
		}
		if !g.epic {
			for _, other := range w.group(c, false, n) {
				tried[other.Key] = true
			}
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b *signals.Case) int {
		return cmp.Or(b.Opened.Compare(a.Opened), signals.CompareKeys(a.Key, b.Key))
	})
	return out
}

// namedBeside lists by which names others are linked to, or are epics of like size,
// in what may be the project of a group: those with the highest numbers first, for
// they are the newest, and of so many issues only as can be gone through.
func (w *World) namedBeside(g *together) (out []string) {
	may := mayShare(g.root)
	for ref, list := range w.refs {
		name, part := strings.CutPrefix(ref, partOf)
		if part == g.epic && (!part || like(len(g.own), len(list)+1)) && may(name) {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(numberOf(b), numberOf(a)), cmp.Compare(a, b))
	})
	issues := 0
	for i, name := range out {
		if issues++; g.epic {
			issues += len(w.refs[partOf+name])
		}
		if issues > mostRead {
			return out[:i]
		}
	}
	return out
}

// numberOf is the number at the end of a name such as PAY-17.
func numberOf(name string) (n int64) {
	digits := name[len(strings.TrimRight(name, "0123456789")):]
	n, _ = strconv.ParseInt(digits, 10, 64)
	return n
}

// mayShare makes what reports whether a case that goes by a name may be of the
// project of another: where both are named after their projects that is known
// without taking the case from the journal, of which there may be very many.
func mayShare(c *signals.Case) func(name string) bool {
	site, own := signals.Key{Source: c.Key.Source, Site: c.Key.Site}.String(), c.Project+"-"
	unnamed := c.Project == "" || !strings.HasPrefix(c.Label, own)
	return func(name string) bool {
		id, here := strings.CutPrefix(name, site)
		label, named := strings.CutPrefix(id, labelled)
		return here && (!named || unnamed || strings.HasPrefix(label, own))
	}
}

// like reports whether two groups are of like size: neither is more than twice the
// other.
func like(a, b int) bool { return b <= 2*a && a <= 2*b && b > 1 }

// Asked implements signals.Yes: a status or a field that waits for a yes, or words
// that ask for one.
func (m *Memory) Asked(e *signals.Event) bool {
	switch e.Kind {
	case signals.Status:
		return m.Awaited(e.To) && !m.Awaited(e.From)
	case signals.Edited:
		return e.Ref == "" && e.To != "" && e.From == "" && m.says(text.Approval, e.Field)
	case signals.Said:
		return !signals.IsBot(e.Actor) && !m.unread(e.Actor) && m.says(text.ApprovalAsk, e.Text)
	}
	return false
}

// Awaited implements signals.Yes.
func (m *Memory) Awaited(status string) bool { return m.says(text.Approval, status) }

// says reports whether a phrase of a plain list stands in some words.
func (m *Memory) says(list, words string) bool {
	if words == "" {
		return false
	}
	plain := text.Plain(words)
	for i, w := range plain {
		for _, phrase := range m.Lexicon.Phrases(list)[w] {
			if len(phrase) <= len(plain)-i && slices.Equal(phrase, plain[i:i+len(phrase)]) {
				return true
			}
		}
	}
	return false
}
