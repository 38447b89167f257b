package text

import "strings"

// Hole stands in a template where a value stood.
const Hole = "<*>"

// Template reduces a log or error line to what is constant in it: numbers, hex
// strings, UUIDs, versions, times, addresses, paths, links and quoted values
// become Hole, blanks become one space. An identifier keeps its letters:
// "worker-17" becomes "worker-<*>", "log4j" stays.
func Template(line string) string {
	out := make([]byte, 0, len(line)+8)
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case isSpace(c):
			if n := len(out); n > 0 && out[n-1] != ' ' {
				out = append(out, ' ')
			}
			i++
		case c == '"' || c == '\'':
			if n := quotedLen(line[i:]); n > 0 {
				out = addHole(out)
				i += n
				continue
			}
			out = append(out, c)
			i++
		case templateWord(c):
			end := i + 1
			for end < len(line) && templateWord(line[end]) {
				end++
			}
			if strings.Contains(line[i:end], "://") {
				for end < len(line) && line[end] > ' ' && strings.IndexByte(`"'<>)]`, line[end]) < 0 {
					end++
				}
			}
			out = mask(out, line[i:end])
			i = end
		default:
			out = append(out, c)
			i++
		}
	}
	return strings.TrimRight(string(out), " ")
}

// quotedLen is the length of the quoted value at the beginning of s, 0 if the
// quote does not close within 200 bytes or is an apostrophe.
func quotedLen(s string) int {
	q := s[0]
	for i := 1; i < len(s) && i < 200; i++ {
		if s[i] == q && (i+1 == len(s) || !isAlnum(s[i+1])) {
			return i + 1
		}
	}
	return 0
}

func templateWord(c byte) bool {
	return isAlnum(c) || c >= 0x80 || strings.IndexByte("._-/\\:@$%+~", c) >= 0
}

func addHole(out []byte) []byte {
	if strings.HasSuffix(string(out[max(0, len(out)-4):]), Hole+" ") {
		return out[:len(out)-1]
	}
	if strings.HasSuffix(string(out[max(0, len(out)-3):]), Hole) {
		return out
	}
	return append(out, Hole...)
}

// mask appends the template of one word.
func mask(out []byte, w string) []byte {
	tail := len(w)
	for tail > 0 && strings.IndexByte(".:", w[tail-1]) >= 0 {
		tail--
	}
	w, end := w[:tail], w[tail:]
	digits, letters, slashes := 0, 0, 0
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case isDigit(c):
			digits++
		case c == '/' || c == '\\':
			slashes++
		case isAlpha(c) || c >= 0x80:
			letters++
		}
	}
	switch {
	case slashes >= 2 || slashes == 1 && (w[0] == '/' || digits > 0) || strings.Contains(w, "://"):
		out = addHole(out)
	case digits == 0:
		out = append(out, w...)
	case letters == 0 || value(w, digits, letters):
		out = addHole(out)
	default:
		out = maskDigits(out, w)
	}
	return append(out, end...)
}

// value tells that a word with digits is a value as a whole: hex, a UUID, a
// number with a unit, a time.
func value(w string, digits, letters int) bool {
	hex := true
	for i := 0; i < len(w) && hex; i++ {
		c := w[i] | 0x20
		hex = isDigit(w[i]) || c >= 'a' && c <= 'f' || w[i] == '-' || w[i] == ':' || c == 'x' && i == 1
	}
	switch {
	case hex && (digits >= 2 || w[0] == '0'):
		return true
	case isDigit(w[0]) || (w[0] == '-' || w[0] == '+') && len(w) > 1 && isDigit(w[1]):
		return true
	case w[0] == 'v' && len(w) > 1 && isDigit(w[1]) && letters <= 3:
		return true
	}
	return len(w) >= 16 && digits >= 4 && strings.IndexByte(w, '.') < 0 && strings.IndexByte(w, '-') < 0
}

// maskDigits keeps the letters of an identifier and makes a hole of a run of
// digits at its end or after a separator; "log4j" keeps its digit.
func maskDigits(out []byte, w string) []byte {
	for i := 0; i < len(w); {
		if !isDigit(w[i]) {
			out = append(out, w[i])
			i++
			continue
		}
		e := i
		for e < len(w) && isDigit(w[e]) {
			e++
		}
		sepBefore := i == 0 || !isAlpha(w[i-1])
		if sepBefore || e == len(w) || !isAlpha(w[e]) {
			for e < len(w) && sepBefore && isAlnum(w[e]) {
				e++
			}
			out = addHole(out)
		} else {
			out = append(out, w[i:e]...)
		}
		i = e
	}
	return out
}
