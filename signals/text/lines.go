package text

import "strings"

// machineLine tells that a line was written by a program: a stack frame, a log
// line, a compiler's marker. It decides by the beginning of the line, so that a
// sentence about an error stays prose. Leading blanks are gone already.
func machineLine(s string) bool {
	if len(s) < 6 {
		return false
	}
	switch c := s[0]; {
	case c == 'a':
		return strings.HasPrefix(s, "at ") && frameTail(s[3:])
	case c == 'F':
		return strings.HasPrefix(s, `File "`) && strings.Contains(s, ", line ")
	case c == '#':
		return isDigit(s[1]) && strings.Contains(s, " 0x")
	case c == 'C':
		return strings.HasPrefix(s, "Caused by: ") && throwable(s[11:])
	case c == 'T':
		return strings.HasPrefix(s, "Traceback (most recent")
	case c == '.':
		return strings.HasPrefix(s, "... ") && strings.HasSuffix(s, " more")
	case c == '[':
		return level(s[1:])
	case isDigit(c):
		return stamp(s)
	case c == 'E' || c == 'W' || c == 'I' || c == 'D' || c == 'V':
		return logcat(s) || level(s) && len(s) > 6 && strings.IndexByte("]:[|\t/", s[5]) >= 0
	}
	return strings.HasPrefix(s, "java.") && throwable(s)
}

// frameTail tells that s ends as a stack frame does: "(File.java:12)", "file.js:3:4".
func frameTail(s string) bool {
	if strings.IndexByte(s, ' ') > 0 && strings.IndexByte(s, '(') < 0 {
		return false
	}
	s = strings.TrimRight(s, " \t)~[]?:0123456789")
	return strings.IndexByte(s, '(') > 0 || strings.HasSuffix(s, "js") || strings.HasSuffix(s, "ts")
}

func throwable(s string) bool {
	if i := strings.IndexAny(s, ": "); i >= 0 {
		s = s[:i]
	}
	return strings.HasSuffix(s, "Exception") || strings.HasSuffix(s, "Error") || strings.HasSuffix(s, "Throwable")
}

var levels = [...]string{"ERROR", "WARN", "INFO", "DEBUG", "TRACE", "FATAL", "SEVERE"}

func level(s string) bool {
	if s[0] < 'A' || s[0] > 'W' {
		return false
	}
	for _, l := range levels {
		if strings.HasPrefix(s, l) {
			return true
		}
	}
	return false
}

// stamp tells that s begins with a date and time, or with a time and a comma or dot.
func stamp(s string) bool {
	digits, colons, dashes := 0, 0, 0
	for i := 0; i < len(s) && i < 19; i++ {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case c == ':':
			colons++
		case c == '-' || c == '/':
			dashes++
		case c == ' ' || c == 'T' || c == '.' || c == ',':
			if colons == 2 {
				return digits >= 6
			}
		default:
			return colons == 2 && digits >= 6
		}
	}
	return colons == 2 && digits >= 6 || dashes >= 2 && colons >= 1 && digits >= 10
}

// logcat tells that s begins as Android's log does: "E/Tag( 123): ".
func logcat(s string) bool {
	if s[1] != '/' || !isAlpha(s[2]) {
		return false
	}
	i := strings.IndexByte(s, ':')
	return i > 3 && i < 60 && strings.IndexByte(s[:i], '(') > 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isAlnum(c byte) bool { return isDigit(c) || isAlpha(c) }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// notProjects begin like an issue key but are standards and algorithms.
var notProjects = map[string]bool{
	"UTF": true, "SHA": true, "ISO": true, "CVE": true, "RFC": true, "AES": true, "RSA": true, "TLS": true, "SSL": true,
	"HTTP": true, "HTTPS": true, "ECMA": true, "JSR": true, "JEP": true, "PEP": true, "IEEE": true, "UTC": true, "GMT": true,
	"ES": true, "MD": true, "IPV": true, "COVID": true, "ASCII": true, "WINDOWS": true, "CP": true, "EC": true, "ED": true,
}

// addKeys appends the issue keys in s that are not there yet.
func (d *Doc) addKeys(s string) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '-')
		if i < 0 {
			return
		}
		i += from
		from = i + 1
		if i < 2 || from >= len(s) || s[from] < '1' || s[from] > '9' || !isUpper(s[i-1]) && !isDigit(s[i-1]) && s[i-1] != '_' {
			continue
		}
		b, e := i, from
		for b > 0 && (isUpper(s[b-1]) || isDigit(s[b-1]) || s[b-1] == '_') {
			b--
		}
		for e < len(s) && isDigit(s[e]) {
			e++
		}
		if keyEdges(s, b, i, e) {
			d.addKey(s[b:e])
		}
	}
}

func keyEdges(s string, b, dash, e int) bool {
	if !isUpper(s[b]) || dash-b < 2 || dash-b > 12 || e-dash > 8 || notProjects[s[b:dash]] {
		return false
	}
	if b > 0 && (isAlnum(s[b-1]) || s[b-1] == '-' || s[b-1] >= 0x80) {
		return false
	}
	return e == len(s) || !isAlnum(s[e]) && s[e] != '_' && !(s[e] == '-' && e+1 < len(s) && isAlnum(s[e+1])) &&
		!(s[e] == '.' && e+1 < len(s) && isDigit(s[e+1]))
}

// maxKeys bounds the keys taken from one text; a list of more is a report, not a reference.
const maxKeys = 64

func (d *Doc) addKey(k string) {
	if len(d.Keys) == maxKeys {
		return
	}
	for _, have := range d.Keys {
		if have == k {
			return
		}
	}
	d.Keys = append(d.Keys, k)
}
