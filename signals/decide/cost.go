package decide

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// How many finished groups of issues one is compared with, the newest, and how
// many issues one of them may have at most.
const (
	mostPeers = 30
	mostGroup = 200
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
	n := &kin{w: w, v: v}
	if c = n.seen(c.Key); c == nil {
		return Bill{}
	}
	b := Bill{Root: c}
	b.Root, b.Epic = w.rootOf(c, n)
	group := w.group(b.Root, b.Epic, n)
	b.Cost = signals.CostOf(group, w.Org, w.Memory, now)
	for _, root := range w.peers(b.Root, b.Epic, len(group), n) {
		others := w.group(root, b.Epic, n)
		if !like(len(group), len(others)) || slices.ContainsFunc(others, (*signals.Case).Open) {
			continue
		}
		if b.Peers = append(b.Peers, signals.CostOf(others, w.Org, w.Memory, now)); len(b.Peers) == mostPeers {
			break
		}
	}
	return b
}

// Parts lists the issues that are part of another one, those of the epics of like
// size before all: who fetches them at once need not fetch each for Bill.
func (w *World) Parts(c *signals.Case) (out []signals.Key) {
	n := &kin{w: w, v: signals.Everything}
	root, epic := w.rootOf(c, n)
	if !epic {
		return nil
	}
	size := len(w.group(root, true, n))
	for _, ref := range sorted(w.refs) {
		name, part := strings.CutPrefix(ref, partOf)
		if list := w.refs[ref]; part && like(size, len(list)+1) && mayShare(root, name) {
			if k, ok := w.resolve(name); ok {
				out = append(out, k)
			}
			out = append(out, list...)
		}
	}
	return out
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
func (w *World) peers(root *signals.Case, epic bool, size int, n *kin) (out []*signals.Case) {
	tried := map[signals.Key]bool{root.Key: true}
	for _, c := range w.group(root, epic, n) {
		tried[c.Key] = true
	}
	for _, ref := range sorted(w.refs) {
		name, part := strings.CutPrefix(ref, partOf)
		if part != epic || epic && !like(size, len(w.refs[ref])+1) || !mayShare(root, name) {
			continue
		}
		k, ok := w.resolve(name)
		if !ok || tried[k] {
			continue
		}
		tried[k] = true
		c := n.seen(k)
		if c == nil || c.Project != root.Project || c.Open() {
			continue
		}
		if !epic {
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

// mayShare reports whether a case that goes by a name may be of the project of
// another: where both are named after their projects that is known without taking
// the case from the journal, of which there may be very many.
func mayShare(c *signals.Case, name string) bool {
	k, _ := signals.ParseKey(name)
	label, named := strings.CutPrefix(k.ID, labelled)
	own := c.Project + "-"
	return k.Source == c.Key.Source && k.Site == c.Key.Site && (!named || c.Project == "" || !strings.HasPrefix(c.Label, own) || strings.HasPrefix(label, own))
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
