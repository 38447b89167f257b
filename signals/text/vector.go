package text

import (
	"slices"
	"strings"
)

// Fields are what the index knows of an issue or a conversation. Body and Talk
// may hold markup. Empty fields are fine.
type Fields struct {
	Title     string
	Body      string
	Talk      []string // messages, oldest first
	Component []string
	Project   string
	Author    string // who wrote it; a writer seldom reports the same thing twice
}

// The kinds of terms. Their hashes are salted, so a word never meets a template.
const (
	kindTerm     uint8 = iota
	kindTemplate       // an error, a log line or a stack frame without its values
)

// term is one distinct term of the fields at hand.
type term struct {
	hash  uint32
	kind  uint8
	title bool
	tf    float32 // weighted count over the fields
	word  string  // as it stands in the text, for people
}

// The weights of the fields in a term's count, and the bounds of what is read.
// The weights of title, code and templates were varied on the older half of one
// large public tracker, where they lie on a broad plateau; those of messages,
// quotes and parts are judgement, not measured.
const (
	partWeight     = 0.6 // of the parts of an identifier
	titleWeight    = 3.0
	bodyWeight     = 1.0
	codeWeight     = 0.35
	talkWeight     = 0.5
	templateWeight = 1.0

	maxBodyBytes = 8000
	maxCodeBytes = 4000
	maxTalkBytes = 4000
	maxTemplates = 12
)

// vectorizer turns fields into terms. Its buffers are used again.
type vectorizer struct {
	terms []term
	slots []int32 // open addressing over terms, -1 for free
	memo  []memo
	last  Fields
	doc   Doc
}

// memoSize is how many stems are remembered; a word takes the place of another
// that falls on it.
const memoSize = 1 << 17

type memo struct {
	word uint64
	stem uint32
}

// run gives the terms of f, good until the next call. The same fields again, as
// when an issue is looked up and then added, cost nothing.
func (v *vectorizer) run(f *Fields) []term {
	if v.same(f) {
		return v.terms
	}
	v.last = Fields{Title: f.Title, Body: f.Body, Talk: append(v.last.Talk[:0], f.Talk...)}
	v.reset()
	v.words(f.Title, titleWeight, true)
	v.body(f.Body, bodyWeight, maxBodyBytes)
	room := maxTalkBytes
	for _, m := range f.Talk {
		if room <= 0 {
			break
		}
		v.body(m, talkWeight, room)
		room -= len(m)
	}
	return v.terms
}

func (v *vectorizer) same(f *Fields) bool {
	return v.memo != nil && f.Title == v.last.Title && f.Body == v.last.Body && slices.Equal(f.Talk, v.last.Talk)
}

func (v *vectorizer) body(raw string, weight float32, room int) {
	if raw == "" {
		return
	}
	ParseInto(&v.doc, raw)
	v.words(clip(v.doc.Prose, room), weight, false)
	v.words(clip(v.doc.Quoted, room/2), weight/2, false)
	if v.doc.Code == "" {
		return
	}
	v.words(clip(v.doc.Code, maxCodeBytes), weight*codeWeight, false)
	for _, t := range Templates(clip(v.doc.Code, 4*maxCodeBytes), maxTemplates) {
		v.add(fold(hashBytes(t))^0x5bd1e995, kindTemplate, false, templateWeight*weight, t)
	}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:max(n, 0)]
}

func (v *vectorizer) words(s string, weight float32, title bool) {
	for i := 0; i < len(s); {
		start, end, compound := nextWord(s, i)
		if start == end {
			return
		}
		i = end
		if end-start > maxWord || start > 0 && s[start-1] == '@' {
			continue
		}
		v.word(s[start:end], weight, title)
		for from := start; compound && from < end; {
			a, b := nextPart(s, from, end)
			if b-a >= 2 && (a != start || b != end) {
				v.word(s[a:b], weight*partWeight, title)
			}
			from = b
		}
	}
}

func (v *vectorizer) word(w string, weight float32, title bool) {
	if len(w) < 2 && w[0] < 0x80 {
		return
	}
	h := v.stem(w)
	if h == 0 {
		return
	}
	v.add(h, kindTerm, title, weight, w)
}

// stem gives the hash of the stem of w, 0 for a stop word.
func (v *vectorizer) stem(w string) uint32 {
	h := hashLower(w)
	m := &v.memo[(h^h>>32)%memoSize]
	if m.word == h {
		return m.stem
	}
	m.word, m.stem = h, 0
	if low := strings.ToLower(w); !stopWords[low] {
		m.stem = max(1, fold(hashBytes(Stem(low))))
	}
	return m.stem
}

func fold(h uint64) uint32 { return uint32(h ^ h>>32) }

func (v *vectorizer) reset() {
	if v.memo == nil {
		v.memo = make([]memo, memoSize)
	}
	if len(v.slots) == 0 || len(v.slots) > 1<<14 && len(v.terms) < 1<<10 {
		v.slots = make([]int32, 1<<10)
	}
	v.terms = v.terms[:0]
	for i := range v.slots {
		v.slots[i] = -1
	}
}

func (v *vectorizer) add(h uint32, kind uint8, title bool, tf float32, word string) {
	m := uint32(len(v.slots) - 1)
	i := h & m
	for v.slots[i] >= 0 {
		t := &v.terms[v.slots[i]]
		if t.hash == h {
			t.tf += tf
			t.title = t.title || title
			return
		}
		i = (i + 1) & m
	}
	v.slots[i] = int32(len(v.terms))
	v.terms = append(v.terms, term{hash: h, kind: kind, title: title, tf: tf, word: word})
	if 2*len(v.terms) > len(v.slots) {
		v.grow()
	}
}

func (v *vectorizer) grow() {
	v.slots = make([]int32, 2*len(v.slots))
	for i := range v.slots {
		v.slots[i] = -1
	}
	m := uint32(len(v.slots) - 1)
	for n, t := range v.terms {
		i := t.hash & m
		for v.slots[i] >= 0 {
			i = (i + 1) & m
		}
		v.slots[i] = int32(n)
	}
}

// stopWords carry no likeness. The list is short on purpose: rare words decide
// by their rarity, and "not" or "again" may matter.
var stopWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`a an and are as at be been but by can could did do does for from had has have
he her here his i if in into is it its just me my no of on or our she should so some such than that the their them
then there these they this those to too up us was we were what when where which while who will with would you your
also any how i'm it's don't doesn't i've please thanks thank hi hello`) {
		m[w] = true
	}
	return m
}()
