package text

import "strings"

// mark reads the markup at the beginning of s, writes what it leaves to out and
// returns what follows. What is no markup after all is copied as it stands.
func (p *parser) mark(s, rest string, out *[]byte) string {
	switch s[0] {
	case '`':
		return p.backtick(s, rest, out)
	case '{':
		return p.macro(s, rest, out)
	case '<':
		return p.angle(s, out)
	case '[':
		return p.bracket(s, out)
	case '&':
		return entity(s, out)
	case '!':
		return image(s, out)
	case '#':
		return p.hash(s, out)
	case '@':
		return p.at(s, out)
	case ':':
		return p.bareURL(s, out)
	}
	return literal(s, 1, out)
}

func literal(s string, n int, out *[]byte) string {
	*out = append(*out, s[:n]...)
	return s[n:]
}

func (p *parser) backtick(s, rest string, out *[]byte) string {
	if strings.HasPrefix(s, "```") {
		if p.open("```", s[3:], rest, &p.noFence) {
			return s[3:]
		}
		return literal(s, 3, out)
	}
	end := near(s[1:], '`')
	if end <= 0 {
		return literal(s, 1, out)
	}
	p.code = newline(append(newline(p.code), s[1:end+1]...))
	return literal(s, end+2, out)
}

// open enters a code block if its end comes later; a lone mark opens nothing.
// gone remembers that no end is left, which keeps the search linear.
func (p *parser) open(end, s, rest string, gone *bool) bool {
	if strings.Contains(s, end) {
		p.end = end
		return true
	}
	if *gone || !strings.Contains(rest, end) {
		*gone = true
		return false
	}
	p.end = end
	return true
}

// macroNames are the wiki macros whose marks are dropped; other braces are prose.
var macroNames = map[string]bool{
	"code": true, "noformat": true, "quote": true, "color": true, "panel": true, "anchor": true, "toc": true,
	"expand": true, "info": true, "note": true, "warning": true, "tip": true, "section": true, "column": true, "status": true,
}

func (p *parser) macro(s, rest string, out *[]byte) string {
	n := 1
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
		n++
	}
	end := n
	if n < len(s) && s[n] == ':' {
		if i := near(s[n:], '}'); i >= 0 {
			end = n + i
		}
	}
	if n == 1 || n > 12 || end >= len(s) || s[end] != '}' || !macroNames[strings.ToLower(s[1:n])] {
		return literal(s, 1, out)
	}
	after := s[end+1:]
	switch strings.ToLower(s[1:n]) {
	case "code":
		p.open("{code}", after, rest, &p.noCode)
	case "noformat":
		p.open("{noformat}", after, rest, &p.noNoformat)
	case "quote":
		p.quote = !p.quote
		*out = newline(*out)
	}
	return after
}

// angle reads Slack's <...>: a person, a channel, a group, a link.
func (p *parser) angle(s string, out *[]byte) string {
	end := near(s, '>')
	if end < 2 {
		return literal(s, 1, out)
	}
	body, label := s[1:end], ""
	if i := strings.IndexByte(body, '|'); i >= 0 {
		body, label = body[:i], body[i+1:]
	}
	switch {
	case body == "":
		return literal(s, 1, out)
	case body[0] == '@' && len(body) > 1 && wordID(body[1:]):
		p.mention(body[1:], out)
	case body[0] == '#' && len(body) > 1 && wordID(body[1:]):
		p.d.Channels = append(p.d.Channels, body[1:])
		*out = append(append(*out, '#'), orString(label, body[1:])...)
	case body[0] == '!' && len(body) > 1:
		id := strings.TrimPrefix(body[1:], "subteam^")
		if strings.HasPrefix(id, "date^") {
			*out = append(*out, label...)
			break
		}
		p.mention(id, out)
	case strings.Contains(body, "://") || strings.HasPrefix(body, "mailto:"):
		p.link(body, label, out)
	default:
		return literal(s, 1, out)
	}
	return s[end+1:]
}

func (p *parser) mention(id string, out *[]byte) {
	p.d.Mentions = append(p.d.Mentions, id)
	*out = append(append(*out, '@'), id...)
}

func (p *parser) link(url, label string, out *[]byte) {
	p.d.URLs = append(p.d.URLs, url)
	if label == "" || strings.Contains(label, "://") {
		label = LinkMark
	}
	*out = append(*out, label...)
}

// bracket reads the wiki's [label|url], [url], [~user] and [^attachment].
func (p *parser) bracket(s string, out *[]byte) string {
	end := near(s, ']')
	if end < 2 {
		return literal(s, 1, out)
	}
	body := s[1:end]
	switch {
	case body[0] == '~' && len(body) > 1:
		p.mention(strings.TrimPrefix(body[1:], "accountid:"), out)
		return s[end+1:]
	case body[0] == '^':
		return s[end+1:]
	}
	label := ""
	if i := strings.IndexByte(body, '|'); i >= 0 {
		label, body = body[:i], body[i+1:]
		if j := strings.IndexByte(body, '|'); j >= 0 {
			body = body[:j]
		}
	}
	if strings.Contains(body, "://") && !strings.ContainsAny(body, " \t") || strings.HasPrefix(body, "mailto:") {
		p.link(body, label, out)
		return s[end+1:]
	}
	return literal(s, 1, out)
}

var entities = [...][2]string{{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}}

func entity(s string, out *[]byte) string {
	for _, e := range entities {
		if strings.HasPrefix(s, e[0]) {
			*out = append(*out, e[1]...)
			return s[len(e[0]):]
		}
	}
	return literal(s, 1, out)
}

// image drops the wiki's !picture.png|thumbnail!.
func image(s string, out *[]byte) string {
	end := near(s[1:], '!')
	if end < 4 || strings.ContainsAny(s[1:end+1], " \t`<") || !strings.Contains(s[1:end+1], ".") {
		return literal(s, 1, out)
	}
	return s[end+2:]
}

// hash reads a bare #channel; "#12" and "C#" are none.
func (p *parser) hash(s string, out *[]byte) string {
	n := 1
	for n < len(s) && (isAlnum(s[n]) || s[n] == '-' || s[n] == '_') {
		n++
	}
	if n < 3 || s[1] < 'a' || s[1] > 'z' || !atWordStart(*out) {
		return literal(s, 1, out)
	}
	p.d.Channels = append(p.d.Channels, strings.TrimRight(s[1:n], "-_"))
	return literal(s, n, out)
}

// at reads a bare @name; a mail address is none.
func (p *parser) at(s string, out *[]byte) string {
	n := 1
	for n < len(s) && (isAlnum(s[n]) || s[n] == '-' || s[n] == '_' || s[n] == '.') {
		n++
	}
	for n > 1 && !isAlnum(s[n-1]) {
		n--
	}
	if n < 2 || !isAlnum(s[1]) || !atWordStart(*out) {
		return literal(s, 1, out)
	}
	p.mention(s[1:n], out)
	return s[n:]
}

// bareURL reads the link whose scheme has just been copied: s begins at "://".
func (p *parser) bareURL(s string, out *[]byte) string {
	b := *out
	n := len(b)
	for n > 0 && isAlpha(b[n-1]) {
		n--
	}
	scheme := b[n:]
	if !strings.HasPrefix(s, "://") || len(scheme) < 3 || len(scheme) > 8 {
		return literal(s, 1, out)
	}
	end := 3
	for end < len(s) && s[end] > ' ' && !strings.ContainsRune("<>|\"'`{}[]", rune(s[end])) {
		end++
	}
	for end > 3 && strings.IndexByte(".,;:!?)", s[end-1]) >= 0 {
		end--
	}
	if end == 3 {
		return literal(s, 3, out)
	}
	p.d.URLs = append(p.d.URLs, string(scheme)+s[:end])
	*out = append(b[:n], LinkMark...)
	return s[end:]
}

func atWordStart(b []byte) bool {
	return len(b) == 0 || !isAlnum(b[len(b)-1]) && b[len(b)-1] < 0x80
}

func wordID(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '_' && s[i] != '.' && s[i] != ':' {
			return false
		}
	}
	return s != ""
}

func orString(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// reach is how far inline markup looks for its end, in bytes. It keeps a line
// of a million opening marks linear.
const reach = 2000

func near(s string, c byte) int { return strings.IndexByte(s[:min(len(s), reach)], c) }
