package text

import "strings"

// framesPerError is how many stack frames are kept under one error: the top
// ones say where it broke, the rest is the framework.
const framesPerError = 4

// Templates gives up to max templates of a text that a program wrote: first
// errors with their top stack frames, then, if room is left, other log lines.
// Plain code gives none. Each template comes once, in order of appearance.
func Templates(code string, max int) []string {
	if max <= 0 || code == "" {
		return nil
	}
	var out []string
	for pass := 0; pass < 2 && len(out) < max; pass++ {
		frames := 0
		eachLine(code, func(line string) bool {
			t := ""
			switch kind := lineKind(line); {
			case pass == 1 && kind == logLine:
				t = logTemplate(line)
			case pass == 0 && kind == errorLine:
				t, frames = logTemplate(line), framesPerError
			case pass == 0 && kind == frameLine && frames > 0:
				t = frameTemplate(line)
				frames--
			}
			if len(t) >= 8 && !contains(out, t) {
				out = append(out, t)
			}
			return len(out) < max
		})
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// eachLine calls f with every trimmed line of at most 400 bytes until f says stop.
func eachLine(s string, f func(string) bool) {
	for s != "" {
		line := s
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			line, s = s[:i], s[i+1:]
		} else {
			s = ""
		}
		line = strings.TrimSpace(line)
		if len(line) > 400 {
			line = line[:400]
		}
		if line != "" && !f(line) {
			return
		}
	}
}

const (
	plainLine = iota
	errorLine
	frameLine
	logLine
)

// errorMarks are the parts of a word by which an error line is known.
var errorMarks = [...]string{"Exception", "Error", "ERROR", "FATAL", "SEVERE", "error:", "fatal:", "panic:", "Caused by", "Segmentation fault", "segfault", "signal SIG", "E/"}

func lineKind(line string) int {
	if frame(line) {
		return frameLine
	}
	for _, m := range errorMarks[:len(errorMarks)-1] {
		if i := strings.Index(line, m); i >= 0 && !codeLine(line) {
			return errorLine
		}
	}
	if machineLine(line) {
		if strings.HasPrefix(line, "E/") {
			return errorLine
		}
		return logLine
	}
	return plainLine
}

// codeLine tells that a line is a program's source, not its output.
func codeLine(line string) bool {
	switch line[len(line)-1] {
	case ';', '{', '}', ',':
		return true
	}
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "* ")
}

func frame(line string) bool {
	switch {
	case strings.HasPrefix(line, "at "):
		return frameTail(line[3:])
	case strings.HasPrefix(line, `File "`):
		return strings.Contains(line, ", line ")
	case strings.HasPrefix(line, "#"):
		return len(line) > 4 && isDigit(line[1]) && (strings.Contains(line, " 0x") || strings.Contains(line, " in "))
	}
	return false
}

// frameTemplate reduces a frame to the function it names.
func frameTemplate(line string) string {
	if strings.HasPrefix(line, `File "`) {
		if i := strings.LastIndex(line, " in "); i >= 0 {
			file := line[6:]
			if j := strings.IndexByte(file, '"'); j >= 0 {
				file = file[:j]
			}
			return "at " + file[strings.LastIndexAny(file, `/\`)+1:] + " " + line[i+4:]
		}
	}
	if i := strings.IndexByte(line, '('); i > 0 {
		line = line[:i]
	}
	return Template(line)
}

// logTemplate is the template of a log line without its time, level and thread.
func logTemplate(line string) string {
	line = strings.TrimPrefix(line, "Caused by: ")
	t := Template(line)
	for t != "" {
		rest := strings.TrimLeft(t, " -|:,.<*>[]()")
		for _, l := range levels {
			if strings.HasPrefix(rest, l) {
				rest = rest[len(l):]
				break
			}
		}
		if rest == t {
			break
		}
		t = rest
	}
	return t
}
