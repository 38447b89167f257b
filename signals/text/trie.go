package text

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// trie is the automaton of all phrases of all lists over word ids. Choices and
// shared beginnings are merged when it is built (a subset construction); only
// "*" and "..." are still tried beside the words.
type trie struct {
	voc      vocabulary
	root     []uint32 // first symbol -> state, 0 for none
	nodes    []node
	negators []bool    // by word id
	negate   []bool    // by cue: a negation before undoes a hit
	bareQ    []float64 // by cue: the weight of any sentence that ends in '?'
}

type node struct {
	edges []trieEdge // sorted by symbol
	any   uint32
	gap   uint32
	ends  []ending
}

type trieEdge struct{ sym, to uint32 }

type ending struct {
	cue      uint8
	veto     bool
	question bool
	weight   float64
}

// step follows one symbol, 0 if there is no such edge.
func (n *node) step(sym uint32) uint32 {
	lo, hi := 0, len(n.edges)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		switch s := n.edges[m].sym; {
		case s == sym:
			return n.edges[m].to
		case s < sym:
			lo = m + 1
		default:
			hi = m
		}
	}
	return 0
}

// builder holds the phrases as a graph before the merge: a node's edges may bear
// the same symbol several times.
type builder struct {
	trie
	edges [][]trieEdge
	ends  [][]ending
}

// compile builds a lexicon from its lists.
func compile(lists map[string][]string) (*Lexicon, error) {
	b := newBuilder()
	start := b.node()
	var negators []uint32
	for i, line := range lists[negationList] {
		words, err := negation(line)
		if err != nil {
			return nil, lineError(negationList, i, line, err)
		}
		for _, w := range words {
			negators = append(negators, b.voc.add(hashLower(w)))
		}
	}
	for c, name := range cues {
		for i, line := range lists[string(name)] {
			if err := b.addLine(start, uint8(c), line); err != nil {
				return nil, lineError(string(name), i, line, err)
			}
		}
	}
	if err := b.merge(start); err != nil {
		return nil, err
	}
	b.negators = make([]bool, firstWord+b.voc.n)
	for _, id := range negators {
		b.negators[id] = true
	}
	families, err := familiesOf(lists[Fault])
	if err != nil {
		return nil, err
	}
	return &Lexicon{lists: lists, plain: plainPhrases(lists), families: families, trie: b.trie}, nil
}

func newBuilder() *builder {
	b := &builder{}
	b.negate, b.bareQ = make([]bool, len(cues)), make([]float64, len(cues))
	return b
}

// checkLine tells what is wrong with a line of a list.
func checkLine(list, line string) error {
	if list == negationList {
		_, err := negation(line)
		return err
	}
	if list == Fault {
		_, err := familiesOf([]string{line})
		return err
	}
	b := newBuilder()
	return b.addLine(b.node(), 0, line)
}

// negation reads a line of the negation list: one word.
func negation(line string) ([]string, error) {
	line = stripComment(line)
	if line == "" {
		return nil, nil
	}
	p, err := parsePhrase(line)
	if err == nil && (len(p.body.seq) != 1 || p.body.seq[0].words == nil) {
		err = errors.New("one word is wanted")
	}
	if err != nil {
		return nil, err
	}
	return p.body.seq[0].words, nil
}

func lineError(list string, i int, line string, err error) error {
	return fmt.Errorf("cue list %s, line %d %q: %w", list, i+1, line, err)
}

func (b *builder) node() uint32 {
	b.edges, b.ends = append(b.edges, nil), append(b.ends, nil)
	return uint32(len(b.edges) - 1)
}

func (b *builder) addLine(start uint32, c uint8, line string) error {
	line, w, err := splitWeight(stripComment(line))
	switch {
	case err != nil || line == "":
		return err
	case line == "%negatable":
		b.negate[c] = true
		return nil
	case line == "?":
		b.bareQ[c] = w
		return nil
	case strings.HasPrefix(line, "%"):
		return fmt.Errorf("directive %s is unknown", line)
	}
	p, err := parsePhrase(line)
	if err != nil {
		return err
	}
	last := b.node()
	b.ends[last] = []ending{{cue: c, veto: p.veto, question: p.question, weight: w}}
	first, mayBeEmpty := b.part(p.body, last)
	if mayBeEmpty {
		return errors.New("the phrase may be empty")
	}
	for _, e := range first {
		if e.sym == symAny || e.sym == symGap {
			return errors.New("the phrase begins with a wildcard")
		}
	}
	b.edges[start] = append(b.edges[start], first...)
	return nil
}

// part gives the edges that begin p and lead on to node next, and whether p may
// be absent.
func (b *builder) part(p part, next uint32) (first []trieEdge, opt bool) {
	switch {
	case p.words != nil:
		for _, w := range p.words {
			sym, ok := classes[w]
			if !ok {
				sym = b.voc.add(hashLower(w))
			}
			first = append(first, trieEdge{sym, next})
		}
	case p.choice != nil:
		for _, c := range p.choice {
			f, o := b.part(c, next)
			first, opt = append(first, f...), opt || o
		}
	default:
		return b.sequence(p.seq, next)
	}
	return first, opt || p.opt
}

// sequence builds from the back: each node holds what may follow there.
func (b *builder) sequence(seq []part, next uint32) (first []trieEdge, opt bool) {
	allOpt := true
	for i := len(seq) - 1; i >= 0; i-- {
		f, o := b.part(seq[i], next)
		allOpt = allOpt && o
		ends := []ending(nil)
		if o {
			f, ends = append(f, b.edges[next]...), b.ends[next]
		}
		if i == 0 {
			return f, allOpt
		}
		next = b.node()
		b.edges[next], b.ends[next] = f, ends
	}
	return nil, true
}

// maxStates bounds the automaton; the embedded lists need about a hundredth.
const maxStates = 400_000

// merge turns the graph into states, one for each set of nodes that the same
// words lead to.
func (b *builder) merge(start uint32) error {
	ids := map[string]uint32{}
	var sets [][]uint32
	state := func(set []uint32) uint32 {
		slices.Sort(set)
		set = slices.Compact(set)
		key := setKey(set)
		id, ok := ids[key]
		if !ok {
			id = uint32(len(sets))
			ids[key] = id
			sets = append(sets, set)
			b.nodes = append(b.nodes, node{})
		}
		return id
	}
	state([]uint32{start})
	for i := 0; i < len(sets); i++ {
		if len(sets) > maxStates {
			return fmt.Errorf("the cue lists need more than %d states; shorten the groups", maxStates)
		}
		n := b.mergeOne(sets[i], state)
		b.nodes[i] = n
	}
	b.root = make([]uint32, firstWord+b.voc.n)
	for _, e := range b.nodes[0].edges {
		b.root[e.sym] = e.to
	}
	return nil
}

func setKey(set []uint32) string {
	k := make([]byte, 0, 4*len(set))
	for _, n := range set {
		k = append(k, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	return string(k)
}

func (b *builder) mergeOne(set []uint32, state func([]uint32) uint32) node {
	var n node
	var all []trieEdge
	for _, s := range set {
		all = append(all, b.edges[s]...)
		for _, e := range b.ends[s] {
			n.ends = addEnding(n.ends, e)
		}
	}
	slices.SortStableFunc(all, func(x, y trieEdge) int { return int(x.sym) - int(y.sym) })
	for i := 0; i < len(all); {
		j := i
		var targets []uint32
		for ; j < len(all) && all[j].sym == all[i].sym; j++ {
			targets = append(targets, all[j].to)
		}
		switch to := state(targets); all[i].sym {
		case symAny:
			n.any = to
		case symGap:
			n.gap = to
		default:
			n.edges = append(n.edges, trieEdge{all[i].sym, to})
		}
		i = j
	}
	return n
}

// addEnding keeps the greatest weight of endings that are alike.
func addEnding(ends []ending, e ending) []ending {
	for i, have := range ends {
		if have.cue == e.cue && have.veto == e.veto && have.question == e.question {
			ends[i].weight = max(have.weight, e.weight)
			return ends
		}
	}
	return append(ends, e)
}
