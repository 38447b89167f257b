package text

import "strings"

// LinkMark stands in Doc.Prose where a bare link stood. It holds no letter, so
// it is no word, and a question mark inside a link is no question.
const LinkMark = "↗"

// Doc is a text taken apart. Prose is what the author says in words: markup is
// gone, inline code stays between backticks, a mention reads "@id", a channel
// "#name", a bare link LinkMark. Code holds fenced blocks, wiki code blocks,
// inline code and lines that a machine wrote (stack frames, log lines), one
// after the other. Quoted holds what the author only repeats.
type Doc struct {
	Prose  string
	Code   string
	Quoted string
	// Mentions are ids of persons and groups in order, "here" and the like among them.
	Mentions []string
	// Channels are ids, or names where the text has only a name.
	Channels []string
	URLs     []string
	// Keys are issue keys such as PROJ-123, each once, also those in links.
	Keys []string

	prose, code, quoted []byte
}

// Parse takes raw apart. It reads Slack markup (fences, "> " quotes, <@U1>,
// <#C1|name>, <url|label>, entities) and Jira wiki markup ({code}, {noformat},
// {quote}, bq., h1., [label|url], [~user], !image!) alike. Broken markup is
// prose. The cost is linear in len(raw).
func Parse(raw string) Doc {
	var d Doc
	ParseInto(&d, raw)
	return d
}

// ParseInto is Parse into a Doc whose slices and buffers are used again.
func ParseInto(d *Doc, raw string) {
	d.Prose, d.Code, d.Quoted = "", "", ""
	d.Mentions, d.Channels, d.URLs, d.Keys = d.Mentions[:0], d.Channels[:0], d.URLs[:0], d.Keys[:0]
	if plain(raw) {
		d.Prose = raw
		d.addKeys(raw)
		return
	}
	p := parser{d: d, prose: d.prose[:0], code: d.code[:0], quoted: d.quoted[:0]}
	for rest := raw; rest != ""; {
		line := rest
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		p.line(strings.TrimSuffix(line, "\r"), rest)
	}
	d.Prose = string(trimBlank(p.prose))
	d.Code = string(trimBlank(p.code))
	d.Quoted = string(trimBlank(p.quoted))
	d.prose, d.code, d.quoted = p.prose, p.code, p.quoted
	d.addKeys(d.Prose)
	d.addKeys(d.Quoted)
	for _, u := range d.URLs {
		d.addKeys(u)
	}
}

// special marks the bytes at which inline markup may begin.
var special = func() (t [256]bool) {
	for _, c := range "<`{[&!#@:" {
		t[c] = true
	}
	return t
}()

// plain tells that raw is one line with nothing in it that Parse would change.
func plain(raw string) bool {
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\n', '\r', '<', '`', '{', '[', '&', '!', '#', '@', '\\':
			return false
		case ':':
			if i+1 < len(raw) && raw[i+1] == '/' {
				return false
			}
		}
	}
	return raw == "" || raw[0] != '>' && !wikiLine(raw) && !machineLine(raw)
}

func wikiLine(s string) bool {
	return len(s) > 3 && (s[0] == 'h' && s[1] >= '1' && s[1] <= '6' && s[2] == '.' || strings.HasPrefix(s, "bq. "))
}

// parser holds the state between two lines.
type parser struct {
	d                   *Doc
	prose, code, quoted []byte
	end                 string // what closes the open code block, "" outside
	quote               bool   // inside {quote}
	noFence, noCode     bool   // no closing mark comes after this point
	noNoformat          bool
}

func (p *parser) line(line, rest string) {
	if p.end == "" {
		t := strings.TrimLeft(line, " \t")
		switch {
		case strings.HasPrefix(t, "&gt;"):
			p.inline(strings.TrimLeft(t[4:], " "), rest, true)
			return
		case strings.HasPrefix(t, ">"):
			p.inline(strings.TrimLeft(t[1:], "> "), rest, true)
			return
		case strings.HasPrefix(t, "bq. "):
			p.inline(t[4:], rest, true)
			return
		case wikiLine(t):
			line = strings.TrimLeft(t[3:], " ")
		case machineLine(t):
			p.code = append(append(p.code, line...), '\n')
			return
		}
	}
	p.inline(line, rest, p.quote)
}

// inline copies one line to where it belongs, following code blocks over lines.
func (p *parser) inline(s, rest string, quoted bool) {
	for s != "" {
		if p.end != "" {
			s = p.inCode(s)
			continue
		}
		out := p.out(quoted)
		n := 0
		for n < len(s) && !special[s[n]] {
			n++
		}
		*out = append(*out, s[:n]...)
		if s = s[n:]; s != "" {
			s = p.mark(s, rest, out)
		}
	}
	if p.end != "" {
		p.code = newline(p.code)
	} else {
		out := p.out(quoted)
		*out = append(*out, '\n')
	}
}

func (p *parser) out(quoted bool) *[]byte {
	if quoted || p.quote {
		return &p.quoted
	}
	return &p.prose
}

func (p *parser) inCode(s string) string {
	i := strings.Index(s, p.end)
	if i < 0 {
		p.code = append(p.code, s...)
		return ""
	}
	p.code = newline(append(p.code, s[:i]...))
	s, p.end = s[i+len(p.end):], ""
	return s
}

func newline(b []byte) []byte {
	if len(b) == 0 || b[len(b)-1] == '\n' {
		return b
	}
	return append(b, '\n')
}

func trimBlank(b []byte) []byte {
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	i := 0
	for i < len(b) && (b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return b[i:]
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
