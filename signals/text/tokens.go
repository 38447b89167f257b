package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
)

// maxWord is the longest token in bytes that is kept; longer ones are encoded data.
const maxWord = 64

// Tokens appends the lower-case words of s to dst. A word is a run of letters,
// digits and inner apostrophes. Identifiers (camelCase, snake_case, dotted and
// hyphenated names, versions) come whole first and then in parts of two bytes
// and more.
func Tokens(s string, dst []string) []string {
	for i := 0; i < len(s); {
		start, end, compound := nextWord(s, i)
		if start == end {
			break
		}
		i = end
		if end-start > maxWord {
			continue
		}
		dst = append(dst, strings.ToLower(s[start:end]))
		if !compound {
			continue
		}
		for from := start; from < end; {
			a, b := nextPart(s, from, end)
			if b-a >= 2 && (a != start || b != end) {
				dst = append(dst, strings.ToLower(s[a:b]))
			}
			from = b
		}
	}
	return dst
}

// Stem is the English Snowball stem of a lower-case word. It costs about a
// microsecond and keeps nothing; who stems much remembers the answers.
func Stem(word string) string { return english.Stem(word, true) }

// byteKind sorts ASCII bytes: 0 outside words, 1 lower letter, 2 upper letter,
// 3 digit, 4 connector inside a word; bytes from 0x80 on are looked at as runes.
var byteKind = func() (t [256]uint8) {
	for c := 0; c < 256; c++ {
		switch b := byte(c); {
		case b >= 'a' && b <= 'z':
			t[c] = 1
		case isUpper(b):
			t[c] = 2
		case isDigit(b):
			t[c] = 3
		case b == '.' || b == '_' || b == '-' || b == ':' || b == '$' || b == '\'':
			t[c] = 4
		}
	}
	return t
}()

// wordAt gives the size of the word character at s[i], 0 if there is none.
func wordAt(s string, i int) int {
	if c := s[i]; c < utf8.RuneSelf {
		if k := byteKind[c]; k >= 1 && k <= 3 {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
		return n
	}
	return 0
}

// nextWord finds the next word at or after i. start == end means that there is
// none. compound tells that nextPart will split it.
func nextWord(s string, i int) (start, end int, compound bool) {
	for i < len(s) && wordAt(s, i) == 0 {
		i++
	}
	start = i
	lower := false
	for i < len(s) {
		if s[i] < utf8.RuneSelf {
			switch byteKind[s[i]] {
			case 1, 3:
				lower = true
				i++
				continue
			case 2:
				compound = compound || lower || i+1 < len(s) && i > start && byteKind[s[i+1]] == 1
				i++
				continue
			case 0:
				return start, i, compound
			}
		}
		if n := wordAt(s, i); n > 0 {
			lower = true
			i += n
			continue
		}
		n := connector(s, i)
		if n == 0 {
			break
		}
		compound = compound || s[i] != '\''
		lower = false
		i += n
	}
	return start, i, compound
}

// connector gives the length of the connectors at s[i] that a word character
// follows: one of any kind, or several underscores or colons.
func connector(s string, i int) int {
	c := s[i]
	if byteKind[c] != 4 {
		return 0
	}
	n := 1
	for (c == '_' || c == ':') && n < 3 && i+n < len(s) && s[i+n] == c {
		n++
	}
	if i+n < len(s) && wordAt(s, i+n) > 0 {
		return n
	}
	return 0
}

// nextPart cuts the next part from s[from:end]: up to a connector or a hump.
// Connectors before it are skipped.
func nextPart(s string, from, end int) (int, int) {
	for from < end && byteKind[s[from]] == 4 {
		from++
	}
	i := from
	for i < end {
		switch byteKind[s[i]] {
		case 4:
			if s[i] != '\'' {
				return from, i
			}
		case 2:
			if i > from && (byteKind[s[i-1]] != 2 || i+1 < end && byteKind[s[i+1]] == 1) {
				return from, i
			}
		}
		i++
	}
	return from, end
}

// hashLower is the 64-bit FNV-1a hash of the lower-case form of s.
func hashLower(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return hashBytes(strings.ToLower(s))
		}
		if isUpper(c) {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

func hashBytes(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
