package signals

import (
	"slices"
	"strings"
	"time"
)

// Kin finds the issues that an issue is linked to, as far as somebody may see
// them.
type Kin interface {
	// Find follows a link or the name of a parent. The key is the same for everybody;
	// the case is nil where it is not known or may not be seen.
	Find(ref Key) (Key, *Case)
	// Linking lists the cases that may be seen and that link to a case, in the
	// order of their keys.
	Linking(k Key) []*Case
}

// Wait is one step of a chain: an issue that the one before waits for.
type Wait struct {
	Key   Key
	Case  *Case     // nil where it is not known or may not be seen
	Event string    // id of the event that linked the two
	At    time.Time // its time
}

// Chain is a row of open issues, each of which waits for the next. Circle says
// that the last one waits for one that stands in the chain already, or for
// whose chain it is: Back is how many of the chain stand before that one, -1 for
// the latter.
type Chain struct {
	Waits  []Wait
	Circle bool
	Back   int
	Last   Wait // the step that closes a circle
}

// Latest is the step whose link was made last: with it the chain was closed.
func (c *Chain) Latest() Wait {
	steps := slices.Clone(c.Waits)
	if c.Circle {
		steps = append(steps, c.Last)
	}
	return slices.MaxFunc(steps, func(a, b Wait) int {
		if o := a.At.Compare(b.At); o != 0 {
			return o
		}
		return strings.Compare(a.Event, b.Event)
	})
}

// LongestChain is how many issues of a chain are followed. A longer one is cut
// there, and counts as one that ends there.
const LongestChain = 16

// manyChains bounds how many ways through a net of links are followed.
const manyChains = 64

// Chains lists the rows of open issues that a case waits for, each to its end.
// An issue that may not be seen counts as open.
func Chains(c *Case, kin Kin, links *LinkWords) []Chain {
	w := walk{kin: kin, links: links, on: []Key{c.Key}}
	w.from(c.Key, c, nil)
	return w.found
}

type walk struct {
	kin   Kin
	links *LinkWords
	on    []Key // the issue itself, and those of the row so far
	found []Chain
}

// from follows every way on from an issue. of is nil where it may not be seen.
func (w *walk) from(k Key, of *Case, row []Wait) {
	if len(w.found) == manyChains {
		return
	}
	next := w.next(k, of)
	if len(row) == LongestChain {
		next = nil
	}
	if len(next) == 0 && len(row) > 0 {
		w.found = append(w.found, Chain{Waits: slices.Clone(row)})
	}
	for _, n := range next {
		if i := slices.Index(w.on, n.Key); i >= 0 {
			if len(row) > 0 && len(w.found) < manyChains {
				w.found = append(w.found, Chain{Waits: slices.Clone(row), Circle: true, Back: i - 1, Last: n})
			}
			continue
		}
		w.on = append(w.on, n.Key)
		w.from(n.Key, n.Case, append(row, n))
		w.on = w.on[:len(w.on)-1]
	}
}

// next lists the open issues that an issue waits for, in the order of their
// keys. What it says itself is taken for the first step only: of a further one
// the other end tells, which whoever sees that end may see, and only where that
// does not tell the issue does.
func (w *walk) next(k Key, of *Case) []Wait {
	var out []Wait
	add := func(n Wait) {
		if i := slices.IndexFunc(out, func(o Wait) bool { return o.Key == n.Key }); i >= 0 {
			return
		}
		out = append(out, n)
	}
	own := func() {
		if of == nil {
			return
		}
		for _, l := range of.Links {
			if l.To.Source != k.Source || !w.links.Waits(l.Phrase) {
				continue
			}
			if to, other := w.kin.Find(l.To); to != k && (other == nil || other.Open()) {
				add(Wait{to, other, l.Event, l.At})
			}
		}
	}
	if len(w.on) == 1 {
		own()
	}
	for _, other := range w.kin.Linking(k) {
		if other.Key == k || !other.Open() {
			continue
		}
		for _, l := range other.Links {
			if to, _ := w.kin.Find(l.To); to == k && w.links.Blocks(l.Phrase) {
				add(Wait{other.Key, other, l.Event, l.At})
			}
		}
	}
	if len(w.on) > 1 {
		own()
	}
	slices.SortFunc(out, func(a, b Wait) int { return CompareKeys(a.Key, b.Key) })
	return out
}

// WaitingFor lists the issues that wait for a case, directly or through others,
// nearest first: those in whose chains it may stand, LongestChain steps away at
// most.
func WaitingFor(c *Case, kin Kin, links *LinkWords) []Key {
	seen := map[Key]bool{c.Key: true}
	var out []Key
	at := []*Case{c}
	for range LongestChain {
		var next []*Case
		for _, of := range at {
			for _, k := range waitsFor(of, kin, links) {
				if seen[k] {
					continue
				}
				seen[k] = true
				if _, other := kin.Find(k); other != nil {
					out = append(out, k)
					next = append(next, other)
				}
			}
		}
		at = next
	}
	return out
}

// waitsFor lists the issues that wait for one directly.
func waitsFor(c *Case, kin Kin, links *LinkWords) (out []Key) {
	for _, l := range c.Links {
		if links.Blocks(l.Phrase) {
			if k, _ := kin.Find(l.To); !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	for _, other := range kin.Linking(c.Key) {
		for _, l := range other.Links {
			if k, _ := kin.Find(l.To); k == c.Key && links.Waits(l.Phrase) && !slices.Contains(out, other.Key) {
				out = append(out, other.Key)
			}
		}
	}
	slices.SortFunc(out, CompareKeys)
	return out
}

// LinkWords tells how links read that say that one issue waits for another.
type LinkWords struct {
	wait  []string // from the issue that waits
	block []string // from the issue that it waits for
}

// LinkWords are the words of the policy.
func (p *Policy) LinkWords() *LinkWords {
	return &LinkWords{p.Detect.BlockedChain.Waits, p.Detect.BlockedChain.Blocks}
}

// Waits reports whether a link reads so that the issue waits for the other end.
func (l *LinkWords) Waits(phrase string) bool { return hasFold(l.wait, phrase) }

// Blocks reports whether a link reads so that the other end waits for the issue.
func (l *LinkWords) Blocks(phrase string) bool { return hasFold(l.block, phrase) }

func hasFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}
