package fakejira

import (
	"strconv"
	"strings"
)

// token is a word, a quoted text or a sign.
type token struct {
	text   string
	quoted bool
	at     int
}

func (t token) is(word string) bool { return !t.quoted && strings.EqualFold(t.text, word) }

// scanJQL cuts a query into tokens.
func scanJQL(jql string) ([]token, error) {
	var out []token
	for i := 0; i < len(jql); {
		switch c := jql[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '(' || c == ')' || c == ',' || c == '=':
			out = append(out, token{jql[i : i+1], false, i})
			i++
		case c == '>' || c == '<' || c == '!' || c == '~':
			n := 1
			if i+1 < len(jql) && (jql[i+1] == '=' || jql[i+1] == '~') {
				n = 2
			}
			out = append(out, token{jql[i : i+n], false, i})
			i += n
		case c == '"' || c == '\'':
			text, n, ok := quoted(jql[i:])
			if !ok {
				return nil, refuse("Error in the JQL Query: The quoted string %s has not been completed. (line 1, character %d)", strconv.Quote(text), i+1)
			}
			out = append(out, token{text, true, i})
			i += n
		default:
			n := strings.IndexAny(jql[i:], " \t\r\n(),=<>!~\"'")
			if n < 0 {
				n = len(jql) - i
			}
			out = append(out, token{jql[i : i+n], false, i})
			i += n
		}
	}
	return out, nil
}

// quoted reads a quoted text and returns it with the length of its source.
func quoted(s string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == s[0]:
			return b.String(), i + 1, true
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), len(s), false
}
