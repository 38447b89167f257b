package text

import (
	"strings"
	"unicode/utf8"
)

// kind of a token of prose.
const (
	kindWord uint8 = iota
	kindEdge       // between two sentences
)

// tok is one token of prose: a word, a class or the edge of a sentence.
type tok struct {
	start, end int32
	sym        uint32
	kind       uint8
	question   bool // its sentence ends in a question mark
}

// scan cuts prose into tokens for matching. voc gives the id of a word; nil
// gives none. Every sentence stands between two edges; the edge's question tells
// that the sentence before it ended in '?'. hasQ tells that any did.
func scan(toks []tok, s string, voc *vocabulary) (out []tok, hasQ bool) {
	toks = append(toks, tok{kind: kindEdge})
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == ',' || c == '*' || c == '_' || c == '"':
			i++
		case c == '.' || c == '!' || c == '?' || c == '\n' || c == ';':
			j := i + 1
			q := c == '?'
			for j < len(s) && strings.IndexByte(".!?)\"'* ", s[j]) >= 0 {
				q = q || s[j] == '?'
				j++
			}
			if c != '.' && c != '?' || j == len(s) || j > i+1 || s[j] == '\n' {
				toks = edge(toks, i, j, q)
				hasQ = hasQ || q
			}
			i = j
		case isAlpha(c) || isDigit(c) || c >= 0x80 || c == '\'':
			var t tok
			t, i = word(s, i, voc)
			if t.end > t.start {
				toks = append(toks, t)
			}
		default:
			var t tok
			t, i = symbol(s, i, voc)
			if t.end > t.start {
				toks = append(toks, t)
			}
		}
	}
	toks = edge(toks, len(s), len(s), false)
	q := false
	if hasQ {
		for i := len(toks) - 1; i > 0; i-- {
			if toks[i].kind == kindEdge {
				q = toks[i].question
			}
			toks[i].question = q
		}
	}
	return toks, hasQ
}

// edge closes a sentence; an empty one is none.
func edge(toks []tok, start, end int, q bool) []tok {
	if last := &toks[len(toks)-1]; last.kind == kindEdge && len(toks) > 1 {
		last.question = last.question || q
		return toks
	}
	return append(toks, tok{start: int32(start), end: int32(end), kind: kindEdge, question: q})
}

// word reads one word with inner apostrophes and hyphens; a typographic
// apostrophe counts as a plain one.
func word(s string, i int, voc *vocabulary) (tok, int) {
	start := i
	h := uint64(14695981039346656037)
	digits, upper, dash := 0, 0, 0
	for i < len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z':
		case isUpper(c):
			upper++
			c += 'a' - 'A'
		case isDigit(c):
			digits++
		case c == '\'' && i > start && i+1 < len(s) && isAlpha(s[i+1]):
		case (c == '-' || c == '_' || c == '.') && i > start && i+1 < len(s) && isAlnum(s[i+1]):
			if c == '-' {
				dash++
			}
		case c >= utf8.RuneSelf:
			if strings.HasPrefix(s[i:], "’") && i > start && i+3 < len(s) && isAlpha(s[i+3]) {
				h = (h ^ '\'') * 1099511628211
				i += 3
				continue
			}
			if strings.HasPrefix(s[i:], LinkMark) {
				if i == start {
					return tok{start: int32(i), end: int32(i + 3), sym: symLink}, i + 3
				}
				return finish(s, start, i, h, digits, upper, dash, voc), i
			}
			r, n := utf8.DecodeRuneInString(s[i:])
			if wordAt(s, i) == 0 {
				if i > start {
					return finish(s, start, i, h, digits, upper, dash, voc), i
				}
				if r < 0x2600 {
					return tok{}, i + n
				}
				return tok{start: int32(i), end: int32(i + n), sym: voc.id(hashLower(s[i : i+n]))}, i + n
			}
			for _, b := range []byte(strings.ToLower(s[i : i+n])) {
				h = (h ^ uint64(b)) * 1099511628211
			}
			i += n
			continue
		default:
			if i == start {
				return tok{}, i + 1
			}
			return finish(s, start, i, h, digits, upper, dash, voc), i
		}
		h = (h ^ uint64(c)) * 1099511628211
		i++
	}
	return finish(s, start, i, h, digits, upper, dash, voc), i
}

func finish(s string, start, end int, h uint64, digits, upper, dash int, voc *vocabulary) tok {
	t := tok{start: int32(start), end: int32(end)}
	if t.sym = voc.id(h); t.sym != symNone || digits == 0 {
		return t
	}
	switch {
	case upper >= 2 && dash == 1:
		if i := strings.IndexByte(s[start:end], '-'); i > 0 && keyEdges(s, start, start+i, end) {
			t.sym = symKey
		}
	case digits == end-start:
		t.sym = symNumber
	}
	return t
}

// symbol reads what begins with a sign: a mention, a channel, inline code, an
// emoji name or a smiley. Other signs are skipped.
func symbol(s string, i int, voc *vocabulary) (tok, int) {
	switch c := s[i]; c {
	case '@', '#':
		j := i + 1
		for j < len(s) && (isAlnum(s[j]) || s[j] == '-' || s[j] == '_') {
			j++
		}
		if j > i+1 && (c == '@' || isAlpha(s[i+1])) {
			return tok{start: int32(i), end: int32(j), sym: map[byte]uint32{'@': symPerson, '#': symChannel}[c]}, j
		}
	case '`':
		if j := near(s[i+1:], '`'); j > 0 {
			return tok{start: int32(i), end: int32(i + j + 2), sym: symCode}, i + j + 2
		}
	case '+':
		if j := i + 1; j < len(s) && isDigit(s[j]) && (j+1 == len(s) || !isAlnum(s[j+1])) {
			return tok{start: int32(i), end: int32(j + 1), sym: voc.id(hashLower(s[i : j+1]))}, j + 1
		}
	case ':':
		j := i + 1
		for j < len(s) && (isAlnum(s[j]) || s[j] == '_' || s[j] == '-' || s[j] == '+') {
			j++
		}
		if j > i+1 && j < len(s) && s[j] == ':' {
			return tok{start: int32(i), end: int32(j + 1), sym: voc.id(hashLower(s[i : j+1]))}, j + 1
		}
		return smiley(s, i, voc)
	}
	return tok{}, i + 1
}

// smileyNames are the emoji that the mouths of a smiley stand for.
var smileyNames = map[byte]uint64{')': hashBytes(":slightly_smiling_face:"), 'D': hashBytes(":grin:"), 'P': hashBytes(":stuck_out_tongue:")}

func smiley(s string, i int, voc *vocabulary) (tok, int) {
	j := i + 1
	if j < len(s) && s[j] == '-' {
		j++
	}
	if j < len(s) && (s[j] == ')' || s[j] == 'D' || s[j] == 'P') && (j+1 == len(s) || !isAlnum(s[j+1])) {
		return tok{start: int32(i), end: int32(j + 1), sym: voc.id(smileyNames[s[j]])}, j + 1
	}
	return tok{}, i + 1
}

// vocabulary maps hashes of words to ids: open addressing, half full at most.
type vocabulary struct {
	hashes []uint64
	ids    []uint32
	n      uint32
}

func (v *vocabulary) id(h uint64) uint32 {
	if v == nil || len(v.hashes) == 0 {
		return symNone
	}
	m := uint64(len(v.hashes) - 1)
	for i := h & m; ; i = (i + 1) & m {
		switch v.hashes[i] {
		case h:
			return v.ids[i]
		case 0:
			return symNone
		}
	}
}

func (v *vocabulary) add(h uint64) uint32 {
	if id := v.id(h); id != symNone {
		return id
	}
	if int(v.n+1)*2 > len(v.hashes) {
		old := *v
		size := max(1024, 2*len(v.hashes))
		v.hashes, v.ids = make([]uint64, size), make([]uint32, size)
		for i, h := range old.hashes {
			if h != 0 {
				v.put(h, old.ids[i])
			}
		}
	}
	id := firstWord + v.n
	v.n++
	v.put(h, id)
	return id
}

func (v *vocabulary) put(h uint64, id uint32) {
	m := uint64(len(v.hashes) - 1)
	i := h & m
	for v.hashes[i] != 0 {
		i = (i + 1) & m
	}
	v.hashes[i], v.ids[i] = h, id
}
